//! Requests that were already done. A key that its sender chose, sent twice, gives the same answer; nothing
//! is done a second time.

use qige_db::{Actor, DbError, Failure, Json, Tx, from_row, params, statements};
use qige_kernel::{Refusal, RefusalKind, Timestamp};
use serde_json::Value;
use uuid::Uuid;

/// How long an answer is kept, microseconds: a phone may have been without signal for days.
pub const KEPT_MICROS: i64 = 7 * Timestamp::DAY;

statements! {
    /// Takes the key, also one that has outlived its time; no row comes back when it is in use.
    CLAIM = "INSERT INTO request_keys (tenant, asker, key, fingerprint, answer, claimed_at)
        VALUES ($1, $2, $3, $4, NULL, $5)
        ON CONFLICT (tenant, asker, key) DO UPDATE
            SET fingerprint = excluded.fingerprint, answer = NULL, claimed_at = excluded.claimed_at
            WHERE request_keys.claimed_at <= $6
        RETURNING key";
    /// What was asked and answered under the key.
    KNOWN = "SELECT fingerprint, answer FROM request_keys WHERE tenant = $1 AND asker = $2 AND key = $3";
    /// Keeps the answer.
    FINISH = "UPDATE request_keys SET answer = $4 WHERE tenant = $1 AND asker = $2 AND key = $3";
    /// Lets go of what is too old to be asked for again.
    FORGET = "DELETE FROM request_keys WHERE tenant = $1 AND claimed_at <= $2";
}

/// What is to be done about a request with a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// Do it, then [`finish`].
    Fresh,
    /// It was done; this was the answer.
    Replay(Value),
}

from_row! {
    struct Known { fingerprint: Vec<u8>, answer: Option<Json<Value>> }
}

/// Keys are each asker's own, so that nobody can fetch another's answer by its key.
fn asker(tx: &Tx<'_>) -> Uuid {
    match tx.actor() {
        Actor::Person(person) => person.0,
        Actor::System | Actor::Anonymous => Uuid::nil(),
    }
}

/// Takes a key at the beginning of a command. `fingerprint` is a hash of what is asked for.
///
/// # Errors
/// Refused as `key-reused` when the key was sent before with another request.
pub async fn claim(
    tx: &mut Tx<'_>,
    key: Uuid,
    fingerprint: [u8; 32],
    now: Timestamp,
) -> Result<Claim, Failure> {
    let (tenant, asker) = (tx.tenant(), asker(tx));
    let values = params![tenant, asker, key, fingerprint, now, now.plus(-KEPT_MICROS)];
    if tx.optional::<(Uuid,)>(CLAIM, values).await?.is_some() {
        return Ok(Claim::Fresh);
    }
    let known: Known = tx.one(KNOWN, params![tenant, asker, key]).await?;
    if known.fingerprint != fingerprint {
        return Err(Refusal::new(RefusalKind::Conflict, "key-reused").into());
    }
    Ok(Claim::Replay(known.answer.map_or(Value::Null, |Json(answer)| answer)))
}

/// Keeps the answer for whoever sends the same again; in the transaction that took the key.
///
/// # Errors
/// [`DbError`].
pub async fn finish(tx: &mut Tx<'_>, key: Uuid, answer: &Value) -> Result<(), DbError> {
    tx.execute(FINISH, params![tx.tenant(), asker(tx), key, Json(answer)]).await.map(drop)
}

pub(crate) async fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(FORGET, params![tx.tenant(), now.plus(-KEPT_MICROS)]).await
}
