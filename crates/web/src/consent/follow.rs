//! A number to be called back by, left with a report without an account. Reporting goes without it.

use qige_identity::{
    CONTACT_PHONE, CallBack, ConsentProof, GiveConsent, LeaveNumber, PhoneNumber, PurposeKey, ReadingFilter,
    Scope, Subject, WithdrawConsent, readings,
};
use qige_kernel::{Refusal, ReportId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::line::{PurposeCard, card_of};
use crate::public::follow::{Found, by_code};
use crate::trust::row::{ReadingLine, page_of, samples};
use crate::{Access, Cx, Done, Fault, Input, Page, Path, Routes, Text, View, Width};

/// Looks at the number that are shown.
const READINGS: u32 = 20;

pub(super) fn routes() -> Routes {
    const ALL: Access = Access::Public;
    Routes::of("follow")
        .get("/follow/{code}/call", ALL, "Whether one may be called back about a report", show)
        .post("/follow/{code}/call", ALL, "Leave a number to be called back by", leave)
        .post("/follow/{code}/call/withdraw", ALL, "Take the number away again", withdraw)
}

/// Whether one may be called back about a report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CallPage {
    code: String,
    /// To what one consents, and whether one does; nothing where nobody is called back any more.
    card: Option<PurposeCard>,
    /// Who opened the number, the newest first.
    readings: Vec<ReadingLine>,
}

impl View for CallPage {
    const TEMPLATE: &'static str = "consent/call.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("follow-call-title")
    }

    fn samples() -> Vec<Self> {
        let code = "7K3M-9QXA-2BTV".to_owned();
        let page = |card| Self { code: code.clone(), card, readings: samples() };
        let cards = PurposeCard::samples().into_iter().map(|card| page(Some(card)));
        cards.chain([Self { readings: Vec::new(), ..page(None) }]).collect()
    }
}

async fn show(cx: Cx, Path(code): Path<String>) -> Result<Page<CallPage>, Fault> {
    let Found { code, case, .. } = by_code(&cx, &code).await?;
    let report = case.report;
    let card = card_of(&cx, Subject::Report(report), PurposeKey::of::<CallBack>()).await?;
    let filter = ReadingFilter { owner: Some(report.0), ..ReadingFilter::default() };
    let rows =
        cx.read(move |tx| Box::pin(async move { Ok(readings(tx, &filter, None, READINGS).await?) })).await?;
    let mut readings = page_of(rows, READINGS).0;
    // Whoever is called is told that the centre looked, not which of its people.
    for line in &mut readings {
        (line.reader, line.reader_name) = (None, None);
    }
    Ok(Page(CallPage { code: code.to_string(), card, readings }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Number {
    /// The version of the text that was read.
    text_version: i64,
    /// The mobile number.
    phone: String,
    /// That one has read it and agrees.
    #[serde(default)]
    agreed: bool,
}

async fn leave(cx: Cx, Path(code): Path<String>, input: Input<Number>) -> Result<Done<CallPage>, Fault> {
    let report: ReportId = by_code(&cx, &code).await?.case.report;
    let Number { text_version: version, phone, agreed } = input.value;
    if !agreed {
        return Err(Refusal::invalid("agreed", "consent-not-agreed").into());
    }
    let number: PhoneNumber = phone.parse()?;
    let field = CONTACT_PHONE.field(cx.tenant()?.id, report.0);
    let phone = cx.app().vault.seal(field, number.as_str()).await?;
    let consent = GiveConsent {
        id: cx.id(),
        subject: Subject::Report(report),
        purpose: PurposeKey::of::<CallBack>(),
        version,
        scope: Scope::Tenant,
        proof: ConsentProof::Tick,
        object: None,
        guardian: None,
        stamp: cx.stamp(None),
    };
    cx.write(LeaveNumber { consent, report, phone }).await?;
    Ok(Done::see(format!("/follow/{code}/call")).saying(Text::of("follow-call-left")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn withdraw(
    cx: Cx,
    Path(code): Path<String>,
    _nothing: Input<Nothing>,
) -> Result<Done<CallPage>, Fault> {
    let subject = Subject::Report(by_code(&cx, &code).await?.case.report);
    let card = card_of(&cx, subject, PurposeKey::of::<CallBack>()).await?;
    for line in card.into_iter().flat_map(|card| card.holding) {
        cx.write(WithdrawConsent { id: line.id, subject, stamp: cx.stamp(None) }).await?;
    }
    Ok(Done::see(format!("/follow/{code}/call")).saying(Text::of("follow-call-taken")))
}
