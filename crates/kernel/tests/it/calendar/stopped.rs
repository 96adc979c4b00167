//! Terms whose clock was stopped: what is given back, and when lights change.

use proptest::prelude::*;
use qige_kernel::calendar::{Light, Stop};
use qige_kernel::{Term, Timestamp, WorkCalendar, WorkRule};

use super::{at, shanghai, shown};

const ZONE: &str = "Asia/Shanghai";

fn office() -> WorkCalendar {
    shanghai(WorkRule::office_week())
}

fn stop(from: &str, to: &str) -> Stop {
    (at(ZONE, from), (!to.is_empty()).then(|| at(ZONE, to)))
}

#[track_caller]
fn due(opened: &str, term: Term, stops: &[Stop], expected: &str) {
    let calendar = office();
    let due = calendar.due_with_stops(at(ZONE, opened), term, stops).unwrap();
    assert_eq!(shown(&calendar, due.at), expected);
}

#[test]
fn each_stop_gives_back_what_it_took() {
    let opened = "2026-11-02T09:00:00";
    let hours = Term::WorkMinutes(8 * 60);
    let days = Term::WorkDays(3);
    due(opened, hours, &[], "Tue 2026-11-03 09:00:00");
    due(opened, days, &[], "Thu 2026-11-05 09:00:00");
    // Two hours by the clock, half an hour of them in the lunch break's second half.
    let lunch = [stop("2026-11-02T13:00:00", "2026-11-02T15:00:00")];
    due(opened, hours, &lunch, "Tue 2026-11-03 10:30:00");
    due(opened, Term::ClockMinutes(24 * 60), &lunch, "Tue 2026-11-03 11:00:00");
    due(opened, days, &lunch, "Thu 2026-11-05 10:30:00");
    // Over a weekend: two whole working days, Friday and Monday.
    let weekend = [stop("2026-11-04T18:00:00", "2026-11-09T20:00:00")];
    due(opened, days, &weekend, "Tue 2026-11-10 09:00:00");
    // Began only after the term was over.
    due(opened, hours, &[stop("2026-11-03T09:00:00", "2026-11-05T09:00:00")], "Tue 2026-11-03 09:00:00");
    // Began before the term was over only because another gave time back.
    let two = [lunch[0], stop("2026-11-03T10:00:00", "2026-11-03T11:00:00")];
    due(opened, hours, &two, "Tue 2026-11-03 11:30:00");
    due(opened, hours, &[two[1], two[0]], "Tue 2026-11-03 11:30:00");
    // Overlapping stops give the same hour back once.
    let overlap = [lunch[0], stop("2026-11-02T14:00:00", "2026-11-02T15:30:00")];
    due(opened, hours, &overlap, "Tue 2026-11-03 11:00:00");
    // Before the term began.
    due(opened, hours, &[stop("2026-11-01T09:00:00", "2026-11-02T10:00:00")], "Tue 2026-11-03 10:00:00");
}

#[test]
fn no_date_while_the_clock_stands_still() {
    let calendar = office();
    let opened = at(ZONE, "2026-11-02T09:00:00");
    let term = Term::WorkMinutes(8 * 60);
    let standing = [stop("2026-11-02T10:00:00", "")];
    assert_eq!(calendar.due_with_stops(opened, term, &standing), None);
    let over = [stop("2026-11-04T10:00:00", "")];
    assert!(calendar.due_with_stops(opened, term, &over).is_some());
    let due = calendar.due(opened, term).at;
    assert_eq!(calendar.milestones(opened, due, &standing, term), None);
    let (first, later) = (at(ZONE, "2026-11-02T10:00:00"), at(ZONE, "2027-01-02T10:00:00"));
    let used = |now| calendar.fraction_used(opened, due, now, &standing, term);
    assert!((used(first) - 0.125).abs() < 1e-12);
    assert!((used(later) - 0.125).abs() < 1e-12);
    assert_eq!(calendar.light(opened, due, later, &standing, term), Light::Green);
}

#[test]
fn lights_change_where_they_are_said_to() {
    let calendar = office();
    let opened = at(ZONE, "2026-11-02T09:00:00");
    let term = Term::WorkMinutes(8 * 60);
    let due = calendar.due(opened, term).at;
    let marks = calendar.milestones(opened, due, &[], term).unwrap();
    assert_eq!(shown(&calendar, marks.amber_at), "Mon 2026-11-02 16:30:00");
    assert_eq!(marks.red_at, due);
    assert_eq!(shown(&calendar, marks.escalate_at), "Wed 2026-11-04 09:00:00");
    let light = |now: Timestamp| calendar.light(opened, due, now, &[], term);
    assert_eq!(light(opened), Light::Green);
    assert_eq!((light(marks.amber_at.plus(-1)), light(marks.amber_at)), (Light::Green, Light::Amber));
    assert_eq!((light(due), light(due.plus(1))), (Light::Amber, Light::Red));
    assert_eq!((light(marks.escalate_at.plus(-1)), light(marks.escalate_at)), (Light::Red, Light::Escalate));
}

#[test]
fn due_at_the_close_is_red_all_night() {
    let calendar = office();
    let opened = at(ZONE, "2026-11-02T13:30:00");
    let term = Term::WorkMinutes(270);
    let due = calendar.due(opened, term).at;
    let night = due.plus(3 * Timestamp::HOUR);
    assert_eq!(calendar.light(opened, due, due, &[], term), Light::Amber);
    assert_eq!(calendar.light(opened, due, night, &[], term), Light::Red);
    assert!((calendar.fraction_used(opened, due, night, &[], term) - 1.0).abs() < 1e-12);
}

#[test]
fn a_term_of_no_length_is_over_at_once() {
    let calendar = office();
    let opened = at(ZONE, "2026-11-02T13:30:00");
    let term = Term::WorkMinutes(0);
    assert_eq!(calendar.light(opened, opened, opened, &[], term), Light::Green);
    assert_eq!(calendar.light(opened, opened, opened.plus(1), &[], term), Light::Escalate);
}

fn terms() -> impl Strategy<Value = Term> {
    prop_oneof![
        (1_u32..3_000).prop_map(Term::ClockMinutes),
        (1_u32..3_000).prop_map(Term::WorkMinutes),
        (1_u32..20).prop_map(Term::WorkDays),
    ]
}

fn stops(first: Timestamp) -> impl Strategy<Value = Vec<Stop>> {
    let one = (0..20_000_i64, 0..3_000_i64).prop_map(move |(begun, length)| {
        let begun = first.plus((begun - 2_000) * Timestamp::MINUTE);
        (begun, Some(begun.plus(length * Timestamp::MINUTE)))
    });
    proptest::collection::vec(one, 0..5)
}

/// The end of a term in minutes, found by asking each minute whether the clock runs.
fn walked(calendar: &WorkCalendar, start: Timestamp, term: Term, stops: &[Stop]) -> Timestamp {
    let (mut left, clock) = match term {
        Term::ClockMinutes(minutes) => (minutes, true),
        Term::WorkMinutes(minutes) => (minutes, false),
        Term::WorkDays(_) => unreachable!("asked for minutes only"),
    };
    let mut now = start;
    while left > 0 {
        let stopped = stops.iter().any(|(begun, ended)| *begun <= now && now < ended.unwrap());
        left -= u32::from(!stopped && (clock || calendar.is_open_at(now)));
        now = now.plus(Timestamp::MINUTE);
    }
    now
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn stops_are_as_walked(
        start in 0..600_000_i64,
        term in terms().prop_filter("minutes", |term| !matches!(term, Term::WorkDays(_))),
        stops in stops(Timestamp::from_micros(0)),
    ) {
        let calendar = office();
        let start = at(ZONE, "2024-01-01T00:00:00").plus(start * Timestamp::MINUTE);
        let moved = |instant: Timestamp| start.plus(instant.micros());
        let stops: Vec<Stop> = stops.into_iter().map(|(a, b)| (moved(a), b.map(moved))).collect();
        let due = calendar.due_with_stops(start, term, &stops).unwrap().at;
        prop_assert_eq!(due, walked(&calendar, start, term, &stops));
    }

    #[test]
    fn milestones_and_lights_agree(
        start in 0..900 * Timestamp::DAY,
        term in terms(),
        stops in stops(Timestamp::from_micros(0)),
    ) {
        let calendar = office();
        let start = at(ZONE, "2024-01-01T00:00:00").plus(start);
        let moved = |instant: Timestamp| start.plus(instant.micros());
        let stops: Vec<Stop> = stops.into_iter().map(|(a, b)| (moved(a), b.map(moved))).collect();
        let due = calendar.due_with_stops(start, term, &stops).unwrap().at;
        // Those that were over before the date in force, as at any real moment.
        let past: Vec<Stop> = stops.into_iter().filter(|stop| stop.0 < due).collect();
        let marks = calendar.milestones(start, due, &past, term).unwrap();
        let light = |now: Timestamp| calendar.light(start, due, now, &past, term);
        prop_assert!(marks.amber_at <= marks.red_at && marks.red_at < marks.escalate_at);
        prop_assert_eq!(light(marks.amber_at), Light::Amber);
        prop_assert_eq!(light(marks.amber_at.plus(-1)), Light::Green);
        prop_assert_eq!(light(marks.red_at), Light::Amber);
        prop_assert_eq!(light(marks.red_at.plus(1)), Light::Red);
        prop_assert_eq!(light(marks.escalate_at.plus(-1)), Light::Red);
        prop_assert_eq!(light(marks.escalate_at), Light::Escalate);
    }
}
