//! Work that comes back.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::Timestamp;
use serde_json::json;

use crate::{NewJob, enqueue};

statements! {
    /// When each is due next.
    NEXT_TICKS = "SELECT name, next_at FROM schedules WHERE tenant = $1";
    /// A schedule that this tenant has not seen.
    BEGIN = "INSERT INTO schedules (tenant, name, next_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    /// Only one process moves a tick on.
    MOVE_ON = "UPDATE schedules SET next_at = $4 WHERE tenant = $1 AND name = $2 AND next_at = $3";
}

/// Work that comes back at regular instants: `offset`, `offset + every`, … counted from 1970-01-01T00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its name, which the database remembers it by.
    pub name: &'static str,
    /// Kind of the job that each tick puts into the queue, with `{"tick": instant}` as payload.
    pub kind: &'static str,
    /// Microseconds from tick to tick, at least one second.
    pub every_micros: i64,
    /// Microseconds by which the ticks are moved: 18.5 hours make a daily tick fall at 02:30 in China.
    pub offset_micros: i64,
}

impl Schedule {
    /// The first tick after `now`. Ticks that passed while nobody looked are not made up for.
    #[must_use]
    pub fn after(&self, now: Timestamp) -> Timestamp {
        let every = self.every_micros.max(Timestamp::SECOND);
        let since = now.micros().saturating_sub(self.offset_micros);
        let passed = since.div_euclid(every).saturating_add(1);
        Timestamp::from_micros(passed.saturating_mul(every).saturating_add(self.offset_micros))
    }
}

/// The ticks a tenant knows of, as (name, next tick).
pub(crate) async fn next_ticks(tx: &mut Tx<'_>) -> Result<Vec<(String, Timestamp)>, DbError> {
    tx.all(NEXT_TICKS, params![tx.tenant()]).await
}

/// Puts the job of a tick that has come into the queue and moves the schedule on. `known` is the next tick
/// as it was read (none: this tenant has not seen the schedule, and its first tick is yet to come). False
/// when nothing was due, or another process did it.
///
/// # Errors
/// [`DbError`].
pub async fn tick(
    tx: &mut Tx<'_>,
    schedule: &Schedule,
    known: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let next = schedule.after(now);
    let Some(due) = known else {
        tx.execute(BEGIN, params![tx.tenant(), schedule.name, next]).await?;
        return Ok(false);
    };
    if due > now || tx.execute(MOVE_ON, params![tx.tenant(), schedule.name, due, next]).await? == 0 {
        return Ok(false);
    }
    let job = NewJob::new(schedule.kind, json!({ "tick": due }), due);
    enqueue(tx, job.once(format!("{}@{}", schedule.name, due.micros()))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_fall_on_the_offset() {
        let daily = Schedule {
            name: "night",
            kind: "night",
            every_micros: Timestamp::DAY,
            offset_micros: 37 * Timestamp::HOUR / 2,
        };
        let after = |text: &str| daily.after(text.parse().unwrap()).to_string();
        assert_eq!(after("2026-11-01T18:29:59Z"), "2026-11-01T18:30:00Z");
        assert_eq!(after("2026-11-01T18:30:00Z"), "2026-11-02T18:30:00Z");
        assert_eq!(after("1969-12-31T00:00:00Z"), "1969-12-31T18:30:00Z");
        let hasty = Schedule { every_micros: 0, offset_micros: 0, ..daily };
        assert_eq!(hasty.after(Timestamp::from_micros(1)), Timestamp::from_micros(Timestamp::SECOND));
    }
}
