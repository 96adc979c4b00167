//! Matters as the centre types and reads them: keys, codes, names, pinyin initials.

use qige_cases::catalogue::{Catalogue, Matter};
use qige_cases::suggest::{SuggestReason, Suggestion};
use qige_cases::{MatterKey, MatterKind, Urgency};
use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::Locale;

/// Which matters may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// What is the matter, as reporters say it.
    Reported,
    /// Also what stands in the street, as the centre files it.
    All,
}

/// Matters named when what was typed could be several.
const NAMED_WHEN_UNCLEAR: usize = 4;

/// A matter to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Offered {
    /// Its key.
    pub(super) key: MatterKey,
    /// As people call it.
    pub(super) name: String,
    /// How soon, usually.
    pub(super) urgency: Urgency,
    /// Why it is offered; none where a reporter chose it.
    pub(super) reason: Option<SuggestReason>,
    /// Words of the case that spoke for it.
    pub(super) because: Vec<String>,
    /// How often it was filed around here at about this hour.
    pub(super) here: u32,
}

impl Offered {
    /// The matter, where the catalogue has it.
    pub(super) fn of(key: MatterKey, suggested: Option<&Suggestion>, locale: Locale) -> Option<Self> {
        let matter = Catalogue::standard().get(key)?;
        Some(Self {
            key,
            name: matter.label_in(locale.tag()).to_owned(),
            urgency: matter.urgency,
            reason: suggested.map(|one| one.reason),
            because: suggested.map(|one| one.because.clone()).unwrap_or_default(),
            here: suggested.map_or(0, |one| one.here),
        })
    }
}

/// What a matter is called; its code where the catalogue has lost it.
pub(super) fn name(key: MatterKey, locale: Locale) -> String {
    let known = Catalogue::standard().get(key);
    known.map_or_else(|| key.code(), |matter| matter.label_in(locale.tag()).to_owned())
}

/// A matter as a field suggests it: its name, and the code that tells it from others of that name.
pub(super) fn typed(key: MatterKey, locale: Locale) -> String {
    let mark = if key.kind() == MatterKind::Component { "C" } else { "" };
    format!("{} {mark}{}", name(key, locale), key.code())
}

/// The matters as a field suggests them, what people report before what stands in the street.
pub(super) fn all_typed(which: Which, locale: Locale) -> Vec<String> {
    let may = move |matter: &Matter| which == Which::All || matter.offered;
    let of = move |kind| Catalogue::standard().iter().filter(move |m| m.key.kind() == kind && may(m));
    let matters = of(MatterKind::Matter).chain(of(MatterKind::Component));
    matters.map(|matter| typed(matter.key, locale)).collect()
}

/// The matter that was typed: a key, a name as suggested, or whatever finds a single one.
///
/// # Errors
/// `matter-unclear` when several fit, with some of them; `matter-not-found`.
pub(super) fn read(
    field: &'static str,
    text: &str,
    which: Which,
    locale: Locale,
) -> Result<MatterKey, Refusal> {
    let (text, catalogue) = (text.trim(), Catalogue::standard());
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let exact = |matter: &&Matter| Locale::ALL.iter().any(|locale| typed(matter.key, *locale) == text);
    if let Some(matter) = catalogue.iter().find(exact) {
        return Ok(matter.key);
    }
    let found = match which {
        Which::Reported => catalogue.search(text, NAMED_WHEN_UNCLEAR),
        Which::All => catalogue.search_all(text, NAMED_WHEN_UNCLEAR),
    };
    let same: Vec<&Matter> =
        found.iter().copied().filter(|matter| matter.name == text || matter.label() == text).collect();
    match (found.as_slice(), same.as_slice()) {
        ([one], _) | (_, [one]) => Ok(one.key),
        ([], _) => Err(Refusal::invalid(field, "matter-not-found").with("text", text)),
        (several, _) => {
            let names: Vec<String> = several.iter().map(|matter| typed(matter.key, locale)).collect();
            Err(Refusal::invalid(field, "matter-unclear").with("found", names.join("、")))
        }
    }
}

/// What the keys of the matters that are meant begin with: `matter-06`, or the key of the matter that was
/// typed.
///
/// # Errors
/// As [`read`].
pub(super) fn beginning(text: &str, locale: Locale) -> Result<String, Refusal> {
    let text = text.trim();
    let major = text.split_once('-').filter(|(kind, major)| {
        kind.parse::<MatterKind>().is_ok() && major.len() == 2 && major.bytes().all(|b| b.is_ascii_digit())
    });
    match major {
        Some(_) => Ok(text.to_owned()),
        None => read("matter", text, Which::All, locale).map(|key| key.to_string()),
    }
}

/// The major classes to choose from.
pub(super) fn majors(locale: Locale) -> Vec<super::names::Choice> {
    let english = locale == Locale::En;
    let majors = Catalogue::standard().majors();
    majors
        .map(|major| super::names::Choice {
            value: format!("{}-{:02}", major.kind, major.major),
            label: if english { major.english.clone() } else { major.name.clone() },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> MatterKey {
        text.parse().unwrap()
    }

    #[test]
    fn whatever_a_field_suggests_is_read_back() {
        for locale in Locale::ALL {
            for matter in Catalogue::standard().iter() {
                let text = typed(matter.key, locale);
                assert_eq!(read("matter", &text, Which::All, locale), Ok(matter.key), "{text}");
            }
            assert_eq!(all_typed(Which::All, locale).len(), Catalogue::standard().iter().count());
        }
    }

    #[test]
    fn keys_and_unmistakable_words_are_read_and_others_named() {
        let locale = Locale::ZhHans;
        assert_eq!(read("matter", " matter-06-010 ", Which::All, locale), Ok(key("matter-06-010")));
        let unclear = read("matter", "井盖", Which::All, locale).unwrap_err();
        assert_eq!(unclear.code, "matter-unclear");
        assert!(unclear.args.get("found").is_some_and(|found| found.contains('、')));
        assert_eq!(
            read("matter", "没有这种事项名", Which::All, locale).unwrap_err().code,
            "matter-not-found"
        );
        assert_eq!(beginning("matter-06", locale).as_deref(), Ok("matter-06"));
        assert_eq!(beginning("matter-06-010", locale).as_deref(), Ok("matter-06-010"));
    }
}
