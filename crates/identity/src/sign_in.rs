//! Signing in by phone number or name, with a password or a code that is sent, and with a second step where a
//! person has one.
//!
//! A try is noted as a wrong one before the password is looked at and taken off the record when it was right:
//! so any number of tries at the same time count, and a crash in between errs on the safe side. The three
//! steps are two transactions with the slow comparison between them.

mod arrival;
mod browser;
mod code;
mod enter;
mod half;
mod knock;
mod log;
mod way;

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_db::{Actor, Asker, Db, Failure};
use qige_kernel::{CredentialId, Entropy, PersonId, Refusal, RefusalKind, TenantId, Timestamp};

use uuid::Uuid;

use crate::lockout::too_often;
use crate::password::{self, Password};
use crate::{CredentialKind, PersonState, Secret, Vault};
use browser::Lane;
pub(crate) use enter::Begun;
use enter::{Enter, Pardon};
use knock::{Knock, Known};

pub(crate) use arrival::Arrival;
pub(crate) use browser::forget as forget_browsers;
pub use browser::{BROWSER_MICROS, BROWSERS_MAX, TriedFrom};
pub(crate) use code::forget as forget_codes;
pub use code::{
    BROWSER_SENDS, CODE_MICROS, CODE_TRIES, CodeAsk, CodeAttempt, NETWORK_SENDS, NUMBER_SENDS, PAIR_SENDS,
    SEND_SPACING_MICROS, ask_code, sign_in_by_code,
};
pub use enter::{RIDER_IDLE_MICROS, SESSION_MICROS, SESSION_TERMS, STAFF_IDLE_MICROS, SessionTerms};
pub use half::{HALF_MICROS, HalfIn, SecondAttempt, sign_in_second};
pub(crate) use knock::forget;
pub use log::{
    CameBy, SIGN_INS_ON_PAGE_MAX, SignInPlace, SignInRow, forget_sign_ins, old_sign_ins, sign_ins,
};
pub(crate) use way::Came;
pub use way::{SecondWay, SignInWay};

/// How long a password is good that somebody else drew, microseconds: long enough to be handed over and used
/// once, which is when its owner chooses another.
pub const DRAWN_MICROS: i64 = 7 * Timestamp::DAY;

/// Where a try comes from: an IPv4 address, or the /64 network of an IPv6 address, of which one household or
/// phone has all addresses (RFC 6177).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// What tries from a known browser are counted by: no address is written like this.
    pub(crate) fn of_browser(digest: &[u8; 32]) -> Self {
        Self(format!("browser {}", URL_SAFE_NO_PAD.encode(digest)))
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.to_string()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
            }
        }
    }
}

/// Which account is tried.
#[derive(Clone, Debug)]
pub(crate) enum Account {
    /// By what was typed: a phone number or a name.
    Typed(String),
    /// The account of somebody who is signed in.
    Person(PersonId),
}

/// Somebody at the door.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Of which tenant.
    pub tenant: TenantId,
    /// What was typed: a phone number or a name.
    pub account: String,
    /// The password that was typed.
    pub password: Password,
    /// Where it comes from.
    pub from: TriedFrom,
    /// What the session is called in the person's list, for example the browser and the system.
    pub label: String,
    /// When.
    pub at: Timestamp,
}

/// Somebody who is in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// Their session.
    pub credential: CredentialId,
    /// What the browser shows from now on.
    pub secret: Secret,
    /// When it ends in any case.
    pub expires_at: Timestamp,
}

/// What came of a right password.
#[derive(Clone, Debug)]
pub enum Entered {
    /// In.
    Whole(SignedIn),
    /// The second step is owed.
    Half(HalfIn),
}

/// Signs somebody in, or half-way in where they have a second step.
///
/// # Errors
/// Refused as `sign-in-wrong` when account or password is wrong, as `account-paused` when both are right but
/// the person is paused, as `password-over` when somebody else drew the password and it was not used in
/// [`DRAWN_MICROS`], as `sign-in-paused`, `sign-in-slowed` or `sign-in-address-paused` (with `minutes`
/// and `retry_after_seconds`) when it was wrong too often.
pub async fn sign_in(vault: &Vault, attempt: Attempt, entropy: &Entropy) -> Result<Entered, Failure> {
    let Attempt { tenant, account, password, from, label, at } = attempt;
    let asker = Asker { tenant, actor: Actor::Anonymous };
    let (db, index_key) = (vault.db(), vault.index_key(tenant).await?);
    let knock = Knock { id: entropy.id(at), account: Account::Typed(account), from, index_key, at };
    let (known, tried) = checked(db, asker, knock, &password).await?;
    let (person, password) = (known.id, known.password_hash.ok_or_else(wrong)?);
    let secret = Secret::draw(CredentialKind::Session, entropy);
    let credential: CredentialId = entropy.id(at);
    let enter = Enter { person, password, credential, digest: secret.digest(), label, tried, at };
    Ok(match db.write(asker, enter).await? {
        Begun::Session(expires_at) => Entered::Whole(SignedIn { person, credential, secret, expires_at }),
        Begun::Half(expires_at) => {
            Entered::Half(HalfIn { secret: secret.of_kind(CredentialKind::Half), expires_at })
        }
    })
}

/// Asks somebody who is signed in for their password once more, before what must not be done on an unattended
/// phone. Counts like signing in.
///
/// # Errors
/// As [`sign_in`].
pub async fn confirm_password(
    vault: &Vault,
    asker: Asker,
    person: PersonId,
    password: &Password,
    from: TriedFrom,
    at: Timestamp,
    entropy: &Entropy,
) -> Result<(), Failure> {
    let (db, index_key) = (vault.db(), vault.index_key(asker.tenant).await?);
    let knock = Knock { id: entropy.id(at), account: Account::Person(person), from, index_key, at };
    let (_, tried) = checked(db, asker, knock, password).await?;
    db.write(asker, Pardon { tried }).await
}

/// What is taken off the record when the password was right.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    /// This try.
    pub(crate) id: Uuid,
    pub(crate) account: [u8; 32],
    /// By what it was counted.
    pub(crate) lane: Lane,
    /// The browser it came by.
    pub(crate) browser: [u8; 32],
}

async fn checked(
    db: &Db,
    asker: Asker,
    knock: Knock,
    password: &Password,
) -> Result<(Known, Tried), Failure> {
    let (id, browser, at) = (knock.id, knock.from.browser.digest(), knock.at);
    let knocked = db.write(asker, knock).await?;
    let tried = Tried { id, account: knocked.account, lane: knocked.lane, browser };
    let hash = knocked.known.as_ref().and_then(|known| known.password_hash.as_ref());
    let right = password::verify(password, hash).await?;
    match knocked.known {
        Some(known) if right && known.state == PersonState::Paused => {
            Err(Refusal::new(RefusalKind::Forbidden, "account-paused").into())
        }
        Some(known) if right && known.password_until.is_some_and(|until| until <= at) => {
            Err(Refusal::new(RefusalKind::Gone, "password-over").into())
        }
        Some(known) if right && known.state == PersonState::Active => Ok((known, tried)),
        _ => Err(wrong().into()),
    }
}

fn wrong() -> Refusal {
    Refusal::invalid("password", "sign-in-wrong")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_address() {
        let address = |text: &str| Address::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(address("192.0.2.7").0, "192.0.2.7");
        assert_eq!(address("::ffff:192.0.2.7"), address("192.0.2.7"));
        assert_eq!(address("2001:db8:1:2:3:4:5:6"), address("2001:db8:1:2:ffff::1"));
        assert_eq!(address("2001:db8:1:2::").0, "2001:db8:1:2::/64");
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
    }
}
