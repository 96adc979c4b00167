//! What a person decides about jobs that gave up, and how the queue stands.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{JobId, Timestamp};
use uuid::Uuid;

use crate::queue::TOPIC;

/// Failed jobs on one page at most.
const PAGE_JOBS: usize = 50;

statements! {
    /// The latest first.
    FAILED_PAGE = "SELECT id, kind, attempts, problem, run_after, finished_at FROM jobs
        WHERE tenant = $1 AND state = 'failed' AND (finished_at, id) < ($2, $3)
        ORDER BY finished_at DESC, id DESC LIMIT $4";
    /// All of them.
    FAILED_COUNT = "SELECT COUNT(*) FROM jobs WHERE tenant = $1 AND state = 'failed'";
    /// With all its attempts again.
    RETRY = "UPDATE jobs SET state = 'waiting', due_at = $3, attempts = 0, finished_at = NULL
        WHERE tenant = $1 AND id = $2 AND state = 'failed'";
    /// Somebody decided that it is not needed.
    DISCARD = "DELETE FROM jobs WHERE tenant = $1 AND id = $2 AND state = 'failed'";
    /// Counts per state, and the earliest that should have begun.
    STATES = "SELECT state, COUNT(*), MIN(due_at) FROM jobs
        WHERE tenant = $1 AND state <> 'done' GROUP BY state";
}

from_row! {
    /// A job that gave up. What it was about is not shown: its payload may be.
    pub struct FailedJob {
        /// Which one.
        pub id: JobId,
        /// Which handler failed.
        pub kind: String,
        /// How often it was tried.
        pub attempts: u32,
        /// What went wrong the last time, for the log's reader.
        pub problem: Option<String>,
        /// When it was wanted.
        pub run_after: Timestamp,
        /// When it gave up.
        pub finished_at: Timestamp,
    }
}

/// Some failed jobs, the latest first.
#[derive(Clone, Debug)]
pub struct FailedPage {
    /// At most fifty.
    pub jobs: Vec<FailedJob>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<(Timestamp, JobId)>,
}

/// Failed jobs that gave up before `before` (none: from the latest on).
///
/// # Errors
/// [`DbError`].
pub async fn failed(tx: &mut Tx<'_>, before: Option<(Timestamp, JobId)>) -> Result<FailedPage, DbError> {
    let (at, id) = before.unwrap_or((Timestamp::from_micros(i64::MAX), JobId(Uuid::max())));
    let limit = i64::try_from(PAGE_JOBS + 1).unwrap_or(i64::MAX);
    let mut jobs: Vec<FailedJob> = tx.all(FAILED_PAGE, params![tx.tenant(), at, id, limit]).await?;
    let more = jobs.len() > PAGE_JOBS;
    jobs.truncate(PAGE_JOBS);
    let next = jobs.last().filter(|_| more).map(|job| (job.finished_at, job.id));
    Ok(FailedPage { jobs, next })
}

/// How many jobs gave up.
///
/// # Errors
/// [`DbError`].
pub async fn failed_count(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(FAILED_COUNT, params![tx.tenant()]).await?.0)
}

/// Tries a failed job again from the beginning. False when it is not among the failed.
///
/// # Errors
/// [`DbError`].
pub async fn retry(tx: &mut Tx<'_>, id: JobId, now: Timestamp) -> Result<bool, DbError> {
    let changed = tx.execute(RETRY, params![tx.tenant(), id, now]).await? > 0;
    if changed {
        tx.announce(TOPIC, id.0);
    }
    Ok(changed)
}

/// Gives a failed job up. False when it is not among the failed.
///
/// # Errors
/// [`DbError`].
pub async fn discard(tx: &mut Tx<'_>, id: JobId) -> Result<bool, DbError> {
    Ok(tx.execute(DISCARD, params![tx.tenant(), id]).await? > 0)
}

/// How the queue stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Not begun.
    pub waiting: i64,
    /// Under a lease.
    pub running: i64,
    /// Gave up.
    pub failed: i64,
    /// Since when the longest waiting job could have begun, or will: far in the past, nobody does the work.
    pub oldest_due: Option<Timestamp>,
}

/// How the queue stands.
///
/// # Errors
/// [`DbError`].
pub async fn backlog(tx: &mut Tx<'_>) -> Result<Backlog, DbError> {
    let mut found = Backlog::default();
    for (state, count, due) in
        tx.all::<(String, i64, Option<Timestamp>)>(STATES, params![tx.tenant()]).await?
    {
        match state.as_str() {
            "waiting" => (found.waiting, found.oldest_due) = (count, due),
            "running" => found.running = count,
            _ => found.failed = count,
        }
    }
    Ok(found)
}
