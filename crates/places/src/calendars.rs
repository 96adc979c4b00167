//! The tenant's work calendar as it is kept; what it means is the kernel's.
//!
//! Until somebody saves one, a tenant works by the ordinary office week and the published holidays of China,
//! so that no case is ever without a deadline.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qige_db::{Asker, Command, Db, DbError, Failure, Json, Tx, from_row, params, statements};
use qige_kernel::calendar::{china, covered_years};
use qige_kernel::{CalendarError, Date, DayException, Refusal, TenantId, Timestamp, WorkCalendar, WorkRule};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::Edit;

/// The zone of a tenant that has said nothing: all of China has one time.
pub const DEFAULT_ZONE: &str = "Asia/Shanghai";
/// Longest name of a day, in characters: `国庆节、中秋节` and some.
pub const MAX_DAY_NAME_CHARS: usize = 40;
/// Years that days can be set for: from before the first case to far beyond any deadline.
pub const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;
/// How far ahead a year without holidays is warned of: the longest usual term (15 working days) with an
/// extension of the same length stays within this.
pub const LOOK_AHEAD_DAYS: i64 = 60;

statements! {
    /// The tenant's week; none when nothing was saved.
    WEEK = "SELECT zone, rule, revision FROM work_calendars WHERE tenant = $1";
    /// Its days.
    DAYS = "SELECT day, off, name FROM calendar_days WHERE tenant = $1 ORDER BY day";
    /// Which one is in force.
    CALENDAR_REVISION = "SELECT revision FROM work_calendars WHERE tenant = $1";
    /// The first one.
    START = "INSERT INTO work_calendars (tenant, zone, rule, revision, created_at, updated_at)
        VALUES ($1, $2, $3, 1, $4, $4) ON CONFLICT DO NOTHING";
    /// Another week.
    SET_WEEK = "UPDATE work_calendars SET zone = $2, rule = $3, revision = revision + 1, updated_at = $4
        WHERE tenant = $1";
    /// Other days.
    DAYS_CHANGED = "UPDATE work_calendars SET revision = revision + 1, updated_at = $2 WHERE tenant = $1";
    /// Empties a stretch of days, both ends included.
    CLEAR_DAYS = "DELETE FROM calendar_days WHERE tenant = $1 AND day >= $2 AND day <= $3";
    /// One day.
    ADD_DAY = "INSERT INTO calendar_days (tenant, day, off, name) VALUES ($1, $2, $3, $4)";
}

from_row! {
    struct WeekRow { zone: String, rule: Json<WorkRule>, revision: i64 }
}

from_row! {
    struct DayRow { day: String, off: bool, name: String }
}

/// All that is kept of a calendar, for its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CalendarRecord {
    /// IANA name of the time zone.
    pub zone: String,
    /// The week.
    pub rule: WorkRule,
    /// Days that differ from the week, in order.
    pub days: Vec<DayException>,
    /// Years whose holidays are known.
    pub covered_years: Vec<i16>,
    /// How often it changed; 0: nothing was saved yet.
    pub revision: i64,
}

impl CalendarRecord {
    fn ordinary() -> Self {
        let days: Vec<DayException> = china::years().filter_map(china::days).flatten().collect();
        let (zone, rule) = (DEFAULT_ZONE.to_owned(), WorkRule::office_week());
        Self { zone, rule, covered_years: covered_years(&days).into_iter().collect(), days, revision: 0 }
    }

    fn calendar(self) -> Result<WorkCalendar, CalendarError> {
        WorkCalendar::new(&self.zone, self.rule, self.days, self.covered_years)
    }
}

/// What is kept of the tenant's calendar, or the ordinary one.
///
/// # Errors
/// [`DbError`].
pub async fn record(tx: &mut Tx<'_>) -> Result<CalendarRecord, DbError> {
    let Some(WeekRow { zone, rule, revision }) = tx.optional(WEEK, params![tx.tenant()]).await? else {
        return Ok(CalendarRecord::ordinary());
    };
    let rows: Vec<DayRow> = tx.all(DAYS, params![tx.tenant()]).await?;
    let day = |DayRow { day, off, name }: DayRow| match day.parse() {
        Ok(date) => Ok(DayException { date, off, name }),
        Err(_) => Err(broken("day", &day)),
    };
    let days: Vec<DayException> = rows.into_iter().map(day).collect::<Result<_, _>>()?;
    let covered_years = covered_years(&days).into_iter().collect();
    Ok(CalendarRecord { zone, rule: rule.0, days, covered_years, revision })
}

/// The tenant's calendar.
///
/// # Errors
/// [`DbError`].
pub async fn calendar(tx: &mut Tx<'_>) -> Result<Arc<WorkCalendar>, DbError> {
    let record = record(tx).await?;
    record.calendar().map(Arc::new).map_err(|error| broken("work_calendars", &error))
}

fn broken(column: &str, problem: &dyn ToString) -> DbError {
    DbError::Decode { column: column.to_owned(), problem: problem.to_string() }
}

/// Years whose holidays are not known although deadlines set now may reach into them: a warning on the
/// calendar page and the health page. Empty when holidays do not count.
#[must_use]
pub fn years_to_warn_of(calendar: &WorkCalendar, now: Timestamp) -> Vec<i16> {
    calendar.missing_years(now, now.plus(LOOK_AHEAD_DAYS * Timestamp::DAY))
}

/// Makes the ordinary calendar the tenant's own, so that it can be changed. Does nothing where there is one.
///
/// # Errors
/// [`DbError`].
pub async fn start(tx: &mut Tx<'_>, at: Timestamp) -> Result<(), DbError> {
    let CalendarRecord { zone, rule, days, .. } = CalendarRecord::ordinary();
    if tx.execute(START, params![tx.tenant(), zone, Json(rule), at]).await? > 0 {
        add_days(tx, &days).await?;
    }
    Ok(())
}

async fn add_days(tx: &mut Tx<'_>, days: &[DayException]) -> Result<(), DbError> {
    for DayException { date, off, name } in days {
        tx.execute(ADD_DAY, params![tx.tenant(), date.to_string(), off, name]).await?;
    }
    Ok(())
}

/// Sets the week and its zone.
#[derive(Clone, Debug)]
pub struct SaveCalendar {
    /// IANA name of the time zone.
    pub zone: String,
    /// The week.
    pub rule: WorkRule,
    /// Who and when.
    pub edit: Edit,
}

impl Command for SaveCalendar {
    type Output = ();

    /// # Errors
    /// Those of [`CalendarError`].
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        start(tx, self.edit.at).await?;
        let before = record(tx).await?;
        let (zone, rule) = (self.zone.trim().to_owned(), self.rule.clone());
        let after = CalendarRecord { zone: zone.clone(), rule: rule.clone(), ..before.clone() };
        after.calendar().map_err(Refusal::from)?;
        if (&before.zone, &before.rule) == (&zone, &rule) {
            return Ok(());
        }
        let body =
            json!({ "zone": zone, "rule": rule, "before": { "zone": before.zone, "rule": before.rule } });
        tx.execute(SET_WEEK, params![tx.tenant(), zone, Json(rule), self.edit.at]).await?;
        let tenant = tx.tenant().0;
        self.edit.note(tx, "calendar", tenant, "set-week", &body).await?;
        tx.announce("calendar", tenant);
        Ok(())
    }
}

/// Sets all days of a year that differ from the week; none at all leaves the year without data.
#[derive(Clone, Debug)]
pub struct SetDays {
    /// Which year.
    pub year: i16,
    /// Its holidays and make-up workdays.
    pub days: Vec<DayException>,
    /// Who and when.
    pub edit: Edit,
}

impl SetDays {
    fn check(&self) -> Result<(), Refusal> {
        if !YEARS.contains(&self.year) {
            let refusal = Refusal::invalid("year", "calendar-year-bad");
            return Err(refusal.with("first", YEARS.start()).with("last", YEARS.end()));
        }
        for DayException { date, name, .. } in &self.days {
            if date.year() != self.year {
                let refusal = Refusal::invalid("days", "calendar-day-elsewhere");
                return Err(refusal.with("date", date).with("year", self.year));
            }
            if name.trim().is_empty() || name.chars().count() > MAX_DAY_NAME_CHARS {
                let refusal = Refusal::invalid("days", "calendar-day-name-bad");
                return Err(refusal.with("date", date).with("limit", MAX_DAY_NAME_CHARS));
            }
        }
        Ok(())
    }
}

impl Command for SetDays {
    /// Whether the year's holidays now count as known.
    type Output = bool;

    /// # Errors
    /// `calendar-year-bad`, `calendar-day-elsewhere`, `calendar-day-name-bad`, and those of
    /// [`CalendarError`].
    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        self.check()?;
        start(tx, self.edit.at).await?;
        let before = record(tx).await?;
        let (were, mut days): (Vec<DayException>, Vec<DayException>) =
            before.days.iter().cloned().partition(|day| day.date.year() == self.year);
        days.extend(self.days.iter().cloned());
        let covered = covered_years(&days);
        let known = covered.contains(&self.year);
        let after = CalendarRecord { days, covered_years: covered.into_iter().collect(), ..before };
        after.calendar().map_err(Refusal::from)?;
        let tenant = tx.tenant();
        let edge =
            |month, day| Date::new(self.year, month, day).map(|date| date.to_string()).unwrap_or_default();
        tx.execute(CLEAR_DAYS, params![tenant, edge(1, 1), edge(12, 31)]).await?;
        add_days(tx, &self.days).await?;
        tx.execute(DAYS_CHANGED, params![tenant, self.edit.at]).await?;
        let body = json!({ "year": self.year, "days": self.days, "before": were });
        self.edit.note(tx, "calendar", tenant.0, "set-days", &body).await?;
        tx.announce("calendar", tenant.0);
        Ok(known)
    }
}

/// A calendar and the revision that it was loaded at.
type Held = (i64, Arc<WorkCalendar>);

/// Each tenant's calendar, read again when it has changed. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct CalendarCache(Arc<Mutex<HashMap<TenantId, Held>>>);

impl CalendarCache {
    /// The calendar of the asker's tenant, as it was last committed.
    ///
    /// # Errors
    /// [`Failure::Db`].
    pub async fn get(&self, db: &Db, asker: Asker) -> Result<Arc<WorkCalendar>, Failure> {
        let cache = self.clone();
        db.read(asker, move |tx| Box::pin(async move { Ok(cache.at(tx).await?) })).await
    }

    /// Only for transactions that cannot write: what they might take back must not be held.
    async fn at(&self, tx: &mut Tx<'_>) -> Result<Arc<WorkCalendar>, DbError> {
        let tenant = tx.tenant();
        let row: Option<(i64,)> = tx.optional(CALENDAR_REVISION, params![tenant]).await?;
        let revision = row.map_or(0, |(revision,)| revision);
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some((_, calendar)) = held.filter(|(known, _)| *known == revision) {
            return Ok(calendar);
        }
        let calendar = calendar(tx).await?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = all.entry(tenant).or_insert_with(|| (revision, Arc::clone(&calendar)));
        if newest.0 < revision {
            *newest = (revision, Arc::clone(&calendar));
        }
        Ok(calendar)
    }
}
