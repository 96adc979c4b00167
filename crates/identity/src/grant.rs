//! Roles are given and taken back.

mod cover;
mod give;
mod hand_over;
mod revoke;

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{GrantId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Grant, Reach, Role, Scope};

pub use cover::{
    COVER_MICROS_MAX, Colleague, CoverRow, EndCover, GiveCover, colleagues, covers_by, is_cover,
    may_be_covered,
};
pub use give::GrantRole;
pub(crate) use give::{givable, give};
pub use hand_over::hand_over;
pub use revoke::RevokeGrant;
pub(crate) use revoke::{end_all, is_last_security_admin, require_other_security_admin};

statements! {
    /// All that a person was ever given, the newest first.
    OF_PERSON = "SELECT id, person, role, scope, starts_at, ends_at, granted_at, granted_by FROM grants
        WHERE tenant = $1 AND person = $2 ORDER BY starts_at DESC, id DESC";
    /// Who holds a role now.
    HOLDERS = "SELECT g.person, p.name, g.scope FROM grants g
        JOIN people p ON p.tenant = g.tenant AND p.id = g.person AND p.state = 'active'
        WHERE g.tenant = $1 AND g.role = $2 AND g.starts_at <= $3 AND (g.ends_at IS NULL OR g.ends_at > $3)
        ORDER BY g.person";
    /// How many hold a role over exactly this.
    HELD_OVER = "SELECT COUNT(DISTINCT g.person) FROM grants g
        JOIN people p ON p.tenant = g.tenant AND p.id = g.person AND p.state <> 'left'
        WHERE g.tenant = $1 AND g.scope = $2 AND (g.ends_at IS NULL OR g.ends_at > $3)";
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

from_row! {
    /// Somebody who holds a role now.
    pub struct Holder {
        /// Who.
        pub person: PersonId,
        /// The name that others read.
        pub name: String,
        /// Over what.
        pub scope: Scope,
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
    let held = holders_over(tx, role, reach, now).await?;
    let mut people: Vec<PersonId> = held.into_iter().map(|holder| holder.person).collect();
    people.dedup();
    Ok(people)
}

/// The same by name, with what each holds it over; who holds it over two such scopes comes twice.
///
/// # Errors
/// [`DbError`].
pub async fn holders_over(
    tx: &mut Tx<'_>,
    role: Role,
    reach: &Reach,
    now: Timestamp,
) -> Result<Vec<Holder>, DbError> {
    let all: Vec<Holder> = tx.all(HOLDERS, params![tx.tenant(), role, now]).await?;
    Ok(all.into_iter().filter(|holder| holder.scope.covers(reach)).collect())
}

/// How many people hold a role over exactly this, now or later: whose roles end up over nothing when it ends.
///
/// # Errors
/// [`DbError`].
pub async fn held_over(tx: &mut Tx<'_>, scope: Scope, now: Timestamp) -> Result<i64, DbError> {
    let (people,): (i64,) = tx.one(HELD_OVER, params![tx.tenant(), scope, now]).await?;
    Ok(people)
}
