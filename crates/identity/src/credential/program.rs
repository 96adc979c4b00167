//! Programs: each is an account that nobody signs in to, with one role, and a token that ends with it.

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{CredentialId, PersonId, Refusal, RefusalKind, Timestamp};

use super::{IssueToken, RevokeCredential};
use crate::grant::give;
use crate::person::{PersonState, keep, require};
use crate::{DisplayName, Grant, NewPerson, SetPersonState, Stamp};

statements! {
    /// Every token that is good now, those of programs before those in people's names, the newest first.
    TOKENS = "SELECT c.id, c.person, p.name, c.label, c.created_at, c.last_used_at, c.expires_at
        FROM credentials c JOIN people p ON p.tenant = c.tenant AND p.id = c.person
        WHERE c.tenant = $1 AND c.kind = 'token' AND c.revoked_at IS NULL AND c.expires_at > $2
        ORDER BY CASE WHEN p.sign_in_name IS NULL AND p.phone_index IS NULL THEN 0 ELSE 1 END,
            c.created_at DESC, c.id DESC";
    /// In whose name it was issued.
    TOKEN_OF = "SELECT person FROM credentials WHERE tenant = $1 AND id = $2 AND kind = 'token'";
}

from_row! {
    /// A token, as those who look after them see it.
    pub struct Token {
        /// Which one.
        pub id: CredentialId,
        /// In whose name.
        pub person: PersonId,
        /// What that account is called.
        pub name: String,
        /// What it is for.
        pub label: String,
        /// When it was issued.
        pub created_at: Timestamp,
        /// When it was last used, give or take [`super::TOUCH_MICROS`]; when it was issued if never.
        pub last_used_at: Timestamp,
        /// When it ends.
        pub expires_at: Timestamp,
    }
}

/// Every token that is good now, those of programs before those in people's names, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn tokens(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Token>, DbError> {
    tx.all(TOKENS, params![tx.tenant(), now]).await
}

/// Lets a program in: an account of its own, so that the journal tells what it did from what people did, one
/// role over one scope, and the token. All three end together.
#[derive(Clone, Debug)]
pub struct AdmitProgram {
    /// The account's id.
    pub person: PersonId,
    /// What others read where it did something.
    pub name: DisplayName,
    /// What it may do, and until when; it must end.
    pub grant: Grant,
    /// The token's id.
    pub token: CredentialId,
    /// Of a [`crate::CredentialKind::Token`] secret.
    pub digest: [u8; 32],
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for AdmitProgram {
    type Output = ();

    /// # Errors
    /// `program-no-power` (what the three powers do is done by people), `token-life`, `scope-not-for-role`,
    /// `person-known`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if self.grant.role.is_power() {
            return Err(Refusal::invalid("role", "program-no-power").into());
        }
        let person = NewPerson {
            id: self.person,
            name: self.name.clone(),
            sign_in_name: None,
            phone: None,
            password: None,
            locale: None,
        };
        keep(tx, &person, &self.stamp).await?;
        let token = IssueToken {
            id: self.token,
            person: self.person,
            digest: self.digest,
            label: self.name.as_str().to_owned(),
            expires_at: self.grant.until.unwrap_or(self.stamp.at),
            stamp: self.stamp,
        };
        token.run(tx).await?;
        give(tx, self.person, &self.grant, &self.stamp).await
    }
}

/// Ends a token. Where it was a program's, its account ends too: nothing else can ever use it.
#[derive(Clone, Copy, Debug)]
pub struct EndToken {
    /// Which one.
    pub token: CredentialId,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for EndToken {
    type Output = ();

    /// # Errors
    /// `credential-missing`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let found: Option<(PersonId,)> = tx.optional(TOKEN_OF, params![tx.tenant(), self.token]).await?;
        let Some((person,)) = found else {
            return Err(Refusal::new(RefusalKind::Missing, "credential-missing").into());
        };
        RevokeCredential { credential: self.token, person, stamp: self.stamp }.run(tx).await?;
        let account = require(tx, person).await?;
        if account.sign_in_name.is_none() && account.phone.is_none() {
            SetPersonState { person, state: PersonState::Left, stamp: self.stamp }.run(tx).await?;
        }
        Ok(())
    }
}
