//! The transition table.

use qige_kernel::{Refusal, RefusalKind};

use crate::{CaseRole, CommandName, State};
use CaseRole::{
    AssistUnit, Checker, Dispatcher, GridWorker, LeadUnit, Reporter, Rider, Rule, Supervisor, Verifier,
};
use State::{
    Checking, Closed, Declined, Dispatched, Filed, Handled, Handling, Merged, Reported, Verifying, Void,
    Withdrawn,
};

/// Where a command leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// Stays; facts or clocks change.
    Same,
    /// To this state.
    State(State),
    /// To the unit that has it; to the beginning where nobody has it, since what a rider solved on the spot
    /// never had a unit.
    Unit,
    /// Where it was before.
    Back,
}

/// One row: a command, the states it works in, where it leads and who may.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The command.
    pub command: CommandName,
    /// The states it works in; none for what begins a case.
    pub from: &'static [State],
    /// Where it leads.
    pub to: To,
    /// Who may.
    pub who: &'static [CaseRole],
}

const fn row(command: CommandName, from: &'static [State], to: To, who: &'static [CaseRole]) -> Row {
    Row { command, from, to, who }
}

/// Every transition there is. One row per command, in the order of [`CommandName`].
pub const TABLE: &[Row] = &[
    row(CommandName::Report, &[], To::State(Reported), &[Reporter, Rider, GridWorker, Dispatcher]),
    row(CommandName::SolveOnSpot, &[], To::State(Handled), &[Rider, GridWorker]),
    row(CommandName::AskVerify, &[Reported], To::State(Verifying), &[Dispatcher]),
    row(CommandName::Confirm, &[Verifying], To::State(Reported), &[Verifier]),
    row(CommandName::Refute, &[Verifying], To::State(Declined), &[Verifier]),
    row(CommandName::File, &[Reported, Verifying], To::State(Filed), &[Dispatcher, Rule]),
    row(CommandName::Decline, &[Reported, Verifying], To::State(Declined), &[Dispatcher]),
    row(CommandName::Appeal, &[Declined], To::State(Reported), &[Reporter]),
    row(CommandName::Merge, &[Reported, Verifying, Filed, Dispatched], To::State(Merged), &[Dispatcher]),
    // The supervisor too, because what was sent back twice is theirs to place. Again while the unit has not
    // begun (改派): what went to the wrong one need not wait for its send-back.
    row(CommandName::Dispatch, &[Filed, Dispatched], To::State(Dispatched), &[Dispatcher, Supervisor, Rule]),
    row(CommandName::SendBack, &[Dispatched, Handling], To::State(Filed), &[LeadUnit]),
    row(CommandName::Start, &[Dispatched], To::State(Handling), &[LeadUnit]),
    row(CommandName::HandIn, &[Dispatched, Handling], To::State(Handled), &[LeadUnit]),
    row(CommandName::AskCheck, &[Handled], To::State(Checking), &[Dispatcher, Rule]),
    row(CommandName::Pass, &[Checking], To::State(Closed), &[Checker]),
    row(CommandName::Fail, &[Checking], To::Unit, &[Checker]),
    row(CommandName::AskExtension, &[Dispatched, Handling], To::Same, &[LeadUnit]),
    row(CommandName::GrantExtension, &[Dispatched, Handling], To::Same, &[Supervisor]),
    row(CommandName::RefuseExtension, &[Dispatched, Handling], To::Same, &[Supervisor]),
    row(CommandName::Suspend, &[Filed, Dispatched, Handling], To::Same, &[Supervisor]),
    row(CommandName::Resume, &[Filed, Dispatched, Handling], To::Same, &[Supervisor]),
    row(CommandName::Supervise, State::OPEN, To::Same, &[Supervisor]),
    // The dispatcher where no unit has it yet.
    row(CommandName::AnswerSupervision, State::OPEN, To::Same, &[LeadUnit, Dispatcher]),
    row(CommandName::Reopen, &[Closed], To::State(Filed), &[Reporter, Supervisor]),
    row(CommandName::Rate, &[Closed], To::Same, &[Reporter]),
    row(CommandName::Withdraw, &[Reported], To::State(Withdrawn), &[Reporter]),
    row(CommandName::Void, State::OPEN, To::State(Void), &[Supervisor]),
    // The product itself where a community was merged into another.
    row(CommandName::Correct, State::OPEN, To::Same, &[Dispatcher, Rule]),
    row(CommandName::Question, State::OPEN, To::Same, &[Dispatcher]),
    row(CommandName::Answer, State::OPEN, To::Same, &[Reporter]),
    row(CommandName::Transfer, &[Filed, Dispatched], To::Same, &[Dispatcher]),
    row(CommandName::TakeBack, &[Filed, Dispatched], To::Same, &[Dispatcher]),
    row(CommandName::Unmerge, &[Merged], To::Back, &[Dispatcher, Supervisor]),
    row(CommandName::Undo, State::ALL, To::Back, EVERY_PERSON),
    row(CommandName::Accept, &[Dispatched, Handling], To::Same, &[AssistUnit]),
    row(CommandName::HandInPart, &[Dispatched, Handling], To::Same, &[AssistUnit]),
    row(CommandName::Comment, TALKED_ABOUT, To::Same, SPEAKERS),
    row(CommandName::CoverPhoto, TALKED_ABOUT, To::Same, &[Dispatcher, Supervisor]),
    row(CommandName::Join, State::OPEN, To::Same, &[Reporter, Rider, GridWorker]),
];

/// Whoever did something may take it back; a rule has no second thoughts.
const EVERY_PERSON: &[CaseRole] =
    &[Reporter, Rider, GridWorker, Verifier, Dispatcher, Supervisor, LeadUnit, AssistUnit, Checker];

/// Those who have something to do with the case.
const SPEAKERS: &[CaseRole] = &[Reporter, Verifier, Dispatcher, Supervisor, LeadUnit, AssistUnit, Checker];

/// What was taken back or never was is not talked about further.
const TALKED_ABOUT: &[State] =
    &[Reported, Verifying, Filed, Dispatched, Handling, Handled, Checking, Closed, Declined, Merged];

/// Where a command leads from a state for a role; none when it is not allowed.
#[must_use]
pub fn allowed(state: State, command: CommandName, role: CaseRole) -> Option<To> {
    let row = TABLE.iter().find(|row| row.command == command)?;
    (row.from.contains(&state) && row.who.contains(&role)).then_some(row.to)
}

/// The state in which a command begins a case; none when it changes one.
#[must_use]
pub fn starting_state(command: CommandName) -> Option<State> {
    TABLE.iter().find(|row| row.command == command && row.from.is_empty()).and_then(|row| match row.to {
        To::State(state) => Some(state),
        To::Same | To::Unit | To::Back => None,
    })
}

/// The first of someone's roles in which a command is allowed, and where it leads.
///
/// # Errors
/// `not-in-this-state` when nobody may do it now; `not-your-part` when others may, but not in these roles.
pub fn permit(state: State, command: CommandName, roles: &[CaseRole]) -> Result<(CaseRole, To), Refusal> {
    let Some(row) = TABLE.iter().find(|row| row.command == command && row.from.contains(&state)) else {
        return Err(Refusal::new(RefusalKind::Conflict, "not-in-this-state").with("state", state));
    };
    // In the table's order, so that a dispatcher who also reported acts as what the command is meant for.
    let role = row.who.iter().copied().find(|role| roles.contains(role));
    role.map(|role| (role, row.to)).ok_or_else(|| Refusal::new(RefusalKind::Forbidden, "not-your-part"))
}
