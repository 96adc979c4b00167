//! The published holidays as others wrote them down (`holidays/` of the open data).

use std::collections::BTreeMap;

use qige_kernel::calendar::china;
use qige_kernel::{Date, DayException, WorkCalendar, WorkRule};
use serde::Deserialize;

use super::{published, shanghai};

#[derive(Deserialize)]
struct Year {
    papers: Vec<String>,
    days: Vec<Day>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Day {
    name: String,
    date: Date,
    is_off_day: bool,
}

#[track_caller]
fn theirs(year: i16) -> Option<Year> {
    let text = qige_open_data::text(&format!("holidays/{year}.json"))?;
    Some(serde_json::from_str(&text).unwrap())
}

fn days(year: Year) -> Vec<DayException> {
    let exception = |day: Day| DayException { date: day.date, off: day.is_off_day, name: day.name };
    year.days.into_iter().map(exception).collect()
}

fn workdays(calendar: &WorkCalendar, year: i16) -> usize {
    let first = Date::new(year, 1, 1).unwrap();
    let all = first.series(jiff::Span::new().days(1)).take_while(|date| date.year() == year);
    all.filter(|date| calendar.is_workday(*date)).count()
}

/// Days off, make-up workdays and working days of each year, as the data's own description counts them.
const COUNTS: [(i16, usize, usize, usize); 3] = [(2024, 28, 8, 251), (2025, 28, 5, 248), (2026, 33, 6, 248)];

#[test]
fn our_table_has_the_published_counts() {
    let calendar = shanghai(WorkRule::office_week());
    for (year, off, worked, workdays_in_year) in COUNTS {
        let ours = china::days(year).unwrap();
        assert_eq!(ours.iter().filter(|day| day.off).count(), off, "{year}");
        assert_eq!(ours.iter().filter(|day| !day.off).count(), worked, "{year}");
        assert_eq!(workdays(&calendar, year), workdays_in_year, "{year}");
    }
    let worked: Vec<String> = published()
        .iter()
        .filter(|day| !day.off && day.date.year() == 2026)
        .map(|day| day.date.strftime("%m-%d").to_string())
        .collect();
    assert_eq!(worked, ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]);
}

#[test]
fn our_table_is_theirs_day_by_day() {
    for (year, ..) in COUNTS {
        let Some(theirs) = theirs(year) else { return };
        assert_eq!(theirs.papers.len(), 1);
        let by_date = |days: Vec<DayException>| -> BTreeMap<Date, (bool, String)> {
            days.into_iter().map(|day| (day.date, (day.off, day.name))).collect()
        };
        assert_eq!(by_date(days(theirs)), by_date(china::days(year).unwrap()), "{year}");
    }
}

#[test]
fn their_days_give_the_published_counts() {
    for (year, _, _, workdays_in_year) in COUNTS {
        let Some(theirs) = theirs(year) else { return };
        let calendar =
            WorkCalendar::new("Asia/Shanghai", WorkRule::office_week(), days(theirs), [year]).unwrap();
        assert_eq!(workdays(&calendar, year), workdays_in_year, "{year}");
    }
}

#[test]
fn their_year_without_data_is_not_covered() {
    let Some(theirs) = theirs(2027) else { return };
    assert!(qige_kernel::calendar::covered_years(&days(theirs)).is_empty());
}
