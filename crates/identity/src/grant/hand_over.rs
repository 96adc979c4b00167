//! What is held over one scope is held over another: two communities become one.

use qige_db::{Failure, Tx, params, statements};
use serde_json::json;

use super::revoke::end;
use super::{GrantRow, grants_of};
use crate::{Grant, Scope, Stamp};

statements! {
    /// What is held over exactly this, now or later.
    OVER = "SELECT id, person, role, scope, starts_at, ends_at, granted_at, granted_by FROM grants
        WHERE tenant = $1 AND scope = $2 AND (ends_at IS NULL OR (ends_at > $3 AND ends_at > starts_at))
        ORDER BY id";
    /// Over what it is from now on.
    SET_SCOPE = "UPDATE grants SET scope = $3 WHERE tenant = $1 AND id = $2";
}

/// Everything that is held over one scope is held over another from now on, for as long as it was given. Who
/// holds the same role there at least as long keeps that one alone. Answers with how many grants went over.
///
/// # Errors
/// [`Failure::Db`].
pub async fn hand_over(tx: &mut Tx<'_>, from: Scope, to: Scope, stamp: &Stamp) -> Result<usize, Failure> {
    let rows: Vec<GrantRow> = tx.all(OVER, params![tx.tenant(), from, stamp.at]).await?;
    for row in &rows {
        let (before, after) = (row.grant(), Grant { scope: to, ..row.grant() });
        let others = grants_of(tx, row.person).await?;
        if others.iter().any(|held| holds_as_long(&held.grant(), &after, stamp)) {
            end(tx, row, stamp).await?;
            continue;
        }
        tx.execute(SET_SCOPE, params![tx.tenant(), row.id, to]).await?;
        let body = json!({ "person": row.person, "before": before, "after": after });
        stamp.note(tx, "grant", row.id.0, "hand-over", &body).await?;
        tx.announce("person", row.person.0);
    }
    Ok(rows.len())
}

fn holds_as_long(held: &Grant, other: &Grant, stamp: &Stamp) -> bool {
    let begins = held.from <= other.from.max(stamp.at);
    let lasts = held.until.is_none_or(|until| other.until.is_some_and(|wanted| wanted <= until));
    (held.role, held.scope) == (other.role, other.scope) && begins && lasts
}
