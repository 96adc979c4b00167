//! The key of a matter in the catalogue.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::UnknownWord;
use crate::text_enum::text_enum;

text_enum! {
    /// Which of the two lists of GB/T 47678.5-2026 a matter is on.
    MatterKind {
        /// 部件: a thing that stands somewhere.
        Component = "component",
        /// 事项: something that is the matter.
        Matter = "matter",
    }
}

/// A matter (管理事项) or component (管理部件) of the catalogue: list, major class (大类) and minor class
/// (小类). Written `matter-06-010`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MatterKey {
    kind: MatterKind,
    major: u8,
    minor: u16,
}

impl MatterKey {
    /// Highest major class: two digits.
    pub const MAX_MAJOR: u8 = 99;
    /// Highest minor class: three digits.
    pub const MAX_MINOR: u16 = 999;

    /// The key with these parts; none when one has too many digits.
    #[must_use]
    pub const fn new(kind: MatterKind, major: u8, minor: u16) -> Option<Self> {
        if major > Self::MAX_MAJOR || minor > Self::MAX_MINOR {
            return None;
        }
        Some(Self { kind, major, minor })
    }

    /// Which list.
    #[must_use]
    pub const fn kind(self) -> MatterKind {
        self.kind
    }

    /// Major class, 0 to 99; 90 holds the local extensions.
    #[must_use]
    pub const fn major(self) -> u8 {
        self.major
    }

    /// Minor class, 0 to 999.
    #[must_use]
    pub const fn minor(self) -> u16 {
        self.minor
    }

    /// The five digits that people quote, `06010`.
    #[must_use]
    pub fn code(self) -> String {
        format!("{:02}{:03}", self.major, self.minor)
    }
}

impl fmt::Display for MatterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}-{:03}", self.kind, self.major, self.minor)
    }
}

impl FromStr for MatterKey {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut parts = text.split('-');
        let (Some(kind), Some(major), Some(minor), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(UnknownWord);
        };
        let (major, minor) = (digits(major, 2)?, digits(minor, 3)?);
        let major = u8::try_from(major).map_err(|_| UnknownWord)?;
        Self::new(kind.parse()?, major, minor).ok_or(UnknownWord)
    }
}

/// Exactly `count` digits: `parse` alone would also take `+6` and `6`, and one matter would have two keys.
fn digits(text: &str, count: usize) -> Result<u16, UnknownWord> {
    if text.len() != count || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UnknownWord);
    }
    text.parse().map_err(|_| UnknownWord)
}

impl TryFrom<String> for MatterKey {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl From<MatterKey> for String {
    fn from(key: MatterKey) -> Self {
        key.to_string()
    }
}

impl JsonSchema for MatterKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MatterKey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(component|matter)-[0-9]{2}-[0-9]{3}$" })
    }
}

qige_db::column_text!(MatterKey);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let key = MatterKey::new(MatterKind::Matter, 6, 10).unwrap();
        assert_eq!(key.to_string(), "matter-06-010");
        assert_eq!(key.code(), "06010");
        assert_eq!("matter-06-010".parse(), Ok(key));
        assert_eq!(serde_json::to_string(&key).unwrap(), r#""matter-06-010""#);
        for wrong in ["matter-6-010", "matter-06-10", "matter-06-0100", "thing-06-010", "matter-+6-010", ""] {
            assert_eq!(wrong.parse::<MatterKey>(), Err(UnknownWord), "{wrong}");
        }
        assert_eq!(MatterKey::new(MatterKind::Matter, 100, 0), None);
        assert_eq!(MatterKey::new(MatterKind::Matter, 99, 1000), None);
    }
}
