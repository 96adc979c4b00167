//! Signing in by another service, and linking an account there to one's own here.

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use qige_app::{CameBack, Provider, ProviderError};
use qige_identity::provider::{
    Arriving, Flow, LinkProvider, UnlinkProvider, provider_links_of, sign_in_by_provider,
};
use qige_identity::{CredentialKind, Entered, Secret};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::passkey::site;
use super::second::{ask, let_in};
use super::sure::{Sure, has_password, sure};
use super::{label_of, own_path};
use crate::render::encoded;
use crate::{Access, Cx, Done, Fault, Input, Locale, Page, Path, Query, Routes, Text, View, Width, cookies};

const HERE: &str = "/me/providers";
/// How long somebody has at the other service, seconds: to find a password, or to have a code sent.
const TURN_SECONDS: i64 = 15 * 60;

pub(super) fn routes() -> Routes {
    let (all, own) = (Access::Public, Access::SignedIn);
    Routes::of("account")
        .get("/sign-in/with/{provider}", all, "Go to another service to sign in", go)
        .get("/sign-in/with/{provider}/back", all, "Come back from another service", back)
        .get(HERE, own, "Other services by which one signs in", show)
        .post("/me/providers/{provider}", own, "Begin to link an account of another service", begin)
        .post("/me/providers/{provider}/unlink", own, "End the link to an account elsewhere", unlink)
}

/// A service to choose.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct ProviderChoice {
    pub(super) name: String,
    pub(super) label: String,
}

/// The services of this subdistrict.
pub(super) fn choices(cx: &Cx) -> Vec<ProviderChoice> {
    let Ok(tenant) = cx.tenant() else { return Vec::new() };
    let all = cx.app().providers.of(&tenant.slug);
    all.map(|one| ProviderChoice { name: one.name.clone(), label: label(cx, one) }).collect()
}

fn label(cx: &Cx, provider: &Provider) -> String {
    match cx.locale() {
        Locale::En => provider.label_en.clone(),
        Locale::ZhHans => provider.label_zh.clone(),
    }
}

fn found<'a>(cx: &'a Cx, name: &str) -> Result<&'a Provider, Fault> {
    cx.app().providers.find(&cx.tenant()?.slug, name).ok_or_else(Fault::missing)
}

/// Where the service sends people back to.
fn redirect(cx: &Cx, headers: &HeaderMap, provider: &Provider) -> String {
    format!("{}/sign-in/with/{}/back", site(cx, headers).origin, provider.name)
}

/// What a browser keeps of a turn at another service.
enum Turn {
    /// To sign in, and go on there.
    In(Secret, Option<String>),
    /// To link the account of that person, who proved just now that it is they.
    Link(Secret, PersonId),
}

impl Turn {
    fn cookie(&self, cx: &Cx) -> Option<HeaderValue> {
        let text = match self {
            Self::In(secret, next) => {
                format!("{secret}.{}", URL_SAFE_NO_PAD.encode(next.as_deref().unwrap_or_default()))
            }
            // Signed: whoever finds a phone unattended must not write this themself.
            Self::Link(secret, person) => {
                let until = cx.now().plus(TURN_SECONDS.saturating_mul(Timestamp::SECOND));
                cx.state().signer().seal(&format!("{secret} {person} {}", until.micros()))
            }
        };
        cookies::set(cookies::TURN, &text, Some(TURN_SECONDS), cx.is_secure())
    }

    fn read(cx: &Cx, headers: &HeaderMap) -> Option<Self> {
        let text = cookies::get(headers, cookies::TURN, cx.is_secure())?;
        let turn = match cx.state().signer().open(text) {
            Some(text) => {
                let mut parts = text.split(' ');
                let (secret, person) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
                let until = Timestamp::from_micros(parts.next()?.parse().ok()?);
                (cx.now() < until).then_some(Self::Link(secret, person))?
            }
            None => {
                let (secret, next) = text.split_once('.')?;
                let next = String::from_utf8(URL_SAFE_NO_PAD.decode(next).ok()?).ok()?;
                Self::In(secret.parse().ok()?, own_path(&next).map(str::to_owned))
            }
        };
        Some(turn)
    }

    /// To link the account of whoever is signed in here.
    fn links(&self, cx: &Cx) -> Option<PersonId> {
        match self {
            Self::Link(_, person) => {
                cx.who().filter(|who| who.person == *person && cx.seen().by_cookie).map(|who| who.person)
            }
            Self::In(..) => None,
        }
    }

    fn flow(&self, provider: &Provider) -> Flow {
        match self {
            Self::In(secret, _) => Flow::new(secret.clone(), &provider.name, None),
            Self::Link(secret, person) => Flow::new(secret.clone(), &provider.name, Some(*person)),
        }
    }
}

/// What went wrong there is for the log; people hear that they may try again.
fn failed(provider: &Provider, error: &ProviderError) -> Fault {
    tracing::warn!(provider = provider.name, %error, "a sign-in service could not say who somebody is");
    Refusal::new(RefusalKind::Unavailable, "provider-failed").into()
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Where to go afterwards.
    next: Option<String>,
}

/// Whether a page of another site sent the browser here, as far as it says so: nobody is signed in, by a
/// service that knows them, without having asked for it.
pub(crate) fn is_from_elsewhere(cx: &Cx, headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site != "same-origin" && site != "none",
        None => headers.contains_key(header::REFERER) && cx.from().is_none(),
    }
}

async fn go(
    cx: Cx,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let provider = found(&cx, &name)?;
    let next = wanted.next.as_deref().and_then(own_path);
    if is_from_elsewhere(&cx, &headers) {
        let next = next.map(|next| format!("?next={}", encoded(next))).unwrap_or_default();
        return Ok(Done::<()>::see(format!("/sign-in{next}")).into_response());
    }
    let secret = Secret::draw(CredentialKind::Browser, &cx.app().entropy);
    let turn = Turn::In(secret, next.map(str::to_owned));
    let (flow, redirect) = (turn.flow(provider), redirect(&cx, &headers, provider));
    let address = cx.app().providers.address(provider, &flow, &redirect, cx.now()).await;
    let address = address.map_err(|error| failed(provider, &error))?;
    sent_off(&address, turn.cookie(&cx))
}

/// A browser goes to another site with a cookie of ours.
pub(crate) fn sent_off(address: &str, cookie: Option<HeaderValue>) -> Result<Response, Fault> {
    let location = HeaderValue::from_str(address).map_err(|_| Fault::broken())?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct CameWith {
    /// What was sent off with.
    state: Option<String>,
    /// What is redeemed.
    code: Option<String>,
    /// Why there is none.
    error: Option<String>,
}

/// Comes back: a browser that was not sent off, or with what it was not sent off with, is told to begin anew.
async fn back(
    cx: Cx,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(with): Query<CameWith>,
) -> Result<Done, Fault> {
    let provider = found(&cx, &name)?;
    let over = || Fault::from(Refusal::new(RefusalKind::Gone, "provider-over"));
    let turn = Turn::read(&cx, &headers).ok_or_else(over)?;
    let linking = turn.links(&cx);
    let flow = turn.flow(provider);
    if !with.state.is_some_and(|state| flow.fits(&state)) {
        return Err(over());
    }
    let gone = cookies::set(cookies::TURN, "", Some(0), cx.is_secure());
    let (Some(code), None) = (with.code, with.error) else {
        let to = if linking.is_some() { HERE } else { "/sign-in" };
        let done = Done::see(to).saying(Text::of("provider-declined"));
        return Ok(gone.into_iter().fold(done, Done::cookie));
    };
    let redirect = redirect(&cx, &headers, provider);
    let came = cx.app().providers.came_back(provider, &flow, (&code, &redirect), cx.now()).await;
    let came = came.map_err(|error| failed(provider, &error))?;
    let done = match (linking, turn) {
        (Some(person), _) => link(&cx, person, came).await?,
        (None, Turn::In(_, next)) => enter(&cx, &headers, came, next.as_deref()).await?,
        (None, Turn::Link(..)) => return Err(over()),
    };
    Ok(gone.into_iter().fold(done, Done::cookie))
}

async fn link(cx: &Cx, person: PersonId, came: CameBack) -> Result<Done, Fault> {
    cx.write(LinkProvider { person, account: came.account, stamp: cx.stamp(None) }).await?;
    Ok(Done::see(HERE).saying(Text::of("provider-linked")))
}

async fn enter(cx: &Cx, headers: &HeaderMap, came: CameBack, next: Option<&str>) -> Result<Done, Fault> {
    let CameBack { account, phone, name } = came;
    let (tenant, from, at) = (cx.tenant()?.id, cx.tried_from(), cx.now());
    let label = label_of(headers);
    let arriving = Arriving { tenant, account, phone, name, from: from.clone(), label, at };
    match sign_in_by_provider(&cx.app().vault, arriving, &cx.app().entropy).await? {
        Entered::Whole(signed_in) => let_in(cx, &signed_in, &from, next).await,
        Entered::Half(half) => Ok(ask(cx, &half, next)),
    }
}

/// Other services by which one signs in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct ProvidersPage {
    providers: Vec<Line>,
    /// Whether the password is asked for before an account is linked or a link is ended.
    by_password: bool,
}

/// One service.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    name: String,
    label: String,
    /// Since when it is linked; nothing where it is not.
    linked_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    /// Where one goes on, after one's password was right.
    go: Option<String>,
}

impl View for ProvidersPage {
    const TEMPLATE: &'static str = "account/providers.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("providers-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let line = |linked_at, last_used_at, go: Option<&str>| Line {
            name: "county".to_owned(),
            label: "县统一身份认证".to_owned(),
            linked_at,
            last_used_at,
            go: go.map(str::to_owned),
        };
        let lines = vec![
            line(Some(at), Some(at), None),
            line(Some(at), None, None),
            line(None, None, None),
            line(None, None, Some("https://id.example/auth?x=1")),
        ];
        let all = Self { providers: lines, by_password: true };
        vec![all.clone(), Self { by_password: false, ..all.clone() }, Self { providers: Vec::new(), ..all }]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Going {
    /// To which service one is about to go.
    go: Option<String>,
}

async fn show(cx: Cx, headers: HeaderMap, Query(going): Query<Going>) -> Result<Page<ProvidersPage>, Fault> {
    let person = cx.signed_in()?.person;
    let links = cx.read(move |tx| Box::pin(async move { Ok(provider_links_of(tx, person).await?) })).await?;
    let mut providers = Vec::new();
    for provider in cx.app().providers.of(&cx.tenant()?.slug) {
        let link = links.iter().find(|link| link.provider == provider.name);
        let wanted = link.is_none() && going.go.as_deref() == Some(&provider.name);
        providers.push(Line {
            name: provider.name.clone(),
            label: label(&cx, provider),
            linked_at: link.map(|link| link.linked_at),
            last_used_at: link.and_then(|link| link.last_used_at),
            go: if wanted { on(&cx, &headers, provider).await? } else { None },
        });
    }
    Ok(Page(ProvidersPage { providers, by_password: has_password(&cx).await? }))
}

/// Where the turn goes on that was begun in this browser. A link, and no form that is sent on to another
/// site: the pages' own policy does not let forms leave.
async fn on(cx: &Cx, headers: &HeaderMap, provider: &Provider) -> Result<Option<String>, Fault> {
    let turn = Turn::read(cx, headers).filter(|turn| turn.links(cx).is_some());
    let Some(turn) = turn else { return Ok(None) };
    let (flow, redirect) = (turn.flow(provider), redirect(cx, headers, provider));
    let address = cx.app().providers.address(provider, &flow, &redirect, cx.now()).await;
    Ok(Some(address.map_err(|error| failed(provider, &error))?))
}

async fn begin(cx: Cx, Path(name): Path<String>, input: Input<Sure>) -> Result<Done<ProvidersPage>, Fault> {
    let provider = found(&cx, &name)?;
    sure(&cx, &input.value).await?;
    let secret = Secret::draw(CredentialKind::Browser, &cx.app().entropy);
    let turn = Turn::Link(secret, cx.signed_in()?.person);
    let done = Done::see(format!("{HERE}?go={}", provider.name));
    Ok(turn.cookie(&cx).into_iter().fold(done, Done::cookie))
}

async fn unlink(
    cx: Cx,
    Path(provider): Path<String>,
    input: Input<Sure>,
) -> Result<Done<ProvidersPage>, Fault> {
    sure(&cx, &input.value).await?;
    let person = cx.signed_in()?.person;
    cx.write(UnlinkProvider { person, provider, stamp: cx.stamp(None) }).await?;
    Ok(Done::see(HERE).saying(Text::of("provider-unlinked")))
}
