//! How often one may be wrong. Pure: from the tries on record to "not now, but then".
//!
//! What stops guessing must not let anybody keep others out: a pause is for one account from one address.
//! Over all addresses an account is only slowed down, and an address only while it tries many accounts. None
//! of this holds up whoever comes by a browser that let them in before: such a browser's tries are counted by
//! themselves, as if it were an address of its own.

use qige_kernel::{Refusal, RefusalKind, Timestamp};

/// Wrong tries for one account from one address before a pause.
pub const PAIR_TRIES: usize = 5;
/// Within how long, microseconds.
pub const PAIR_WINDOW_MICROS: i64 = 15 * Timestamp::MINUTE;
/// How long the pause is, from the last wrong try, microseconds.
pub const PAIR_PAUSE_MICROS: i64 = 15 * Timestamp::MINUTE;
/// Wrong tries for one account from all addresses before it is slowed down.
pub const ACCOUNT_TRIES: i64 = 50;
/// Within how long, microseconds.
pub const ACCOUNT_WINDOW_MICROS: i64 = Timestamp::HOUR;
/// How far apart tries are then, microseconds: 2,880 guesses a day, and half a minute for the one who is
/// right.
pub const ACCOUNT_SPACING_MICROS: i64 = 30 * Timestamp::SECOND;
/// Wrong tries from one address, whatever the account, before it has to wait: a whole office may sit behind
/// it.
pub const ADDRESS_TRIES: usize = 30;
/// Within how long, microseconds.
pub const ADDRESS_WINDOW_MICROS: i64 = 15 * Timestamp::MINUTE;

/// The wrong tries on record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tries {
    /// For this account from this address, the newest first, [`PAIR_TRIES`] at most, of window and pause
    /// together.
    pub(crate) pair: Vec<Timestamp>,
    /// For this account, how many within its window.
    pub(crate) account: i64,
    /// For this account, the newest.
    pub(crate) account_last: Option<Timestamp>,
    /// From this address, within its window, the newest first, [`ADDRESS_TRIES`] at most.
    pub(crate) address: Vec<Timestamp>,
}

/// Why there is no other try now, and when there is one.
pub(crate) fn refusal(tries: &Tries, now: Timestamp) -> Option<Refusal> {
    let waits = [
        ("sign-in-paused", pair_until(tries)),
        ("sign-in-address-paused", address_until(tries)),
        ("sign-in-slowed", account_until(tries)),
    ];
    waits
        .into_iter()
        .filter_map(|(code, until)| until.filter(|until| now < *until).map(|until| (code, until)))
        .max_by_key(|(_, until)| *until)
        .map(|(code, until)| too_often(code, until.since(now)))
}

fn pair_until(tries: &Tries) -> Option<Timestamp> {
    let newest = *tries.pair.first()?;
    let oldest = *tries.pair.get(PAIR_TRIES - 1)?;
    (newest.since(oldest) < PAIR_WINDOW_MICROS).then(|| newest.plus(PAIR_PAUSE_MICROS))
}

fn account_until(tries: &Tries) -> Option<Timestamp> {
    tries
        .account_last
        .filter(|_| tries.account >= ACCOUNT_TRIES)
        .map(|last| last.plus(ACCOUNT_SPACING_MICROS))
}

fn address_until(tries: &Tries) -> Option<Timestamp> {
    tries.address.get(ADDRESS_TRIES - 1).map(|oldest| oldest.plus(ADDRESS_WINDOW_MICROS))
}

/// The sentence names minutes; programs read the seconds (`Retry-After`, RFC 9110 10.2.3).
pub(crate) fn too_often(code: &'static str, wait_micros: i64) -> Refusal {
    let up = |unit: i64| wait_micros.div_euclid(unit) + i64::from(wait_micros.rem_euclid(unit) > 0);
    Refusal::new(RefusalKind::TooMany, code)
        .with("minutes", up(Timestamp::MINUTE))
        .with("retry_after_seconds", up(Timestamp::SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_micros(minute * Timestamp::MINUTE)
    }

    fn said(tries: &Tries, now: Timestamp) -> String {
        refusal(tries, now).map_or_else(|| "go on".to_owned(), |refusal| refusal.to_string())
    }

    #[test]
    fn five_wrong_tries_make_a_pause_of_a_quarter_of_an_hour() {
        let mut tries = Tries { pair: vec![at(4), at(3), at(2), at(1)], ..Tries::default() };
        assert_eq!(said(&tries, at(5)), "go on");
        tries.pair.insert(0, at(5));
        assert_eq!(said(&tries, at(5)), "sign-in-paused minutes=15 retry_after_seconds=900");
        assert_eq!(said(&tries, at(20).plus(-1)), "sign-in-paused minutes=1 retry_after_seconds=1");
        assert_eq!(said(&tries, at(20)), "go on");
    }

    #[test]
    fn five_wrong_tries_over_a_longer_time_make_none() {
        let spread = |oldest| Tries { pair: vec![at(15), at(9), at(8), at(7), oldest], ..Tries::default() };
        assert_eq!(said(&spread(at(0)), at(15)), "go on");
        assert_ne!(said(&spread(at(0).plus(1)), at(15)), "go on");
    }

    #[test]
    fn an_account_under_fire_is_slowed_down_but_never_shut() {
        let mut tries = Tries { account: 49, account_last: Some(at(5)), ..Tries::default() };
        assert_eq!(said(&tries, at(5)), "go on");
        tries.account = 50;
        assert_eq!(said(&tries, at(5)), "sign-in-slowed minutes=1 retry_after_seconds=30");
        tries.account = 5_000;
        assert_eq!(
            said(&tries, at(5).plus(ACCOUNT_SPACING_MICROS - 1)),
            "sign-in-slowed minutes=1 retry_after_seconds=1"
        );
        assert_eq!(said(&tries, at(5).plus(ACCOUNT_SPACING_MICROS)), "go on");
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits() {
        let mut tries = Tries { address: vec![at(7); 29], ..Tries::default() };
        assert_eq!(said(&tries, at(8)), "go on");
        tries.address.push(at(6));
        assert_eq!(said(&tries, at(8)), "sign-in-address-paused minutes=13 retry_after_seconds=780");
        assert_eq!(said(&tries, at(21)), "go on");
    }

    #[test]
    fn of_several_reasons_the_longest_is_said() {
        let tries =
            Tries { pair: vec![at(5); 5], account: 60, account_last: Some(at(5)), address: vec![at(2); 30] };
        assert_eq!(said(&tries, at(5)), "sign-in-paused minutes=15 retry_after_seconds=900");
    }
}
