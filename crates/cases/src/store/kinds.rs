//! The words that rows beside a case are sorted by.

use crate::text_enum::text_enum;

text_enum! {
    /// What a photo shows.
    PhotoRole {
        /// As it was found.
        Before = "before",
        /// As it is after the work.
        After = "after",
        /// What the verifier saw.
        Verify = "verify",
        /// What the checker saw.
        Check = "check",
    }
}

text_enum! {
    /// How far a unit is with its part.
    AssignmentState {
        /// Told of it.
        Offered = "offered",
        /// At work.
        Accepted = "accepted",
        /// Done with it.
        HandedIn = "handed-in",
        /// Did not take it.
        SentBack = "sent-back",
        /// No longer asked.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What can be asked of somebody about a case.
    AskKind {
        /// 核实: is it so?
        Verification = "verification",
        /// 核查: is it done?
        Check = "check",
        /// 追问 to the reporter.
        Question = "question",
        /// 延期 from the supervisor.
        Extension = "extension",
        /// 挂账: to look at it again.
        Suspension = "suspension",
        /// 转办 to a body outside.
        Transfer = "transfer",
        /// 督办: an answer from the unit.
        Supervision = "supervision",
        /// 申诉 by the reporter.
        Appeal = "appeal",
        /// 满意度.
        Satisfaction = "satisfaction",
    }
}
