//! The SQL of outboxes.

use qige_db::{DbError, Json, Tx, column_text, params, statements};
use qige_kernel::{PersonId, Timestamp};
use uuid::Uuid;

use super::{Answer, TakeRecord};

statements! {
    /// Nothing happens if the outbox is there already.
    OPEN = "INSERT INTO outboxes (tenant, device, person, next, created_at) VALUES ($1, $2, $3, 0, $4)
        ON CONFLICT (tenant, device) DO NOTHING";
    /// Takes the next place; no row is touched when it is not the next, or the outbox is another's.
    TAKE_PLACE = "UPDATE outboxes SET next = next + 1 WHERE tenant = $1 AND device = $2 AND next = $3
        AND (person = $4 OR (person IS NULL AND $5 = TRUE))";
    /// Where an outbox stands; none when there is none, or it is another's.
    STATUS = "SELECT next FROM outboxes WHERE tenant = $1 AND device = $2
        AND (person = $3 OR (person IS NULL AND $4 = TRUE))";
    /// One more record.
    NOTE = "INSERT INTO outbox_records (tenant, device, position, id, kind, outcome, answer, taken_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// What a record was answered.
    ANSWER = "SELECT id, answer FROM outbox_records WHERE tenant = $1 AND device = $2 AND position = $3";
}

/// What became of a record, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Accepted,
    /// It was not done.
    Refused,
}

/// A name that stands for nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown name")]
pub struct UnknownName;

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        })
    }
}

impl std::str::FromStr for Outcome {
    type Err = UnknownName;
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        [Self::Accepted, Self::Refused].into_iter().find(|kind| kind.to_string() == name).ok_or(UnknownName)
    }
}

column_text!(Outcome);

pub(super) async fn open(
    tx: &mut Tx<'_>,
    device: Uuid,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(OPEN, params![tx.tenant(), device, person, now]).await.map(drop)
}

pub(super) async fn take_place(
    tx: &mut Tx<'_>,
    device: Uuid,
    person: Option<PersonId>,
    index: i64,
) -> Result<bool, DbError> {
    let values = params![tx.tenant(), device, index, person, person.is_none()];
    Ok(tx.execute(TAKE_PLACE, values).await? > 0)
}

/// The next place of an outbox: how many records it has handed over. None when there is no such outbox, or it
/// is another's.
///
/// # Errors
/// [`DbError`].
pub async fn status(tx: &mut Tx<'_>, device: Uuid, person: Option<PersonId>) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> =
        tx.optional(STATUS, params![tx.tenant(), device, person, person.is_none()]).await?;
    Ok(row.map(|(next,)| next))
}

pub(super) async fn note(
    tx: &mut Tx<'_>,
    record: &TakeRecord,
    outcome: Outcome,
    answer: &Answer,
) -> Result<(), DbError> {
    let values = params![
        tx.tenant(),
        record.device,
        record.index,
        record.id,
        record.kind,
        outcome,
        Json(answer),
        record.now
    ];
    tx.execute(NOTE, values).await.map(drop)
}

pub(super) async fn answer(
    tx: &mut Tx<'_>,
    device: Uuid,
    index: i64,
) -> Result<Option<(Uuid, Answer)>, DbError> {
    let row: Option<(Uuid, Json<Answer>)> = tx.optional(ANSWER, params![tx.tenant(), device, index]).await?;
    Ok(row.map(|(id, answer)| (id, answer.0)))
}
