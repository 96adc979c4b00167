//! Sessions, devices and tokens: one table, and the one way from a secret to the person behind it.

mod issue;
mod program;
mod redraw;
mod revoke;

use qige_db::{DbError, Json, Tx, from_row, params, statements};
use qige_kernel::{CredentialId, GrantId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    CredentialKind, Density, Grant, Owed, Role, Scope, SecondStepRule, SecondWay, Secret, SignInWay, Who,
};

pub use issue::{DEVICE_IDLE_MICROS, DEVICE_MICROS, IssueToken, RegisterDevice, TOKEN_MICROS_MAX};
pub(crate) use issue::{NewCredential, insert, label_kept};
pub use program::{AdmitProgram, EndToken, Token, tokens};
pub use redraw::RedrawSession;
pub use revoke::{RevokeCredential, SESSIONS_MAX, SignOut, Touch};
pub(crate) use revoke::{revoke_all, revoke_sessions, trim_sessions};

/// How much older than the last use the noted last use may be, microseconds: so that not every request
/// writes.
pub const TOUCH_MICROS: i64 = 5 * Timestamp::MINUTE;
/// Letters of a credential's label at most.
const LABEL_LETTERS_MAX: usize = 100;

statements! {
    /// Who shows this secret: the person once per grant that holds now, once without when there is none.
    WHO = "SELECT c.id AS credential, c.kind, c.last_used_at, p.id AS person, p.name, p.locale, p.elder,
            p.density, p.password_until, c.way, s.confirmed_at AS second_step_at, r.value AS second_step_rule,
            g.id AS grant_id, g.role, g.scope, g.starts_at, g.ends_at
        FROM credentials c
        JOIN people p ON p.tenant = c.tenant AND p.id = c.person
        LEFT JOIN second_steps s ON s.tenant = c.tenant AND s.person = c.person
        LEFT JOIN tenant_settings r ON r.tenant = c.tenant AND r.key = 'second-step'
        LEFT JOIN grants g ON g.tenant = c.tenant AND g.person = c.person
            AND g.starts_at <= $3 AND (g.ends_at IS NULL OR g.ends_at > $3)
        WHERE c.tenant = $1 AND c.secret_sha256 = $2 AND c.kind = $4 AND c.revoked_at IS NULL
            AND c.expires_at > $3 AND c.last_used_at + c.idle_micros > $3 AND p.state = 'active'
        ORDER BY g.starts_at, g.id";
    /// Which phone shows this secret; a person's phone only while the person may sign in.
    DEVICE = "SELECT c.id AS credential, c.device, c.person, c.last_used_at
        FROM credentials c
        LEFT JOIN people p ON p.tenant = c.tenant AND p.id = c.person
        WHERE c.tenant = $1 AND c.secret_sha256 = $2 AND c.kind = 'device' AND c.revoked_at IS NULL
            AND c.expires_at > $3 AND c.last_used_at + c.idle_micros > $3
            AND (c.person IS NULL OR p.state = 'active')";
    /// What of a person's is good now, the last used first.
    OF_PERSON = "SELECT id, kind, device, label, way, second, created_at, last_used_at, expires_at
        FROM credentials WHERE tenant = $1 AND person = $2 AND kind <> 'half' AND revoked_at IS NULL
            AND expires_at > $3 AND last_used_at + idle_micros > $3
        ORDER BY last_used_at DESC, id";
}

from_row! {
    struct WhoRow {
        credential: CredentialId,
        kind: CredentialKind,
        last_used_at: Timestamp,
        person: PersonId,
        name: String,
        locale: Option<String>,
        elder: Option<u32>,
        density: Option<Density>,
        password_until: Option<Timestamp>,
        way: Option<SignInWay>,
        second_step_at: Option<Timestamp>,
        second_step_rule: Option<Json<SecondStepRule>>,
        grant_id: Option<GrantId>,
        role: Option<Role>,
        scope: Option<Scope>,
        starts_at: Option<Timestamp>,
        ends_at: Option<Timestamp>,
    }
}

impl WhoRow {
    /// What the person must do before anything else.
    fn owes(&self, grants: &[Grant]) -> Option<Owed> {
        // Whoever came by another way may never have been told the password, and could not replace it.
        if self.password_until.is_some() && self.way == Some(SignInWay::Password) {
            return Some(Owed::Password);
        }
        self.owes_second_step(grants).then_some(Owed::SecondStep)
    }

    /// Whether the rule asks these roles for a second step that the person does not have. Programs prove
    /// themselves by their token alone.
    fn owes_second_step(&self, grants: &[Grant]) -> bool {
        let asked = self.second_step_rule.as_ref().is_some_and(|Json(rule)| rule.staff);
        asked
            && self.kind == CredentialKind::Session
            && self.second_step_at.is_none()
            && grants.iter().any(|grant| grant.role.is_staff())
    }

    fn grant(&self) -> Option<Grant> {
        let (id, role, scope, from) = (self.grant_id?, self.role?, self.scope?, self.starts_at?);
        Some(Grant { id, role, scope, from, until: self.ends_at })
    }
}

/// The person behind a secret, with the grants that hold now; none when the secret is unknown, revoked or
/// expired, or the person may not sign in. One indexed statement: it runs on every request.
///
/// # Errors
/// [`DbError`].
pub async fn who_by_secret(tx: &mut Tx<'_>, secret: &Secret, now: Timestamp) -> Result<Option<Who>, DbError> {
    if secret.kind() == CredentialKind::Half {
        return Ok(None);
    }
    let values = params![tx.tenant(), secret.digest(), now, secret.kind()];
    let mut rows: Vec<WhoRow> = tx.all(WHO, values).await?;
    let grants: Vec<Grant> = rows.iter().filter_map(WhoRow::grant).collect();
    let owes = rows.first().and_then(|row| row.owes(&grants));
    Ok(rows.pop().map(|row| Who {
        person: row.person,
        name: row.name,
        credential: row.credential,
        kind: row.kind,
        owes,
        grants,
        locale: row.locale,
        elder: row.elder.and_then(|pixels| u8::try_from(pixels).ok()),
        density: row.density,
        csrf: secret.csrf(),
        touch_due: now.since(row.last_used_at) >= TOUCH_MICROS,
    }))
}

from_row! {
    struct DeviceRow {
        credential: CredentialId,
        device: Uuid,
        person: Option<PersonId>,
        last_used_at: Timestamp,
    }
}

/// A phone that proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// By which credential.
    pub credential: CredentialId,
    /// As the phone calls itself.
    pub device: Uuid,
    /// Whose it is; none for somebody without an account.
    pub person: Option<PersonId>,
    /// Whether [`Touch`] is due for the credential.
    pub touch_due: bool,
}

/// The phone behind a device's secret, also one without an account; none as with [`who_by_secret`].
///
/// # Errors
/// [`DbError`].
pub async fn device_by_secret(
    tx: &mut Tx<'_>,
    secret: &Secret,
    now: Timestamp,
) -> Result<Option<Device>, DbError> {
    let row: Option<DeviceRow> = tx.optional(DEVICE, params![tx.tenant(), secret.digest(), now]).await?;
    Ok(row.map(|row| Device {
        credential: row.credential,
        device: row.device,
        person: row.person,
        touch_due: now.since(row.last_used_at) >= TOUCH_MICROS,
    }))
}

from_row! {
    /// One place where a person is signed in, as the person reads it.
    #[derive(PartialEq, Eq, Serialize, JsonSchema)]
    pub struct Credential {
        /// Which one.
        pub id: CredentialId,
        /// What sort.
        pub kind: CredentialKind,
        /// The phone, as it calls itself.
        pub device: Option<Uuid>,
        /// What it is called.
        pub label: String,
        /// By what its owner came in, where that is known.
        pub way: Option<SignInWay>,
        /// By what the second step was made, where there was one.
        pub second: Option<SecondWay>,
        /// Since when.
        pub created_at: Timestamp,
        /// When it was last used, give or take [`TOUCH_MICROS`].
        pub last_used_at: Timestamp,
        /// When it ends in any case.
        pub expires_at: Timestamp,
    }
}

/// The credentials of a person that are good now, the last used first.
///
/// # Errors
/// [`DbError`].
pub async fn credentials_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<Credential>, DbError> {
    tx.all(OF_PERSON, params![tx.tenant(), person, now]).await
}
