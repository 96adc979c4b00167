//! Who is told what when a command was done on a case.

use qige_cases::CommandName;

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Everybody who reported it.
    Reporters,
    /// As [`Audience::Reporters`], where somebody of the staff said something that is for them too.
    Addressed,
    /// The units that have a part in it, where the centre said something that is for them too.
    AddressedUnits,
    /// The unit that answers for it.
    LeadUnit,
    /// The units that help.
    AssistingUnits,
    /// Whoever was asked whether it is so.
    Verifier,
    /// Whoever was asked whether it is done.
    Checker,
    /// The dispatcher who has it in hand; all of the place where nobody has.
    Dispatcher,
    /// The supervisors of the place.
    Supervisors,
    /// The unit that answered for it until it was given to another.
    FormerLead,
    /// The units that helped, and are no longer asked to.
    FormerHelpers,
    /// As [`Audience::Supervisors`], where the unit sent it back so often that it is theirs now.
    Escalated,
    /// As [`Audience::Supervisors`], where by the rules it is another unit's now than the one's that has it:
    /// that one must send it back, and who leads the shift sees to it.
    Rerouted,
}

/// A command, who is told of it, and the sentence (`notice-<kind>`). What is not listed concerns nobody who
/// has not done it; whoever did it is not told. Who is in several audiences is told by the first line alone.
pub(super) const TOLD: &[(CommandName, Audience, &str)] = &[
    (CommandName::AskVerify, Audience::Verifier, "verify-asked"),
    (CommandName::Confirm, Audience::Dispatcher, "verify-confirmed"),
    (CommandName::Refute, Audience::Dispatcher, "verify-refuted"),
    (CommandName::Refute, Audience::Reporters, "report-declined"),
    (CommandName::File, Audience::Reporters, "report-filed"),
    (CommandName::Decline, Audience::Reporters, "report-declined"),
    (CommandName::Appeal, Audience::Dispatcher, "appeal-made"),
    (CommandName::Merge, Audience::Reporters, "report-merged"),
    (CommandName::Unmerge, Audience::Reporters, "report-unmerged"),
    (CommandName::Dispatch, Audience::LeadUnit, "unit-dispatched"),
    (CommandName::Dispatch, Audience::FormerLead, "unit-taken-away"),
    (CommandName::Dispatch, Audience::FormerHelpers, "unit-help-ended"),
    (CommandName::Dispatch, Audience::AssistingUnits, "unit-called"),
    (CommandName::Dispatch, Audience::Reporters, "report-dispatched"),
    (CommandName::SendBack, Audience::Escalated, "escalated"),
    (CommandName::SendBack, Audience::Dispatcher, "sent-back"),
    (CommandName::Accept, Audience::LeadUnit, "part-accepted"),
    (CommandName::HandInPart, Audience::LeadUnit, "part-handed-in"),
    (CommandName::HandIn, Audience::Dispatcher, "handed-in"),
    (CommandName::AskCheck, Audience::Checker, "check-asked"),
    (CommandName::Pass, Audience::Reporters, "report-closed"),
    (CommandName::Pass, Audience::LeadUnit, "unit-passed"),
    (CommandName::Fail, Audience::LeadUnit, "unit-rework"),
    (CommandName::Fail, Audience::Dispatcher, "check-failed"),
    (CommandName::AskExtension, Audience::Supervisors, "extension-asked"),
    (CommandName::GrantExtension, Audience::LeadUnit, "extension-granted"),
    (CommandName::RefuseExtension, Audience::LeadUnit, "extension-refused"),
    (CommandName::Suspend, Audience::LeadUnit, "unit-suspended"),
    (CommandName::Suspend, Audience::Reporters, "report-suspended"),
    (CommandName::Resume, Audience::LeadUnit, "unit-resumed"),
    (CommandName::Supervise, Audience::LeadUnit, "unit-supervised"),
    (CommandName::Supervise, Audience::Dispatcher, "supervised"),
    (CommandName::AnswerSupervision, Audience::Supervisors, "supervision-answered"),
    (CommandName::Reopen, Audience::Dispatcher, "reopened"),
    (CommandName::Reopen, Audience::Reporters, "report-reopened"),
    (CommandName::Withdraw, Audience::Dispatcher, "withdrawn"),
    (CommandName::Void, Audience::Reporters, "report-void"),
    (CommandName::Void, Audience::LeadUnit, "unit-void"),
    (CommandName::Question, Audience::Reporters, "report-question"),
    (CommandName::Answer, Audience::Dispatcher, "question-answered"),
    (CommandName::Comment, Audience::Dispatcher, "commented"),
    (CommandName::Comment, Audience::Addressed, "report-commented"),
    (CommandName::Comment, Audience::AddressedUnits, "unit-commented"),
    (CommandName::Transfer, Audience::Reporters, "report-transferred"),
    (CommandName::Correct, Audience::LeadUnit, "unit-corrected"),
    (CommandName::Correct, Audience::Rerouted, "rerouted"),
];

#[cfg(test)]
mod tests {
    use super::TOLD;

    #[test]
    fn nobody_is_told_the_same_twice() {
        for (at, row) in TOLD.iter().enumerate() {
            let twice = TOLD.iter().skip(at + 1).any(|other| (other.0, other.1) == (row.0, row.1));
            assert!(!twice, "{row:?}");
        }
    }
}
