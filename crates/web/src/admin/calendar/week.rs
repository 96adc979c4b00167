//! The week is tried or saved.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use qige_identity::Permission;
use qige_kernel::calendar::{AfterCloseStart, Due, Holidays, Hours, OffDayStart};
use qige_kernel::{CalendarError, Refusal, Term, Timestamp, WorkCalendar, WorkRule};
use qige_places::calendars::{CalendarRecord, SaveCalendar};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CalendarPage, Trial, WEEKDAYS, built, page, read};
use crate::admin::edit;
use crate::admin::term::Counted;
use crate::{Cx, Done, Fault, Input, Page, Routes, Text};

pub(super) fn routes() -> Routes {
    let may = Permission::ManageSettings;
    Routes::of("admin")
        .post("/admin/calendar/week", may, "Save the week", save)
        .get("/admin/calendar/try", may, "Before the week is tried", super::show)
        .post("/admin/calendar/try", may, "Try a week without saving it", attempt)
}

/// A week as it is typed, and a term to try it with. A day that is left out is off.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Typed {
    /// IANA name of the time zone.
    zone: String,
    /// Hours such as `08:30-12:00 13:30-18:00`.
    monday: Option<String>,
    /// As Monday.
    tuesday: Option<String>,
    /// As Monday.
    wednesday: Option<String>,
    /// As Monday.
    thursday: Option<String>,
    /// As Monday.
    friday: Option<String>,
    /// As Monday.
    saturday: Option<String>,
    /// As Monday.
    sunday: Option<String>,
    /// Hours of make-up workdays; those of the first weekday that is worked, where they are left out.
    makeup: Option<String>,
    /// Whether the days that differ from the week count.
    holidays: Holidays,
    /// When a term in working days begins that is opened on a day off.
    off_day_start: OffDayStart,
    /// When a term in working days begins that is opened after the close.
    after_close_start: AfterCloseStart,
    /// To try: when the term is opened, by the clock there, `2026-09-23T10:00`; now where it is left out.
    start: Option<String>,
    /// To try: how many.
    count: Option<u32>,
    /// To try: of what.
    counted: Option<Counted>,
}

impl Typed {
    fn rule(&self) -> Result<WorkRule, Fault> {
        let typed = [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ];
        let mut week: [Vec<Hours>; 7] = Default::default();
        for ((day, text), hours) in WEEKDAYS.into_iter().zip(typed).zip(&mut week) {
            *hours = hours_of(day, text.as_deref())?;
        }
        let makeup = self.makeup.as_deref().map(|text| hours_of("makeup", Some(text))).transpose()?;
        Ok(WorkRule {
            week,
            makeup: makeup.filter(|hours| !hours.is_empty()),
            holidays: self.holidays,
            off_day_start: self.off_day_start,
            after_close_start: self.after_close_start,
        })
    }
}

/// Stretches of hours with blanks, commas or 、 between them.
fn hours_of(field: &'static str, text: Option<&str>) -> Result<Vec<Hours>, Fault> {
    let parts = text.unwrap_or_default().split([' ', '\u{3000}', ',', '，', '、', ';', '；']);
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    let hours = parts.map(str::parse).collect::<Result<_, CalendarError>>();
    hours.map_err(|error| Fault::from(Refusal::from(error)).at(field))
}

/// What is wrong with a day stands at that day, and calls it as people do.
fn at_day(cx: &Cx, mut fault: Fault) -> Fault {
    if let Some(day) = fault.refusal.args.get("day").cloned() {
        let name = cx.say(&Text::of(format!("admin-day-{day}")));
        fault.refusal.args.insert("day", name);
        return fault.at(day);
    }
    match fault.refusal.code {
        "calendar-no-working-time" => fault.at("monday"),
        _ => fault,
    }
}

async fn save(cx: Cx, input: Input<Typed>) -> Result<Done<CalendarPage>, Fault> {
    let rule = input.value.rule()?;
    let edit = edit(&cx, Permission::ManageSettings)?;
    let saved = cx.write(SaveCalendar { zone: input.value.zone, rule, edit }).await;
    saved.map_err(|fault| at_day(&cx, fault))?;
    Ok(Done::see("/admin/calendar").saying(Text::of("admin-calendar-saved")))
}

async fn attempt(cx: Cx, input: Input<Typed>) -> Result<Page<CalendarPage>, Fault> {
    let typed = input.value;
    let rule = typed.rule()?;
    let kept = read(&cx).await?;
    let differs = rule != kept.rule || typed.zone.trim() != kept.zone;
    let record = CalendarRecord { zone: typed.zone.trim().to_owned(), rule, ..kept };
    let calendar = built(&record).map_err(|fault| at_day(&cx, fault))?;
    let trial = trial(&typed, &calendar, cx.now())?;
    let mut page = page(record, &calendar, cx.now(), None);
    (page.draft, page.trial) = (differs, Some(trial));
    Ok(Page(page))
}

fn trial(typed: &Typed, calendar: &WorkCalendar, now: Timestamp) -> Result<Trial, Fault> {
    let counted = typed.counted.unwrap_or(Counted::WorkDays);
    let count = typed.count.unwrap_or(1);
    let term = counted.term(count);
    let opened = match typed.start.as_deref() {
        Some(text) => instant(text, calendar.zone())?,
        None => now,
    };
    let Due { at, years_missing, beyond_horizon } = calendar.due(opened, term);
    let begins_at = match term {
        Term::WorkDays(_) => calendar.effective_start(opened),
        Term::WorkMinutes(_) | Term::ClockMinutes(_) => opened,
    };
    let start = typed.start.clone().unwrap_or_else(|| clock_time(opened, calendar.zone()));
    Ok(Trial { start, count, counted, begins_at, due_at: at, years_missing, beyond_horizon })
}

/// A time on the clock there, as browsers send it.
fn instant(text: &str, zone: &TimeZone) -> Result<Timestamp, Refusal> {
    let unreadable = || Refusal::invalid("start", "calendar-start-unreadable");
    let there: DateTime = text.trim().parse().map_err(|_| unreadable())?;
    Ok(zone.to_timestamp(there).map_err(|_| unreadable())?.into())
}

fn clock_time(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at.to_jiff()).strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_however_they_are_typed() {
        let hours = |text| hours_of("monday", Some(text)).map(|hours| super::super::written(&hours));
        assert_eq!(hours("08:30-12:00、13:30-18:00").unwrap(), "08:30-12:00 13:30-18:00");
        assert_eq!(hours(" 8:30–12:00,13：30-18:00 ").unwrap(), "08:30-12:00 13:30-18:00");
        assert_eq!(hours("").unwrap(), "");
        let refused = hours("morning").unwrap_err();
        assert_eq!(
            (refused.field.as_deref(), refused.refusal.code),
            (Some("monday"), "calendar-hours-unreadable")
        );
    }

    #[test]
    fn a_start_is_read_as_the_clock_there_says() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at = instant("2026-09-23T10:00", &zone).unwrap();
        assert_eq!(at.to_string(), "2026-09-23T02:00:00Z");
        assert_eq!(clock_time(at, &zone), "2026-09-23T10:00");
        assert_eq!(instant("soon", &zone).unwrap_err().code, "calendar-start-unreadable");
    }
}
