//! What the tenant set about cases: each setting with what it means, its range and what it is without.

mod change;

use qige_app::CASES_SETTING;
use qige_cases::catalogue::Catalogue;
use qige_cases::deadlines::{default_term, term};
use qige_cases::{MatterKey, Policy, Stage, Urgency};
use qige_identity::{Permission, setting};
use schemars::JsonSchema;
use serde::Serialize;

use super::term::Long;
use crate::centre::names::Choice;
use crate::page::Density;
use crate::{Cx, Fault, Locale, Page, Routes, Text, View};

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/settings", Permission::ManageSettings, "The settings about cases", show)
        .and(change::routes())
}

/// The settings about cases.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct SettingsPage {
    /// As they are.
    policy: Policy,
    /// As they are where nobody says anything.
    usual: Policy,
    /// The term of each stage by urgency, as it is now.
    terms: Vec<StageTerms>,
    /// The tenant's own terms.
    rules: Vec<Rule>,
    /// Distances of the tenant's own.
    radii: Vec<Radius>,
    /// Major classes to choose from.
    majors: Vec<Choice>,
    /// Matters to choose from.
    matters: Vec<MatterKey>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct StageTerms {
    stage: Stage,
    /// Critical, urgent, normal, complex.
    terms: Vec<OneTerm>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OneTerm {
    long: Long,
    /// Whether it is the tenant's own.
    own: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Rule {
    stage: Stage,
    urgency: Option<Urgency>,
    matter: Option<MatterKey>,
    long: Long,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Radius {
    major: u8,
    /// What the class is called.
    name: String,
    metres: u16,
}

impl View for SettingsPage {
    const TEMPLATE: &'static str = "admin/settings.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("admin-settings-title")
    }

    fn samples() -> Vec<Self> {
        let usual = page(&Policy::default(), Locale::ZhHans);
        let mut own = Policy::default();
        own.duplicate_radius_metres.insert(6, 80);
        let rule = |urgency, matter: Option<&str>| qige_cases::deadlines::TermRule {
            stage: Stage::Handle,
            urgency,
            matter: matter.and_then(|matter| matter.parse().ok()),
            term: qige_kernel::Term::WorkDays(5),
        };
        own.terms = vec![rule(Some(Urgency::Normal), None), rule(None, Some("matter-06-012"))];
        vec![usual, page(&own, Locale::ZhHans)]
    }
}

async fn show(cx: Cx) -> Result<Page<SettingsPage>, Fault> {
    let policy: Option<Policy> =
        cx.read(|tx| Box::pin(async move { Ok(setting(tx, CASES_SETTING).await?) })).await?;
    Ok(Page(page(&policy.unwrap_or_default(), cx.locale())))
}

fn page(policy: &Policy, locale: Locale) -> SettingsPage {
    let stage_terms = |stage: Stage| {
        let one = |urgency: &Urgency| {
            let now = term(stage, *urgency, None, policy);
            OneTerm { long: now.into(), own: now != default_term(stage, *urgency) }
        };
        StageTerms { stage, terms: Urgency::ALL.iter().map(one).collect() }
    };
    let rules = policy.terms.iter().map(|rule| Rule {
        stage: rule.stage,
        urgency: rule.urgency,
        matter: rule.matter,
        long: rule.term.into(),
    });
    let majors = majors(locale);
    let name = |major: u8| {
        let value = major.to_string();
        majors.iter().find(|choice| choice.value == value).map_or(value, |choice| choice.label.clone())
    };
    let radii = policy.duplicate_radius_metres.iter();
    let radii = radii.map(|(major, metres)| Radius { major: *major, name: name(*major), metres: *metres });
    SettingsPage {
        terms: Stage::ALL.iter().copied().map(stage_terms).collect(),
        rules: rules.collect(),
        radii: radii.collect(),
        matters: Catalogue::standard().iter().map(|matter| matter.key).collect(),
        majors: majors.clone(),
        usual: Policy::default(),
        policy: policy.clone(),
    }
}

/// Major classes by their two digits. Matters and components share the digits, and so a distance.
fn majors(locale: Locale) -> Vec<Choice> {
    let mut choices: Vec<(u8, String)> = Vec::new();
    for class in Catalogue::standard().majors() {
        let name = if locale == Locale::En { &class.english } else { &class.name };
        match choices.iter_mut().find(|(major, _)| *major == class.major) {
            Some((_, label)) => label.push_str(&format!(" / {name}")),
            None => choices.push((class.major, format!("{:02} {name}", class.major))),
        }
    }
    choices.sort_unstable();
    choices.into_iter().map(|(major, label)| Choice::of(&major, label)).collect()
}
