//! The week, and the days that differ from it.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CalendarError;

/// Minutes in a day by the clock on the wall.
const DAY_MINUTES: u16 = 24 * 60;

/// Stretches of working hours in one day at most: one more than a day with three breaks has.
pub(super) const MOST_STRETCHES: usize = 4;

/// Names of the weekdays as refusals carry them, Monday first.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A stretch of working hours within one day, by the clock on the wall. Written `08:30-12:00`; the end may be
/// `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    from_minute: u16,
    to_minute: u16,
}

impl Hours {
    /// From minute to minute of the day; none unless `from` comes before `to` and both lie within the day.
    #[must_use]
    pub const fn new(from_minute: u16, to_minute: u16) -> Option<Self> {
        if from_minute < to_minute && to_minute <= DAY_MINUTES {
            Some(Self { from_minute, to_minute })
        } else {
            None
        }
    }

    /// Minute of the day at which work begins, 0–1439.
    #[must_use]
    pub const fn from_minute(self) -> u16 {
        self.from_minute
    }

    /// Minute of the day at which work ends, 1–1440.
    #[must_use]
    pub const fn to_minute(self) -> u16 {
        self.to_minute
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from_minute: from, to_minute: to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl FromStr for Hours {
    type Err = CalendarError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no_hours = || CalendarError::NoHours { text: text.to_owned() };
        let (from, to) = text.split_once(['-', '–', '—', '~']).ok_or_else(no_hours)?;
        let (from, to) = (minute(from).ok_or_else(no_hours)?, minute(to).ok_or_else(no_hours)?);
        Self::new(from, to).ok_or_else(no_hours)
    }
}

/// Minute of the day of a time such as `08:30`.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once([':', '：'])?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 2;
    let number = |text: &str| digits(text).then(|| text.parse::<u16>().ok()).flatten();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60 && hours <= 24).then_some(hours * 60 + minutes)
}

impl TryFrom<String> for Hours {
    type Error = CalendarError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

impl JsonSchema for Hours {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hours".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["08:30-12:00"] })
    }
}

/// Whether the days that differ from the week count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holidays {
    /// Holidays are off, make-up workdays are worked.
    #[default]
    Observed,
    /// The week is the week, whatever the date.
    Ignored,
}

/// When a term in working days begins that is opened on a day off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OffDayStart {
    /// When the next working day opens.
    #[default]
    NextOpening,
    /// At the same clock time of the next working day; if that is before its opening, or after its close and
    /// [`AfterCloseStart::NextOpening`] holds, when it opens.
    SameClockTime,
}

/// When a term in working days begins that is opened on a working day after its close.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AfterCloseStart {
    /// When the next working day opens.
    #[default]
    NextOpening,
    /// At once: the day still counts as the first one, and the clock time is kept.
    KeepClockTime,
}

/// The week as it is worked, and how terms begin that are opened outside it. A term opened on a working day
/// before its opening begins when it opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkRule {
    /// Hours of each weekday, Monday first; an empty day is off. A lunch break is the gap between two.
    pub week: [Vec<Hours>; 7],
    /// Hours of a make-up workday (调休上班日); none: those of the first weekday that is worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub makeup: Option<Vec<Hours>>,
    /// See [`Holidays`].
    #[serde(default)]
    pub holidays: Holidays,
    /// See [`OffDayStart`].
    #[serde(default)]
    pub off_day_start: OffDayStart,
    /// See [`AfterCloseStart`].
    #[serde(default)]
    pub after_close_start: AfterCloseStart,
}

impl WorkRule {
    /// Monday to Friday with the same hours, holidays observed, opened outside hours → next opening.
    #[must_use]
    pub fn five_days(hours: &[Hours]) -> Self {
        let mut week: [Vec<Hours>; 7] = Default::default();
        for day in week.iter_mut().take(5) {
            hours.clone_into(day);
        }
        Self {
            week,
            makeup: None,
            holidays: Holidays::default(),
            off_day_start: OffDayStart::default(),
            after_close_start: AfterCloseStart::default(),
        }
    }

    /// What a tenant starts with: Monday to Friday, 08:30–12:00 and 13:30–18:00, which is the eight-hour day
    /// of the five-day week (国务院关于职工工作时间的规定, State Council Decree 174 of 1995, articles 3 and 7).
    #[must_use]
    pub fn office_week() -> Self {
        let hours = [Hours { from_minute: 510, to_minute: 720 }, Hours { from_minute: 810, to_minute: 1080 }];
        Self::five_days(&hours)
    }

    /// The hours of a weekday.
    #[must_use]
    pub fn hours_of(&self, weekday: Weekday) -> &[Hours] {
        let place = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or_default();
        self.week.get(place).map_or(&[], Vec::as_slice)
    }

    /// The hours of a make-up workday.
    #[must_use]
    pub fn makeup_hours(&self) -> &[Hours] {
        self.makeup
            .as_deref()
            .or_else(|| self.week.iter().map(Vec::as_slice).find(|hours| !hours.is_empty()))
            .unwrap_or_default()
    }

    /// Whether a calendar can be built on it.
    ///
    /// # Errors
    /// [`CalendarError`] says which day is wrong.
    pub fn check(&self) -> Result<(), CalendarError> {
        if self.week.iter().all(Vec::is_empty) {
            return Err(CalendarError::NoWorkingTime);
        }
        for (day, hours) in WEEKDAYS.into_iter().zip(&self.week) {
            check_day(day, hours)?;
        }
        match self.makeup.as_deref() {
            Some([]) => Err(CalendarError::MakeupWithoutHours),
            Some(hours) => check_day("makeup", hours),
            None => Ok(()),
        }
    }
}

fn check_day(day: &'static str, hours: &[Hours]) -> Result<(), CalendarError> {
    if hours.len() > MOST_STRETCHES {
        return Err(CalendarError::TooManyHours { day });
    }
    let in_order =
        hours.iter().zip(hours.iter().skip(1)).all(|(one, next)| one.to_minute <= next.from_minute);
    if in_order { Ok(()) } else { Err(CalendarError::HoursOverlap { day }) }
}

/// A day that differs from the week: a holiday, or a make-up workday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DayException {
    /// Which day; ISO 8601 in JSON.
    #[schemars(with = "String")]
    pub date: Date,
    /// Off (放假), or worked although the week says otherwise (上班).
    pub off: bool,
    /// Of which holiday, for example 国庆节.
    pub name: String,
}
