//! What came in and waits: dispatchers are told. The report itself writes nothing for that, since it is what
//! comes most often. What is critical (特急) by its matter is told by name and at once, by the sweep that takes
//! up what came in; of all else they get a number each quarter of an hour, and none where nothing waits.

use std::collections::BTreeMap;

use qige_cases::queries::arrived_waiting;
use qige_cases::search::Arrived;
use qige_cases::{State, Urgency, deadlines::urgency_of};
use qige_db::{Asker, Command, Db, DbError, Failure, Tx};
use qige_identity::{Reach, Role, holders};
use qige_jobs::{JobError, Schedule};
use qige_kernel::{PersonId, PlaceId, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

/// How often what waits is counted.
const EVERY_MICROS: i64 = 15 * Timestamp::MINUTE;
/// When, and a little later than the quarter, so that what was received before it has been committed.
pub(crate) const COUNT: Schedule = Schedule {
    name: "cases.arriving",
    kind: "cases.arriving",
    every_micros: EVERY_MICROS,
    offset_micros: 30 * Timestamp::SECOND,
};
/// What came in longer ago is no news: a case whose row for the search was lost is taken up again.
const NEWS_MICROS: i64 = Timestamp::DAY;

/// Tells of what is critical among cases that have just been taken up.
pub(super) async fn tell_of_critical(
    tx: &mut Tx<'_>,
    arrived: &[Arrived],
    now: Timestamp,
) -> Result<(), DbError> {
    let critical = arrived.iter().filter(|one| {
        one.state == State::Reported
            && urgency_of(None, one.matter) == Urgency::Critical
            && now.since(one.received_at) < NEWS_MICROS
    });
    for one in critical {
        for person in dispatchers(tx, one.community, one.grid, now).await? {
            let notice = NewNotice {
                recipient: Recipient::Person(person),
                kind: "critical-arrived",
                args: json!({ "number": null, "matter": one.matter }),
                about: About::new("case", one.id),
                dedupe: format!("{}:critical-arrived", one.id),
                at: one.received_at,
                hold_until: None,
            };
            post(tx, &notice).await?;
        }
    }
    Ok(())
}

/// Counts what came in during the last whole quarter of an hour and waits still.
pub(crate) async fn count(db: Db, asker: Asker, now: Timestamp) -> Result<(), JobError> {
    let until = Timestamp::from_micros(now.micros() - now.micros().rem_euclid(EVERY_MICROS));
    Ok(db.write(asker, TellCount { until, now }).await?)
}

struct TellCount {
    /// The end of the quarter.
    until: Timestamp,
    now: Timestamp,
}

impl Command for TellCount {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let since = self.until.plus(-EVERY_MICROS);
        let mut waiting: BTreeMap<PersonId, i64> = BTreeMap::new();
        for place in arrived_waiting(tx, since, self.until).await? {
            for person in dispatchers(tx, place.community, place.grid, self.now).await? {
                *waiting.entry(person).or_default() += place.cases;
            }
        }
        let about = About::new("queue", tx.tenant().0);
        for (person, n) in waiting {
            let notice = NewNotice {
                recipient: Recipient::Person(person),
                kind: "reports-arrived",
                args: json!({ "n": n }),
                about,
                dedupe: format!("reports-arrived:{}", self.until.micros()),
                at: self.until,
                hold_until: None,
            };
            post(tx, &notice).await?;
        }
        Ok(())
    }
}

/// The dispatchers of a place.
async fn dispatchers(
    tx: &mut Tx<'_>,
    community: Option<PlaceId>,
    grid: Option<PlaceId>,
    now: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    let mut people = holders(tx, Role::Dispatcher, &Reach { community, grid, unit: None }, now).await?;
    people.sort_unstable();
    people.dedup();
    Ok(people)
}
