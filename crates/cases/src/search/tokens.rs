//! What a text is found by: words where there are blanks between them; where there are none, pairs of
//! neighbouring signs with their pinyin, whole and by its initials. The same tokens on both engines, since
//! neither of them makes any.

use std::collections::BTreeSet;

use qige_kernel::uuid::Uuid;
use unicode_normalization::UnicodeNormalization;

use crate::MatterKey;
use crate::runs::Run;
use crate::spelling::readings;

/// Tokens of one case at most: of some sixty thousand signs, more than anybody has said about one.
const MAX_TOKENS: usize = 10_000;
/// Signs of one token at most; what a longer word has beyond that is not looked at.
const MAX_TOKEN_CHARS: usize = 40;
/// Begins the initials of two signs: no text has it, and both engines take it for a letter.
const INITIALS: char = '\u{e000}';
/// Begins the pinyin of two signs.
const PINYIN: char = '\u{e001}';
/// Begins the id of a place, a unit, a person or a matter.
const ID: char = '\u{e002}';

/// Tokens, each once, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens(BTreeSet<String>);

impl Tokens {
    /// What these texts are found by.
    #[must_use]
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut tokens = Self::default();
        texts.into_iter().for_each(|text| tokens.add_text(text));
        tokens
    }

    /// Adds what a text is found by.
    pub(super) fn add_text(&mut self, text: &str) {
        for run in runs(text) {
            if run.with_blanks {
                self.add(word(&run.signs));
            } else {
                self.add_signs(&run.signs);
            }
        }
    }

    /// Adds what has a name of its own, which may change.
    pub(super) fn add_id(&mut self, id: String) {
        self.0.insert(id);
    }

    /// Every pair, and what stands last alone: so whatever begins with one sign is found by it. The pinyin
    /// likewise.
    fn add_signs(&mut self, signs: &[char]) {
        let spelled: Vec<Vec<&str>> = signs.iter().map(|sign| readings(*sign)).collect();
        for (at, sign) in signs.iter().enumerate() {
            match signs.get(at + 1) {
                Some(next) => self.add(pair(*sign, *next)),
                None => self.add(sign.to_string()),
            }
            let next = spelled.get(at + 1).filter(|next| !next.is_empty());
            for reading in spelled.get(at).into_iter().flatten() {
                let Some(next) = next else {
                    self.add(pinyin(&[reading]));
                    continue;
                };
                for following in next {
                    self.add(pinyin(&[reading, following]));
                    self.add(initials(reading, following));
                }
            }
        }
    }

    fn add(&mut self, token: String) {
        if self.0.len() < MAX_TOKENS {
            self.0.insert(token);
        }
    }

    pub(super) fn has(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    pub(super) fn has_beginning(&self, beginning: &str) -> bool {
        self.0.iter().any(|token| token.starts_with(beginning))
    }

    /// As they are kept.
    pub(crate) fn written(&self) -> String {
        self.0.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// As they were kept, in whatever order the engine has them.
    pub(super) fn read(written: &str) -> Self {
        Self(written.split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect())
    }
}

/// The runs of a text: letters and digits of full width are as those of half width (Unicode's NFKC), capitals
/// as small ones, and all else parts what stands around it.
pub(super) fn runs(text: &str) -> Vec<Run> {
    crate::runs::runs(text.nfkc(), "")
}

/// A word.
pub(super) fn word(signs: &[char]) -> String {
    signs.iter().take(MAX_TOKEN_CHARS).collect()
}

/// Two neighbouring signs.
pub(super) fn pair(sign: char, next: char) -> String {
    [sign, next].iter().collect()
}

/// The pinyin of neighbouring signs.
pub(super) fn pinyin(syllables: &[&str]) -> String {
    std::iter::once(PINYIN).chain(syllables.iter().flat_map(|syllable| syllable.chars())).collect()
}

/// What the pinyin of two neighbouring signs begins with.
pub(super) fn initials(reading: &str, next: &str) -> String {
    std::iter::once(INITIALS).chain(reading.chars().take(1)).chain(next.chars().take(1)).collect()
}

/// The token of a place, a unit or a person.
pub(super) fn of_id(id: Uuid) -> String {
    format!("{ID}{}", id.simple())
}

/// The token of a matter.
pub(super) fn of_matter(matter: MatterKey) -> String {
    std::iter::once(ID).chain(matter.to_string().chars().filter(|sign| *sign != '-')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.add_text(text);
        let plain = |token: &String| token.replace(INITIALS, "i:").replace(PINYIN, "p:");
        tokens.0.iter().map(plain).collect()
    }

    #[test]
    fn pairs_of_signs_with_their_pinyin() {
        assert_eq!(of("井盖"), ["井盖", "盖", "i:jg", "p:gai", "p:ge", "p:jinggai", "p:jingge"]);
        assert_eq!(of("灯"), ["灯", "p:deng", "p:ding"]);
    }

    #[test]
    fn words_digits_and_what_parts_them() {
        assert_eq!(of("ＳＯＳ it's 3.5-A, (b)"), ["3", "5", "a", "b", "it", "s", "sos"]);
        assert_eq!(of("3号"), ["3", "号", "p:hao", "p:xiao"]);
        assert_eq!(of("🙂 !? \" * ' -- \u{e000}"), Vec::<String>::new());
        assert_eq!(of(&"x".repeat(1_000)), ["x".repeat(MAX_TOKEN_CHARS)]);
    }

    #[test]
    fn no_case_has_tokens_without_end() {
        let many: String = (0..20_000).map(|at| format!("w{at} ")).collect();
        assert_eq!(of(&many).len(), MAX_TOKENS);
    }

    #[test]
    fn they_are_kept_and_read() {
        let mut tokens = Tokens::default();
        tokens.add_text("井盖 No. 3");
        assert_eq!(Tokens::read(&tokens.written()), tokens);
        assert_eq!(Tokens::read(""), Tokens::default());
        assert!(
            tokens
                .written()
                .chars()
                .all(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | INITIALS..=ID))
        );
    }
}
