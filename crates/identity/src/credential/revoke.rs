//! A credential is used, or ends.

use qige_db::{Command, DbError, Failure, Isolation, Tx, params, statements};
use qige_kernel::{CredentialId, PersonId, Refusal, RefusalKind, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::TOUCH_MICROS;
use crate::{CredentialKind, Stamp};

/// Browsers in which one person is signed in at most; the one not used for longest is signed out.
pub const SESSIONS_MAX: i64 = 20;

statements! {
    /// Notes the use, but not too often.
    TOUCH = "UPDATE credentials SET last_used_at = $3 WHERE tenant = $1 AND id = $2 AND last_used_at <= $4";
    /// Ends one; says whose and what it was.
    REVOKE = "UPDATE credentials SET revoked_at = $3 WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL
        RETURNING person, kind, label";
    /// Whose it is.
    OWNER = "SELECT person FROM credentials WHERE tenant = $1 AND id = $2";
    /// Ends all of a person's but one.
    REVOKE_ALL = "UPDATE credentials SET revoked_at = $3
        WHERE tenant = $1 AND person = $2 AND id <> $4 AND revoked_at IS NULL";
    /// Ends all sessions of a person but one, begun ones too; what phones and programs have stays.
    REVOKE_SESSIONS = "UPDATE credentials SET revoked_at = $3
        WHERE tenant = $1 AND person = $2 AND id <> $4 AND kind IN ('session', 'half')
            AND revoked_at IS NULL";
    /// Ends the sessions that are over the limit. 1,000 is more than there can be.
    TRIM = "UPDATE credentials SET revoked_at = $3 WHERE tenant = $1 AND id IN (
            SELECT id FROM credentials WHERE tenant = $1 AND person = $2 AND kind = 'session'
                AND revoked_at IS NULL
            ORDER BY last_used_at DESC, id DESC LIMIT 1000 OFFSET $4)";
}

/// Notes that a credential was used; does nothing when that was noted less than [`TOUCH_MICROS`] ago.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    /// Which one.
    pub credential: CredentialId,
    /// When.
    pub at: Timestamp,
}

impl Command for Touch {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let before = self.at.plus(-TOUCH_MICROS);
        tx.execute(TOUCH, params![tx.tenant(), self.credential, self.at, before]).await?;
        Ok(())
    }
}

/// Ends the credential with which one asks. Twice is as good as once.
#[derive(Clone, Copy, Debug)]
pub struct SignOut {
    /// Which one.
    pub credential: CredentialId,
    /// When.
    pub at: Timestamp,
}

impl Command for SignOut {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let revoked: Option<Revoked> =
            tx.optional(REVOKE, params![tx.tenant(), self.credential, self.at]).await?;
        if revoked.is_some() {
            tx.announce("credential", self.credential.0);
        }
        Ok(())
    }
}

type Revoked = (Option<PersonId>, CredentialKind, String);

/// Ends a credential from the list of a person's credentials. Twice is as good as once.
#[derive(Clone, Copy, Debug)]
pub struct RevokeCredential {
    /// Which one.
    pub credential: CredentialId,
    /// Whose it must be; somebody else's is as good as none.
    pub person: PersonId,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for RevokeCredential {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let owner: Option<(Option<PersonId>,)> =
            tx.optional(OWNER, params![tx.tenant(), self.credential]).await?;
        if owner != Some((Some(self.person),)) {
            return Err(Refusal::new(RefusalKind::Missing, "credential-missing").into());
        }
        let revoked: Option<Revoked> =
            tx.optional(REVOKE, params![tx.tenant(), self.credential, self.stamp.at]).await?;
        if let Some((_, kind, label)) = revoked {
            tx.announce("credential", self.credential.0);
            let body = json!({ "credential": self.credential, "kind": kind, "label": label });
            self.stamp.note(tx, "person", self.person.0, "revoke-credential", &body).await?;
        }
        Ok(())
    }
}

/// Ends all credentials of a person, but for one where it is given.
pub(crate) async fn revoke_all(
    tx: &mut Tx<'_>,
    person: PersonId,
    keep: Option<CredentialId>,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(REVOKE_ALL, params![tx.tenant(), person, at, kept(keep)]).await?;
    tx.announce("person", person.0);
    Ok(())
}

/// Signs a person out of every browser, but for one where it is given.
pub(crate) async fn revoke_sessions(
    tx: &mut Tx<'_>,
    person: PersonId,
    keep: Option<CredentialId>,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(REVOKE_SESSIONS, params![tx.tenant(), person, at, kept(keep)]).await?;
    tx.announce("person", person.0);
    Ok(())
}

/// The one that stays; the nil id is nobody's.
fn kept(keep: Option<CredentialId>) -> Uuid {
    keep.map_or(Uuid::nil(), |keep| keep.0)
}

/// Signs out the browsers that are over the limit.
pub(crate) async fn trim_sessions(tx: &mut Tx<'_>, person: PersonId, at: Timestamp) -> Result<(), DbError> {
    if tx.execute(TRIM, params![tx.tenant(), person, at, SESSIONS_MAX]).await? > 0 {
        tx.announce("person", person.0);
    }
    Ok(())
}
