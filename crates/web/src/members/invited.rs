//! The invited reads the rules, consents, and chooses how to sign in.

use qige_identity::member::{AcceptInvitation, InviteCode, Invitee, invitee};
use qige_identity::{GridMember, Password, PurposeKey, Subject, password};
use qige_kernel::{Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::consent::line::{PurposeCard, card_of};
use crate::{Access, Cx, Done, Fault, Input, Page, Path, Routes, Text, View, Width};

/// The rules as they are now; another number where their words mean something else. Which ones somebody read
/// stands with their consent.
const RULES_VERSION: u32 = 1;
/// How many there are: `member-rule-1` and on.
const RULES: u32 = 6;

pub(super) fn routes() -> Routes {
    Routes::of("members")
        .get("/invited", Access::Public, "Where one types the code of an invitation", show)
        .post("/invited", Access::Public, "Open an invitation by its code", open)
        .get("/invited/{code}", Access::Public, "An invitation: the rules, and how to sign in", read)
        .post("/invited/{code}", Access::Public, "Accept an invitation", accept)
}

/// Where one types the code.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CodePage {}

impl View for CodePage {
    const TEMPLATE: &'static str = "members/code.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("invited-title")
    }

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// An invitation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct InvitedPage {
    code: String,
    /// The name that others will read.
    name: String,
    until: Timestamp,
    /// How many rules there are to read.
    rules: u32,
    /// To what one consents.
    card: PurposeCard,
    /// Whether one can sign in by a code that is sent, so that a password is a matter of choice.
    by_code: bool,
}

impl View for InvitedPage {
    const TEMPLATE: &'static str = "members/invited.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("invited-title")
    }

    fn samples() -> Vec<Self> {
        let page = |by_code| Self {
            code: "k7m2-xvq5-x43c-abcd".to_owned(),
            name: "骑手 0017".to_owned(),
            until: Timestamp::from_micros(1_790_000_000_000_000),
            rules: RULES,
            card: PurposeCard::sample(),
            by_code,
        };
        vec![page(true), page(false)]
    }
}

async fn show() -> Page<CodePage> {
    Page(CodePage {})
}

/// Whose invitation a code is.
async fn held(cx: &Cx, typed: &str) -> Result<(InviteCode, Invitee), Fault> {
    let over = || Refusal::new(RefusalKind::Gone, "invitation-over");
    let code = InviteCode::typed(typed).ok_or_else(over)?;
    let (digest, now) = (code.digest(), cx.now());
    let found = cx.read(move |tx| Box::pin(async move { Ok(invitee(tx, digest, now).await?) })).await?;
    Ok((code, found.ok_or_else(over)?))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Typed {
    /// The letters on the card.
    code: String,
}

async fn open(cx: Cx, input: Input<Typed>) -> Result<Done, Fault> {
    let (code, _) = held(&cx, &input.value.code).await.map_err(|fault| fault.at("code"))?;
    Ok(Done::see(format!("/invited/{code}")))
}

async fn read(cx: Cx, Path(code): Path<String>) -> Result<Page<InvitedPage>, Fault> {
    let (code, Invitee { person, name, until }) = held(&cx, &code).await?;
    let by_code = cx.state().settings().sms.is_on();
    let card = card_of(&cx, Subject::Person(person), PurposeKey::of::<GridMember>()).await?;
    let card = card.ok_or_else(Fault::missing)?;
    Ok(Page(InvitedPage { code: code.to_string(), name, until, rules: RULES, card, by_code }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Accept {
    /// One has read the rules.
    #[serde(default)]
    rules: bool,
    /// One consents to being a member.
    #[serde(default)]
    consent: bool,
    /// The version of the text of that consent that was read.
    text_version: i64,
    /// By which one will sign in; a matter of choice where codes are sent.
    password: Option<String>,
}

async fn accept(cx: Cx, Path(code): Path<String>, input: Input<Accept>) -> Result<Done, Fault> {
    let Accept { rules, consent, text_version, password } = input.value;
    let (code, found) = held(&cx, &code).await?;
    for (field, given) in [("rules", rules), ("consent", consent)] {
        if !given {
            return Err(Refusal::invalid(field, "tick-missing").into());
        }
    }
    let typed = password.filter(|text| !text.is_empty());
    if typed.is_none() && !cx.state().settings().sms.is_on() {
        return Err(Refusal::invalid("password", "password-missing").into());
    }
    let password = match typed {
        Some(text) => {
            let chosen = Password::chosen(&text, &[&found.name, &cx.tenant()?.name])?;
            Some(password::hash(&chosen, &cx.app().entropy).await?)
        }
        None => None,
    };
    let locale = cx.locale().tag().to_owned();
    let (digest, stamp) = (code.digest(), cx.stamp(None));
    let command = AcceptInvitation {
        digest,
        password,
        locale,
        rules_version: RULES_VERSION,
        consent: cx.id(),
        text_version,
        stamp,
    };
    cx.write(command).await?;
    Ok(Done::see("/").saying(Text::of("invited-accepted")))
}
