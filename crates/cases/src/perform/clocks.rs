//! The clocks of a case follow what was decided.

use qige_kernel::{ClockId, Timestamp, WorkCalendar};

use crate::deadlines::{Clock, ClockMove, DueReason, StopReason};
use crate::store::{ClockRow, Dossier};
use crate::{Policy, Stage};

/// Moves the clocks, and takes over into the case's row what lists are ordered by. `id` is a new clock's.
pub(crate) fn apply(
    dossier: &mut Dossier,
    step: ClockMove,
    id: ClockId,
    at: Timestamp,
    calendar: &WorkCalendar,
    policy: &Policy,
) {
    let running = dossier.clocks.iter_mut().rev().find(|clock| clock.clock.ended.is_none());
    match (step, running) {
        (ClockMove::Start { stage, term, due }, running) => {
            if let Some(running) = running {
                running.clock.end(at);
            }
            // An answer that is still owed does not hold up the next stage.
            dossier.row.waiting = false;
            let clock = Clock::start(stage, at, term, due, calendar);
            let clock = started(dossier, clock, at, policy);
            let unit = dossier.row.lead_unit.filter(|_| stage == Stage::Handle);
            dossier.clocks.push(ClockRow { id, case_id: dossier.row.id, unit, clock });
        }
        (ClockMove::End, Some(running)) => running.clock.end(at),
        (ClockMove::Stop(reason), Some(running)) => running.clock.stop(at, reason),
        (ClockMove::Resume, Some(running)) => running.clock.resume(at, calendar),
        (ClockMove::Extend(due), Some(running)) => running.clock.set_due(at, due, DueReason::Extended),
        (ClockMove::Retime(term), Some(running)) => running.clock.set_term(at, term, calendar),
        (ClockMove::Keep | ClockMove::Back, _) | (_, None) => {}
    }
    show(dossier, calendar);
}

/// What is put aside or with a body outside has a clock that stands still from its first moment.
fn started(dossier: &Dossier, mut clock: Clock, at: Timestamp, policy: &Policy) -> Clock {
    if dossier.row.suspended {
        clock.stop(at, StopReason::Suspended);
    } else if dossier.row.transferred && policy.transfer_stops_clock {
        clock.stop(at, StopReason::Transferred);
    }
    clock
}

fn show(dossier: &mut Dossier, calendar: &WorkCalendar) {
    let running = dossier.clocks.iter().rev().find(|clock| clock.clock.ended.is_none());
    let milestones = running.and_then(|running| running.clock.milestones(calendar));
    let row = &mut dossier.row;
    row.stage = running.map(|running| running.clock.stage);
    row.due_at = running.and_then(|running| running.clock.due());
    row.amber_at = milestones.map(|milestones| milestones.amber_at);
    row.over_at = milestones.map(|milestones| milestones.escalate_at);
}
