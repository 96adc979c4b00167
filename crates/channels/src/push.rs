//! Web Push: a message to a browser through the service that its maker runs (RFC 8030), which can neither
//! read it (RFC 8291) nor be used by anybody but us (RFC 8292).
//!
//! | file | what lives there |
//! | --- | --- |
//! | `encrypt.rs` | what only the browser can read; pure but for the key of each message |
//! | `vapid.rs` | [`PushKey`]: who we are, for the service |

mod encrypt;
mod vapid;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, HeaderValue, Method, header};
use serde::{Deserialize, Serialize};

use crate::{Call, Destination, Outbound, SendError};
pub use encrypt::MESSAGE_BYTES_MAX;
use encrypt::sealed;
pub use vapid::{PushKey, PushKeyError};

/// How long a service keeps a message for a browser that is not there, seconds: what needed somebody
/// yesterday is read in the inbox.
const KEEP_SECONDS: &str = "86400";
/// Letters of a topic at most (RFC 8030 §5.4).
const TOPIC_CHARS: usize = 32;

/// A browser that wants to be told, as its `PushSubscription.toJSON()` gives it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Subscription {
    /// The address at its maker's service.
    pub endpoint: String,
    /// Its keys.
    pub keys: SubscriptionKeys,
}

/// The keys of a browser, in base64url.
#[derive(Clone, Serialize, Deserialize)]
pub struct SubscriptionKeys {
    /// Its public key: a point of P-256, not compressed.
    pub p256dh: String,
    /// Sixteen bytes that it shares with us.
    pub auth: String,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription(…)")
    }
}

impl Subscription {
    /// Whether it can be sent to: an address over HTTPS and keys of the right size. (A service on this
    /// machine is for tests.)
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let to: Result<Destination, _> = self.endpoint.parse();
        to.is_ok() && self.public_key().is_some() && self.auth().is_some()
    }

    fn public_key(&self) -> Option<[u8; 65]> {
        let key: [u8; 65] = decoded(&self.keys.p256dh)?.try_into().ok()?;
        // Uncompressed (SEC 1 §2.3.3).
        (key.first() == Some(&4)).then_some(key)
    }

    fn auth(&self) -> Option<[u8; 16]> {
        decoded(&self.keys.auth)?.try_into().ok()
    }
}

/// Browsers leave the padding out, and some libraries do not.
fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// Sends a message. One that carries the same `topic` takes the place of one that waits at the service. `now`
/// is in seconds since 1970; `salt` is chance.
///
/// # Errors
/// [`SendError`]; one that may have arrived may be sent again, since it has a topic.
pub async fn send(
    outbound: &Outbound,
    key: &PushKey,
    to: &Subscription,
    message: &[u8],
    topic: &str,
    salt: [u8; 16],
    now: i64,
) -> Result<(), SendError> {
    let never = |words: &str| SendError::Never(words.to_owned());
    let address: Destination = to.endpoint.parse().map_err(|_| never("the endpoint is no address"))?;
    let (public, auth) =
        to.public_key().zip(to.auth()).ok_or_else(|| never("the browser's keys are none"))?;
    let body = sealed(message, &public, &auth, salt).ok_or_else(|| never("the message cannot be sealed"))?;
    let permit = key.authorization(&address.origin(), now).ok_or_else(|| never("the key cannot sign"))?;
    let topic: String = topic.chars().filter(char::is_ascii_alphanumeric).take(TOPIC_CHARS).collect();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| never("a header is none"));
    let headers = vec![
        (header::AUTHORIZATION, value(&permit)?),
        (header::CONTENT_ENCODING, HeaderValue::from_static("aes128gcm")),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (HeaderName::from_static("ttl"), HeaderValue::from_static(KEEP_SECONDS)),
        (HeaderName::from_static("topic"), value(&topic)?),
        (HeaderName::from_static("urgency"), HeaderValue::from_static("normal")),
    ];
    let call = Call { method: Method::POST, to: address, headers, body: body.into() };
    outbound.send(call).await?.require_success()
}
