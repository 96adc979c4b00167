//! The work calendar (工作日历): which hours are working hours, and when a term that starts now is over.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `rule.rs` | [`WorkRule`], [`Hours`], [`DayException`]: the week, and the days that differ from it |
//! | `term.rs` | [`Term`], [`Due`]: how long, and until when |
//! | `walk.rs` | working time between two instants, and the instant at which a share of it is used up |
//! | `due.rs` | where a term begins when it is opened outside hours, and where it ends |
//! | `stops.rs` | terms whose clock was stopped; amber, red, escalation |
//! | `china.rs` | statutory holidays (法定节假日) and make-up workdays (调休) as published |
//!
//! Every search ends: none looks further than [`HORIZON_DAYS`] ahead.

pub mod china;
mod due;
mod error;
mod rule;
mod stops;
mod term;
mod walk;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Timestamp;

pub use error::CalendarError;
pub use rule::{AfterCloseStart, DayException, Holidays, Hours, OffDayStart, WorkRule};
pub use stops::{AMBER_PERCENT, ESCALATE_PERCENT, Light, Milestones, Stop};
pub use term::{Due, Measure, Term, TermError};

/// Days that any search looks ahead at most: twenty years, longer than any case lives. A term that is not
/// over by then is cut there, and [`Due::beyond_horizon`] says so.
pub const HORIZON_DAYS: u32 = 7_305;

/// Days off that a calendar year has in the published arrangement at the very least: the eleven statutory
/// days of the 2013 rules (全国年节及纪念日放假办法; thirteen since 2025). A year with fewer days off on
/// record is a year without holiday data, whatever single days somebody entered for it.
pub const LEAST_HOLIDAYS: usize = 11;

/// Days that may differ from the week at most: more than ten years of a calendar in which every day does.
pub const MOST_EXCEPTIONS: usize = 4_000;

/// A working calendar that has been checked: there is working time in it, and it contradicts itself nowhere.
#[derive(Clone, Debug)]
pub struct WorkCalendar {
    zone: TimeZone,
    rule: WorkRule,
    makeup: Vec<Hours>,
    exceptions: Vec<DayException>,
    years_with_data: BTreeSet<i16>,
}

impl WorkCalendar {
    /// Checks and joins the parts. `zone` is a name of the IANA time zone database such as `Asia/Shanghai`.
    /// `years_with_data` are the years whose holidays are known; [`covered_years`] finds them.
    ///
    /// # Errors
    /// [`CalendarError`] says which part cannot be used.
    pub fn new(
        zone: &str,
        rule: WorkRule,
        mut exceptions: Vec<DayException>,
        years_with_data: impl IntoIterator<Item = i16>,
    ) -> Result<Self, CalendarError> {
        rule.check()?;
        let unknown = |_| CalendarError::UnknownZone { zone: zone.to_owned() };
        let zone = TimeZone::get(zone).map_err(unknown)?;
        if exceptions.len() > MOST_EXCEPTIONS {
            return Err(CalendarError::TooManyDays { count: exceptions.len() });
        }
        exceptions.sort_by_key(|exception| exception.date);
        if let Some(twice) =
            exceptions.iter().zip(exceptions.iter().skip(1)).find(|(day, next)| day.date == next.date)
        {
            return Err(CalendarError::DayTwice { date: twice.0.date });
        }
        let makeup = rule.makeup_hours().to_vec();
        let years_with_data = years_with_data.into_iter().collect();
        Ok(Self { zone, rule, makeup, exceptions, years_with_data })
    }

    /// The time zone that the hours are meant in.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The week.
    #[must_use]
    pub const fn rule(&self) -> &WorkRule {
        &self.rule
    }

    /// The days that differ from the week, in order.
    #[must_use]
    pub fn exceptions(&self) -> &[DayException] {
        &self.exceptions
    }

    /// The years whose holidays are known.
    pub fn years_with_data(&self) -> impl Iterator<Item = i16> {
        self.years_with_data.iter().copied()
    }

    /// The calendar's day at an instant.
    #[must_use]
    pub fn date_at(&self, instant: Timestamp) -> Date {
        self.zone.to_datetime(instant.to_jiff()).date()
    }

    /// The minute of the calendar's day at an instant: 0 to 1,439 after midnight.
    #[must_use]
    pub fn minute_at(&self, instant: Timestamp) -> u16 {
        let time = self.zone.to_datetime(instant.to_jiff()).time();
        let part = |part: i8| u16::try_from(part).unwrap_or_default();
        part(time.hour()) * 60 + part(time.minute())
    }

    /// What is on record for a day that differs from the week.
    #[must_use]
    pub fn exception_on(&self, date: Date) -> Option<&DayException> {
        let place = self.exceptions.binary_search_by_key(&date, |exception| exception.date);
        place.ok().and_then(|place| self.exceptions.get(place))
    }

    /// The working hours of a day, in order; empty when nobody works.
    #[must_use]
    pub fn hours_on(&self, date: Date) -> &[Hours] {
        match self.rule.holidays {
            Holidays::Observed => match self.exception_on(date) {
                Some(day) if day.off => &[],
                Some(_) => &self.makeup,
                None => self.rule.hours_of(date.weekday()),
            },
            Holidays::Ignored => self.rule.hours_of(date.weekday()),
        }
    }

    /// Whether anybody works on a day.
    #[must_use]
    pub fn is_workday(&self, date: Date) -> bool {
        !self.hours_on(date).is_empty()
    }

    /// The years from one instant to another, both included, whose holidays are not known: every working
    /// time counted across them is a guess, and the reader must be told. None when holidays do not count.
    #[must_use]
    pub fn missing_years(&self, from: Timestamp, to: Timestamp) -> Vec<i16> {
        if self.rule.holidays == Holidays::Ignored {
            return Vec::new();
        }
        let (first, last) = (self.date_at(from.min(to)), self.date_at(from.max(to)));
        (first.year()..=last.year()).filter(|year| !self.years_with_data.contains(year)).collect()
    }
}

/// The years for which `exceptions` hold a whole arrangement: at least [`LEAST_HOLIDAYS`] days off.
#[must_use]
pub fn covered_years(exceptions: &[DayException]) -> BTreeSet<i16> {
    let days_off = |year| exceptions.iter().filter(|day| day.off && day.date.year() == year).count();
    let years: BTreeSet<i16> = exceptions.iter().map(|day| day.date.year()).collect();
    years.into_iter().filter(|year| days_off(*year) >= LEAST_HOLIDAYS).collect()
}
