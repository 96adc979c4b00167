//! A role is taken back.

use qige_db::{Command, DbError, Failure, Tx, params, statements};
use qige_kernel::{GrantId, PersonId, Refusal, RefusalKind, Timestamp};
use serde_json::json;

use super::cover::end_covers;
use super::{GrantRow, grants_of, holders};
use crate::{Reach, Role, Stamp};

statements! {
    /// One grant.
    BY_ID = "SELECT id, person, role, scope, starts_at, ends_at, granted_at, granted_by FROM grants
        WHERE tenant = $1 AND id = $2";
    /// Ends it; one that has not begun never does.
    END = "UPDATE grants SET ends_at = CASE WHEN starts_at > $3 THEN starts_at ELSE $3 END
        WHERE tenant = $1 AND id = $2";
}

/// Takes a role back, now. Twice is as good as once.
#[derive(Clone, Copy, Debug)]
pub struct RevokeGrant {
    /// Which grant.
    pub grant: GrantId,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for RevokeGrant {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let at = self.stamp.at;
        let Some(row) = grant_row(tx, self.grant).await? else {
            return Err(Refusal::new(RefusalKind::Missing, "grant-missing").into());
        };
        if row.role == Role::SecurityAdmin && row.grant().is_live(at) {
            require_other_security_admin(tx, row.person, at).await?;
        }
        end(tx, &row, &self.stamp).await
    }
}

/// Ends all that a person holds or was to hold.
pub(crate) async fn end_all(tx: &mut Tx<'_>, person: PersonId, stamp: &Stamp) -> Result<(), Failure> {
    for row in grants_of(tx, person).await? {
        end(tx, &row, stamp).await?;
    }
    Ok(())
}

/// One grant.
pub(super) async fn grant_row(tx: &mut Tx<'_>, grant: GrantId) -> Result<Option<GrantRow>, DbError> {
    tx.optional(BY_ID, params![tx.tenant(), grant]).await
}

/// Ends a grant and what colleagues cover of it.
pub(super) async fn end(tx: &mut Tx<'_>, row: &GrantRow, stamp: &Stamp) -> Result<(), Failure> {
    end_one(tx, row, stamp).await?;
    end_covers(tx, row.id, stamp).await
}

pub(super) async fn end_one(tx: &mut Tx<'_>, row: &GrantRow, stamp: &Stamp) -> Result<(), Failure> {
    if row.ends_at.is_some_and(|until| until <= stamp.at.max(row.starts_at)) {
        return Ok(());
    }
    tx.execute(END, params![tx.tenant(), row.id, stamp.at]).await?;
    let body = json!({ "person": row.person, "grant": row.grant() });
    stamp.note(tx, "grant", row.id.0, "revoke", &body).await?;
    tx.announce("person", row.person.0);
    Ok(())
}

/// Somebody must remain who can give roles: where `person` is the last security administrator, they stay.
pub(crate) async fn require_other_security_admin(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<(), Failure> {
    if is_last_security_admin(tx, person, now).await? {
        return Err(Refusal::new(RefusalKind::Conflict, "last-security-admin").into());
    }
    Ok(())
}

/// Whether nobody else can give roles.
pub(crate) async fn is_last_security_admin(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(holders(tx, Role::SecurityAdmin, &Reach::default(), now).await? == [person])
}
