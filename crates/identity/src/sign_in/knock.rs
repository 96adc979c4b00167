//! A try is noted, unless there were too many.

use qige_db::{Command, DbError, Engine, Failure, Isolation, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Timestamp};
use uuid::Uuid;

use super::Account;
use super::browser::{Lane, TriedFrom};
use crate::lockout::{
    ACCOUNT_WINDOW_MICROS, ADDRESS_TRIES, ADDRESS_WINDOW_MICROS, PAIR_PAUSE_MICROS, PAIR_TRIES,
    PAIR_WINDOW_MICROS, Tries, refusal,
};
use crate::name::search_key;
use crate::{IndexKey, Lookup, PasswordHash, PersonState, PhoneNumber, SignInName};

/// How long a wrong try stays on record, microseconds: longer than every window, short enough to be
/// forgotten.
const TRY_KEPT_MICROS: i64 = Timestamp::DAY;
/// Letters of what was typed that count; the rest makes no other account of it.
const ACCOUNT_LETTERS_MAX: usize = 64;

statements! {
    /// By the name.
    BY_NAME = "SELECT id, password_hash, password_until, state FROM people
        WHERE tenant = $1 AND sign_in_name = $2";
    /// By the number.
    BY_PHONE = "SELECT id, password_hash, password_until, state FROM people
        WHERE tenant = $1 AND phone_index IN ($2, $3)";
    /// By the person.
    BY_ID = "SELECT id, password_hash, password_until, state FROM people WHERE tenant = $1 AND id = $2";
    /// Lets no other try of the same account or address in until this one is noted. SQLite has one writer
    /// anyway.
    ONE_BY_ONE = {
        sqlite: "SELECT ?1",
        postgres: "SELECT $1::bigint FROM (SELECT pg_advisory_xact_lock($1::bigint)) AS waited",
    };
    /// For this account from this address.
    PAIR = "SELECT at FROM sign_in_failures WHERE tenant = $1 AND account = $2 AND address = $3 AND at > $4
        ORDER BY at DESC LIMIT $5";
    /// For this account.
    ACCOUNT = "SELECT COUNT(*), MAX(at) FROM sign_in_failures WHERE tenant = $1 AND account = $2 AND at > $3";
    /// From this address.
    ADDRESS = "SELECT at FROM sign_in_failures WHERE tenant = $1 AND address = $2 AND at > $3
        ORDER BY at DESC LIMIT $4";
    /// One more.
    NOTE = "INSERT INTO sign_in_failures (tenant, id, account, address, at) VALUES ($1, $2, $3, $4, $5)";
    /// Lets go of the old ones.
    FORGET = "DELETE FROM sign_in_failures WHERE tenant = $1 AND at <= $2";
}

from_row! {
    pub(crate) struct Known {
        pub(crate) id: PersonId,
        pub(crate) password_hash: Option<PasswordHash>,
        pub(crate) password_until: Option<Timestamp>,
        pub(crate) state: PersonState,
    }
}

/// Looks for the account and notes the try as a wrong one.
pub(crate) struct Knock {
    pub(crate) id: Uuid,
    pub(crate) account: Account,
    pub(crate) from: TriedFrom,
    pub(crate) index_key: IndexKey,
    pub(crate) at: Timestamp,
}

pub(crate) struct Knocked {
    pub(crate) known: Option<Known>,
    pub(crate) account: [u8; 32],
    pub(crate) lane: Lane,
}

impl Command for Knock {
    type Output = Knocked;
    /// The locks below keep tries apart; checks on everything read would refuse people who have nothing to do
    /// with each other when a whole shift signs in at once.
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Knocked, Failure> {
        let tenant = tx.tenant();
        let known = self.find(tx).await?;
        let text = match (&known, &self.account) {
            (Some(known), _) => known.id.to_string(),
            (None, Account::Person(person)) => person.to_string(),
            (None, Account::Typed(typed)) => search_key(typed).chars().take(ACCOUNT_LETTERS_MAX).collect(),
        };
        let account = self.index_key.of("account", &text).now.bytes();
        let lane = self.from.lane(tx, known.as_ref().map(|known| known.id), self.at).await?;
        let address = self.index_key.of("address", &lane.address().0).now.bytes();
        one_by_one(tx, &[account, address]).await?;
        if let Some(refusal) = refusal(&self.tries(tx, &account, &lane).await?, self.at) {
            return Err(refusal.into());
        }
        tx.execute(NOTE, params![tenant, self.id, account, lane.address().0, self.at]).await?;
        Ok(Knocked { known, account, lane })
    }
}

impl Knock {
    async fn find(&self, tx: &mut Tx<'_>) -> Result<Option<Known>, DbError> {
        let tenant = tx.tenant();
        let typed = match &self.account {
            Account::Person(person) => return tx.optional(BY_ID, params![tenant, person]).await,
            Account::Typed(typed) => typed,
        };
        if let Ok(phone) = typed.parse::<PhoneNumber>() {
            let Lookup { now, before } = phone.lookup(&self.index_key);
            return tx.optional(BY_PHONE, params![tenant, now, before]).await;
        }
        // What can be nobody's name is looked for all the same, so that it takes as long.
        let name = typed.parse::<SignInName>().map(String::from).unwrap_or_default();
        tx.optional(BY_NAME, params![tenant, name]).await
    }

    async fn tries(&self, tx: &mut Tx<'_>, account: &[u8; 32], lane: &Lane) -> Result<Tries, DbError> {
        let (tenant, at, address) = (tx.tenant(), self.at, &lane.address().0);
        let since = at.plus(-PAIR_WINDOW_MICROS - PAIR_PAUSE_MICROS);
        let most = i64::try_from(PAIR_TRIES).unwrap_or(i64::MAX);
        let pair: Vec<(Timestamp,)> = tx.all(PAIR, params![tenant, account, address, since, most]).await?;
        let pair = pair.into_iter().map(|(at,)| at).collect();
        if matches!(lane, Lane::Browser(_)) {
            return Ok(Tries { pair, ..Tries::default() });
        }
        let since = at.plus(-ACCOUNT_WINDOW_MICROS);
        let (count, account_last): (i64, Option<Timestamp>) =
            tx.one(ACCOUNT, params![tenant, account, since]).await?;
        let since = at.plus(-ADDRESS_WINDOW_MICROS);
        let most = i64::try_from(ADDRESS_TRIES).unwrap_or(i64::MAX);
        let from_address: Vec<(Timestamp,)> = tx.all(ADDRESS, params![tenant, address, since, most]).await?;
        Ok(Tries {
            pair,
            account: count,
            account_last,
            address: from_address.into_iter().map(|(at,)| at).collect(),
        })
    }
}

/// Nobody else goes on with one of these until this transaction ends.
pub(super) async fn one_by_one(tx: &mut Tx<'_>, keys: &[[u8; 32]]) -> Result<(), DbError> {
    if tx.engine() == Engine::Postgres {
        for key in keys {
            let _waited: (i64,) = tx.one(ONE_BY_ONE, params![lock_key(key)]).await?;
        }
    }
    Ok(())
}

/// A lock's name is a number; accounts come before addresses, so that no two tries wait for each other.
fn lock_key(index: &[u8; 32]) -> i64 {
    index.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

pub(crate) async fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(FORGET, params![tx.tenant(), now.plus(-TRY_KEPT_MICROS)]).await
}
