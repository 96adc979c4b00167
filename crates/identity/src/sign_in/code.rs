//! Signing in by a code that is sent to one's phone number.
//!
//! Whoever asks hears the same whether or not anybody has the number. A code works in the browser that asked
//! for it alone: what is kept of it is keyed by what that browser shows, which is not kept. It cannot be used
//! to keep anybody out either: a browser by which the person came in before is counted by itself.

use qige_db::{Actor, Asker, Command, DbError, Failure, Isolation, Tx, from_row, params, statements};
use qige_kernel::{Entropy, PersonId, Refusal, RefusalKind, TenantId, Timestamp};
use uuid::Uuid;

use super::arrival::Arrival;
use super::browser::{Lane, TriedFrom};
use super::enter::Begun;
use super::knock::one_by_one;
use super::{Entered, SignInWay, too_often};
use crate::second_step::digits;
use crate::secret::same;
use crate::{IndexKey, Lookup, PhoneNumber, Secret, Vault};

/// How long a code is good, microseconds: a message takes seconds, on a bad day minutes.
pub const CODE_MICROS: i64 = 5 * Timestamp::MINUTE;
/// Digits of a code.
const CODE_DIGITS: usize = 6;
/// Wrong tries at one code before it is good no more: with [`NUMBER_SENDS`], one in 20,000 a day.
pub const CODE_TRIES: i64 = 5;
/// How far apart two messages to one number are, microseconds.
pub const SEND_SPACING_MICROS: i64 = Timestamp::MINUTE;
/// Messages to one number from one place within an hour.
pub const PAIR_SENDS: usize = 5;
/// Messages to one number within a day, over all places where nobody who has it came in before.
pub const NUMBER_SENDS: usize = 10;
/// Messages from one browser within an hour, whatever the number.
pub const BROWSER_SENDS: usize = 10;
/// Messages from one network within an hour, whatever the number: a training of riders in one hall.
pub const NETWORK_SENDS: usize = 60;
/// How long what was asked stays, microseconds: as long as it is counted.
const KEPT_MICROS: i64 = Timestamp::DAY;

statements! {
    /// Who has this number and may come in.
    BY_PHONE = "SELECT id FROM people WHERE tenant = $1 AND phone_index IN ($2, $3) AND state = 'active'";
    /// When messages to this number were asked for, the newest first.
    TO_NUMBER = "SELECT asked_at, lane, known FROM sign_in_codes
        WHERE tenant = $1 AND account = $2 AND asked_at > $3 ORDER BY asked_at DESC LIMIT 200";
    /// The same of one browser.
    BY_BROWSER = "SELECT asked_at FROM sign_in_codes
        WHERE tenant = $1 AND browser_sha256 = $2 AND asked_at > $3 ORDER BY asked_at DESC LIMIT $4";
    /// The same of one network.
    BY_LANE = "SELECT asked_at FROM sign_in_codes
        WHERE tenant = $1 AND lane = $2 AND asked_at > $3 ORDER BY asked_at DESC LIMIT $4";
    /// What this browser asked for before is good no more.
    OVER = "UPDATE sign_in_codes SET used_at = $3
        WHERE tenant = $1 AND browser_sha256 = $2 AND used_at IS NULL";
    /// One more.
    KEEP = "INSERT INTO sign_in_codes (tenant, id, account, person, browser_sha256, code, lane, known,
            wrong_tries, asked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)";
    /// What this browser waits for.
    WAITING = "SELECT id, person, code FROM sign_in_codes
        WHERE tenant = $1 AND browser_sha256 = $2 AND used_at IS NULL AND asked_at > $3
            AND wrong_tries < $4";
    /// It is used up.
    USE = "UPDATE sign_in_codes SET used_at = $3 WHERE tenant = $1 AND id = $2 AND used_at IS NULL
        AND wrong_tries < $4 RETURNING id";
    /// One more wrong try, as long as there may be one.
    WRONG = "UPDATE sign_in_codes SET wrong_tries = wrong_tries + 1
        WHERE tenant = $1 AND id = $2 AND used_at IS NULL AND wrong_tries < $3";
    /// Lets go of the old ones.
    FORGET = "DELETE FROM sign_in_codes WHERE tenant = $1 AND asked_at <= $2";
}

/// Somebody asks for a code.
#[derive(Clone, Debug)]
pub struct CodeAsk {
    /// Of which tenant.
    pub tenant: TenantId,
    /// The number that was typed.
    pub phone: PhoneNumber,
    /// Where it comes from: the code works in that browser alone.
    pub from: TriedFrom,
    /// When.
    pub at: Timestamp,
}

/// Notes that a code was asked for. Answers with the code, to be sent to the number and shown nowhere; with
/// nothing where nobody has the number.
///
/// # Errors
/// Refused as `code-too-often` (with `minutes` and `retry_after_seconds`).
pub async fn ask_code(vault: &Vault, ask: CodeAsk, entropy: &Entropy) -> Result<Option<String>, Failure> {
    let asker = Asker { tenant: ask.tenant, actor: Actor::Anonymous };
    let index_key = vault.index_key(ask.tenant).await?;
    let code = drawn(entropy);
    let command = Ask { id: entropy.id(ask.at), index_key, code: code.clone(), ask };
    Ok(vault.db().write(asker, command).await?.then_some(code))
}

/// Six digits, each as likely: of 2⁶⁴ numbers, the rest that does not divide is beyond noticing.
fn drawn(entropy: &Entropy) -> String {
    let number = u64::from_be_bytes(entropy.bytes()) % 1_000_000;
    format!("{number:0CODE_DIGITS$}")
}

/// What is kept of a code.
fn kept(browser: &Secret, id: Uuid, code: &str) -> String {
    browser.for_purpose(&format!("code {id} {code}"))
}

struct Ask {
    id: Uuid,
    index_key: IndexKey,
    code: String,
    ask: CodeAsk,
}

impl Command for Ask {
    type Output = bool;
    /// As with passwords: the locks keep what is counted apart.
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        let CodeAsk { phone, from, at, .. } = &self.ask;
        let (tenant, at, Lookup { now, before }) = (tx.tenant(), *at, phone.lookup(&self.index_key));
        let person: Option<(PersonId,)> = tx.optional(BY_PHONE, params![tenant, now, before]).await?;
        let person = person.map(|(id,)| id);
        let lane = from.lane(tx, person, at).await?;
        let (account, browser) = (now.bytes(), from.browser.digest());
        one_by_one(tx, &[account, self.index_key.of("address", &lane.address().0).now.bytes()]).await?;
        let sends = Sends::read(tx, &account, &browser, &lane, at).await?;
        if let Some(until) = sends.wait(at) {
            return Err(too_often("code-too-often", until.since(at)).into());
        }
        tx.execute(OVER, params![tenant, browser, at]).await?;
        let known = matches!(lane, Lane::Browser(_));
        let code = kept(&from.browser, self.id, &self.code);
        let values = params![tenant, self.id, account, person, browser, code, lane.address().0, known, at];
        tx.execute(KEEP, values).await?;
        Ok(person.is_some())
    }
}

from_row! {
    struct Sent {
        asked_at: Timestamp,
        lane: String,
        known: bool,
    }
}

/// What was asked for, each list the newest first.
#[derive(Clone, Debug, Default)]
struct Sends {
    /// To this number from this place, within an hour.
    pair: Vec<Timestamp>,
    /// To this number from places where nobody came in before, within a day; none are counted from a known
    /// browser.
    number: Vec<Timestamp>,
    /// By this browser within an hour.
    browser: Vec<Timestamp>,
    /// From this network within an hour; none are counted from a known browser.
    network: Vec<Timestamp>,
}

impl Sends {
    async fn read(
        tx: &mut Tx<'_>,
        account: &[u8; 32],
        browser: &[u8; 32],
        lane: &Lane,
        at: Timestamp,
    ) -> Result<Self, DbError> {
        let (tenant, hour) = (tx.tenant(), at.plus(-Timestamp::HOUR));
        let all: Vec<Sent> = tx.all(TO_NUMBER, params![tenant, account, at.plus(-Timestamp::DAY)]).await?;
        let here = |sent: &&Sent| sent.lane == lane.address().0 && sent.asked_at > hour;
        let pair = all.iter().filter(here).map(|sent| sent.asked_at).collect();
        let by: Vec<(Timestamp,)> =
            tx.all(BY_BROWSER, params![tenant, browser, hour, count(BROWSER_SENDS)]).await?;
        let browser = by.into_iter().map(|(at,)| at).collect();
        if matches!(lane, Lane::Browser(_)) {
            return Ok(Self { pair, browser, ..Self::default() });
        }
        let number = all.iter().filter(|sent| !sent.known).map(|sent| sent.asked_at).collect();
        let by: Vec<(Timestamp,)> =
            tx.all(BY_LANE, params![tenant, lane.address().0, hour, count(NETWORK_SENDS)]).await?;
        Ok(Self { pair, number, browser, network: by.into_iter().map(|(at,)| at).collect() })
    }

    /// Until when there is no other message; none where there may be one now.
    fn wait(&self, now: Timestamp) -> Option<Timestamp> {
        let full = |sends: &[Timestamp], most: usize, window: i64| {
            sends.get(most.saturating_sub(1)).map(|oldest| oldest.plus(window))
        };
        let waits = [
            full(&self.pair, 1, SEND_SPACING_MICROS),
            full(&self.pair, PAIR_SENDS, Timestamp::HOUR),
            full(&self.number, NUMBER_SENDS, Timestamp::DAY),
            full(&self.browser, BROWSER_SENDS, Timestamp::HOUR),
            full(&self.network, NETWORK_SENDS, Timestamp::HOUR),
        ];
        waits.into_iter().flatten().filter(|until| now < *until).max()
    }
}

fn count(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// Somebody types a code.
#[derive(Clone, Debug)]
pub struct CodeAttempt {
    /// Of which tenant.
    pub tenant: TenantId,
    /// What was typed.
    pub code: String,
    /// Where it comes from.
    pub from: TriedFrom,
    /// What the session is called in the person's list.
    pub label: String,
    /// When.
    pub at: Timestamp,
}

/// Lets somebody in by a code that was sent to their number, half-way where they have a second step.
///
/// # Errors
/// Refused as `code-wrong` when it is wrong, as `code-over` when there is none to compare with: this browser
/// asked for none, it is too old, was used, or was wrong too often.
pub async fn sign_in_by_code(
    vault: &Vault,
    attempt: CodeAttempt,
    entropy: &Entropy,
) -> Result<Entered, Failure> {
    let CodeAttempt { tenant, code, from, label, at } = attempt;
    let asker = Asker { tenant, actor: Actor::Anonymous };
    let arrival = Arrival::new(SignInWay::Message, &from, label, at, entropy);
    let take = Take { browser: from.browser, code: digits(&code), arrival: arrival.clone() };
    match vault.db().write(asker, take).await? {
        Taken::In(person, begun) => Ok(arrival.entered(person, begun)),
        Taken::Wrong => Err(Refusal::invalid("code", "code-wrong").into()),
        Taken::Over => Err(Refusal::new(RefusalKind::Gone, "code-over").into()),
    }
}

struct Take {
    browser: Secret,
    code: String,
    arrival: Arrival,
}

enum Taken {
    In(PersonId, Begun),
    Wrong,
    Over,
}

from_row! {
    struct Waiting {
        id: Uuid,
        person: Option<PersonId>,
        code: String,
    }
}

impl Command for Take {
    /// A wrong try is noted, so being wrong is no refusal here.
    type Output = Taken;
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Taken, Failure> {
        let (tenant, at) = (tx.tenant(), self.arrival.at);
        let values = params![tenant, self.browser.digest(), at.plus(-CODE_MICROS), CODE_TRIES];
        let Some(waiting) = tx.optional::<Waiting>(WAITING, values).await? else { return Ok(Taken::Over) };
        let right = same(waiting.code.as_bytes(), kept(&self.browser, waiting.id, &self.code).as_bytes());
        let Some(person) = waiting.person.filter(|_| right) else {
            tx.execute(WRONG, params![tenant, waiting.id, CODE_TRIES]).await?;
            return Ok(Taken::Wrong);
        };
        let values = params![tenant, waiting.id, at, CODE_TRIES];
        if tx.optional::<(Uuid,)>(USE, values).await?.is_none() {
            return Ok(Taken::Over);
        }
        let begun = self.arrival.admit(tx, person, false).await?;
        Ok(begun.map_or(Taken::Over, |begun| Taken::In(person, begun)))
    }
}

pub(crate) async fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(FORGET, params![tx.tenant(), now.plus(-KEPT_MICROS)]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_micros(1_793_678_400_000_000).plus(minute * Timestamp::MINUTE)
    }

    fn wait(sends: &Sends, minute: i64) -> Option<i64> {
        sends.wait(at(minute)).map(|until| until.since(at(0)) / Timestamp::MINUTE)
    }

    #[test]
    fn messages_are_a_minute_apart_and_five_an_hour() {
        let mut sends = Sends { pair: vec![at(10)], ..Sends::default() };
        assert_eq!(wait(&sends, 10), Some(11));
        assert_eq!(wait(&sends, 11), None);
        sends.pair = vec![at(10), at(8), at(6), at(4), at(2)];
        assert_eq!(wait(&sends, 11), Some(62));
        assert_eq!(wait(&sends, 62), None);
    }

    #[test]
    fn a_number_is_not_flooded_from_many_places() {
        let number: Vec<Timestamp> = (0..10).rev().map(at).collect();
        let sends = Sends { number, ..Sends::default() };
        assert_eq!(wait(&sends, 20), Some(24 * 60));
        assert_eq!(wait(&Sends { number: sends.number[..9].to_vec(), ..Sends::default() }, 20), None);
    }

    #[test]
    fn browsers_and_networks_have_their_own_limits() {
        let sends = Sends { browser: vec![at(1); BROWSER_SENDS], ..Sends::default() };
        assert_eq!((wait(&sends, 2), wait(&sends, 61)), (Some(61), None));
        let sends = Sends { network: vec![at(1); NETWORK_SENDS], ..Sends::default() };
        assert_eq!((wait(&sends, 2), wait(&sends, 61)), (Some(61), None));
    }

    #[test]
    fn a_code_has_six_digits_and_is_kept_apart_for_each_browser() {
        let entropy = Entropy::seeded(5);
        for _ in 0..100 {
            let code = drawn(&entropy);
            assert!(code.len() == CODE_DIGITS && code.chars().all(|digit| digit.is_ascii_digit()), "{code}");
        }
        let secret = || Secret::draw(crate::CredentialKind::Browser, &entropy);
        let (one, two) = (secret(), secret());
        assert_ne!(kept(&one, Uuid::nil(), "123456"), kept(&two, Uuid::nil(), "123456"));
        assert!(!kept(&one, Uuid::nil(), "123456").contains("123456"));
    }
}
