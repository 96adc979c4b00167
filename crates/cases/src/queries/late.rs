//! Which cases became late in a span of time: what a schedule looks for.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::Timestamp;

use crate::store::CaseRow;
use crate::text_enum::text_enum;

text_enum! {
    /// The steps in which a case becomes late.
    Lateness {
        /// Three quarters of the time are over.
        Amber = "amber",
        /// The time is over.
        Red = "red",
        /// It is over by as much again: the supervisor's from here on.
        Over = "over",
    }
}

statements! {
    /// Open cases that turned amber after $2 and not after $3.
    BECAME_AMBER = "SELECT * FROM cases WHERE tenant = $1 AND open AND amber_at > $2 AND amber_at <= $3
        ORDER BY amber_at, id LIMIT $4";
    /// Open cases whose time ended after $2 and not after $3.
    BECAME_RED = "SELECT * FROM cases WHERE tenant = $1 AND open AND late_at > $2 AND late_at <= $3
        ORDER BY late_at, id LIMIT $4";
    /// Open cases that were over by 100 % after $2 and not after $3.
    BECAME_OVER = "SELECT * FROM cases WHERE tenant = $1 AND open AND over_at > $2 AND over_at <= $3
        ORDER BY over_at, id LIMIT $4";
}

/// Open cases that took this step after `since` and not after `until`, the earliest first; at most `limit`.
///
/// # Errors
/// [`DbError`].
pub async fn became_late(
    tx: &mut Tx<'_>,
    lateness: Lateness,
    since: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<CaseRow>, DbError> {
    let statement = match lateness {
        Lateness::Amber => BECAME_AMBER,
        Lateness::Red => BECAME_RED,
        Lateness::Over => BECAME_OVER,
    };
    tx.all(statement, params![tx.tenant(), since, until, limit]).await
}
