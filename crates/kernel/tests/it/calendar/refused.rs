//! Calendars that cannot be used, terms that never end, and texts that are no hours.

use qige_kernel::calendar::{HORIZON_DAYS, MOST_EXCEPTIONS};
use qige_kernel::{
    CalendarError, Date, DayException, Hours, Refusal, Term, Timestamp, WorkCalendar, WorkRule,
};

use super::{at, hours, shown};

fn off(date: Date) -> DayException {
    DayException { date, off: true, name: "放假".to_owned() }
}

fn refused(zone: &str, rule: WorkRule, days: Vec<DayException>) -> CalendarError {
    WorkCalendar::new(zone, rule, days, []).unwrap_err()
}

#[test]
fn each_fault_is_named() {
    let rule = WorkRule::office_week;
    let zone = refused("Asia/Niushan", rule(), Vec::new());
    assert_eq!(zone, CalendarError::UnknownZone { zone: "Asia/Niushan".to_owned() });
    let idle = refused("Asia/Shanghai", WorkRule::five_days(&[]), Vec::new());
    assert_eq!(idle, CalendarError::NoWorkingTime);
    let overlap = WorkRule::five_days(&hours("08:30-12:00 11:59-18:00"));
    let overlap = refused("Asia/Shanghai", overlap, Vec::new());
    assert_eq!(overlap, CalendarError::HoursOverlap { day: "monday" });
    let many = WorkRule::five_days(&hours("01:00-02:00 03:00-04:00 05:00-06:00 07:00-08:00 09:00-10:00"));
    assert_eq!(refused("Asia/Shanghai", many, Vec::new()), CalendarError::TooManyHours { day: "monday" });
    let makeup = WorkRule { makeup: Some(Vec::new()), ..rule() };
    assert_eq!(refused("Asia/Shanghai", makeup, Vec::new()), CalendarError::MakeupWithoutHours);
    let day: Date = "2026-10-01".parse().unwrap();
    let twice = refused("Asia/Shanghai", rule(), vec![off(day), off(day)]);
    assert_eq!(twice, CalendarError::DayTwice { date: day });
    let refusal = Refusal::from(twice);
    assert_eq!((refusal.code, refusal.field), ("calendar-day-twice", Some("days")));
    assert_eq!(refusal.args["date"], "2026-10-01");
}

#[test]
fn stretches_may_touch_and_a_day_may_have_four() {
    let rule = WorkRule::five_days(&hours("00:00-06:00 06:00-12:00 12:00-18:00 18:00-24:00"));
    assert!(WorkCalendar::new("Asia/Shanghai", rule, Vec::new(), []).is_ok());
}

fn idle_days(count: usize) -> Vec<DayException> {
    let first: Date = "2026-01-01".parse().unwrap();
    first.series(jiff::Span::new().days(1)).take(count).map(off).collect()
}

#[test]
fn exceptions_are_bounded() {
    let rule = WorkRule::office_week;
    assert!(WorkCalendar::new("Asia/Shanghai", rule(), idle_days(MOST_EXCEPTIONS), []).is_ok());
    let past = refused("Asia/Shanghai", rule(), idle_days(MOST_EXCEPTIONS + 1));
    assert_eq!(past, CalendarError::TooManyDays { count: MOST_EXCEPTIONS + 1 });
}

#[test]
fn every_search_ends() {
    let calendar =
        WorkCalendar::new("Asia/Shanghai", WorkRule::office_week(), idle_days(MOST_EXCEPTIONS), []).unwrap();
    let start = at("Asia/Shanghai", "2026-01-01T09:00:00");
    let soon = calendar.due(start, Term::WorkDays(1));
    assert_eq!(shown(&calendar, soon.at), "Tue 2036-12-16 08:30:00");
    for endless in [Term::WorkDays(u32::MAX), Term::WorkMinutes(u32::MAX)] {
        let due = calendar.due(start, endless);
        assert!(due.beyond_horizon, "{endless}");
        assert_eq!(due.at, calendar.due(start, Term::WorkDays(1_000_000)).at);
        assert!(due.at.since(start) <= i64::from(HORIZON_DAYS) * Timestamp::DAY);
    }
    for far in [i64::MIN, i64::MAX] {
        let far = Timestamp::from_micros(far);
        for term in [Term::WorkDays(1), Term::WorkMinutes(1), Term::ClockMinutes(1)] {
            let _ends = calendar.due(far, term);
        }
        let _ends = calendar.work_micros_between(start, far);
    }
}

#[test]
fn hours_are_read_as_they_are_written() {
    for text in ["08:30-12:00", "00:00-24:00", "23:59-24:00"] {
        assert_eq!(text.parse::<Hours>().unwrap().to_string(), text);
    }
    assert_eq!("8:30 – 12：00".parse::<Hours>().unwrap().to_string(), "08:30-12:00");
    for text in ["", "08:30", "12:00-08:30", "08:30-08:30", "08:30-24:01", "08:60-09:00", "+8:30-9:00"] {
        assert!(text.parse::<Hours>().is_err(), "{text}");
    }
}

#[test]
fn a_rule_is_the_same_after_storing() {
    let mut rule = WorkRule::office_week();
    rule.makeup = Some(hours("09:00-15:00"));
    let json = serde_json::to_value(&rule).unwrap();
    assert_eq!(json["week"][0][1], "13:30-18:00");
    assert_eq!(json["holidays"], "observed");
    assert_eq!(serde_json::from_value::<WorkRule>(json).unwrap(), rule);
    let least = r#"{"week": [["09:00-17:00"], [], [], [], [], [], []]}"#;
    assert_eq!(serde_json::from_str::<WorkRule>(least).unwrap().off_day_start, Default::default());
    assert!(serde_json::from_str::<WorkRule>(r#"{"week": [["9-17"],[],[],[],[],[],[]]}"#).is_err());
    for term in [Term::ClockMinutes(15), Term::WorkMinutes(480), Term::WorkDays(3)] {
        assert_eq!(term.to_string().parse::<Term>().unwrap(), term);
        let json = serde_json::to_string(&term).unwrap();
        assert_eq!(serde_json::from_str::<Term>(&json).unwrap(), term);
    }
    assert!("days:3".parse::<Term>().is_err() && "work_days:-3".parse::<Term>().is_err());
}
