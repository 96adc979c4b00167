//! The work calendar: the week, the days that differ from it, and trying both before they are saved.

mod days;
mod week;

use jiff::civil::Date;
use qige_identity::Permission;
use qige_kernel::calendar::{AfterCloseStart, Holidays, Hours, OffDayStart, china};
use qige_kernel::{Timestamp, WorkCalendar, WorkRule};
use qige_places::calendars::{self, CalendarRecord, YEARS};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::term::Counted;
use crate::page::Density;
use crate::sheet::{Listing, Rows, Said};
use crate::{Cx, Fault, Page, Query, Routes, Text, View};

/// Weekdays as fields and refusals call them, Monday first.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Years after this one that stand beside it: deadlines reach no further.
const YEARS_AHEAD: i16 = 2;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/calendar", Permission::ManageSettings, "The work calendar", show)
        .list::<CalendarPage>(Permission::ManageSettings)
        .and(week::routes())
        .and(days::routes())
}

/// The work calendar.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CalendarPage {
    /// IANA name of the time zone.
    zone: String,
    /// Hours of each weekday, Monday first.
    week: Vec<DayHours>,
    /// Hours of make-up workdays; empty: those of the first weekday that is worked.
    makeup: String,
    holidays: Holidays,
    off_day_start: OffDayStart,
    after_close_start: AfterCloseStart,
    /// Whether this week is being tried and is not saved.
    draft: bool,
    /// What trying it said.
    trial: Option<Trial>,
    /// Years that deadlines reach into without their holidays being known.
    years_missing: Vec<i16>,
    /// Which year's days are shown.
    year: i16,
    years: Vec<Year>,
    /// Days of that year that differ from the week, in order.
    days: Vec<Day>,
    /// What the State Council published for that year.
    published: Option<Published>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct DayHours {
    /// `monday` to `sunday`.
    day: String,
    /// `08:30-12:00 13:30-18:00`; empty: off.
    hours: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Year {
    year: i16,
    current: bool,
    /// Whether its holidays are known.
    covered: bool,
}

/// A day that differs from the week.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Day {
    #[schemars(with = "String")]
    date: Date,
    /// Monday is 1.
    weekday: i8,
    /// Off, or worked although the week says otherwise.
    off: bool,
    name: String,
}

/// The published arrangement of a year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Published {
    /// The number of the notice.
    notice: String,
    /// Days of it that are not in the calendar, or are there otherwise.
    missing: usize,
}

/// What came of trying.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Trial {
    /// As it was typed.
    start: String,
    count: u32,
    counted: Counted,
    /// When the term begins.
    begins_at: Timestamp,
    /// The last instant that is in time.
    due_at: Timestamp,
    /// Years on the way whose holidays are not known.
    years_missing: Vec<i16>,
    /// The term is longer than twenty years and was cut there.
    beyond_horizon: bool,
}

impl View for CalendarPage {
    const TEMPLATE: &'static str = "admin/calendar.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("admin-calendar-title")
    }

    fn samples() -> Vec<Self> {
        samples()
    }
}

impl Listing for CalendarPage {
    type Asked = Wanted;
    const PATHS: [&'static str; 2] = ["/admin/calendar.csv", "/admin/calendar.xlsx"];
    const SUMMARY: &'static str = "The days of a year that differ from the week, as a file";
    const NAME: &'static str = "days";
    const TITLE: &'static str = "admin-days";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("admin-date", 14), ("list-weekday", 12), ("admin-day-kind", 14), ("admin-day-name", 22)];

    async fn read(cx: Cx, wanted: Wanted) -> Result<Self, Fault> {
        Ok(show(cx, Query(wanted)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |day: &Day| {
            vec![
                day.date.to_string().into(),
                said.text(format!("date-weekday-{}", day.weekday)),
                said.text(if day.off { "admin-day-holiday" } else { "admin-day-workday" }),
                day.name.clone().into(),
            ]
        };
        self.days.iter().map(row).collect()
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Which year's days; this year's where it is left out.
    year: Option<i16>,
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<CalendarPage>, Fault> {
    let record = read(&cx).await?;
    let calendar = built(&record)?;
    Ok(Page(page(record, &calendar, cx.now(), wanted.year)))
}

async fn read(cx: &Cx) -> Result<CalendarRecord, Fault> {
    cx.read(|tx| Box::pin(async move { Ok(calendars::record(tx).await?) })).await
}

fn built(record: &CalendarRecord) -> Result<WorkCalendar, Fault> {
    let CalendarRecord { zone, rule, days, covered_years, .. } = record;
    let built = WorkCalendar::new(zone, rule.clone(), days.clone(), covered_years.iter().copied());
    Ok(built.map_err(qige_kernel::Refusal::from)?)
}

fn page(record: CalendarRecord, calendar: &WorkCalendar, now: Timestamp, year: Option<i16>) -> CalendarPage {
    let this_year = calendar.date_at(now).year();
    let year = year.filter(|year| YEARS.contains(year)).unwrap_or(this_year);
    let mut years: Vec<i16> = (this_year..=this_year.saturating_add(YEARS_AHEAD)).collect();
    years.extend(record.covered_years.iter().copied());
    years.push(year);
    years.sort_unstable();
    years.dedup();
    let covered = |year| record.covered_years.contains(&year);
    let years = years.into_iter().map(|one| Year { year: one, current: one == year, covered: covered(one) });
    let days = record.days.iter().filter(|day| day.date.year() == year).map(|day| Day {
        date: day.date,
        weekday: day.date.weekday().to_monday_one_offset(),
        off: day.off,
        name: day.name.clone(),
    });
    let published = china::notice(year).zip(china::days(year)).map(|(notice, days)| Published {
        notice: notice.to_owned(),
        missing: days.iter().filter(|day| !record.days.contains(day)).count(),
    });
    let WorkRule { week, makeup, holidays, off_day_start, after_close_start } = record.rule;
    CalendarPage {
        week: WEEKDAYS.iter().zip(&week).map(|(day, hours)| DayHours::of(day, hours)).collect(),
        makeup: makeup.map(|hours| written(&hours)).unwrap_or_default(),
        holidays,
        off_day_start,
        after_close_start,
        draft: false,
        trial: None,
        years_missing: calendars::years_to_warn_of(calendar, now),
        year,
        years: years.collect(),
        days: days.collect(),
        published,
        zone: record.zone,
    }
}

impl DayHours {
    fn of(day: &str, hours: &[Hours]) -> Self {
        Self { day: day.to_owned(), hours: written(hours) }
    }
}

fn written(hours: &[Hours]) -> String {
    hours.iter().map(Hours::to_string).collect::<Vec<_>>().join(" ")
}

fn samples() -> Vec<CalendarPage> {
    let at = Timestamp::from_micros(1_790_000_000_000_000);
    let usual = WorkRule::office_week();
    let week = WEEKDAYS.iter().zip(&usual.week).map(|(day, hours)| DayHours::of(day, hours)).collect();
    let day = |month, off, name: &str| Day {
        date: Date::constant(2026, month, 1),
        weekday: 4,
        off,
        name: name.to_owned(),
    };
    let known = CalendarPage {
        zone: "Asia/Shanghai".to_owned(),
        week,
        makeup: String::new(),
        holidays: Holidays::Observed,
        off_day_start: OffDayStart::NextOpening,
        after_close_start: AfterCloseStart::NextOpening,
        draft: false,
        trial: None,
        years_missing: Vec::new(),
        year: 2026,
        years: vec![
            Year { year: 2026, current: true, covered: true },
            Year { year: 2027, current: false, covered: false },
        ],
        days: vec![day(10, true, "国庆节"), day(11, false, "调休")],
        published: Some(Published { notice: "国办发明电〔2025〕7号".to_owned(), missing: 0 }),
    };
    let trial = Trial {
        start: "2026-09-23T10:00".to_owned(),
        count: 3,
        counted: Counted::WorkDays,
        begins_at: at,
        due_at: at,
        years_missing: vec![2027],
        beyond_horizon: true,
    };
    let plain = Trial { years_missing: Vec::new(), beyond_horizon: false, ..trial.clone() };
    let tried = CalendarPage { draft: true, trial: Some(trial), years_missing: vec![2027], ..known.clone() };
    let behind = CalendarPage {
        published: Some(Published { notice: "国办发明电〔2025〕7号".to_owned(), missing: 39 }),
        days: Vec::new(),
        trial: Some(plain),
        ..known.clone()
    };
    let unknown = CalendarPage { published: None, year: 2028, ..behind.clone() };
    vec![known, tried, behind, unknown]
}
