//! How one likes to read: language, text size, light or dark, how closely things are set. Kept with the
//! account, and in this browser for those who have none.

use http::HeaderValue;
use qige_identity::{Density, ELDER_PIXELS, SetPreferences};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Access, Cx, Done, Fault, Input, Locale, Routes, cookies};

pub(super) fn routes() -> Routes {
    Routes::of("account")
        .post("/me/language", Access::Public, "Choose a language", language)
        .post("/me/elder", Access::Public, "Choose large text, or ordinary text", elder)
        .post("/me/theme", Access::Public, "Choose light, dark, or what the device says", theme)
        .post("/me/density", Access::SignedIn, "Choose how closely things are set", density)
}

/// Large text where nothing says how large: what the elder mode starts with.
const ELDER_USUAL_PIXELS: u8 = 22;

#[derive(Debug, Deserialize, JsonSchema)]
struct Language {
    language: Locale,
}

async fn language(cx: Cx, input: Input<Language>) -> Result<Done, Fault> {
    let tag = input.value.language.tag();
    if let Some(mut kept) = kept(&cx) {
        kept.locale = Some(tag.to_owned());
        cx.write(kept).await?;
    }
    Ok(chosen(&cx, cookies::LANGUAGE, Some(tag)))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Elder {
    /// Whether text is large.
    elder: bool,
    /// How large, in CSS pixels: 18 to 30.
    size: Option<u8>,
}

async fn elder(cx: Cx, input: Input<Elder>) -> Result<Done, Fault> {
    let Elder { elder, size } = input.value;
    let size = elder.then(|| size.unwrap_or(ELDER_USUAL_PIXELS));
    if let Some(mut kept) = kept(&cx) {
        kept.elder = size;
        cx.write(kept).await?;
    }
    let text = size.filter(|size| ELDER_PIXELS.contains(size)).map(|size| size.to_string());
    Ok(chosen(&cx, cookies::ELDER, text.as_deref()))
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Look {
    Light,
    Dark,
    Auto,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Theme {
    theme: Look,
}

async fn theme(cx: Cx, input: Input<Theme>) -> Done {
    let text = match input.value.theme {
        Look::Light => Some("light"),
        Look::Dark => Some("dark"),
        Look::Auto => None,
    };
    chosen(&cx, cookies::THEME, text)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Dense {
    /// Nothing for what fits the page.
    density: Option<Density>,
}

async fn density(cx: Cx, input: Input<Dense>) -> Result<Done, Fault> {
    if let Some(mut kept) = kept(&cx) {
        kept.density = input.value.density;
        cx.write(kept).await?;
    }
    Ok(Done::see("/me"))
}

/// What the account keeps now, to be changed in one point.
fn kept(cx: &Cx) -> Option<SetPreferences> {
    let who = cx.who()?;
    Some(SetPreferences {
        person: who.person,
        locale: who.locale.clone(),
        elder: who.elder,
        density: who.density,
        at: cx.now(),
    })
}

/// Back to where one was, with the choice kept in this browser.
fn chosen(cx: &Cx, name: &str, value: Option<&str>) -> Done {
    let seconds = if value.is_some() { cookies::CHOICE_SECONDS } else { 0 };
    let cookie: Option<HeaderValue> =
        cookies::set(name, value.unwrap_or_default(), Some(seconds), cx.is_secure());
    cookie.into_iter().fold(Done::see(cx.from().unwrap_or("/")), Done::cookie)
}
