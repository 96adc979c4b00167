//! Cases that wait for a dispatcher or a rule.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{CaseId, ObjectId, Timestamp};

use super::map::resembles_another;
use crate::store::{CaseRow, NEVER, photos_of_case};
use crate::{Policy, State};

statements! {
    /// Open cases in a state that no unit ever had, from where $3 and $4 say on.
    WAITING = "SELECT * FROM cases WHERE tenant = $1 AND open AND state = $2 AND (late_at, id) > ($3, $4)
        AND dispatched_at IS NULL AND (matter IS NOT NULL OR $6) ORDER BY late_at, id LIMIT $5";
}

/// Where a page of waiting cases ended.
pub type WaitingSince = (Timestamp, CaseId);

/// A case that waits, with what a rule needs to know of it.
#[derive(Clone, Debug)]
pub struct WaitingCase {
    /// The case.
    pub row: CaseRow,
    /// Whether another open case resembles it.
    pub resembles: bool,
    /// Its photos, the first first.
    pub photos: Vec<ObjectId>,
}

/// Cases in this state that no unit ever had and whose matter is known (`unnamed`: or not), what will be late
/// first coming first; at most `limit`, after `after`. Also where to go on; none when that was all.
///
/// # Errors
/// [`DbError`].
pub async fn waiting(
    tx: &mut Tx<'_>,
    state: State,
    after: WaitingSince,
    unnamed: bool,
    (policy, now): (&Policy, Timestamp),
    limit: i64,
) -> Result<(Vec<WaitingCase>, Option<WaitingSince>), DbError> {
    let (late_at, id) = after;
    let rows: Vec<CaseRow> =
        tx.all(WAITING, params![tx.tenant(), state, late_at, id, limit, unnamed]).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let more = rows.last().filter(|_| full).map(|row| (row.due_at.unwrap_or(NEVER), row.id));
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let resembles = resembles_another(tx, &row, policy, now).await?;
        let photos = photos_of_case(tx, row.id).await?;
        found.push(WaitingCase { row, resembles, photos });
    }
    Ok((found, more))
}
