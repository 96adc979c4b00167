//! Ten years walked minute by minute and day by day, by code that shares nothing with the calendar's own.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use qige_kernel::calendar::{AfterCloseStart, Holidays, Measure, OffDayStart};
use qige_kernel::{Term, Timestamp, WorkCalendar, WorkRule};

use super::{hours, published, shanghai};

const FIRST: &str = "2024-01-01T00:00:00";
const YEARS: i64 = 10;
const MINUTES: usize = 10 * 366 * 24 * 60;

/// For each minute of ten years, how many working minutes came before it.
struct Walked {
    calendar: WorkCalendar,
    first: Timestamp,
    open_before: Vec<u32>,
}

impl Walked {
    /// `works` says which minutes of the clock on the wall are worked on a day.
    fn through(calendar: WorkCalendar, works: impl Fn(Date) -> &'static [(i32, i32)]) -> Self {
        let zone = calendar.zone().clone();
        let first = zone.to_timestamp(FIRST.parse::<DateTime>().unwrap()).unwrap();
        let mut open_before = vec![0];
        let mut open = 0;
        // No zone here changes its offset but at a quarter of an hour.
        for quarter in 0..i64::try_from(MINUTES / 15).unwrap() {
            let shown = zone.to_datetime(first + SignedDuration::from_mins(quarter * 15));
            let worked = works(shown.date());
            for minute in 0..15 {
                let of_day = i32::from(shown.hour()) * 60 + i32::from(shown.minute()) + minute;
                open += u32::from(worked.iter().any(|(from, to)| *from <= of_day && of_day < *to));
                open_before.push(open);
            }
        }
        Self { calendar, first: first.into(), open_before }
    }

    fn instant(&self, minute: usize) -> Timestamp {
        self.first.plus(i64::try_from(minute).unwrap() * Timestamp::MINUTE)
    }

    /// The first minute by which `count` working minutes have passed since `from`.
    fn after_open(&self, from: usize, count: u32) -> Option<usize> {
        let wanted = self.open_before[from] + count;
        let minute = self.open_before.partition_point(|open| *open < wanted).max(from);
        (minute < self.open_before.len()).then_some(minute)
    }
}

fn weekend(date: Date) -> bool {
    i64::from(date.weekday().to_monday_one_offset()) > 5
}

/// The office week of China with its published holidays.
fn china() -> &'static Walked {
    static WALKED: OnceLock<Walked> = OnceLock::new();
    WALKED.get_or_init(|| {
        let days: BTreeMap<Date, bool> = published().into_iter().map(|day| (day.date, day.off)).collect();
        Walked::through(shanghai(WorkRule::office_week()), |date| {
            let off = days.get(&date).copied().unwrap_or(weekend(date));
            if off { &[] } else { &[(510, 720), (810, 1080)] }
        })
    })
}

/// Round the clock, in a zone that changes its clocks twice a year.
fn new_york() -> &'static Walked {
    static WALKED: OnceLock<Walked> = OnceLock::new();
    WALKED.get_or_init(|| {
        let mut rule = WorkRule { holidays: Holidays::Ignored, ..WorkRule::five_days(&hours("00:00-24:00")) };
        rule.week[6] = hours("00:00-06:00");
        let calendar = WorkCalendar::new("America/New_York", rule, Vec::new(), []).unwrap();
        Walked::through(calendar, |date| match date.weekday().to_monday_one_offset() {
            7 => &[(0, 360)],
            6 => &[],
            _ => &[(0, 1440)],
        })
    })
}

/// A working day later, found by asking each day in turn.
fn days_later(zone: &TimeZone, start: Timestamp, days: u32, works: impl Fn(Date) -> bool) -> Timestamp {
    let shown = zone.to_datetime(start.to_jiff());
    let (opening, closing) = (jiff::civil::time(8, 30, 0, 0), jiff::civil::time(18, 0, 0, 0));
    let (mut date, mut time) = (shown.date(), shown.time());
    if !works(date) || time > closing {
        date = date.tomorrow().unwrap();
        time = opening;
    }
    while !works(date) {
        date = date.tomorrow().unwrap();
    }
    time = time.max(opening);
    let mut left = days;
    while left > 0 {
        date = date.tomorrow().unwrap();
        if works(date) {
            left -= 1;
        }
    }
    zone.to_timestamp(date.to_datetime(time)).unwrap().into()
}

#[test]
fn every_day_of_ten_years() {
    for walked in [china(), new_york()] {
        for day in 0..(10 * 365) {
            let (from, to) = (day * 1440 + 7 * 60 + 13, (day + 1) * 1440 + 11);
            let expected = i64::from(walked.open_before[to] - walked.open_before[from]);
            let (a, b) = (walked.instant(from), walked.instant(to));
            let found = walked.calendar.work_micros_between(a, b);
            assert_eq!(found, expected * Timestamp::MINUTE, "{a} to {b}");
        }
    }
}

#[test]
fn every_workday_of_ten_years() {
    let walked = china();
    let days_off: Vec<_> = published();
    let works = |date: Date| {
        let day = days_off.binary_search_by_key(&date, |day| day.date).ok();
        day.map_or(!weekend(date), |place| !days_off[place].off)
    };
    for day in 0..(YEARS * 365 - 60) {
        for hour in [0, 9, 12, 17, 18, 23] {
            let start = walked.first.plus(day * Timestamp::DAY + hour * Timestamp::HOUR + 1);
            for days in [1, 3, 15] {
                let expected = days_later(walked.calendar.zone(), start, days, works);
                let due = walked.calendar.due(start, Term::WorkDays(days));
                assert_eq!(due.at, expected, "{start}, {days} working days");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn working_time_is_counted_as_walked(a in 0..MINUTES, b in 0..MINUTES) {
        for walked in [china(), new_york()] {
            let expected = i64::from(walked.open_before[b]) - i64::from(walked.open_before[a]);
            let found = walked.calendar.work_micros_between(walked.instant(a), walked.instant(b));
            prop_assert_eq!(found, expected * Timestamp::MINUTE);
        }
    }

    #[test]
    fn working_time_ends_where_the_walk_ends(start in 0..MINUTES, minutes in 1_u32..20_000) {
        for walked in [china(), new_york()] {
            let Some(end) = walked.after_open(start, minutes) else { continue };
            let due = walked.calendar.due(walked.instant(start), Term::WorkMinutes(minutes));
            prop_assert_eq!(due.at, walked.instant(end));
        }
    }

    #[test]
    fn working_time_adds_up(mut instants in proptest::array::uniform3(0..YEARS * 365 * Timestamp::DAY)) {
        instants.sort_unstable();
        let [a, b, c] = instants.map(|micros| china().first.plus(micros));
        let calendar = &china().calendar;
        for measure in [Measure::Clock, Measure::Work] {
            let whole = calendar.elapsed(measure, a, c);
            prop_assert_eq!(calendar.elapsed(measure, a, b) + calendar.elapsed(measure, b, c), whole);
            prop_assert_eq!(calendar.elapsed(measure, c, a), -whole);
            prop_assert!((0..=c.since(a)).contains(&whole));
        }
    }

    #[test]
    fn a_later_start_is_never_due_earlier(
        first in 0..YEARS * 365 * Timestamp::DAY,
        later in 0..9 * Timestamp::DAY,
        count in 0_u32..40,
        late in prop_oneof![Just(AfterCloseStart::NextOpening), Just(AfterCloseStart::KeepClockTime)],
    ) {
        let rule = WorkRule {
            after_close_start: late,
            off_day_start: OffDayStart::NextOpening,
            ..WorkRule::office_week()
        };
        let calendar = shanghai(rule);
        let (first, later) = (china().first.plus(first), china().first.plus(first + later));
        for term in [Term::ClockMinutes(count), Term::WorkMinutes(count * 60), Term::WorkDays(count)] {
            let (due, after) = (calendar.due(first, term), calendar.due(later, term));
            prop_assert!(due.at >= first && due.at <= after.at, "{} {} {}", term, due.at, after.at);
            prop_assert_eq!(calendar.extend(due.at, Term::ClockMinutes(0)).at, due.at);
            prop_assert!(calendar.remaining(term, first, due.at) >= 0);
        }
    }

    #[test]
    fn working_time_until_due_is_the_term(start in 0..YEARS * 365 * Timestamp::DAY, count in 1_u32..9_000) {
        let calendar = &china().calendar;
        let start = china().first.plus(start);
        let term = Term::WorkMinutes(count);
        let due = calendar.due(start, term).at;
        prop_assert_eq!(calendar.remaining(term, start, due), i64::from(count) * Timestamp::MINUTE);
        prop_assert!(calendar.remaining(term, start, due.plus(-1)) < i64::from(count) * Timestamp::MINUTE);
    }
}
