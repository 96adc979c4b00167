//! The journal's root of a day, signed, so that it can be kept outside and held against the journal later.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qige_db::journal::Root;
use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{TenantId, Timestamp};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::Vault;

statements! {
    /// One more; nothing happens where there is one of that instant.
    INSERT = "INSERT INTO journal_roots (tenant, until, made_at, streams, lines, root, holds, public_key,
            signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    /// The newest first.
    NEWEST = "SELECT until, made_at, streams, lines, root, holds, public_key, signature FROM journal_roots
        WHERE tenant = $1 ORDER BY until DESC LIMIT $2";
}

from_row! {
    /// A root that was kept.
    #[derive(PartialEq, Eq)]
    pub struct KeptRoot {
        /// Lines up to this instant are in it.
        pub until: Timestamp,
        /// When it was made.
        pub made_at: Timestamp,
        /// Streams that had begun.
        pub streams: i64,
        /// Their lines.
        pub lines: i64,
        /// The hash.
        pub root: [u8; 32],
        /// Whether the journal still came to the root before when this one was made.
        pub holds: bool,
        /// By which the signature is checked (Ed25519, RFC 8032).
        pub public_key: Vec<u8>,
        /// Of [`KeptRoot::text`] without its last two lines.
        pub signature: Vec<u8>,
    }
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
        holds: bool,
        made_at: Timestamp,
    ) -> Result<Self, Failure> {
        let count = |count| i64::try_from(count).unwrap_or(i64::MAX);
        let Root { until, streams, lines, hash } = *root;
        let unsigned = Self {
            until,
            made_at,
            streams: count(streams),
            lines: count(lines),
            root: hash,
            holds,
            public_key: Vec::new(),
            signature: Vec::new(),
        };
        let seed = vault.signing_seed(tenant).await?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&*seed)
            .map_err(|_| DbError::Schema("the key for signing has the wrong length".to_owned()))?;
        let signature = pair.sign(unsigned.statement(tenant).as_bytes()).as_ref().to_vec();
        Ok(Self { public_key: pair.public_key().as_ref().to_vec(), signature, ..unsigned })
    }

    /// What is signed.
    fn statement(&self, tenant: TenantId) -> String {
        let Self { until, streams, lines, root, .. } = self;
        let root = hex(root);
        let counted = format!("until {until}\nstreams {streams}\nlines {lines}");
        format!("qige journal root 1\ntenant {tenant}\n{counted}\nroot {root}\n")
    }

    /// As it is kept outside: what is signed, the public key and the signature, a line each.
    #[must_use]
    pub fn text(&self, tenant: TenantId) -> String {
        let (key, signature) = (STANDARD.encode(&self.public_key), STANDARD.encode(&self.signature));
        format!("{}key {key}\nsignature {signature}\n", self.statement(tenant))
    }

    /// Whether the signature is good.
    #[must_use]
    pub fn is_signed(&self, tenant: TenantId) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.public_key);
        key.verify(self.statement(tenant).as_bytes(), &self.signature).is_ok()
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
        if lines.next()?.trim() != "qige journal root 1" {
            return None;
        }
        let mut next =
            |name: &str| lines.next()?.trim().strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
        let tenant = next("tenant")?.parse().ok()?;
        let until: Timestamp = next("until")?.parse().ok()?;
        let root = Self {
            until,
            made_at: until,
            streams: next("streams")?.parse().ok()?,
            lines: next("lines")?.parse().ok()?,
            root: bytes(&next("root")?)?,
            holds: true,
            public_key: STANDARD.decode(next("key")?).ok()?,
            signature: STANDARD.decode(next("signature")?).ok()?,
        };
        Some((tenant, root))
    }
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

/// Keeps a root.
#[derive(Debug)]
pub struct KeepRoot(pub KeptRoot);

impl Command for KeepRoot {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let KeptRoot { until, made_at, streams, lines, root, holds, public_key, signature } = &self.0;
        let values = params![tx.tenant(), until, made_at, streams, lines, root, holds, public_key, signature];
        tx.execute(INSERT, values).await?;
        Ok(())
    }
}

/// Roots that were kept, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn roots_kept(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<KeptRoot>, DbError> {
    tx.all(NEWEST, params![tx.tenant(), limit]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_outside_is_read_as_it_was_written() {
        let tenant = TenantId(uuid::Uuid::from_u128(7));
        let root = KeptRoot {
            until: "2026-11-27T16:00:00Z".parse().unwrap(),
            made_at: "2026-11-27T16:00:00Z".parse().unwrap(),
            streams: 12,
            lines: 345,
            root: [0xab; 32],
            holds: true,
            public_key: vec![1; 32],
            signature: vec![2; 64],
        };
        assert_eq!(KeptRoot::read(&root.text(tenant)), Some((tenant, root.clone())));
        assert!(!root.is_signed(tenant));
        for text in ["", "qige journal root 2\n", &root.text(tenant).replace("lines", "rows")] {
            assert_eq!(KeptRoot::read(text), None, "{text}");
        }
    }
}
