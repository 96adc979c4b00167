//! One stage's clock.

use qige_kernel::calendar::{Light, Measure, Milestones, Stop};
use qige_kernel::{Term, Timestamp, WorkCalendar};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Stage;
use crate::text_enum::text_enum;

text_enum! {
    /// Why a due date was set.
    DueReason {
        /// The stage began; the date follows from its term.
        Started = "started",
        /// The stage began with a date that somebody named.
        Given = "given",
        /// The clock ran again after it had stood still.
        Resumed = "resumed",
        /// More time was granted.
        Extended = "extended",
        /// Matter or urgency were put right, and with them the term.
        Corrected = "corrected",
    }
}

text_enum! {
    /// Why a clock stands still.
    StopReason {
        /// 挂账.
        Suspended = "suspended",
        /// For the reporter's answer.
        Waiting = "waiting",
        /// An external body has the case.
        Transferred = "transferred",
    }
}

/// A due date, and when and why it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DueDate {
    /// When it was set.
    pub at: Timestamp,
    /// The last instant that is in time.
    pub due: Timestamp,
    /// Why.
    pub reason: DueReason,
}

/// A time in which the clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Halt {
    /// Since when.
    pub from: Timestamp,
    /// Until when; none while it lasts.
    pub until: Option<Timestamp>,
    /// Why, at first; another reason may have prolonged it.
    pub reason: StopReason,
}

/// A stage's clock (阶段时限): an interval with its term, its stops and every due date that it has had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clock {
    /// Of which stage.
    pub stage: Stage,
    /// When the stage began.
    pub started: Timestamp,
    /// How long it may take.
    pub term: Term,
    /// The due dates, the one in force last.
    pub dues: Vec<DueDate>,
    /// When it stood still.
    pub stops: Vec<Halt>,
    /// When the stage was over.
    pub ended: Option<Timestamp>,
}

impl Clock {
    /// Begins a stage; `given` is a due date that somebody named instead of the term's.
    #[must_use]
    pub fn start(
        stage: Stage,
        at: Timestamp,
        term: Term,
        given: Option<Timestamp>,
        calendar: &WorkCalendar,
    ) -> Self {
        let (due, reason) = match given {
            Some(due) => (due, DueReason::Given),
            None => (calendar.due(at, term).at, DueReason::Started),
        };
        Self {
            stage,
            started: at,
            term,
            dues: vec![DueDate { at, due, reason }],
            stops: Vec::new(),
            ended: None,
        }
    }

    /// Whether it stands still at its last word.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.ended.is_none() && self.stops.last().is_some_and(|stop| stop.until.is_none())
    }

    /// The due date in force; none while the clock stands still, since then no date can be named.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        if self.is_stopped() { None } else { self.dues.last().map(|due| due.due) }
    }

    /// Lets it stand still. Nothing happens if it does already, or is over.
    pub fn stop(&mut self, at: Timestamp, reason: StopReason) {
        if self.ended.is_none() && !self.is_stopped() {
            self.stops.push(Halt { from: at, until: None, reason });
        }
    }

    /// Lets it run again: the due date moves by as much as was left standing. Nothing happens if it runs.
    pub fn resume(&mut self, at: Timestamp, calendar: &WorkCalendar) {
        if !self.is_stopped() {
            return;
        }
        let Some(stop) = self.stops.last_mut() else { return };
        let from = stop.from;
        stop.until = Some(at.max(from));
        let Some(in_force) = self.dues.last().copied() else { return };
        // Time after the due date is late, whether the clock stands or not.
        if from < in_force.due && from < at {
            let due = self.pushed_back(in_force.due, from, at, calendar);
            self.dues.push(DueDate { at, due, reason: DueReason::Resumed });
        }
    }

    /// Sets another due date.
    pub fn set_due(&mut self, at: Timestamp, due: Timestamp, reason: DueReason) {
        self.dues.push(DueDate { at, due, reason });
    }

    /// Gives the stage another term, counted from its beginning with all its stops. A date that somebody
    /// named or granted gives way to it: it was named for another matter.
    pub fn set_term(&mut self, at: Timestamp, term: Term, calendar: &WorkCalendar) {
        self.term = term;
        let ended: Vec<Stop> =
            self.halts().filter_map(|(from, until)| until.map(|until| (from, Some(until)))).collect();
        let due = calendar.due_with_stops(self.started, term, &ended);
        let due = due.map_or_else(|| calendar.due(self.started, term).at, |due| due.at);
        self.dues.push(DueDate { at, due, reason: DueReason::Corrected });
    }

    /// Ends the stage.
    pub fn end(&mut self, at: Timestamp) {
        if self.ended.is_some() {
            return;
        }
        if let Some(stop) = self.stops.last_mut().filter(|stop| stop.until.is_none()) {
            stop.until = Some(at.max(stop.from));
        }
        self.ended = Some(at);
    }

    /// How it stands at `now`: green, amber from 75 %, red when over, escalated when over by 100 %. A clock
    /// that has ended stays as it was then.
    #[must_use]
    pub fn light(&self, now: Timestamp, calendar: &WorkCalendar) -> Light {
        let Some(due) = self.dues.last() else { return Light::Green };
        let now = self.ended.map_or(now, |ended| ended.min(now));
        calendar.light(self.started, due.due, now, &self.stop_list(), self.term)
    }

    /// The share of the time that is used at `now`: 0 at the start, 1 when it is over.
    #[must_use]
    pub fn fraction_used(&self, now: Timestamp, calendar: &WorkCalendar) -> f64 {
        let Some(due) = self.dues.last() else { return 0.0 };
        let now = self.ended.map_or(now, |ended| ended.min(now));
        calendar.fraction_used(self.started, due.due, now, &self.stop_list(), self.term)
    }

    /// When it turns amber, red and the supervisor's; none while it stands still or once it has ended.
    #[must_use]
    pub fn milestones(&self, calendar: &WorkCalendar) -> Option<Milestones> {
        if self.ended.is_some() {
            return None;
        }
        let due = self.due()?;
        calendar.milestones(self.started, due, &self.stop_list(), self.term)
    }

    /// Whether the stage was over in time; none while it is not over.
    #[must_use]
    pub fn was_in_time(&self) -> Option<bool> {
        let ended = self.ended?;
        let due = self.dues.last()?.due;
        // A stop that the end of the stage cut off began in time or did not.
        let last = self.stops.last().filter(|stop| stop.until == Some(ended));
        Some(last.map_or(ended, |stop| stop.from) <= due)
    }

    fn halts(&self) -> impl Iterator<Item = Stop> {
        self.stops.iter().map(|stop| (stop.from, stop.until))
    }

    fn stop_list(&self) -> Vec<Stop> {
        self.halts().collect()
    }

    /// `due` moved back by the time from `from` to `until`, counted as the term counts.
    fn pushed_back(
        &self,
        due: Timestamp,
        from: Timestamp,
        until: Timestamp,
        calendar: &WorkCalendar,
    ) -> Timestamp {
        let by_rule =
            self.dues.iter().all(|due| matches!(due.reason, DueReason::Started | DueReason::Resumed));
        if by_rule && let Some(due) = calendar.due_with_stops(self.started, self.term, &self.stop_list()) {
            return due.at;
        }
        let measure = self.term.measure();
        // Rounded up to the minute: the unit loses nothing by it.
        let lost = calendar.elapsed(measure, from, until).max(0);
        let minutes = u32::try_from(lost.saturating_add(Timestamp::MINUTE - 1) / Timestamp::MINUTE);
        let minutes = minutes.unwrap_or(u32::MAX);
        let given_back = match measure {
            Measure::Clock => Term::ClockMinutes(minutes),
            Measure::Work => Term::WorkMinutes(minutes),
        };
        calendar.due(due, given_back).at.max(until)
    }
}
