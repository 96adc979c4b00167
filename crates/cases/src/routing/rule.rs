//! One rule.

use std::fmt;
use std::str::FromStr;

use qige_kernel::{CaseId, PlaceId, RuleId, Term, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{MatterKey, MatterKind, UnknownWord, Urgency};

/// One rule. It fits where all three of matter, place and time fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What people call it; may be blank.
    #[serde(default)]
    pub name: String,
    /// Whether it is asked at all.
    pub on: bool,
    /// About what.
    pub about: About,
    /// Where.
    pub place: Where,
    /// When.
    pub time: Time,
    /// The unit that answers for it.
    pub lead: UnitId,
    /// Units that help (吹哨报到).
    #[serde(default)]
    pub assist: Vec<UnitId>,
    /// How soon, where it is other than the matter's usual.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// How long the unit has, where it is other than the usual term.
    #[serde(default)]
    pub term: Option<Term>,
    /// What it does by itself.
    #[serde(default)]
    pub automatic: Automatic,
}

/// What a rule does without a dispatcher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Automatic {
    /// Files what was reported with a matter, is placed, and resembles no other open case.
    pub files: bool,
    /// Files also what was reported without a matter, as the one that is suggested, when the model is at
    /// least so sure: 50 to 99 %. None: that is left to a person.
    #[serde(default)]
    pub files_when_sure: Option<u8>,
    /// Dispatches what is filed.
    pub dispatches: bool,
    /// Lets the unit see the reporter's photos with what it dispatched by itself; words are never released
    /// by a rule, since they may tell who wrote them.
    pub releases_photos: bool,
    /// Of a hundred cases, how many are left to a person all the same, so that somebody sees what the rule
    /// does; 0 to 100.
    pub sample_percent: u8,
}

impl Automatic {
    /// Whether it does anything.
    #[must_use]
    pub const fn acts(&self) -> bool {
        self.files || self.files_when_sure.is_some() || self.dispatches
    }

    /// Whether this case is one of those that are left to a person. The same for a case whenever it is asked.
    #[must_use]
    pub fn leaves(&self, case: CaseId) -> bool {
        let digest = Sha256::digest(case.0);
        let drawn = digest.iter().take(4).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        drawn % 100 < u64::from(self.sample_percent)
    }
}

/// What a rule is about. Written `any`, `matter-06` or `matter-06-010`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum About {
    /// Whatever it is, also what nobody knows yet.
    Anything,
    /// A major class (大类) of one of the two lists.
    Class(MatterKind, u8),
    /// One matter.
    Matter(MatterKey),
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anything => f.write_str("any"),
            Self::Class(kind, major) => write!(f, "{kind}-{major:02}"),
            Self::Matter(key) => key.fmt(f),
        }
    }
}

impl FromStr for About {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        if text == "any" {
            return Ok(Self::Anything);
        }
        // A class is written as its matters are, without the last part.
        let first = format!("{text}-000").parse::<MatterKey>();
        first.map(|key| Self::Class(key.kind(), key.major())).or_else(|_| text.parse().map(Self::Matter))
    }
}

impl TryFrom<String> for About {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl From<About> for String {
    fn from(about: About) -> Self {
        about.to_string()
    }
}

impl JsonSchema for About {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "About".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": "^(any|(component|matter)-[0-9]{2}(-[0-9]{3})?)$"
        })
    }
}

/// Where a rule fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "within", content = "place", rename_all = "kebab-case")]
pub enum Where {
    /// Everywhere, also what lies nowhere yet.
    Whole,
    /// In a community or village.
    Community(PlaceId),
    /// In a grid.
    Grid(PlaceId),
}

/// When a rule fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "hours", rename_all = "kebab-case")]
pub enum Time {
    /// Always.
    Always,
    /// In working hours, by the tenant's calendar.
    Working,
    /// Outside of them.
    Outside,
    /// Every day from one time to another, in minutes after midnight where the tenant is; past midnight
    /// where the end is before the beginning.
    Daily {
        /// The first minute; 0 to 1,439.
        from: u16,
        /// The first minute after it; 0 to 1,439.
        to: u16,
    },
}
