//! A message in the language of whoever gets it. Texts live where pages are, so whoever has them says how.

use std::sync::Arc;

use qige_notify::Item;

use super::Wording;

/// What is to be said.
#[derive(Clone, Copy, Debug)]
pub enum Telling<'a> {
    /// These, with nothing that is anybody's own where `brief` says so.
    Items {
        /// At least one.
        items: &'a [Item],
        /// No more than that there is something, of what sort, and its number.
        brief: bool,
    },
    /// That this way works.
    Test,
    /// The code that proves an address.
    Code(&'a str),
    /// The same in twenty letters.
    BriefCode(&'a str),
}

/// A message in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worded {
    /// One line: who says it.
    pub title: String,
    /// What is said, without the link.
    pub text: String,
}

/// What is to be said, by whom and how.
#[derive(Clone, Copy, Debug)]
pub struct Saying<'a> {
    /// What the tenant is called.
    pub tenant: &'a str,
    /// Its own words.
    pub wording: &'a Wording,
    /// In this language (BCP 47).
    pub locale: &'a str,
    /// What is to be said.
    pub telling: Telling<'a>,
}

/// Puts into words.
pub type Words = Arc<dyn Fn(Saying<'_>) -> Worded + Send + Sync>;
