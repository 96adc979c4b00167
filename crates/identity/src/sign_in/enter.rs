//! The password was right: a session begins.

use qige_db::{Command, DbError, Failure, Isolation, Tx, params, statements};
use qige_kernel::{CredentialId, PersonId, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Tried, wrong};
use crate::credential::{NewCredential, insert, trim_sessions};
use crate::{CredentialKind, PasswordHash, grants_of, setting};

/// A session of somebody who works for the scheme ends when unused for this long, microseconds: a long shift.
pub const STAFF_IDLE_MICROS: i64 = 12 * Timestamp::HOUR;
/// A rider's session, on their own phone, ends when unused for this long, microseconds: a fortnight off.
pub const RIDER_IDLE_MICROS: i64 = 14 * Timestamp::DAY;
/// Every session ends after this long, microseconds (NIST SP 800-63B, 2.1.3: 30 days).
pub const SESSION_MICROS: i64 = 30 * Timestamp::DAY;
/// The setting under which a tenant keeps its [`SessionTerms`].
pub const SESSION_TERMS: &str = "session-terms";
/// The shortest idle time that a tenant may set, minutes: less and nobody finishes a form.
const IDLE_MINUTES_MIN: i64 = 10;

statements! {
    /// The person may still come in, and by the same password. A change that changes nothing, so that whoever
    /// changes the password or pauses the person at this moment sees the new session and ends it.
    STILL_RIGHT = "UPDATE people SET state = state
        WHERE tenant = $1 AND id = $2 AND state = 'active' AND password_hash = $3 RETURNING id";
    /// The wrong tries of this account from this address are off the record.
    PARDON = "DELETE FROM sign_in_failures WHERE tenant = $1 AND account = $2 AND address = $3";
}

/// How long sessions last unused, as a tenant sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SessionTerms {
    /// Of staff, minutes.
    pub staff_idle_minutes: i64,
    /// Of riders, minutes.
    pub rider_idle_minutes: i64,
}

impl Default for SessionTerms {
    fn default() -> Self {
        Self {
            staff_idle_minutes: STAFF_IDLE_MICROS / Timestamp::MINUTE,
            rider_idle_minutes: RIDER_IDLE_MICROS / Timestamp::MINUTE,
        }
    }
}

impl SessionTerms {
    /// # Errors
    /// Refused when one is shorter than [`IDLE_MINUTES_MIN`] or longer than [`SESSION_MICROS`].
    pub fn check(&self) -> Result<(), Refusal> {
        let most = SESSION_MICROS / Timestamp::MINUTE;
        let fields = [
            ("staff_idle_minutes", self.staff_idle_minutes),
            ("rider_idle_minutes", self.rider_idle_minutes),
        ];
        for (field, minutes) in fields {
            if !(IDLE_MINUTES_MIN..=most).contains(&minutes) {
                let refusal = Refusal::invalid(field, "session-idle");
                return Err(refusal.with("min", IDLE_MINUTES_MIN).with("max", most));
            }
        }
        Ok(())
    }

    pub(crate) const fn idle_micros(&self, staff: bool) -> i64 {
        let minutes = if staff { self.staff_idle_minutes } else { self.rider_idle_minutes };
        minutes.saturating_mul(Timestamp::MINUTE)
    }
}

/// Begins the session. Answers when it ends in any case.
pub(crate) struct Enter {
    pub(crate) person: PersonId,
    pub(crate) password: PasswordHash,
    pub(crate) credential: CredentialId,
    pub(crate) digest: [u8; 32],
    pub(crate) label: String,
    pub(crate) tried: Tried,
    pub(crate) at: Timestamp,
}

impl Command for Enter {
    type Output = Timestamp;
    /// A whole shift signs in at once; the row of each person is lock enough.
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Timestamp, Failure> {
        let person = params![tx.tenant(), self.person, self.password];
        if tx.optional::<(PersonId,)>(STILL_RIGHT, person).await?.is_none() {
            return Err(wrong().into());
        }
        let grants = grants_of(tx, self.person).await?;
        let is_staff =
            grants.iter().any(|row| row.role.is_staff() && row.ends_at.is_none_or(|until| self.at < until));
        let terms: SessionTerms = setting(tx, SESSION_TERMS).await?.unwrap_or_default();
        let expires_at = self.at.plus(SESSION_MICROS);
        let new = NewCredential {
            id: self.credential,
            kind: CredentialKind::Session,
            person: Some(self.person),
            device: None,
            digest: self.digest,
            label: &self.label,
            at: self.at,
            idle_micros: terms.idle_micros(is_staff),
            expires_at,
        };
        insert(tx, new).await?;
        trim_sessions(tx, self.person, self.at).await?;
        pardon(tx, &self.tried).await?;
        Ok(expires_at)
    }
}

/// Takes the tries off the record without a session.
pub(crate) struct Pardon {
    pub(crate) tried: Tried,
}

impl Command for Pardon {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(pardon(tx, &self.tried).await?)
    }
}

async fn pardon(tx: &mut Tx<'_>, tried: &Tried) -> Result<(), DbError> {
    tx.execute(PARDON, params![tx.tenant(), tried.account, tried.address.0]).await.map(drop)
}
