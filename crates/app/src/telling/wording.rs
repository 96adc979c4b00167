//! What a tenant says in its own words: templates with values in braces, by their name and language, in the
//! place of the texts that come with the product.

use std::collections::BTreeMap;

use qige_channels::template::{Style, fill, unknown_value};
use qige_db::{DbError, Tx};
use qige_identity::setting;
use qige_kernel::Refusal;
use serde::{Deserialize, Serialize};

/// Setting: the tenant's own words, see [`Wording`].
pub const WORDING_SETTING: &str = "notice-words";
/// Letters of a sentence at most: three lines on a phone.
pub const SENTENCE_LETTERS_MAX: usize = 200;
/// Letters of what phones and groups read at most: with its sender's name and a link it is one short message.
pub const BRIEF_LETTERS_MAX: usize = 60;

/// A tenant's own words: by template and language (BCP 47).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording(BTreeMap<String, BTreeMap<String, String>>);

impl Wording {
    /// What this tenant has put there.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn read(tx: &mut Tx<'_>) -> Result<Self, DbError> {
        Ok(setting(tx, WORDING_SETTING).await?.unwrap_or_default())
    }

    /// The tenant's own template; none where ours stands.
    #[must_use]
    pub fn of(&self, template: &str, locale: &str) -> Option<&str> {
        self.0.get(template)?.get(locale).map(String::as_str)
    }

    /// The tenant's own template with its values.
    pub fn say(&self, template: &str, locale: &str, value: impl Fn(&str) -> String) -> Option<String> {
        Some(fill(self.of(template, locale)?, Style::Plain, value).trim().to_owned())
    }

    /// Puts one there, or ours back.
    pub fn put(&mut self, template: &str, locale: &str, text: Option<String>) {
        let texts = self.0.entry(template.to_owned()).or_default();
        match text {
            Some(text) => drop(texts.insert(locale.to_owned(), text)),
            None => drop(texts.remove(locale)),
        }
        self.0.retain(|_, texts| !texts.is_empty());
    }
}

/// What may stand in a template.
#[derive(Clone, Copy, Debug)]
pub struct Allows<'a> {
    /// The values that are known there.
    pub values: &'a [String],
    /// Those that are somebody's own, and so not for phones and groups.
    pub personal: &'a [&'a str],
    /// Letters at most.
    pub letters_max: usize,
}

impl Allows<'_> {
    /// One line, as it is kept.
    ///
    /// # Errors
    /// Refused as `words-length`, `words-personal` and `words-value`.
    pub fn check(&self, field: &'static str, text: &str) -> Result<String, Refusal> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() || text.chars().count() > self.letters_max {
            return Err(Refusal::invalid(field, "words-length").with("max", self.letters_max));
        }
        let known: Vec<&str> = self.values.iter().map(String::as_str).collect();
        match unknown_value(&text, &known) {
            None => Ok(text),
            Some(value) if self.personal.contains(&value.as_str()) => {
                Err(Refusal::invalid(field, "words-personal").with("value", format!("{{{value}}}")))
            }
            Some(value) => {
                let known: Vec<String> = known.iter().map(|value| format!("{{{value}}}")).collect();
                let refusal = Refusal::invalid(field, "words-value").with("value", format!("{{{value}}}"));
                Err(refusal.with("known", if known.is_empty() { "—".to_owned() } else { known.join(" ") }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_words_stand_in_the_place_of_ours_until_they_are_taken_back() {
        let mut wording = Wording::default();
        wording.put("unit-dispatched", "en", Some("Please see to {what} {what}".to_owned()));
        let said = wording.say("unit-dispatched", "en", |_| "{what}".to_owned());
        assert_eq!(said.as_deref(), Some("Please see to {what} {what}"), "a value is not looked into again");
        assert_eq!(wording.of("unit-dispatched", "zh-Hans"), None);
        wording.put("unit-dispatched", "en", None);
        assert_eq!(wording, Wording::default());
    }

    #[test]
    fn only_what_is_known_there_may_stand_in_a_template() {
        let values = ["number".to_owned()];
        let allows = Allows { values: &values, personal: &["what", "name"], letters_max: 12 };
        let code = |text: &str| allows.check("en", text).map_err(|refusal| refusal.code);
        assert_eq!(code("  a\n {number} "), Ok("a {number}".to_owned()));
        assert_eq!(code("井".repeat(12).as_str()), Ok("井".repeat(12)));
        assert_eq!(code("井".repeat(13).as_str()), Err("words-length"));
        assert_eq!(code(" \n"), Err("words-length"));
        assert_eq!(code("{name}"), Err("words-personal"));
        assert_eq!(code("{nummer}"), Err("words-value"));
        assert_eq!(code("{ Number }"), Ok("{ Number }".to_owned()), "braces around no name are braces");
    }
}
