//! What is signed, and the keys for it: tokens of sign-in services, browsers that want to be told.
//!
//! A wrong byte under a signature would only ever show that signatures are looked at. So a token is signed
//! anew after it was harmed, by a key that the harmed list of keys may still hold.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_channels::push::Subscription;
use qige_identity::provider::{Expected, id_token};
use qige_kernel::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use crate::seed;

const ISSUER: &str = "https://id.example";
const CLIENT: &str = "qige";
const NONCE: &str = "n-0S6_WzA2Mj";
pub(crate) const NOW: i64 = 1_796_000_000;
const ALGORITHMS: [&str; 5] = ["RS256", "PS256", "ES256", "ES384", "EdDSA"];

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn signer() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key of thirty-two bytes")
}

/// Header, claims and the service's keys, a line each.
pub(crate) fn tokens() -> Vec<Vec<u8>> {
    let keys = json!({ "keys": [
        { "kty": "RSA", "n": encoded([0xd5; 256]), "e": "AQAB", "use": "sig" },
        { "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
          "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" },
        { "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": encoded(signer().public_key()) },
    ] });
    let claims = |audience: Value| {
        json!({
            "iss": ISSUER, "sub": "w07", "aud": audience, "azp": CLIENT, "nonce": NONCE, "iat": NOW,
            "exp": NOW + 300, "nbf": NOW, "phone_number": "13900000079", "phone_number_verified": true,
        })
    };
    [json!(CLIENT), json!([CLIENT, "others"])]
        .map(|audience| {
            let head = json!({ "alg": "EdDSA", "kid": "a" });
            format!("{head}\n{}\n{keys}", claims(audience)).into_bytes()
        })
        .into()
}

pub(crate) fn token(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (head, claims, keys) = (line(), line(), line());
    let keys: Value = serde_json::from_str(keys).unwrap_or_default();
    let now = Timestamp::from_micros(NOW * Timestamp::SECOND);
    let read = |token: &str| {
        id_token(token, &keys, Expected { issuer: ISSUER, client_id: CLIENT, nonce: NONCE, now })
    };
    let signed = |head: &str| {
        let said = format!("{}.{}", encoded(head), encoded(claims));
        let signature = encoded(signer().sign(said.as_bytes()));
        format!("{said}.{signature}")
    };
    assert!(read(&text).is_err(), "nobody signed that");
    for algorithm in ALGORITHMS {
        let believed = read(&signed(&json!({ "alg": algorithm }).to_string())).is_ok();
        assert!(!believed || algorithm == "EdDSA", "{algorithm} is not how that was signed");
    }
    let Ok(claims) = read(&signed(head)) else { return false };
    let letters = claims.subject.chars().count();
    assert!((1..=255).contains(&letters) && claims.all.get("iss") == Some(&json!(ISSUER)));
    let _sure = ["phone_number", "email", "sub"].map(|name| claims.sure(name).is_some());
    true
}

pub(crate) fn subscriptions() -> Vec<Vec<u8>> {
    let key = [&[4], [9; 64].as_slice()].concat();
    seed::texts(&[&json!({
        "endpoint": "https://push.example/send/abc", "expirationTime": null,
        "keys": { "p256dh": encoded(key), "auth": encoded([3; 16]) },
    })
    .to_string()])
}

pub(crate) fn subscription(bytes: &[u8]) -> bool {
    let Ok(browser) = serde_json::from_slice::<Subscription>(bytes) else { return false };
    let sound = browser.is_sound();
    let kept = serde_json::to_vec(&browser).expect("write it as it is kept");
    let again = serde_json::from_slice::<Subscription>(&kept).expect("read it as it was kept");
    assert_eq!(again.is_sound(), sound, "kept, it is what it was");
    sound
}
