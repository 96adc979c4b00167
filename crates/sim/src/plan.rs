//! What will be noticed in the town, by whom, and how it will go: drawn from seeded dice before anything
//! happens.
//!
//! Proportions are of the order that grid centres publish: most reports are about waste, parking and
//! advertisements, a few about something dangerous; one in twelve is declined, one in ten is already known.

mod again;
mod kinds;
#[cfg(test)]
mod repeats;
#[cfg(test)]
mod suggested;

use std::collections::BTreeMap;

use qige_kernel::{Position, Timestamp};

use crate::chance::Chance;
use crate::town::Town;
pub use again::seen_again;
pub use kinds::{Kind, UnitPlan, kinds, units};

/// Hours that China's clocks are ahead of UTC; the town has no other zone, and no summer time.
pub const UTC_OFFSET_MICROS: i64 = 8 * Timestamp::HOUR;

/// How busy each hour of the day is on the road, from midnight: meals make peaks.
const HOURS: [f64; 24] = [
    0.2, 0.1, 0.05, 0.05, 0.05, 0.2, 0.6, 1.6, 2.2, 2.6, 3.4, 5.2, 4.8, 3.0, 2.2, 2.2, 2.8, 4.6, 4.4, 3.2,
    2.2, 1.4, 0.8, 0.4,
];
/// Share of reports that a resident without an account sends.
const RESIDENTS: f64 = 0.14;
/// Share that speaks of something that is known already.
const KNOWN: f64 = 0.1;
/// Share without a photo.
const WITHOUT_PHOTO: f64 = 0.08;
/// Share without words: the photo says it.
const WITHOUT_WORDS: f64 = 0.35;
/// Share that leaves the choice of the matter to the dispatcher.
const WITHOUT_MATTER: f64 = 0.12;
/// Most kilometres are ridden in the town's middle: grids of communities are visited this much more often
/// than those of villages.
const TOWN_WEIGHT: f64 = 5.0;
/// How far a second reporter of the same thing stands from the first, metres.
const SAME_THING_METRES: f64 = 18.0;

/// Who notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noticer {
    /// The rider of that number, from 0.
    Rider(usize),
    /// Somebody without an account.
    Resident,
}

/// How it will go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Put right on the spot by the one who noticed it.
    OnTheSpot,
    /// Taken back by the one who reported it.
    Withdrawn,
    /// Not for the grid centre.
    Declined {
        /// Whether the reporter appeals.
        appealed: bool,
    },
    /// Handled by a unit.
    Handled(Course),
}

/// What happens on the way to a closed case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Somebody on the ground looks before it is filed.
    pub verified_first: bool,
    /// The first unit says that it is not its business.
    pub sent_back: bool,
    /// The unit takes longer than it may.
    pub late: bool,
    /// The unit asks for more time.
    pub extension: bool,
    /// It rests for a while: weather, a contract.
    pub suspended: bool,
    /// The first attempt is not good enough.
    pub reworked: bool,
    /// It comes back after it was closed.
    pub reopened: bool,
    /// What the reporter thinks of it, 1 to 5.
    pub rating: Option<u8>,
}

/// One thing noticed.
#[derive(Clone, Debug)]
pub struct Noticed {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Noticer,
    /// Which kind of thing.
    pub kind: &'static Kind,
    /// Where.
    pub position: Position,
    /// How sure the phone is of that, metres.
    pub accuracy_metres: f64,
    /// What is said; may be empty.
    pub words: &'static str,
    /// Whether the matter was chosen.
    pub names_matter: bool,
    /// Seed of its photos; none when there is no photo.
    pub photo: Option<u64>,
    /// The same thing as that one of the plan.
    pub same_as: Option<usize>,
    /// Whether the phone found that itself and joined ("me too").
    pub joins: bool,
    /// How it will go.
    pub fate: Fate,
}

/// What a plan is drawn for.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// First instant.
    pub from: Timestamp,
    /// Days.
    pub days: u32,
    /// Reports a day, on average.
    pub reports_a_day: f64,
    /// Riders.
    pub riders: usize,
}

/// Draws what will be noticed, in order of time.
#[must_use]
pub fn plan(town: &Town, span: Span, seed: u64) -> Vec<Noticed> {
    let mut chance = Chance::new(seed);
    let mut times = times(span, &mut chance);
    times.sort_unstable();
    let mut noticed: Vec<Noticed> = Vec::with_capacity(times.len());
    let mut latest: BTreeMap<&str, usize> = BTreeMap::new();
    for at in times {
        let kind = chance.weighted(kinds(), |kind| kind.weight);
        let Some(kind) = kind else { continue };
        let known = latest.get(kind.matter).copied().filter(|_| chance.happens(KNOWN));
        let known = known.and_then(|at| noticed.get(at).map(|first| (at, first.position)));
        let position = match known {
            Some((_, near)) => {
                let mut step = || chance.between(-SAME_THING_METRES, SAME_THING_METRES);
                Some(near.moved_metres(step(), step()))
            }
            None => place(town, &mut chance),
        };
        let Some(position) = position else { continue };
        let one = one(at, kind, position, known.map(|(at, _)| at), span.riders, &mut chance);
        if known.is_none() {
            latest.insert(kind.matter, noticed.len());
        }
        noticed.push(one);
    }
    noticed
}

fn one(
    at: Timestamp,
    kind: &'static Kind,
    position: Position,
    same_as: Option<usize>,
    riders: usize,
    chance: &mut Chance,
) -> Noticed {
    let by = if chance.happens(RESIDENTS) {
        Noticer::Resident
    } else {
        // Some riders look around more than others: squaring draws towards the low numbers.
        let among = chance.below(riders.max(1)) + 1;
        Noticer::Rider(chance.below(among))
    };
    let words =
        if chance.happens(WITHOUT_WORDS) { "" } else { chance.pick(&kind.words).copied().unwrap_or("") };
    let photo = (kind.scene != "none" && !chance.happens(WITHOUT_PHOTO)).then(|| {
        // A picture may be like another's: streets are.
        u64::try_from(chance.below(6)).unwrap_or(0)
    });
    let joins = same_as.is_some() && chance.happens(0.45);
    Noticed {
        at,
        by,
        kind,
        position,
        accuracy_metres: chance.between(4.0, 28.0).round(),
        words,
        names_matter: words.is_empty() || !chance.happens(WITHOUT_MATTER),
        photo,
        same_as,
        joins,
        fate: fate(kind, by, chance),
    }
}

fn fate(kind: &Kind, by: Noticer, chance: &mut Chance) -> Fate {
    let small = matches!(kind.scene, "rubbish" | "bikes" | "grate" | "junk");
    if small && by != Noticer::Resident && chance.happens(0.12) {
        return Fate::OnTheSpot;
    }
    if chance.happens(0.02) {
        return Fate::Withdrawn;
    }
    if chance.happens(0.08) {
        return Fate::Declined { appealed: chance.happens(0.2) };
    }
    Fate::Handled(Course {
        verified_first: chance.happens(if kind.urgency == "critical" { 0.15 } else { 0.4 }),
        sent_back: chance.happens(0.06),
        late: chance.happens(0.13),
        extension: chance.happens(0.05),
        suspended: chance.happens(if kind.urgency == "complex" { 0.4 } else { 0.02 }),
        reworked: chance.happens(0.08),
        reopened: chance.happens(0.02),
        rating: chance.happens(0.55).then(|| rating(chance)),
    })
}

fn rating(chance: &mut Chance) -> u8 {
    let stars = [(5, 0.6), (4, 0.25), (3, 0.09), (2, 0.04), (1, 0.02)];
    chance.weighted(&stars, |star| star.1).map_or(5, |star| star.0)
}

/// Instants spread over the days as the hours are busy; some days are busier than others.
fn times(span: Span, chance: &mut Chance) -> Vec<Timestamp> {
    let hours: Vec<(i64, f64)> = (0..).zip(HOURS).collect();
    let mut times = Vec::new();
    for day in 0..i64::from(span.days) {
        let midnight = span.from.plus(day * Timestamp::DAY);
        let mut left = chance.between(0.6, 1.4) * span.reports_a_day;
        while left > chance.fraction() {
            left -= 1.0;
            let hour = chance.weighted(&hours, |hour| hour.1).map_or(12, |hour| hour.0);
            let within = i64::try_from(chance.below(3_600_000_000)).unwrap_or(0);
            times.push(midnight.plus(hour * Timestamp::HOUR + within));
        }
    }
    times
}

/// Somewhere inside a grid.
fn place(town: &Town, chance: &mut Chance) -> Option<Position> {
    let weight = |kind: &str| if kind == "community" { TOWN_WEIGHT } else { 1.0 };
    let division = chance.weighted(&town.divisions, |division| weight(&division.kind));
    let ring = division.and_then(|division| chance.pick(&division.grids)).map(|grid| grid.ring.as_slice());
    let ring = ring.unwrap_or_default();
    let count = u32::try_from(ring.len()).map_or(1.0, f64::from).max(1.0);
    let middle = |axis: usize| ring.iter().filter_map(|point| point.get(axis)).sum::<f64>() / count;
    let (lng, lat) = (middle(0), middle(1));
    let corner = chance.pick(ring).copied().unwrap_or([lng, lat]);
    // Between the middle and a corner: cells are nearly convex, and a little wavering does no harm.
    let part = chance.between(0.05, 0.85);
    let [x, y] = corner;
    Position::new(lng + (x - lng) * part, lat + (y - lat) * part).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span() -> Span {
        let from = "2026-09-20T16:00:00Z".parse().unwrap();
        Span { from, days: 60, reports_a_day: 12.0, riders: 520 }
    }

    #[test]
    fn the_same_seed_plans_the_same() {
        let town = Town::new(1);
        let first = plan(&town, span(), 1);
        assert_eq!(format!("{first:?}"), format!("{:?}", plan(&town, span(), 1)));
        assert_ne!(format!("{first:?}"), format!("{:?}", plan(&town, span(), 2)));
    }

    #[test]
    fn proportions_are_of_the_order_stated() {
        let noticed = plan(&Town::new(1), span(), 1);
        assert!((600..850).contains(&noticed.len()), "{}", noticed.len());
        assert!(noticed.windows(2).all(|pair| pair[0].at <= pair[1].at));
        let share = |test: &dyn Fn(&Noticed) -> bool| {
            noticed.iter().filter(|one| test(one)).count() * 100 / noticed.len()
        };
        assert!((4..16).contains(&share(&|one| one.same_as.is_some())));
        assert!((4..13).contains(&share(&|one| matches!(one.fate, Fate::Declined { .. }))));
        assert!((8..20).contains(&share(&|one| one.by == Noticer::Resident)));
        assert!(share(&|one| one.photo.is_some()) > 80);
        for (at, one) in noticed.iter().enumerate() {
            assert!(
                one.same_as.is_none_or(|first| first < at && noticed[first].kind.matter == one.kind.matter)
            );
        }
    }
}
