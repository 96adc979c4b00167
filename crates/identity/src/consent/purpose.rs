//! For what consent is asked.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Unknown;

/// Letters of a purpose's name at most: it stands in addresses.
pub const PURPOSE_LETTERS_MAX: usize = 40;

/// What a purpose is called in addresses, JSON and SQL: small letters and digits with hyphens between.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct PurposeKey(String);

impl PurposeKey {
    /// The purpose of a proof.
    #[must_use]
    pub fn of<P: NeedsConsent>() -> Self {
        Self(P::KEY.to_owned())
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PurposeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PurposeKey {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let fits = text.len() <= PURPOSE_LETTERS_MAX && text.split('-').all(part);
        if fits { Ok(Self(text.to_owned())) } else { Err(Unknown) }
    }
}

impl TryFrom<String> for PurposeKey {
    type Error = Unknown;

    fn try_from(text: String) -> Result<Self, Unknown> {
        text.parse()
    }
}

impl From<PurposeKey> for String {
    fn from(key: PurposeKey) -> Self {
        key.0
    }
}

qige_db::column_text!(PurposeKey);

/// A purpose that the product itself acts under: what it does asks for the proof, [`crate::Consented`].
pub trait NeedsConsent: Send + Sync + 'static {
    /// What it is called; it stands in `data/purposes.json`.
    const KEY: &'static str;
}

/// The grid centre calls whoever reported something (电话回访).
#[derive(Clone, Copy, Debug)]
pub struct CallBack;

impl NeedsConsent for CallBack {
    const KEY: &'static str = "call-back";
}

/// A rider's reports earn points (积分). It is asked for by itself, refused without loss, and left at any time.
#[derive(Clone, Copy, Debug)]
pub struct Points;

impl NeedsConsent for Points {
    const KEY: &'static str = "points";
}

/// Somebody reports for the scheme (流动网格员): name and number are kept, and the role is held.
#[derive(Clone, Copy, Debug)]
pub struct GridMember;

impl NeedsConsent for GridMember {
    const KEY: &'static str = "grid-member";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for text in ["call-back", "summer-class-2026", "a"] {
            assert_eq!(text.parse::<PurposeKey>().unwrap().as_str(), text);
        }
        let long = "a".repeat(PURPOSE_LETTERS_MAX);
        assert!(long.parse::<PurposeKey>().is_ok() && format!("{long}a").parse::<PurposeKey>().is_err());
        for text in ["", "-", "a-", "A", "a b", "回访", "a--b", "../a"] {
            assert_eq!(text.parse::<PurposeKey>(), Err(Unknown), "{text}");
        }
    }
}
