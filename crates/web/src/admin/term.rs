//! A term as people type and read it: a number and what it counts.

use qige_kernel::Term;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// What a term counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Counted {
    /// Working days.
    WorkDays,
    /// Minutes of working time.
    WorkMinutes,
    /// Minutes by the clock, day and night.
    ClockMinutes,
}

/// A term, for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Long {
    pub(crate) count: u32,
    pub(crate) counted: Counted,
}

impl Long {
    /// As people say it.
    pub(crate) fn text(self) -> Text {
        let counted = match self.counted {
            Counted::WorkDays => "work-days",
            Counted::WorkMinutes => "work-minutes",
            Counted::ClockMinutes => "clock-minutes",
        };
        Text::of(format!("admin-term-{counted}")).number("n", self.count)
    }
}

impl Counted {
    /// So many of them.
    pub(crate) const fn term(self, count: u32) -> Term {
        match self {
            Self::WorkDays => Term::WorkDays(count),
            Self::WorkMinutes => Term::WorkMinutes(count),
            Self::ClockMinutes => Term::ClockMinutes(count),
        }
    }
}

impl From<Term> for Long {
    fn from(term: Term) -> Self {
        let (count, counted) = match term {
            Term::WorkDays(count) => (count, Counted::WorkDays),
            Term::WorkMinutes(count) => (count, Counted::WorkMinutes),
            Term::ClockMinutes(count) => (count, Counted::ClockMinutes),
        };
        Self { count, counted }
    }
}
