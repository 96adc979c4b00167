//! The three matters that a reporter is offered as buttons: from what is written, from what the place usually
//! has at this hour, from what the person reported lately, and from what is reported most.
//!
//! Never here: a guess about people. A matter of which no photo may be taken is suggested from words alone,
//! so that no place becomes known for those who need help there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::MatterKey;
use crate::catalogue::{Catalogue, Matter, PhotoRule};
use crate::text_enum::text_enum;

/// Matters on buttons (experience.md).
pub const SUGGESTED: usize = 3;

/// Reports at a place and hour from which on its habits count in full.
const SURE_FROM_REPORTS: u32 = 10;
/// Of the person's own reports, those that are looked at.
const OWN_LOOKED_AT: usize = 5;

/// What the words may weigh: more than all else together.
const WORDS_WEIGHT: f64 = 4.0;
/// What the habits of the place may weigh.
const HERE_WEIGHT: f64 = 1.5;
/// What the person's own reports may weigh.
const OWN_WEIGHT: f64 = 0.3;
/// What frequency in general may weigh.
const COMMON_WEIGHT: f64 = 0.5;

text_enum! {
    /// Why a matter is suggested.
    SuggestReason {
        /// Often reported around here at this hour.
        HereOften = "here-often",
        /// From the words.
        Words = "words",
        /// Reported lately by this person.
        Own = "own",
        /// Among what is reported most.
        Common = "common",
    }
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
}

/// A matter, and why it is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suggestion {
    /// Which matter.
    pub matter: MatterKey,
    /// What spoke for it most.
    pub reason: SuggestReason,
}

/// The matters that fit best, at most `count`, best first. Without any evidence: what is reported most.
#[must_use]
pub fn suggest(evidence: &Evidence<'_>, count: usize) -> Vec<Suggestion> {
    let catalogue = Catalogue::standard();
    let spoken: Vec<(&Matter, u32)> =
        catalogue.offered().map(|matter| (matter, matter.spoken_of(evidence.words))).collect();
    let loudest = spoken.iter().map(|(_, strength)| *strength).max().unwrap_or(0);
    let mut scored: Vec<(f64, Suggestion, u8)> = spoken
        .into_iter()
        .filter_map(|(matter, strength)| {
            let words = share(strength, loudest) * WORDS_WEIGHT;
            let (score, reason) = weigh(matter, words, evidence)?;
            let rank = matter.common.unwrap_or(u8::MAX);
            Some((score, Suggestion { matter: matter.key, reason }, rank))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.1.matter).cmp(&(b.2, b.1.matter))));
    scored.into_iter().take(count).map(|(_, suggestion, _)| suggestion).collect()
}

/// All that speaks for a matter, and what speaks for it most; none when nothing does.
fn weigh(matter: &Matter, words: f64, evidence: &Evidence<'_>) -> Option<(f64, SuggestReason)> {
    let mut parts = vec![(words, SuggestReason::Words)];
    if matter.photo != PhotoRule::Never {
        let all: u32 =
            evidence.here.iter().map(|(_, count)| count).fold(0, |sum, count| sum.saturating_add(*count));
        let own_here = evidence.here.iter().filter(|(key, _)| *key == matter.key);
        let here: u32 = own_here.map(|(_, count)| count).fold(0, |sum, count| sum.saturating_add(*count));
        // One report at a place is chance, ten are a habit.
        let sure = share(all.min(SURE_FROM_REPORTS), SURE_FROM_REPORTS);
        parts.push((share(here, all) * sure * HERE_WEIGHT, SuggestReason::HereOften));
        if evidence.own.iter().take(OWN_LOOKED_AT).any(|key| *key == matter.key) {
            parts.push((OWN_WEIGHT, SuggestReason::Own));
        }
        if let Some(rank) = matter.common {
            parts.push((COMMON_WEIGHT / f64::from(rank), SuggestReason::Common));
        }
    }
    let score: f64 = parts.iter().map(|(weight, _)| weight).sum();
    let (_, reason) = parts.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    (score > 0.0).then_some((score, reason))
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> MatterKey {
        text.parse().unwrap()
    }

    fn first(evidence: &Evidence<'_>) -> Vec<(String, SuggestReason)> {
        let suggested = suggest(evidence, SUGGESTED);
        suggested.iter().map(|one| (one.matter.to_string(), one.reason)).collect()
    }

    #[test]
    fn knowing_nothing_it_offers_what_is_reported_most() {
        let common = |key: &str| (key.to_owned(), SuggestReason::Common);
        let expected = [common("matter-06-010"), common("matter-09-010"), common("matter-09-009")];
        assert_eq!(first(&Evidence::default()), expected);
        assert_eq!(suggest(&Evidence::default(), 0), []);
    }

    #[test]
    fn a_habit_of_the_place_counts_more_the_surer_it_is() {
        let lamp = key("matter-01-037");
        let once = [(lamp, 1)];
        assert_ne!(first(&Evidence { here: &once, ..Evidence::default() })[0].0, "matter-01-037");
        let often = [(lamp, 12), (key("matter-06-010"), 3)];
        let offered = first(&Evidence { here: &often, ..Evidence::default() });
        assert_eq!(offered[0], ("matter-01-037".to_owned(), SuggestReason::HereOften));
        // Words say more than any place.
        let offered = first(&Evidence { here: &often, words: "井盖没了", ..Evidence::default() });
        assert_eq!(offered[0], ("matter-01-003".to_owned(), SuggestReason::Words));
    }

    #[test]
    fn no_place_becomes_known_for_people_in_need() {
        let here = [(key("matter-90-004"), 100), (key("matter-09-003"), 100)];
        let own = [key("matter-90-004")];
        for (matter, _) in first(&Evidence { here: &here, own: &own, words: "" }) {
            assert!(matter != "matter-90-004" && matter != "matter-09-003");
        }
        let asked = first(&Evidence { words: "一位老人需要帮助", ..Evidence::default() });
        assert_eq!(asked[0].0, "matter-90-004");
    }

    /// The sentences that the simulated town's riders write, which nobody tuned the words against one by one.
    #[test]
    fn most_sentences_lead_to_their_matter() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../sim/data/kinds.csv");
        let mut reader = csv::Reader::from_path(path).unwrap();
        let (mut all, mut hits, mut firsts, mut missed) = (0, 0, 0, Vec::new());
        for row in reader.records() {
            let row = row.unwrap();
            for words in row[5].split('|') {
                all += 1;
                let offered = suggest(&Evidence { words, ..Evidence::default() }, SUGGESTED);
                let place = offered.iter().position(|one| one.matter == key(&row[0]));
                firsts += usize::from(place == Some(0));
                hits += usize::from(place.is_some());
                if place.is_none() {
                    missed.push(format!("{words} → {} {offered:?}", &row[0]));
                }
            }
        }
        println!("of {all} sentences {hits} find their matter among three, {firsts} in the first place");
        println!("{}", missed.join("\n"));
        assert!(hits * 100 >= all * 80, "{hits} of {all}");
    }
}
