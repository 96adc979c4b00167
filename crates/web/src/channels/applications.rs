//! The subdistrict's application in WeCom and its official account in WeChat, by which persons are told.

use std::fmt;

use qige_app::{Allows, ApplicationOf, WayAddress};
use qige_channels::Destination;
use qige_identity::Permission;
use qige_kernel::{Refusal, RefusalKind, Timestamp};
use qige_notify::{AddWay, EndWay, Outcome, Way, WayKind, tenant_ways};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tenant::doing::{checked, noted};
use super::tried;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, View, Width};

const MAY: Permission = Permission::ManageChannels;
const HERE: &str = "/admin/applications";
/// Where the makers answer, unless somebody runs one of their own.
const WECOM: &str = "https://qyapi.weixin.qq.com";
const WECHAT: &str = "https://api.weixin.qq.com";
/// Letters of an id at most; those that makers give have up to 43.
const ID_LETTERS_MAX: usize = 64;
/// Fields of a template at most, and letters of what stands in one; makers take five fields of 32.
const FIELDS_MAX: usize = 10;
const FIELD_LETTERS_MAX: usize = 100;
/// The values of a field.
const VALUES: [&str; 4] = ["text", "number", "time", "title"];
/// What stands in the fields until somebody says otherwise.
const FIELDS: &str = "thing1={text}\ncharacter_string2={number}\ntime3={time}";

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get(HERE, MAY, "The applications by which persons are told", show)
        .post("/admin/applications/wecom-app", MAY, "Set up the application in WeCom", keep_wecom)
        .post("/admin/applications/wechat", MAY, "Set up the official account in WeChat", keep_wechat)
        .post("/admin/applications/{kind}/check", MAY, "Ask whether an application is known", check)
        .post("/admin/applications/{kind}/end", MAY, "End an application", end)
}

/// The applications by which persons are told.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ApplicationsPage {
    applications: Vec<Shown>,
}

/// One application, without its secret.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Shown {
    kind: WayKind,
    /// Since when it is set up; none where it is not.
    since: Option<Timestamp>,
    /// Where its maker answers.
    address: String,
    /// `corpid` or `appid`.
    id: String,
    /// Where its maker's own browser says whose account it is.
    page: String,
    /// `agentid`, in WeCom.
    agent: String,
    /// `template_id`, in WeChat.
    template: String,
    /// What stands in the template's fields, one a line.
    fields: String,
}

impl Shown {
    fn of(kind: WayKind, set: Option<(Timestamp, WayAddress)>) -> Self {
        let usual = if kind == WayKind::WecomApp { WECOM } else { WECHAT };
        let Some((since, WayAddress { address, application: Some(of), .. })) = set else {
            return Self {
                kind,
                since: None,
                address: usual.to_owned(),
                id: String::new(),
                page: ApplicationOf::PAGE.to_owned(),
                agent: String::new(),
                template: String::new(),
                fields: FIELDS.to_owned(),
            };
        };
        let line = |(name, words): &(String, String)| format!("{name}={words}");
        Self {
            kind,
            since: Some(since),
            address,
            id: of.id,
            page: of.page,
            agent: of.agent.to_string(),
            template: of.template,
            fields: of.fields.iter().map(line).collect::<Vec<_>>().join("\n"),
        }
    }
}

impl View for ApplicationsPage {
    const TEMPLATE: &'static str = "channels/applications.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("applications-title")
    }

    fn samples() -> Vec<Self> {
        let of = ApplicationOf {
            id: "ww1".to_owned(),
            page: ApplicationOf::PAGE.to_owned(),
            agent: 1_000_002,
            template: "tpl-1".to_owned(),
            fields: vec![("thing1".to_owned(), "{text}".to_owned())],
        };
        let leads = WayAddress { address: WECOM.to_owned(), application: Some(of), ..WayAddress::default() };
        let set = (Timestamp::from_micros(1_790_000_000_000_000), leads);
        let page = |set: Option<(Timestamp, WayAddress)>| {
            let one = |kind| Shown::of(kind, set.clone());
            Self { applications: vec![one(WayKind::WecomApp), one(WayKind::Wechat)] }
        };
        vec![page(None), page(Some(set))]
    }
}

/// The tenant's own row of that sort, where it is set up.
async fn way_of(cx: &Cx, kind: WayKind) -> Result<Option<Way>, Fault> {
    let ways = cx.read(|tx| Box::pin(async move { Ok(tenant_ways(tx).await?) })).await?;
    Ok(ways.into_iter().find(|way| way.kind == kind))
}

async fn show(cx: Cx) -> Result<Page<ApplicationsPage>, Fault> {
    let mut applications = Vec::new();
    for kind in [WayKind::WecomApp, WayKind::Wechat] {
        let set = match way_of(&cx, kind).await? {
            Some(way) => Some((way.made_at, cx.app().open_way(cx.tenant()?.id, &way).await?)),
            None => None,
        };
        applications.push(Shown::of(kind, set));
    }
    Ok(Page(ApplicationsPage { applications }))
}

/// The application in WeCom.
#[derive(Deserialize, JsonSchema)]
struct WeCom {
    /// Where its maker answers.
    address: String,
    /// `corpid`.
    id: String,
    /// Where its own browser says whose account it is; nothing: the maker's usual one.
    page: Option<String>,
    /// `agentid`.
    agent: i64,
    /// `corpsecret`; nothing: the same as before.
    secret: Option<String>,
}

impl fmt::Debug for WeCom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeCom({})", self.id)
    }
}

/// The official account in WeChat.
#[derive(Deserialize, JsonSchema)]
struct WeChat {
    /// Where its maker answers.
    address: String,
    /// `appid`.
    id: String,
    /// Where its own browser says whose account it is; nothing: the maker's usual one.
    page: Option<String>,
    /// `secret`; nothing: the same as before.
    secret: Option<String>,
    /// `template_id`.
    template: String,
    /// What stands in the template's fields, one a line: `thing1={text}`.
    fields: String,
}

impl fmt::Debug for WeChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeChat({})", self.id)
    }
}

async fn keep_wecom(cx: Cx, input: Input<WeCom>) -> Result<Done<ApplicationsPage>, Fault> {
    let WeCom { address, id, page, agent, secret } = input.value;
    let of = ApplicationOf {
        id: checked_id("id", "application-id", &id)?,
        page: checked_page(page)?,
        agent,
        ..ApplicationOf::default()
    };
    keep(&cx, WayKind::WecomApp, &address, of, secret).await
}

async fn keep_wechat(cx: Cx, input: Input<WeChat>) -> Result<Done<ApplicationsPage>, Fault> {
    let WeChat { address, id, page, secret, template, fields } = input.value;
    let of = ApplicationOf {
        id: checked_id("id", "application-id", &id)?,
        page: checked_page(page)?,
        agent: 0,
        template: checked_id("template", "application-template", &template)?,
        fields: checked_fields(&fields)?,
    };
    keep(&cx, WayKind::Wechat, &address, of, secret).await
}

fn checked_id(field: &'static str, code: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    if text.is_empty() || text.len() > ID_LETTERS_MAX || !text.chars().all(plain) {
        return Err(Refusal::invalid(field, code));
    }
    Ok(text.to_owned())
}

/// People's browsers go there, and this server does not.
fn checked_page(page: Option<String>) -> Result<String, Refusal> {
    let page = page.map(|page| page.trim().to_owned()).filter(|page| !page.is_empty());
    let page = page.unwrap_or_else(|| ApplicationOf::PAGE.to_owned());
    let known: Destination = page.parse().map_err(|_| Refusal::invalid("page", "application-page"))?;
    Ok(known.origin())
}

fn checked_fields(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let odd = || Refusal::invalid("fields", "application-fields");
    let values = VALUES.map(str::to_owned);
    let allows = Allows { values: &values, personal: &[], letters_max: FIELD_LETTERS_MAX };
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, words) = line.split_once('=').ok_or_else(odd)?;
        let name = name.trim();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let twice = fields.iter().any(|(known, _)| known == name);
        if name.is_empty() || name.len() > ID_LETTERS_MAX || !name.chars().all(plain) || twice {
            return Err(odd());
        }
        fields.push((name.to_owned(), allows.check("fields", words)?));
    }
    if fields.is_empty() || fields.len() > FIELDS_MAX {
        return Err(odd());
    }
    Ok(fields)
}

async fn keep(
    cx: &Cx,
    kind: WayKind,
    address: &str,
    of: ApplicationOf,
    secret: Option<String>,
) -> Result<Done<ApplicationsPage>, Fault> {
    let (tenant, address) = (cx.tenant()?.id, checked(cx, address.trim_end_matches('/')).await?);
    let before = cx.app().application(tenant, kind).await?;
    let typed = secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty());
    // Whoever may change the address must not learn a secret that another typed in.
    let kept = before.filter(|before| {
        before.address == address && before.application.as_ref().is_some_and(|before| before.id == of.id)
    });
    let secret = typed.or_else(|| kept.and_then(|kept| kept.secret));
    let secret = secret.ok_or_else(|| Refusal::invalid("secret", "application-secret"))?;
    let leads = WayAddress { address, secret: Some(secret), application: Some(of), before: None };
    let id = cx.id();
    let sealed = cx.app().seal_way(tenant, id, &leads).await?;
    let add = AddWay {
        id,
        kind,
        person: None,
        unit: None,
        name: cx.say(&Text::of(format!("application-{kind}"))),
        sealed: Some(sealed),
        topics: Vec::new(),
        code: None,
        at: cx.now(),
        noted: Some(noted(cx)?),
    };
    cx.write(add).await?;
    Ok(Done::see(HERE).saying(Text::of("admin-saved")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

/// The sort of application that an address names, where it is set up.
async fn named(cx: &Cx, kind: &str) -> Result<Way, Fault> {
    let kind: WayKind = kind.parse().map_err(|_| Fault::missing())?;
    let way = if kind.is_application() { way_of(cx, kind).await? } else { None };
    way.ok_or_else(|| Refusal::new(RefusalKind::Missing, "application-off").into())
}

async fn check(
    cx: Cx,
    Path(kind): Path<String>,
    _nothing: Input<Nothing>,
) -> Result<Done<ApplicationsPage>, Fault> {
    let way = named(&cx, &kind).await?;
    let leads = cx.app().open_way(cx.tenant()?.id, &way).await?;
    let said = match cx.app().check_application(way.kind, &leads).await {
        Outcome::Sent => Text::of("application-checked"),
        other => tried(&cx, other),
    };
    Ok(Done::see(HERE).saying(said))
}

async fn end(
    cx: Cx,
    Path(kind): Path<String>,
    _nothing: Input<Nothing>,
) -> Result<Done<ApplicationsPage>, Fault> {
    let way = named(&cx, &kind).await?;
    cx.write(EndWay { id: way.id, person: None, at: cx.now(), noted: Some(noted(&cx)?) }).await?;
    Ok(Done::see(HERE).saying(Text::of("way-ended")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_template_are_read_line_by_line() {
        assert_eq!(checked_fields(FIELDS).unwrap().len(), 3);
        let code = |text: &str| checked_fields(text).map_err(|refusal| refusal.code);
        for wrong in ["", "thing1", "=x", "Thing1=x", "a=x\na=y", &"x=y\n".repeat(2)] {
            assert_eq!(code(wrong), Err("application-fields"), "{wrong}");
        }
        let many = |n: usize| (0..n).map(|n| format!("thing{n}=x\n")).collect::<String>();
        assert_eq!(code(&many(FIELDS_MAX)).map(|fields| fields.len()), Ok(FIELDS_MAX));
        assert_eq!(code(&many(FIELDS_MAX + 1)), Err("application-fields"));
        assert_eq!(code("thing1={name}"), Err("words-value"));
        assert_eq!(checked_id("id", "application-id", " ww1 ").unwrap(), "ww1");
        for wrong in ["", "a|b", "a b", &"x".repeat(ID_LETTERS_MAX + 1)] {
            assert!(checked_id("id", "application-id", wrong).is_err(), "{wrong}");
        }
    }
}
