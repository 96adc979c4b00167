//! Filed cases, taken apart to be learnt from: bounded however many there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use qige_kernel::PersonId;

use super::learned::{Filed, Learned};
use crate::MatterKey;
use crate::catalogue::{Catalogue, PhotoRule};
use crate::duplicates::tokens::Tokens;

/// Cases that are learnt from at most, the newest first: with a dozen words each, at eight bytes a word, some
/// 30 MB, and more than a subdistrict files in five years. Of 1,000,000 cases the oldest are left out.
pub const MAX_LESSONS: usize = 200_000;
/// Cases from which on there is something to learn: with fewer, the catalogue's own words know more.
pub const MIN_LESSONS: usize = 100;
/// A word is learnt when cases of that many different reporters have it, so that what one person wrote (a
/// name, a number) stays in no model. Reports without an account count as one reporter together.
pub const MIN_REPORTERS: usize = 5;
/// Words of one case at most: the first sentences say what it is about.
pub(super) const MAX_WORDS: usize = 60;
/// Different words that are looked at, the newest cases' first, before it is known who used them: with their
/// reporters some 30 MB.
pub(super) const MAX_CANDIDATES: usize = 200_000;
/// Words that a model keeps at most, the most used: about 2 MB.
pub(super) const MAX_LEARNT_WORDS: usize = 20_000;
/// Whole texts that are kept, to ask the model about what it has not seen.
pub(super) const MAX_HELD_OUT: usize = 2_000;

/// A filed case.
#[derive(Clone, Debug)]
pub struct FiledCase {
    /// As what, after all corrections.
    pub matter: MatterKey,
    /// In which words.
    pub words: String,
    /// The square it lies in.
    pub cell: Option<i64>,
    /// The hour of the day it came in, 0 to 23.
    pub hour: i64,
    /// Who reported it first; none without an account.
    pub reporter: Option<PersonId>,
}

/// A case taken apart.
#[derive(Clone, Debug)]
pub(super) struct Lesson {
    pub(super) matter: MatterKey,
    words: Box<[usize]>,
    pub(super) cell: Option<i64>,
    pub(super) hour: i64,
    reporter: usize,
}

/// Cases to be learnt from, the newest first.
#[derive(Debug, Default)]
pub struct Lessons {
    pub(super) lessons: Vec<Lesson>,
    /// The words of the newest, whole.
    pub(super) texts: Vec<String>,
    words: HashMap<String, usize>,
    reporters: HashMap<Option<PersonId>, usize>,
}

impl Lessons {
    /// How many cases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lessons.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lessons.is_empty()
    }

    /// Takes a case in, newest first; false when there is room for no more. Where somebody needs help
    /// (domain.md §2.1), nothing is learnt from it.
    pub fn take(&mut self, case: FiledCase) -> bool {
        let known = Catalogue::standard().get(case.matter);
        if known.is_none_or(|matter| matter.photo == PhotoRule::Never) {
            return true;
        }
        if self.lessons.len() >= MAX_LESSONS {
            return false;
        }
        let tokens = Tokens::of_words(&case.words);
        let mut words = Vec::new();
        for word in tokens.distinct().into_iter().take(MAX_WORDS) {
            let next = self.words.len();
            match self.words.get(word) {
                Some(known) => words.push(*known),
                None if next < MAX_CANDIDATES => {
                    self.words.insert(word.to_owned(), next);
                    words.push(next);
                }
                None => {}
            }
        }
        let next = self.reporters.len();
        let reporter = *self.reporters.entry(case.reporter).or_insert(next);
        if self.texts.len() < MAX_HELD_OUT {
            self.texts.push(case.words);
        }
        let FiledCase { matter, cell, hour, .. } = case;
        self.lessons.push(Lesson { matter, words: words.into(), cell, hour, reporter });
        true
    }

    /// The model of all cases but the `held_out` newest.
    #[must_use]
    pub(super) fn learn(&self, held_out: usize) -> Learned {
        let lessons = self.lessons.get(held_out..).unwrap_or_default();
        let learnt = self.known_to_several(lessons);
        let matters: BTreeSet<MatterKey> = lessons.iter().map(|lesson| lesson.matter).collect();
        let places: BTreeMap<MatterKey, usize> = matters.iter().copied().zip(0..).collect();
        let mut filed: Vec<Filed> =
            matters.into_iter().map(|matter| Filed { matter, cases: 0, words: 0 }).collect();
        let mut counts: BTreeMap<usize, BTreeMap<usize, u32>> = BTreeMap::new();
        for lesson in lessons {
            let Some(place) = places.get(&lesson.matter).copied() else { continue };
            let Some(filed) = filed.get_mut(place) else { continue };
            filed.cases += 1;
            for word in lesson.words.iter().filter(|word| learnt.contains(word)) {
                filed.words += 1;
                *counts.entry(*word).or_default().entry(place).or_default() += 1;
            }
        }
        let written = self.words.iter().filter_map(|(text, word)| Some((text.clone(), counts.remove(word)?)));
        Learned {
            words: written.map(|(text, counts)| (text, counts.into_iter().collect())).collect(),
            matters: filed,
        }
    }

    /// The words that several reporters used, at most as many as a model keeps, those of the most cases.
    fn known_to_several(&self, lessons: &[Lesson]) -> BTreeSet<usize> {
        let mut seen: BTreeMap<usize, (u32, Vec<usize>)> = BTreeMap::new();
        for lesson in lessons {
            for word in &lesson.words {
                let (cases, reporters) = seen.entry(*word).or_default();
                *cases += 1;
                if reporters.len() < MIN_REPORTERS && !reporters.contains(&lesson.reporter) {
                    reporters.push(lesson.reporter);
                }
            }
        }
        seen.retain(|_, (_, reporters)| reporters.len() >= MIN_REPORTERS);
        let mut found: Vec<(u32, usize)> = seen.into_iter().map(|(word, (cases, _))| (cases, word)).collect();
        // The first seen first among equals, so that the same cases make the same model.
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        found.into_iter().take(MAX_LEARNT_WORDS).map(|(_, word)| word).collect()
    }
}
