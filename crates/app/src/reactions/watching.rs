//! Who reads much, when nobody is at work, or of people for whom there is no case in hand (neighbours, or the
//! same person again and again), is told of to the auditors. Nobody is stopped by it: there may be a reason,
//! and the auditor can ask for it.

use std::collections::BTreeMap;

use qige_cases::queries::{has_in_hand, reported_where};
use qige_db::{Asker, Command, DbError, Failure, Tx};
use qige_identity::{
    IndexKey, Look, READING_LIMITS, Reach, ReadingLimits, Role, Scope, Unusual, UnusualReading, holders,
    lives_in, looks_at, looks_in_a_week, neighbourhood_of, person_name, setting, unusual_readings,
};
use qige_jobs::{JobError, Schedule};
use qige_kernel::{PersonId, ReportId, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use crate::App;

/// Each hour, when the one before is over.
pub(crate) const WATCH: Schedule = Schedule {
    name: "identity.watch",
    kind: "identity.watch",
    every_micros: Timestamp::HOUR,
    offset_micros: 2 * Timestamp::MINUTE,
};
/// Hours looked at each time: a server may have been off. Looking twice at the same hour tells nobody twice.
const HOURS_BACK: i64 = 24;
/// Who looks at the same person again and again is told of once in so long, microseconds.
const AGAIN_MICROS: i64 = 7 * Timestamp::DAY;

/// Looks at the hours that are over.
pub(crate) async fn watch(app: App, asker: Asker) -> Result<(), JobError> {
    let now = app.now();
    let calendar = app.rulebooks.of(asker.tenant, now).await?.calendar.clone();
    let limits: Option<ReadingLimits> =
        app.db.read(asker, |tx| Box::pin(async move { Ok(setting(tx, READING_LIMITS).await?) })).await?;
    let limits = limits.unwrap_or_default();
    let key = app.vault.index_key(asker.tenant).await?;
    let whole = Timestamp::from_micros(now.micros() - now.micros().rem_euclid(Timestamp::HOUR));
    for back in 1..=HOURS_BACK {
        let from = whole.plus(-back * Timestamp::HOUR);
        let hour = i8::try_from(calendar.minute_at(from) / 60).unwrap_or_default();
        let at_work = calendar.is_workday(calendar.date_at(from)) && limits.at_work(hour);
        let key = key.clone();
        let found = app.db.read(asker, move |tx| {
            Box::pin(async move {
                let hour = format!("reading/{}", from.micros());
                let unusual = unusual_readings(tx, &limits, from, at_work).await?.into_iter();
                let mut found: Vec<Found> = unusual
                    .map(|one| Found { dedupe: format!("{hour}/{}", one.reader), unusual: one })
                    .collect();
                found.extend(without_reason(tx, &key, &limits, from).await?);
                Ok(found)
            })
        });
        let found = found.await?;
        if !found.is_empty() {
            app.db.write(asker, Tell { found, now }).await?;
        }
    }
    Ok(())
}

struct Found {
    unusual: UnusualReading,
    /// What is told once.
    dedupe: String,
}

/// Looks at single people, in the hour from `from`, for which no case in hand gives a reason.
async fn without_reason(
    tx: &mut Tx<'_>,
    key: &IndexKey,
    limits: &ReadingLimits,
    from: Timestamp,
) -> Result<Vec<Found>, DbError> {
    let until = from.plus(Timestamp::HOUR);
    let (mut found, mut neighbours) = (Vec::new(), BTreeMap::<PersonId, i64>::new());
    for look in looks_at(tx, from).await? {
        let Look { reader, owner } = look;
        if has_in_hand(tx, reader, owner, until).await? {
            continue;
        }
        let near = near(tx, look).await?;
        if lives_in(tx, key, reader, &near).await? {
            *neighbours.entry(reader).or_default() += 1;
        }
        let count = looks_in_a_week(tx, look, until).await?;
        if count > limits.looks_a_week {
            let week = until.micros().div_euclid(AGAIN_MICROS);
            let unusual = UnusualReading { reader, how: Unusual::Again, count };
            found.push(Found { unusual, dedupe: format!("reading/again/{week}/{reader}/{owner}") });
        }
    }
    found.extend(neighbours.into_iter().map(|(reader, count)| Found {
        unusual: UnusualReading { reader, how: Unusual::Neighbour, count },
        dedupe: format!("reading/neighbour/{}/{reader}", from.micros()),
    }));
    Ok(found)
}

/// Where whoever was looked at lives, or reported without an account.
async fn near(tx: &mut Tx<'_>, look: Look) -> Result<Vec<Scope>, DbError> {
    Ok(match reported_where(tx, ReportId(look.owner)).await? {
        Some((community, grid)) => {
            community.map(Scope::Community).into_iter().chain(grid.map(Scope::Grid)).collect()
        }
        None => neighbourhood_of(tx, PersonId(look.owner)).await?,
    })
}

struct Tell {
    found: Vec<Found>,
    now: Timestamp,
}

impl Command for Tell {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let auditors = holders(tx, Role::Auditor, &Reach::default(), self.now).await?;
        for Found { unusual, dedupe } in &self.found {
            let name = person_name(tx, unusual.reader).await?.unwrap_or_default();
            let kind = match unusual.how {
                Unusual::Many => "reading-many",
                Unusual::Late => "reading-late",
                Unusual::Neighbour => "reading-neighbour",
                Unusual::Again => "reading-again",
            };
            for auditor in &auditors {
                let notice = NewNotice {
                    recipient: Recipient::Person(*auditor),
                    kind,
                    args: json!({ "name": name, "n": unusual.count }),
                    about: About::new("reader", unusual.reader),
                    dedupe: dedupe.clone(),
                    at: self.now,
                    hold_until: None,
                };
                post(tx, &notice).await?;
            }
        }
        Ok(())
    }
}
