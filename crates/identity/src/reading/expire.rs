//! Lines of the access log go when their term is over: what they say is erased, that they were there stays in
//! the chain.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::Timestamp;
use uuid::Uuid;

use super::note::STREAM;

statements! {
    /// Before an instant.
    COUNT = "SELECT COUNT(*) FROM readings WHERE tenant = $1 AND at < $2";
    /// The oldest.
    OLDEST = "SELECT owner, seq FROM readings WHERE tenant = $1 AND at < $2 ORDER BY at, owner, seq LIMIT $3";
    /// The row goes.
    DELETE = "DELETE FROM readings WHERE tenant = $1 AND owner = $2 AND seq = $3";
    /// What its line says goes; the line stays.
    SILENCE = "UPDATE journal SET salt = NULL, body = NULL
        WHERE tenant = $1 AND stream = $2 AND id = $3 AND seq = $4";
}

/// How many readings there were before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn old_readings(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(COUNT, params![tx.tenant(), before]).await?.0)
}

/// Erases the oldest readings before an instant; says how many.
///
/// # Errors
/// [`DbError`].
pub async fn erase_old_readings(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    let tenant = tx.tenant();
    let oldest: Vec<(Uuid, i64)> = tx.all(OLDEST, params![tenant, before, limit]).await?;
    let mut erased = 0;
    for (owner, seq) in oldest {
        tx.execute(SILENCE, params![tenant, STREAM, owner, seq]).await?;
        erased += tx.execute(DELETE, params![tenant, owner, seq]).await?;
    }
    Ok(erased)
}
