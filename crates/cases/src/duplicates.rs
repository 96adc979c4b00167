//! Whether a case nearby is perhaps the same: judged by matter, distance, age and words.

use qige_kernel::{Position, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::text_enum::text_enum;
use crate::{MatterKey, Policy};

/// Metres within which a case may be the same when neither says what it is about.
const UNKNOWN_RADIUS_METRES: u16 = 50;
/// Metres that a doubtful position adds to the radius at most: a phone that knows no more than its cell must
/// not be shown half the town.
const MOST_OFF_BY_METRES: u16 = 100;
/// Share of the score that closeness can give, in percent; the rest is for matter, words and age.
const CLOSENESS_PERCENT: f64 = 40.0;
/// For the same matter; half of it for a sibling.
const MATTER_PERCENT: f64 = 30.0;
/// For the same words.
const WORDS_PERCENT: f64 = 20.0;
/// For having come in just before.
const AGE_PERCENT: f64 = 10.0;

text_enum! {
    /// How the matters of two cases are akin.
    Kinship {
        /// The same.
        Same = "same",
        /// Two of one family, which people mix up.
        Sibling = "sibling",
        /// One of them is not known yet.
        Unknown = "unknown",
    }
}

/// One of two cases that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// Where it is.
    pub position: Position,
    /// How far off that may be in metres: a coarsened question, or what the phone said of its accuracy.
    pub off_by_metres: u16,
    /// When it came in.
    pub at: Timestamp,
    /// Its words.
    pub words: &'a str,
}

/// Why two cases are perhaps the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Likeness {
    /// 0 to 100; orders a list, and is no probability.
    pub score: u8,
    /// Metres between them.
    pub distance_metres: u16,
    /// How the matters are akin.
    pub kinship: Kinship,
    /// Pairs of neighbouring signs that the words share, in percent of the shorter ones'.
    pub words_percent: u8,
    /// Whole days between them.
    pub days: u16,
}

/// How a case that is there resembles a new one; none when it cannot be the same: too far, too old, or about
/// something else.
#[must_use]
pub fn likeness(new: &Compared<'_>, there: &Compared<'_>, policy: &Policy) -> Option<Likeness> {
    let kinship = kinship(new.matter, there.matter)?;
    let radius = f64::from(radius_metres(new.matter.or(there.matter), policy));
    let distance = new.position.distance_metres(there.position);
    let age = new.at.since(there.at).abs();
    let oldest = i64::from(policy.duplicate_days) * Timestamp::DAY;
    let off_by = new.off_by_metres.saturating_add(there.off_by_metres).min(MOST_OFF_BY_METRES);
    if distance > radius + f64::from(off_by) || age > oldest {
        return None;
    }
    let words = shared_pairs(new.words, there.words);
    let closeness = 1.0 - distance / radius.max(1.0);
    let matter = match kinship {
        Kinship::Same => 1.0,
        Kinship::Sibling => 0.5,
        Kinship::Unknown => 0.0,
    };
    let youth = 1.0 - whole_seconds(age) / whole_seconds(oldest).max(1.0);
    let score = closeness.max(0.0) * CLOSENESS_PERCENT
        + matter * MATTER_PERCENT
        + words * WORDS_PERCENT
        + youth.max(0.0) * AGE_PERCENT;
    Some(Likeness {
        score: rounded(score),
        distance_metres: u16::try_from(rounded_wide(distance)).unwrap_or(u16::MAX),
        kinship,
        words_percent: rounded(words * 100.0),
        days: u16::try_from(age / Timestamp::DAY).unwrap_or(u16::MAX),
    })
}

/// Metres within which a case of this matter may be the same as another: what the tenant says of its major
/// class, else the catalogue.
#[must_use]
pub fn radius_metres(matter: Option<MatterKey>, policy: &Policy) -> u16 {
    matter.map_or(UNKNOWN_RADIUS_METRES, |key| {
        let own = policy.duplicate_radius_metres.get(&key.major()).copied();
        own.unwrap_or_else(|| Catalogue::standard().radius_metres(key))
    })
}

fn kinship(one: Option<MatterKey>, other: Option<MatterKey>) -> Option<Kinship> {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Some(Kinship::Same),
        (Some(one), Some(other)) => {
            Catalogue::standard().are_siblings(one, other).then_some(Kinship::Sibling)
        }
        _ => Some(Kinship::Unknown),
    }
}

/// The share of the pairs of neighbouring signs of the shorter text that the other has too, 0 to 1. Chinese
/// has no blanks between words, and pairs of signs do nearly as well (Nie et al. 2000, "On the use of words
/// and n-grams for Chinese information retrieval").
#[must_use]
pub fn shared_pairs(one: &str, other: &str) -> f64 {
    let (one, other) = (pairs(one), pairs(other));
    let (shorter, longer) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let count = |pairs: usize| f64::from(u32::try_from(pairs).unwrap_or(u32::MAX));
    if shorter.is_empty() {
        return 0.0;
    }
    let shared = shorter.iter().filter(|pair| longer.binary_search(pair).is_ok()).count();
    count(shared) / count(shorter.len())
}

fn pairs(text: &str) -> Vec<(char, char)> {
    let signs: Vec<char> = text.chars().filter(|sign| sign.is_alphanumeric()).collect();
    let mut pairs: Vec<_> = signs.iter().copied().zip(signs.iter().copied().skip(1)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[expect(clippy::as_conversions, reason = "seconds of some weeks are far below what an f64 holds exactly")]
fn whole_seconds(micros: i64) -> f64 {
    (micros / Timestamp::SECOND) as f64
}

fn rounded(percent: f64) -> u8 {
    u8::try_from(rounded_wide(percent.clamp(0.0, 100.0))).unwrap_or(100)
}

#[expect(clippy::as_conversions, reason = "a float conversion stops at the ends of the range")]
fn rounded_wide(value: f64) -> u32 {
    value.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "2026-11-24T04:00:00Z";

    fn case(matter: &str, east: f64, days: i64, words: &'static str) -> Compared<'static> {
        let here = Position::new(118.766, 34.5335).unwrap();
        Compared {
            matter: matter.parse().ok(),
            position: here.moved_metres(east, 0.0),
            off_by_metres: 0,
            at: NOON.parse::<Timestamp>().unwrap().plus(-days * Timestamp::DAY),
            words,
        }
    }

    fn compare(there: &Compared<'_>) -> Option<Likeness> {
        likeness(&case("matter-06-010", 0.0, 0, "路口有一堆垃圾"), there, &Policy::default())
    }

    #[test]
    fn far_old_or_other_things_are_not_the_same() {
        assert!(compare(&case("matter-06-010", 49.0, 0, "")).is_some());
        assert_eq!(compare(&case("matter-06-010", 51.0, 0, "")), None);
        let vague = |metres, east| Compared { off_by_metres: metres, ..case("matter-06-010", east, 0, "") };
        assert!(compare(&vague(20, 69.0)).is_some());
        assert!(compare(&vague(20, 71.0)).is_none());
        assert!(compare(&vague(2_000, 149.0)).is_some());
        assert!(compare(&vague(2_000, 151.0)).is_none());
        assert!(compare(&case("matter-06-010", 0.0, 14, "")).is_some());
        assert_eq!(compare(&case("matter-06-010", 0.0, 15, "")), None);
        assert_eq!(compare(&case("matter-09-010", 0.0, 0, "路口有一堆垃圾")), None);
        assert_eq!(compare(&case("", 10.0, 0, "")).unwrap().kinship, Kinship::Unknown);
    }

    #[test]
    fn nearer_more_akin_younger_and_in_the_same_words_scores_more() {
        let score = |matter, east, days, words| compare(&case(matter, east, days, words)).unwrap().score;
        let same = score("matter-06-010", 0.0, 0, "路口有一堆垃圾");
        assert_eq!(same, 100);
        assert!(same > score("matter-06-010", 20.0, 0, "路口有一堆垃圾"));
        assert!(same > score("matter-06-042", 0.0, 0, "路口有一堆垃圾"));
        assert!(same > score("matter-06-010", 0.0, 7, "路口有一堆垃圾"));
        assert!(same > score("matter-06-010", 0.0, 0, "桶满了"));
    }

    #[test]
    fn a_tenant_can_set_its_own_radius() {
        let mut policy = Policy::default();
        let matter = "matter-06-010".parse().ok();
        assert_eq!(radius_metres(matter, &policy), 50);
        policy.duplicate_radius_metres.insert(6, 120);
        assert_eq!(radius_metres(matter, &policy), 120);
        assert_eq!(radius_metres(None, &policy), 50);
    }

    #[test]
    fn texts_share_pairs_of_signs() {
        assert_eq!(shared_pairs("垃圾桶满了", "垃圾桶满了！"), 1.0);
        assert_eq!(shared_pairs("垃圾桶满了", "路灯不亮"), 0.0);
        assert_eq!(shared_pairs("", "路灯不亮"), 0.0);
        assert!(shared_pairs("垃圾桶满了", "门口垃圾桶又满了好几天") >= 0.5);
    }
}
