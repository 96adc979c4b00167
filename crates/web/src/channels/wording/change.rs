//! A template is tried, changed, and put back.

use qige_app::{WORDING_SETTING, Wording};
use qige_db::{Command, DbError, Failure, Tx};
use qige_identity::{SetSetting, Stamp};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{HERE, MAY, TemplatePage, Which, wording};
use crate::admin::stamp;
use crate::page::Either;
use crate::{Cx, Done, Fault, Input, Locale, Page, Path, Routes, Text};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/admin/notice-words/{name}", MAY, "Try or change what one notice says", write).post(
        "/admin/notice-words/{name}/reset",
        MAY,
        "Have one notice say again what it came with",
        reset,
    )
}

/// What a notice says, with values in braces.
#[derive(Debug, Deserialize, JsonSchema)]
struct Written {
    /// In Chinese.
    zh_hans: String,
    /// In English.
    en: String,
    /// Only shown with the values of an example, and not kept.
    #[serde(default)]
    trial: bool,
}

async fn write(
    cx: Cx,
    Path(name): Path<String>,
    input: Input<Written>,
) -> Result<Either<Page<TemplatePage>, Done<TemplatePage>>, Fault> {
    let which = Which::named(&name).ok_or_else(Fault::missing)?;
    let Written { zh_hans, en, trial } = input.value;
    let texts = cx.state().texts();
    let own = |locale: Locale, field, text: &str| {
        let text = which.check(texts, field, text)?;
        let usual = text == which.usual(texts, locale);
        Ok::<_, Fault>((locale, (!usual).then_some(text)))
    };
    let changes = vec![own(Locale::ZhHans, "zh_hans", &zh_hans)?, own(Locale::En, "en", &en)?];
    if trial {
        let mut wording = wording(&cx).await?;
        apply(&mut wording, &name, &changes);
        return Ok(Either::Left(Page(TemplatePage { template: which.template(texts, &wording), trial })));
    }
    let stamp = stamp(&cx, MAY)?;
    cx.write(ChangeWording { template: name.clone(), changes, stamp }).await?;
    Ok(Either::Right(Done::see(format!("{HERE}/{name}")).saying(Text::of("admin-saved"))))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Language {
    /// In this language (BCP 47).
    locale: Locale,
}

async fn reset(
    cx: Cx,
    Path(name): Path<String>,
    input: Input<Language>,
) -> Result<Done<TemplatePage>, Fault> {
    Which::named(&name).ok_or_else(Fault::missing)?;
    let changes = vec![(input.value.locale, None)];
    let change = ChangeWording { template: name.clone(), changes, stamp: stamp(&cx, MAY)? };
    cx.write(change).await?;
    Ok(Done::see(format!("{HERE}/{name}")).saying(Text::of("words-were-reset")))
}

fn apply(wording: &mut Wording, template: &str, changes: &[(Locale, Option<String>)]) {
    for (locale, text) in changes {
        wording.put(template, locale.tag(), text.clone());
    }
}

/// Puts a tenant's own words in the place of ours, or ours back; the journal keeps both.
#[derive(Clone, Debug)]
struct ChangeWording {
    template: String,
    changes: Vec<(Locale, Option<String>)>,
    stamp: Stamp,
}

impl Command for ChangeWording {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let mut wording = Wording::read(tx).await?;
        apply(&mut wording, &self.template, &self.changes);
        let value = serde_json::to_value(&wording).map_err(|error| DbError::Decode {
            column: WORDING_SETTING.to_owned(),
            problem: error.to_string(),
        })?;
        SetSetting { key: WORDING_SETTING, value, stamp: self.stamp }.run(tx).await
    }
}
