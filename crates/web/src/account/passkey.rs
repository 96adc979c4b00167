//! Signing in by a passkey, alone or where a second step is asked.

use axum::Json;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use qige_identity::passkey::{
    ASK_MICROS, AskPasskey, PasskeyAttempt, PasskeyPurpose, Signed, Site, sign_in_by_passkey,
};
use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::label_of;
use super::second::{let_in, show_browser};
use crate::{Access, Cx, Done, Fault, Input, Routes, cookies};

pub(super) fn routes() -> Routes {
    Routes::of("account")
        .post("/sign-in/passkey/ask", Access::Public, "What a passkey is to sign, to sign in", ask)
        .get("/sign-in/passkey", Access::Public, "Where one signs in, after a passkey", back)
        .post("/sign-in/passkey", Access::Public, "Sign in by a passkey", enter)
}

/// Bytes as the browser's interface has them in JSON: base64url without padding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(with = "String")]
pub(super) struct Base64(pub(super) Vec<u8>);

impl From<Base64> for String {
    fn from(bytes: Base64) -> Self {
        URL_SAFE_NO_PAD.encode(bytes.0)
    }
}

/// Bytes that a browser sent in that form.
pub(super) fn bytes(field: &'static str, text: &str) -> Result<Vec<u8>, Fault> {
    let odd = |error| Fault::from(Refusal::invalid(field, "passkey-odd")).because(error);
    URL_SAFE_NO_PAD.decode(text).map_err(odd)
}

/// Where the browser stands, as it addressed us.
pub(crate) fn site(cx: &Cx, headers: &HeaderMap) -> Site {
    let authority = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = authority.unwrap_or_default().to_ascii_lowercase();
    let name = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let host = name.map_or(authority.as_str(), |(name, _)| name).to_owned();
    let scheme = if cx.is_secure() { "https" } else { "http" };
    Site { origin: format!("{scheme}://{authority}"), host }
}

/// Notes what this browser is asked, and gives it something to be known by.
pub(super) async fn challenge(cx: &Cx, purpose: PasskeyPurpose) -> Result<([u8; 32], HeaderMap), Fault> {
    let (from, challenge) = (cx.tried_from(), cx.app().entropy.bytes());
    let ask = AskPasskey { browser: from.browser.digest(), purpose, challenge, at: cx.now() };
    cx.write(ask).await?;
    let shown = show_browser(cx, &from).into_iter().map(|cookie| (header::SET_COOKIE, cookie));
    Ok((challenge, shown.collect()))
}

/// How long the browser waits for its owner, milliseconds.
pub(super) const TIMEOUT_MILLIS: i64 = ASK_MICROS / 1_000;

/// `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Asked {
    challenge: Base64,
    rp_id: String,
    user_verification: &'static str,
    timeout: i64,
}

/// A button without fields.
#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn ask(
    cx: Cx,
    headers: HeaderMap,
    _nothing: Input<Nothing>,
) -> Result<(HeaderMap, Json<Asked>), Fault> {
    let (challenge, shown) = challenge(&cx, PasskeyPurpose::In).await?;
    let asked = Asked {
        challenge: Base64(challenge.to_vec()),
        rp_id: site(&cx, &headers).host,
        user_verification: "required",
        timeout: TIMEOUT_MILLIS,
    };
    Ok((shown, Json(asked)))
}

/// Where a refused one is said; whoever comes by themselves is shown the form.
async fn back() -> Done {
    Done::see("/sign-in")
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Enter {
    /// The passkey, as the device names it.
    handle: String,
    /// What the browser says of it.
    client_data: String,
    /// What the device says.
    authenticator: String,
    /// The signature of both.
    signature: String,
    /// Where to go afterwards.
    next: Option<String>,
}

async fn enter(cx: Cx, headers: HeaderMap, input: Input<Enter>) -> Result<Done, Fault> {
    let Enter { handle, client_data, authenticator, signature, next } = input.value;
    let from = cx.tried_from();
    let attempt = PasskeyAttempt {
        tenant: cx.tenant()?.id,
        answer: Signed {
            handle: bytes("handle", &handle)?,
            client_data: bytes("client_data", &client_data)?,
            authenticator: bytes("authenticator", &authenticator)?,
            signature: bytes("signature", &signature)?,
        },
        site: site(&cx, &headers),
        from: from.clone(),
        label: label_of(&headers),
        at: cx.now(),
    };
    let signed_in = sign_in_by_passkey(&cx.app().db, attempt, &cx.app().entropy).await?;
    let done = let_in(&cx, &signed_in, &from, next.as_deref()).await?;
    // Where a second step was asked, this was it.
    let gone = cookies::set(cookies::HALF, "", Some(0), cx.is_secure());
    Ok(gone.into_iter().fold(done, Done::cookie))
}
