//! Which cases became late in a span of time: what a schedule looks for.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{CaseId, Timestamp};

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
    /// Open cases that turned amber not after $4, from where $2 and $3 say on.
    BECAME_AMBER = "SELECT * FROM cases WHERE tenant = $1 AND open AND (amber_at, id) > ($2, $3)
        AND amber_at <= $4 ORDER BY amber_at, id LIMIT $5";
    /// Open cases whose time ended not after $4, from where $2 and $3 say on.
    BECAME_RED = "SELECT * FROM cases WHERE tenant = $1 AND open AND (late_at, id) > ($2, $3)
        AND late_at <= $4 ORDER BY late_at, id LIMIT $5";
    /// Open cases that were over by 100 % not after $4, from where $2 and $3 say on.
    BECAME_OVER = "SELECT * FROM cases WHERE tenant = $1 AND open AND (over_at, id) > ($2, $3)
        AND over_at <= $4 ORDER BY over_at, id LIMIT $5";
}

impl Lateness {
    /// When a case takes this step; never while its clock stands still.
    #[must_use]
    pub const fn of(self, row: &CaseRow) -> Option<Timestamp> {
        match self {
            Self::Amber => row.amber_at,
            Self::Red => row.due_at,
            Self::Over => row.over_at,
        }
    }
}

/// Open cases that took this step not after `until`, the earliest first; at most `limit`. It goes on after
/// the moment and the case that `after` names.
///
/// # Errors
/// [`DbError`].
pub async fn became_late(
    tx: &mut Tx<'_>,
    lateness: Lateness,
    after: (Timestamp, CaseId),
    until: Timestamp,
    limit: i64,
) -> Result<Vec<CaseRow>, DbError> {
    let statement = match lateness {
        Lateness::Amber => BECAME_AMBER,
        Lateness::Red => BECAME_RED,
        Lateness::Over => BECAME_OVER,
    };
    tx.all(statement, params![tx.tenant(), after.0, after.1, until, limit]).await
}
