//! Roles are given and taken back.

mod give;
mod revoke;

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{GrantId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Grant, Reach, Role, Scope};

pub use give::GrantRole;
pub(crate) use give::give;
pub use revoke::RevokeGrant;
pub(crate) use revoke::{end_all, require_other_security_admin};

statements! {
    /// All that a person was ever given, the newest first.
    OF_PERSON = "SELECT id, person, role, scope, starts_at, ends_at, granted_at, granted_by FROM grants
        WHERE tenant = $1 AND person = $2 ORDER BY starts_at DESC, id DESC";
    /// Who holds a role now.
    HOLDERS = "SELECT g.person, g.scope FROM grants g
        JOIN people p ON p.tenant = g.tenant AND p.id = g.person AND p.state = 'active'
        WHERE g.tenant = $1 AND g.role = $2 AND g.starts_at <= $3 AND (g.ends_at IS NULL OR g.ends_at > $3)
        ORDER BY g.person";
}

from_row! {
    /// A grant as it is kept, also one that has ended.
    #[derive(PartialEq, Eq, Serialize, JsonSchema)]
    pub struct GrantRow {
        /// Which grant.
        pub id: GrantId,
        /// To whom.
        pub person: PersonId,
        /// What the person is.
        pub role: Role,
        /// Over what.
        pub scope: Scope,
        /// From when on.
        pub starts_at: Timestamp,
        /// Until when, not included.
        pub ends_at: Option<Timestamp>,
        /// When it was given.
        pub granted_at: Timestamp,
        /// By whom; none for the set-up.
        pub granted_by: Option<PersonId>,
    }
}

impl GrantRow {
    /// What it gives.
    #[must_use]
    pub const fn grant(&self) -> Grant {
        Grant { id: self.id, role: self.role, scope: self.scope, from: self.starts_at, until: self.ends_at }
    }
}

/// All that a person was ever given, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn grants_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<GrantRow>, DbError> {
    tx.all(OF_PERSON, params![tx.tenant(), person]).await
}

/// Who holds a role now over something that lies there, each once: whom to tell.
///
/// # Errors
/// [`DbError`].
pub async fn holders(
    tx: &mut Tx<'_>,
    role: Role,
    reach: &Reach,
    now: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    let rows: Vec<(PersonId, Scope)> = tx.all(HOLDERS, params![tx.tenant(), role, now]).await?;
    let mut people: Vec<PersonId> =
        rows.into_iter().filter(|(_, scope)| scope.covers(reach)).map(|(person, _)| person).collect();
    people.dedup();
    Ok(people)
}
