//! The privacy notice, and the assessment of its impact: filled from what is really set, and made for paper.

use qige_identity::{
    Algorithm, PRIVACY, Permission, PrivacyFacts, READING_LIMITS, ReadingLimits, SECOND_STEP, SecondStepRule,
    SetSetting, consent_counts, purposes, setting,
};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::retention::ClassLine;
use crate::admin::stamp;
use crate::consent::line::PurposeCard;
use crate::page::Density;
use crate::{Access, Cx, Done, Fault, Input, Page, Routes, Text, View, Width};

/// The administrator fills it in; the auditor reads it.
const MAY_READ: &[Permission] = &[Permission::ManageSettings, Permission::ReadJournal];

pub(super) fn routes() -> Routes {
    Routes::of("public")
        .get("/privacy", Access::Public, "How personal information is processed here", notice)
        .and(assessing())
}

fn assessing() -> Routes {
    Routes::of("admin")
        .get("/admin/impact", MAY_READ, "The assessment of the impact on personal information", assessment)
        .post(
            "/admin/impact",
            Permission::ManageSettings,
            "Set what the privacy notice and the assessment say that only people know",
            set,
        )
}

/// What both say of how it is done here.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Processing {
    /// The subdistrict that processes it.
    kept_by: String,
    facts: PrivacyFacts,
    /// What is done by consent.
    purposes: Vec<PurposeCard>,
    /// How long what is kept.
    classes: Vec<ClassLine>,
    /// Maps come from another host.
    map_host: Option<String>,
    at: Timestamp,
}

/// How personal information is processed here.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct NoticePage {
    #[serde(flatten)]
    processing: Processing,
}

/// The assessment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ImpactPage {
    #[serde(flatten)]
    processing: Processing,
    /// By what sensitive fields are sealed.
    algorithm: Algorithm,
    /// Whether everybody at work must have a second step at sign-in.
    second_step: bool,
    limits: ReadingLimits,
    /// Consents in force.
    consents: i64,
    may_set: bool,
}

fn sample(facts: PrivacyFacts) -> Processing {
    let lines = qige_identity::KeptClass::ALL.iter();
    Processing {
        kept_by: "牛山街道".to_owned(),
        facts,
        purposes: PurposeCard::samples(),
        classes: lines.map(|class| ClassLine::of(*class, class.bounds().usual, 0, [0; 3])).collect(),
        map_host: Some("tiles.example".to_owned()),
        at: Timestamp::from_micros(1_790_000_000_000_000),
    }
}

fn sample_facts() -> PrivacyFacts {
    PrivacyFacts {
        contact: "牛山街道网格中心".to_owned(),
        officer: "网格中心负责人".to_owned(),
        conclusion: "可以进行。".to_owned(),
        assessed_by: "系统管理员 01".to_owned(),
        assessed_on: "2026-09-23".to_owned(),
    }
}

impl View for NoticePage {
    const TEMPLATE: &'static str = "trust/notice.html";

    fn title(&self) -> Text {
        Text::of("privacy-title")
    }

    fn samples() -> Vec<Self> {
        let bare = Processing { map_host: None, purposes: Vec::new(), ..sample(PrivacyFacts::default()) };
        vec![Self { processing: sample(sample_facts()) }, Self { processing: bare }]
    }
}

impl View for ImpactPage {
    const TEMPLATE: &'static str = "trust/impact.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Normal;

    fn title(&self) -> Text {
        Text::of("impact-title")
    }

    fn samples() -> Vec<Self> {
        let page = |processing, second_step| Self {
            processing,
            algorithm: Algorithm::Aes256Gcm,
            second_step,
            limits: ReadingLimits::default(),
            consents: 17,
            may_set: second_step,
        };
        vec![page(sample(sample_facts()), true), page(sample(PrivacyFacts::default()), false)]
    }
}

async fn processing(cx: &Cx) -> Result<Processing, Fault> {
    let (now, locale) = (cx.now(), cx.locale());
    let (facts, texts, rules) = cx
        .read(move |tx| {
            Box::pin(async move {
                let facts: Option<PrivacyFacts> = setting(tx, PRIVACY).await?;
                Ok((
                    facts.unwrap_or_default(),
                    purposes(tx).await?,
                    qige_identity::retention_rules(tx).await?,
                ))
            })
        })
        .await?;
    let asked = texts.into_iter().filter(|text| !text.retired);
    let class = |class: &qige_identity::KeptClass| ClassLine::of(*class, rules.of(*class), 0, [0; 3]);
    Ok(Processing {
        kept_by: cx.tenant()?.name.clone(),
        facts,
        purposes: asked.map(|text| PurposeCard::of(text, locale, &[])).collect(),
        classes: qige_identity::KeptClass::ALL.iter().map(class).collect(),
        map_host: cx.state().settings().base_map.host(),
        at: now,
    })
}

async fn notice(cx: Cx) -> Result<Page<NoticePage>, Fault> {
    Ok(Page(NoticePage { processing: processing(&cx).await? }))
}

async fn assessment(cx: Cx) -> Result<Page<ImpactPage>, Fault> {
    let (processing, now) = (processing(&cx).await?, cx.now());
    let (second_step, limits, consents) = cx
        .read(move |tx| {
            Box::pin(async move {
                let rule: Option<SecondStepRule> = setting(tx, SECOND_STEP).await?;
                let limits: Option<ReadingLimits> = setting(tx, READING_LIMITS).await?;
                let consents = consent_counts(tx, now).await?;
                let consents = consents.iter().map(|one| one.count).sum();
                Ok((rule.unwrap_or_default().staff, limits.unwrap_or_default(), consents))
            })
        })
        .await?;
    let may_set = cx.signed_in()?.may(Permission::ManageSettings);
    let algorithm = cx.state().settings().algorithm;
    Ok(Page(ImpactPage { processing, algorithm, second_step, limits, consents, may_set }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Facts {
    /// How whoever processes it is reached.
    contact: Option<String>,
    /// Who answers for it.
    officer: Option<String>,
    /// What the assessment comes to.
    conclusion: Option<String>,
    /// Who assessed it.
    assessed_by: Option<String>,
    /// On which day, as it is written.
    assessed_on: Option<String>,
}

async fn set(cx: Cx, input: Input<Facts>) -> Result<Done<ImpactPage>, Fault> {
    let Facts { contact, officer, conclusion, assessed_by, assessed_on } = input.value;
    let text = Option::unwrap_or_default;
    let facts = PrivacyFacts {
        contact: text(contact),
        officer: text(officer),
        conclusion: text(conclusion),
        assessed_by: text(assessed_by),
        assessed_on: text(assessed_on),
    };
    facts.check()?;
    let value = serde_json::to_value(facts).unwrap_or_default();
    let stamp = stamp(&cx, Permission::ManageSettings)?;
    cx.write(SetSetting { key: PRIVACY, value, stamp }).await?;
    Ok(Done::see("/admin/impact").saying(Text::of("admin-saved")))
}
