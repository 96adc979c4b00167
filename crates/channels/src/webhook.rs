//! Events for other programs: CloudEvents 1.0 in structured mode
//! (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md>), signed
//! as Standard Webhooks asks
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Method, header};
use ring::hmac;
use serde_json::{Value, json};

use crate::{Call, Destination, Outbound, SendError};

/// What secrets begin with, so that a leaked one is known for what it is.
const PREFIX: &str = "whsec_";
/// Bytes of chance in a secret, as the standard asks.
pub const SECRET_BYTES: usize = 32;
/// Bytes that the standard takes.
const SECRET_BYTES_MIN: usize = 24;
const SECRET_BYTES_MAX: usize = 64;

/// What an event is signed with: `whsec_` and base64. Written out by `Display` only.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

/// Text that is no such secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no whsec_ and 24 to 64 bytes in base64")]
pub struct WebhookSecretError;

impl WebhookSecret {
    /// From chance.
    #[must_use]
    pub fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes.into())
    }

    fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let signature = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(signature))
    }
}

impl fmt::Display for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(&self.0))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl FromStr for WebhookSecret {
    type Err = WebhookSecretError;

    fn from_str(text: &str) -> Result<Self, WebhookSecretError> {
        let bytes = text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let fits = |bytes: &Vec<u8>| (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes.len());
        bytes.filter(fits).map(Self).ok_or(WebhookSecretError)
    }
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// The same for each try: whoever gets it twice does its work once.
    pub id: &'a str,
    /// Which installation and subdistrict it comes from: an address.
    pub source: &'a str,
    /// What sort of event, in reverse order of a domain.
    pub kind: &'a str,
    /// What it is about, within the source.
    pub subject: &'a str,
    /// When it happened: RFC 3339.
    pub time: &'a str,
    /// What there is to know.
    pub data: Value,
}

impl Event<'_> {
    fn to_json(&self) -> String {
        json!({
            "specversion": "1.0", "id": self.id, "source": self.source, "type": self.kind,
            "subject": self.subject, "time": self.time,
            "datacontenttype": "application/json", "data": self.data,
        })
        .to_string()
    }
}

/// Sends an event, signed with each of the secrets: while one follows another, both hold. `now` is in seconds
/// since 1970.
///
/// # Errors
/// [`SendError`]; an event that may have arrived may be sent again, since its id is the same.
pub async fn send(
    outbound: &Outbound,
    address: &Destination,
    secrets: &[WebhookSecret],
    event: &Event<'_>,
    now: i64,
) -> Result<(), SendError> {
    let body = event.to_json();
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(event.id, now, &body)).collect();
    let value = |text: &str| {
        HeaderValue::from_str(text).map_err(|_| SendError::Never("the event's id is no header".to_owned()))
    };
    let headers = vec![
        (header::CONTENT_TYPE, HeaderValue::from_static("application/cloudevents+json; charset=utf-8")),
        (HeaderName::from_static("webhook-id"), value(event.id)?),
        (HeaderName::from_static("webhook-timestamp"), value(&now.to_string())?),
        (HeaderName::from_static("webhook-signature"), value(&signatures.join(" "))?),
    ];
    let call = Call { method: Method::POST, to: address.clone(), headers, body: body.into() };
    match outbound.send(call).await?.require_success() {
        // Who has moved may come back: only 410 means never again, as the standard says.
        Err(SendError::Gone(words)) if words.ends_with("404") => Err(SendError::Later(words, None)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_as_published() {
        // The example of the standard's own libraries.
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret.to_string(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
        for wrong in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_*"] {
            assert!(wrong.parse::<WebhookSecret>().is_err(), "{wrong}");
        }
    }
}
