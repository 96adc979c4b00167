//! The keys of one tenant: kept locked in the database, opened once, held in memory.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use qige_db::{Command, DbError, Failure, Isolation, Tx, from_row, params, statements};
use qige_kernel::{Entropy, Refusal, RefusalKind, TenantId, Timestamp};
use sha2::Sha256;

use super::cipher::{Algorithm, Key};
use super::master::MasterKeys;
use crate::{BlindIndex, Stamp};
use qige_db::kebab;

kebab! {
    /// What a key locks. Each has a key of its own, so that whoever may open one thing opens no other.
    pub enum KeyClass {
        /// Numbers by which people are reached.
        Contact = "contact",
        /// Where people live who are looked in on (探访对象).
        Care = "care",
        /// Political standing.
        Party = "party",
        /// Children.
        Minor = "minor",
        /// Quarrels and their parties.
        Mediation = "mediation",
        /// Where people at work say that they live.
        Home = "home",
        /// Secrets from which the codes of the second step at sign-in are made.
        SecondStep = "second-step",
        /// Where notices are sent, and the secrets that go with it.
        Channel = "channel",
        /// The key from which codes are computed by which a report is followed.
        FollowCode = "follow-code",
        /// Signatures and papers that prove consents.
        Proof = "proof",
        /// Nothing: what is noted in the access log and lies under no key, such as names, requests, voices.
        Record = "record",
        /// Nothing: signs the journal's roots.
        Root = "root",
        /// Nothing: makes the blind indexes by which the rest is found.
        Index = "index",
    }
}

impl KeyClass {
    /// Names its text in the locale files: `key-class-contact`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("key-class-{self}")
    }
}

statements! {
    /// Every key of a tenant.
    ALL = "SELECT class, version, algorithm, master, locked FROM data_keys WHERE tenant = $1";
    /// Every key without what it is.
    LISTED = "SELECT class, version, algorithm, master, created_at FROM data_keys WHERE tenant = $1
        ORDER BY class, version";
    /// A new one; nothing happens where that version is there.
    INSERT = "INSERT INTO data_keys (tenant, class, version, algorithm, master, locked, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    /// The same key under another master key.
    RELOCK = "UPDATE data_keys SET master = $4, locked = $5
        WHERE tenant = $1 AND class = $2 AND version = $3";
    /// Lets go of keys under which nothing is any more: those before one that has been the newest for long.
    DROP = "DELETE FROM data_keys WHERE tenant = $1 AND class = $2 AND version < $3 AND EXISTS (
        SELECT 1 FROM data_keys n WHERE n.tenant = $1 AND n.class = $2 AND n.version = $3
            AND n.created_at < $4)";
}

from_row! {
    /// A key as it is kept.
    pub(crate) struct KeptKey {
        pub(crate) class: KeyClass,
        pub(crate) version: i64,
        pub(crate) algorithm: Algorithm,
        pub(crate) master: String,
        pub(crate) locked: Vec<u8>,
    }
}

pub(crate) async fn kept(tx: &mut Tx<'_>) -> Result<Vec<KeptKey>, DbError> {
    tx.all(ALL, params![tx.tenant()]).await
}

from_row! {
    /// A key, without the key.
    pub struct KeyRow {
        /// What it locks.
        pub class: KeyClass,
        /// Its number within that.
        pub version: i64,
        /// By what it seals.
        pub algorithm: Algorithm,
        /// The name of the master key that locks it.
        pub master: String,
        /// Since when it is there.
        pub created_at: Timestamp,
    }
}

/// The keys of a tenant, without the keys themselves.
///
/// # Errors
/// [`DbError`].
pub async fn keys_of(tx: &mut Tx<'_>) -> Result<Vec<KeyRow>, DbError> {
    tx.all(LISTED, params![tx.tenant()]).await
}

/// Opened, or the name of the master key that is not at hand.
type Opened = Result<Key, String>;

/// The keys of a tenant, by class and version.
#[derive(Debug, Default)]
pub(crate) struct Keys(BTreeMap<(KeyClass, i64), Opened>);

impl Keys {
    pub(crate) fn open(tenant: TenantId, kept: Vec<KeptKey>, masters: &MasterKeys) -> Self {
        let open = |kept: KeptKey| {
            let about = about(tenant, kept.class, kept.version);
            let master = masters.key(&kept.master, kept.algorithm);
            let bytes = master.and_then(|master| master.open(&about, &kept.locked));
            let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
            let key = bytes.map(|bytes| Key::new(kept.algorithm, bytes)).ok_or(kept.master);
            ((kept.class, kept.version), key)
        };
        Self(kept.into_iter().map(open).collect())
    }

    /// The version under which things are sealed now; none before the first.
    pub(crate) fn newest(&self, class: KeyClass) -> Option<i64> {
        self.0.range((class, 0)..=(class, i64::MAX)).next_back().map(|((_, version), _)| *version)
    }

    pub(crate) fn has(&self, class: KeyClass, version: i64) -> bool {
        self.0.contains_key(&(class, version))
    }

    /// # Errors
    /// `key-lost` when its master key is not at hand or is another one of that name; `key-unknown` when
    /// there is no such version.
    pub(crate) fn key(&self, class: KeyClass, version: i64) -> Result<&Key, Refusal> {
        match self.0.get(&(class, version)) {
            Some(Ok(key)) => Ok(key),
            Some(Err(master)) => Err(Refusal::new(RefusalKind::Unavailable, "key-lost").with("key", master)),
            None => Err(Refusal::new(RefusalKind::Unavailable, "key-unknown").with("version", version)),
        }
    }

    /// The keys of a class that could be opened, the oldest first.
    pub(crate) fn opened(&self, class: KeyClass) -> impl Iterator<Item = &Key> {
        self.0.range((class, 0)..=(class, i64::MAX)).filter_map(|(_, key)| key.as_ref().ok())
    }

    /// Master keys that would be needed and are not at hand, each once.
    pub(crate) fn lost(&self) -> Vec<String> {
        let mut lost: Vec<String> = self.0.values().filter_map(|key| key.as_ref().err().cloned()).collect();
        lost.sort();
        lost.dedup();
        lost
    }

    /// # Errors
    /// As [`Keys::key`].
    pub(crate) fn index(&self, tenant: TenantId) -> Result<IndexKey, Refusal> {
        let newest = self.newest(KeyClass::Index).unwrap_or_default();
        let now = self.key(KeyClass::Index, newest)?.clone();
        let before = self.key(KeyClass::Index, newest - 1).ok().cloned();
        Ok(IndexKey { tenant, now, before })
    }
}

/// Makes blind indexes: the same detail has the same index within one tenant and one column, and another one
/// everywhere else; without the key nobody can try numbers until one fits.
#[derive(Clone, Debug)]
pub struct IndexKey {
    tenant: TenantId,
    now: Key,
    /// While indexes are made anew under a new key, some are still those of the key before.
    before: Option<Key>,
}

impl IndexKey {
    /// What `plain`, in its one normal form, is found by in that column.
    #[must_use]
    pub fn of(&self, column: &str, plain: &str) -> Lookup {
        let now = self.under(&self.now, column, plain);
        let before = self.before.as_ref().map_or(now, |key| self.under(key, column, plain));
        Lookup { now, before }
    }

    fn under(&self, key: &Key, column: &str, plain: &str) -> BlindIndex {
        // HMAC (RFC 2104) takes keys of any length: there is no error to be had here.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.bytes()) else { return BlindIndex([0; 32]) };
        mac.update(self.tenant.0.as_bytes());
        mac.update(column.as_bytes());
        mac.update(&[0]);
        mac.update(plain.as_bytes());
        BlindIndex(mac.finalize().into_bytes().into())
    }
}

/// By what a sealed detail is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// What is kept from now on.
    pub now: BlindIndex,
    /// What may still be kept from before; the same where keys did not change.
    pub before: BlindIndex,
}

/// A key to be kept, locked under a master key.
#[derive(Debug)]
pub(crate) struct KeepKey {
    kept: KeptKey,
    at: Timestamp,
    /// Set where a person asked for it.
    stamp: Option<Stamp>,
}

impl KeepKey {
    /// A new key. None where no master key is at hand, which reading the file does not let happen.
    pub(crate) fn draw(
        (tenant, class, version): (TenantId, KeyClass, i64),
        algorithm: Algorithm,
        masters: &MasterKeys,
        entropy: &Entropy,
        (at, stamp): (Timestamp, Option<Stamp>),
    ) -> Option<Self> {
        let key = Key::new(algorithm, entropy.bytes());
        let (master, locked) = locked(tenant, class, version, &key, algorithm, masters, entropy)?;
        Some(Self { kept: KeptKey { class, version, algorithm, master, locked }, at, stamp })
    }
}

fn locked(
    tenant: TenantId,
    class: KeyClass,
    version: i64,
    key: &Key,
    algorithm: Algorithm,
    masters: &MasterKeys,
    entropy: &Entropy,
) -> Option<(String, Vec<u8>)> {
    let master = masters.current()?;
    let about = about(tenant, class, version);
    let locked = masters.key(master, algorithm)?.seal(entropy.bytes(), &about, key.bytes());
    Some((master.to_owned(), locked))
}

/// What a locked key is bound to.
fn about(tenant: TenantId, class: KeyClass, version: i64) -> Vec<u8> {
    [tenant.0.as_bytes().as_slice(), class.as_str().as_bytes(), &[0], &version.to_be_bytes()].concat()
}

impl Command for KeepKey {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let KeptKey { class, version, algorithm, master, locked } = &self.kept;
        let tenant = tx.tenant();
        let made =
            tx.execute(INSERT, params![tenant, class, version, algorithm, master, locked, self.at]).await?;
        if let (1.., Some(stamp)) = (made, &self.stamp) {
            let body = serde_json::json!({ "class": class, "version": version, "algorithm": algorithm });
            stamp.note(tx, "settings", tenant.0, "renew-key", &body).await?;
        }
        Ok(())
    }
}

/// Locks keys under the master key that is first now.
#[derive(Debug)]
pub(crate) struct Relock(Vec<KeptKey>);

impl Relock {
    /// Those that can be opened and are under another master key; none where there are none.
    pub(crate) fn of(
        tenant: TenantId,
        kept: Vec<KeptKey>,
        masters: &MasterKeys,
        entropy: &Entropy,
    ) -> Option<Self> {
        let relocked = |kept: KeptKey| {
            if masters.current() == Some(kept.master.as_str()) {
                return None;
            }
            let about = about(tenant, kept.class, kept.version);
            let bytes = masters.key(&kept.master, kept.algorithm)?.open(&about, &kept.locked)?;
            let key = Key::new(kept.algorithm, bytes.as_slice().try_into().ok()?);
            let (master, locked) =
                locked(tenant, kept.class, kept.version, &key, kept.algorithm, masters, entropy)?;
            Some(KeptKey { master, locked, ..kept })
        };
        let relocked: Vec<KeptKey> = kept.into_iter().filter_map(relocked).collect();
        (!relocked.is_empty()).then_some(Self(relocked))
    }
}

impl Command for Relock {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        for KeptKey { class, version, master, locked, .. } in &self.0 {
            tx.execute(RELOCK, params![tx.tenant(), class, version, master, locked]).await?;
        }
        Ok(())
    }
}

/// A key that was followed by another is kept this long, microseconds: a process that has not heard of it yet
/// seals under the old one until it reads the keys again.
const FOLLOWED_MICROS: i64 = Timestamp::DAY;

/// Keys of a class before that version are of no use any more.
pub(crate) struct DropBefore {
    pub(crate) class: KeyClass,
    pub(crate) version: i64,
    pub(crate) now: Timestamp,
}

impl Command for DropBefore {
    type Output = u64;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Failure> {
        Ok(tx
            .execute(DROP, params![tx.tenant(), self.class, self.version, self.now.plus(-FOLLOWED_MICROS)])
            .await?)
    }
}
