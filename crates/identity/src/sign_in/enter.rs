//! The password was right: a session begins, or half of one.

use qige_db::{Command, DbError, Failure, Isolation, Tx, params, statements};
use qige_kernel::{CredentialId, PersonId, Refusal, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::browser::see;
use super::log::note;
use super::{Came, HALF_MICROS, SignInWay, Tried, wrong};
use crate::credential::{NewCredential, insert, label_kept, trim_sessions};
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
    /// Whether the person has a second step.
    HAS_SECOND = "SELECT person FROM second_steps
        WHERE tenant = $1 AND person = $2 AND confirmed_at IS NOT NULL";
    /// How often the person came in at all, and how often by this browser, as far back as is kept.
    CAME_IN = "SELECT COUNT(*), COUNT(*) FILTER (WHERE label = $3) FROM credentials
        WHERE tenant = $1 AND person = $2 AND kind = 'session'";
    /// This try was no wrong one.
    FORGIVE = "DELETE FROM sign_in_failures WHERE tenant = $1 AND id = $2";
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

/// What began, and when it ends in any case.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begun {
    Session(Timestamp),
    Half(Timestamp),
}

/// Begins the session, or the way to the second step.
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
    type Output = Begun;
    /// A whole shift signs in at once; the row of each person is lock enough.
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Begun, Failure> {
        let person = params![tx.tenant(), self.person, self.password];
        if tx.optional::<(PersonId,)>(STILL_RIGHT, person).await?.is_none() {
            return Err(wrong().into());
        }
        let (person, at) = (self.person, self.at);
        let (credential, digest, label) = (self.credential, self.digest, self.label.as_str());
        let came = Came { way: SignInWay::Password, second: None };
        let new = NewSession { person, credential, digest, label, came, at };
        if has_second(tx, person).await? {
            // Other tries stay on record: whoever knows the password alone must not guess codes for ever.
            tx.execute(FORGIVE, params![tx.tenant(), self.tried.id]).await?;
            return Ok(Begun::Half(new.begin_half(tx).await?));
        }
        let expires_at = new.begin(tx).await?;
        see(tx, person, self.tried.browser, at).await?;
        pardon(tx, &self.tried).await?;
        Ok(Begun::Session(expires_at))
    }
}

/// Whether a second step is asked of the person.
pub(super) async fn has_second(tx: &mut Tx<'_>, person: PersonId) -> Result<bool, DbError> {
    Ok(tx.optional::<(PersonId,)>(HAS_SECOND, params![tx.tenant(), person]).await?.is_some())
}

/// A session that begins.
pub(super) struct NewSession<'a> {
    pub(super) person: PersonId,
    pub(super) credential: CredentialId,
    pub(super) digest: [u8; 32],
    pub(super) label: &'a str,
    pub(super) came: Came,
    pub(super) at: Timestamp,
}

impl NewSession<'_> {
    /// Begins it and says when it ends in any case.
    pub(super) async fn begin(&self, tx: &mut Tx<'_>) -> Result<Timestamp, DbError> {
        let grants = grants_of(tx, self.person).await?;
        let is_staff =
            grants.iter().any(|row| row.role.is_staff() && row.ends_at.is_none_or(|until| self.at < until));
        let terms: SessionTerms = setting(tx, SESSION_TERMS).await?.unwrap_or_default();
        self.tell(tx).await?;
        let expires_at = self.at.plus(SESSION_MICROS);
        self.insert(tx, CredentialKind::Session, terms.idle_micros(is_staff), expires_at).await?;
        let label = label_kept(self.label);
        note(tx, (self.person, self.credential), (self.came.into(), &label), self.at).await?;
        trim_sessions(tx, self.person, self.at).await?;
        Ok(expires_at)
    }

    /// Begins the way to the second step and says when it ends.
    pub(super) async fn begin_half(&self, tx: &mut Tx<'_>) -> Result<Timestamp, DbError> {
        let expires_at = self.at.plus(HALF_MICROS);
        self.insert(tx, CredentialKind::Half, HALF_MICROS, expires_at).await?;
        Ok(expires_at)
    }

    async fn insert(
        &self,
        tx: &mut Tx<'_>,
        kind: CredentialKind,
        idle_micros: i64,
        expires_at: Timestamp,
    ) -> Result<(), DbError> {
        let Self { credential: id, digest, label, at, .. } = *self;
        let (person, device, came) = (Some(self.person), None, Some(self.came));
        let new =
            NewCredential { id, kind, person, device, digest, label, at, idle_micros, expires_at, came };
        insert(tx, new).await
    }

    /// Somebody who comes in by a browser that they have not come in by before is told, and where such a
    /// session is ended. Not the very first time.
    async fn tell(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        let label = label_kept(self.label);
        let (ever, by_this): (i64, i64) = tx.one(CAME_IN, params![tx.tenant(), self.person, label]).await?;
        if ever == 0 || by_this > 0 {
            return Ok(());
        }
        let notice = NewNotice {
            recipient: Recipient::Person(self.person),
            kind: "new-sign-in",
            args: json!({ "browser": label }),
            about: About::new("credential", self.credential),
            dedupe: format!("sign-in/{}", self.credential),
            at: self.at,
            hold_until: None,
        };
        post(tx, &notice).await.map(drop)
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

pub(super) async fn pardon(tx: &mut Tx<'_>, tried: &Tried) -> Result<(), DbError> {
    tx.execute(PARDON, params![tx.tenant(), tried.account, tried.lane.address().0]).await.map(drop)
}
