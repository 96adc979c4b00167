//! Codes of divisions and grids.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PlaceKind;

/// Digits of a county's code (GB/T 2260).
const COUNTY_DIGITS: usize = 6;
/// Digits of a subdistrict's code: the county's and three more (GB/T 10114).
const SUBDISTRICT_DIGITS: usize = 9;
/// Digits of a community's or village's code: the subdistrict's and three more (National Bureau of
/// Statistics, rules for division codes used in statistics).
const COMMUNITY_DIGITS: usize = 12;
/// Digits of a numbered grid: its community's code and three more.
const GRID_DIGITS: usize = 15;

/// A code that breaks the rules of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code of this kind")]
pub struct BadCode;

/// How far down a division stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionLevel {
    /// County, 6 digits.
    County,
    /// Subdistrict or town, 9 digits.
    Subdistrict,
    /// Community or village, 12 digits.
    Community,
}

/// Code of a division (行政区划代码): 6, 9 or 12 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct DivisionCode(String);

impl DivisionCode {
    /// County, subdistrict or community.
    #[must_use]
    pub fn level(&self) -> DivisionLevel {
        match self.0.len() {
            COUNTY_DIGITS => DivisionLevel::County,
            SUBDISTRICT_DIGITS => DivisionLevel::Subdistrict,
            _ => DivisionLevel::Community,
        }
    }

    /// The division it lies in, where that is one of ours: a county's own parent has no code of 6 digits that
    /// a tenant would know.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let digits = match self.level() {
            DivisionLevel::County => return None,
            DivisionLevel::Subdistrict => COUNTY_DIGITS,
            DivisionLevel::Community => SUBDISTRICT_DIGITS,
        };
        self.0.get(..digits).map(|front| Self(front.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a division of this code is. Communities are numbered 001 to 199 within their subdistrict,
    /// villages from 200 (National Bureau of Statistics, rules for division codes used in statistics).
    #[must_use]
    pub fn usual_kind(&self) -> PlaceKind {
        match self.level() {
            DivisionLevel::County => PlaceKind::County,
            DivisionLevel::Subdistrict => PlaceKind::Subdistrict,
            DivisionLevel::Community => match self.0.as_bytes().get(SUBDISTRICT_DIGITS) {
                Some(b'0' | b'1') => PlaceKind::Community,
                _ => PlaceKind::Village,
            },
        }
    }
}

impl FromStr for DivisionCode {
    type Err = BadCode;
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let length = [COUNTY_DIGITS, SUBDISTRICT_DIGITS, COMMUNITY_DIGITS].contains(&text.len());
        if digits && length { Ok(Self(text.to_owned())) } else { Err(BadCode) }
    }
}

/// Code of a grid: 15 digits that begin with its community's 12, or a code of the tenant's own (letters,
/// digits, `-`, `_` and `.`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct GridCode(String);

impl GridCode {
    /// Longest code of a tenant's own, in characters: it must fit on a sign and in a list.
    pub const MAX_CHARS: usize = 40;

    /// The community in the code, where it is numbered.
    #[must_use]
    pub fn community(&self) -> Option<DivisionCode> {
        let numbered = self.0.len() == GRID_DIGITS && self.0.bytes().all(|byte| byte.is_ascii_digit());
        let front = self.0.get(..COMMUNITY_DIGITS).filter(|_| numbered)?;
        Some(DivisionCode(front.to_owned()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GridCode {
    type Err = BadCode;
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let allowed = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.');
        let length = text.chars().count();
        if (1..=Self::MAX_CHARS).contains(&length) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadCode)
        }
    }
}

macro_rules! text {
    ($($type:ident),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = BadCode;
            fn try_from(text: String) -> Result<Self, BadCode> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(code: $type) -> Self {
                code.0
            }
        }

        qige_db::column_text!($type);
    )*};
}
text!(DivisionCode, GridCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_have_6_9_or_12_digits() {
        for (text, level, parent, kind) in [
            ("320722", DivisionLevel::County, None, PlaceKind::County),
            ("320722001", DivisionLevel::Subdistrict, Some("320722"), PlaceKind::Subdistrict),
            ("320722001023", DivisionLevel::Community, Some("320722001"), PlaceKind::Community),
            ("320722001228", DivisionLevel::Community, Some("320722001"), PlaceKind::Village),
        ] {
            let code: DivisionCode = text.parse().unwrap();
            assert_eq!((code.level(), code.usual_kind()), (level, kind));
            assert_eq!(code.parent().as_ref().map(DivisionCode::as_str), parent);
            assert_eq!(code.to_string(), text);
        }
        for text in ["", "3207220", "32072200100", "320722001001001", "32072200100a", "３２０７２２"] {
            assert_eq!(text.parse::<DivisionCode>(), Err(BadCode), "{text}");
        }
    }

    #[test]
    fn grids_have_15_digits_or_a_code_of_their_own() {
        let numbered: GridCode = "320722001023004".parse().unwrap();
        assert_eq!(numbered.community().unwrap().as_str(), "320722001023");
        for own in ["NS-01", "12", "牛山-3", "33010610D301"] {
            assert_eq!(own.parse::<GridCode>().unwrap().community(), None, "{own}");
        }
        let longest = "a".repeat(GridCode::MAX_CHARS);
        assert!(longest.parse::<GridCode>().is_ok());
        assert!(format!("{longest}a").parse::<GridCode>().is_err());
        for bad in ["", "a b", "a/b", "a'b", "3.2E+14"] {
            assert_eq!(bad.parse::<GridCode>(), Err(BadCode), "{bad}");
        }
    }
}
