//! The last step: what a handler marked becomes a page, JSON, a problem, or a redirect.

mod chrome;
mod label;
mod problem;
mod refused;
mod trial;

pub(crate) use problem::schema as problem_schema;
pub use trial::try_every_template;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use minijinja::{Value, context};
use tower::ServiceExt;

use crate::cookies::{self, Flash};
use crate::cx::Refill;
use crate::fault::{PASSWORD_FIRST, SECOND_STEP_FIRST};
use crate::page::{AnyView, Redirect};
use crate::routes::Answered;
use crate::templates::{Facts, Keys, RefusedForm};
use crate::{Cx, Face, Fault};

/// HTML of this product.
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// What belongs to somebody is kept by nobody on the way, nor by a browser that others use after them.
const KEEP_NOTHING: HeaderValue = HeaderValue::from_static("no-store");
/// What is for everybody may be kept if it is asked for again.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// A page says something else in another language and as JSON.
const VARY: HeaderValue = HeaderValue::from_static("Accept, Accept-Language, Cookie, Authorization");

/// What a form that says itself what is wrong with it has in its sentence (see `problem` in the components).
const SAID_AT_FORM: &str = "data-refused";

/// Renders what was marked, and leaves everything else as it is. A session whose secret was drawn anew gets
/// it whatever came of the request.
pub(crate) async fn finish(cx: &Cx, response: Response) -> Response {
    let mut response = rendered(cx, response).await;
    if let Some((secret, until)) = cx.seen().redrawn.get()
        && let Some(cookie) = cookies::showing(cx, cookies::SESSION, secret, *until)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn rendered(cx: &Cx, mut response: Response) -> Response {
    if let Some(view) = response.extensions_mut().remove::<AnyView>() {
        return with_headers_of(response, show(cx, &view).await);
    }
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        let endpoint = response.extensions().get::<Answered>().map_or("none", |answered| answered.0);
        refused::note(cx, &fault, endpoint);
        return with_headers_of(response, no(cx, fault).await);
    }
    if let Some(redirect) = response.extensions_mut().remove::<Redirect>() {
        return with_headers_of(response, done(cx, redirect).await);
    }
    response
}

/// The rendered answer with what the handler had already decided: status, cookies, endpoint.
fn with_headers_of(marked: Response, mut rendered: Response) -> Response {
    let (parts, _) = marked.into_parts();
    // A handler that says 200 says nothing special.
    if parts.status != StatusCode::OK && rendered.status() == StatusCode::OK {
        *rendered.status_mut() = parts.status;
    }
    for (name, value) in &parts.headers {
        if name != header::CONTENT_LENGTH {
            rendered.headers_mut().append(name, value.clone());
        }
    }
    rendered.extensions_mut().extend(parts.extensions);
    rendered
}

async fn show(cx: &Cx, view: &AnyView) -> Response {
    match cx.face() {
        Face::Json => match view.json() {
            Ok(bytes) => answer(cx, JSON, bytes),
            Err(error) => broken(cx, &error),
        },
        Face::Html => {
            let look = view.look();
            page(cx, view.value(), &look).await
        }
    }
}

async fn page(cx: &Cx, value: Value, look: &crate::page::Look) -> Response {
    let chrome = chrome::of(cx, look).await;
    let (title, around) = (cx.say(&look.title), Value::from(minijinja::value::Serde(&chrome)));
    let facts = facts(cx);
    let render = |facts: &Facts, banner: Option<&str>| {
        let whole =
            context! { page => value.clone(), title => title.clone(), banner => banner, ..around.clone() };
        cx.state().templates().render(look.template, facts.clone(), whole)
    };
    let rendered = match (render(&facts, None), &facts.refused) {
        // A bare button has no place where it says what is wrong; then the page says it at its head.
        (Ok(html), Some(refused)) if !html.contains(SAID_AT_FORM) => render(&facts, Some(&refused.sentence)),
        (Ok(html), Some(refused)) => match label::of_field_at_fault(&html) {
            Some(label) => {
                let refused = RefusedForm { label: Some(label), ..refused.clone() };
                render(&Facts { refused: Some(refused), ..facts.clone() }, None)
            }
            None => Ok(html),
        },
        (rendered, _) => rendered,
    };
    match rendered {
        Ok(html) => {
            let mut response = answer(cx, HTML, html.into_bytes());
            let seen = cx.seen();
            if let Some(gone) = seen.flash.as_ref().and_then(|flash| flash.clear(seen.now, seen.secure)) {
                response.headers_mut().append(header::SET_COOKIE, gone);
            }
            response
        }
        Err(error) => broken(cx, &error),
    }
}

/// What functions of templates know of this request.
pub(crate) fn facts(cx: &Cx) -> Facts {
    let seen = cx.seen();
    Facts {
        locale: seen.locale,
        zone: seen.tenant.as_ref().map(|tenant| crate::locale::Zone::named(&tenant.zone)).unwrap_or_default(),
        now: seen.now,
        csrf: chrome::csrf(cx),
        refused: seen.refill.as_ref().map(|refill| RefusedForm {
            action: refill.action.clone(),
            sent: refill.sent.clone(),
            field: refill.fault.field.as_ref().map(ToString::to_string),
            label: None,
            sentence: problem::sentence(cx, &refill.fault),
        }),
        keys: Keys::new(cx.app().entropy.clone(), seen.now),
    }
}

/// The page of the form again, with what was sent and what is wrong; else a page that says it; for a program
/// a problem.
async fn no(cx: &Cx, fault: Fault) -> Response {
    if cx.face() == Face::Json {
        return problem::json(cx, &fault);
    }
    if fault.status == StatusCode::UNAUTHORIZED && cx.seen().method == Method::GET {
        return sent(&format!("/sign-in?next={}", encoded(cx.address())));
    }
    let owed_at = match fault.refusal.code {
        PASSWORD_FIRST => Some("/me/password"),
        SECOND_STEP_FIRST => Some("/me/second-step"),
        _ => None,
    };
    if let Some(there) = owed_at.filter(|_| cx.seen().method == Method::GET) {
        return sent(there);
    }
    if let Some(again) = form_again(cx, &fault).await {
        return again;
    }
    let view = AnyView::new(problem::view(cx, &fault));
    let mut response = page(cx, view.value(), &view.look()).await;
    *response.status_mut() = fault.status;
    response
}

/// On to another page before this one.
fn sent(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(location) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, KEEP_NOTHING);
    response
}

/// Percent-encodes a value of a query (RFC 3986 §2.1).
pub(crate) fn encoded(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            said.push(char::from(byte));
        } else {
            said.push_str(&format!("%{byte:02X}"));
        }
    }
    said
}

async fn form_again(cx: &Cx, fault: &Fault) -> Option<Response> {
    if cx.seen().method != Method::POST || !fault.can_be_mended() {
        return None;
    }
    let page = cx.from()?;
    let action = cx.address().split('?').next()?.to_owned();
    let refill = Refill { action, sent: cx.sent(), fault: fault.clone() };
    let mut response = look_at(cx, page, Face::Html, Some(refill)).await?;
    *response.status_mut() = fault.status;
    Some(response)
}

/// Another page of ours, as the same person sees it now; none when it is not a page or is refused.
pub(crate) async fn look_at(cx: &Cx, address: &str, face: Face, refill: Option<Refill>) -> Option<Response> {
    let mut request = Request::builder().method(Method::GET).uri(address).body(Body::empty()).ok()?;
    let there = cx.looking_at(address, face, refill);
    request.extensions_mut().insert(there.clone());
    let mut response = cx.seen().table.clone().oneshot(request).await.ok()?;
    let view = response.extensions_mut().remove::<AnyView>()?;
    Some(Box::pin(show(&there, &view)).await)
}

async fn done(cx: &Cx, redirect: Redirect) -> Response {
    let seen = cx.seen();
    let Ok(location) = HeaderValue::from_str(&redirect.path) else {
        return broken(cx, &"a redirect to an address that cannot be written");
    };
    let mut response = match cx.face() {
        Face::Html => StatusCode::SEE_OTHER.into_response(),
        Face::Json if !redirect.has_view => StatusCode::NO_CONTENT.into_response(),
        Face::Json => match &redirect.view {
            Some(view) => show(cx, view).await,
            None => look_at(cx, &redirect.path, Face::Json, None)
                .await
                .unwrap_or_else(|| StatusCode::NO_CONTENT.into_response()),
        },
    };
    if cx.face() == Face::Html || redirect.created {
        response.headers_mut().insert(header::LOCATION, location);
    } else {
        response.headers_mut().insert(header::CONTENT_LOCATION, location);
    }
    if redirect.created && cx.face() == Face::Json {
        *response.status_mut() = StatusCode::CREATED;
    }
    response.headers_mut().insert(header::CACHE_CONTROL, KEEP_NOTHING);
    let flash = Flash::new(redirect.said.as_ref(), redirect.undo, seen.now);
    let word = flash.and_then(|flash| flash.write(cx.state().signer(), seen.now, seen.secure));
    let word = word.filter(|_| cx.face() == Face::Html);
    for cookie in redirect.cookies.into_iter().chain(word) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if redirect.forgets {
        response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    }
    response
}

fn answer(cx: &Cx, kind: HeaderValue, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::VARY, VARY);
    let known = cx.who().is_some() || cx.device().is_some();
    headers.insert(header::CACHE_CONTROL, if known { KEEP_NOTHING } else { ASK_AGAIN });
    if cx.face() == Face::Html {
        let language = HeaderValue::from_static(cx.locale().tag());
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    response
}

/// When even the page that says so cannot be rendered.
fn broken(cx: &Cx, error: &dyn std::fmt::Debug) -> Response {
    // Not the address: some carry codes that open things.
    tracing::error!(?error, method = %cx.seen().method, "an answer could not be rendered");
    let words = cx.state().texts().plain(cx.locale(), "refusal-broken");
    let mut response = (StatusCode::INTERNAL_SERVER_ERROR, words).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, KEEP_NOTHING);
    response
}
