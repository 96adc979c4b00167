//! Working time between two instants, and the instant at which a share of it is used up.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::AmbiguousOffset;

use super::{HORIZON_DAYS, Hours, Measure, WorkCalendar};
use crate::Timestamp;

/// The end of a walk, and whether it was cut at the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) at: Timestamp,
    pub(super) cut: bool,
}

impl Reached {
    pub(super) const fn at(at: Timestamp) -> Self {
        Self { at, cut: false }
    }
}

impl WorkCalendar {
    /// Working time from `a` to `b`, microseconds; negative when `b` is earlier. What lies more than
    /// [`HORIZON_DAYS`] after the earlier one is not counted.
    #[must_use]
    pub fn work_micros_between(&self, a: Timestamp, b: Timestamp) -> i64 {
        if b < a {
            return -self.work_micros_between(b, a);
        }
        let mut worked = 0_i64;
        for date in self.days_from(self.date_at(a)) {
            for hours in self.hours_on(date) {
                let (from, to) = self.stretch(date, *hours);
                if from >= b {
                    return worked;
                }
                worked = worked.saturating_add(to.min(b).since(from.max(a)).max(0));
            }
            if self.instant(date, Timestamp::DAY) >= b {
                break;
            }
        }
        worked
    }

    /// What has been used of a term of this measure from `a` to `b`, microseconds; negative when `b` is
    /// earlier.
    #[must_use]
    pub fn elapsed(&self, measure: Measure, a: Timestamp, b: Timestamp) -> i64 {
        match measure {
            Measure::Clock => b.since(a),
            Measure::Work => self.work_micros_between(a, b),
        }
    }

    /// Whether an instant lies within working hours (their last instant no longer does).
    #[must_use]
    pub fn is_open_at(&self, instant: Timestamp) -> bool {
        let date = self.date_at(instant);
        self.hours_on(date).iter().any(|hours| {
            let (from, to) = self.stretch(date, *hours);
            from <= instant && instant < to
        })
    }

    /// The first instant at which `micros` of the measure have passed since `from`; `from` itself when that
    /// is not positive.
    pub(super) fn advance(&self, measure: Measure, from: Timestamp, micros: i64) -> Reached {
        if measure == Measure::Clock || micros <= 0 {
            return Reached::at(from.plus(micros.max(0)));
        }
        let mut left = micros;
        let mut last = from;
        for date in self.days_from(self.date_at(from)) {
            for hours in self.hours_on(date) {
                let (start, end) = self.stretch(date, *hours);
                let start = start.max(from);
                let length = end.since(start).max(0);
                if length >= left {
                    return Reached::at(start.plus(left));
                }
                left -= length;
            }
            last = self.instant(date, Timestamp::DAY);
        }
        Reached { at: last, cut: true }
    }

    /// The first day after `date` that is worked; none within the horizon.
    pub(super) fn next_workday(&self, date: Date) -> Option<Date> {
        self.days_from(date).skip(1).find(|date| self.is_workday(*date))
    }

    /// `date` and the days after it, up to the horizon.
    pub(super) fn days_from(&self, date: Date) -> impl Iterator<Item = Date> {
        let days = usize::try_from(HORIZON_DAYS).unwrap_or(usize::MAX);
        std::iter::successors(Some(date), |date| date.tomorrow().ok()).take(days)
    }

    /// First and last instant of a stretch of hours.
    fn stretch(&self, date: Date, hours: Hours) -> (Timestamp, Timestamp) {
        let micros = |minute: u16| i64::from(minute) * Timestamp::MINUTE;
        (self.instant(date, micros(hours.from_minute())), self.instant(date, micros(hours.to_minute())))
    }

    /// The instant at which the clock on the wall shows `micros` after midnight of `date`. A time that is
    /// shown twice is the first of both; a time that is skipped is the instant of the skip: so later times
    /// never come before earlier ones.
    pub(super) fn instant(&self, date: Date, micros: i64) -> Timestamp {
        let shown =
            DateTime::from_parts(date, Time::midnight()).saturating_add(SignedDuration::from_micros(micros));
        let (offset, skipped) = match self.zone().to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, false),
            AmbiguousOffset::Fold { before, .. } => (before, false),
            AmbiguousOffset::Gap { before, .. } => (before, true),
        };
        let Ok(instant) = offset.to_timestamp(shown) else {
            let end = if date.year() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
            return end.into();
        };
        if !skipped {
            return instant.into();
        }
        // Reading on with the offset before the skip lands at the skip or beyond it.
        let after = instant.saturating_add(SignedDuration::from_micros(1)).unwrap_or(instant);
        let skip = self.zone().preceding(after).next();
        skip.map_or(instant, |transition| transition.timestamp()).into()
    }
}
