//! From facts and a request to what becomes of the case.

use qige_kernel::{Refusal, Timestamp};

use super::guards::{check, standing};
use super::table::{TABLE, To, permit};
use super::{Facts, Request};
use crate::deadlines::{ClockMove, clock_after};
use crate::{CaseRole, CommandName, Policy, State};

/// What becomes of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// In which of the person's roles it is done.
    pub role: CaseRole,
    /// The state from now on.
    pub to: State,
    /// What the clocks do.
    pub clock: ClockMove,
}

/// Whether a request is done, in which role, and what follows.
///
/// # Errors
/// A [`Refusal`] with a code of its own for each thing that can stand against it.
pub fn decide(facts: &Facts, request: &Request<'_>, policy: &Policy) -> Result<Decision, Refusal> {
    let (role, to) = permit(facts.state, request.command, request.roles)?;
    check(facts, request, role, policy)?;
    let to = target(facts, to);
    let clock = clock_after(facts, request, to, policy);
    Ok(Decision { role, to, clock })
}

/// The commands that are offered to somebody with these roles now: allowed by state and role, and not
/// pointless by the facts. What begins a case and what takes the last step back have places of their own.
#[must_use]
pub fn offered(facts: &Facts, roles: &[CaseRole], at: Timestamp, policy: &Policy) -> Vec<CommandName> {
    let commands = TABLE.iter().map(|row| row.command);
    let offered = commands.filter(|command| *command != CommandName::Undo).filter(|command| {
        permit(facts.state, *command, roles)
            .and_then(|(role, _)| standing(facts, *command, role, at, policy))
            .is_ok()
    });
    offered.collect()
}

/// Where a command leads this very case.
fn target(facts: &Facts, to: To) -> State {
    match to {
        To::Same => facts.state,
        To::State(state) => state,
        To::Unit if facts.lead_unit.is_some() => State::Handling,
        To::Unit => State::Reported,
        To::Back => match facts.state {
            State::Merged => facts.merged_from,
            _ => None,
        }
        .or_else(|| facts.last.map(|last| last.from))
        .unwrap_or(facts.state),
    }
}
