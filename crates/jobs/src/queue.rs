//! The states of a job: waiting → running → done, or back to waiting, or failed.

use qige_db::{DbError, Json, Tx, params, statements};
use qige_kernel::{JobId, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::{ATTEMPTS, Job, JobError, NewJob};

/// What live pages and workers listen for.
pub(crate) const TOPIC: &str = "job";

statements! {
    /// Nothing is added when the key or the same job is there already.
    ADD = "INSERT INTO jobs
        (tenant, id, kind, key, payload, state, run_after, due_at, lease, attempts)
        VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6, 0, 0) ON CONFLICT DO NOTHING";
    /// Only while nobody has begun it.
    CANCEL = "DELETE FROM jobs WHERE tenant = $1 AND kind = $2 AND key = $3 AND state = 'waiting'";
    /// Leases what is due: waiting jobs, and running ones whose lease has ended. $2 is now, $5 the new
    /// lease's end. Workers that look at the same time pass over each other's rows.
    CLAIM = {
        sqlite: "UPDATE jobs SET state = 'running', due_at = ?5, worker = ?6,
                lease = lease + 1, attempts = attempts + 1
            WHERE tenant = ?1 AND id IN (
                SELECT id FROM jobs WHERE tenant = ?1 AND due_at <= ?2
                    AND kind IN (SELECT value FROM json_each(?3))
                ORDER BY due_at, id LIMIT ?4)
            RETURNING id, kind, key, payload, run_after, due_at, lease, attempts",
        postgres: "WITH picked AS MATERIALIZED (
                SELECT id FROM jobs WHERE tenant = $1 AND due_at <= $2
                    AND kind IN (SELECT jsonb_array_elements_text($3::jsonb))
                ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
            UPDATE jobs SET state = 'running', due_at = $5, worker = $6,
                lease = lease + 1, attempts = attempts + 1
            FROM picked WHERE jobs.tenant = $1 AND jobs.id = picked.id
            RETURNING jobs.id, jobs.kind, jobs.key, jobs.payload, jobs.run_after,
                jobs.due_at, jobs.lease, jobs.attempts",
    };
    /// The earliest that is due or will be.
    NEXT_DUE = {
        sqlite: "SELECT due_at FROM jobs WHERE tenant = ?1 AND due_at IS NOT NULL
            AND kind IN (SELECT value FROM json_each(?2)) ORDER BY due_at LIMIT 1",
        postgres: "SELECT due_at FROM jobs WHERE tenant = $1 AND due_at IS NOT NULL
            AND kind IN (SELECT jsonb_array_elements_text($2::jsonb)) ORDER BY due_at LIMIT 1",
    };
    /// A lease goes on.
    RENEW = "UPDATE jobs SET due_at = $4
        WHERE tenant = $1 AND id = $2 AND state = 'running' AND lease = $3";
    /// Remembered for its key, without what it was about.
    DONE = "UPDATE jobs SET state = 'done', due_at = NULL, finished_at = $4, payload = $5, problem = NULL
        WHERE tenant = $1 AND id = $2 AND state = 'running' AND lease = $3 AND key IS NOT NULL";
    /// Without a key there is nothing to remember.
    GONE = "DELETE FROM jobs
        WHERE tenant = $1 AND id = $2 AND state = 'running' AND lease = $3 AND key IS NULL";
    /// To be tried again at $4.
    AGAIN = "UPDATE jobs SET state = 'waiting', due_at = $4, problem = $5
        WHERE tenant = $1 AND id = $2 AND state = 'running' AND lease = $3";
    /// Not to be tried again unless somebody says so.
    FAILED = "UPDATE jobs SET state = 'failed', due_at = NULL, finished_at = $4, problem = $5
        WHERE tenant = $1 AND id = $2 AND state = 'running' AND lease = $3";
    /// Keys of what was done before $2 are forgotten.
    FORGET = "DELETE FROM jobs WHERE tenant = $1 AND state = 'done' AND finished_at < $2";
}

/// Puts a job into the queue; it begins after the commit. False when it (or one with its key) is there
/// already.
///
/// # Errors
/// [`DbError`].
pub async fn enqueue(tx: &mut Tx<'_>, new: NewJob) -> Result<bool, DbError> {
    let id: JobId = new.id(tx.tenant());
    let NewJob { kind, key, payload, run_after } = new;
    let added = tx.execute(ADD, params![tx.tenant(), id, kind, key, Json(payload), run_after]).await?;
    if added > 0 {
        tx.announce(TOPIC, id.0);
    }
    Ok(added > 0)
}

/// Takes a job out again that nobody has begun. False when there is none, or somebody has.
///
/// # Errors
/// [`DbError`].
pub async fn cancel(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<bool, DbError> {
    Ok(tx.execute(CANCEL, params![tx.tenant(), kind, key]).await? > 0)
}

/// Leases up to `limit` jobs that are due, the earliest first. Run it in a command whose isolation is
/// [`qige_db::Isolation::ReadCommitted`].
///
/// # Errors
/// [`DbError`].
pub async fn claim(
    tx: &mut Tx<'_>,
    worker: Uuid,
    now: Timestamp,
    lease_micros: i64,
    kinds: &[&'static str],
    limit: u32,
) -> Result<Vec<Job>, DbError> {
    let until = now.plus(lease_micros);
    let mut jobs: Vec<Job> =
        tx.all(CLAIM, params![tx.tenant(), now, Json(kinds), limit, until, worker]).await?;
    jobs.sort_by_key(|job| (job.run_after, job.id));
    Ok(jobs)
}

/// When the next job of these kinds is due (it may be already), or a lease ends; none when nothing waits.
///
/// # Errors
/// [`DbError`].
pub async fn next_due(tx: &mut Tx<'_>, kinds: &[&'static str]) -> Result<Option<Timestamp>, DbError> {
    let due: Option<(Timestamp,)> = tx.optional(NEXT_DUE, params![tx.tenant(), Json(kinds)]).await?;
    Ok(due.map(|due| due.0))
}

/// Makes a lease last until `until`. False when it was lost: another worker may have the job by now.
///
/// # Errors
/// [`DbError`].
pub async fn renew(tx: &mut Tx<'_>, job: &Job, until: Timestamp) -> Result<bool, DbError> {
    Ok(tx.execute(RENEW, params![tx.tenant(), job.id, job.lease, until]).await? > 0)
}

/// Says that a job is done. A handler may call it in the transaction that does the work, so that both hold or
/// neither; the worker calls it after every handler. False when the lease was lost or this was said before.
///
/// # Errors
/// [`DbError`].
pub async fn complete(tx: &mut Tx<'_>, job: &Job, now: Timestamp) -> Result<bool, DbError> {
    let changed = if job.key.is_some() {
        let done = params![tx.tenant(), job.id, job.lease, now, Json(Value::Null)];
        tx.execute(DONE, done).await?
    } else {
        tx.execute(GONE, params![tx.tenant(), job.id, job.lease]).await?
    };
    Ok(changed > 0)
}

/// Says that a job could not be done: back to waiting after a pause, or failed for good. False when the lease
/// was lost.
///
/// # Errors
/// [`DbError`].
pub async fn fail(tx: &mut Tx<'_>, job: &Job, now: Timestamp, error: &JobError) -> Result<bool, DbError> {
    let for_good = matches!(error, JobError::GiveUp(_)) || job.attempts >= ATTEMPTS;
    let (statement, when) = if for_good { (FAILED, now) } else { (AGAIN, now.plus(job.pause_micros())) };
    let params = params![tx.tenant(), job.id, job.lease, when, error.problem()];
    let changed = tx.execute(statement, params).await? > 0;
    if changed && for_good {
        tx.announce(TOPIC, job.id.0);
    }
    Ok(changed)
}

/// Forgets the keys of jobs that were done before an instant, and says how many.
///
/// # Errors
/// [`DbError`].
pub async fn forget_done(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.execute(FORGET, params![tx.tenant(), before]).await
}
