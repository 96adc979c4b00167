//! Which matter it probably is: from what is written, from what was filed in such words, from what the place
//! usually has at this hour, from what the person reported lately, and from what is reported most.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `learned.rs` | [`Learned`]: what was learnt from the cases that were filed here |
//! | `lessons.rs` | [`Lessons`]: those cases, taken apart and bounded |
//! | `quality.rs` | [`Quality`]: how well a model guesses cases that it has not seen |
//! | `keep.rs` | models in the database, and the cases that they are made from |
//!
//! Never here: a guess about people. A matter of which no photo may be taken is suggested from the
//! catalogue's words alone and nothing is learnt about it, so that no place becomes known for those who need
//! help there.

pub mod keep;
mod learned;
mod lessons;
mod quality;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::MatterKey;
use crate::catalogue::{Catalogue, Matter, PhotoRule};
use crate::text_enum::text_enum;
pub use learned::Learned;
use learned::Thought;
pub use lessons::{FiledCase, Lessons, MAX_LESSONS, MIN_LESSONS, MIN_REPORTERS};
pub use quality::{Confusion, Hits, Quality, SURE_PERCENT, Sure};

/// Matters on buttons (experience.md).
pub const SUGGESTED: usize = 3;

/// Reports at a place and hour from which on its habits count in full.
const SURE_FROM_REPORTS: u32 = 10;
/// Of the person's own reports, those that are looked at.
const OWN_LOOKED_AT: usize = 5;
/// Words that are named as reasons at most.
const MAX_REASONS: usize = 3;

/// What the words may weigh: more than all else together.
const WORDS_WEIGHT: f64 = 4.0;
/// What the habits of the place may weigh.
const HERE_WEIGHT: f64 = 1.5;
/// What the person's own reports may weigh.
const OWN_WEIGHT: f64 = 0.3;
/// What frequency in general may weigh.
const COMMON_WEIGHT: f64 = 0.5;
/// From a difference in weight to odds: chosen so that guesses that call themselves 90 % sure are right about
/// that often (`docs/quality.md`).
const ODDS: f64 = 1.5;

text_enum! {
    /// Why a matter is suggested.
    SuggestReason {
        /// Often reported around here at this hour.
        HereOften = "here-often",
        /// From the words.
        Words = "words",
        /// Such words were filed as this.
        Learned = "learned",
        /// Reported lately by this person.
        Own = "own",
        /// Among what is reported most.
        Common = "common",
    }
}

text_enum! {
    /// What matters are suggested from.
    Source {
        /// Not at all.
        Off = "off",
        /// From the catalogue's own words and the habits of the place.
        Catalogue = "catalogue",
        /// Also from what was learnt from the cases that were filed.
        Learned = "learned",
    }
}

/// How matters are suggested (setting `suggestion`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Suggesting {
    /// From what.
    pub from: Source,
    /// The version of the model that is kept to; none: the newest that is worth it.
    pub version: Option<i64>,
}

impl Default for Suggesting {
    fn default() -> Self {
        Self { from: Source::Learned, version: None }
    }
}

/// A matter that was taken from a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Guess {
    /// The version of the model that made it.
    pub version: i64,
    /// How sure it was, in percent.
    pub percent: u8,
}

/// What a suggestion is made from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// How often each matter was filed around here at about this hour.
    pub here: &'a [(MatterKey, u32)],
    /// What is written so far.
    pub words: &'a str,
    /// What this person reported lately, latest first.
    pub own: &'a [MatterKey],
    /// What was learnt here.
    pub learned: Option<&'a Learned>,
    /// Also what only the centre files a case as, where such was learnt.
    pub all: bool,
}

/// A matter, and why it is suggested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suggestion {
    /// Which matter.
    pub matter: MatterKey,
    /// What spoke for it most.
    pub reason: SuggestReason,
    /// How sure, against all others, in percent.
    pub percent: u8,
    /// Words of the text that spoke for it.
    pub because: Vec<String>,
    /// How often it was filed around here at about this hour.
    pub here: u32,
}

/// The matters that fit best, at most `count`, best first. Without any evidence: what is reported most.
#[must_use]
pub fn suggest(evidence: &Evidence<'_>, count: usize) -> Vec<Suggestion> {
    let catalogue = Catalogue::standard();
    let thought = Thought::of(evidence.learned, evidence.words);
    let learnt: BTreeSet<MatterKey> =
        evidence.learned.filter(|_| evidence.all).into_iter().flat_map(Learned::matters).collect();
    let may = |matter: &&Matter| matter.offered || learnt.contains(&matter.key);
    let spoken: Vec<(&Matter, u32)> =
        catalogue.iter().filter(may).map(|matter| (matter, matter.spoken_of(evidence.words))).collect();
    let loudest = spoken.iter().map(|(_, strength)| *strength).max().unwrap_or(0);
    let mut scored: Vec<(f64, SuggestReason, &Matter)> = spoken
        .into_iter()
        .filter_map(|(matter, strength)| {
            let words = share(strength, loudest) * WORDS_WEIGHT;
            let (score, reason) = weigh(matter, words, &thought, evidence)?;
            Some((score, reason, matter))
        })
        .collect();
    let rank = |matter: &Matter| (matter.common.unwrap_or(u8::MAX), matter.key);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(rank(a.2).cmp(&rank(b.2))));
    let best = scored.first().map_or(0.0, |(score, ..)| *score);
    let odds = |score: f64| ((score - best) * ODDS).exp();
    let all: f64 = scored.iter().map(|(score, ..)| odds(*score)).sum();
    let suggestion = |(score, reason, matter): (f64, SuggestReason, &Matter)| Suggestion {
        matter: matter.key,
        reason,
        percent: percent(odds(score) / all),
        because: because(matter, evidence.words, &thought),
        here: here(evidence, matter),
    };
    scored.into_iter().take(count).map(suggestion).collect()
}

/// All that speaks for a matter, and what speaks for it most; none when nothing does.
fn weigh(
    matter: &Matter,
    words: f64,
    thought: &Thought<'_>,
    evidence: &Evidence<'_>,
) -> Option<(f64, SuggestReason)> {
    let mut parts = vec![(words, SuggestReason::Words)];
    if matter.photo != PhotoRule::Never {
        parts.push((thought.score(matter.key), SuggestReason::Learned));
        let all = evidence.here.iter().fold(0_u32, |sum, (_, count)| sum.saturating_add(*count));
        // One report at a place is chance, ten are a habit.
        let sure = share(all.min(SURE_FROM_REPORTS), SURE_FROM_REPORTS);
        parts.push((share(here(evidence, matter), all) * sure * HERE_WEIGHT, SuggestReason::HereOften));
        if evidence.own.iter().take(OWN_LOOKED_AT).any(|key| *key == matter.key) {
            parts.push((OWN_WEIGHT, SuggestReason::Own));
        }
        if let Some(rank) = matter.common {
            parts.push((COMMON_WEIGHT / f64::from(rank), SuggestReason::Common));
        }
    }
    let score: f64 = parts.iter().map(|(weight, _)| weight).sum();
    let (most, reason) = parts.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    (most > 0.0).then_some((score, reason))
}

/// How often a matter was filed here; of those who need help that is never said.
fn here(evidence: &Evidence<'_>, matter: &Matter) -> u32 {
    let own = evidence.here.iter().filter(|(key, _)| *key == matter.key && matter.photo != PhotoRule::Never);
    own.fold(0, |sum, (_, count)| sum.saturating_add(*count))
}

/// The words that spoke for a matter: the catalogue's first, then those that were learnt and say more.
fn because(matter: &Matter, text: &str, thought: &Thought<'_>) -> Vec<String> {
    let mut named: Vec<String> = matter.heard_in(text).map(str::to_owned).collect();
    for word in thought.because(matter.key) {
        if !named.iter().any(|known| known.contains(&word) || word.contains(known)) {
            named.push(word);
        }
    }
    named.truncate(MAX_REASONS);
    named
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is between 0 and 1"
)]
fn percent(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 100.0).floor() as u8
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

#[cfg(test)]
mod tests;
