//! Signing in and out.

use http::HeaderMap;
use qige_identity::{Attempt, Entered, Password, SignOut, sign_in};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::provider::{ProviderChoice, choices};
use super::second::{ask, let_in};
use super::{label_of, own_path};
use crate::page::Either;
use crate::{Access, Cx, Done, Fault, Input, Page, Query, Routes, Text, View, Width, cookies, nav};

pub(super) fn routes() -> Routes {
    Routes::of("account")
        .get("/sign-in", Access::Public, "Where one signs in", show)
        .post("/sign-in", Access::Public, "Sign in by phone number or name, with a password", enter)
        .post("/sign-out", Access::Public, "End this session", leave)
}

/// Where one signs in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SignInPage {
    /// Where one wanted to go.
    next: Option<String>,
    /// Whether a code can be sent to one's phone.
    codes: bool,
    /// Other services by which one can sign in.
    providers: Vec<ProviderChoice>,
}

impl View for SignInPage {
    const TEMPLATE: &'static str = "account/sign_in.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("sign-in-title")
    }

    fn samples() -> Vec<Self> {
        let next = Some("/cases?state=filed".to_owned());
        let service = ProviderChoice { name: "county".to_owned(), label: "县统一身份认证".to_owned() };
        let bare = Self { next: None, codes: false, providers: Vec::new() };
        vec![bare, Self { next, codes: true, providers: vec![service] }]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Where to go afterwards.
    next: Option<String>,
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Either<Page<SignInPage>, Done> {
    let next = wanted.next.as_deref().and_then(own_path);
    match cx.who() {
        Some(who) => Either::Right(Done::see(next.unwrap_or_else(|| nav::home(who)))),
        None => {
            let codes = cx.state().settings().sms.is_on();
            let (next, providers) = (next.map(str::to_owned), choices(&cx));
            Either::Left(Page(SignInPage { next, codes, providers }))
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SignIn {
    /// A phone number or a name.
    account: String,
    /// The password.
    password: String,
    /// Where to go afterwards.
    next: Option<String>,
}

async fn enter(cx: Cx, headers: HeaderMap, input: Input<SignIn>) -> Result<Done, Fault> {
    let SignIn { account, password, next } = input.value;
    let from = cx.tried_from();
    let attempt = Attempt {
        tenant: cx.tenant()?.id,
        account,
        password: Password::typed(&password),
        from: from.clone(),
        label: label_of(&headers),
        at: cx.now(),
    };
    let app = cx.app();
    match sign_in(&app.vault, attempt, &app.entropy).await? {
        Entered::Whole(signed_in) => let_in(&cx, &signed_in, &from, next.as_deref()).await,
        Entered::Half(half) => Ok(ask(&cx, &half, next.as_deref())),
    }
}

async fn leave(cx: Cx, _nothing: Input<Nothing>) -> Result<Done, Fault> {
    if let Some(who) = cx.who() {
        cx.write(SignOut { credential: who.credential, at: cx.now() }).await?;
    }
    let gone = cookies::set(cookies::SESSION, "", Some(0), cx.is_secure());
    let done = Done::see("/").saying(Text::of("signed-out")).forgetting();
    Ok(gone.into_iter().fold(done, Done::cookie))
}

/// A button without fields.
#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}
