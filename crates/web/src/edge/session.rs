//! From the bare request to its context: tenant, session, language, wanted face.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use http::request::Parts;
use http::{HeaderMap, header};
use qige_db::{Actor, Asker, Failure};
use qige_identity::{CredentialKind, Secret, Tenant, Touch, device_by_secret, who_by_secret};
use qige_kernel::{CredentialId, TenantId, Timestamp};
use serde_json::Value;

use super::known::Holder;
use super::{RequestId, Site, host, is_plain_file, peer};
use crate::cookies::{self, Flash};
use crate::cx::Seen;
use crate::{Cx, Face, Fault, Locale, State};

/// Looks up everything that a handler knows of its request.
///
/// # Errors
/// A fault, with as much of a context as it takes to say it.
pub(super) async fn look(site: &Site, request: &Parts, peer: IpAddr) -> Result<Cx, Box<(Cx, Fault)>> {
    let mut seen = before_session(site, request, peer);
    match find(&site.state, request, &mut seen).await {
        Ok(()) => {
            seen.locale = locale(&seen, &request.headers);
            seen.elder = seen.who.as_ref().and_then(|who| who.elder).or(seen.elder);
            Ok(Cx::new(seen))
        }
        Err(fault) => Err(Box::new((Cx::new(seen), fault))),
    }
}

/// What can be told without the database.
fn before_session(site: &Site, request: &Parts, peer: IpAddr) -> Seen {
    let state = &site.state;
    let (headers, now) = (&request.headers, state.app().now());
    let secure = peer::is_secure(request, state.settings());
    let address = request.uri.path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
    let mut seen = Seen {
        state: state.clone(),
        table: site.table.clone(),
        tenant: None,
        who: None,
        device: None,
        by_cookie: false,
        locale: Locale::default(),
        elder: elder(cookies::get(headers, cookies::ELDER, secure)),
        theme: theme(cookies::get(headers, cookies::THEME, secure)),
        face: face(headers),
        now,
        method: request.method.clone(),
        address,
        from: peer::referring_page(headers, &host(request)),
        peer,
        secure,
        request_id: request.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        browser: cookies::get(headers, cookies::BROWSER, secure).and_then(|text| text.parse().ok()),
        setup_code: crate::setup::shown_code(headers, secure),
        flash: Flash::read(headers, state.signer(), now, secure),
        refill: None,
        sent: Arc::new(Mutex::new(Value::Null)),
        redrawn: Arc::default(),
    };
    seen.locale = locale(&seen, headers);
    seen
}

/// Tenant and session.
async fn find(state: &State, request: &Parts, seen: &mut Seen) -> Result<(), Fault> {
    if is_plain_file(request.uri.path()) {
        return Ok(());
    }
    seen.tenant = state.tenant(&host(request), seen.now).await?;
    let Some(tenant) = seen.tenant.as_ref().map(|tenant| tenant.id) else { return Ok(()) };
    let headers = &request.headers;
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (text, by_cookie) = match bearer.and_then(|text| text.split_once(' ')) {
        Some((scheme, secret)) if scheme.eq_ignore_ascii_case("bearer") => (Some(secret.trim()), false),
        _ => (cookies::get(headers, cookies::SESSION, seen.secure), true),
    };
    let Some(secret) = text.and_then(|text| text.parse::<Secret>().ok()) else {
        // A bearer that is none of ours is not a stranger: whoever sent it believes to be known.
        return if bearer.is_some() { Err(Fault::sign_in()) } else { Ok(()) };
    };
    // What a script can read must not open what a cookie opens, nor the other way round.
    if by_cookie != (secret.kind() == CredentialKind::Session) {
        return if by_cookie { Ok(()) } else { Err(Fault::sign_in()) };
    }
    let (who, device) = known(state, tenant, secret, seen.now).await?;
    if !by_cookie && who.is_none() && device.is_none() {
        return Err(Fault::sign_in());
    }
    let due = who.iter().filter(|who| who.touch_due).map(|who| who.credential);
    let due = due.chain(device.iter().filter(|device| device.touch_due).map(|device| device.credential));
    if let Some(credential) = due.last() {
        touch(state, tenant, credential, seen.now);
    }
    (seen.by_cookie, seen.who, seen.device) = (by_cookie, who, device);
    Ok(())
}

async fn known(state: &State, tenant: TenantId, secret: Secret, now: Timestamp) -> Result<Holder, Failure> {
    let key = (tenant, secret.digest());
    let heard = match state.known().find(&key, now) {
        Ok(holder) => return Ok(holder),
        Err(heard) => heard,
    };
    let look = state.app().db.read(Asker::system(tenant), move |tx| {
        Box::pin(async move {
            let device = match secret.kind() {
                CredentialKind::Device => device_by_secret(tx, &secret, now).await?,
                CredentialKind::Session
                | CredentialKind::Token
                | CredentialKind::Half
                | CredentialKind::Browser => None,
            };
            Ok((who_by_secret(tx, &secret, now).await?, device))
        })
    });
    let holder = look.await?;
    state.known().keep(key, &holder, heard, now);
    Ok(holder)
}

/// Notes that a credential was used. Nobody waits for it: at worst the list of sessions is minutes behind.
fn touch(state: &State, tenant: TenantId, credential: CredentialId, at: Timestamp) {
    let db = state.app().db.clone();
    let asker = Asker { tenant, actor: Actor::System };
    tokio::spawn(async move {
        if let Err(error) = db.write(asker, Touch { credential, at }).await {
            tracing::warn!(%error, "a credential's use was not noted");
        }
    });
}

/// The person's choice, else this browser's, else what the browser's owner reads, else the tenant's.
fn locale(seen: &Seen, headers: &HeaderMap) -> Locale {
    let chosen = seen.who.as_ref().and_then(|who| Locale::from_tag(who.locale.as_deref()?));
    let here = || cookies::get(headers, cookies::LANGUAGE, seen.secure).and_then(Locale::from_tag);
    let read = || Locale::from_accept_language(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    let usual = || seen.tenant.as_ref().and_then(|tenant: &Tenant| Locale::from_tag(&tenant.locale));
    chosen.or_else(here).or_else(read).or_else(usual).unwrap_or_default()
}

fn elder(cookie: Option<&str>) -> Option<u8> {
    cookie?.parse().ok().filter(|size| (18..=30).contains(size))
}

fn theme(cookie: Option<&str>) -> Option<&'static str> {
    match cookie? {
        "dark" => Some("dark"),
        "light" => Some("light"),
        _ => None,
    }
}

/// Which face is wanted (RFC 9110 §12.5.1). Where the header does not say, a program is known by the JSON it
/// sends or by its token.
fn face(headers: &HeaderMap) -> Face {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let (mut html, mut json) = (0.0_f32, 0.0_f32);
    for part in accept.split(',') {
        let mut pieces = part.split(';');
        let kind = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        match kind.as_str() {
            "text/html" | "application/xhtml+xml" => html = html.max(weight),
            "application/json" | "application/problem+json" => json = json.max(weight),
            other if other.starts_with("application/") && other.ends_with("+json") => json = json.max(weight),
            _ => {}
        }
    }
    let program = headers.contains_key(header::AUTHORIZATION)
        || headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.contains("json") || kind.contains("octet-stream"))
        });
    if json > html || (json >= html && program) { Face::Json } else { Face::Html }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_is_what_the_header_asks_for() {
        let of = |pairs: &[(header::HeaderName, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
            face(&HeaderMap::from_iter(pairs))
        };
        let accept = header::ACCEPT;
        assert_eq!(of(&[(accept.clone(), "text/html,application/xhtml+xml,*/*;q=0.8")]), Face::Html);
        assert_eq!(of(&[(accept.clone(), "application/json")]), Face::Json);
        assert_eq!(of(&[(accept.clone(), "text/html;q=0.5, application/json")]), Face::Json);
        assert_eq!(of(&[(accept.clone(), "*/*")]), Face::Html);
        assert_eq!(of(&[(accept, "*/*"), (header::AUTHORIZATION, "Bearer qt_x")]), Face::Json);
        assert_eq!(of(&[(header::CONTENT_TYPE, "application/json")]), Face::Json);
        assert_eq!(of(&[]), Face::Html);
    }
}
