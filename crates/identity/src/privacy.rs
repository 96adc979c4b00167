//! What the privacy notice and the impact assessment say that only people know.

use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The setting under which a tenant keeps its [`PrivacyFacts`].
pub const PRIVACY: &str = "privacy";
/// Letters of a contact at most: it stands in one line.
const CONTACT_LETTERS_MAX: usize = 200;
/// Letters of a conclusion at most: a page.
const CONCLUSION_LETTERS_MAX: usize = 2_000;

/// What only people know of how personal information is processed (Personal Information Protection Law,
/// articles 17, 55 and 56).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrivacyFacts {
    /// How whoever processes it is reached.
    #[serde(default)]
    pub contact: String,
    /// Who answers for it.
    #[serde(default)]
    pub officer: String,
    /// What the assessment comes to.
    #[serde(default)]
    pub conclusion: String,
    /// Who assessed it.
    #[serde(default)]
    pub assessed_by: String,
    /// On which day, as it is written.
    #[serde(default)]
    pub assessed_on: String,
}

impl PrivacyFacts {
    /// Whether it fits on the pages.
    ///
    /// # Errors
    /// Names the field that does not.
    pub fn check(&self) -> Result<(), Refusal> {
        let fields = [
            ("contact", &self.contact, CONTACT_LETTERS_MAX),
            ("officer", &self.officer, CONTACT_LETTERS_MAX),
            ("conclusion", &self.conclusion, CONCLUSION_LETTERS_MAX),
            ("assessed_by", &self.assessed_by, CONTACT_LETTERS_MAX),
            ("assessed_on", &self.assessed_on, CONTACT_LETTERS_MAX),
        ];
        for (field, words, max) in fields {
            if words.chars().count() > max {
                return Err(Refusal::invalid(field, "privacy-words").with("max", max));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_at_the_limit_pass_and_past_it_do_not() {
        let facts = |letters| PrivacyFacts { contact: "字".repeat(letters), ..PrivacyFacts::default() };
        assert_eq!(facts(CONTACT_LETTERS_MAX).check(), Ok(()));
        assert_eq!(facts(CONTACT_LETTERS_MAX + 1).check().unwrap_err().field, Some("contact"));
        let long = "字".repeat(CONCLUSION_LETTERS_MAX + 1);
        let facts = PrivacyFacts { conclusion: long, ..PrivacyFacts::default() };
        assert_eq!(facts.check().unwrap_err().field, Some("conclusion"));
    }
}
