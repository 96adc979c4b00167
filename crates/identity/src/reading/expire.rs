//! Lines of the access log go when their term is over: what they say is erased, that they were there stays in
//! the chain.

use std::collections::BTreeMap;

use qige_db::journal::Stream;
use qige_db::{DbError, Tx, params, statements};
use qige_kernel::Timestamp;
use uuid::Uuid;

use super::note::STREAM;
use crate::{KeptClass, Stamp};

statements! {
    /// Before an instant.
    COUNT = "SELECT COUNT(*) FROM readings WHERE tenant = $1 AND at < $2";
    /// The oldest.
    OLDEST = "SELECT owner, seq FROM readings WHERE tenant = $1 AND at < $2 ORDER BY at, owner, seq LIMIT $3";
    /// The row goes.
    DELETE = "DELETE FROM readings WHERE tenant = $1 AND owner = $2 AND seq = $3";
}

/// How many readings there were before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn old_readings(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(COUNT, params![tx.tenant(), before]).await?.0)
}

/// Erases the oldest readings before an instant; says how many. What their lines say goes, the lines stay.
///
/// # Errors
/// [`DbError`].
pub async fn erase_old_readings(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: i64,
    stamp: &Stamp,
) -> Result<u64, DbError> {
    let tenant = tx.tenant();
    let oldest: Vec<(Uuid, i64)> = tx.all(OLDEST, params![tenant, before, limit]).await?;
    let mut of_owner: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
    let mut erased = 0;
    for (owner, seq) in oldest {
        of_owner.entry(owner).or_default().push(seq);
        erased += tx.execute(DELETE, params![tenant, owner, seq]).await?;
    }
    for (owner, lines) in of_owner {
        stamp.erase(tx, Stream::new(STREAM, owner), Some(&lines), KeptClass::AccessLog).await?;
    }
    Ok(erased)
}
