//! Which language a page speaks, and the texts in it.

mod dates;
mod texts;

pub use dates::Zone;
pub(crate) use dates::{day_text, full_text, short_text};
pub use texts::{Arg, Texts};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language the product speaks completely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Locale {
    /// 简体中文: what is shown when nothing says otherwise.
    #[default]
    #[serde(rename = "zh-Hans")]
    ZhHans,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// All of them, the first one first.
    pub const ALL: [Self; 2] = [Self::ZhHans, Self::En];

    /// The BCP 47 tag, as in `<html lang>` and in the folder's name.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::ZhHans => "中文",
            Self::En => "English",
        }
    }

    /// The locale of a BCP 47 tag; every Chinese tag is ours but those that ask for traditional script get
    /// simplified script too, which they can read better than English.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::ZhHans),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The best match for an `Accept-Language` header (RFC 9110 §12.5.4).
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let Some(locale) = pieces.next().map(str::trim).and_then(Self::from_tag) else { continue };
            let weight =
                pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(before, _)| weight > before) {
                best = Some((weight, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_with_the_greatest_weight_wins() {
        for (header, locale) in [
            ("en-GB,en;q=0.9,zh-CN;q=0.8", Some(Locale::En)),
            ("de, zh-TW;q=0.7, en;q=0.3", Some(Locale::ZhHans)),
            ("en;q=0, zh", Some(Locale::ZhHans)),
            ("fr, de;q=0.5", None),
            ("", None),
            (";;;q=x,,", None),
        ] {
            assert_eq!(Locale::from_accept_language(header), locale, "{header}");
        }
    }

    #[test]
    fn tags_read_what_they_write() {
        for locale in Locale::ALL {
            assert_eq!(Locale::from_tag(locale.tag()), Some(locale));
        }
    }
}
