//! Plain facts: what figures are counted from.

use qige_db::{Cell, DbError, FromColumn, FromRow, Param, Row, ToParam};
use qige_kernel::{CaseId, PlaceId, Timestamp, UnitId};
use uuid::Uuid;

use crate::text_enum::text_enum;
use crate::{MatterKey, Stage};

text_enum! {
    /// What a fact is about.
    FactKind {
        /// A case came in, by the report that opened it.
        Received = "received",
        /// It was to be seen on the spot by then.
        Verify = "verify",
        /// It was to be filed by then.
        File = "file",
        /// It was to be with a unit by then.
        Dispatch = "dispatch",
        /// The unit was to be done by then.
        Handle = "handle",
        /// It was to be checked, and so closed, by then.
        Check = "check",
        /// It was closed.
        Closing = "closing",
        /// A reporter said how satisfied they are.
        Rating = "rating",
    }
}

impl FactKind {
    /// The kind that a stage's deadline is.
    pub(super) const fn of(stage: Stage) -> Self {
        match stage {
            Stage::Verify => Self::Verify,
            Stage::File => Self::File,
            Stage::Dispatch => Self::Dispatch,
            Stage::Handle => Self::Handle,
            Stage::Check => Self::Check,
        }
    }

    /// The stage whose deadline it is.
    #[must_use]
    pub const fn stage(self) -> Option<Stage> {
        match self {
            Self::Verify => Some(Stage::Verify),
            Self::File => Some(Stage::File),
            Self::Dispatch => Some(Stage::Dispatch),
            Self::Handle => Some(Stage::Handle),
            Self::Check => Some(Stage::Check),
            Self::Received | Self::Closing | Self::Rating => None,
        }
    }
}

/// What can be so of a fact. The number is its bit in the table, so none is ever given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Sign {
    /// The report held: it was filed, merged or solved on the spot, and not taken back.
    Valid = 0,
    /// Somebody had to decide whether it is filed.
    Accepted = 1,
    /// It has been filed.
    Filed = 2,
    /// What the stage is for was done; of a check: it passed.
    Done = 3,
    /// The stage was brought to its end in time.
    InTime = 4,
    /// The stage goes on.
    Waiting = 5,
    /// The unit that it was given to did not send it back, and no other was given it before that one began.
    Right = 6,
    /// More time was granted.
    Extended = 7,
    /// A supervisor put it under supervision meanwhile.
    Supervised = 8,
    /// The check failed.
    Failed = 9,
    /// It was opened again.
    Reopened = 10,
    /// Four or five stars.
    Satisfied = 11,
}

/// A set of [`Sign`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signs(i64);

impl Signs {
    /// These.
    #[must_use]
    pub const fn of(signs: &[Sign]) -> Self {
        let mut bits = 0;
        let mut rest = signs;
        while let [sign, others @ ..] = rest {
            bits |= bit(*sign);
            rest = others;
        }
        Self(bits)
    }

    /// With one more, where it is so.
    #[must_use]
    pub(super) const fn with(self, sign: Sign, so: bool) -> Self {
        if so { Self(self.0 | bit(sign)) } else { self }
    }

    /// Whether all of these are among them.
    #[must_use]
    pub const fn hold(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether this one is.
    #[must_use]
    pub const fn has(self, sign: Sign) -> bool {
        self.0 & bit(sign) != 0
    }
}

#[expect(clippy::as_conversions, reason = "the numbers of an enum, where `From` is not const")]
const fn bit(sign: Sign) -> i64 {
    1 << (sign as u8)
}

impl ToParam for Signs {
    fn to_param(&self) -> Param {
        self.0.to_param()
    }
}

impl FromColumn for Signs {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        i64::from_cell(cell).map(Self)
    }
}

/// Something that happened to a case or was owed of it, at the instant by which it is counted. Of cases,
/// places and units; of nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// When it is counted: the deadline, the receipt, the closing, the rating.
    pub at: Timestamp,
    /// Of which case.
    pub case: CaseId,
    /// The clock or the rating that it comes from; the case where it comes from neither.
    pub id: Uuid,
    /// What it is about.
    pub kind: FactKind,
    /// The unit that handled it.
    pub unit: Option<UnitId>,
    /// Where it lies.
    pub community: Option<PlaceId>,
    /// Where it lies.
    pub grid: Option<PlaceId>,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// What is so of it.
    pub signs: Signs,
    /// How long the stage took, in minutes, without the time in which its clock stood still; none while it
    /// goes on.
    pub took_minutes: Option<i64>,
}

impl FromRow for Fact {
    /// By position: a month at a million cases is half a million rows, and looking for names takes longer
    /// than reading values.
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            at: row.at(0)?,
            case: row.at(1)?,
            id: row.at(2)?,
            kind: row.at(3)?,
            unit: row.at(4)?,
            community: row.at(5)?,
            grid: row.at(6)?,
            matter: row.at(7)?,
            signs: row.at(8)?,
            took_minutes: row.at(9)?,
        })
    }
}
