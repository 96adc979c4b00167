//! The queue and its workers on both engines.

mod failures;
mod queue;
mod schedules;
mod together;
mod worker;

use std::sync::{Arc, Mutex};

use qige_db::{Asker, Command, Db, Failure, Isolation, Tx};
use qige_jobs::{Backlog, Job, JobError, NewJob, Tenants, Worker};
use qige_kernel::{Clock, ManualClock, TenantId, Timestamp};
use serde_json::json;
use uuid::Uuid;

pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

pub(crate) fn tenant(number: u128) -> TenantId {
    TenantId(Uuid::from_u128(number))
}

pub(crate) fn us() -> Asker {
    Asker::system(tenant(1))
}

/// What a test does in one transaction.
pub(crate) enum Step {
    Add(NewJob),
    AddAndRefuse(NewJob),
    Cancel(&'static str, &'static str),
    Renew(Job, Timestamp),
    Complete(Job),
    Fail(Job, Timestamp, JobError),
    Retry(qige_kernel::JobId, Timestamp),
    Discard(qige_kernel::JobId),
}

impl Command for Step {
    type Output = bool;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        Ok(match self {
            Self::Add(new) => qige_jobs::enqueue(tx, new.clone()).await?,
            Self::AddAndRefuse(new) => {
                qige_jobs::enqueue(tx, new.clone()).await?;
                return Err(qige_kernel::Refusal::invalid("x", "no").into());
            }
            Self::Cancel(kind, key) => qige_jobs::cancel(tx, kind, key).await?,
            Self::Renew(job, until) => qige_jobs::renew(tx, job, *until).await?,
            Self::Complete(job) => qige_jobs::complete(tx, job, NOW).await?,
            Self::Fail(job, now, error) => qige_jobs::fail(tx, job, *now, error).await?,
            Self::Retry(id, now) => qige_jobs::retry(tx, *id, *now).await?,
            Self::Discard(id) => qige_jobs::discard(tx, *id).await?,
        })
    }
}

pub(crate) struct Claim {
    pub(crate) now: Timestamp,
    pub(crate) kinds: &'static [&'static str],
    pub(crate) limit: u32,
}

impl Command for Claim {
    type Output = Vec<Job>;
    const ISOLATION: Isolation = Isolation::ReadCommitted;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<Job>, Failure> {
        let lease = Timestamp::MINUTE;
        Ok(qige_jobs::claim(tx, Uuid::from_u128(9), self.now, lease, self.kinds, self.limit).await?)
    }
}

pub(crate) fn numbered(kind: &'static str, number: u64) -> NewJob {
    NewJob::new(kind, json!({ "n": number }), NOW)
}

pub(crate) async fn add(db: &Db, new: NewJob) -> bool {
    db.write(us(), Step::Add(new)).await.unwrap()
}

pub(crate) async fn backlog(db: &Db, asker: Asker) -> Backlog {
    db.read(asker, |tx| Box::pin(async move { Ok(qige_jobs::backlog(tx).await?) })).await.unwrap()
}

pub(crate) fn of(tenants: Vec<TenantId>) -> Tenants {
    Arc::new(move || {
        let tenants = tenants.clone();
        Box::pin(async move { Ok(tenants) })
    })
}

pub(crate) fn worker(db: &Db, clock: &ManualClock) -> Worker {
    worker_with(db, Arc::new(clock.clone()), 1)
}

pub(crate) fn worker_with(db: &Db, clock: Arc<dyn Clock>, id: u128) -> Worker {
    Worker::new(db.clone(), clock, Uuid::from_u128(id), of(vec![tenant(1), tenant(2)]))
}

/// What handlers did, in order.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}
