//! Where the words of a search stand in a text that was found, so that a page can mark them.

use schemars::JsonSchema;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::tokens::runs;
use super::wanted::{MAX_SEARCH_CHARS, letters};
use crate::runs::{Run, is_written_with_blanks};
use crate::spelling::{readings, spells};

/// Part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    /// The part.
    pub text: String,
    /// It was looked for.
    pub found: bool,
}

/// A text in parts, those marked that `search` looks for: its words, or what it spells.
#[must_use]
pub fn marked(text: &str, search: &str) -> Vec<Part> {
    let signs: Vec<char> = text.chars().collect();
    let plain: Vec<char> = signs.iter().map(|sign| one(*sign)).collect();
    let mut found = vec![false; signs.len()];
    let search: String = search.trim().chars().take(MAX_SEARCH_CHARS).collect();
    for term in search.split_whitespace() {
        for run in runs(term) {
            mark_run(&plain, &run, &mut found);
        }
        if let Some(letters) = letters(term) {
            mark_spelled(&plain, &letters, &mut found);
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    for (sign, found) in signs.iter().zip(found) {
        match parts.last_mut().filter(|part| part.found == found) {
            Some(part) => part.text.push(*sign),
            None => parts.push(Part { text: sign.to_string(), found }),
        }
    }
    parts
}

/// A sign as it is compared; one that becomes several is itself.
fn one(sign: char) -> char {
    let mut plain = std::iter::once(sign).nfkc().flat_map(char::to_lowercase);
    match (plain.next(), plain.next()) {
        (Some(only), None) => only,
        _ => sign,
    }
}

/// Wherever it stands; a word where one begins with it. What does not stand together anywhere is marked pair
/// by pair, as it is found.
fn mark_run(text: &[char], run: &Run, found: &mut [bool]) {
    let signs = run.signs.as_slice();
    let begins_a_word = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        !before.is_some_and(|sign| sign.is_alphanumeric() && is_written_with_blanks(*sign))
    };
    let mut mark = |signs: &[char]| {
        let places: Vec<usize> = (0..text.len())
            .filter(|at| text.get(*at..at + signs.len()) == Some(signs))
            .filter(|at| !run.with_blanks || begins_a_word(*at))
            .collect();
        places.iter().for_each(|at| fill(found, *at, signs.len()));
        !places.is_empty()
    };
    if !mark(signs) && !run.with_blanks {
        signs.windows(2).for_each(|pair| {
            mark(pair);
        });
    }
}

/// Signs whose pinyin it is, at least two of them.
fn mark_spelled(text: &[char], letters: &str, found: &mut [bool]) {
    let spelled: Vec<Vec<&'static str>> = text.iter().map(|sign| readings(*sign)).collect();
    for at in 0..spelled.len() {
        let rest = spelled.get(at..).unwrap_or_default();
        let signs =
            rest.iter().position(Vec::is_empty).map_or(rest, |end| rest.get(..end).unwrap_or_default());
        if let Some(count) = spells(letters, signs).filter(|count| *count > 1) {
            fill(found, at, count);
        }
    }
}

fn fill(found: &mut [bool], at: usize, count: usize) {
    found.iter_mut().skip(at).take(count).for_each(|found| *found = true);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is marked in brackets.
    fn shown(text: &str, search: &str) -> String {
        let part = |part: Part| if part.found { format!("[{}]", part.text) } else { part.text };
        marked(text, search).into_iter().map(part).collect()
    }

    #[test]
    fn words_wherever_they_stand() {
        assert_eq!(shown("路口井盖没了，井盖！", "井盖"), "路口[井盖]没了，[井盖]！");
        assert_eq!(shown("门口的井有盖", "井盖"), "门口的井有盖");
        assert_eq!(shown("雨水口旁的井盖", "雨水井盖"), "[雨水]口旁的[井盖]");
        assert_eq!(shown("坑", "坑"), "[坑]");
        assert_eq!(shown("ＳＵＶ and a suv's, resuvy", "suv"), "[ＳＵＶ] and a [suv]'s, resuvy");
        assert_eq!(shown("Street lights", "LIGHT str"), "[Str]eet [light]s");
    }

    #[test]
    fn what_is_spelled() {
        assert_eq!(shown("路口井盖没了", "jg"), "路口[井盖]没了");
        assert_eq!(shown("路口井盖没了", "jinggai"), "路口[井盖]没了");
        assert_eq!(shown("路口井盖没了", "jingg"), "路口[井盖]没了");
        assert_eq!(shown("路口井盖没了", "j"), "路口井盖没了");
    }

    #[test]
    fn nothing_is_lost_whatever_is_typed() {
        for text in ["", "🙂<b>&\"' İ ǆ ﬁ", "<script>井盖</script>"] {
            for search in ["", "\"", "<script>", "İ", "fi", "*", "井盖 OR", "' OR 1=1 --"] {
                let all: String = marked(text, search).into_iter().map(|part| part.text).collect();
                assert_eq!(all, text, "{search}");
            }
        }
        assert_eq!(shown("<script>井盖</script>", "井盖"), "<script>[井盖]</script>");
    }
}
