//! One job: its handler, its lease, its end.

use std::time::Duration;

use qige_db::{Asker, Command, Failure, Isolation, Tx};
use qige_kernel::Timestamp;
use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

use super::Worker;
use crate::{ATTEMPTS, Job, JobError, Schedule, claim, complete, fail, forget_done, renew, tick};

/// A lease is renewed this often while its handler works: twice within each, and once to spare.
const RENEWALS_IN_A_LEASE: u32 = 3;

pub(super) struct Claim {
    pub(super) worker: Uuid,
    pub(super) now: Timestamp,
    pub(super) lease_micros: i64,
    pub(super) kinds: Vec<&'static str>,
    pub(super) limit: u32,
}

impl Command for Claim {
    type Output = Vec<Job>;
    const ISOLATION: Isolation = Isolation::ReadCommitted;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<Job>, Failure> {
        Ok(claim(tx, self.worker, self.now, self.lease_micros, &self.kinds, self.limit).await?)
    }
}

pub(super) struct Tick {
    pub(super) schedule: Schedule,
    pub(super) known: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl Command for Tick {
    type Output = bool;
    const ISOLATION: Isolation = Isolation::ReadCommitted;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        Ok(tick(tx, &self.schedule, self.known, self.now).await?)
    }
}

pub(super) struct ForgetDone {
    pub(super) before: Timestamp,
}

impl Command for ForgetDone {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        forget_done(tx, self.before).await?;
        Ok(())
    }
}

struct Renew {
    job: Job,
    until: Timestamp,
}

impl Command for Renew {
    type Output = bool;
    const ISOLATION: Isolation = Isolation::ReadCommitted;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        Ok(renew(tx, &self.job, self.until).await?)
    }
}

struct Finish {
    job: Job,
    now: Timestamp,
    result: Result<(), JobError>,
}

impl Command for Finish {
    type Output = bool;
    const ISOLATION: Isolation = Isolation::ReadCommitted;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        Ok(match &self.result {
            Ok(()) => complete(tx, &self.job, self.now).await?,
            Err(error) => fail(tx, &self.job, self.now, error).await?,
        })
    }
}

impl Worker {
    /// Runs the handler of a leased job and says how it ended. An error here only means that the job is
    /// tried again when its lease has ended.
    pub(super) async fn do_one(&self, asker: Asker, job: Job) {
        let Some(result) = self.handle(asker, &job).await else { return };
        if let Err(error) = &result {
            let Job { kind, id, attempts, .. } = &job;
            tracing::warn!(%error, kind, %id, attempts, "a job was not done");
        }
        let (kind, id) = (job.kind.clone(), job.id);
        let finish = Finish { job, now: self.clock.now(), result };
        if let Err(error) = self.db.write(asker, finish).await {
            tracing::error!(%error, kind, %id, "the end of a job was not written down");
        }
    }

    /// What the handler says; none when the lease was lost and the job is another worker's.
    async fn handle(&self, asker: Asker, job: &Job) -> Option<Result<(), JobError>> {
        if job.attempts > ATTEMPTS {
            return Some(Err(JobError::GiveUp("its worker died each time".to_owned())));
        }
        let Some(handler) = self.handlers.get(job.kind.as_str()) else {
            return Some(Err(JobError::Retry("nobody here does this kind".to_owned())));
        };
        // In a task of its own, so that a panic ends it and nothing else; dropped with this future.
        let mut task = JoinSet::new();
        task.spawn(handler(self.db.clone(), asker, job.clone()));
        let lease = Duration::from_micros(u64::try_from(self.lease_micros).unwrap_or_default());
        let mut renewal = tokio::time::interval((lease / RENEWALS_IN_A_LEASE).max(Duration::from_millis(1)));
        renewal.tick().await;
        loop {
            tokio::select! {
                ended = task.join_next() => return Some(said(ended)),
                _ = renewal.tick() => {
                    let until = self.clock.now().plus(self.lease_micros);
                    match self.db.write(asker, Renew { job: job.clone(), until }).await {
                        Ok(true) => {}
                        // Another worker's by now, or said to be done by the handler itself, which then has
                        // only not returned: in both cases it is stopped.
                        Ok(false) => {
                            tracing::warn!(kind = job.kind, id = %job.id, "a handler lost its lease");
                            return None;
                        }
                        Err(error) => tracing::warn!(%error, id = %job.id, "a lease was not renewed"),
                    }
                }
            }
        }
    }
}

fn said(ended: Option<Result<Result<(), JobError>, JoinError>>) -> Result<(), JobError> {
    match ended {
        Some(Ok(result)) => result,
        Some(Err(error)) if error.is_panic() => {
            let words = error.into_panic();
            let words = words.downcast_ref::<&str>().map(ToString::to_string);
            Err(JobError::Retry(format!("its handler panicked: {}", words.unwrap_or_default())))
        }
        Some(Err(_)) | None => Err(JobError::Retry("its handler was stopped".to_owned())),
    }
}
