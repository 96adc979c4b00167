//! Announcements between processes: gathered after the commits, sent by one statement, heard by all.

use std::time::Duration;

use deadpool_postgres::Pool;
use futures_util::future::poll_fn;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Config, NoTls};

use crate::live::Live;
use crate::{Announcement, DbError};

/// NOTIFY takes a lock over the whole database at commit, so announcements are gathered for this long.
const GATHER: Duration = Duration::from_millis(30);
/// Announcements in one NOTIFY: its text must stay below 8,000 bytes, and one is about 120.
const IN_ONE_NOTIFY: usize = 48;
/// Announcements waiting to be sent; beyond that they are dropped, since they are only hints.
const WAITING: usize = 16_384;
/// Pause before a lost connection is tried again.
const PAUSE_WHEN_LOST: Duration = Duration::from_secs(1);

/// Sends announcements to every process of this database, this one among them.
#[derive(Clone)]
pub(crate) struct Teller(mpsc::Sender<Announcement>);

impl Teller {
    pub(crate) fn start(config: Config, pool: Pool, live: Live) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(send(pool, receiver, sender.downgrade()));
        tokio::spawn(hear(config, live, sender.downgrade()));
        Self(sender)
    }

    pub(crate) fn tell(&self, news: Vec<Announcement>) {
        for announcement in news {
            // Full means that the database cannot keep up; a lost hint costs one reload of a page.
            let _dropped = self.0.try_send(announcement);
        }
    }
}

async fn send(pool: Pool, mut waiting: mpsc::Receiver<Announcement>, _alive: mpsc::WeakSender<Announcement>) {
    let mut gathered = Vec::new();
    while waiting.recv_many(&mut gathered, IN_ONE_NOTIFY).await > 0 {
        if let Err(error) = notify(&pool, &gathered).await {
            tracing::warn!(%error, "live pages were not told");
        }
        gathered.clear();
        tokio::time::sleep(GATHER).await;
    }
}

async fn notify(pool: &Pool, news: &[Announcement]) -> Result<(), DbError> {
    let text = serde_json::to_string(news).map_err(|error| DbError::Engine(error.to_string()))?;
    pool.get().await?.execute("SELECT pg_notify('qige', $1)", &[&text]).await?;
    Ok(())
}

/// Listens until the last [`Teller`] is gone.
async fn hear(config: Config, live: Live, alive: mpsc::WeakSender<Announcement>) {
    while alive.upgrade().is_some() {
        if let Err(error) = hear_once(&config, &live).await {
            tracing::warn!(%error, "the listener for live pages lost its connection");
        }
        tokio::time::sleep(PAUSE_WHEN_LOST).await;
    }
}

async fn hear_once(config: &Config, live: &Live) -> Result<(), DbError> {
    let (client, mut connection) = config.connect(NoTls).await?;
    let listening = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(note) = message?
                && let Ok(news) = serde_json::from_str::<Vec<Announcement>>(note.payload())
            {
                live.tell(news);
            }
        }
        Ok::<_, DbError>(())
    };
    let (heard, started) =
        tokio::join!(listening, async { client.batch_execute("LISTEN qige").await.map(|()| client) });
    drop(started?);
    heard
}
