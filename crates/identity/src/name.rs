//! What people are called, and by what name they sign in.

use std::fmt;
use std::str::FromStr;

use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::phone::narrow;

/// Letters of a displayed name at most: the longest that still fits one line on a small phone.
pub const NAME_LETTERS_MAX: usize = 40;
/// Letters of a sign-in name at least: shorter ones are all taken at once.
const SIGN_IN_NAME_LETTERS_MIN: usize = 2;
/// Letters of a sign-in name at most.
const SIGN_IN_NAME_LETTERS_MAX: usize = 32;

/// What others read: any script, emoji and right-to-left included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct DisplayName(String);

impl DisplayName {
    /// As others read it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For searching and sorting: ordinary width, lower case.
    #[must_use]
    pub fn key(&self) -> String {
        search_key(&self.0)
    }
}

/// The form in which names are searched.
pub(crate) fn search_key(text: &str) -> String {
    text.trim().chars().map(narrow).collect::<String>().to_lowercase()
}

impl FromStr for DisplayName {
    type Err = Refusal;

    /// Trims, and makes one space of several.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        if text.trim().chars().any(is_unfit) {
            return Err(Refusal::invalid("name", "name-letters"));
        }
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !name.chars().any(is_seen) {
            return Err(Refusal::invalid("name", "name-empty"));
        }
        if name.chars().count() > NAME_LETTERS_MAX {
            return Err(Refusal::invalid("name", "name-too-long").with("limit", NAME_LETTERS_MAX));
        }
        Ok(Self(name))
    }
}

impl TryFrom<String> for DisplayName {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Controls, line ends, and what turns the letters around it (Unicode Standard Annex 9, 2.1 to 2.5): with
/// those a name could disguise the words beside it.
fn is_unfit(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
                | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{200B}' | '\u{2060}'..='\u{2064}'
                | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{00AD}'
        )
}

/// Whether there is something to see: not a space, a joiner, a filler or a sign that only changes its
/// neighbour.
fn is_seen(letter: char) -> bool {
    !letter.is_whitespace()
        && !matches!(
            letter,
            '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{115F}' | '\u{1160}' | '\u{3164}'
                | '\u{FFA0}' | '\u{2800}' | '\u{0300}'..='\u{036F}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// By what a person signs in, where not by phone number: one form for all widths and cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct SignInName(String);

impl SignInName {
    /// In its one form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SignInName {
    type Err = Refusal;

    /// Letters of any script, digits, `.`, `_` and `-`; at least one letter, so that it is never taken for a
    /// phone number.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let name = search_key(text);
        let letters = name.chars().count();
        if !(SIGN_IN_NAME_LETTERS_MIN..=SIGN_IN_NAME_LETTERS_MAX).contains(&letters) {
            return Err(Refusal::invalid("sign_in_name", "sign-in-name-length")
                .with("min", SIGN_IN_NAME_LETTERS_MIN)
                .with("max", SIGN_IN_NAME_LETTERS_MAX));
        }
        let fits = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-');
        if !name.chars().all(fits) || !name.chars().any(char::is_alphabetic) {
            return Err(Refusal::invalid("sign_in_name", "sign-in-name-letters"));
        }
        Ok(Self(name))
    }
}

impl TryFrom<String> for SignInName {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<SignInName> for String {
    fn from(name: SignInName) -> Self {
        name.0
    }
}

impl fmt::Display for SignInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T: FromStr<Err = Refusal>>(text: &str) -> Result<(), &'static str> {
        text.parse::<T>().map(drop).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_name_may_be_of_any_script() {
        let names = [
            "骑手 0017",
            "Амина 12",
            "راکب ۱۷",
            "רוכב 17",
            "قاچان‌بەگ",
            "👩🏽‍🚒 骑手",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "𠮷野 3",
            "é",
            "한글",
        ];
        for name in names {
            assert_eq!(name.parse::<DisplayName>().unwrap().as_str(), name);
        }
        assert_eq!("  骑手\u{3000}  0017 ".parse::<DisplayName>().unwrap().as_str(), "骑手 0017");
        assert_eq!("Ｑｉｇｅ １".parse::<DisplayName>().unwrap().key(), "qige 1");
    }

    #[test]
    fn a_name_cannot_disguise_what_stands_beside_it() {
        for letter in ['\n', '\0', '\u{1b}', '\u{202E}', '\u{2066}', '\u{2028}', '\u{200F}', '\u{FEFF}'] {
            assert_eq!(code::<DisplayName>(&format!("骑{letter}手")), Err("name-letters"), "{letter:?}");
        }
        for nothing in ["", " ", "\u{3000}", "\u{200D}", "\u{3164}", "\u{FE0F}\u{200D}"] {
            assert_eq!(code::<DisplayName>(nothing), Err("name-empty"), "{nothing:?}");
        }
    }

    #[test]
    fn a_name_has_forty_letters_at_most() {
        assert_eq!(code::<DisplayName>(&"骑".repeat(40)), Ok(()));
        assert_eq!(code::<DisplayName>(&"骑".repeat(41)), Err("name-too-long"));
    }

    #[test]
    fn a_sign_in_name_has_one_form() {
        for text in ["Zuoxi.03", " zuoxi.03 ", "ＺＵＯＸＩ．０３"] {
            assert_eq!(text.parse::<SignInName>().unwrap().as_str(), "zuoxi.03");
        }
        assert_eq!("坐席03".parse::<SignInName>().unwrap().as_str(), "坐席03");
        assert_eq!(code::<SignInName>("a"), Err("sign-in-name-length"));
        assert_eq!(code::<SignInName>("ab"), Ok(()));
        assert_eq!(code::<SignInName>(&"a".repeat(32)), Ok(()));
        assert_eq!(code::<SignInName>(&"a".repeat(33)), Err("sign-in-name-length"));
        for wrong in ["13800001234", "a b", "a@b", "a\u{202E}b", "e\u{301}clair", "..", "a/b"] {
            assert_eq!(code::<SignInName>(wrong), Err("sign-in-name-letters"), "{wrong}");
        }
    }
}
