//! Who came in, when and how. It outlives the session, for its owner and for the auditors.

use std::fmt;
use std::str::FromStr;

use qige_db::{DbError, Tx, from_row, kebab, params, statements};
use qige_kernel::{CredentialId, PersonId, Timestamp};
use uuid::Uuid;

use super::{Came, SecondWay, SignInWay};
use crate::Unknown;

/// Lines on one page at most.
pub const SIGN_INS_ON_PAGE_MAX: u32 = 2_000;

kebab! {
    /// By what somebody proved who they are.
    pub enum CameBy {
        /// A password.
        Password = "password",
        /// A code that was sent to their number.
        SentCode = "sent-code",
        /// A passkey.
        Passkey = "passkey",
        /// An account elsewhere.
        Provider = "provider",
        /// One of these, and then a code of the second step.
        SecondStep = "second-step",
        /// One of these, and then a recovery code.
        RecoveryCode = "recovery-code",
    }
}

impl CameBy {
    /// Names its text in the locale files: `came-by-passkey`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("came-by-{self}")
    }
}

impl From<Came> for CameBy {
    /// The second step tells more than the first: it was shown by whoever had shown that.
    fn from(came: Came) -> Self {
        match (came.second, came.way) {
            (Some(SecondWay::RecoveryCode), _) => Self::RecoveryCode,
            (Some(SecondWay::Code), _) => Self::SecondStep,
            (None, SignInWay::Password) => Self::Password,
            (None, SignInWay::Message) => Self::SentCode,
            (None, SignInWay::Passkey) => Self::Passkey,
            (None, SignInWay::Service) => Self::Provider,
        }
    }
}

statements! {
    /// One more.
    INSERT = "INSERT INTO sign_ins (tenant, credential, person, at, how, label)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    /// The latest first, from the one after `$2` and `$3`; of one person where `$4` is not `$5`.
    LATEST = "SELECT s.credential, s.person, p.name, s.at, s.how, s.label FROM sign_ins s
        JOIN people p ON p.tenant = s.tenant AND p.id = s.person
        WHERE s.tenant = $1 AND (s.at, s.credential) < ($2, $3) AND (s.person = $4 OR $4 = $5)
        ORDER BY s.at DESC, s.credential DESC LIMIT $6";
    /// How many are older.
    OLD = "SELECT COUNT(*) FROM sign_ins WHERE tenant = $1 AND at < $2";
    /// The oldest go.
    FORGET = "DELETE FROM sign_ins WHERE tenant = $1 AND credential IN (SELECT credential FROM sign_ins
        WHERE tenant = $1 AND at < $2 ORDER BY at, credential LIMIT $3)";
}

from_row! {
    /// Somebody came in.
    #[derive(PartialEq, Eq)]
    pub struct SignInRow {
        /// The session that began.
        pub credential: CredentialId,
        /// Who.
        pub person: PersonId,
        /// What they are called.
        pub name: String,
        /// When.
        pub at: Timestamp,
        /// By what.
        pub how: CameBy,
        /// By which browser.
        pub label: String,
    }
}

impl SignInRow {
    /// Its place in the list.
    #[must_use]
    pub const fn place(&self) -> SignInPlace {
        SignInPlace { at: self.at, credential: self.credential }
    }
}

/// A place in the list. In addresses: microseconds, a dot, an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInPlace {
    at: Timestamp,
    credential: CredentialId,
}

impl fmt::Display for SignInPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.micros(), self.credential)
    }
}

impl FromStr for SignInPlace {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (at, credential) = text.split_once('.').ok_or(Unknown)?;
        let at = Timestamp::from_micros(at.parse().map_err(|_| Unknown)?);
        Ok(Self { at, credential: credential.parse().map_err(|_| Unknown)? })
    }
}

/// Notes that somebody came in.
pub(super) async fn note(
    tx: &mut Tx<'_>,
    (person, credential): (PersonId, CredentialId),
    (how, label): (CameBy, &str),
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(INSERT, params![tx.tenant(), credential, person, at, how, label]).await.map(drop)
}

/// Who came in, the latest first, from the one after `after`; of one person, or of all.
///
/// # Errors
/// [`DbError`].
pub async fn sign_ins(
    tx: &mut Tx<'_>,
    person: Option<PersonId>,
    after: Option<SignInPlace>,
    limit: u32,
) -> Result<Vec<SignInRow>, DbError> {
    let end = (Timestamp::from_micros(i64::MAX), CredentialId(Uuid::max()));
    let (at, credential) = after.map_or(end, |place| (place.at, place.credential));
    let all = PersonId(Uuid::nil());
    let limit = limit.min(SIGN_INS_ON_PAGE_MAX);
    tx.all(LATEST, params![tx.tenant(), at, credential, person.unwrap_or(all), all, limit]).await
}

/// How many came in before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn old_sign_ins(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(OLD, params![tx.tenant(), before]).await?.0)
}

/// Forgets the oldest who came in before an instant; says how many.
///
/// # Errors
/// [`DbError`].
pub async fn forget_sign_ins(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(FORGET, params![tx.tenant(), before, limit]).await
}
