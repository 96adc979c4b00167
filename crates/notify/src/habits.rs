//! When somebody does not want to be told.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use qige_db::{Command, DbError, Failure, Isolation, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, Timestamp};

use crate::topic::is_urgent;

/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;
/// A pause ends by itself: a shift, a night and a day off. Whoever wants longer ticks channels off.
pub const PAUSE_MICROS_MAX: i64 = 3 * Timestamp::DAY;

statements! {
    /// One person's.
    HABITS = "SELECT quiet_from, quiet_until, digest_at, paused_until FROM notice_habits
        WHERE tenant = $1 AND person = $2";
    /// Puts them in the place of those before.
    KEEP_HABITS = "INSERT INTO notice_habits
            (tenant, person, quiet_from, quiet_until, digest_at, paused_until)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, person) DO UPDATE SET
            quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
            digest_at = excluded.digest_at, paused_until = excluded.paused_until";
}

from_row! {
    /// When somebody is told. Minutes are those of the day in the tenant's zone.
    #[derive(Copy, Default, PartialEq, Eq)]
    pub struct Habits {
        /// From this minute on not …
        pub quiet_from: Option<i64>,
        /// … until this one; it may be of the next day.
        pub quiet_until: Option<i64>,
        /// Once a day at this minute, all together; none: each at once.
        pub digest_at: Option<i64>,
        /// Not before this instant: "not while I work".
        pub paused_until: Option<Timestamp>,
    }
}

impl Habits {
    /// When somebody with these habits gets a notice of that kind which is known at `now`.
    #[must_use]
    pub fn due(&self, kind: &str, now: Timestamp, zone: &TimeZone) -> Timestamp {
        if is_urgent(kind) {
            return now;
        }
        let mut at = self.paused_until.map_or(now, |until| until.max(now));
        if let Some(minute) = self.digest_at {
            at = next_minute(at, minute, zone);
        }
        match self.quiet_from.zip(self.quiet_until) {
            Some((from, until)) if is_within(minute_of(at, zone), from, until) => {
                next_minute(at, until, zone)
            }
            _ => at,
        }
    }

    fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        let minutes = [self.quiet_from, self.quiet_until, self.digest_at];
        if minutes.iter().flatten().any(|minute| !(0..DAY_MINUTES).contains(minute)) {
            return Err(Refusal::invalid("quiet_from", "notice-minute"));
        }
        if self.quiet_from.is_some() != self.quiet_until.is_some() {
            return Err(Refusal::invalid("quiet_until", "notice-quiet-half"));
        }
        if self.paused_until.is_some_and(|until| until.since(now) > PAUSE_MICROS_MAX) {
            return Err(Refusal::invalid("pause", "notice-pause-long"));
        }
        Ok(())
    }
}

/// The span may go over midnight; one from an hour to itself is none.
const fn is_within(minute: i64, from: i64, until: i64) -> bool {
    if from <= until { from <= minute && minute < until } else { from <= minute || minute < until }
}

fn minute_of(at: Timestamp, zone: &TimeZone) -> i64 {
    let time = at.to_jiff().to_zoned_datetime(zone.clone()).time();
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

/// The first instant from `at` on at which that minute of the day begins, or `at` within it.
fn next_minute(at: Timestamp, minute: i64, zone: &TimeZone) -> Timestamp {
    if minute_of(at, zone) == minute {
        return at;
    }
    let part = |n: i64| i8::try_from(n).unwrap_or_default();
    let time = Time::new(part(minute / 60), part(minute % 60), 0, 0).unwrap_or_default();
    let on = |day: Date| zone.to_timestamp(day.to_datetime(time)).map(Timestamp::from);
    let today = at.to_jiff().to_zoned_datetime(zone.clone()).date();
    match on(today) {
        Ok(instant) if instant > at => instant,
        _ => today.tomorrow().and_then(on).unwrap_or(at),
    }
}

/// One person's habits.
///
/// # Errors
/// [`DbError`].
pub async fn habits_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Habits, DbError> {
    Ok(tx.optional(HABITS, params![tx.tenant(), person]).await?.unwrap_or_default())
}

/// Keeps when somebody is told. Their own doing, so nothing is written in the journal.
#[derive(Clone, Copy, Debug)]
pub struct SetHabits {
    /// Who.
    pub person: PersonId,
    /// When.
    pub habits: Habits,
    /// Now.
    pub at: Timestamp,
}

impl Command for SetHabits {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        self.habits.check(self.at)?;
        let Habits { quiet_from, quiet_until, digest_at, paused_until } = self.habits;
        let values = params![tx.tenant(), self.person, quiet_from, quiet_until, digest_at, paused_until];
        tx.execute(KEEP_HABITS, values).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(habits: Habits, now: &str) -> String {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at = habits.due("unit-dispatched", now.parse().unwrap(), &zone);
        at.to_jiff().to_zoned_datetime(zone).strftime("%d %H:%M:%S").to_string()
    }

    #[test]
    fn nobody_is_told_while_they_do_not_want_to_be() {
        let night = Habits { quiet_from: Some(22 * 60), quiet_until: Some(7 * 60), ..Habits::default() };
        let noon = Habits { quiet_from: Some(12 * 60), quiet_until: Some(14 * 60), ..Habits::default() };
        let digest = Habits { digest_at: Some(9 * 60), ..Habits::default() };
        let both = Habits { digest_at: Some(23 * 60), ..night };
        let paused = Habits { paused_until: Some("2026-11-28T14:30:00Z".parse().unwrap()), ..night };
        for (habits, now, told) in [
            (Habits::default(), "2026-11-28T20:00:01Z", "29 04:00:01"),
            (night, "2026-11-28T13:59:59Z", "28 21:59:59"),
            (night, "2026-11-28T14:00:00Z", "29 07:00:00"),
            (night, "2026-11-28T22:59:59Z", "29 07:00:00"),
            (night, "2026-11-28T23:00:00Z", "29 07:00:00"),
            (noon, "2026-11-28T05:30:00Z", "28 14:00:00"),
            (noon, "2026-11-28T06:00:00Z", "28 14:00:00"),
            (digest, "2026-11-28T00:30:00Z", "28 09:00:00"),
            (digest, "2026-11-28T02:00:00Z", "29 09:00:00"),
            // A digest in the quiet hours waits for their end.
            (both, "2026-11-28T10:00:00Z", "29 07:00:00"),
            // A pause that ends in the quiet hours goes on until they end.
            (paused, "2026-11-28T10:00:00Z", "29 07:00:00"),
        ] {
            assert_eq!(due(habits, now), told, "{habits:?} {now}");
        }
        let now: Timestamp = "2026-11-28T14:00:00Z".parse().unwrap();
        assert_eq!(paused.due("new-sign-in", now, &TimeZone::UTC), now, "what is urgent does not wait");
        assert!(paused.due("consent-ends", now, &TimeZone::UTC) > now);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let code = |habits: Habits| habits.check(now).map_err(|refusal| refusal.code);
        let none = Habits::default();
        assert_eq!(code(none), Ok(()));
        assert_eq!(code(Habits { digest_at: Some(DAY_MINUTES - 1), ..none }), Ok(()));
        assert_eq!(code(Habits { digest_at: Some(DAY_MINUTES), ..none }), Err("notice-minute"));
        assert_eq!(code(Habits { quiet_from: Some(0), ..none }), Err("notice-quiet-half"));
        let pause = |micros| Habits { paused_until: Some(now.plus(micros)), ..none };
        assert_eq!(code(pause(PAUSE_MICROS_MAX)), Ok(()));
        assert_eq!(code(pause(PAUSE_MICROS_MAX + 1)), Err("notice-pause-long"));
    }
}
