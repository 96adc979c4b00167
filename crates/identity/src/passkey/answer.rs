//! What a browser answers, judged by the steps of the standard (W3C Web Authentication Level 3, §7.1 and
//! §7.2). Pure.

use sha2::{Digest, Sha256};

use super::cbor::Item;
use super::key::PublicKey;

/// Bytes of a device's name for a passkey at most (§7.1 step 25).
const HANDLE_BYTES_MAX: usize = 1_023;
/// Bytes of what a browser says of the ceremony; the standard sets no limit, browsers send some 200.
const CLIENT_BYTES_MAX: usize = 4_096;
/// Bits of the flags: somebody was there, it was made sure who, a key follows.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const KEY_FOLLOWS: u8 = 0x40;

/// Where a passkey is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// As the browser says where it stands: `https://qige.example:8443`.
    pub origin: String,
    /// The host that passkeys are for: `qige.example`.
    pub host: String,
}

/// What a browser answers that was asked for a new passkey.
#[derive(Clone, Debug)]
pub struct Added {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `attestationObject`.
    pub attestation: Vec<u8>,
}

/// What a browser answers that was asked to sign.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The device's name of the passkey.
    pub handle: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub authenticator: Vec<u8>,
    /// Of both.
    pub signature: Vec<u8>,
}

/// Why an answer is none, for the log and for programmers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    /// The browser's own words cannot be read.
    #[error("clientDataJSON cannot be read")]
    ClientData,
    /// It answers another sort of question.
    #[error("clientDataJSON is of another type")]
    Type,
    /// It was asked by another site.
    #[error("clientDataJSON names another origin")]
    Origin,
    /// The device's words cannot be read.
    #[error("the authenticator's data cannot be read")]
    Authenticator,
    /// The passkey is for another site.
    #[error("the authenticator's data are for another site")]
    Site,
    /// Nobody was there, or nobody made sure who.
    #[error("the authenticator did not make sure who holds it")]
    Unverified,
    /// A key of a kind that was not asked for.
    #[error("the key is of no kind that was asked for")]
    Key,
    /// Somebody else signed.
    #[error("the signature is not of this key")]
    Signature,
}

/// A new passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewKey {
    pub(super) challenge: Vec<u8>,
    pub(super) handle: Vec<u8>,
    pub(super) key: Vec<u8>,
    pub(super) uses: u32,
}

impl Added {
    /// Judges it, all but the challenge, which the caller must have asked.
    pub(super) fn judged(&self, site: &Site) -> Result<NewKey, PasskeyFault> {
        let challenge = challenge(&self.client_data, "webauthn.create", site)?;
        let wrong = PasskeyFault::Authenticator;
        let (object, rest) = Item::read(&self.attestation).ok_or(wrong)?;
        let data = object.get(&Item::Text("authData")).and_then(Item::bytes).ok_or(wrong)?;
        if !rest.is_empty() {
            return Err(wrong);
        }
        let told = Told::read(data, site)?;
        if told.flags & KEY_FOLLOWS == 0 {
            return Err(wrong);
        }
        // Sixteen bytes say which make of device it is; they are not looked at.
        let (_, after) = told.rest.split_at_checked(16).ok_or(wrong)?;
        let (length, after) = after.split_first_chunk::<2>().ok_or(wrong)?;
        let (handle, after) =
            after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(wrong)?;
        if handle.is_empty() || handle.len() > HANDLE_BYTES_MAX {
            return Err(wrong);
        }
        let (_, extensions) = Item::read(after).ok_or(wrong)?;
        let key = after.get(..after.len().saturating_sub(extensions.len())).ok_or(wrong)?;
        PublicKey::read(key).ok_or(PasskeyFault::Key)?;
        Ok(NewKey { challenge, handle: handle.to_vec(), key: key.to_vec(), uses: told.uses })
    }
}

impl Signed {
    /// Judges it by the key that is kept, all but the challenge, which the caller must have asked. Answers
    /// with the challenge and with how often the device has signed.
    ///
    /// # Errors
    /// [`PasskeyFault`].
    pub fn judged(&self, key: &[u8], site: &Site) -> Result<(Vec<u8>, u32), PasskeyFault> {
        let challenge = challenge(&self.client_data, "webauthn.get", site)?;
        let told = Told::read(&self.authenticator, site)?;
        let key = PublicKey::read(key).ok_or(PasskeyFault::Key)?;
        let message = [self.authenticator.as_slice(), &Sha256::digest(&self.client_data)].concat();
        let signed = key.signed(&message, &self.signature);
        signed.then_some((challenge, told.uses)).ok_or(PasskeyFault::Signature)
    }
}

/// The challenge that the browser answers, of the right type and at the right site.
fn challenge(client_data: &[u8], kind: &str, site: &Site) -> Result<Vec<u8>, PasskeyFault> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ClientData {
        r#type: String,
        challenge: String,
        origin: String,
        #[serde(default)]
        cross_origin: bool,
    }

    if client_data.len() > CLIENT_BYTES_MAX {
        return Err(PasskeyFault::ClientData);
    }
    let said: ClientData = serde_json::from_slice(client_data).map_err(|_| PasskeyFault::ClientData)?;
    if said.r#type != kind {
        return Err(PasskeyFault::Type);
    }
    if said.origin != site.origin || said.cross_origin {
        return Err(PasskeyFault::Origin);
    }
    URL_SAFE_NO_PAD.decode(said.challenge).map_err(|_| PasskeyFault::ClientData)
}

/// What the device says (§6.1).
struct Told<'a> {
    flags: u8,
    uses: u32,
    rest: &'a [u8],
}

impl<'a> Told<'a> {
    fn read(data: &'a [u8], site: &Site) -> Result<Self, PasskeyFault> {
        let wrong = PasskeyFault::Authenticator;
        let (host, rest) = data.split_first_chunk::<32>().ok_or(wrong)?;
        let (&flags, rest) = rest.split_first().ok_or(wrong)?;
        let (uses, rest) = rest.split_first_chunk::<4>().ok_or(wrong)?;
        if host.as_slice() != Sha256::digest(&site.host).as_slice() {
            return Err(PasskeyFault::Site);
        }
        if flags & (PRESENT | VERIFIED) != PRESENT | VERIFIED {
            return Err(PasskeyFault::Unverified);
        }
        Ok(Self { flags, uses: u32::from_be_bytes(*uses), rest })
    }
}
