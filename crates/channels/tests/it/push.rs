//! Web push, against a service that checks who sends and a browser that opens what it gets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_channels::push::{PushKey, Subscription, send};
use qige_channels::{Outbound, SendError};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf;
use ring::rand::SystemRandom;
use ring::signature::{self, ECDSA_P256_SHA256_FIXED};
use serde_json::Value;
use tokio_rustls::rustls::RootCertStore;

use crate::receiver::{Got, Receiver};

const NOW: i64 = 1_790_000_000;

struct Browser {
    key: EphemeralPrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl Browser {
    fn new() -> Self {
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let public = key.compute_public_key().unwrap().as_ref().to_vec();
        Self { key, public, auth: [7; 16] }
    }

    fn subscription(&self, endpoint: &str) -> Subscription {
        let (p256dh, auth) = (URL_SAFE_NO_PAD.encode(&self.public), URL_SAFE_NO_PAD.encode(self.auth));
        let keys = serde_json::json!({ "p256dh": p256dh, "auth": auth });
        let json = serde_json::json!({ "endpoint": endpoint, "expirationTime": null, "keys": keys });
        serde_json::from_value(json).unwrap()
    }

    /// RFC 8291 from the other side, with another HKDF than ours.
    fn open(self, body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        let (own, record) = rest[1..].split_at(usize::from(rest[0]));
        assert_eq!(u32::from_be_bytes(size.try_into().unwrap()), 4_096);
        let info = [b"WebPush: info\0".as_slice(), &self.public, own].concat();
        let peer = UnparsedPublicKey::new(&ECDH_P256, own);
        let material =
            agree_ephemeral(self.key, &peer, |shared| expand(&self.auth, shared, &info, 32)).unwrap();
        let key = expand(salt, &material, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = expand(salt, &material, b"Content-Encoding: nonce\0", 12);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut record = record.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        let (last, message) = plain.split_last().unwrap();
        assert_eq!(*last, 2, "the delimiter of the last record");
        message.to_vec()
    }
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand(salt: &[u8], material: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(material);
    prk.expand(&[info], Length(length)).unwrap().fill(&mut out).unwrap();
    out
}

fn outbound() -> Outbound {
    Outbound::trusting("127.0.0.1".parse().unwrap(), RootCertStore::empty())
}

fn key() -> PushKey {
    PushKey::draw().unwrap().parse::<PushKey>().unwrap().with_contact("mailto:qige@example.org")
}

/// RFC 8292 as a service checks it.
fn permitted(got: &Got, origin: &str, key: &PushKey) -> Value {
    let header = got.header("authorization").strip_prefix("vapid t=").unwrap();
    let (token, public) = header.split_once(", k=").unwrap();
    assert_eq!(public, key.public());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let public = URL_SAFE_NO_PAD.decode(public).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let verifier = signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
    verifier.verify(signed.as_bytes(), &signature).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let read = |part| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    assert_eq!(read(head), serde_json::json!({ "typ": "JWT", "alg": "ES256" }));
    let claims = read(claims);
    assert_eq!(claims["aud"], origin);
    claims
}

#[tokio::test]
async fn only_the_browser_reads_what_only_we_can_send() {
    let receiver = Receiver::saying("201 Created", "").await;
    let (browser, key) = (Browser::new(), key());
    let origin = format!("http://{}", receiver.address);
    let to = browser.subscription(&format!("{origin}/push/abc"));
    assert!(to.is_sound());
    let message = "{\"title\":\"骑格\",\"body\":\"有 1 件事等您\"}";
    let topic = "0199c0de-0000-7000-8000-000000000001";
    send(&outbound(), &key, &to, message.as_bytes(), topic, [9; 16], NOW).await.unwrap();
    let got = receiver.got().pop().unwrap();
    let claims = permitted(&got, &origin, &key);
    let ends = claims["exp"].as_i64().unwrap();
    assert!(ends > NOW && ends <= NOW + 24 * 60 * 60);
    assert_eq!(claims["sub"], "mailto:qige@example.org");
    assert_eq!((got.line.as_str(), got.header("content-encoding")), ("POST /push/abc", "aes128gcm"));
    assert_eq!(got.header("ttl"), "86400");
    // RFC 8030 §5.4: at most 32 letters of base64url.
    assert_eq!(got.header("topic"), topic.replace('-', ""));
    assert_eq!(browser.open(&got.body), message.as_bytes());
}

#[tokio::test]
async fn a_browser_that_is_gone_is_known_to_be() {
    for (status, wanted) in [
        ("404 Not Found", SendError::Gone("status 404".to_owned())),
        ("410 Gone", SendError::Gone("status 410".to_owned())),
        ("429 Slow", SendError::Later("status 429".to_owned(), None)),
        ("403 No", SendError::Never("status 403".to_owned())),
    ] {
        let receiver = Receiver::saying(status, "").await;
        let to = Browser::new().subscription(&format!("http://{}/x", receiver.address));
        assert_eq!(send(&outbound(), &key(), &to, b"x", "t", [9; 16], NOW).await, Err(wanted));
    }
}

#[test]
fn what_is_no_subscription_is_not_taken() {
    let sound = Browser::new().subscription("https://push.example/x");
    assert!(sound.is_sound());
    let mut compressed = sound.clone();
    compressed.keys.p256dh = URL_SAFE_NO_PAD.encode([3; 33]);
    let mut short = sound.clone();
    short.keys.auth = "AAAA".to_owned();
    let mut nowhere = sound.clone();
    nowhere.endpoint = "javascript:alert(1)".to_owned();
    for wrong in [compressed, short, nowhere] {
        assert!(!wrong.is_sound());
    }
    assert!("not a key".parse::<PushKey>().is_err());
}
