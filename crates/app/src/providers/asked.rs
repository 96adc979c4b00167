//! What a service is asked: where to send people, and who came back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use qige_channels::{Call, Destination, OutboundError};
use qige_identity::provider::{Claims, Expected, Flow, Linked, TokenFault, id_token};
use qige_identity::{PhoneNumber, SignInName};
use qige_kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Provider, Providers};

/// Where a service says of itself what it is (OpenID Connect Discovery 1.0 §4).
const CONFIGURATION: &str = "/.well-known/openid-configuration";

/// Why a service cannot say who somebody is, for the log.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be spoken to.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// It answers something else.
    #[error("the service's {0} is none")]
    Odd(&'static str),
    /// It does not take the code: it is used, too old, or not ours.
    #[error("the service does not take the code: {0}")]
    Code(u16),
    /// What it says is not believed.
    #[error(transparent)]
    Token(#[from] TokenFault),
}

/// What a service says of itself.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Endpoints {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

impl Endpoints {
    /// Each of them with what it is called.
    fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let always = [
            ("authorization endpoint", self.authorization_endpoint.as_str()),
            ("token endpoint", self.token_endpoint.as_str()),
            ("key set", self.jwks_uri.as_str()),
        ];
        let sometimes = self.userinfo_endpoint.as_deref().map(|address| ("userinfo endpoint", address));
        always.into_iter().chain(sometimes)
    }
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    #[serde(default)]
    access_token: String,
}

/// Somebody who came back.
#[derive(Clone, Debug)]
pub struct CameBack {
    /// The account there.
    pub account: Linked,
    /// The number that means somebody here.
    pub phone: Option<PhoneNumber>,
    /// The sign-in name that does.
    pub name: Option<SignInName>,
}

impl Providers {
    /// Where a browser is sent, to come back at `redirect`.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn address(
        &self,
        provider: &Provider,
        flow: &Flow,
        redirect: &str,
        now: Timestamp,
    ) -> Result<String, ProviderError> {
        let endpoints = self.endpoints(provider, now).await?;
        let scope = format!("openid {}", provider.scope);
        let (state, nonce, challenge) = (flow.state(), flow.nonce(), flow.challenge());
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", redirect),
            ("scope", scope.trim()),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let between = if endpoints.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{}{between}{query}", endpoints.authorization_endpoint))
    }

    /// Who came back with that code.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn came_back(
        &self,
        provider: &Provider,
        flow: &Flow,
        (code, redirect): (&str, &str),
        now: Timestamp,
    ) -> Result<CameBack, ProviderError> {
        let endpoints = self.endpoints(provider, now).await?;
        let tokens = self.tokens(provider, &endpoints, flow, (code, redirect)).await?;
        let keys: Value = self.get(&endpoints.jwks_uri, None, "key set").await?;
        let nonce = flow.nonce();
        let (issuer, client_id) = (&provider.issuer, &provider.client_id);
        let expected = Expected { issuer, client_id, nonce: &nonce, now };
        let mut claims = id_token(&tokens.id_token, &keys, expected)?;
        let wanted: Vec<&String> = provider.phone_claim.iter().chain(&provider.name_claim).collect();
        if wanted.iter().any(|name| !claims.all.contains_key(*name)) {
            self.ask_more(&endpoints, &tokens.access_token, &mut claims).await?;
        }
        let claim = |name: &Option<String>| claims.sure(name.as_deref()?).map(str::to_owned);
        Ok(CameBack {
            phone: claim(&provider.phone_claim).and_then(|text| text.parse().ok()),
            name: claim(&provider.name_claim).and_then(|text| text.parse().ok()),
            account: Linked {
                provider: provider.name.clone(),
                issuer: issuer.clone(),
                subject: claims.subject,
            },
        })
    }

    async fn endpoints(&self, provider: &Provider, now: Timestamp) -> Result<Endpoints, ProviderError> {
        if let Some(known) = self.remembered(provider, now) {
            return Ok(known);
        }
        let address = format!("{}{CONFIGURATION}", provider.issuer.trim_end_matches('/'));
        let found: Endpoints = self.get(&address, None, "configuration").await?;
        if found.issuer != provider.issuer {
            return Err(TokenFault::Issuer.into());
        }
        // People type a password where they are sent; our own secret goes elsewhere, keys come from there.
        let safe = |address: &str| {
            let there: Option<Destination> = address.parse().ok();
            there.is_some_and(|there| there.is_tls() || provider.issuer.starts_with("http://"))
        };
        for (name, address) in found.named() {
            if !safe(address) {
                return Err(ProviderError::Odd(name));
            }
        }
        self.remember(provider, &found, now);
        Ok(found)
    }

    async fn tokens(
        &self,
        provider: &Provider,
        endpoints: &Endpoints,
        flow: &Flow,
        (code, redirect): (&str, &str),
    ) -> Result<Tokens, ProviderError> {
        let (id, secret, verifier) = (&provider.client_id, &provider.client_secret, flow.verifier());
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", &verifier),
        ];
        let mut headers = vec![
            (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            (header::ACCEPT, HeaderValue::from_static("application/json")),
        ];
        let ways = &endpoints.token_endpoint_auth_methods_supported;
        let basic = ways.is_empty() || ways.iter().any(|way| way == "client_secret_basic");
        if secret.is_empty() {
            fields.push(("client_id", id));
        } else if basic {
            headers.push((header::AUTHORIZATION, credentials(id, secret)?));
        } else {
            fields.extend([("client_id", id.as_str()), ("client_secret", secret.as_str())]);
        }
        let to = destination(&endpoints.token_endpoint, "token endpoint")?;
        let call = Call { method: Method::POST, to, headers, body: form(&fields).into() };
        let answer = self.outbound.send(call).await?;
        if !answer.status.is_success() {
            return Err(ProviderError::Code(answer.status.as_u16()));
        }
        serde_json::from_slice(&answer.body).map_err(|_| ProviderError::Odd("token answer"))
    }

    /// Asks for what the token does not say (OpenID Connect Core §5.3). An answer about somebody else is
    /// none.
    async fn ask_more(
        &self,
        endpoints: &Endpoints,
        access_token: &str,
        claims: &mut Claims,
    ) -> Result<(), ProviderError> {
        let Some(address) = &endpoints.userinfo_endpoint else { return Ok(()) };
        let more: serde_json::Map<String, Value> =
            self.get(address, Some(access_token), "word about somebody").await?;
        if more.get("sub").and_then(Value::as_str) != Some(&claims.subject) {
            return Err(TokenFault::Subject.into());
        }
        for (name, value) in more {
            claims.all.entry(name).or_insert(value);
        }
        Ok(())
    }

    async fn get<T: serde::de::DeserializeOwned>(
        &self,
        address: &str,
        bearer: Option<&str>,
        what: &'static str,
    ) -> Result<T, ProviderError> {
        let to = destination(address, what)?;
        let mut headers: Vec<(HeaderName, HeaderValue)> =
            vec![(header::ACCEPT, HeaderValue::from_static("application/json"))];
        if let Some(token) = bearer {
            let value = HeaderValue::from_str(&format!("Bearer {token}"));
            let mut value = value.map_err(|_| ProviderError::Odd("access token"))?;
            value.set_sensitive(true);
            headers.push((header::AUTHORIZATION, value));
        }
        let answer =
            self.outbound.send(Call { method: Method::GET, to, headers, body: Bytes::new() }).await?;
        if !answer.status.is_success() {
            return Err(ProviderError::Odd(what));
        }
        serde_json::from_slice(&answer.body).map_err(|_| ProviderError::Odd(what))
    }
}

fn destination(address: &str, what: &'static str) -> Result<Destination, ProviderError> {
    address.parse().map_err(|_| ProviderError::Odd(what))
}

/// Each part is written like a form's before both are (RFC 6749 §2.3.1).
fn credentials(id: &str, secret: &str) -> Result<HeaderValue, ProviderError> {
    let both = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
    let value = HeaderValue::from_str(&format!("Basic {both}"));
    let mut value = value.map_err(|_| ProviderError::Odd("client secret"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Percent-encoded, all but what RFC 3986 §2.3 leaves as it is.
fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}
