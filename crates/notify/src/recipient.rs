//! Whom a notice is for.

use qige_kernel::{PersonId, ReportId, UnitId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whom a notice is for. The inbox of a unit is one for all its people: what one of them has read is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Recipient {
    /// One person with an account.
    Person(PersonId),
    /// A responsible unit (处置部门).
    Unit(UnitId),
    /// Whoever follows a report with its receipt, without an account.
    Follower(ReportId),
}

impl Recipient {
    /// The kind as it is stored.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Unit(_) => "unit",
            Self::Follower(_) => "follower",
        }
    }

    /// As it is stored.
    pub(crate) fn of(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "person" => Some(Self::Person(PersonId(id))),
            "unit" => Some(Self::Unit(UnitId(id))),
            "follower" => Some(Self::Follower(ReportId(id))),
            _ => None,
        }
    }

    /// Which one, of its kind.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Person(id) => id.0,
            Self::Unit(id) => id.0,
            Self::Follower(id) => id.0,
        }
    }
}
