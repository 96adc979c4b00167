//! One entry of the catalogue.

use super::pattern::Pattern;
use crate::spelling::Spelled;
use crate::text_enum::text_enum;
use crate::{MatterKey, MatterKind, Urgency};

text_enum! {
    /// What a matter says about photos.
    PhotoRule {
        /// Handing in and checking need one.
        Needed = "needed",
        /// Where it says something: noise has no picture.
        Welcome = "welcome",
        /// None is asked for, taken or kept: it would show a person.
        Never = "never",
    }
}

/// A major class (大类).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MajorClass {
    /// Of which list.
    pub kind: MatterKind,
    /// Its two digits.
    pub major: u8,
    /// As the standard calls it.
    pub name: String,
    /// In English.
    pub english: String,
    /// Metres within which two of its cases may be the same.
    pub radius_metres: u16,
}

/// A minor class (小类): what a case is about.
#[derive(Clone, Debug)]
pub struct Matter {
    /// Its key.
    pub key: MatterKey,
    /// As the standard calls it.
    pub name: String,
    /// As people call it; for the most used ones.
    pub plain: Option<String>,
    /// In English.
    pub english: String,
    /// Its place among the most used, from 1; none for the rest.
    pub common: Option<u8>,
    /// How soon, usually.
    pub urgency: Urgency,
    /// Photos.
    pub photo: PhotoRule,
    /// Whether a reporter may choose it. Components are for the centre: a reporter says what is the matter.
    pub offered: bool,
    /// Families of matters that people mix up.
    pub families: Vec<String>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) spelled: Vec<Spelled>,
}

impl Matter {
    /// What to call it in front of people: the everyday name, else the standard's.
    #[must_use]
    pub fn label(&self) -> &str {
        self.plain.as_deref().unwrap_or(&self.name)
    }

    /// What to call it in this language (a BCP 47 tag): English has no everyday names.
    #[must_use]
    pub fn label_in(&self, locale: &str) -> &str {
        if locale.starts_with("en") && !self.english.is_empty() { &self.english } else { self.label() }
    }

    /// The everyday words by which a sentence speaks of it most; none where it does not.
    pub fn heard_in(&self, text: &str) -> impl Iterator<Item = &str> {
        let best = self.patterns.iter().filter_map(|pattern| Some((pattern.found_in(text)?, pattern)));
        let best = best.max_by_key(|(strength, _)| *strength);
        best.into_iter().flat_map(|(_, pattern)| pattern.words()).map(String::as_str)
    }

    /// How strongly a sentence speaks of it: 0 not at all; longer and rarer words count for more.
    #[must_use]
    pub fn spoken_of(&self, text: &str) -> u32 {
        let mut strengths: Vec<u32> =
            self.patterns.iter().filter_map(|pattern| pattern.found_in(text)).collect();
        strengths.sort_unstable_by(|a, b| b.cmp(a));
        // The best says what it is about; more of them confirm it, but a long list must not win by length.
        let best = strengths.first().copied().unwrap_or(0);
        best * 4 + strengths.iter().skip(1).take(2).sum::<u32>()
    }
}
