//! Invitations go out, and are accepted.

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{ConsentId, PersonId, Refusal, RefusalKind, Timestamp};
use serde_json::json;

use super::{MemberState, MemberStep, missing, next, of, step_on};
use crate::{ConsentProof, GiveConsent, GridMember, PasswordHash, PurposeKey, Scope, Stamp, Subject};

/// How long an invitation is good, microseconds: until everybody has come by the community's office once.
pub const INVITE_MICROS: i64 = 30 * Timestamp::DAY;
/// Invitations on one sheet at most.
pub const INVITES_MAX: usize = 200;

statements! {
    /// Another code, in the place of one that was out.
    PUT = "UPDATE members SET state = $3, invite_sha256 = $4, invite_until = $5, changed_at = $6
        WHERE tenant = $1 AND person = $2";
    /// Whose invitation it is.
    BY_CODE = "SELECT m.person, p.name, m.invite_until AS until FROM members m
        JOIN people p ON p.tenant = m.tenant AND p.id = m.person
        WHERE m.tenant = $1 AND m.invite_sha256 = $2 AND m.invite_until > $3 AND m.state = 'invited'";
    /// It is accepted, once.
    ACCEPT = "UPDATE members SET invite_sha256 = NULL, invite_until = NULL, rules_version = $3
        WHERE tenant = $1 AND person = $2 AND invite_sha256 = $4 RETURNING person";
    /// By what they will sign in.
    PASSWORD = "UPDATE people SET password_hash = $3, password_until = NULL, locale = $4, updated_at = $5
        WHERE tenant = $1 AND id = $2";
}

/// Invites people: each gets a code, in the place of one they had. Answers with their names, in the same
/// order.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Whom, and what is kept of their code.
    pub people: Vec<(PersonId, [u8; 32])>,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for Invite {
    type Output = Vec<String>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<String>, Failure> {
        if self.people.len() > INVITES_MAX {
            return Err(Refusal::invalid("people", "invites-many").with("limit", INVITES_MAX).into());
        }
        let (tenant, at) = (tx.tenant(), self.stamp.at);
        let mut names = Vec::new();
        for (person, digest) in &self.people {
            let (state, _) = of(tx, *person).await?.ok_or_else(missing)?;
            let to = next(MemberStep::Invite, state)?;
            let until = at.plus(INVITE_MICROS);
            tx.execute(PUT, params![tenant, person, to, digest, until, at]).await?;
            names.push(crate::person_name(tx, *person).await?.ok_or_else(missing)?);
            self.stamp.note(tx, "person", person.0, "invite", &json!({ "until": until })).await?;
            tx.announce("person", person.0);
        }
        Ok(names)
    }
}

from_row! {
    /// Somebody who has an invitation in hand.
    pub struct Invitee {
        /// Who.
        pub person: PersonId,
        /// The name that others read.
        pub name: String,
        /// Until when it is good.
        pub until: Timestamp,
    }
}

/// Whose invitation it is, by what is kept of its code; none where it is nobody's, too old or accepted.
///
/// # Errors
/// [`DbError`].
pub async fn invitee(tx: &mut Tx<'_>, digest: [u8; 32], now: Timestamp) -> Result<Option<Invitee>, DbError> {
    tx.optional(BY_CODE, params![tx.tenant(), digest, now]).await
}

/// The invited has read the rules, consents, and chooses how to sign in.
#[derive(Clone, Debug)]
pub struct AcceptInvitation {
    /// Of the code.
    pub digest: [u8; 32],
    /// By what they will sign in; none where a code by short message is enough.
    pub password: Option<PasswordHash>,
    /// The language they read.
    pub locale: String,
    /// Which rules they have read.
    pub rules_version: u32,
    /// The id of their consent to [`GridMember`].
    pub consent: ConsentId,
    /// Which version of its text they have read.
    pub text_version: i64,
    /// When.
    pub stamp: Stamp,
}

impl Command for AcceptInvitation {
    type Output = PersonId;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<PersonId, Failure> {
        let (tenant, at) = (tx.tenant(), self.stamp.at);
        let over = || Refusal::new(RefusalKind::Gone, "invitation-over");
        let Invitee { person, .. } = invitee(tx, self.digest, at).await?.ok_or_else(over)?;
        let values = params![tenant, person, self.rules_version, self.digest];
        if tx.optional::<(PersonId,)>(ACCEPT, values).await?.is_none() {
            return Err(over().into());
        }
        let to = next(MemberStep::Accept, MemberState::Invited)?;
        step_on(tx, person, (MemberState::Invited, to), at).await?;
        tx.execute(PASSWORD, params![tenant, person, self.password, self.locale, at]).await?;
        self.consent(person).given(tx, true).await?;
        let body = json!({ "rules": self.rules_version, "password": self.password.is_some() });
        self.stamp.note(tx, "person", person.0, "accept-invitation", &body).await?;
        tx.announce("person", person.0);
        Ok(person)
    }
}

impl AcceptInvitation {
    /// What the code's holder ticked: nobody else has the code, and nobody can be signed in yet.
    fn consent(&self, person: PersonId) -> GiveConsent {
        GiveConsent {
            id: self.consent,
            subject: Subject::Person(person),
            purpose: PurposeKey::of::<GridMember>(),
            version: self.text_version,
            scope: Scope::Tenant,
            proof: ConsentProof::Tick,
            object: None,
            guardian: None,
            stamp: self.stamp,
        }
    }
}
