//! Ways of one's own are added, proved, tried, opened again and ended, and it is chosen what goes them.

use qige_app::WayAddress;
use qige_channels::push::Subscription;
use qige_db::Failure;
use qige_identity::person;
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use qige_notify::{
    AddWay, ConfirmWay, EndWay, NewCode, ReopenWay, SetTopics, Topic, Way, WayKind, way, ways_of,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{HERE, MAY, MyWaysPage, usual};
use crate::channels::tried;
use crate::{Cx, Done, Fault, Input, LongText, Path, Routes, Text};

/// A code is sent again after this long at the earliest, microseconds: nobody fills another's mailbox.
const CODE_AGAIN_MICROS: i64 = Timestamp::MINUTE;
/// Letters of an account at most: `userid` has up to 64, `openid` 28.
const ACCOUNT_LETTERS_MAX: usize = 64;
/// Letters of an address of mail at most (RFC 5321 §4.5.3.1.3).
const ADDRESS_LETTERS_MAX: usize = 254;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .post("/me/notices/mail", MAY, "Add an address of mail; a code is sent there", add_mail)
        .post("/me/notices/wecom-app", MAY, "Add an account in WeCom; a code is sent there", add_wecom)
        .post("/me/notices/wechat", MAY, "Add an account in WeChat; a code is sent there", add_wechat)
        .post("/me/notices/sms", MAY, "Be told by short message", add_sms)
        .post("/me/notices/push", MAY, "Be told by this browser", add_push)
        .post("/me/notices/topics", MAY, "Choose what goes which way", choose)
        .post("/me/notices/ways/{id}/confirm", MAY, "Prove an address by its code", confirm)
        .post("/me/notices/ways/{id}/try", MAY, "Have a test message sent", try_out)
        .post("/me/notices/ways/{id}/reopen", MAY, "Use a parked way again", reopen)
        .post("/me/notices/ways/{id}/end", MAY, "End a way", end)
}

fn missing() -> Refusal {
    Refusal::new(RefusalKind::Missing, "way-missing")
}

fn saying(key: &'static str) -> Done<MyWaysPage> {
    Done::see(HERE).saying(Text::of(key))
}

pub(super) async fn own_ways(cx: &Cx) -> Result<(PersonId, Vec<Way>), Fault> {
    let person = cx.signed_in()?.person;
    let ways = cx.read(move |tx| Box::pin(async move { Ok(ways_of(tx, person).await?) })).await?;
    Ok((person, ways))
}

/// What goes that sort of way now.
fn topics_of(ways: &[Way], kind: WayKind) -> Vec<Topic> {
    ways.iter().find(|way| way.kind == kind).map_or_else(|| usual(kind), |way| way.topics.0.clone())
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Mail {
    /// The address.
    address: String,
}

async fn add_mail(cx: Cx, input: Input<Mail>) -> Result<Done<MyWaysPage>, Fault> {
    let address = input.value.address.trim().to_owned();
    if !looks_like_mail(&address) {
        return Err(Refusal::invalid("address", "mail-address").into());
    }
    let (me, ways) = own_ways(&cx).await?;
    not_too_soon(&cx, WayKind::Mail, &ways)?;
    let (app, tenant, id) = (cx.app(), cx.tenant()?.clone(), cx.id::<Uuid>());
    let code = NewCode::draw(id, cx.now(), &app.entropy);
    app.send_mail_code(&tenant, cx.locale().tag(), &address, &code.digits).await?;
    let name = masked(&address);
    let sealed = app.seal_way(tenant.id, id, &WayAddress { address, ..WayAddress::default() }).await?;
    let add = AddWay { code: Some(code), ..new_way(&cx, id, me, WayKind::Mail, name, &ways) };
    cx.write(AddWay { sealed: Some(sealed), ..add }).await?;
    Ok(saying("way-code-sent"))
}

fn not_too_soon(cx: &Cx, kind: WayKind, ways: &[Way]) -> Result<(), Refusal> {
    let soon = |way: &Way| way.kind == kind && cx.now().since(way.made_at) < CODE_AGAIN_MICROS;
    if ways.iter().any(soon) {
        return Err(Refusal::new(RefusalKind::TooMany, "way-code-soon"));
    }
    Ok(())
}

/// An account of an application.
#[derive(Debug, Deserialize, JsonSchema)]
struct Account {
    /// `userid` in WeCom, `openid` in WeChat.
    address: String,
}

async fn add_wecom(cx: Cx, input: Input<Account>) -> Result<Done<MyWaysPage>, Fault> {
    add_account(cx, WayKind::WecomApp, input.value).await
}

async fn add_wechat(cx: Cx, input: Input<Account>) -> Result<Done<MyWaysPage>, Fault> {
    add_account(cx, WayKind::Wechat, input.value).await
}

async fn add_account(cx: Cx, kind: WayKind, account: Account) -> Result<Done<MyWaysPage>, Fault> {
    let address = account.address.trim().to_owned();
    if !looks_like_account(&address) {
        return Err(Refusal::invalid("address", "application-account").into());
    }
    let (me, ways) = own_ways(&cx).await?;
    not_too_soon(&cx, kind, &ways)?;
    let (app, tenant, id) = (cx.app(), cx.tenant()?.clone(), cx.id::<Uuid>());
    let code = NewCode::draw(id, cx.now(), &app.entropy);
    app.send_application_code(&tenant, cx.locale().tag(), (kind, &address), &code.digits).await?;
    let name = shown_in_part(&address);
    let sealed = app.seal_way(tenant.id, id, &WayAddress { address, ..WayAddress::default() }).await?;
    let add = AddWay { code: Some(code), sealed: Some(sealed), ..new_way(&cx, id, me, kind, name, &ways) };
    cx.write(add).await?;
    Ok(saying("way-code-sent"))
}

/// One account: makers take several between bars, and everybody as `@all`.
pub(super) fn looks_like_account(account: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-@.".contains(c);
    account.chars().all(plain)
        && !account.starts_with('@')
        && (1..=ACCOUNT_LETTERS_MAX).contains(&account.len())
}

/// Enough of an account to recognise one's own.
pub(super) fn shown_in_part(account: &str) -> String {
    format!("{}…", account.chars().take(1).collect::<String>())
}

pub(super) fn new_way(cx: &Cx, id: Uuid, me: PersonId, kind: WayKind, name: String, ways: &[Way]) -> AddWay {
    AddWay {
        id,
        kind,
        person: Some(me),
        unit: None,
        name,
        sealed: None,
        topics: topics_of(ways, kind),
        code: None,
        at: cx.now(),
        noted: None,
    }
}

/// Whether it can be one at all; whether it is, the code shows.
fn looks_like_mail(address: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>(),;:\"".contains(c);
    let parts = address.rsplit_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.ends_with('.'))
        && address.chars().all(plain)
        && address.len() <= ADDRESS_LETTERS_MAX
}

/// Enough to recognise one's own.
fn masked(address: &str) -> String {
    let (user, host) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = user.chars().take(1).collect();
    format!("{first}…@{host}")
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn add_sms(cx: Cx, _nothing: Input<Nothing>) -> Result<Done<MyWaysPage>, Fault> {
    let (me, ways) = own_ways(&cx).await?;
    let found = cx.read(move |tx| Box::pin(async move { Ok(person(tx, me).await?) })).await?;
    if !cx.app().settings.sms.is_on() {
        return Err(Refusal::new(RefusalKind::Conflict, "sms-off").into());
    }
    if found.is_none_or(|person| person.phone.is_none()) {
        return Err(Refusal::new(RefusalKind::Conflict, "sms-no-number").into());
    }
    let name = cx.say(&Text::of("way-kind-sms"));
    cx.write(new_way(&cx, cx.id(), me, WayKind::Sms, name, &ways)).await?;
    Ok(saying("way-added"))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Browser {
    /// What the browser's `PushSubscription` gives as JSON.
    subscription: LongText,
    /// What the browser is called in the list.
    name: Option<String>,
}

async fn add_push(cx: Cx, input: Input<Browser>) -> Result<Done<MyWaysPage>, Fault> {
    let odd = || Fault::from(Refusal::invalid("subscription", "push-subscription"));
    let Browser { subscription: LongText(address), name } = input.value;
    let browser: Subscription = serde_json::from_str(&address).map_err(|_| odd())?;
    if !browser.is_sound() {
        return Err(odd());
    }
    let (me, ways) = own_ways(&cx).await?;
    let tenant = cx.tenant()?.id;
    // A browser that subscribes again is the same browser.
    for way in ways.iter().filter(|way| way.kind == WayKind::Push) {
        let known = cx.app().open_way(tenant, way).await.ok();
        let known = known.and_then(|known| serde_json::from_str::<Subscription>(&known.address).ok());
        if known.is_some_and(|known| known.endpoint == browser.endpoint) {
            cx.write(EndWay { id: way.id, person: Some(me), at: cx.now(), noted: None }).await?;
        }
    }
    let id: Uuid = cx.id();
    let name =
        name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| cx.say(&Text::of("way-kind-push")));
    let name: String = name.chars().take(40).collect();
    let address = serde_json::to_string(&browser).unwrap_or_default();
    let sealed = cx.app().seal_way(tenant, id, &WayAddress { address, ..WayAddress::default() }).await?;
    let add = new_way(&cx, id, me, WayKind::Push, name, &ways);
    cx.write(AddWay { sealed: Some(sealed), ..add }).await?;
    Ok(saying("way-added"))
}

/// What goes which way.
#[derive(Debug, Deserialize, JsonSchema)]
struct Chosen {
    /// By mail.
    #[serde(default)]
    mail: Vec<Topic>,
    /// By short message.
    #[serde(default)]
    sms: Vec<Topic>,
    /// By browser.
    #[serde(default)]
    push: Vec<Topic>,
    /// By the application in WeCom.
    #[serde(default, rename = "wecom-app")]
    wecom_app: Vec<Topic>,
    /// By the official account in WeChat.
    #[serde(default)]
    wechat: Vec<Topic>,
}

async fn choose(cx: Cx, input: Input<Chosen>) -> Result<Done<MyWaysPage>, Fault> {
    let Chosen { mail, sms, push, wecom_app, wechat } = input.value;
    let topics = vec![
        (WayKind::Mail, mail),
        (WayKind::Sms, sms),
        (WayKind::Push, push),
        (WayKind::WecomApp, wecom_app),
        (WayKind::Wechat, wechat),
    ];
    cx.write(SetTopics { person: cx.signed_in()?.person, topics }).await?;
    Ok(saying("my-ways-saved"))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Code {
    /// Six digits of the message.
    code: String,
}

async fn confirm(cx: Cx, Path(id): Path<Uuid>, input: Input<Code>) -> Result<Done<MyWaysPage>, Fault> {
    let person = cx.signed_in()?.person;
    if cx.write(ConfirmWay { id, person, code: input.value.code, at: cx.now() }).await? {
        Ok(saying("way-confirmed"))
    } else {
        Err(Refusal::invalid("code", "way-code-wrong").into())
    }
}

async fn own_way(cx: &Cx, id: Uuid) -> Result<Way, Fault> {
    let me = cx.signed_in()?.person;
    let read = cx.read(move |tx| Box::pin(async move { Ok::<_, Failure>(way(tx, id).await?) }));
    read.await?.filter(|way| way.person == Some(me)).ok_or_else(|| missing().into())
}

async fn try_out(cx: Cx, Path(id): Path<Uuid>, _nothing: Input<Nothing>) -> Result<Done<MyWaysPage>, Fault> {
    let way = own_way(&cx, id).await?;
    if way.confirmed_at.is_none() {
        return Err(Refusal::new(RefusalKind::Conflict, "way-not-confirmed").into());
    }
    let outcome = cx.app().try_way(cx.tenant()?, &way).await;
    Ok(Done::see(HERE).saying(tried(&cx, outcome)))
}

async fn reopen(cx: Cx, Path(id): Path<Uuid>, _nothing: Input<Nothing>) -> Result<Done<MyWaysPage>, Fault> {
    cx.write(ReopenWay { id, person: Some(cx.signed_in()?.person) }).await?;
    Ok(saying("way-reopened"))
}

async fn end(cx: Cx, Path(id): Path<Uuid>, _nothing: Input<Nothing>) -> Result<Done<MyWaysPage>, Fault> {
    cx.write(EndWay { id, person: Some(cx.signed_in()?.person), at: cx.now(), noted: None }).await?;
    Ok(saying("way-ended"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_looked_at_and_shown_in_part() {
        for address in ["zhang@example.org", "a.b+c@mail.example.cn", "骑手@例子.中国"] {
            assert!(looks_like_mail(address), "{address}");
        }
        for wrong in
            ["", "zhang", "@example.org", "a@b", "a@b.", "a b@example.org", "A <a@example.org>", "a,b@c.org"]
        {
            assert!(!looks_like_mail(wrong), "{wrong}");
        }
        assert_eq!(masked("zhang@example.org"), "z…@example.org");
        for account in ["u-017", "zhang.san@corp", "oABC_def-123", &"u".repeat(ACCOUNT_LETTERS_MAX)] {
            assert!(looks_like_account(account), "{account}");
        }
        for wrong in ["", "@all", "u-017|u-018", "骑手", "a b", &"u".repeat(ACCOUNT_LETTERS_MAX + 1)] {
            assert!(!looks_like_account(wrong), "{wrong}");
        }
    }
}
