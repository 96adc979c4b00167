//! The journal's root of a day, signed, so that it can be kept outside and held against the journal later.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `chain.rs` | [`RootFault`]: whether all roots follow each other, are signed, and are there |
//! | `keep.rs` | [`KeepRoot`]: a root is kept, and the journal says so |
//! | `key.rs` | [`RootKey`]: by what a signature is checked, and which keys a tenant has |

mod chain;
mod keep;
mod key;

use qige_db::journal::Root;
use qige_db::{Failure, from_row};
use qige_kernel::{TenantId, Timestamp};
use ring::signature::Ed25519KeyPair;
use sha2::{Digest, Sha256};

use crate::Vault;
pub use chain::{RootFault, RootFile, RootsKept, WrongRoot};
pub use keep::{KeepRoot, Seal, newest_root, roots_kept, seals};
pub use key::{NoRootKey, RootKey};

/// With what a file begins that is a root.
const TITLE: &str = "qige journal root 2";

from_row! {
    /// A root that was kept.
    #[derive(PartialEq, Eq)]
    pub struct KeptRoot {
        /// Its number, from 1.
        pub number: i64,
        /// When it was made.
        pub made_at: Timestamp,
        /// Lines up to this instant are in it.
        pub until: Timestamp,
        /// Streams that had begun.
        pub streams: i64,
        /// Their lines.
        pub lines: i64,
        /// The hash.
        pub root: [u8; 32],
        /// [`KeptRoot::digest`] of the root before; nothing but zeros for the first.
        pub before: [u8; 32],
        /// Whether the journal still came to the root before when this one was made.
        pub holds: bool,
        /// By which the signature is checked.
        pub public_key: Vec<u8>,
        /// Of [`KeptRoot::text`] without its last line.
        pub signature: Vec<u8>,
    }
}

/// What a new root follows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before {
    /// The highest number that was ever given.
    pub number: i64,
    /// [`KeptRoot::digest`] of the newest root that is there.
    pub digest: [u8; 32],
    /// Whether the journal still comes to it.
    pub holds: bool,
}

impl KeptRoot {
    /// A root, signed by the tenant's own key.
    ///
    /// # Errors
    /// `key-lost`; those of the database.
    pub async fn signed(
        vault: &Vault,
        tenant: TenantId,
        root: &Root,
        before: Before,
        made_at: Timestamp,
    ) -> Result<Self, Failure> {
        let count = |count| i64::try_from(count).unwrap_or(i64::MAX);
        let pair = key::pair(&*vault.signing_seed(tenant).await?)?;
        let mut kept = Self {
            number: before.number + 1,
            made_at,
            until: root.until,
            streams: count(root.streams),
            lines: count(root.lines),
            root: root.hash,
            before: before.digest,
            holds: before.holds,
            public_key: RootKey::of(&pair).bytes().to_vec(),
            signature: Vec::new(),
        };
        kept.signature = signature(&pair, &kept.statement(tenant));
        Ok(kept)
    }

    /// What is signed.
    fn statement(&self, tenant: TenantId) -> String {
        let Self { number, made_at, until, streams, lines, root, before, holds, public_key, .. } = self;
        let (root, before) = (hex(root), hex(before));
        let holds = if *holds { "yes" } else { "no" };
        let key = key::written(public_key);
        let counted = format!("until {until}\nstreams {streams}\nlines {lines}\nroot {root}");
        let chained = format!("before {before}\nbefore-holds {holds}");
        format!(
            "{TITLE}\ntenant {tenant}\nnumber {number}\nmade {made_at}\n{counted}\n{chained}\nkey {key}\n"
        )
    }

    /// As it is kept outside: what is signed, and the signature.
    #[must_use]
    pub fn text(&self, tenant: TenantId) -> String {
        format!("{}signature {}\n", self.statement(tenant), key::written(&self.signature))
    }

    /// Names it: SHA-256 of [`KeptRoot::text`].
    #[must_use]
    pub fn digest(&self, tenant: TenantId) -> [u8; 32] {
        Sha256::digest(self.text(tenant)).into()
    }

    /// By which key it says that it is signed; none where that is no key.
    #[must_use]
    pub fn key(&self) -> Option<RootKey> {
        RootKey::from_bytes(&self.public_key)
    }

    /// Whether it is signed as it stands, by that key.
    #[must_use]
    pub fn is_signed_by(&self, key: &RootKey, tenant: TenantId) -> bool {
        self.key().as_ref() == Some(key) && key.signed(self.statement(tenant).as_bytes(), &self.signature)
    }

    /// Whether the journal comes to the same now.
    #[must_use]
    pub fn is_of(&self, root: &Root) -> bool {
        let same = |kept: i64, counted: u64| u64::try_from(kept) == Ok(counted);
        self.root == root.hash && same(self.streams, root.streams) && same(self.lines, root.lines)
    }

    /// What a file says that was kept outside: whose it is, and the root. None where it is no such file.
    #[must_use]
    pub fn read(text: &str) -> Option<(TenantId, Self)> {
        let mut lines = text.lines();
        if lines.next()?.trim() != TITLE {
            return None;
        }
        let mut next =
            |name: &str| lines.next()?.trim().strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
        let tenant = next("tenant")?.parse().ok()?;
        let root = Self {
            number: next("number")?.parse().ok()?,
            made_at: next("made")?.parse().ok()?,
            until: next("until")?.parse().ok()?,
            streams: next("streams")?.parse().ok()?,
            lines: next("lines")?.parse().ok()?,
            root: bytes(&next("root")?)?,
            before: bytes(&next("before")?)?,
            holds: match next("before-holds")?.as_str() {
                "yes" => true,
                "no" => false,
                _ => return None,
            },
            public_key: key::read(&next("key")?)?,
            signature: key::read(&next("signature")?)?,
        };
        Some((tenant, root))
    }
}

fn signature(pair: &Ed25519KeyPair, statement: &str) -> Vec<u8> {
    pair.sign(statement.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 2 * bytes.len() || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The key by which nobody's roots but those of tests are signed.
#[cfg(test)]
fn example(number: i64, before: [u8; 32], seed: u8) -> KeptRoot {
    let pair = key::pair(&[seed; 32]).unwrap();
    let until = Timestamp::from_micros(1_790_000_000_000_000 + number * Timestamp::DAY);
    let mut root = KeptRoot {
        number,
        made_at: until.plus(Timestamp::HOUR),
        until,
        streams: 12,
        lines: 345 + number,
        root: [0xab; 32],
        before,
        holds: true,
        public_key: RootKey::of(&pair).bytes().to_vec(),
        signature: Vec::new(),
    };
    root.signature = signature(&pair, &root.statement(TenantId(uuid::Uuid::from_u128(7))));
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_outside_is_read_as_it_was_written() {
        let tenant = TenantId(uuid::Uuid::from_u128(7));
        let root = example(17, [3; 32], 1);
        assert_eq!(KeptRoot::read(&root.text(tenant)), Some((tenant, root.clone())));
        for text in ["", "qige journal root 1\n", &root.text(tenant).replace("lines", "rows")] {
            assert_eq!(KeptRoot::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_signature_is_of_every_word_and_by_one_key() {
        let tenant = TenantId(uuid::Uuid::from_u128(7));
        let (root, others) = (example(17, [3; 32], 1), example(17, [3; 32], 2));
        let key = root.key().unwrap();
        assert!(root.is_signed_by(&key, tenant));
        assert!(others.is_signed_by(&others.key().unwrap(), tenant), "it is signed, and by somebody else");
        assert!(!others.is_signed_by(&key, tenant));
        assert!(!root.is_signed_by(&key, TenantId(uuid::Uuid::from_u128(8))));
        let at = Timestamp::from_micros(5);
        for (what, changed) in [
            ("number", KeptRoot { number: 18, ..root.clone() }),
            ("made_at", KeptRoot { made_at: at, ..root.clone() }),
            ("until", KeptRoot { until: at, ..root.clone() }),
            ("streams", KeptRoot { streams: 13, ..root.clone() }),
            ("lines", KeptRoot { lines: 1, ..root.clone() }),
            ("root", KeptRoot { root: [1; 32], ..root.clone() }),
            ("before", KeptRoot { before: [1; 32], ..root.clone() }),
            ("holds", KeptRoot { holds: false, ..root.clone() }),
            ("public_key", KeptRoot { public_key: others.public_key.clone(), ..root.clone() }),
            ("signature", KeptRoot { signature: others.signature.clone(), ..root.clone() }),
        ] {
            assert!(!changed.is_signed_by(&key, tenant), "{what}");
        }
    }
}
