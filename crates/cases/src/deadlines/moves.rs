//! What a command does to the clocks.

use qige_kernel::{Term, Timestamp};

use super::clock::StopReason;
use super::terms::{term, urgency_of};
use crate::workflow::{Facts, Request};
use crate::{CommandName, MatterKey, Policy, Stage, State};

/// What happens to the clocks of a case. At most one runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockMove {
    /// Nothing.
    Keep,
    /// The running one ends.
    End,
    /// The running one ends, another begins.
    Start {
        /// Of which stage.
        stage: Stage,
        /// How long it may take.
        term: Term,
        /// A due date that was named instead.
        due: Option<Timestamp>,
    },
    /// The running one stands still.
    Stop(StopReason),
    /// It runs again.
    Resume,
    /// More time is granted: the due date from now on.
    Extend(Timestamp),
    /// Its term is another one now.
    Retime(Term),
    /// As they were before the last step.
    Back,
}

/// The clock that begins with a case; none for a state without one.
#[must_use]
pub fn first_clock(state: State, matter: Option<MatterKey>, policy: &Policy) -> ClockMove {
    match Stage::of(state) {
        Some(stage) => {
            let term = term(stage, urgency_of(None, matter), matter, policy);
            ClockMove::Start { stage, term, due: None }
        }
        None => ClockMove::Keep,
    }
}

/// What a command that is done does to the clocks of the case that it leads to `to`.
#[must_use]
pub fn clock_after(facts: &Facts, request: &Request<'_>, to: State, policy: &Policy) -> ClockMove {
    if request.command == CommandName::Undo {
        return ClockMove::Back;
    }
    let matter = request.matter.or(facts.matter);
    let urgency = urgency_of(request.urgency.or(facts.urgency), matter);
    let (before, after) = (Stage::of(facts.state), Stage::of(to));
    match after {
        // A unit that gets a case from another has its own time.
        Some(stage) if before != after || request.command == CommandName::Dispatch => {
            let due = match request.command {
                CommandName::Dispatch | CommandName::Fail => request.until,
                _ => None,
            };
            ClockMove::Start { stage, term: term(stage, urgency, matter, policy), due }
        }
        None if before.is_some() => ClockMove::End,
        Some(stage) => within(facts, request, term(stage, urgency, matter, policy), policy),
        None => ClockMove::Keep,
    }
}

/// What a command does to the clock of a stage that goes on.
fn within(facts: &Facts, request: &Request<'_>, new_term: Term, policy: &Policy) -> ClockMove {
    let stopped = |facts: &Facts| facts.is_stopped(policy);
    let mut after = facts.clone();
    let reason = match request.command {
        CommandName::GrantExtension => {
            let until = request.until.or(facts.extension_asked);
            return until.map_or(ClockMove::Keep, ClockMove::Extend);
        }
        CommandName::Correct => {
            let stage = Stage::of(facts.state);
            let urgency = urgency_of(facts.urgency, facts.matter);
            let old_term = stage.map(|stage| term(stage, urgency, facts.matter, policy));
            return if old_term == Some(new_term) { ClockMove::Keep } else { ClockMove::Retime(new_term) };
        }
        CommandName::Suspend => {
            after.suspended = true;
            StopReason::Suspended
        }
        CommandName::Resume => {
            after.suspended = false;
            StopReason::Suspended
        }
        CommandName::Question => {
            after.waiting = true;
            StopReason::Waiting
        }
        CommandName::Answer => {
            after.waiting = false;
            StopReason::Waiting
        }
        CommandName::Transfer => {
            after.transferred = true;
            StopReason::Transferred
        }
        CommandName::TakeBack => {
            after.transferred = false;
            StopReason::Transferred
        }
        _ => return ClockMove::Keep,
    };
    match (stopped(facts), stopped(&after)) {
        (false, true) => ClockMove::Stop(reason),
        (true, false) => ClockMove::Resume,
        _ => ClockMove::Keep,
    }
}
