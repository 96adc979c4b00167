//! The loop of a worker that runs beside the server, or in a process of its own.

use std::sync::Arc;
use std::time::Duration;

use qige_db::{Announcement, Asker, Failure};
use qige_kernel::Timestamp;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::task::JoinSet;

use super::Worker;
use crate::queue::TOPIC;

/// Jobs that one worker does at the same time. They wait for the database more than for the processor.
const AT_ONCE: usize = 8;

/// Longest pause between looks: announcements wake the worker earlier, but may be lost between processes.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Shortest pause, so that jobs that others are just taking do not keep the worker spinning.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);

/// Pause after the database could not answer.
const PAUSE_WHEN_LOST: Duration = Duration::from_secs(1);

/// How long running jobs may still take when the worker is told to stop. Longer ones are taken up by another
/// worker when their lease has ended.
const GRACE: Duration = Duration::from_secs(20);

impl Worker {
    /// Does jobs as they come until `stop` is ready, then waits for those under way.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut news = self.db.subscribe();
        let mut under_way = JoinSet::new();
        let mut turn = 0_usize;
        let mut stop = std::pin::pin!(stop);
        loop {
            let pause = match self.begin_due(&mut under_way, turn).await {
                Ok(next) => self.pause_until(next),
                Err(error) => {
                    tracing::warn!(%error, "the job queue cannot be read");
                    PAUSE_WHEN_LOST
                }
            };
            turn = turn.wrapping_add(1);
            let full = under_way.len() >= AT_ONCE;
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = under_way.join_next() => {}
                () = heard(&mut news), if !full => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        let rest = async { while under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, rest).await.is_err() {
            tracing::warn!("jobs were stopped half way; they are tried again when their leases have ended");
        }
    }

    /// Begins what is due as far as there is room, a different tenant first each time, so that one with much
    /// to do does not keep the others waiting. Says when the next look is worth while.
    async fn begin_due(
        self: &Arc<Self>,
        under_way: &mut JoinSet<()>,
        turn: usize,
    ) -> Result<Option<Timestamp>, Failure> {
        let mut tenants = (self.tenants)().await?;
        if let Some(first) = turn.checked_rem(tenants.len()) {
            tenants.rotate_left(first);
        }
        let mut earliest: Option<Timestamp> = None;
        for tenant in tenants {
            let asker = Asker::system(tenant);
            self.tick_all(asker).await?;
            let room = AT_ONCE.saturating_sub(under_way.len());
            if let Ok(room @ 1..) = u32::try_from(room) {
                for job in self.claim(asker, room).await? {
                    let worker = Arc::clone(self);
                    under_way.spawn(async move { worker.do_one(asker, job).await });
                }
            }
            earliest = earliest.into_iter().chain(self.next_of(asker).await?).min();
        }
        Ok(earliest)
    }

    fn pause_until(&self, next: Option<Timestamp>) -> Duration {
        let Some(next) = next else { return LONGEST_PAUSE };
        let micros = u64::try_from(next.since(self.clock.now())).unwrap_or_default();
        Duration::from_micros(micros).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
    }
}

/// Until something was put into the queue. What was announced meanwhile counts as one.
async fn heard(news: &mut Receiver<Announcement>) {
    loop {
        match news.recv().await {
            Ok(announcement) if announcement.topic == TOPIC => break,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => break,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
    while news.try_recv().is_ok() {}
}
