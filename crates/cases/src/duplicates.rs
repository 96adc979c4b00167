//! Whether a case nearby is perhaps the same: judged by place, matter, words and time, each with its share of
//! one score. Its figures on data of others stand in `docs/quality.md`.

pub(crate) mod tokens;

use qige_kernel::{Position, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::text_enum::text_enum;
use crate::{MatterKey, Policy};
use tokens::Tokens;

/// The score from which on two cases are called probably the same. Chosen on one half of the open data
/// (`docs/quality.md`): lower ones find hardly more that is right, higher ones miss more.
pub const PROBABLE_SCORE: u8 = 62;

/// Metres within which a case may be the same when neither says what it is about.
const UNKNOWN_RADIUS_METRES: u16 = 50;
/// Metres that a doubtful position adds to the radius at most: a phone that knows no more than its cell must
/// not be shown half the town.
const MOST_OFF_BY_METRES: u16 = 100;
/// Metres that a street in common adds to the radius: who names a street stands somewhere along it, and a
/// block of it is as long.
const STREET_METRES: u16 = 100;
/// Share of a street's words from which on two addresses name the same: two of three, so that "Avenue" alone
/// does not do.
const SAME_STREET_SHARE: f64 = 0.66;
/// Share of the score for the same matter, in percent; half of it for a sibling, or where one is not known
/// yet. The most, so that such a pair needs a word in common besides to be probable.
const MATTER_PERCENT: f64 = 40.0;
/// For the same spot; less with every metre, until none at the edge of the radius.
const CLOSENESS_PERCENT: f64 = 30.0;
/// For the same words, or the same street.
const WORDS_PERCENT: f64 = 20.0;
/// For having come in at the same time. The least: a hole is reported again until it is mended.
const AGE_PERCENT: f64 = 10.0;

text_enum! {
    /// How the matters of two cases are akin.
    Kinship {
        /// The same.
        Same = "same",
        /// Two of one family, which people mix up.
        Sibling = "sibling",
        /// One of them is not known yet, but its words speak of the other.
        Spoken = "spoken",
        /// One of them is not known yet.
        Unknown = "unknown",
        /// Each is about something else.
        Other = "other",
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
    /// Where, in words; may be empty.
    pub address: &'a str,
    /// When it came in.
    pub at: Timestamp,
    /// Its words; may be empty.
    pub words: &'a str,
}

/// Why two cases are perhaps the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Likeness {
    /// How alike, 0 to 100; orders a list, and is no probability.
    pub score: u8,
    /// Probably the same: the score is high enough.
    pub probable: bool,
    /// Metres between them.
    pub distance_metres: u16,
    /// How the matters are akin.
    pub kinship: Kinship,
    /// Whole days between them.
    pub days: u16,
    /// Tokens that the words share, in percent of the shorter ones'.
    pub words_percent: u8,
    /// The words that both have.
    pub shared_words: Vec<String>,
    /// What both addresses say, where they name the same street.
    pub shared_street: Vec<String>,
}

/// How a case that is there resembles a new one; none when it cannot be the same: too far, too old, or about
/// something else.
#[must_use]
pub fn likeness(new: &Compared<'_>, there: &Compared<'_>, policy: &Policy) -> Option<Likeness> {
    let near = near(new, there, policy)?;
    let kinship = kinship(new, there);
    (kinship != Kinship::Other).then(|| near.weighed(new, there, kinship))
}

/// The same for whoever knows better what it is about than who reported it: also what is about something
/// else, which is never probable by itself.
#[must_use]
pub fn likeness_of_anything(new: &Compared<'_>, there: &Compared<'_>, policy: &Policy) -> Option<Likeness> {
    Some(near(new, there, policy)?.weighed(new, there, kinship(new, there)))
}

/// Two cases near enough, in place and time, to be the same.
struct Near {
    distance: f64,
    /// Within which they may be the same, in metres.
    radius: u16,
    /// Time between them, and the most of it, in microseconds.
    age: (i64, i64),
    street: tokens::Common,
}

/// None when they are too far apart or too old.
fn near(new: &Compared<'_>, there: &Compared<'_>, policy: &Policy) -> Option<Near> {
    let age = new.at.since(there.at).abs();
    let oldest = i64::from(policy.duplicate_days) * Timestamp::DAY;
    let distance = new.position.distance_metres(there.position);
    let off_by = new.off_by_metres.saturating_add(there.off_by_metres).min(MOST_OFF_BY_METRES);
    let radius = radius_metres(new.matter.or(there.matter), policy);
    let within = |radius: u16| distance <= f64::from(radius.saturating_add(off_by));
    let along = radius.saturating_add(STREET_METRES);
    // Texts are taken apart only for what is near enough in any case.
    if age > oldest || !within(along) {
        return None;
    }
    let mut street = Tokens::of_address(new.address).common(&Tokens::of_address(there.address));
    if street.share < SAME_STREET_SHARE {
        street = tokens::Common::default();
    }
    let radius = if street.named.is_empty() { radius } else { along };
    within(radius).then_some(Near { distance, radius, age: (age, oldest), street })
}

impl Near {
    fn weighed(self, new: &Compared<'_>, there: &Compared<'_>, kinship: Kinship) -> Likeness {
        let Self { distance, radius, age: (age, oldest), street } = self;
        let words = Tokens::of_words(new.words).common(&Tokens::of_words(there.words));
        let closeness = 1.0 - distance / f64::from(radius).max(1.0);
        let matter = match kinship {
            Kinship::Same => 1.0,
            Kinship::Spoken => 0.75,
            Kinship::Sibling | Kinship::Unknown => 0.5,
            Kinship::Other => 0.0,
        };
        let youth = 1.0 - whole_seconds(age) / whole_seconds(oldest).max(1.0);
        let score = matter * MATTER_PERCENT
            + closeness.max(0.0) * CLOSENESS_PERCENT
            + words.share.max(street.share) * WORDS_PERCENT
            + youth.max(0.0) * AGE_PERCENT;
        let score = rounded(score);
        Likeness {
            score,
            probable: score >= PROBABLE_SCORE,
            distance_metres: u16::try_from(rounded_wide(distance)).unwrap_or(u16::MAX),
            kinship,
            days: u16::try_from(age / Timestamp::DAY).unwrap_or(u16::MAX),
            words_percent: rounded(words.share * 100.0),
            shared_words: words.named,
            shared_street: street.named,
        }
    }
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

fn kinship(one: &Compared<'_>, other: &Compared<'_>) -> Kinship {
    let catalogue = Catalogue::standard();
    let speaks_of =
        |words: &str, matter| catalogue.get(matter).is_some_and(|known| known.spoken_of(words) > 0);
    let (matter, words) = match (one.matter, other.matter) {
        (Some(one), Some(other)) if one == other => return Kinship::Same,
        (Some(one), Some(other)) if catalogue.are_siblings(one, other) => return Kinship::Sibling,
        (Some(_), Some(_)) => return Kinship::Other,
        (Some(matter), None) => (matter, other.words),
        (None, Some(matter)) => (matter, one.words),
        (None, None) => return Kinship::Unknown,
    };
    if speaks_of(words, matter) { Kinship::Spoken } else { Kinship::Unknown }
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
            address: "",
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
    fn what_is_about_something_else_is_near_at_most() {
        let there = case("matter-09-010", 0.0, 0, "路口有一堆垃圾");
        let here = case("matter-06-010", 0.0, 0, "路口有一堆垃圾");
        assert_eq!(likeness(&here, &there, &Policy::default()), None);
        let near = likeness_of_anything(&here, &there, &Policy::default()).unwrap();
        assert_eq!((near.kinship, near.score, near.probable), (Kinship::Other, 60, false));
        let far = case("matter-09-010", 51.0, 0, "路口有一堆垃圾");
        assert_eq!(likeness_of_anything(&here, &far, &Policy::default()), None);
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
    fn it_says_why() {
        let why = compare(&case("matter-06-042", 20.0, 3, "垃圾堆在路口")).unwrap();
        assert_eq!((why.distance_metres, why.kinship, why.days), (20, Kinship::Sibling, 3));
        assert_eq!(
            (why.shared_words.as_slice(), why.words_percent),
            (&["路口".into(), "垃圾".into()][..], 67)
        );
        assert_eq!(why.shared_street, Vec::<String>::new());
        assert_eq!((why.score, why.probable), (59, false));
        let same = compare(&case("matter-06-010", 20.0, 3, "垃圾堆在路口")).unwrap();
        assert_eq!((same.score, same.probable), (79, true));
    }

    #[test]
    fn what_is_not_known_to_be_the_same_matter_needs_words() {
        let probable = |matter, words| compare(&case(matter, 0.0, 0, words)).unwrap().probable;
        assert!(probable("matter-06-010", ""));
        assert!(!probable("matter-06-042", ""));
        assert!(probable("matter-06-042", "路口有一堆垃圾"));
        assert!(!probable("", ""));
        assert!(probable("", "路口有一堆垃圾"));
    }

    #[test]
    fn along_a_street_that_both_name_it_may_be_farther() {
        let on = |address, east| Compared { address, ..case("matter-06-010", east, 0, "") };
        let compare = |one, other, east| likeness(&on(one, 0.0), &on(other, east), &Policy::default());
        assert_eq!(compare("晶都路12号", "晶都路58号", 149.0).unwrap().shared_street, ["晶都路"]);
        assert_eq!(compare("晶都路12号", "晶都路58号", 151.0), None);
        assert!(compare("晶都路12号", "利民路3号", 49.0).unwrap().shared_street.is_empty());
        assert_eq!(compare("晶都路12号", "利民路3号", 51.0), None);
        assert_eq!(compare("晶都路12号", "", 51.0), None);
        let score = |other| compare("晶都路12号", other, 40.0).unwrap().score;
        assert!(score("晶都路58号") > score("利民路3号"));
    }
}
