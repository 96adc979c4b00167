//! The edge: what every request passes before the table, and every answer after it.
//!
//! In this order: panics are caught, the answer is measured and gets its headers, the address is told, the
//! bucket is asked, the session is looked up, the table answers, the answer is rendered.

mod known;
mod peer;
mod session;

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State as AxumState};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use qige_kernel::{Refusal, RefusalKind};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::base_map;
use crate::download::{FileKind, Xlsx};
use crate::limits::{By, Class};
use crate::routes::Answered;
use crate::{Cx, Done, Face, Fault, Routes, State, render};
pub(crate) use known::Known;

/// How long a handler may take; live pages answer at once and go on after it.
const HANDLER_SECONDS: u64 = 30;
/// How long one that brings files may take: a photo of 2 MB at one bar of signal (some 4 KB/s) is on its
/// way for eight minutes.
const FILES_SECONDS: u64 = 600;
/// Longest address that is looked at.
const ADDRESS_BYTES_MAX: usize = 8 * 1024;
/// Answers shorter than this are not worth packing.
const PACKED_BYTES_MIN: u64 = 512;

/// A connection over TLS of our own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverTls;

/// What the edge stands before.
#[derive(Clone)]
struct Site {
    state: State,
    table: Router,
}

/// The whole site: the table behind the edge.
pub(crate) fn site(state: &State, table: &Routes) -> Router {
    let inner = table.router().with_state(state.clone());
    let site = Site { state: state.clone(), table: inner.clone() };
    let worth_packing = SizeAbove::new(PACKED_BYTES_MIN)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        // A workbook is packed already.
        .and(NotForContentType::const_new(Xlsx::MEDIA_TYPE))
        .and(NotForContentType::const_new("application/octet-stream"));
    Router::new()
        .fallback_service(inner)
        .layer(from_fn_with_state(site, pass))
        .layer(CompressionLayer::new().compress_when(worth_packing))
        .layer(from_fn_with_state(state.clone(), outermost))
}

/// Catches panics, measures, logs, and adds the headers that even a broken answer must have.
async fn outermost(AxumState(state): AxumState<State>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let (method, secure) = (parts.method.clone(), peer::is_secure(&parts, state.settings()));
    let request_id = request_id(&state);
    parts.extensions.insert(RequestId(request_id.clone()));
    let request = Request::from_parts(parts, body);
    state.metrics().in_flight.fetch_add(1, Ordering::Relaxed);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    state.metrics().in_flight.fetch_sub(1, Ordering::Relaxed);
    let mut response = answered.unwrap_or_else(|_| {
        state.metrics().panics.fetch_add(1, Ordering::Relaxed);
        tracing::error!(%method, request_id, "a panic outside the table");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    });
    state.security().add(response.headers_mut(), secure);
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let pattern = response.extensions().get::<Answered>().map_or("none", |answered| answered.0);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    state.metrics().note(known_method(&method), pattern, status, took);
    // The pattern, not the path: paths carry codes that open things.
    tracing::info!(%method, path = pattern, status, took_micros = took.as_micros(), request_id, "answered");
    response
}

/// Names one request in logs and answers.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

fn request_id(state: &State) -> String {
    let id: uuid::Uuid = state.app().entropy.id(state.app().now());
    id.to_string()
}

fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// From the bare request to the rendered answer.
async fn pass(AxumState(site): AxumState<Site>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let address = peer::address(&parts, site.state.settings());
    let cx = match session::look(&site, &parts, address).await {
        Ok(cx) => cx,
        Err(refused) => return render::finish(&refused.0, refused.1.into_response()).await,
    };
    if let Err(fault) = admit(&cx, &parts) {
        return render::finish(&cx, fault.into_response()).await;
    }
    if let Some(fault) = not_set_up(&cx, &parts).await {
        return render::finish(&cx, fault).await;
    }
    parts.extensions.insert(cx.clone());
    let request = Request::from_parts(parts, body);
    let answer = AssertUnwindSafe(answer(next, request)).catch_unwind().await;
    let answer = answer.unwrap_or_else(|panic| {
        site.state.metrics().panics.fetch_add(1, Ordering::Relaxed);
        let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        tracing::error!(said, request_id = cx.seen().request_id, "a handler panicked");
        Fault::broken().into_response()
    });
    render::finish(&cx, answer).await
}

async fn answer(next: Next, request: Request<Body>) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let brings_files = kind.is_some_and(|kind| {
        kind.starts_with("multipart/form-data") || kind == "application/offset+octet-stream"
    });
    let limit = Duration::from_secs(if brings_files { FILES_SECONDS } else { HANDLER_SECONDS });
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => Fault::from(Refusal::new(RefusalKind::Unavailable, "too-slow")).into_response(),
    }
}

/// Before anybody can sign in, every page leads to setting up.
async fn not_set_up(cx: &Cx, request: &Parts) -> Option<Response> {
    let path = request.uri.path();
    if is_plain_file(path)
        || path.starts_with("/setup")
        || path.starts_with("/dev/")
        || path.starts_with("/me/")
        || path.contains('.')
    {
        return None;
    }
    match cx.state().look_whether_set_up().await {
        Ok(true) => None,
        Ok(false) if cx.face() == Face::Html => Some(Done::<()>::see("/setup").into_response()),
        Ok(false) => Some(Fault::from(Refusal::new(RefusalKind::Unavailable, "not-set-up")).into_response()),
        Err(failure) => Some(Fault::from(failure).into_response()),
    }
}

/// Files of the product itself, its base map, questions about its health: cheap, and nobody's data.
fn is_plain_file(path: &str) -> bool {
    path.starts_with("/assets/")
        || matches!(path, base_map::ADDRESS | "/healthz" | "/readyz" | "/metrics" | "/sw.js")
}

/// Whether the request is looked at at all.
fn admit(cx: &Cx, request: &Parts) -> Result<(), Fault> {
    if cx.address().len() > ADDRESS_BYTES_MAX {
        let refusal = Refusal::new(RefusalKind::Invalid, "address-too-long");
        return Err(Fault::new(StatusCode::URI_TOO_LONG, refusal));
    }
    let path = request.uri.path();
    if is_plain_file(path) {
        return Ok(());
    }
    let writes = !matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let by_address = By::address(cx.peer());
    let (class, by) = match (cx.who(), cx.device()) {
        // A lost secret must not let its finder guess at passwords.
        _ if writes && (path == "/sign-in" || path.starts_with("/sign-in/")) => (Class::SignIn, by_address),
        _ if writes && path == "/setup" => (Class::Guess, by_address),
        (Some(who), _) => (Class::Known, By::Credential(who.credential)),
        (None, Some(device)) => (Class::Known, By::Credential(device.credential)),
        (None, None) if writes && path == "/me/device" => (Class::NewDevice, by_address),
        (None, None) if writes => (Class::StrangerWrites, by_address),
        (None, None) => (Class::Stranger, by_address),
    };
    cx.state().limits().take(class, by, cx.now()).map_err(|seconds| {
        cx.state().metrics().limited.fetch_add(1, Ordering::Relaxed);
        Fault::too_many(seconds)
    })?;
    // Whoever shows a token is no browser that another site could misuse. Strangers are checked too: nobody
    // must be signed in by another site as somebody else.
    let by_token = !cx.seen().by_cookie && (cx.who().is_some() || cx.device().is_some());
    let foreign = writes && !by_token && !peer::is_own_origin(request);
    if foreign {
        return Err(Refusal::new(RefusalKind::Forbidden, "other-site").into());
    }
    Ok(())
}

/// The address at the other end of the connection.
fn connected(request: &Parts) -> Option<IpAddr> {
    request.extensions.get::<ConnectInfo<std::net::SocketAddr>>().map(|info| info.0.ip())
}

/// The host that was asked for, in lower case and without port.
fn host(request: &Parts) -> String {
    let host = request.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri.authority().map(http::uri::Authority::as_str));
    let host = host.unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    name.map_or(host, |(name, _)| name).to_ascii_lowercase()
}
