//! The public half of a passkey, and whether it signed.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::cbor::Item;

/// What is asked of a device, the best liked first (IANA COSE Algorithms): EdDSA, ES256, and RS256, which is
/// all that some Windows devices have.
pub const ALGORITHMS: [i64; 3] = [-8, -7, -257];
/// Bytes of a coordinate on P-256 and of a key on Ed25519.
const POINT_BYTES: usize = 32;

/// A key of one of [`ALGORITHMS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// X and Y of a point on P-256, as SEC 1 writes it.
    Es256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rs256 {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

impl PublicKey {
    /// Reads a COSE key (RFC 9052 §7, RFC 9053 §7, RFC 8230 §4). None where it is none, or of a kind that was
    /// not asked for.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (key, rest) = Item::read(bytes)?;
        if !rest.is_empty() {
            return None;
        }
        let number = |label| key.get(&Item::Number(label)).and_then(Item::number);
        let bytes = |label| key.get(&Item::Number(label)).and_then(Item::bytes);
        match (number(1)?, number(3)?, number(-1)) {
            (2, -7, Some(1)) => {
                let (x, y) = (bytes(-2)?, bytes(-3)?);
                let fits = x.len() == POINT_BYTES && y.len() == POINT_BYTES;
                fits.then(|| Self::Es256([&[4], x, y].concat()))
            }
            (1, -8, Some(6)) => {
                let x = bytes(-2)?;
                (x.len() == POINT_BYTES).then(|| Self::Ed25519(x.to_vec()))
            }
            (3, -257, _) => Some(Self::Rs256 { n: bytes(-1)?.to_vec(), e: bytes(-2)?.to_vec() }),
            _ => None,
        }
    }

    /// Whether this is its signature of `message`.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok(),
            Self::Rs256 { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }
}
