//! One published practice, every quarter of an hour of ten years, against a reference that asks one day after
//! another: Monday to Friday 08:30–17:00, holidays ignored; opened at a weekend → Monday, same clock time;
//! opened after 17:00 → next working day 08:30; then so many working days at the same clock time.

use jiff::civil::{Date, DateTime, Time, time};
use qige_kernel::calendar::{AfterCloseStart, Holidays, OffDayStart};
use qige_kernel::{Term, Timestamp, WorkCalendar, WorkRule};

use super::{hours, published};

const OPENING: Time = time(8, 30, 0, 0);
const CLOSING: Time = time(17, 0, 0, 0);
/// With the twenty-ninths of February of 2024, 2028 and 2032.
const QUARTERS: i64 = (10 * 365 + 3) * 24 * 4;

fn weekend(date: Date) -> bool {
    date.weekday().to_monday_one_offset() > 5
}

/// The next day on which anybody works.
fn next_workday(date: Date) -> Date {
    let mut next = date.tomorrow().unwrap();
    while weekend(next) {
        next = next.tomorrow().unwrap();
    }
    next
}

/// When it is over, by the words of the practice.
fn by_the_words(opened: DateTime, days: u32) -> DateTime {
    let (mut date, mut clock) = (opened.date(), opened.time());
    if weekend(date) {
        // A night's clock time is no working time of Monday either.
        date = next_workday(date);
        clock = if clock > CLOSING { OPENING } else { clock };
    } else if clock > CLOSING {
        date = next_workday(date);
        clock = OPENING;
    }
    clock = clock.max(OPENING);
    for _ in 0..days {
        date = next_workday(date);
    }
    date.to_datetime(clock)
}

#[test]
fn ten_years_are_due_as_the_words_say() {
    let rule = WorkRule {
        holidays: Holidays::Ignored,
        off_day_start: OffDayStart::SameClockTime,
        after_close_start: AfterCloseStart::NextOpening,
        ..WorkRule::five_days(&hours("08:30-17:00"))
    };
    // Holidays are on record, and none of them counts.
    let calendar = WorkCalendar::new("Asia/Shanghai", rule, published(), []).unwrap();
    let zone = calendar.zone().clone();
    let first = zone.to_timestamp("2024-01-01T00:00:00".parse::<DateTime>().unwrap()).unwrap();
    let mut seen = [0; 3];
    for quarter in 0..QUARTERS {
        // Some seconds into the quarter every other time: the very minute of the close is still open.
        let after = quarter * 15 * Timestamp::MINUTE + (quarter % 2) * 13 * Timestamp::SECOND;
        let start = Timestamp::from(first).plus(after);
        let opened = zone.to_datetime(start.to_jiff());
        let days = [1, 2, 5, 15, 45][usize::try_from(quarter % 5).unwrap()];
        let due = calendar.due(start, Term::WorkDays(days));
        let expected = by_the_words(opened, days);
        assert_eq!(zone.to_datetime(due.at.to_jiff()), expected, "opened {opened}, {days} working days");
        let kind = if weekend(opened.date()) { 0 } else { 1 + usize::from(opened.time() > CLOSING) };
        seen[kind] += 1;
    }
    assert!(seen.iter().all(|count| *count > 50_000), "{seen:?}");
}

#[test]
fn the_reference_says_what_the_words_say() {
    for (opened, days, due) in [
        ("2024-01-06T11:12:13", 1, "2024-01-09T11:12:13"),
        ("2024-01-03T17:00:01", 1, "2024-01-05T08:30:00"),
        ("2024-01-05T18:00:00", 2, "2024-01-10T08:30:00"),
        // New Year's Day is worked.
        ("2023-12-29T10:00:00", 1, "2024-01-01T10:00:00"),
    ] {
        assert_eq!(by_the_words(opened.parse().unwrap(), days), due.parse().unwrap(), "{opened}");
    }
}
