//! One's own second step: set up, given other recovery codes, switched off.

use std::fmt;

use axum::response::Response;
use qige_identity::{
    BeginSecondStep, EndSecondStep, Owed, RecoveryCode, RenewRecoveryCodes, StepSecret, begun_second_step,
    confirm_second_step, person, second_step_of,
};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sure::{Sure, has_password, sure};
use crate::page::Either;
use crate::render::encoded;
use crate::{Access, Cx, Done, Fault, Input, Page, Routes, Text, View, Width, qr};

const HERE: &str = "/me/second-step";
/// Side of the picture in pixels: read by a phone from a screen at arm's length.
const QR_PIXELS: u32 = 220;

pub(super) fn routes() -> Routes {
    // Also for whoever owes one: this is where they are sent.
    const MAY: Access = Access::Entering;
    Routes::of("account")
        .get(HERE, MAY, "One's own second step at sign-in", show)
        .post(HERE, MAY, "Begin to set up a second step", begin)
        .get("/me/second-step/qr.svg", MAY, "The secret as a code to scan (image/svg+xml)", code_to_scan)
        .get("/me/second-step/code", MAY, "Before the first code is typed", show)
        .post("/me/second-step/code", MAY, "Finish setting up, with the first code", confirm)
        .get("/me/second-step/change", MAY, "Before a second step is changed", show)
        .post("/me/second-step/change", MAY, "Other recovery codes, or none of it any more", change)
}

/// One's own second step.
#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct SecondStepPage {
    /// Since when it is asked for; nothing where it is not.
    since: Option<Timestamp>,
    /// Recovery codes that are left.
    codes_left: i64,
    /// The secret that waits for its first code.
    secret: Option<String>,
    /// The same as an address that authenticators open.
    address: Option<String>,
    /// Whether one must have it before anything else.
    owed: bool,
    /// Whether one has a password, which is asked for again.
    has_password: bool,
}

impl fmt::Debug for SecondStepPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecondStepPage({:?})", self.since)
    }
}

impl View for SecondStepPage {
    const TEMPLATE: &'static str = "account/second_step.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("second-step-title")
    }

    fn samples() -> Vec<Self> {
        let none =
            Self { since: None, codes_left: 0, secret: None, address: None, owed: true, has_password: true };
        let begun = Self {
            secret: Some("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned()),
            address: Some("otpauth://totp/a:b?secret=GEZDGNBVGY3TQOJQ".to_owned()),
            owed: false,
            ..none.clone()
        };
        let on = |codes_left| Self {
            since: Some(Timestamp::from_micros(1_790_000_000_000_000)),
            codes_left,
            owed: false,
            ..none.clone()
        };
        let by_code = Self { has_password: false, ..none.clone() };
        vec![none.clone(), by_code, begun, on(10), on(0)]
    }
}

async fn show(cx: Cx) -> Result<Page<SecondStepPage>, Fault> {
    let who = cx.signed_in()?;
    let id = who.person;
    let step = cx.read(move |tx| Box::pin(async move { Ok(second_step_of(tx, id).await?) })).await?;
    let secret = begun(&cx).await?;
    let address = match &secret {
        Some(secret) => Some(address(&cx, secret).await?),
        None => None,
    };
    Ok(Page(SecondStepPage {
        since: step.map(|step| step.since),
        codes_left: step.map_or(0, |step| step.codes_left),
        secret: secret.map(|secret| in_groups(&secret.base32())),
        address,
        owed: who.owes == Some(Owed::SecondStep),
        has_password: has_password(&cx).await?,
    }))
}

async fn begun(cx: &Cx) -> Result<Option<StepSecret>, Fault> {
    let id = cx.signed_in()?.person;
    Ok(begun_second_step(&cx.app().vault, cx.asker()?, id, cx.now()).await?)
}

/// As it is typed off a screen.
fn in_groups(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// As authenticators read it: the Key URI Format of Google Authenticator, which all of them took over.
async fn address(cx: &Cx, secret: &StepSecret) -> Result<String, Fault> {
    let id = cx.signed_in()?.person;
    let person = cx.read(move |tx| Box::pin(async move { Ok(person(tx, id).await?) })).await?;
    let account = person.map(|person| person.sign_in_name.unwrap_or(person.name)).unwrap_or_default();
    let (issuer, account) = (encoded(&cx.tenant()?.name), encoded(&account));
    Ok(format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", secret.base32()))
}

async fn code_to_scan(cx: Cx) -> Result<Response, Fault> {
    let secret = begun(&cx).await?.ok_or_else(Fault::missing)?;
    qr::picture(&address(&cx, &secret).await?, QR_PIXELS, "no-store")
}

/// What must not be done on an unattended phone.
async fn confirmed(cx: &Cx, password: &str) -> Result<(), Fault> {
    sure(cx, &Sure { password: password.to_owned() }).await
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Begin {
    /// One's password, where one has one.
    #[serde(default)]
    password: String,
}

async fn begin(cx: Cx, input: Input<Begin>) -> Result<Done<SecondStepPage>, Fault> {
    confirmed(&cx, &input.value.password).await?;
    let (who, app) = (cx.signed_in()?, cx.app());
    let begin = BeginSecondStep::draw(&app.vault, cx.asker()?, who.person, cx.now(), &app.entropy).await?;
    cx.write(begin).await?;
    Ok(Done::see(HERE))
}

/// Recovery codes, shown once.
#[derive(Clone, Serialize, JsonSchema)]
struct CodesPage {
    name: String,
    codes: Vec<String>,
    /// When they were drawn.
    at: Timestamp,
}

impl fmt::Debug for CodesPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodesPage({})", self.codes.len())
    }
}

impl View for CodesPage {
    const TEMPLATE: &'static str = "account/recovery_codes.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("recovery-codes-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let codes = vec!["k7m2-xvq5-x43c-abcd-efgh-2345".to_owned(); 10];
        vec![Self { name: "坐席 03".to_owned(), codes, at }]
    }
}

fn shown(cx: &Cx, codes: &[RecoveryCode]) -> Result<Page<CodesPage>, Fault> {
    let (name, codes) = (cx.signed_in()?.name.clone(), codes.iter().map(ToString::to_string).collect());
    Ok(Page(CodesPage { name, codes, at: cx.now() }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct First {
    /// Six digits of the authenticator.
    code: String,
}

async fn confirm(cx: Cx, input: Input<First>) -> Result<Page<CodesPage>, Fault> {
    let (who, app, code) = (cx.signed_in()?, cx.app(), input.value.code);
    let (asker, stamp) = (cx.asker()?, cx.stamp(None));
    let codes = confirm_second_step(&app.vault, asker, who.person, &code, stamp, &app.entropy).await?;
    shown(&cx, &codes)
}

/// What to change.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum What {
    /// Draw other recovery codes.
    Codes,
    /// Ask for the password alone again.
    Off,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Change {
    /// One's password, where one has one.
    #[serde(default)]
    password: String,
    what: What,
}

async fn change(
    cx: Cx,
    input: Input<Change>,
) -> Result<Either<Page<CodesPage>, Done<SecondStepPage>>, Fault> {
    confirmed(&cx, &input.value.password).await?;
    let (person, stamp) = (cx.signed_in()?.person, cx.stamp(None));
    match input.value.what {
        What::Codes => {
            let renew = RenewRecoveryCodes::draw(person, stamp, &cx.app().entropy);
            Ok(Either::Left(shown(&cx, &cx.write(renew).await?)?))
        }
        What::Off => {
            cx.write(EndSecondStep { person, reset: false, stamp }).await?;
            Ok(Either::Right(Done::see(HERE).saying(Text::of("second-step-ended"))))
        }
    }
}
