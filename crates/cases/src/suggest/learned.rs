//! What was learnt from the cases that were filed here: which words they were reported in.
//!
//! A multinomial naive Bayes over pairs of neighbouring signs, smoothed towards what is said of anything
//! (Zhai & Lafferty 2004, "A study of smoothing methods for language models applied to information
//! retrieval"): a word speaks for a matter by how much more often it is said of it than in general. Counts
//! are whole numbers and are added up in a fixed order, so that the same cases make the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::MatterKey;
use crate::duplicates::tokens::Tokens;

/// Words said of anything that are mixed into what is said of a matter: with fewer words of its own than
/// these, a matter is mostly known by the catalogue.
const SMOOTHING: f64 = 500.0;
/// Pairs that overlap say the same twice, so that each counts for about half.
const WORD_WEIGHT: f64 = 0.5;
/// How much it weighs that a matter is filed often or seldom at all.
const OFTEN_WEIGHT: f64 = 0.1;
/// How much more often a word must be said of a matter than of anything to be named as a reason.
const NAMED_FROM_TIMES: f64 = 1.25;

/// A model. It holds counts of words, of those alone that several people used (`lessons.rs`), and nothing
/// about a case, a place or a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// In order of their keys.
    pub(super) matters: Vec<Filed>,
    /// Of how many cases of each matter (by its place in `matters`) a word was said.
    pub(super) words: BTreeMap<String, Vec<(usize, u32)>>,
}

/// A matter as it was filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Filed {
    pub(super) matter: MatterKey,
    /// In how many cases.
    pub(super) cases: u32,
    /// In how many words that the model knows.
    pub(super) words: u32,
}

/// What a model thinks of a text.
#[derive(Debug, Default)]
pub(super) struct Thought<'a> {
    model: Option<&'a Learned>,
    text: Tokens,
    /// By the matter's place in the model: what all words come to, and how often it is filed at all.
    scores: Vec<f64>,
    /// What is to be thought of a matter that was never filed.
    unheard: f64,
    /// Words of the text that the model knows, each with what it says for the matters.
    said: BTreeMap<String, Vec<f64>>,
}

impl Learned {
    /// The model of these bytes; none where they are not one.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// As it is kept.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// How many words it knows.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.words.len()
    }

    /// The matters that it has seen filed.
    pub(super) fn matters(&self) -> impl Iterator<Item = MatterKey> {
        self.matters.iter().map(|filed| filed.matter)
    }

    fn place_of(&self, matter: MatterKey) -> Option<usize> {
        self.matters.binary_search_by_key(&matter, |filed| filed.matter).ok()
    }

    /// What a word says for each matter: the logarithm of how much more often it is said of it than of
    /// anything.
    fn speaks(&self, counts: &[(usize, u32)], all_words: f64) -> Vec<f64> {
        let everywhere = sum(counts.iter().map(|(_, count)| *count)) / all_words;
        let mut own = vec![0.0; self.matters.len()];
        for (place, count) in counts {
            if let Some(own) = own.get_mut(*place) {
                *own = f64::from(*count);
            }
        }
        let of = |(filed, own): (&Filed, f64)| {
            let smoothed = (own + SMOOTHING * everywhere) / (f64::from(filed.words) + SMOOTHING);
            (smoothed / everywhere).ln() * WORD_WEIGHT
        };
        self.matters.iter().zip(own).map(of).collect()
    }
}

impl<'a> Thought<'a> {
    pub(super) fn of(model: Option<&'a Learned>, text: &str) -> Self {
        let Some(model) = model.filter(|model| !model.matters.is_empty()) else { return Self::default() };
        let text = Tokens::of_words(text);
        let all_words = sum(model.matters.iter().map(|filed| filed.words)).max(1.0);
        let known = text.distinct().into_iter().filter_map(|word| Some((word, model.words.get(word)?)));
        let said: BTreeMap<String, Vec<f64>> =
            known.map(|(word, counts)| (word.to_owned(), model.speaks(counts, all_words))).collect();
        let usual = sum(model.matters.iter().map(|filed| filed.cases)) / sum(model.matters.iter().map(|_| 1));
        let often = |cases: f64| ((cases + 1.0) / (usual + 1.0)).ln() * OFTEN_WEIGHT;
        let mut scores: Vec<f64> = model.matters.iter().map(|filed| often(f64::from(filed.cases))).collect();
        for speaks in said.values() {
            scores.iter_mut().zip(speaks).for_each(|(score, speaks)| *score += speaks);
        }
        Self { model: Some(model), text, scores, unheard: often(0.0), said }
    }

    /// What speaks for a matter, and against it where negative; 0 where nothing was learnt.
    pub(super) fn score(&self, matter: MatterKey) -> f64 {
        let place = self.model.and_then(|model| model.place_of(matter));
        place.and_then(|place| self.scores.get(place).copied()).unwrap_or(self.unheard)
    }

    /// The words of the text that spoke for a matter, neighbours put together again.
    pub(super) fn because(&self, matter: MatterKey) -> Vec<String> {
        let Some(place) = self.model.and_then(|model| model.place_of(matter)) else { return Vec::new() };
        let least = NAMED_FROM_TIMES.ln() * WORD_WEIGHT;
        let speaks = |says: &Vec<f64>| says.get(place).is_some_and(|says| *says >= least);
        let spoke: BTreeSet<&str> =
            self.said.iter().filter(|(_, says)| speaks(says)).map(|(word, _)| word.as_str()).collect();
        self.text.named(&spoke)
    }
}

fn sum(counts: impl Iterator<Item = u32>) -> f64 {
    counts.map(f64::from).sum()
}
