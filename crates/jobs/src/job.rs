//! A job before, during and after.

use qige_db::{DbError, Failure, Json, from_row};
use qige_kernel::{JobId, TenantId, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Leases a job gets at most before it is shown as failed. With the pauses below that is about an hour and a
/// half: longer than a restart or a full disk, shorter than a shift.
pub const ATTEMPTS: u32 = 10;

/// Pause before the second attempt, microseconds; it doubles with each.
const FIRST_PAUSE_MICROS: i64 = 5 * Timestamp::SECOND;

/// Longest pause between attempts, microseconds.
const LONGEST_PAUSE_MICROS: i64 = Timestamp::HOUR;

/// Characters of a problem that are kept: enough for a person to see what happened.
const PROBLEM_CHARS: usize = 500;

/// A job to be put into the queue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which handler does it, for example `cases.amber`.
    pub kind: &'static str,
    /// While a job of this kind and key is kept (until a month after it is done), another is not added.
    pub key: Option<String>,
    /// What the handler needs to know. No more than that: ids rather than words.
    pub payload: Value,
    /// Not before this instant. Jobs without a key that agree in kind, payload and this instant are one.
    pub run_after: Timestamp,
}

impl NewJob {
    /// A job without a key, to be done at once.
    #[must_use]
    pub fn new(kind: &'static str, payload: impl Serialize, now: Timestamp) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or(Value::Null);
        Self { kind, key: None, payload, run_after: now }
    }

    /// With a key: see [`NewJob::key`].
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Not before `instant`.
    #[must_use]
    pub const fn not_before(mut self, instant: Timestamp) -> Self {
        self.run_after = instant;
        self
    }

    /// The id follows from the content, so that a command that is run again puts the same job there.
    pub(crate) fn id(&self, tenant: TenantId) -> JobId {
        let mut hash = Sha256::new();
        hash.update(tenant.0);
        hash.update(self.kind);
        hash.update([0]);
        match &self.key {
            Some(key) => hash.update(key),
            None => hash.update(self.payload.to_string()),
        }
        hash.update(self.run_after.micros().to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        let chance = digest.first_chunk().copied().unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(self.run_after.millis(), &chance).into_uuid().into()
    }
}

from_row! {
    /// A job under a lease: this process may work at it until the lease ends.
    pub struct Job {
        /// Which one.
        pub id: JobId,
        /// Which handler does it.
        pub kind: String,
        /// See [`NewJob::key`].
        pub key: Option<String>,
        /// What the handler needs to know; read it with [`Job::read`].
        pub payload: Json<Value>,
        /// It was wanted then, and may run later.
        pub run_after: Timestamp,
        /// The lease's end.
        pub due_at: Timestamp,
        /// Which lease of the job this is, from 1.
        pub lease: i64,
        /// How often it has been tried, this time included.
        pub attempts: u32,
    }
}

impl Job {
    /// The payload as the handler's own type.
    ///
    /// # Errors
    /// [`JobError::GiveUp`]: a payload that cannot be read now cannot be read later.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, JobError> {
        T::deserialize(&self.payload.0).map_err(|error| JobError::GiveUp(format!("payload: {error}")))
    }

    /// Pause before this job is tried again, microseconds. It grows with each attempt; jobs that failed
    /// together come back up to a quarter apart, by their ids.
    pub(crate) fn pause_micros(&self) -> i64 {
        let doublings = self.attempts.saturating_sub(1).min(20);
        let pause = FIRST_PAUSE_MICROS.saturating_mul(1 << doublings).min(LONGEST_PAUSE_MICROS);
        let spread = i64::from(self.id.0.as_bytes().last().copied().unwrap_or_default());
        pause + pause / 4 * spread / 256
    }
}

/// Why a job was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may work later: tried again after a pause, [`ATTEMPTS`] times in all.
    #[error("{0}")]
    Retry(String),
    /// It will never work: shown as failed at once.
    #[error("{0}")]
    GiveUp(String),
}

impl JobError {
    /// The problem as it is kept.
    pub(crate) fn problem(&self) -> String {
        self.to_string().chars().take(PROBLEM_CHARS).collect()
    }
}

impl From<Failure> for JobError {
    /// A rule that said no says it again; a database that could not may be able to later.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::GiveUp(refusal.to_string()),
            Failure::Db(error) => error.into(),
        }
    }
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        Self::Retry(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn job(attempts: u32, id: u128) -> Job {
        Job {
            id: JobId(uuid::Uuid::from_u128(id)),
            kind: "test".to_owned(),
            key: None,
            payload: Json(json!({"n": 1})),
            run_after: Timestamp::from_micros(0),
            due_at: Timestamp::from_micros(0),
            lease: 1,
            attempts,
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour_and_spread() {
        let seconds = |attempts, id| job(attempts, id).pause_micros() / Timestamp::SECOND;
        assert_eq!([1, 2, 3, 10, 11, u32::MAX].map(|n| seconds(n, 0)), [5, 10, 20, 2560, 3600, 3600]);
        assert!(job(1, 255).pause_micros() > job(1, 0).pause_micros());
        assert!(seconds(11, 255) < 3600 + 900);
    }

    #[test]
    fn the_id_follows_from_the_content() {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let tenant = TenantId(uuid::Uuid::from_u128(1));
        let new = NewJob::new("a", json!({"n": 1}), now);
        assert_eq!(new.id(tenant), new.clone().id(tenant));
        for other in [
            NewJob::new("b", json!({"n": 1}), now),
            NewJob::new("a", json!({"n": 2}), now),
            new.clone().once("k"),
            new.clone().not_before(now.plus(1)),
        ] {
            assert_ne!(new.id(tenant), other.id(tenant));
        }
        assert_ne!(new.id(tenant), new.id(TenantId(uuid::Uuid::from_u128(2))));
    }

    #[test]
    fn an_unreadable_payload_is_given_up() {
        assert!(matches!(job(1, 0).read::<Vec<u8>>(), Err(JobError::GiveUp(_))));
        let problem = JobError::Retry("井".repeat(PROBLEM_CHARS + 1)).problem();
        assert_eq!(problem.chars().count(), PROBLEM_CHARS);
    }
}
