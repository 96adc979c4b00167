//! The jobs of this crate: held notices are announced when they may be seen, old ones are erased.

use std::sync::Arc;

use qige_db::{Asker, Command, Db, DbError, Failure, Isolation, Tx, params, statements};
use qige_jobs::{Job, Schedule, Worker, complete};
use qige_kernel::{Clock, NoticeId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{TOPIC_INBOX, TOPIC_NOTICE, forget_before};

/// Kind of the job that announces notices whose hold has ended.
pub(crate) const RELEASE: &str = "notify.release";

/// How long notices are kept, microseconds: half a year, until whatever they were about has been closed and
/// evaluated.
const KEEP_MICROS: i64 = 183 * Timestamp::DAY;

const FORGET: Schedule = Schedule {
    name: "notify.forget",
    kind: "notify.forget",
    every_micros: Timestamp::DAY,
    offset_micros: 19 * Timestamp::HOUR + 10 * Timestamp::MINUTE,
};

statements! {
    /// Those that became visible at one instant.
    RELEASED = "SELECT id, recipient FROM notices WHERE tenant = $1 AND visible_at = $2";
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Release {
    pub(crate) until: Timestamp,
}

/// Teaches a worker the jobs of this crate. Every worker that serves a tenant must know them.
pub fn work(worker: &mut Worker, clock: Arc<dyn Clock>) {
    worker.register(RELEASE, |db: Db, asker: Asker, job: Job| async move {
        let Release { until } = job.read()?;
        Ok(db.write(asker, Announce { until, job }).await?)
    });
    worker.register(FORGET.kind, move |db: Db, asker: Asker, _job| {
        let before = clock.now().plus(-KEEP_MICROS);
        async move { Ok(db.write(asker, Forget { before }).await?) }
    });
    worker.schedule(FORGET);
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

struct Forget {
    before: Timestamp,
}

impl Command for Forget {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        forget_before(tx, self.before).await?;
        Ok(())
    }
}
