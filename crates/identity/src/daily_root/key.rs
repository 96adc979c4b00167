//! By what a root's signature is checked (Ed25519, RFC 8032).

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qige_db::DbError;
use ring::signature::{ED25519, ED25519_PUBLIC_KEY_LEN, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

/// A public key. Written in base64, as in the file of a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootKey([u8; ED25519_PUBLIC_KEY_LEN]);

/// This is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 32 bytes in base64, as it stands in the file of a root after `key`")]
pub struct NoRootKey;

impl RootKey {
    /// The public half of a pair.
    pub(super) fn of(pair: &Ed25519KeyPair) -> Self {
        let mut bytes = [0; ED25519_PUBLIC_KEY_LEN];
        for (into, byte) in bytes.iter_mut().zip(pair.public_key().as_ref()) {
            *into = *byte;
        }
        Self(bytes)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) const fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn signed(&self, said: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(said, signature).is_ok()
    }

    /// The key whose other half is made from that seed.
    ///
    /// # Errors
    /// [`DbError::Schema`] for a seed of another length.
    pub(crate) fn from_seed(seed: &[u8]) -> Result<Self, DbError> {
        Ok(Self::of(&pair(seed)?))
    }
}

impl fmt::Display for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(&self.0))
    }
}

impl FromStr for RootKey {
    type Err = NoRootKey;

    fn from_str(text: &str) -> Result<Self, NoRootKey> {
        read(text.trim()).and_then(|bytes| Self::from_bytes(&bytes)).ok_or(NoRootKey)
    }
}

/// # Errors
/// [`DbError::Schema`] for a seed of another length.
pub(super) fn pair(seed: &[u8]) -> Result<Ed25519KeyPair, DbError> {
    Ed25519KeyPair::from_seed_unchecked(seed)
        .map_err(|_| DbError::Schema("the key for signing has the wrong length".to_owned()))
}

pub(super) fn written(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written_and_nothing_else_is_one() {
        let key = RootKey::from_seed(&[5; 32]).unwrap();
        assert_eq!(key.to_string().parse(), Ok(key));
        for text in ["", "no", "AAAA", &key.to_string()[1..]] {
            assert_eq!(text.parse::<RootKey>(), Err(NoRootKey), "{text}");
        }
    }
}
