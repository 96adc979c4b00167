//! Why something was not done.

use std::collections::BTreeMap;

/// What sort of no it is. The edge turns it into an HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// What was sent does not make sense or breaks a rule; sending something else may work.
    Invalid,
    /// Nobody is signed in, and somebody must be.
    SignIn,
    /// This person may not do this.
    Forbidden,
    /// There is no such thing, or not for this person.
    Missing,
    /// Somebody was quicker, or the thing is no longer in the state that this needs.
    Conflict,
    /// It was there and has been erased.
    Gone,
    /// Too many tries; waiting helps.
    TooMany,
    /// What was sent is larger than the stated limit.
    TooLarge,
    /// The kind of file is not taken.
    Unsupported,
    /// It cannot be done just now through no fault of the caller; trying again is safe.
    Unavailable,
}

/// A no that a person can read: a code that names its sentence in the locale files (`refusal-<code>`),
/// the values in that sentence, and the form field it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What sort of no.
    pub kind: RefusalKind,
    /// Kebab-case; stable, since programs read it (`type` of an RFC 9457 problem).
    pub code: &'static str,
    /// Values named in the sentence.
    pub args: BTreeMap<&'static str, String>,
    /// The form field at fault, where there is one.
    pub field: Option<&'static str>,
}

impl Refusal {
    /// A refusal without arguments.
    #[must_use]
    pub const fn new(kind: RefusalKind, code: &'static str) -> Self {
        Self { kind, code, args: BTreeMap::new(), field: None }
    }

    /// Shorthand for [`RefusalKind::Invalid`] about one field.
    #[must_use]
    pub const fn invalid(field: &'static str, code: &'static str) -> Self {
        Self { kind: RefusalKind::Invalid, code, args: BTreeMap::new(), field: Some(field) }
    }

    /// Adds a value for the sentence.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts as they are")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.insert(name, value.to_string());
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)?;
        for (name, value) in &self.args {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
