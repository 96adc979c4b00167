//! How long, and until when.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How long something may take (时限). Text form: `clock_minutes:120`, `work_minutes:480`, `work_days:3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Minutes by the clock, day and night (紧急工作时).
    ClockMinutes(u32),
    /// Minutes of working time (工作时).
    WorkMinutes(u32),
    /// Working days, ending at the clock time they began at (工作日).
    WorkDays(u32),
}

impl Term {
    /// By what its use is measured.
    #[must_use]
    pub const fn measure(self) -> Measure {
        match self {
            Self::ClockMinutes(_) => Measure::Clock,
            Self::WorkMinutes(_) | Self::WorkDays(_) => Measure::Work,
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClockMinutes(minutes) => write!(f, "clock_minutes:{minutes}"),
            Self::WorkMinutes(minutes) => write!(f, "work_minutes:{minutes}"),
            Self::WorkDays(days) => write!(f, "work_days:{days}"),
        }
    }
}

/// Text that is no term.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no term such as work_days:3")]
pub struct TermError(String);

impl FromStr for Term {
    type Err = TermError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no_term = || TermError(text.to_owned());
        let (unit, count) = text.split_once(':').ok_or_else(no_term)?;
        let count = count.parse().map_err(|_| no_term())?;
        match unit {
            "clock_minutes" => Ok(Self::ClockMinutes(count)),
            "work_minutes" => Ok(Self::WorkMinutes(count)),
            "work_days" => Ok(Self::WorkDays(count)),
            _ => Err(no_term()),
        }
    }
}

/// What is counted while a term runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// All time.
    Clock,
    /// Working time only; terms in working days too, so that no share of one is used up overnight.
    Work,
}

/// When a term is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last instant that is in time.
    pub at: Timestamp,
    /// Years between start and due whose holidays are not known, in order: the reader must be warned that
    /// `at` counts no holidays in them.
    pub years_missing: Vec<i16>,
    /// The term is longer than [`super::HORIZON_DAYS`], and `at` is where the search was cut.
    pub beyond_horizon: bool,
}
