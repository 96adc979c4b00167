//! How much more somebody may earn by the reports of a day, a month, of one place, and of the year.

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{CaseId, PersonId, Timestamp};

use crate::ledger::{HeldBack, issued};
use crate::{Amounts, PointRules};

statements! {
    /// What somebody was paid for what they reported between two instants.
    PAID_BETWEEN = "SELECT CAST(COALESCE(SUM(paid), 0) AS BIGINT) FROM point_claims
        WHERE tenant = $1 AND person = $2 AND at >= $3 AND at < $4";
    /// For which cases.
    PAID_FOR = "SELECT case_id FROM point_claims
        WHERE tenant = $1 AND person = $2 AND at >= $3 AND at <= $4 AND paid > 0 ORDER BY at, case_id";
}

/// What is left, and what it is that ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Points.
    pub left: i64,
    /// The narrowest of the bounds.
    pub by: HeldBack,
}

/// The cases by whose reports somebody earned something so many days around an instant: whether they are the
/// same place and matter, others know.
///
/// # Errors
/// [`DbError`].
pub async fn paid_lately(
    tx: &mut Tx<'_>,
    person: PersonId,
    around: Timestamp,
    days: i64,
) -> Result<Vec<CaseId>, DbError> {
    let window = days * Timestamp::DAY;
    let values = params![tx.tenant(), person, around.plus(-window), around.plus(window)];
    let rows: Vec<(CaseId,)> = tx.all(PAID_FOR, values).await?;
    Ok(rows.into_iter().map(|(case,)| case).collect())
}

/// The year in which something was received, whose budget pays for it.
pub(crate) fn year_of(at: Timestamp, zone: &TimeZone) -> i16 {
    day_of(at, zone).year()
}

/// What is left to a person for a report that was received then.
pub(crate) async fn room(
    tx: &mut Tx<'_>,
    person: PersonId,
    at: Timestamp,
    (rules, amounts): (&PointRules, &Amounts),
    zone: &TimeZone,
) -> Result<Room, DbError> {
    let today = day_of(at, zone);
    let month = today.first_of_month();
    let days = (today, today.checked_add(1.day()).unwrap_or(Date::MAX));
    let months = (month, month.checked_add(1.month()).unwrap_or(Date::MAX));
    let day = paid_between(tx, person, days, zone).await?;
    let in_month = paid_between(tx, person, months, zone).await?;
    let in_year = issued(tx, year_of(at, zone)).await?;
    let bounds = [
        (amounts.day_cap - day, HeldBack::DayCap),
        (amounts.month_cap - in_month, HeldBack::MonthCap),
        (rules.year_budget - in_year, HeldBack::Budget),
    ];
    let narrowest = bounds.into_iter().min_by_key(|(left, _)| *left);
    let (left, by) = narrowest.unwrap_or((0, HeldBack::Budget));
    Ok(Room { left: left.max(0), by })
}

async fn paid_between(
    tx: &mut Tx<'_>,
    person: PersonId,
    (from, until): (Date, Date),
    zone: &TimeZone,
) -> Result<i64, DbError> {
    let values = params![tx.tenant(), person, start(from, zone), start(until, zone)];
    let (paid,): (i64,) = tx.one(PAID_BETWEEN, values).await?;
    Ok(paid)
}

fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at.to_jiff()).date()
}

/// The first instant of a day; never, for days beyond the calendar.
fn start(day: Date, zone: &TimeZone) -> Timestamp {
    let start = zone.to_timestamp(day.to_datetime(Time::midnight()));
    start.map_or(Timestamp::from_micros(i64::MAX), Timestamp::from)
}
