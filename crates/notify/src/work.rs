//! The job of this crate: held notices are announced when they may be seen.

use qige_db::{Asker, Command, Db, DbError, Failure, Isolation, Tx, params, statements};
use qige_jobs::{Job, Worker, complete};
use qige_kernel::{NoticeId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{TOPIC_INBOX, TOPIC_NOTICE};

/// Kind of the job that announces notices whose hold has ended.
pub(crate) const RELEASE: &str = "notify.release";

statements! {
    /// Those that became visible at one instant.
    RELEASED = "SELECT id, recipient FROM notices WHERE tenant = $1 AND visible_at = $2";
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Release {
    pub(crate) until: Timestamp,
}

/// Teaches a worker the job of this crate. Every worker that serves a tenant must know it.
pub fn work(worker: &mut Worker) {
    worker.register(RELEASE, |db: Db, asker: Asker, job: Job| async move {
        let Release { until } = job.read()?;
        Ok(db.write(asker, Announce { until, job }).await?)
    });
}

struct Announce {
    until: Timestamp,
    job: Job,
}

impl Command for Announce {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if complete(tx, &self.job, self.until).await? {
            announce(tx, self.until).await?;
        }
        Ok(())
    }
}

async fn announce(tx: &mut Tx<'_>, until: Timestamp) -> Result<(), DbError> {
    let released: Vec<(NoticeId, Uuid)> = tx.all(RELEASED, params![tx.tenant(), until]).await?;
    for (id, recipient) in released {
        tx.announce(TOPIC_NOTICE, id.0);
        tx.announce(TOPIC_INBOX, recipient);
    }
    Ok(())
}
