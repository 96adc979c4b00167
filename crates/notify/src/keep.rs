//! How notices end.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{PersonId, Timestamp};

use crate::{About, Recipient};

statements! {
    /// All of one recipient's.
    ERASE_OF = "DELETE FROM notices WHERE tenant = $1 AND recipient_kind = $2 AND recipient = $3";
    /// All about one thing.
    ERASE_ABOUT = "DELETE FROM notices WHERE tenant = $1 AND about_kind = $2 AND about = $3";
    /// The oldest.
    FORGET = "DELETE FROM notices WHERE tenant = $1 AND id IN (
        SELECT id FROM notices WHERE tenant = $1 AND visible_at < $2 ORDER BY visible_at, id LIMIT $3)";
    /// How many are old.
    OLD = "SELECT COUNT(*) FROM notices WHERE tenant = $1 AND visible_at < $2";
    /// How many of what was sent are old.
    OLD_DELIVERIES = "SELECT COUNT(*) FROM deliveries WHERE tenant = $1 AND made_at < $2";
    /// The oldest of what was sent.
    FORGET_DELIVERIES = "DELETE FROM deliveries WHERE tenant = $1 AND id IN (
        SELECT id FROM deliveries WHERE tenant = $1 AND made_at < $2 ORDER BY made_at, id LIMIT $3)";
    /// A person's ways.
    ERASE_WAYS = "DELETE FROM ways WHERE tenant = $1 AND person = $2";
    /// What they wanted otherwise.
    ERASE_CHOICES = "DELETE FROM notice_choices WHERE tenant = $1 AND person = $2";
    /// When they wanted to be told.
    ERASE_HABITS = "DELETE FROM notice_habits WHERE tenant = $1 AND person = $2";
    /// What was sent to them.
    ERASE_DELIVERIES = "DELETE FROM deliveries WHERE tenant = $1 AND person = $2";
}

/// Erases everything a recipient was told, and the ways on which they were: for somebody who has left.
///
/// # Errors
/// [`DbError`].
pub async fn erase_of(tx: &mut Tx<'_>, recipient: Recipient) -> Result<u64, DbError> {
    if let Recipient::Person(person) = recipient {
        erase_ways_of(tx, person).await?;
    }
    tx.execute(ERASE_OF, params![tx.tenant(), recipient.kind(), recipient.id()]).await
}

/// Erases the ways on which a person was told, and what was sent on them.
///
/// # Errors
/// [`DbError`].
pub async fn erase_ways_of(tx: &mut Tx<'_>, person: PersonId) -> Result<(), DbError> {
    for statement in [ERASE_DELIVERIES, ERASE_CHOICES, ERASE_HABITS, ERASE_WAYS] {
        tx.execute(statement, params![tx.tenant(), person]).await?;
    }
    Ok(())
}

/// Erases everything that was said about a thing that is itself erased.
///
/// # Errors
/// [`DbError`].
pub async fn erase_about(tx: &mut Tx<'_>, about: About) -> Result<u64, DbError> {
    tx.execute(ERASE_ABOUT, params![tx.tenant(), about.kind, about.id]).await
}

/// Erases the oldest of what was shown before an instant, read or not; says how many.
///
/// # Errors
/// [`DbError`].
pub async fn forget_before(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(FORGET, params![tx.tenant(), before, limit]).await
}

/// Erases the oldest lines of what was sent before an instant; says how many. They are a log, and outlive the
/// notices.
///
/// # Errors
/// [`DbError`].
pub async fn forget_sent_before(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(FORGET_DELIVERIES, params![tx.tenant(), before, limit]).await
}

/// How many were sent before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn sent_before(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(OLD_DELIVERIES, params![tx.tenant(), before]).await?.0)
}

/// How many were shown before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn shown_before(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(OLD, params![tx.tenant(), before]).await?.0)
}
