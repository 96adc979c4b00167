//! Leaving the scheme, in one place: what goes at once, what goes later, and what must stay and why.

use qige_app::{Forecast, forecast};
use qige_cases::queries::own_data;
use qige_identity::{
    KeptAction, KeptClass, PersonState, SetPersonState, Subject, consents_of, credentials_of, grants_of,
    person,
};
use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::sure::{Sure, has_password, sure};
use crate::{Access, Cx, Done, Fault, Input, Page, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    const MAY: Access = Access::SignedIn;
    Routes::of("account").get("/me/leave", MAY, "What leaving does, before it is done", show).post(
        "/me/leave",
        MAY,
        "Leave the scheme for good",
        leave,
    )
}

/// What leaving does.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LeavePage {
    /// What goes at once.
    number: bool,
    sign_in_name: bool,
    sessions: usize,
    roles: usize,
    consents: usize,
    /// Days after which the name goes; nothing where the subdistrict keeps it.
    name_days: Option<i64>,
    /// Days after the end of a case in which its photos go; nothing where the subdistrict keeps them.
    photo_days: Option<i64>,
    /// Days after the end of a case; none where words are kept.
    word_days: Option<i64>,
    /// Days that consents stay on record; nothing for as long as the subdistrict lasts.
    consent_days: Option<i64>,
    /// The same for who opened one's sensitive data.
    reading_days: Option<i64>,
    /// Reports that stay.
    reports: usize,
    /// Whether one says by a password that it is oneself.
    by_password: bool,
}

impl View for LeavePage {
    const TEMPLATE: &'static str = "trust/leave.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("leave-title")
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            number: true,
            sign_in_name: true,
            sessions: 2,
            roles: 1,
            consents: 1,
            name_days: Some(30),
            photo_days: Some(90),
            word_days: Some(3_653),
            consent_days: Some(1_096),
            reading_days: Some(1_096),
            reports: 17,
            by_password: true,
        };
        let bare = Self {
            number: false,
            sign_in_name: false,
            consents: 0,
            reports: 0,
            by_password: false,
            ..full.clone()
        };
        let none = None;
        let kept = Self {
            name_days: none,
            photo_days: none,
            word_days: none,
            consent_days: none,
            reading_days: none,
            ..full.clone()
        };
        vec![full, bare, kept]
    }
}

async fn show(cx: Cx) -> Result<Page<LeavePage>, Fault> {
    let (id, now, by_password) = (cx.signed_in()?.person, cx.now(), has_password(&cx).await?);
    let page = cx
        .read(move |tx| {
            Box::pin(async move {
                let rules = forecast(tx, now).await?;
                let days = |class| {
                    let rule = rules.iter().find(|one: &&Forecast| one.class == class).map(|one| one.rule);
                    rule.filter(|rule| rule.action != KeptAction::Keep).map(|rule| rule.days)
                };
                let account = person(tx, id).await?;
                let consents = consents_of(tx, Subject::Person(id), now).await?;
                let holds = consents.iter().filter(|(row, _)| row.ended_at.is_none()).count();
                let grants = grants_of(tx, id).await?;
                let held = |until: Option<_>| until.is_none_or(|until| until > now);
                Ok(LeavePage {
                    number: account.as_ref().is_some_and(|account| account.phone.is_some()),
                    sign_in_name: account.is_some_and(|account| account.sign_in_name.is_some()),
                    sessions: credentials_of(tx, id, now).await?.len(),
                    roles: grants.iter().filter(|grant| held(grant.ends_at)).count(),
                    consents: holds,
                    name_days: days(KeptClass::People),
                    photo_days: days(KeptClass::Photos),
                    word_days: days(KeptClass::Words),
                    consent_days: days(KeptClass::Consents),
                    reading_days: days(KeptClass::AccessLog),
                    reports: own_data(tx, id).await?.reported.len(),
                    by_password,
                })
            })
        })
        .await?;
    Ok(Page(page))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Leaving {
    /// One's password, where one has one; whoever has none has come in just now.
    #[serde(default)]
    password: String,
    /// That one has read what it does.
    #[serde(default)]
    agreed: bool,
}

async fn leave(cx: Cx, input: Input<Leaving>) -> Result<Done, Fault> {
    let Leaving { password, agreed } = input.value;
    if !agreed {
        return Err(Refusal::invalid("agreed", "leave-not-agreed").into());
    }
    sure(&cx, &Sure { password }).await?;
    let person = cx.signed_in()?.person;
    cx.write(SetPersonState { person, state: PersonState::Left, stamp: cx.stamp(None) }).await?;
    Ok(Done::see("/").saying(Text::of("leave-done")))
}
