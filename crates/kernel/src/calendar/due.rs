//! Where a term begins when it is opened outside hours, and where it ends.

use jiff::civil::{Date, Time};

use super::walk::Reached;
use super::{AfterCloseStart, Due, Hours, OffDayStart, Term, WorkCalendar};
use crate::Timestamp;

/// A day and a time on its clock, microseconds after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ClockTime {
    date: Date,
    micros: i64,
}

impl WorkCalendar {
    /// When a term is over that is opened at `start`: the last instant that is in time.
    #[must_use]
    pub fn due(&self, start: Timestamp, term: Term) -> Due {
        let Reached { at, cut } = self.reach(start, term);
        let years_missing = match term {
            Term::ClockMinutes(_) => Vec::new(),
            Term::WorkMinutes(_) | Term::WorkDays(_) => self.missing_years(start, at),
        };
        Due { at, years_missing, beyond_horizon: cut }
    }

    /// A granted extension: the due date that follows `due` by one more term.
    #[must_use]
    pub fn extend(&self, due: Timestamp, by: Term) -> Due {
        self.due(due, by)
    }

    /// What is left of a term until `due`, microseconds of its measure; negative once it is over.
    #[must_use]
    pub fn remaining(&self, term: Term, now: Timestamp, due: Timestamp) -> i64 {
        self.elapsed(term.measure(), now, due)
    }

    /// When a term in working days begins that is opened at `opened`, by the calendar's rule.
    #[must_use]
    pub fn effective_start(&self, opened: Timestamp) -> Timestamp {
        let shown = self.shown(opened);
        match self.begin(shown) {
            Some(begun) if begun != shown => self.instant(begun.date, begun.micros),
            Some(_) | None => opened,
        }
    }

    fn reach(&self, start: Timestamp, term: Term) -> Reached {
        match term {
            Term::ClockMinutes(minutes) | Term::WorkMinutes(minutes) => {
                self.advance(term.measure(), start, i64::from(minutes) * Timestamp::MINUTE)
            }
            Term::WorkDays(0) => Reached::at(self.effective_start(start)),
            Term::WorkDays(days) => {
                let begun = self.begin(self.shown(start));
                let last = begun.and_then(|begun| self.nth_workday(begun, days));
                last.map_or_else(
                    || self.advance(term.measure(), start, i64::MAX),
                    |last| Reached::at(self.instant(last.date, last.micros).max(start)),
                )
            }
        }
    }

    fn shown(&self, instant: Timestamp) -> ClockTime {
        let shown = self.zone().to_datetime(instant.to_jiff());
        let micros = Time::midnight().duration_until(shown.time()).as_micros();
        ClockTime { date: shown.date(), micros: i64::try_from(micros).unwrap_or_default() }
    }

    /// The calendar's answer to "opened outside hours". None when there is no working day within the horizon.
    fn begin(&self, opened: ClockTime) -> Option<ClockTime> {
        let ClockTime { date, micros } = opened;
        if let Some(day) = OpenDay::of(self.hours_on(date)) {
            return if micros < day.opens {
                Some(ClockTime { date, micros: day.opens })
            } else if micros <= day.closes || self.rule().after_close_start == AfterCloseStart::KeepClockTime
            {
                Some(opened)
            } else {
                self.opening_after(date)
            };
        }
        let next = self.opening_after(date)?;
        let day = OpenDay::of(self.hours_on(next.date))?;
        let keeps_late = self.rule().after_close_start == AfterCloseStart::KeepClockTime;
        let same_clock_time = self.rule().off_day_start == OffDayStart::SameClockTime
            && micros >= day.opens
            && (micros <= day.closes || keeps_late);
        Some(if same_clock_time { ClockTime { date: next.date, micros } } else { next })
    }

    fn opening_after(&self, date: Date) -> Option<ClockTime> {
        let next = self.next_workday(date)?;
        let day = OpenDay::of(self.hours_on(next))?;
        Some(ClockTime { date: next, micros: day.opens })
    }

    /// The same clock time `days` working days later. On a day with shorter hours than the first one had, it
    /// is the nearest time within them.
    fn nth_workday(&self, begun: ClockTime, days: u32) -> Option<ClockTime> {
        let later = self.days_from(begun.date).skip(1).filter(|date| self.is_workday(*date));
        let date = later.take(usize::try_from(days).ok()?).enumerate().last();
        let (place, date) = date?;
        if u32::try_from(place).ok()?.checked_add(1)? < days {
            return None;
        }
        let was_open = OpenDay::of(self.hours_on(begun.date)).is_some_and(|day| begun.micros <= day.closes);
        let day = OpenDay::of(self.hours_on(date))?;
        let micros = if was_open { begun.micros.clamp(day.opens, day.closes) } else { begun.micros };
        Some(ClockTime { date, micros })
    }
}

/// First and last working time of a day, microseconds after midnight.
struct OpenDay {
    opens: i64,
    closes: i64,
}

impl OpenDay {
    /// None when nobody works.
    fn of(hours: &[Hours]) -> Option<Self> {
        let micros = |minute: u16| i64::from(minute) * Timestamp::MINUTE;
        let (first, last) = (hours.first()?, hours.last()?);
        Some(Self { opens: micros(first.from_minute()), closes: micros(last.to_minute()) })
    }
}
