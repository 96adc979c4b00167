//! What others see too while the centre has not looked yet: things of which more than one open case stands.

use qige_kernel::Timestamp;

use super::{Fate, Noticed, Noticer};
use crate::chance::Chance;

/// How many others report each of the things, the latest thing first.
const OTHERS: [usize; 4] = [2, 1, 1, 1];
/// Between two of these reports: all of them fit into the minutes before a dispatcher looks.
const APART_MICROS: i64 = 18 * Timestamp::SECOND;
/// How far the others stand from where the thing was noticed first, metres along each axis.
const STEP_METRES: f64 = 6.0;

/// Adds what others say, in the last minutes before `now`, of the things that were noticed last: each for
/// itself, without seeing that it is known.
pub fn seen_again(noticed: &mut Vec<Noticed>, riders: usize, now: Timestamp, seed: u64) {
    let mut chance = Chance::new(seed ^ 0xa9a1);
    // Of what has no photo, people who need help, the town makes no second report.
    let seen = |one: &Noticed| one.at < now && one.same_as.is_none() && one.photo.is_some();
    let lasts = |one: &Noticed| seen(one) && one.names_matter && matches!(one.fate, Fate::Handled(_));
    let latest = noticed.iter().enumerate().rev().filter(|(_, one)| lasts(one)).map(|(at, _)| at);
    let again: Vec<usize> = latest.zip(OTHERS).flat_map(|(first, others)| vec![first; others]).collect();
    for (first, turn) in again.into_iter().zip(1_i64..) {
        let Some(known) = noticed.get(first).cloned() else { continue };
        let mut step = || chance.between(-STEP_METRES, STEP_METRES);
        let position = known.position.moved_metres(step(), step());
        let words = chance.pick(&known.kind.words).copied().unwrap_or(known.words);
        noticed.push(Noticed {
            at: now.plus(-turn * APART_MICROS),
            by: Noticer::Rider(chance.below(riders.max(1))),
            position,
            words,
            // Theirs are still on the way.
            photo: None,
            same_as: Some(first),
            joins: false,
            ..known
        });
    }
}

#[cfg(test)]
mod tests {
    use qige_cases::Policy;
    use qige_cases::duplicates::likeness;

    use super::super::repeats::{Words, compared};
    use super::super::{Span, plan};
    use super::*;
    use crate::town::Town;

    /// Ten days that go on after noon of the last one.
    fn until_noon(seed: u64) -> (Vec<Noticed>, usize, Timestamp) {
        let from: Timestamp = "2026-09-20T16:00:00Z".parse().unwrap();
        let now = from.plus(9 * Timestamp::DAY + 12 * Timestamp::HOUR);
        let mut noticed =
            plan(&Town::new(seed), Span { from, days: 10, reports_a_day: 11.0, riders: 12 }, seed);
        let planned = noticed.len();
        seen_again(&mut noticed, 12, now, seed);
        (noticed, planned, now)
    }

    #[test]
    fn what_others_see_too_is_probably_the_same_and_nobody_has_looked_yet() {
        for seed in 1..20 {
            let (noticed, planned, now) = until_noon(seed);
            let again = &noticed[planned..];
            assert_eq!(again.len(), OTHERS.iter().sum::<usize>());
            for one in again {
                let first = &noticed[one.same_as.unwrap()];
                let compare = |one| compared(one, Words::Read);
                let alike = likeness(&compare(one), &compare(first), &Policy::default()).unwrap();
                assert!(alike.probable && !one.joins, "{alike:?}");
                assert!(first.at < now && one.at < now);
                assert!(now.since(one.at) < 2 * Timestamp::MINUTE, "before a dispatcher looks");
            }
        }
    }

    #[test]
    fn the_same_seed_sees_the_same_again() {
        let said = |seed| format!("{:?}", until_noon(seed).0);
        assert_eq!(said(1), said(1));
    }
}
