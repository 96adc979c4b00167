//! Signing in by a code that is sent to one's phone number.

use http::HeaderMap;
use qige_identity::{CODE_MICROS, CodeAsk, CodeAttempt, Entered, PhoneNumber, sign_in_by_code};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::second::{ask, let_in, show_browser};
use super::{label_of, own_path};
use crate::render::encoded;
use crate::{Access, Cx, Done, Fault, Input, Page, Query, Routes, Text, View, Width};

const ASK: &str = "/sign-in/code";
const TYPE_IN: &str = "/sign-in/code/enter";

pub(super) fn routes() -> Routes {
    Routes::of("account")
        .get(ASK, Access::Public, "Where one asks for a code by phone number", show)
        .post(ASK, Access::Public, "Have a code sent to one's phone number", send)
        .get(TYPE_IN, Access::Public, "Where one types the code that was sent", waiting)
        .post(TYPE_IN, Access::Public, "Sign in by the code that was sent", enter)
}

/// Where one asks for a code.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct AskPage {
    /// Where one wanted to go.
    next: Option<String>,
}

impl View for AskPage {
    const TEMPLATE: &'static str = "account/code.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("code-title")
    }

    fn samples() -> Vec<Self> {
        vec![Self { next: None }, Self { next: Some("/mine".to_owned()) }]
    }
}

/// Where one types it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct TypePage {
    /// Where one wanted to go.
    next: Option<String>,
}

impl View for TypePage {
    const TEMPLATE: &'static str = "account/code_enter.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("code-enter-title")
    }

    fn samples() -> Vec<Self> {
        vec![Self { next: None }, Self { next: Some("/mine".to_owned()) }]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Where to go afterwards.
    next: Option<String>,
}

/// Nothing is here where nothing can be sent.
fn must_be_on(cx: &Cx) -> Result<(), Fault> {
    if cx.state().settings().sms.is_on() { Ok(()) } else { Err(Fault::missing()) }
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<AskPage>, Fault> {
    must_be_on(&cx)?;
    Ok(Page(AskPage { next: wanted.next.as_deref().and_then(own_path).map(str::to_owned) }))
}

async fn waiting(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<TypePage>, Fault> {
    must_be_on(&cx)?;
    Ok(Page(TypePage { next: wanted.next.as_deref().and_then(own_path).map(str::to_owned) }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Send {
    /// A mobile number.
    phone: String,
    /// Where to go afterwards.
    next: Option<String>,
}

async fn send(cx: Cx, input: Input<Send>) -> Result<Done, Fault> {
    must_be_on(&cx)?;
    let Send { phone, next } = input.value;
    let phone: PhoneNumber = phone.parse()?;
    let (tenant, from, at) = (cx.tenant()?, cx.tried_from(), cx.now());
    let minutes = CODE_MICROS / Timestamp::MINUTE;
    let said = Text::of("code-message").with("who", tenant.name.clone()).with("minutes", minutes.to_string());
    let text = |code: &str| cx.say(&said.with("code", code.to_owned()));
    let wish = CodeAsk { tenant: tenant.id, phone, from: from.clone(), at };
    cx.app().send_code(wish, text).await?;
    let next = next.as_deref().and_then(own_path);
    let next = next.map(|next| format!("?next={}", encoded(next))).unwrap_or_default();
    let done = Done::see(format!("{TYPE_IN}{next}"));
    // The code works in this browser alone.
    Ok(show_browser(&cx, &from).into_iter().fold(done, Done::cookie))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Enter {
    /// Six digits.
    code: String,
    /// Where to go afterwards.
    next: Option<String>,
}

async fn enter(cx: Cx, headers: HeaderMap, input: Input<Enter>) -> Result<Done, Fault> {
    must_be_on(&cx)?;
    let Enter { code, next } = input.value;
    let (tenant, from, at) = (cx.tenant()?.id, cx.tried_from(), cx.now());
    let attempt = CodeAttempt { tenant, code, from: from.clone(), label: label_of(&headers), at };
    let app = cx.app();
    match sign_in_by_code(&app.vault, attempt, &app.entropy).await? {
        Entered::Whole(signed_in) => let_in(&cx, &signed_in, &from, next.as_deref()).await,
        Entered::Half(half) => Ok(ask(&cx, &half, next.as_deref())),
    }
}
