//! The indicators (评价指标): each a numerator and a denominator, as counting rules over plain facts.
//!
//! "Should be done in a period" is: its deadline falls in the period. What a rule counts, the list behind its
//! figure shows, by the same rule.

use FactKind::{Check, Closing, Dispatch, File, Handle, Rating, Received, Verify};
use Sign::{
    Accepted, Done, Extended, Failed, Filed, InTime, Reopened, Right, Satisfied, Supervised, Valid, Waiting,
};

use super::fact::{Fact, FactKind, Sign, Signs};
use crate::text_enum::text_enum;

text_enum! {
    /// An indicator. Its name and its definition in words are texts: `indicator-<code>`,
    /// `indicator-<code>-means`.
    Indicator {
        /// 有效上报率.
        ValidReport = "valid-report",
        /// 立案率.
        Filing = "filing",
        /// 按期核实率.
        OnTimeVerify = "on-time-verify",
        /// 按时立案率.
        OnTimeFile = "on-time-file",
        /// 按期派遣率.
        OnTimeDispatch = "on-time-dispatch",
        /// 准确派遣率.
        RightDispatch = "right-dispatch",
        /// 处置率.
        Handled = "handled",
        /// 按期处置率.
        OnTimeHandled = "on-time-handled",
        /// 超期待处置率.
        OverdueWaiting = "overdue-waiting",
        /// 延期率.
        Extension = "extension",
        /// 督办率.
        Supervision = "supervision",
        /// 按期核查率.
        OnTimeCheck = "on-time-check",
        /// 返工率.
        Rework = "rework",
        /// 结案率.
        Closed = "closing",
        /// 按期结案率.
        OnTimeClosing = "on-time-closing",
        /// 满意率.
        Satisfaction = "satisfaction",
        /// 重开率.
        Reopening = "reopened",
    }
}

/// Facts of one kind of which some things are so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What they are about.
    pub kind: FactKind,
    /// What must be so, all of it.
    pub signs: Signs,
}

impl Rule {
    /// Whether it counts this fact.
    #[must_use]
    pub fn counts(self, fact: &Fact) -> bool {
        fact.kind == self.kind && fact.signs.hold(self.signs)
    }
}

/// What an indicator is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// What is counted.
    pub part: Rule,
    /// Of what.
    pub of: Rule,
    /// Whether more is better.
    pub more_is_better: bool,
    /// Whether it says something about a unit's work, or about the centre's alone.
    pub of_units: bool,
}

const fn share(kind: FactKind, part: &[Sign], of: &[Sign]) -> Definition {
    Definition {
        part: Rule { kind, signs: Signs::of(part) },
        of: Rule { kind, signs: Signs::of(of) },
        more_is_better: true,
        of_units: false,
    }
}

const fn by_units(definition: Definition) -> Definition {
    Definition { of_units: true, ..definition }
}

const fn less_is_better(definition: Definition) -> Definition {
    Definition { more_is_better: false, ..definition }
}

impl Indicator {
    /// What it is made of. The one place where this is said.
    #[must_use]
    pub const fn definition(self) -> Definition {
        match self {
            Self::ValidReport => share(Received, &[Valid], &[]),
            Self::Filing => share(Received, &[Accepted, Filed], &[Accepted]),
            Self::OnTimeVerify => share(Verify, &[InTime], &[]),
            Self::OnTimeFile => share(File, &[InTime], &[]),
            Self::OnTimeDispatch => share(Dispatch, &[InTime], &[]),
            Self::RightDispatch => share(Dispatch, &[Right], &[]),
            Self::Handled => by_units(share(Handle, &[Done], &[])),
            Self::OnTimeHandled => by_units(share(Handle, &[InTime], &[])),
            Self::OverdueWaiting => less_is_better(by_units(share(Handle, &[Waiting], &[]))),
            Self::Extension => less_is_better(by_units(share(Handle, &[Extended], &[]))),
            Self::Supervision => less_is_better(by_units(share(Handle, &[Supervised], &[]))),
            Self::OnTimeCheck => share(Check, &[InTime], &[]),
            Self::Rework => less_is_better(by_units(share(Check, &[Failed], &[]))),
            Self::Closed => by_units(share(Check, &[Done], &[])),
            Self::OnTimeClosing => share(Check, &[Done, InTime], &[]),
            Self::Satisfaction => by_units(share(Rating, &[Satisfied], &[])),
            Self::Reopening => less_is_better(by_units(share(Closing, &[Reopened], &[]))),
        }
    }

    /// Those that say something about a unit's work.
    pub fn of_units() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|one| one.definition().of_units)
    }
}
