//! Where a case stands.

use crate::text_enum::text_enum;

text_enum! {
    /// The state of a case (案卷状态).
    State {
        /// 已上报: received, receipt given.
        Reported = "reported",
        /// 核实中: someone on the ground is asked whether it is so.
        Verifying = "verifying",
        /// 已立案: a case with number, matter and urgency.
        Filed = "filed",
        /// 已派遣: with a unit, deadline running.
        Dispatched = "dispatched",
        /// 处置中: accepted by the unit.
        Handling = "handling",
        /// 已处置: the unit says done, with evidence.
        Handled = "handled",
        /// 核查中: someone other than the handler looks.
        Checking = "checking",
        /// 已结案: checked and done.
        Closed = "closed",
        /// 不予受理: with a reason that the reporter reads.
        Declined = "declined",
        /// 已并案: follows its main case.
        Merged = "merged",
        /// 已撤回: by its reporter, before filing.
        Withdrawn = "withdrawn",
        /// 作废: entered by mistake.
        Void = "void",
    }
}

impl State {
    /// The states in which somebody still owes something.
    pub const OPEN: &'static [Self] = &[
        Self::Reported,
        Self::Verifying,
        Self::Filed,
        Self::Dispatched,
        Self::Handling,
        Self::Handled,
        Self::Checking,
    ];

    /// Whether somebody still owes something.
    #[must_use]
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }

    /// Whether only an undo leads out of it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Void)
    }

    /// Whether a unit has it: what the unit's lists show as theirs to do.
    #[must_use]
    pub const fn is_with_unit(self) -> bool {
        matches!(self, Self::Dispatched | Self::Handling)
    }
}
