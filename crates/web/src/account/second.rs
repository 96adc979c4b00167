//! The second step at sign-in: the password was right, a code is owed.

use http::{HeaderMap, HeaderValue};
use qige_identity::{
    BROWSER_MICROS, HalfIn, SecondAttempt, Secret, SignOut, SignedIn, TriedFrom, sign_in_second,
};
use qige_kernel::{Refusal, RefusalKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::own_path;
use crate::render::encoded;
use crate::{Access, Cx, Done, Fault, Input, Page, Query, Routes, Text, View, Width, cookies};

pub(super) fn routes() -> Routes {
    let (path, all) = ("/sign-in/second", Access::Public);
    Routes::of("account").get(path, all, "Where one types the code of the second step", show).post(
        path,
        all,
        "Finish signing in, with a code",
        enter,
    )
}

/// Where one types the code.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SecondPage {
    /// Where one wanted to go.
    next: Option<String>,
}

impl View for SecondPage {
    const TEMPLATE: &'static str = "account/second.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("second-title")
    }

    fn samples() -> Vec<Self> {
        vec![Self { next: None }, Self { next: Some("/cases?state=filed".to_owned()) }]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Where to go afterwards.
    next: Option<String>,
}

/// Shown to everybody: whether somebody is half-way in is said when the code comes.
async fn show(Query(wanted): Query<Wanted>) -> Page<SecondPage> {
    Page(SecondPage { next: wanted.next.as_deref().and_then(own_path).map(str::to_owned) })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Second {
    /// Six digits of the authenticator, or a recovery code.
    code: String,
    /// Where to go afterwards.
    next: Option<String>,
}

async fn enter(cx: Cx, headers: HeaderMap, input: Input<Second>) -> Result<Done, Fault> {
    let Second { code, next } = input.value;
    let over = || Refusal::new(RefusalKind::SignIn, "second-step-over");
    let half = cookies::get(&headers, cookies::HALF, cx.is_secure()).and_then(|text| text.parse().ok());
    let half: Secret = half.ok_or_else(over)?;
    let (tenant, from, at) = (cx.tenant()?.id, cx.tried_from(), cx.now());
    let attempt = SecondAttempt { tenant, half, code, from: from.clone(), at };
    let signed_in = sign_in_second(&cx.app().vault, attempt, &cx.app().entropy).await?;
    let gone = cookies::set(cookies::HALF, "", Some(0), cx.is_secure());
    let done = let_in(&cx, &signed_in, &from, next.as_deref()).await?;
    Ok(gone.into_iter().fold(done, Done::cookie))
}

/// Half-way in: on to the code.
pub(super) fn ask(cx: &Cx, half: &HalfIn, next: Option<&str>) -> Done {
    let next = next.and_then(own_path).map(|next| format!("?next={}", encoded(next))).unwrap_or_default();
    let cookie = cookies::showing(cx, cookies::HALF, &half.secret, half.expires_at);
    cookie.into_iter().fold(Done::see(format!("/sign-in/second{next}")), Done::cookie)
}

/// In: the session before, if there was one in this browser, ends.
pub(super) async fn let_in(
    cx: &Cx,
    signed_in: &SignedIn,
    from: &TriedFrom,
    next: Option<&str>,
) -> Result<Done, Fault> {
    if let Some(who) = cx.who().filter(|_| cx.seen().by_cookie) {
        cx.write(SignOut { credential: who.credential, at: cx.now() }).await?;
    }
    let session = cookies::showing(cx, cookies::SESSION, &signed_in.secret, signed_in.expires_at);
    let known = show_browser(cx, from);
    // Where somebody starts depends on who they are, which the next request knows.
    let done = Done::see(next.and_then(own_path).unwrap_or("/"));
    Ok(session.into_iter().chain(known).fold(done, Done::cookie))
}

/// What the browser shows of itself from now on.
pub(super) fn show_browser(cx: &Cx, from: &TriedFrom) -> Option<HeaderValue> {
    cookies::showing(cx, cookies::BROWSER, &from.browser, cx.now().plus(BROWSER_MICROS))
}
