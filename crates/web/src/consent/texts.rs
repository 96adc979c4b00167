//! To what people are asked to consent: purposes and their texts in versions, for the administrator.

use std::collections::BTreeMap;

use qige_identity::{
    ConsentText, ConsentWords, Permission, PurposeKey, PurposeWords, WriteConsentText, consent_counts,
    consent_texts, person_name, purposes,
};
use qige_kernel::{Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::line::{PurposeCard, purpose};
use crate::admin::stamp;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, View};

const MAY: Permission = Permission::ManageConsents;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/consents", MAY, "To what people are asked to consent", list)
        .post("/admin/consents", MAY, "Ask for consent to something else", add)
        .get("/admin/consents/{purpose}", MAY, "One purpose with the versions of its text", show)
        .post("/admin/consents/{purpose}", MAY, "Write the next version of a text", write)
        .get("/admin/consents/{purpose}/preview", MAY, "Before a text is looked at as people read it", show)
        .post(
            "/admin/consents/{purpose}/preview",
            MAY,
            "A text as people will read it, not yet kept",
            preview,
        )
}

/// To what people are asked to consent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PurposesPage {
    purposes: Vec<PurposeLine>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PurposeLine {
    purpose: PurposeKey,
    name: String,
    version: i64,
    sensitive: bool,
    guardian: bool,
    term_days: i64,
    retired: bool,
    /// How many consents hold.
    holding: i64,
}

impl View for PurposesPage {
    const TEMPLATE: &'static str = "consent/purposes.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("purposes-title")
    }

    fn samples() -> Vec<Self> {
        let line = |retired| PurposeLine {
            purpose: PurposeKey::of::<qige_identity::CallBack>(),
            name: "电话回访".to_owned(),
            version: 2,
            sensitive: retired,
            guardian: retired,
            term_days: 365,
            retired,
            holding: 17,
        };
        vec![Self { purposes: vec![line(false), line(true)] }]
    }
}

async fn list(cx: Cx) -> Result<Page<PurposesPage>, Fault> {
    let (now, locale) = (cx.now(), cx.locale());
    let (texts, counts) = cx
        .read(move |tx| Box::pin(async move { Ok((purposes(tx).await?, consent_counts(tx, now).await?)) }))
        .await?;
    let counts: BTreeMap<_, _> = counts.into_iter().map(|one| (one.purpose, one.count)).collect();
    let line = |text: ConsentText| PurposeLine {
        name: text.words.by_tag(locale.tag()).name.clone(),
        holding: counts.get(&text.purpose).copied().unwrap_or_default(),
        purpose: text.purpose,
        version: text.version,
        sensitive: text.sensitive,
        guardian: text.guardian,
        term_days: text.term_days,
        retired: text.retired,
    };
    Ok(Page(PurposesPage { purposes: texts.into_iter().map(line).collect() }))
}

/// One purpose with the versions of its text.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PurposePage {
    purpose: PurposeKey,
    name: String,
    /// The newest first.
    versions: Vec<Version>,
    /// How it would be read, in both languages, where that was asked for.
    preview: Option<[PurposeCard; 2]>,
    /// What was typed, where it is looked at before it is kept.
    typed: Option<Written>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Version {
    version: i64,
    sensitive: bool,
    guardian: bool,
    term_days: i64,
    words: ConsentWords,
    asks_again: bool,
    retired: bool,
    /// Since when; nothing for the product's own text to which nobody has consented.
    since: Option<Timestamp>,
    /// Who wrote it; nothing for the product's own.
    by: Option<String>,
}

impl View for PurposePage {
    const TEMPLATE: &'static str = "consent/purpose.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::plain(self.name.clone())
    }

    fn samples() -> Vec<Self> {
        let words = PurposeWords {
            name: "电话回访".to_owned(),
            text: "我同意。".to_owned(),
            done: "打开号码。".to_owned(),
            ends: "不再打开。".to_owned(),
        };
        let version = |version, asks_again| Version {
            version,
            sensitive: asks_again,
            guardian: asks_again,
            term_days: 365,
            words: ConsentWords { zh_hans: words.clone(), en: words.clone() },
            asks_again,
            retired: asks_again,
            since: asks_again.then_some(Timestamp::from_micros(1_790_000_000_000_000)),
            by: asks_again.then(|| "系统管理员 01".to_owned()),
        };
        let bare = Self {
            purpose: PurposeKey::of::<qige_identity::CallBack>(),
            name: "电话回访".to_owned(),
            versions: vec![version(2, true), version(1, false)],
            preview: None,
            typed: None,
        };
        let cards: Option<[PurposeCard; 2]> = PurposeCard::samples().try_into().ok();
        vec![bare.clone(), Self { preview: cards, typed: Some(Written::default()), ..bare }]
    }
}

async fn show(cx: Cx, Path(text): Path<String>) -> Result<Page<PurposePage>, Fault> {
    let (purpose, locale) = (purpose(&text)?, cx.locale());
    let wanted = purpose.clone();
    let versions = cx
        .read(move |tx| {
            Box::pin(async move {
                let mut versions = Vec::new();
                for text in consent_texts(tx, &wanted).await? {
                    let by = match text.made_by {
                        Some(by) => person_name(tx, by).await?,
                        None => None,
                    };
                    versions.push(version(text, by));
                }
                Ok(versions)
            })
        })
        .await?;
    let name = versions.first().ok_or_else(Fault::missing)?.words.by_tag(locale.tag()).name.clone();
    Ok(Page(PurposePage { purpose, name, versions, preview: None, typed: None }))
}

fn version(text: ConsentText, by: Option<String>) -> Version {
    Version {
        version: text.version,
        sensitive: text.sensitive,
        guardian: text.guardian,
        term_days: text.term_days,
        words: text.words,
        asks_again: text.asks_again,
        retired: text.retired,
        since: text.made_at,
        by,
    }
}

/// A text as it is written.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Written {
    /// The version that it is written after.
    #[serde(default)]
    after: i64,
    /// Sensitive personal information is processed under it.
    #[serde(default)]
    sensitive: bool,
    /// A guardian may give it for somebody.
    #[serde(default)]
    guardian: bool,
    /// Days that a consent holds; at most five years.
    term_days: i64,
    zh_name: String,
    zh_text: String,
    zh_done: String,
    zh_ends: String,
    en_name: String,
    en_text: String,
    en_done: String,
    en_ends: String,
    /// Consents to the versions before hold no more, and people are asked again.
    #[serde(default)]
    asks_again: bool,
    /// Nobody is asked any more.
    #[serde(default)]
    retired: bool,
}

impl Written {
    fn command(self, cx: &Cx, purpose: PurposeKey) -> Result<WriteConsentText, Fault> {
        let words = |name, text, done, ends| PurposeWords { name, text, done, ends };
        let command = WriteConsentText {
            purpose,
            after: self.after,
            sensitive: self.sensitive,
            guardian: self.guardian,
            term_days: self.term_days,
            words: ConsentWords {
                zh_hans: words(self.zh_name, self.zh_text, self.zh_done, self.zh_ends),
                en: words(self.en_name, self.en_text, self.en_done, self.en_ends),
            },
            asks_again: self.asks_again,
            retired: self.retired,
            stamp: stamp(cx, MAY)?,
        };
        command.check()?;
        Ok(command)
    }
}

/// A purpose of the subdistrict's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct New {
    /// What it is called in addresses: small letters, digits and hyphens.
    purpose: String,
    /// What it is called in Chinese; the rest is written on its page.
    zh_name: String,
    /// What it is called in English.
    en_name: String,
    zh_text: String,
    en_text: String,
    zh_done: String,
    en_done: String,
    zh_ends: String,
    en_ends: String,
    /// Days that a consent holds; at most five years.
    term_days: i64,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    guardian: bool,
}

async fn add(cx: Cx, input: Input<New>) -> Result<Done<PurposePage>, Fault> {
    let New { purpose, term_days, sensitive, guardian, .. } = &input.value;
    let (term_days, sensitive, guardian) = (*term_days, *sensitive, *guardian);
    let purpose: PurposeKey =
        purpose.parse().map_err(|_| Refusal::invalid("purpose", "consent-purpose-odd"))?;
    let New { zh_name, zh_text, zh_done, zh_ends, en_name, en_text, en_done, en_ends, .. } = input.value;
    let written = Written {
        term_days,
        sensitive,
        guardian,
        zh_name,
        zh_text,
        zh_done,
        zh_ends,
        en_name,
        en_text,
        en_done,
        en_ends,
        ..Written::default()
    };
    cx.write(written.command(&cx, purpose.clone())?).await?;
    Ok(Done::created(format!("/admin/consents/{purpose}")).saying(Text::of("admin-saved")))
}

async fn write(cx: Cx, Path(text): Path<String>, input: Input<Written>) -> Result<Done<PurposePage>, Fault> {
    let purpose = purpose(&text)?;
    let Page(known) = show(cx.clone(), Path(text)).await?;
    if input.value.after == 0 {
        return Err(Refusal::invalid("after", "consent-text-renewed").into());
    }
    cx.write(input.value.command(&cx, purpose)?).await?;
    Ok(Done::see(format!("/admin/consents/{}", known.purpose)).saying(Text::of("admin-saved")))
}

async fn preview(
    cx: Cx,
    Path(text): Path<String>,
    input: Input<Written>,
) -> Result<Page<PurposePage>, Fault> {
    let Page(mut page) = show(cx.clone(), Path(text)).await?;
    let command = input.value.clone().command(&cx, page.purpose.clone())?;
    let card = |words: &PurposeWords| PurposeCard {
        purpose: command.purpose.clone(),
        version: command.after + 1,
        sensitive: command.sensitive,
        guardian: command.guardian,
        term_days: command.term_days,
        words: words.clone(),
        holding: Vec::new(),
        again: false,
        owed: false,
    };
    page.preview = Some([card(&command.words.zh_hans), card(&command.words.en)]);
    page.typed = Some(input.value);
    Ok(Page(page))
}
