//! A credential comes into being.

use qige_db::{Command, DbError, Failure, Tx, params, statements};
use qige_kernel::{CredentialId, PersonId, Refusal, RefusalKind, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::LABEL_LETTERS_MAX;
use crate::person::require_active;
use crate::sign_in::Came;
use crate::{CredentialKind, Stamp};

/// A phone that sent nothing for this long signs in again, microseconds: a season away is still the same
/// rider.
pub const DEVICE_IDLE_MICROS: i64 = 180 * Timestamp::DAY;
/// A phone's credential ends after this long in any case, microseconds: about the life of a phone.
pub const DEVICE_MICROS: i64 = 3 * 366 * Timestamp::DAY;
/// A token lives this long at most, microseconds: whoever runs the program proves once a year that it still
/// runs.
pub const TOKEN_MICROS_MAX: i64 = 366 * Timestamp::DAY;

statements! {
    /// A new credential.
    INSERT = "INSERT INTO credentials (tenant, id, kind, person, device, secret_sha256, label, created_at,
            last_used_at, idle_micros, expires_at, way, second)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12)";
    /// Who registered this phone so far.
    DEVICE_OWNERS = "SELECT person FROM credentials WHERE tenant = $1 AND device = $2";
    /// What the phone showed so far is not good any more.
    REVOKE_DEVICE = "UPDATE credentials SET revoked_at = $3
        WHERE tenant = $1 AND device = $2 AND revoked_at IS NULL";
}

pub(crate) struct NewCredential<'a> {
    pub(crate) id: CredentialId,
    pub(crate) kind: CredentialKind,
    pub(crate) person: Option<PersonId>,
    pub(crate) device: Option<Uuid>,
    pub(crate) digest: [u8; 32],
    pub(crate) label: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) idle_micros: i64,
    pub(crate) expires_at: Timestamp,
    /// How somebody came in who has it.
    pub(crate) came: Option<Came>,
}

/// What is kept of a label.
pub(crate) fn label_kept(label: &str) -> String {
    label.chars().filter(|letter| !letter.is_control()).take(LABEL_LETTERS_MAX).collect()
}

pub(crate) async fn insert(tx: &mut Tx<'_>, new: NewCredential<'_>) -> Result<(), DbError> {
    let label = label_kept(new.label);
    let NewCredential { id, kind, person, device, digest, at, idle_micros, expires_at, came, .. } = new;
    let (way, second) = (came.map(|came| came.way), came.and_then(|came| came.second));
    let values = params![
        tx.tenant(),
        id,
        kind,
        person,
        device,
        digest,
        label,
        at,
        idle_micros,
        expires_at,
        way,
        second
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Gives a phone a credential for its outbox, in the place of one it had. A phone that somebody else
/// registered before is refused as `device-known`: it calls itself by a new id then. So is a phone without an
/// account that comes again, since nothing says that it is the same.
#[derive(Clone, Debug)]
pub struct RegisterDevice {
    /// The credential's id.
    pub id: CredentialId,
    /// As the phone calls itself.
    pub device: Uuid,
    /// Whose phone it is; none for somebody without an account.
    pub person: Option<PersonId>,
    /// Of a [`CredentialKind::Device`] secret.
    pub digest: [u8; 32],
    /// What it is called, for example the browser and the system.
    pub label: String,
    /// When.
    pub at: Timestamp,
}

impl Command for RegisterDevice {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if let Some(person) = self.person {
            require_active(tx, person).await?;
        }
        let owners: Vec<(Option<PersonId>,)> =
            tx.all(DEVICE_OWNERS, params![tx.tenant(), self.device]).await?;
        if owners.iter().any(|(owner,)| owner.is_none() || *owner != self.person) {
            return Err(Refusal::new(RefusalKind::Conflict, "device-known").into());
        }
        tx.execute(REVOKE_DEVICE, params![tx.tenant(), self.device, self.at]).await?;
        if let Some(person) = self.person {
            tx.announce("person", person.0);
        }
        let new = NewCredential {
            id: self.id,
            kind: CredentialKind::Device,
            person: self.person,
            device: Some(self.device),
            digest: self.digest,
            label: &self.label,
            at: self.at,
            idle_micros: DEVICE_IDLE_MICROS,
            expires_at: self.at.plus(DEVICE_MICROS),
            came: None,
        };
        Ok(insert(tx, new).await?)
    }
}

/// Gives a program access in a person's name, with what that person may do.
#[derive(Clone, Debug)]
pub struct IssueToken {
    /// The credential's id.
    pub id: CredentialId,
    /// In whose name.
    pub person: PersonId,
    /// Of a [`CredentialKind::Token`] secret.
    pub digest: [u8; 32],
    /// What it is for.
    pub label: String,
    /// Until when; at most [`TOKEN_MICROS_MAX`] from now.
    pub expires_at: Timestamp,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for IssueToken {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if self.label.trim().is_empty() || self.label.chars().count() > LABEL_LETTERS_MAX {
            return Err(Refusal::invalid("label", "label-length").with("limit", LABEL_LETTERS_MAX).into());
        }
        let life_micros = self.expires_at.since(self.stamp.at);
        if !(1..=TOKEN_MICROS_MAX).contains(&life_micros) {
            let days = TOKEN_MICROS_MAX / Timestamp::DAY;
            return Err(Refusal::invalid("expires_at", "token-life").with("days", days).into());
        }
        require_active(tx, self.person).await?;
        let new = NewCredential {
            id: self.id,
            kind: CredentialKind::Token,
            person: Some(self.person),
            device: None,
            digest: self.digest,
            label: self.label.trim(),
            at: self.stamp.at,
            idle_micros: life_micros,
            expires_at: self.expires_at,
            came: None,
        };
        insert(tx, new).await?;
        let body = json!({ "credential": self.id, "label": self.label.trim(), "until": self.expires_at });
        Ok(self.stamp.note(tx, "person", self.person.0, "issue-token", &body).await?)
    }
}
