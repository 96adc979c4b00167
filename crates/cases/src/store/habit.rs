//! What a place usually has at an hour of the day: counts of filed matters, of nobody.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{Position, Timestamp};

use crate::MatterKey;

/// Hours of a day.
const HOURS: i64 = 24;

statements! {
    /// One more, or one less when a filing is undone.
    ADD_HABIT = "INSERT INTO matter_habits (tenant, cell, hour, matter, count) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, cell, hour, matter) DO UPDATE SET count = matter_habits.count + excluded.count";
    /// What was filed in nine squares, most often first.
    HABITS = "SELECT hour, matter, CAST(SUM(count) AS BIGINT) AS count FROM matter_habits
        WHERE tenant = $1 AND cell IN ($2, $3, $4, $5, $6, $7, $8, $9, $10)
        GROUP BY hour, matter HAVING SUM(count) > 0 ORDER BY 3 DESC, matter, hour";
}

from_row! {
    /// How often a matter was filed around a place at an hour.
    pub struct Habit {
        /// Hour of the day in the tenant's zone, 0 to 23.
        pub hour: i64,
        /// Which matter.
        pub matter: MatterKey,
        /// How often.
        pub count: i64,
    }
}

/// What was filed within about a kilometre of a point, most often first.
///
/// # Errors
/// [`DbError`].
pub async fn habits(tx: &mut Tx<'_>, position: Position) -> Result<Vec<Habit>, DbError> {
    let [a, b, c, d, e, f, g, h, i] = super::cells_around(position);
    tx.all(HABITS, params![tx.tenant(), a, b, c, d, e, f, g, h, i]).await
}

/// What was filed within about a kilometre of a point around an hour of the day (0 to 23), most often first:
/// what [`suggest`](crate::suggest::suggest) asks for.
///
/// # Errors
/// [`DbError`].
pub async fn usual_at(
    tx: &mut Tx<'_>,
    position: Position,
    hour: i64,
) -> Result<Vec<(MatterKey, u32)>, DbError> {
    let mut counts: BTreeMap<MatterKey, u32> = BTreeMap::new();
    for habit in habits(tx, position).await? {
        // The hour before and the hour after are about the same time, also across midnight.
        let apart = (habit.hour - hour).rem_euclid(HOURS);
        if apart <= 1 || apart == HOURS - 1 {
            let count = counts.entry(habit.matter).or_default();
            *count = count.saturating_add(u32::try_from(habit.count).unwrap_or_default());
        }
    }
    let mut usual: Vec<(MatterKey, u32)> = counts.into_iter().collect();
    usual.sort_by_key(|(matter, count)| (Reverse(*count), *matter));
    Ok(usual)
}

/// Hour of the day of an instant in a zone, 0 to 23.
#[must_use]
pub fn hour_of(instant: Timestamp, zone: &jiff::tz::TimeZone) -> i64 {
    i64::from(zone.to_datetime(instant.to_jiff()).hour())
}
