//! A message in the language of whoever gets it. Texts live where pages are, so whoever has them says how.

use std::sync::Arc;

use qige_notify::Item;

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
}

/// A message in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worded {
    /// One line: who says it.
    pub title: String,
    /// What is said, without the link.
    pub text: String,
}

/// Puts into words, for a tenant of that name, in that language (BCP 47).
pub type Words = Arc<dyn Fn(&str, &str, Telling<'_>) -> Worded + Send + Sync>;
