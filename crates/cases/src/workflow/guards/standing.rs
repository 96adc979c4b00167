//! What the facts alone say against a command: also what decides which commands are offered.

use qige_kernel::{Refusal, RefusalKind, Timestamp};

use super::{conflict, forbidden, handles};
use crate::workflow::{Facts, Request};
use crate::{CaseRole, CommandName, Policy, State};

/// What stands against a command whatever is said in it.
pub(in crate::workflow) fn standing(
    facts: &Facts,
    command: CommandName,
    role: CaseRole,
    at: Timestamp,
    policy: &Policy,
) -> Result<(), Refusal> {
    // Nobody knows any more what it was about: it is not judged again.
    if facts.words_erased {
        return conflict("case-words-erased");
    }
    elsewhere(facts, command)?;
    let against = match command {
        CommandName::Appeal if facts.appealed => "appeal-used",
        CommandName::Withdraw if facts.reports > 1 => "others-reported-too",
        CommandName::Merge if facts.followers > 0 => "others-follow-it",
        CommandName::Dispatch if role != CaseRole::Supervisor && is_for_supervisor(facts, policy) => {
            return forbidden("sent-back-twice");
        }
        // A person's choice of a unit is no rule's to change.
        CommandName::Dispatch if role == CaseRole::Rule && facts.state == State::Dispatched => {
            return forbidden("not-your-part");
        }
        CommandName::AskExtension if facts.extension_asked.is_some() => "extension-asked-already",
        CommandName::AskExtension | CommandName::GrantExtension
            if facts.extensions_granted >= policy.extensions =>
        {
            "extensions-used-up"
        }
        CommandName::GrantExtension | CommandName::RefuseExtension if facts.extension_asked.is_none() => {
            "no-extension-asked"
        }
        CommandName::Suspend if facts.suspended => "suspended-already",
        CommandName::Resume if !facts.suspended => "not-suspended",
        CommandName::AnswerSupervision if !facts.supervision_open => "no-supervision-open",
        CommandName::Question if facts.question_open => "question-open-already",
        CommandName::Answer if !facts.question_open => "no-question-open",
        CommandName::Transfer if facts.transferred => "transferred-already",
        CommandName::TakeBack if !facts.transferred => "not-transferred",
        CommandName::Unmerge if facts.merged_from.is_none() => "not-merged",
        CommandName::Reopen if role == CaseRole::Reporter => return reopening(facts, at, policy),
        _ => return Ok(()),
    };
    conflict(against)
}

/// What is put aside or with somebody else does not move on here meanwhile.
fn elsewhere(facts: &Facts, command: CommandName) -> Result<(), Refusal> {
    let moves_on = matches!(
        command,
        CommandName::Dispatch
            | CommandName::SendBack
            | CommandName::Start
            | CommandName::HandIn
            | CommandName::AskExtension
            | CommandName::GrantExtension
            | CommandName::Accept
            | CommandName::HandInPart
    );
    match command {
        _ if moves_on && facts.suspended => conflict("case-suspended"),
        _ if moves_on && facts.transferred => conflict("case-transferred"),
        CommandName::Transfer if facts.suspended => conflict("case-suspended"),
        CommandName::Suspend if facts.transferred => conflict("case-transferred"),
        _ => Ok(()),
    }
}

/// A unit that says no twice, or two units that say no once, show that the rules do not fit this case.
const fn is_for_supervisor(facts: &Facts, policy: &Policy) -> bool {
    policy.supervisor_send_back > 0 && facts.send_backs >= policy.supervisor_send_back
}

fn reopening(facts: &Facts, at: Timestamp, policy: &Policy) -> Result<(), Refusal> {
    let last = facts.closed_at.map(|closed| closed.plus(i64::from(policy.reopen_days) * Timestamp::DAY));
    if last.is_some_and(|last| at <= last) {
        return Ok(());
    }
    Err(Refusal::new(RefusalKind::Conflict, "reopen-too-late").with("days", policy.reopen_days))
}

/// What stands against this one person doing it.
pub(super) fn doer(facts: &Facts, request: &Request<'_>, policy: &Policy) -> Result<(), Refusal> {
    let person = request.by.person();
    let reported = person.is_some_and(|person| facts.reporters.contains(&person));
    let handled = person.is_some_and(|person| facts.handlers.contains(&person));
    match request.command {
        CommandName::Confirm | CommandName::Refute if reported => forbidden("verifier-is-reporter"),
        CommandName::Pass | CommandName::Fail if handled => forbidden("checker-is-handler"),
        CommandName::Pass | CommandName::Fail if handles(facts, request.units) => {
            forbidden("checker-of-handling-unit")
        }
        CommandName::Join if reported => conflict("joined-already"),
        CommandName::Rate if request.rated_before => conflict("rated-already"),
        CommandName::Accept | CommandName::HandInPart => part(facts, request),
        CommandName::Undo => undo(facts, request, policy),
        _ => Ok(()),
    }
}

fn part(facts: &Facts, request: &Request<'_>) -> Result<(), Refusal> {
    let own = facts.assisting.iter().find(|assisting| request.units.contains(&assisting.unit));
    let Some(own) = own else { return forbidden("not-your-part") };
    match request.command {
        _ if own.handed_in => conflict("part-handed-in-already"),
        CommandName::Accept if own.accepted => conflict("part-accepted-already"),
        _ => Ok(()),
    }
}

fn undo(facts: &Facts, request: &Request<'_>, policy: &Policy) -> Result<(), Refusal> {
    let Some(last) = facts.last.filter(|last| last.command.can_be_undone()) else {
        return conflict("nothing-to-undo");
    };
    if last.version != facts.version {
        return conflict("undo-moved-on");
    }
    if last.by != request.by {
        return forbidden("undo-not-yours");
    }
    if request.at.since(last.at) > i64::from(policy.undo_seconds) * Timestamp::SECOND {
        return conflict("undo-too-late");
    }
    Ok(())
}
