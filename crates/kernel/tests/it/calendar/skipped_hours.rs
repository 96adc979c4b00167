//! Zones whose clocks are put forward and back, or lose a day.

use qige_kernel::{Term, Timestamp, WorkCalendar, WorkRule};

use super::{at, hours, shown};

fn always(zone: &str, stretches: &str) -> WorkCalendar {
    let mut rule = WorkRule::five_days(&hours(stretches));
    rule.week[5] = hours(stretches);
    rule.week[6] = hours(stretches);
    WorkCalendar::new(zone, rule, Vec::new(), []).unwrap()
}

fn worked(calendar: &WorkCalendar, from: &str, to: &str) -> i64 {
    let zone = calendar.zone().iana_name().unwrap();
    calendar.work_micros_between(at(zone, from), at(zone, to)) / Timestamp::MINUTE
}

/// New York: 02:00–03:00 is skipped on 8 March 2026, 01:00–02:00 is shown twice on 1 November 2026.
#[test]
fn a_day_has_the_hours_it_really_has() {
    let calendar = always("America/New_York", "00:00-24:00");
    assert_eq!(worked(&calendar, "2026-03-08T00:00", "2026-03-09T00:00"), 23 * 60);
    assert_eq!(worked(&calendar, "2026-11-01T00:00", "2026-11-02T00:00"), 25 * 60);
    let night = always("America/New_York", "00:00-06:00");
    assert_eq!(worked(&night, "2026-03-08T00:00", "2026-03-09T00:00"), 5 * 60);
    assert_eq!(worked(&night, "2026-11-01T00:00", "2026-11-02T00:00"), 7 * 60);
}

#[test]
fn hours_that_end_or_begin_in_a_skipped_or_repeated_hour() {
    let calendar = always("America/New_York", "01:00-02:15 02:30-02:45 02:50-04:00");
    assert_eq!(worked(&calendar, "2026-03-08T00:00", "2026-03-09T00:00"), 60 + 60);
    let calendar = always("America/New_York", "00:00-01:30 01:30-03:00");
    // The first of both half past ones ends the first stretch and begins the second.
    assert_eq!(worked(&calendar, "2026-11-01T00:00", "2026-11-02T00:00"), 90 + 150);
}

#[test]
fn a_clock_time_that_is_skipped_is_the_instant_of_the_skip() {
    let calendar = always("America/New_York", "00:00-24:00");
    let due = calendar.due(at("America/New_York", "2026-03-07T02:30:00"), Term::WorkDays(1));
    assert_eq!(shown(&calendar, due.at), "Sun 2026-03-08 03:00:00");
    let due = calendar.due(at("America/New_York", "2026-10-31T01:30:00"), Term::WorkDays(1));
    assert_eq!(due.at.since(at("America/New_York", "2026-10-31T01:30:00")), 24 * Timestamp::HOUR);
}

/// Samoa crossed the date line: 30 December 2011 never was.
#[test]
fn a_day_that_never_was_has_no_working_time() {
    let calendar = always("Pacific/Apia", "08:00-16:00");
    assert_eq!(worked(&calendar, "2011-12-29T00:00", "2012-01-01T00:00"), 2 * 8 * 60);
    let due = calendar.due(at("Pacific/Apia", "2011-12-29T09:00:00"), Term::WorkMinutes(480));
    assert_eq!(shown(&calendar, due.at), "Sat 2011-12-31 09:00:00");
}

/// Lord Howe moves by half an hour, Cairo at midnight.
#[test]
fn odd_shifts() {
    let howe = always("Australia/Lord_Howe", "00:00-24:00");
    assert_eq!(worked(&howe, "2026-04-05T00:00", "2026-04-06T00:00"), 24 * 60 + 30);
    assert_eq!(worked(&howe, "2026-10-04T00:00", "2026-10-05T00:00"), 24 * 60 - 30);
    let cairo = always("Africa/Cairo", "00:00-24:00");
    assert_eq!(worked(&cairo, "2026-04-23T12:00", "2026-04-24T12:00"), 23 * 60);
}
