//! Records of one device, without gaps: taken once, answered the same ever after.
//!
//! A phone numbers what it hands over from 0. A record is taken in the transaction that notes it, so what was
//! noted was done and what was done was noted; a record that comes again gets the answer it had.

mod rows;

use qige_cases::{NewReport, Receipt};
use qige_db::{Command, Failure, Isolation, Tx};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use rows::{Outcome, status};

/// Records in one batch: two days of a busy rider.
const BATCH_RECORDS_MAX: usize = 20;

/// What a phone hands over at once.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Batch {
    /// The phone's outbox.
    pub device: Uuid,
    /// In order, without gaps.
    pub records: Vec<Record>,
}

/// One thing that a phone hands over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Record {
    /// Its place in the outbox, from 0.
    pub index: i64,
    /// Its own id, chosen by the phone; a report's id.
    pub id: Uuid,
    /// What it is: `report`.
    pub kind: String,
    /// What it says.
    pub body: Value,
}

/// Why a batch is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchRefused(&'static str);

impl From<BatchRefused> for Refusal {
    fn from(refused: BatchRefused) -> Self {
        Self::new(RefusalKind::Invalid, refused.0).with("limit", BATCH_RECORDS_MAX)
    }
}

impl Batch {
    /// Whether it is short enough, and its records follow one another.
    ///
    /// # Errors
    /// [`BatchRefused`].
    pub fn check(&self) -> Result<(), BatchRefused> {
        if self.records.len() > BATCH_RECORDS_MAX {
            return Err(BatchRefused("batch-too-long"));
        }
        let in_order = self
            .records
            .windows(2)
            .all(|pair| matches!(pair, [first, second] if first.index.checked_add(1) == Some(second.index)));
        let from_zero = self.records.first().is_none_or(|record| record.index >= 0);
        if in_order && from_zero { Ok(()) } else { Err(BatchRefused("batch-out-of-order")) }
    }
}

/// One record of an outbox, with what was made of it.
pub struct TakeRecord {
    /// The phone's outbox.
    pub device: Uuid,
    /// Whose phone it is; none without an account.
    pub person: Option<PersonId>,
    /// Its place in the outbox, from 0.
    pub index: i64,
    /// Its own id.
    pub id: Uuid,
    /// What it is.
    pub kind: String,
    /// The report that it is, or why it is none.
    pub report: Result<NewReport, Refusal>,
    /// When it came.
    pub now: Timestamp,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// It has its place, and this is its answer, now and whenever it comes again.
    Answered(Answer),
    /// Something before it is missing: the outbox stands at `next`.
    Gap {
        /// The place that is to be filled.
        next: i64,
    },
}

/// The answer to a record; the same whenever it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Answer {
    /// It was done.
    Accepted {
        /// What proves it.
        receipt: Receipt,
    },
    /// It was not done, and will not be.
    Refused {
        /// Code of the sentence that says why.
        code: String,
        /// The values in it.
        args: std::collections::BTreeMap<String, String>,
    },
}

impl Answer {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Accepted { .. } => Outcome::Accepted,
            Self::Refused { .. } => Outcome::Refused,
        }
    }

    fn refused(refusal: &Refusal) -> Self {
        let args = refusal.args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self::Refused { code: refusal.code.to_owned(), args }
    }
}

impl Command for TakeRecord {
    type Output = Taken;

    // The row of the outbox is taken by the first statement, so two batches at once wait for each other.
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Taken, Failure> {
        rows::open(tx, self.device, self.person, self.now).await?;
        if !rows::take_place(tx, self.device, self.person, self.index).await? {
            return self.answered_before(tx).await;
        }
        let answer = match &self.report {
            Ok(report) => match report.run(tx).await {
                Ok(receipt) => Answer::Accepted { receipt },
                Err(Failure::Refused(refusal)) => Answer::refused(&refusal),
                Err(failure) => return Err(failure),
            },
            Err(refusal) => Answer::refused(refusal),
        };
        rows::note(tx, self, answer.outcome(), &answer).await?;
        Ok(Taken::Answered(answer))
    }
}

impl TakeRecord {
    /// Its place is not the next one: it was taken before, comes too early, or the outbox is another's.
    async fn answered_before(&self, tx: &mut Tx<'_>) -> Result<Taken, Failure> {
        let Some(next) = status(tx, self.device, self.person).await? else {
            return Err(Refusal::new(RefusalKind::Forbidden, "outbox-of-another").into());
        };
        if self.index >= next {
            return Ok(Taken::Gap { next });
        }
        match rows::answer(tx, self.device, self.index).await? {
            Some((id, answer)) if id == self.id => Ok(Taken::Answered(answer)),
            // Two different things with one number: this outbox was copied. The phone begins a new one.
            _ => Ok(Taken::Gap { next }),
        }
    }
}
