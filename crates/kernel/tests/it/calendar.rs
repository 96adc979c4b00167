//! The work calendar: published practice, ten years walked minute by minute, stops, bad input, open data.

mod examples;
mod open_data;
mod practice;
mod refused;
mod skipped_hours;
mod stopped;
mod walked;

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use qige_kernel::calendar::{china, covered_years};
use qige_kernel::{DayException, Hours, Timestamp, WorkCalendar, WorkRule};

/// The instant at which the clock of `zone` shows `shown`.
pub(crate) fn at(zone: &str, shown: &str) -> Timestamp {
    let shown: DateTime = shown.parse().unwrap();
    TimeZone::get(zone).unwrap().to_timestamp(shown).unwrap().into()
}

/// What the clock of the calendar's zone shows, to the second.
pub(crate) fn shown(calendar: &WorkCalendar, instant: Timestamp) -> String {
    calendar.zone().to_datetime(instant.to_jiff()).strftime("%a %F %T").to_string()
}

pub(crate) fn hours(text: &str) -> Vec<Hours> {
    text.split_whitespace().map(|stretch| stretch.parse().unwrap()).collect()
}

/// All published days of China.
pub(crate) fn published() -> Vec<DayException> {
    china::years().flat_map(|year| china::days(year).unwrap()).collect()
}

pub(crate) fn shanghai(rule: WorkRule) -> WorkCalendar {
    let years: BTreeSet<i16> = covered_years(&published());
    WorkCalendar::new("Asia/Shanghai", rule, published(), years).unwrap()
}
