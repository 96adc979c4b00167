//! Announcements between processes: told here at once, gathered, sent by one statement, heard by the others.

use std::time::Duration;

use deadpool_postgres::Pool;
use futures_util::future::poll_fn;
use qige_kernel::Entropy;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_postgres::AsyncMessage;

use super::PostgresServer;
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

/// Sends announcements to every process of this database.
#[derive(Clone)]
pub(crate) struct Teller {
    live: Live,
    to_others: mpsc::Sender<Announcement>,
}

/// What one process tells the others.
#[derive(Serialize, Deserialize)]
struct Word {
    /// Which process says it: what it hears of itself it knows already.
    from: u64,
    news: Vec<Announcement>,
}

impl Teller {
    pub(crate) fn start(server: PostgresServer, pool: Pool, live: Live) -> Result<Self, DbError> {
        let chance = Entropy::from_system().map_err(|error| DbError::Unavailable(error.to_string()))?;
        let me = u64::from_be_bytes(chance.bytes());
        let (to_others, receiver) = mpsc::channel(WAITING);
        tokio::spawn(send(pool, receiver, me));
        tokio::spawn(hear(server, live.clone(), me, to_others.downgrade()));
        Ok(Self { live, to_others })
    }

    pub(crate) fn tell(&self, news: Vec<Announcement>) {
        for announcement in &news {
            // Full means that the database cannot keep up; a lost hint costs one reload of a page.
            let _dropped = self.to_others.try_send(announcement.clone());
        }
        self.live.tell(news);
    }
}

async fn send(pool: Pool, mut waiting: mpsc::Receiver<Announcement>, from: u64) {
    let mut news = Vec::new();
    while waiting.recv_many(&mut news, IN_ONE_NOTIFY).await > 0 {
        if let Err(error) = notify(&pool, &Word { from, news: std::mem::take(&mut news) }).await {
            tracing::warn!(%error, "live pages of other processes were not told");
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn notify(pool: &Pool, word: &Word) -> Result<(), DbError> {
    let text = serde_json::to_string(word).map_err(|error| DbError::Engine(error.to_string()))?;
    pool.get().await?.execute("SELECT pg_notify('qige', $1)", &[&text]).await?;
    Ok(())
}

/// Listens until the last [`Teller`] is gone.
async fn hear(server: PostgresServer, live: Live, me: u64, alive: mpsc::WeakSender<Announcement>) {
    while alive.upgrade().is_some() {
        if let Err(error) = hear_once(&server, &live, me).await {
            tracing::warn!(%error, "the listener for live pages lost its connection");
        }
        tokio::time::sleep(PAUSE_WHEN_LOST).await;
    }
}

async fn hear_once(server: &PostgresServer, live: &Live, me: u64) -> Result<(), DbError> {
    let (client, mut connection) = server.dialled().await?;
    let listening = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(note) = message?
                && let Ok(word) = serde_json::from_str::<Word>(note.payload())
                && word.from != me
            {
                live.tell(word.news);
            }
        }
        Ok::<_, DbError>(())
    };
    let (heard, started) =
        tokio::join!(listening, async { client.batch_execute("LISTEN qige").await.map(|()| client) });
    drop(started?);
    heard
}
