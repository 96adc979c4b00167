//! Who we are, for a push service: Voluntary Application Server Identification (RFC 8292).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

/// How long a permit holds, seconds: at most a day (RFC 8292 §2); half of it leaves room for a wrong clock.
const PERMIT_SECONDS: i64 = 12 * 60 * 60;

/// The key that browsers subscribe to; with another one all of them would have to subscribe again.
#[derive(Clone)]
pub struct PushKey {
    pair: Arc<EcdsaKeyPair>,
    /// Whom the service writes to when something is wrong: `mailto:` or an address.
    contact: String,
}

/// Text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no key for web push: PKCS #8 of P-256 in base64")]
pub struct PushKeyError;

impl PushKey {
    /// A new key, as it is kept: PKCS #8 in base64.
    ///
    /// # Errors
    /// When the machine gives no chance.
    pub fn draw() -> Result<String, PushKeyError> {
        let drawn = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        drawn.map(|document| STANDARD.encode(document)).map_err(|_| PushKeyError)
    }

    /// With somebody for the service to write to.
    #[must_use]
    pub fn with_contact(self, contact: &str) -> Self {
        Self { contact: contact.to_owned(), ..self }
    }

    /// What browsers subscribe with (`applicationServerKey`), in base64url.
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key())
    }

    /// The header `Authorization` for a service of that origin.
    pub(super) fn authorization(&self, origin: &str, now: i64) -> Option<String> {
        let claims = json!({ "aud": origin, "exp": now.saturating_add(PERMIT_SECONDS), "sub": self.contact });
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature), self.public()))
    }
}

impl FromStr for PushKey {
    type Err = PushKeyError;

    fn from_str(text: &str) -> Result<Self, PushKeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| PushKeyError)?;
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes, &random);
        let pair = pair.map_err(|_| PushKeyError)?;
        Ok(Self { pair: Arc::new(pair), contact: String::new() })
    }
}

impl fmt::Debug for PushKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushKey({})", self.public())
    }
}
