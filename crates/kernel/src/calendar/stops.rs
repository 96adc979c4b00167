//! Terms whose clock was stopped (挂账, or waiting for the reporter), and how much of a term is used.

use std::time::Duration;

use super::walk::Reached;
use super::{Due, Measure, Term, WorkCalendar};
use crate::Timestamp;

/// A time in which a term's clock stands still: from when, and until when (none: it still does).
pub type Stop = (Timestamp, Option<Timestamp>);

/// Share of a term, percent, from which it is shown amber.
pub const AMBER_PERCENT: u32 = 75;

/// Share of a term, percent, at which it goes to the supervisor by itself: over by as much as it was long.
pub const ESCALATE_PERCENT: u32 = 200;

/// How a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// Time enough.
    Green,
    /// [`AMBER_PERCENT`] used.
    Amber,
    /// Over.
    Red,
    /// Over by as much as it was long: the supervisor must know.
    Escalate,
}

/// When a term changes its light, if its clock is not stopped again before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milestones {
    /// From then on amber.
    pub amber_at: Timestamp,
    /// After this instant red: the due date itself.
    pub red_at: Timestamp,
    /// From then on the supervisor's.
    pub escalate_at: Timestamp,
}

/// Microseconds used of microseconds given, the clock standing still while it was stopped.
struct Use {
    used: i64,
    total: i64,
    over: bool,
}

impl WorkCalendar {
    /// When a term is over whose clock was stopped at times: each stop gives back what it took. None while
    /// the clock stands still before the term is over: then no date can be named.
    #[must_use]
    pub fn due_with_stops(&self, start: Timestamp, term: Term, stops: &[Stop]) -> Option<Due> {
        let Due { at, beyond_horizon, .. } = self.due(start, term);
        let base = Reached { at, cut: beyond_horizon };
        let Reached { at, cut } = self.pushed_back(term.measure(), start, base, &merged(stops))?;
        let years_missing = match term.measure() {
            Measure::Clock => Vec::new(),
            Measure::Work => self.missing_years(start, at),
        };
        Some(Due { at, years_missing, beyond_horizon: cut })
    }

    /// How much of a term is used: 0 at its start, 1 when it is over, 2 when it is over by as much as it was
    /// long. `due` is the date in force, with all that ended stops gave back and extensions added; `stops`
    /// are all stops since `start`. Stands still while the clock does.
    #[must_use]
    pub fn fraction_used(
        &self,
        start: Timestamp,
        due: Timestamp,
        now: Timestamp,
        stops: &[Stop],
        term: Term,
    ) -> f64 {
        let Use { used, total, over } = self.used(start, due, now, stops, term);
        let micros = |micros: i64| Duration::from_micros(u64::try_from(micros).unwrap_or_default());
        match (total, over) {
            (0, true) => f64::from(ESCALATE_PERCENT) / 100.0,
            (0, false) => 0.0,
            (total, true) => micros(used).div_duration_f64(micros(total)).max(1.0),
            (total, false) => micros(used).div_duration_f64(micros(total)).min(1.0),
        }
    }

    /// How a term stands at `now`; parameters as for [`WorkCalendar::fraction_used`].
    #[must_use]
    pub fn light(
        &self,
        start: Timestamp,
        due: Timestamp,
        now: Timestamp,
        stops: &[Stop],
        term: Term,
    ) -> Light {
        let Use { used, total, over } = self.used(start, due, now, stops, term);
        let reaches = |percent: u32| i128::from(used) * 100 >= i128::from(total) * i128::from(percent);
        match over {
            true if reaches(ESCALATE_PERCENT) => Light::Escalate,
            true => Light::Red,
            false if total > 0 && reaches(AMBER_PERCENT) => Light::Amber,
            false => Light::Green,
        }
    }

    fn used(&self, start: Timestamp, due: Timestamp, now: Timestamp, stops: &[Stop], term: Term) -> Use {
        let stops = merged(stops);
        let (start, now) = (self.counted_from(start, term), halted(now, &stops));
        let running = |to| self.running(term.measure(), start, to, &stops);
        Use { used: running(now), total: running(due), over: now > due }
    }

    /// When a term changes its light; parameters as for [`WorkCalendar::fraction_used`]. None while its clock
    /// stands still.
    #[must_use]
    pub fn milestones(
        &self,
        start: Timestamp,
        due: Timestamp,
        stops: &[Stop],
        term: Term,
    ) -> Option<Milestones> {
        let stops = merged(stops);
        if stops.iter().any(|stop| stop.1.is_none()) {
            return None;
        }
        let start = self.counted_from(start, term);
        let measure = term.measure();
        let total = self.running(measure, start, due, &stops);
        let at_percent = |percent: u32| {
            // Rounded up, so that the share has really been used at that instant.
            let share = i128::from(total) * i128::from(percent);
            let share = i64::try_from((share + 99) / 100).unwrap_or(i64::MAX);
            let reached = self.advance(measure, start, share);
            self.pushed_back(measure, start, reached, &stops).map(|reached| reached.at)
        };
        let amber_at = at_percent(AMBER_PERCENT)?.min(due);
        // A due date outside hours is later than the last working time before it.
        let escalate_at = at_percent(ESCALATE_PERCENT)?.max(due.plus(1));
        Some(Milestones { amber_at, red_at: due, escalate_at })
    }

    /// From when a term's use is counted.
    fn counted_from(&self, start: Timestamp, term: Term) -> Timestamp {
        match term {
            Term::WorkDays(_) => self.effective_start(start),
            Term::ClockMinutes(_) | Term::WorkMinutes(_) => start,
        }
    }

    /// What has passed from `from` to `to` while the clock ran. Never negative.
    fn running(&self, measure: Measure, from: Timestamp, to: Timestamp, stops: &[Stop]) -> i64 {
        let stopped = stops.iter().filter_map(|(begun, ended)| {
            let (begun, ended) = ((*begun).max(from), (*ended)?.min(to));
            (begun < ended).then(|| self.elapsed(measure, begun, ended))
        });
        self.elapsed(measure, from, to).saturating_sub(stopped.sum::<i64>()).max(0)
    }

    /// The end of a term without stops, moved back by each stop that begins before it. None when one of those
    /// has not ended.
    fn pushed_back(
        &self,
        measure: Measure,
        start: Timestamp,
        end: Reached,
        stops: &[Stop],
    ) -> Option<Reached> {
        let mut end = end;
        for (begun, ended) in stops {
            if *begun >= end.at {
                break;
            }
            let (begun, ended) = ((*begun).max(start), (*ended)?);
            if begun < ended {
                let given_back = self.elapsed(measure, begun, ended);
                let Reached { at, cut } = self.advance(measure, end.at, given_back);
                end = Reached { at: at.max(ended), cut: end.cut || cut };
            }
        }
        Some(end)
    }
}

/// `now`, or when the clock was stopped if it still stands still.
fn halted(now: Timestamp, stops: &[Stop]) -> Timestamp {
    let open = stops.last().filter(|stop| stop.1.is_none());
    open.map_or(now, |stop| stop.0.min(now))
}

/// The stops in order, those that touch joined, those that ended before they began left out.
fn merged(stops: &[Stop]) -> Vec<Stop> {
    let mut sorted: Vec<Stop> =
        stops.iter().copied().filter(|(begun, ended)| ended.is_none_or(|ended| *begun < ended)).collect();
    sorted.sort_by_key(|stop| stop.0);
    let mut joined: Vec<Stop> = Vec::with_capacity(sorted.len());
    for (begun, ended) in sorted {
        match joined.last_mut() {
            Some((_, None)) => break,
            Some((_, Some(last))) if begun <= *last => match ended {
                Some(ended) => *last = (*last).max(ended),
                None => {
                    let first = joined.pop().map_or(begun, |stop| stop.0);
                    joined.push((first, None));
                }
            },
            Some(_) | None => joined.push((begun, ended)),
        }
    }
    joined
}
