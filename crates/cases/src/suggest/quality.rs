//! How well a model guesses: asked about the newest cases, of which it was told nothing.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lessons::{Lesson, Lessons, MAX_HELD_OUT};
use super::{Evidence, Learned, SUGGESTED, suggest};
use crate::MatterKey;
use crate::store::around_cell;

/// One case in so many is held out, the newest.
const HELD_OUT_OF: usize = 10;
/// How sure a guess may be, in percent, for each of which it is said how often it was right.
pub const SURE_PERCENT: [u8; 6] = [50, 60, 70, 80, 90, 95];
/// Pairs of matters that are named at most.
const MAX_CONFUSIONS: usize = 10;

/// How well a model guesses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// Cases it was asked about.
    pub held_out: u32,
    /// How many the catalogue's own words and the habits of the place find.
    pub catalogue: Hits,
    /// How many are found with what was learnt.
    pub learned: Hits,
    /// How often it was right when it was so sure.
    pub sure: Vec<Sure>,
    /// What it takes for something else, most often first.
    pub confusions: Vec<Confusion>,
}

/// Guesses that were right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hits {
    /// In the first place.
    pub first: u32,
    /// Among three.
    pub three: u32,
}

/// Guesses of which the model was at least so sure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sure {
    /// How sure.
    pub percent: u8,
    /// How many.
    pub cases: u32,
    /// How many of them were right.
    pub right: u32,
}

/// A matter that is taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confusion {
    /// What it was filed as.
    pub filed: MatterKey,
    /// What was suggested first.
    pub suggested: MatterKey,
    /// How often.
    pub cases: u32,
}

impl Quality {
    /// Whether it was worth learning: the right matter stands in the first place at least as often as by the
    /// catalogue alone.
    #[must_use]
    pub const fn is_worth_it(&self) -> bool {
        self.learned.first >= self.catalogue.first
    }
}

impl Lessons {
    /// The model of all cases, and how well one that was not told of the newest guesses those.
    #[must_use]
    pub fn learn_and_measure(&self) -> (Learned, Quality) {
        let held_out = (self.len() / HELD_OUT_OF).min(MAX_HELD_OUT);
        (self.learn(0), self.measure(&self.learn(held_out), held_out))
    }

    fn measure(&self, model: &Learned, held_out: usize) -> Quality {
        let habits = Habits::of(self.lessons.get(held_out..).unwrap_or_default());
        let mut quality = Quality { held_out: count(held_out), ..Quality::default() };
        quality.sure = SURE_PERCENT.map(|percent| Sure { percent, ..Sure::default() }).to_vec();
        let mut confused: BTreeMap<(MatterKey, MatterKey), u32> = BTreeMap::new();
        for (lesson, words) in self.lessons.iter().zip(&self.texts).take(held_out) {
            let here = habits.at(lesson);
            let alone = Evidence { here: &here, words, all: true, ..Evidence::default() };
            quality.catalogue.note(lesson.matter, &alone);
            let Some((first, percent)) =
                quality.learned.note(lesson.matter, &Evidence { learned: Some(model), ..alone })
            else {
                continue;
            };
            let right = first == lesson.matter;
            for sure in quality.sure.iter_mut().filter(|sure| percent >= sure.percent) {
                sure.cases += 1;
                sure.right += u32::from(right);
            }
            if !right {
                *confused.entry((lesson.matter, first)).or_default() += 1;
            }
        }
        let named = |((filed, suggested), cases)| Confusion { filed, suggested, cases };
        quality.confusions = confused.into_iter().map(named).collect();
        quality.confusions.sort_by_key(|one| (std::cmp::Reverse(one.cases), one.filed, one.suggested));
        quality.confusions.truncate(MAX_CONFUSIONS);
        quality
    }
}

impl Hits {
    /// Notes what is suggested for a case; the first of it, and how sure.
    fn note(&mut self, matter: MatterKey, evidence: &Evidence<'_>) -> Option<(MatterKey, u8)> {
        let found = suggest(evidence, SUGGESTED);
        let place = found.iter().position(|one| one.matter == matter);
        self.first += u32::from(place == Some(0));
        self.three += u32::from(place.is_some());
        found.first().map(|first| (first.matter, first.percent))
    }
}

/// What places usually have, counted from lessons.
struct Habits(BTreeMap<(i64, i64), BTreeMap<MatterKey, u32>>);

impl Habits {
    fn of(lessons: &[Lesson]) -> Self {
        let mut counts: BTreeMap<(i64, i64), BTreeMap<MatterKey, u32>> = BTreeMap::new();
        for lesson in lessons {
            if let Some(cell) = lesson.cell {
                *counts.entry((cell, lesson.hour)).or_default().entry(lesson.matter).or_default() += 1;
            }
        }
        Self(counts)
    }

    fn at(&self, lesson: &Lesson) -> Vec<(MatterKey, u32)> {
        let mut here: BTreeMap<MatterKey, u32> = BTreeMap::new();
        for cell in lesson.cell.map(around_cell).into_iter().flatten() {
            for hour in [lesson.hour - 1, lesson.hour, lesson.hour + 1] {
                for (matter, count) in self.0.get(&(cell, hour.rem_euclid(24))).into_iter().flatten() {
                    *here.entry(*matter).or_default() += count;
                }
            }
        }
        here.into_iter().collect()
    }
}

fn count(cases: usize) -> u32 {
    u32::try_from(cases).unwrap_or(u32::MAX)
}
