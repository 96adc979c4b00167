//! Passkeys: what a browser answers that was asked for a new one, and what a device signs at sign-in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_identity::Stamp;
use qige_identity::passkey::{AddPasskey, Added, Signed, Site};
use qige_kernel::{Entropy, PersonId, Timestamp};
use ring::digest::{SHA256, digest};
use ring::signature::KeyPair;
use serde_json::json;
use uuid::Uuid;

use crate::signed::{NOW, encoded, signer};

const HOST: &str = "qige.example";
const CHALLENGE: [u8; 32] = [5; 32];

fn site(host: &str) -> Site {
    Site { origin: format!("https://{host}"), host: host.to_owned() }
}

/// What a browser says of a ceremony.
fn said(kind: &str) -> Vec<u8> {
    let origin = site(HOST).origin;
    let said =
        json!({ "type": kind, "challenge": encoded(CHALLENGE), "origin": origin, "crossOrigin": false });
    said.to_string().into_bytes()
}

/// What a device says: for which host, whether somebody was there, and that it has signed once.
fn told(flags: u8) -> Vec<u8> {
    [digest(&SHA256, HOST.as_bytes()).as_ref(), &[flags, 0, 0, 0, 1]].concat()
}

/// Our own key, as COSE writes it.
fn curve() -> Vec<u8> {
    let head = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
    [&head, signer().public_key().as_ref()].concat()
}

/// What a browser says, a line of its own, and what the device says, with a key of each kind.
pub(crate) fn added() -> Vec<Vec<u8>> {
    let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("a coordinate");
    let point = [
        vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20],
        coordinate("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
        vec![0x22, 0x58, 0x20],
        coordinate("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
    ];
    [curve(), point.concat()].map(|key| added_with(&key)).into()
}

fn added_with(key: &[u8]) -> Vec<u8> {
    let data = [told(0x45).as_slice(), &[0; 16], &[0, 5], b"first", key].concat();
    let length = u8::try_from(data.len()).expect("less than 256 bytes");
    let head = b"\n\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
    [said("webauthn.create").as_slice(), head, &[length], &data].concat()
}

pub(crate) fn add(bytes: &[u8]) -> bool {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (client_data, device) = bytes.split_at(at);
    let answer = Added {
        client_data: client_data.to_vec(),
        attestation: device.get(1..).unwrap_or_default().to_vec(),
    };
    let (entropy, now) = (Entropy::seeded(1), Timestamp::from_micros(NOW * Timestamp::SECOND));
    let judged = |host: &str| {
        let new = (Uuid::nil(), PersonId(Uuid::nil()), "我的手机".to_owned());
        AddPasskey::of(&answer, &site(host), new, [0; 32], Stamp::new(now, None, &entropy)).is_ok()
    };
    assert!(!judged("evil.example"), "made for another site");
    judged(HOST)
}

/// Answers at sign-in: of a key of ours, and of one on P-256 and one of RSA that other programs made.
pub(crate) fn signed() -> Vec<Vec<u8>> {
    let ours =
        Answer { client_data: &said("webauthn.get"), key: &curve(), told: &told(0x05), signature: &[] };
    let signature = ours.signature();
    vec![Answer { signature: &signature, ..ours }.written(), ES256.to_vec(), RS256.to_vec()]
}

const ES256: &[u8] = include_bytes!("../seeds/signed_es256.bin");
const RS256: &[u8] = include_bytes!("../seeds/signed_rs256.bin");

/// What is judged at sign-in: the browser's words up to the end of the line, the key that was kept and the
/// device's words, each with its length before it, and the signature.
struct Answer<'a> {
    client_data: &'a [u8],
    key: &'a [u8],
    told: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Answer<'a> {
    /// As much of it as there is.
    fn read(bytes: &'a [u8]) -> Self {
        let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (client_data, rest) = bytes.split_at(line);
        let (key, rest) = piece(rest.get(1..).unwrap_or_default());
        let (told, signature) = piece(rest);
        Self { client_data, key, told, signature }
    }

    fn written(&self) -> Vec<u8> {
        let length = |piece: &[u8]| u16::try_from(piece.len()).expect("a short piece").to_be_bytes();
        let Self { client_data, key, told, signature } = self;
        [client_data, &b"\n"[..], &length(key), key, &length(told), told, signature].concat()
    }

    /// What our own key would sign.
    fn signature(&self) -> Vec<u8> {
        let message = [self.told, digest(&SHA256, self.client_data).as_ref()].concat();
        signer().sign(&message).as_ref().to_vec()
    }

    /// The challenge and the count, where it is believed.
    fn judged(&self, key: &[u8], host: &str) -> Option<(Vec<u8>, u32)> {
        let answer = Signed {
            handle: b"first".to_vec(),
            client_data: self.client_data.to_vec(),
            authenticator: self.told.to_vec(),
            signature: self.signature.to_vec(),
        };
        answer.judged(key, &site(host)).ok()
    }
}

/// What its length, in two bytes, says; and what follows.
fn piece(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = bytes.split_first_chunk::<2>().unwrap_or((&[0; 2], &[]));
    rest.split_at(rest.len().min(u16::from_be_bytes(*length).into()))
}

pub(crate) fn sign(bytes: &[u8]) -> bool {
    let answer = Answer::read(bytes);
    assert!(answer.judged(answer.key, "evil.example").is_none(), "signed for another site");
    // Whatever was harmed above the signature is signed anew, so that what is behind it is reached.
    let signature = answer.signature();
    let anew = Answer { signature: &signature, ..answer };
    if let Some((_, uses)) = anew.judged(&curve(), HOST) {
        let (flags, count) = anew.told.get(32..).and_then(|told| told.split_first()).expect("flags");
        assert!(flags & 0x05 == 0x05 && count.starts_with(&uses.to_be_bytes()), "{:02x?}", anew.told);
        let mut other = curve();
        let last = other.last_mut().expect("a key has bytes");
        *last ^= 1;
        assert!(anew.judged(&other, HOST).is_none(), "another key signed that");
    }
    answer.judged(answer.key, HOST).is_some()
}
