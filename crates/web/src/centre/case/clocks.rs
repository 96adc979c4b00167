//! Who owes what by when: the clocks of a case.

use qige_cases::Stage;
use qige_cases::deadlines::{Clock, DueReason};
use qige_cases::store::Dossier;
use qige_kernel::calendar::Measure;
use qige_kernel::{Timestamp, UnitId, WorkCalendar};
use schemars::JsonSchema;
use serde::Serialize;

/// A stage's clock, as the page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct ClockLine {
    /// Of which stage.
    pub(super) stage: Stage,
    /// The unit that is to be on time.
    pub(super) unit: Option<UnitId>,
    /// When the stage began.
    pub(super) started: Timestamp,
    /// The due date in force; none while the clock stands still.
    pub(super) due: Option<Timestamp>,
    /// When it was over.
    pub(super) ended: Option<Timestamp>,
    /// How much of the time is used, in percent of it, 100 at most.
    pub(super) percent: u8,
    /// Over its time.
    pub(super) late: bool,
    /// Standing still.
    pub(super) stopped: bool,
    /// Years that the running time reaches into without their holidays being known: the due date is a guess.
    pub(super) years_missing: Vec<i16>,
    /// Due dates that it had before, and why each was set.
    pub(super) moved: Vec<Moved>,
}

/// A due date among others.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct Moved {
    /// The date.
    pub(super) due: Timestamp,
    /// When it was set.
    pub(super) at: Timestamp,
    /// Why.
    pub(super) reason: DueReason,
}

/// The clocks in their order.
pub(super) fn of(dossier: &Dossier, calendar: &WorkCalendar, now: Timestamp) -> Vec<ClockLine> {
    let mut lines: Vec<ClockLine> = dossier
        .clocks
        .iter()
        .map(|row| {
            let clock = &row.clock;
            let used = clock.fraction_used(now, calendar);
            let moved = clock.dues.iter().map(|set| Moved { due: set.due, at: set.at, reason: set.reason });
            ClockLine {
                stage: clock.stage,
                unit: row.unit,
                started: clock.started,
                due: clock.due(),
                ended: clock.ended,
                percent: percent(used),
                late: clock.was_in_time().map_or(used >= 1.0, |in_time| !in_time),
                stopped: clock.is_stopped(),
                years_missing: guessed(clock, calendar),
                moved: if clock.dues.len() > 1 { moved.collect() } else { Vec::new() },
            }
        })
        .collect();
    lines.sort_by_key(|line| (line.ended.is_none(), line.started));
    lines
}

/// Years whose holidays the due date in force does not count.
fn guessed(clock: &Clock, calendar: &WorkCalendar) -> Vec<i16> {
    match (clock.ended, clock.due(), clock.term.measure()) {
        (None, Some(due), Measure::Work) => calendar.missing_years(clock.started, due),
        _ => Vec::new(),
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float conversion stops at the ends of the range"
)]
fn percent(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u8
}
