//! Consents that somebody gave on paper, or signs at the desk: written down by staff, for a guardian too.

use axum::response::Response;
use qige_identity::member::{LetGo, LetGoBy};
use qige_identity::{
    CONSENT_GUARDIAN, ConsentEffect, ConsentRow, ConsentStanding, GiveConsent, Guardian, KeyClass,
    Permission, Purpose, Scope, Seen, Subject, Wanted, WithdrawConsent, effects_of, person_name,
};
use qige_kernel::{ConsentId, PersonId, Refusal, RefusalKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grants::Places;
use crate::account::sure::{Sure, has_password, sure};
use crate::admin::stamp;
use crate::centre::names::Choice;
use crate::consent::line::{ConsentLine, PurposeCard, all_of, one_of, purpose};
use crate::consent::proof;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, Upload, View, circle};

const MAY: Permission = Permission::RecordConsents;
/// Letters of a guardian's name at most.
const GUARDIAN_LETTERS_MAX: usize = 60;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/people/{id}/consents", MAY, "What somebody consents to", show)
        .post("/admin/people/{id}/consents/to/{purpose}", MAY, "Write down a consent given on paper", record)
        .get("/admin/people/{id}/consents/{consent}", MAY, "One consent of somebody", one)
        .get("/admin/people/{id}/consents/{consent}/proof", MAY, "The signature or the scan of it", look)
        .post("/admin/people/{id}/consents/{consent}/withdraw", MAY, "Withdraw it for somebody", withdraw)
}

/// What somebody consents to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PersonConsentsPage {
    person: PersonId,
    name: String,
    purposes: Vec<PurposeCard>,
    /// What holds no more, the newest first.
    past: Vec<ConsentLine>,
    /// Scopes to choose from.
    scopes: Vec<Choice>,
}

impl View for PersonConsentsPage {
    const TEMPLATE: &'static str = "consent/of_person.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("consents-of").with("name", self.name.as_str())
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            person: PersonId(uuid::Uuid::nil()),
            name: "骑手 0017".to_owned(),
            purposes: PurposeCard::samples(),
            past: vec![ConsentLine::sample(ConsentStanding::Ended)],
            scopes: vec![
                Choice::of(&Scope::Tenant, ""),
                Choice::of(&"community:019a0000-0000-7000-8000-000000000001", "晶都社区"),
            ],
        };
        vec![full.clone(), Self { past: Vec::new(), purposes: Vec::new(), ..full }]
    }
}

async fn show(cx: Cx, Path(person): Path<PersonId>) -> Result<Page<PersonConsentsPage>, Fault> {
    circle::require(&cx, MAY, person).await?;
    let (own, whole) = (cx.signed_in()?.scopes(MAY), cx.signed_in()?.may_everywhere(MAY));
    let (at, locale, places) = (cx.now(), cx.locale(), Places::of(&cx).await?);
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(name) = person_name(tx, person).await? else { return Ok(None) };
                let known = places.read(tx).await?;
                let named = |scope| known.name(scope);
                let (purposes, past) = all_of(tx, Subject::Person(person), at, locale, &named).await?;
                let scopes = known.scopes();
                Ok(Some(PersonConsentsPage { person, name, purposes, past, scopes }))
            })
        })
        .await?;
    let mut page = found.ok_or_else(|| Refusal::new(RefusalKind::Missing, "person-missing"))?;
    // What a station or a unit is told of is no place in which somebody lives.
    page.scopes.retain(|scope| {
        if whole {
            scope.value == "tenant" || scope.value.starts_with("community:")
        } else {
            own.iter().any(|own| own.to_string() == scope.value)
        }
    });
    Ok(Page(page))
}

/// What the paper says.
#[derive(Debug, Deserialize, JsonSchema)]
struct Recorded {
    /// The version of the text that was signed.
    text_version: i64,
    /// Over what it holds: `tenant`, or kind and id. The paper comes as the file `scan`, a signature drawn at
    /// the desk as the file `signature`.
    scope: Scope,
    /// Who gave it, where that was a guardian.
    guardian: Option<String>,
}

async fn record(
    cx: Cx,
    Path((person, to)): Path<(PersonId, String)>,
    upload: Upload<Recorded>,
) -> Result<Done<PersonConsentsPage>, Fault> {
    let purpose = purpose(&to)?;
    let Recorded { text_version: version, scope, guardian } = upload.value;
    let (id, subject): (ConsentId, _) = (cx.id(), Subject::Person(person));
    circle::require(&cx, MAY, person).await?;
    let who = cx.signed_in()?;
    if !who.may_everywhere(MAY) && !who.scopes(MAY).contains(&scope) {
        return Err(Refusal::invalid("scope", "consent-scope-own").into());
    }
    if who.person == person {
        return Err(Refusal::new(RefusalKind::Forbidden, "consent-paper-own").into());
    }
    let guardian = match guardian.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) if name.chars().count() > GUARDIAN_LETTERS_MAX => {
            let refusal = Refusal::invalid("guardian", "text-too-long");
            return Err(refusal.with("max", GUARDIAN_LETTERS_MAX).with("field", "guardian").into());
        }
        Some(name) => {
            let field = CONSENT_GUARDIAN.field(cx.tenant()?.id, id.0);
            Some(Guardian { name: cx.app().vault.seal(field, name).await? })
        }
        None => None,
    };
    let (proof, object) = proof::taken(&cx, id, upload.files).await?;
    let stamp = stamp(&cx, MAY)?;
    cx.write(GiveConsent { id, subject, purpose, version, scope, proof, object, guardian, stamp }).await?;
    Ok(Done::see(format!("/admin/people/{person}/consents")).saying(Text::of("consent-recorded")))
}

/// One consent of somebody, and what ends with it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PersonConsentPage {
    person: PersonId,
    name: String,
    consent: ConsentLine,
    /// Who gave it for them.
    guardian: Option<String>,
    /// Whether withdrawing it lets them go for good: that needs a reason, and that it is oneself.
    lets_go: bool,
    /// Whether whoever reads this says that by a password.
    by_password: bool,
}

impl View for PersonConsentPage {
    const TEMPLATE: &'static str = "consent/of_person_one.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::plain(self.consent.name.clone())
    }

    fn samples() -> Vec<Self> {
        let page = |standing| Self {
            person: PersonId(uuid::Uuid::nil()),
            name: "骑手 0017".to_owned(),
            consent: ConsentLine::sample(standing),
            guardian: Some("家长 01".to_owned()),
            lets_go: true,
            by_password: true,
        };
        let other = Self { lets_go: false, ..page(ConsentStanding::Holds) };
        let anew = Self { by_password: false, ..page(ConsentStanding::Holds) };
        vec![
            page(ConsentStanding::Holds),
            other,
            anew,
            Self { guardian: None, ..page(ConsentStanding::Ended) },
        ]
    }
}

async fn find(cx: &Cx, person: PersonId, id: ConsentId) -> Result<(ConsentRow, ConsentStanding), Fault> {
    circle::require(cx, MAY, person).await?;
    let (at, subject) = (cx.now(), Subject::Person(person));
    let found = cx.read(move |tx| Box::pin(async move { Ok(one_of(tx, subject, id, at).await?) })).await?;
    found.ok_or_else(Fault::missing)
}

async fn one(
    cx: Cx,
    Path((person, id)): Path<(PersonId, ConsentId)>,
) -> Result<Page<PersonConsentPage>, Fault> {
    let (row, standing) = find(&cx, person, id).await?;
    let (locale, places, sealed) = (cx.locale(), Places::of(&cx).await?, row.guardian.clone());
    let (name, consent) = cx
        .read(move |tx| {
            Box::pin(async move {
                let known = places.read(tx).await?;
                let line = ConsentLine::of(tx, row, standing, locale, &|scope| known.name(scope)).await?;
                Ok((person_name(tx, person).await?.unwrap_or_default(), line))
            })
        })
        .await?;
    let guardian = match sealed {
        Some(sealed) => {
            let wanted = [Wanted { column: &CONSENT_GUARDIAN, row: id.0, owner: person.0, sealed }];
            let (asker, stamp) = (cx.asker()?, stamp(&cx, MAY)?);
            cx.app().vault.read(asker, Purpose::LookAtConsent, stamp, &wanted).await?.pop()
        }
        None => None,
    };
    let (lets_go, by_password) = (lets_go(&consent), has_password(&cx).await?);
    Ok(Page(PersonConsentPage { person, name, consent, guardian, lets_go, by_password }))
}

/// Whether withdrawing a consent lets somebody go.
fn lets_go(consent: &ConsentLine) -> bool {
    consent.ended_at.is_none() && consent.effects.contains(&ConsentEffect::MembershipEnds)
}

async fn look(cx: Cx, Path((person, id)): Path<(PersonId, ConsentId)>) -> Result<Response, Fault> {
    let (row, _) = find(&cx, person, id).await?;
    let seen = vec![Seen { owner: person.0, class: KeyClass::Proof, field: "consents.object" }];
    cx.app().vault.note_seen(cx.asker()?, Purpose::LookAtConsent, stamp(&cx, MAY)?, seen).await?;
    proof::shown(&cx, row).await
}

/// What lets somebody go needs both; withdrawing anything else needs neither.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Withdrawn {
    /// Why.
    #[serde(default)]
    reason: String,
    /// One's own password, where one has one: that it is oneself.
    #[serde(default)]
    password: String,
}

async fn withdraw(
    cx: Cx,
    Path((person, id)): Path<(PersonId, ConsentId)>,
    input: Input<Withdrawn>,
) -> Result<Done<PersonConsentPage>, Fault> {
    let (row, _) = find(&cx, person, id).await?;
    let effects = cx.read(move |tx| Box::pin(async move { Ok((effects_of(tx, &row).await?, row.ended_at)) }));
    let (effects, ended_at) = effects.await?;
    let (stamp, Withdrawn { reason, password }) = (stamp(&cx, MAY)?, input.value);
    if ended_at.is_none() && effects.contains(&ConsentEffect::MembershipEnds) {
        sure(&cx, &Sure { password }).await?;
        cx.write(LetGo { person, by: LetGoBy::Consent(id), reason, stamp }).await?;
    } else {
        cx.write(WithdrawConsent { id, subject: Subject::Person(person), stamp }).await?;
    }
    let to = format!("/admin/people/{person}/consents/{id}");
    Ok(Done::see(to).saying(Text::of("consent-withdrawn")))
}
