//! Days that differ from the week: added and taken away one by one, or as they were published.

use jiff::civil::Date;
use qige_db::{Command, Failure, Tx};
use qige_identity::Permission;
use qige_kernel::calendar::{DayException, china};
use qige_kernel::{Refusal, RefusalKind};
use qige_places::Edit;
use qige_places::calendars::{SetDays, record};
use qige_places::day_file::{self, YearOfDays};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::CalendarPage;
use crate::admin::edit;
use crate::{Cx, Done, Fault, Input, Once, Routes, Text, Upload};

pub(super) fn routes() -> Routes {
    let may = Permission::ManageSettings;
    Routes::of("admin")
        .post("/admin/calendar/days", may, "Add a day that differs from the week", add)
        .post("/admin/calendar/days/remove", may, "Take away a day that differs from the week", remove)
        .post("/admin/calendar/days/publish", may, "Take over the published days of a year", publish)
        .post("/admin/calendar/days/import", may, "Take over the days of a year from a file", import)
}

#[derive(Clone, Debug)]
enum Change {
    Add(DayException),
    Remove(Date),
    /// Those of a published arrangement or a file; others of the year stay.
    Publish(Vec<DayException>),
}

/// Changes the days of a year from whatever they are by then.
#[derive(Clone, Debug)]
struct ChangeDays {
    year: i16,
    change: Change,
    edit: Edit,
}

impl Command for ChangeDays {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        let kept = record(tx).await?.days;
        let mut days: Vec<DayException> =
            kept.into_iter().filter(|day| day.date.year() == self.year).collect();
        match &self.change {
            Change::Add(day) => days.push(day.clone()),
            Change::Remove(date) => days.retain(|day| day.date != *date),
            Change::Publish(published) => {
                days.retain(|day| published.iter().all(|other| other.date != day.date));
                days.extend(published.iter().cloned());
            }
        }
        SetDays { year: self.year, days, edit: self.edit }.run(tx).await
    }
}

async fn apply(
    cx: &Cx,
    year: i16,
    change: Change,
    key: Option<Uuid>,
    said: Text,
) -> Result<Done<CalendarPage>, Fault> {
    let edit = edit(cx, Permission::ManageSettings)?;
    let about = format!("{year} {change:?}");
    let command = ChangeDays { year, change, edit };
    cx.write(Once::new(command, key, &about, cx.now())).await.map_err(at_field)?;
    Ok(Done::see(format!("/admin/calendar?year={year}")).saying(said))
}

/// Refusals of a whole list stand at the field of the one day.
fn at_field(fault: Fault) -> Fault {
    match fault.refusal.code {
        "calendar-day-name-bad" => fault.at("name"),
        "calendar-day-twice" | "calendar-year-bad" => fault.at("date"),
        _ => fault,
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct NewDay {
    /// Which day.
    #[schemars(with = "String")]
    date: Date,
    /// Off, or worked although the week says otherwise.
    off: bool,
    /// Of which holiday.
    name: String,
}

async fn add(cx: Cx, input: Input<NewDay>) -> Result<Done<CalendarPage>, Fault> {
    let NewDay { date, off, name } = input.value;
    let day = DayException { date, off, name: name.trim().to_owned() };
    let said = Text::of("admin-day-added").with("date", date.to_string());
    apply(&cx, date.year(), Change::Add(day), input.key, said).await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct OneDay {
    /// Which day.
    #[schemars(with = "String")]
    date: Date,
}

async fn remove(cx: Cx, input: Input<OneDay>) -> Result<Done<CalendarPage>, Fault> {
    let date = input.value.date;
    let said = Text::of("admin-day-removed").with("date", date.to_string());
    apply(&cx, date.year(), Change::Remove(date), input.key, said).await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct OneYear {
    /// Which year.
    year: i16,
}

async fn publish(cx: Cx, input: Input<OneYear>) -> Result<Done<CalendarPage>, Fault> {
    let year = input.value.year;
    let Some(days) = china::days(year) else {
        let refusal = Refusal::new(RefusalKind::Missing, "calendar-year-unpublished").with("year", year);
        return Err(refusal.into());
    };
    let said = Text::of("admin-days-published").with("year", year.to_string());
    apply(&cx, year, Change::Publish(days), input.key, said).await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Nothing {}

/// Reads a file of holidays and make-up workdays: JSON or a calendar.
async fn import(cx: Cx, upload: Upload<Nothing>) -> Result<Done<CalendarPage>, Fault> {
    let file = upload.files.into_iter().find(|file| file.name == "file");
    let file = file.ok_or(Refusal::invalid("file", "field-missing"))?;
    let YearOfDays { year, days, left_out } = day_file::read(&file.bytes)?;
    let off = days.iter().filter(|day| day.off).count();
    let said = Text::of("admin-days-imported")
        .with("year", year.to_string())
        .with("off", off.to_string())
        .with("on", (days.len() - off).to_string())
        .with("left", left_out.to_string());
    apply(&cx, year, Change::Publish(days), upload.key, said).await
}
