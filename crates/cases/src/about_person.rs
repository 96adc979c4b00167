//! A report is about a place or a thing (domain.md §2.1). Words that can only speak of a person, as
//! suspected, ill, believing or petitioning, are not taken down at all.
//!
//! Whole phrases, and few of them: `精神病院门口的井盖` is about a manhole. What is missed, a dispatcher
//! declines as `about-person`. They lie in `data/about-person.json` with examples, since
//! `frontend/src/page/about-person.ts` says the same while people type; what is taken is decided here.

use std::sync::LazyLock;

use serde::Deserialize;

const DATA: &str = include_str!("../data/about-person.json");

#[derive(Default, Deserialize)]
struct AboutPerson {
    /// Phrases that speak of a person, spaces aside.
    phrases: Vec<String>,
}

static KNOWN: LazyLock<AboutPerson> = LazyLock::new(|| serde_json::from_str(DATA).unwrap_or_default());

/// Whether a text speaks of a person and not of a place or a thing.
#[must_use]
pub(crate) fn speaks_of_a_person(text: &str) -> bool {
    let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    KNOWN.phrases.iter().any(|phrase| text.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Examples {
        person: Vec<String>,
        place: Vec<String>,
    }

    #[derive(Deserialize)]
    struct Held {
        examples: Examples,
    }

    #[test]
    fn persons_are_told_from_places() {
        let Held { examples } = serde_json::from_str(DATA).unwrap();
        assert!(examples.person.len() > 3 && examples.place.len() > 7, "all of them were read");
        for text in examples.person {
            assert!(speaks_of_a_person(&text), "{text}");
        }
        for text in examples.place {
            assert!(!speaks_of_a_person(&text), "{text}");
        }
    }

    #[test]
    fn every_phrase_can_be_found() {
        assert!(KNOWN.phrases.len() > 30, "the file was read");
        for phrase in &KNOWN.phrases {
            let bare = !phrase.is_empty() && !phrase.contains(char::is_whitespace);
            assert!(bare && speaks_of_a_person(phrase), "{phrase:?}");
        }
    }
}
