//! Files that leave the house with what is known of people: whether somebody else agreed, and the line in the
//! access log of everybody who stands in one.

use qige_identity::{Permission, Purpose, Seen};
use uuid::Uuid;

use crate::admin::looks::require_export;
use crate::{Cx, Fault, admin};

/// Notes a part of a file of people with everybody who stands in it, once another agreed where two people are
/// needed. Called before the part is handed out.
pub(crate) async fn with_people(
    cx: &Cx,
    purpose: Purpose,
    by: Permission,
    people: Vec<Uuid>,
) -> Result<(), Fault> {
    require_export(cx).await?;
    let seen = people.into_iter().map(|person| Seen::recorded(person, "people.name"));
    note(cx, purpose, by, seen.collect()).await
}

/// Notes a file that speaks of nobody by name, or of everybody: it stands in the log under the subdistrict's
/// own id.
pub(crate) async fn of_all(
    cx: &Cx,
    purpose: Purpose,
    by: Permission,
    field: &'static str,
) -> Result<(), Fault> {
    let seen = Seen::recorded(cx.tenant()?.id.0, field);
    note(cx, purpose, by, vec![seen]).await
}

async fn note(cx: &Cx, purpose: Purpose, by: Permission, seen: Vec<Seen>) -> Result<(), Fault> {
    let stamp = admin::stamp(cx, by)?;
    Ok(cx.app().vault.note_seen(cx.asker()?, purpose, stamp, seen).await?)
}
