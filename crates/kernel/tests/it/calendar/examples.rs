//! Practice as it is published, said in a rule, and the dates that come out.

use qige_kernel::calendar::{AfterCloseStart, Holidays, OffDayStart};
use qige_kernel::{Term, WorkCalendar, WorkRule};

use super::{at, hours, published, shanghai, shown};

fn boston(off_day_start: OffDayStart) -> WorkCalendar {
    let rule = WorkRule {
        holidays: Holidays::Ignored,
        off_day_start,
        after_close_start: AfterCloseStart::NextOpening,
        ..WorkRule::five_days(&hours("08:30-17:00"))
    };
    WorkCalendar::new("America/New_York", rule, Vec::new(), []).unwrap()
}

#[track_caller]
fn due(calendar: &WorkCalendar, opened: &str, term: Term, expected: &str) {
    let zone = calendar.zone().iana_name().unwrap();
    let due = calendar.due(at(zone, opened), term);
    assert_eq!(shown(calendar, due.at), expected, "opened {opened}, {term}");
    assert!(!due.beyond_horizon);
}

/// Monday to Friday, 08:30–17:00, holidays ignored; weekend → Monday at the same clock time; after 17:00 →
/// next working day 08:30; then working days at the same clock time.
#[test]
fn weekend_keeps_its_clock_time() {
    let calendar = boston(OffDayStart::SameClockTime);
    due(&calendar, "2022-01-01T11:12:13", Term::WorkDays(1), "Tue 2022-01-04 11:12:13");
    due(&calendar, "2022-01-02T16:20:00", Term::WorkDays(5), "Mon 2022-01-10 16:20:00");
    due(&calendar, "2022-01-03T10:43:00", Term::WorkDays(15), "Mon 2022-01-24 10:43:00");
    due(&calendar, "2022-01-03T17:00:01", Term::WorkDays(1), "Wed 2022-01-05 08:30:00");
    due(&calendar, "2022-01-03T17:00:00", Term::WorkDays(1), "Tue 2022-01-04 17:00:00");
    due(&calendar, "2022-01-07T18:00:00", Term::WorkDays(2), "Wed 2022-01-12 08:30:00");
    due(&calendar, "2022-01-03T06:35:39", Term::WorkDays(1), "Tue 2022-01-04 08:30:00");
    // A weekend night is outside the hours of the Monday it is moved to.
    due(&calendar, "2022-01-01T23:46:09", Term::WorkDays(10), "Mon 2022-01-17 08:30:00");
    due(&calendar, "2022-01-02T03:00:00", Term::WorkDays(1), "Tue 2022-01-04 08:30:00");
}

/// Opened and target times of twelve requests of January 2022 (City of Boston, 311 service requests, Open
/// Data Commons PDDL): there a weekend moves to Monday's opening. Martin Luther King Day, the 17th, counts.
#[test]
fn twelve_requests_of_boston() {
    let calendar = boston(OffDayStart::NextOpening);
    for (opened, days, target) in [
        ("2022-01-01T09:17:38", 1, "Tue 2022-01-04 08:30:00"),
        ("2022-01-01T10:56:25", 3, "Thu 2022-01-06 08:30:00"),
        ("2022-01-01T09:23:39", 5, "Mon 2022-01-10 08:30:00"),
        ("2022-01-01T18:25:00", 10, "Mon 2022-01-17 08:30:00"),
        ("2022-01-01T15:51:00", 30, "Mon 2022-02-14 08:30:00"),
        ("2022-01-01T23:53:44", 45, "Mon 2022-03-07 08:30:00"),
        ("2022-01-02T13:38:41", 2, "Wed 2022-01-05 08:30:00"),
        ("2022-01-08T12:54:49", 1, "Tue 2022-01-11 08:30:00"),
        ("2022-01-03T07:55:00", 10, "Mon 2022-01-17 08:30:00"),
        ("2022-01-03T09:58:36", 1, "Tue 2022-01-04 09:58:36"),
        ("2022-01-03T10:43:43", 15, "Mon 2022-01-24 10:43:43"),
        ("2022-01-21T13:47:30", 10, "Fri 2022-02-04 13:47:30"),
    ] {
        due(&calendar, opened, Term::WorkDays(days), target);
    }
}

#[test]
fn a_late_start_may_keep_its_clock_time() {
    let rule = WorkRule {
        off_day_start: OffDayStart::SameClockTime,
        after_close_start: AfterCloseStart::KeepClockTime,
        ..WorkRule::five_days(&hours("08:30-17:00"))
    };
    let calendar = WorkCalendar::new("America/New_York", rule, Vec::new(), []).unwrap();
    due(&calendar, "2022-01-03T20:00:00", Term::WorkDays(1), "Tue 2022-01-04 20:00:00");
    due(&calendar, "2022-01-01T20:00:00", Term::WorkDays(1), "Tue 2022-01-04 20:00:00");
    due(&calendar, "2022-01-01T05:00:00", Term::WorkDays(1), "Tue 2022-01-04 08:30:00");
}

/// The product's own defaults for handling, around the National Day of 2026 (off 1–7 October, worked on
/// Sunday 20 September and Saturday 10 October).
#[test]
fn national_day_of_2026() {
    let calendar = shanghai(WorkRule::office_week());
    let opened = "2026-09-30T17:00:00";
    due(&calendar, opened, Term::ClockMinutes(120), "Wed 2026-09-30 19:00:00");
    due(&calendar, opened, Term::WorkMinutes(8 * 60), "Thu 2026-10-08 17:00:00");
    due(&calendar, opened, Term::WorkDays(3), "Sat 2026-10-10 17:00:00");
    due(&calendar, opened, Term::WorkDays(15), "Tue 2026-10-27 17:00:00");
    due(&calendar, "2026-10-03T12:00:00", Term::WorkDays(1), "Fri 2026-10-09 08:30:00");
    // Opened in the lunch break: working hours run on after it, working days keep the clock time.
    due(&calendar, "2026-09-20T12:40:00", Term::WorkMinutes(60), "Sun 2026-09-20 14:30:00");
    due(&calendar, "2026-09-20T12:40:00", Term::WorkDays(1), "Mon 2026-09-21 12:40:00");
    // Used up exactly at the close: due then, not at the next opening.
    due(&calendar, "2026-09-30T13:30:00", Term::WorkMinutes(270), "Wed 2026-09-30 18:00:00");
    due(&calendar, "2026-09-30T13:30:00", Term::WorkMinutes(271), "Thu 2026-10-08 08:31:00");
    due(&calendar, "2026-10-03T12:00:00", Term::WorkDays(0), "Thu 2026-10-08 08:30:00");
    due(&calendar, "2026-10-03T12:00:00", Term::WorkMinutes(0), "Sat 2026-10-03 12:00:00");
}

#[test]
fn a_shorter_day_ends_a_term_at_its_close() {
    let mut rule = WorkRule::five_days(&hours("08:30-17:00"));
    rule.week[5] = hours("09:00-12:00");
    let calendar = WorkCalendar::new("Asia/Shanghai", rule, Vec::new(), [2026]).unwrap();
    due(&calendar, "2026-11-06T15:00:00", Term::WorkDays(1), "Sat 2026-11-07 12:00:00");
    due(&calendar, "2026-11-06T08:40:00", Term::WorkDays(1), "Sat 2026-11-07 09:00:00");
    due(&calendar, "2026-11-06T15:00:00", Term::WorkDays(2), "Mon 2026-11-09 15:00:00");
}

#[test]
fn a_year_without_holiday_data_is_named() {
    let calendar = shanghai(WorkRule::office_week());
    let december = at("Asia/Shanghai", "2026-12-28T10:00:00");
    let due = calendar.due(december, Term::WorkDays(15));
    assert_eq!(shown(&calendar, due.at), "Mon 2027-01-18 10:00:00");
    assert_eq!(due.years_missing, [2027]);
    assert!(calendar.due(december, Term::WorkDays(3)).years_missing.is_empty());
    assert!(calendar.due(december, Term::ClockMinutes(60 * 24 * 30)).years_missing.is_empty());
    assert_eq!(calendar.due(december, Term::WorkMinutes(60 * 300)).years_missing, [2027]);
    let next_century = at("Asia/Shanghai", "2029-06-01T00:00:00");
    assert_eq!(calendar.missing_years(next_century, december), [2027, 2028, 2029]);
    let ignoring = WorkRule { holidays: Holidays::Ignored, ..WorkRule::office_week() };
    assert!(shanghai(ignoring).due(december, Term::WorkDays(15)).years_missing.is_empty());
}

#[test]
fn one_day_entered_by_hand_is_no_holiday_data() {
    let mut days = published();
    days.push(qige_kernel::DayException {
        date: "2027-01-01".parse().unwrap(),
        off: true,
        name: "元旦".to_owned(),
    });
    let years: Vec<i16> = qige_kernel::calendar::covered_years(&days).into_iter().collect();
    assert_eq!(years, [2024, 2025, 2026]);
}
