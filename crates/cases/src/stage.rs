//! The stages that have a clock of their own.

use crate::State;
use crate::text_enum::text_enum;

text_enum! {
    /// A stage of work with its own deadline (阶段时限).
    Stage {
        /// 核实.
        Verify = "verify",
        /// 立案.
        File = "file",
        /// 派遣.
        Dispatch = "dispatch",
        /// 处置.
        Handle = "handle",
        /// 核查.
        Check = "check",
    }
}

impl Stage {
    /// The stage whose clock runs in a state; none where nobody owes anything.
    #[must_use]
    pub const fn of(state: State) -> Option<Self> {
        match state {
            State::Reported => Some(Self::File),
            State::Verifying => Some(Self::Verify),
            State::Filed => Some(Self::Dispatch),
            State::Dispatched | State::Handling => Some(Self::Handle),
            State::Handled | State::Checking => Some(Self::Check),
            State::Closed | State::Declined | State::Merged | State::Withdrawn | State::Void => None,
        }
    }
}
