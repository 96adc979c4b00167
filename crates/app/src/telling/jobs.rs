//! The jobs: a notice is spread over ways, what is due on a way is sent.

use jiff::tz::TimeZone;
use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::{PersonState, Reach, Role, Tenant, holders, person, tenant_by_id};
use qige_jobs::{Job, JobError, Schedule, complete};
use qige_kernel::{NoticeId, PersonId, Timestamp};
use qige_notify::{
    Batch, Hearer, Recipient, SendJob, Settle, SpreadJob, TakeBatch, Taken, WayKind, recipient_of, spread,
    wake,
};
use uuid::Uuid;

use super::Telling;
use super::call::Sending;
use crate::App;

/// Messages that one job sends on one way at most; another goes on.
const IN_A_ROW: u32 = 100;

/// Looks every five minutes after ways whose job was lost.
pub(crate) const WAKE: Schedule = Schedule {
    name: "notify.wake",
    kind: "notify.wake",
    every_micros: 5 * Timestamp::MINUTE,
    offset_micros: 0,
};

async fn tenant_of(app: &App, asker: Asker) -> Result<Tenant, JobError> {
    let id = asker.tenant;
    let found =
        app.db.read(asker, move |tx| Box::pin(async move { Ok(tenant_by_id(tx, id).await?) })).await?;
    found.ok_or_else(|| JobError::GiveUp("the tenant is gone".to_owned()))
}

pub(super) fn zone_of(tenant: &Tenant) -> TimeZone {
    TimeZone::get(&tenant.zone).unwrap_or(TimeZone::UTC)
}

/// Spreads one notice.
pub(crate) async fn spread_one(app: App, asker: Asker, job: Job) -> Result<(), JobError> {
    let SpreadJob { notice } = job.read()?;
    let zone = zone_of(&tenant_of(&app, asker).await?);
    let spread = Spread { notice: notice.into(), zone, now: app.now(), job };
    Ok(app.db.write(asker, spread).await?)
}

struct Spread {
    notice: NoticeId,
    zone: TimeZone,
    now: Timestamp,
    job: Job,
}

impl Command for Spread {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if let Some(recipient) = recipient_of(tx, self.notice).await? {
            let people = people_of(tx, recipient, self.now).await?;
            spread(tx, self.notice, &Hearer { recipient, people }, &self.zone, self.now).await?;
        }
        complete(tx, &self.job, self.now).await?;
        Ok(())
    }
}

/// The people behind a recipient who are here now.
async fn people_of(tx: &mut Tx<'_>, recipient: Recipient, now: Timestamp) -> Result<Vec<PersonId>, Failure> {
    match recipient {
        Recipient::Person(id) => {
            let here = person(tx, id).await?.is_some_and(|person| person.state == PersonState::Active);
            Ok(here.then_some(id).into_iter().collect())
        }
        Recipient::Unit(unit) => {
            let reach = Reach { unit: Some(unit), ..Reach::default() };
            let mut people = holders(tx, Role::UnitHandler, &reach, now).await?;
            people.extend(holders(tx, Role::UnitLead, &reach, now).await?);
            people.sort();
            people.dedup();
            Ok(people)
        }
        Recipient::Follower(_) => Ok(Vec::new()),
    }
}

/// Sends what is due on one way.
pub(crate) async fn send_due(app: App, asker: Asker, job: Job) -> Result<(), JobError> {
    let SendJob { way } = job.read()?;
    let tenant = tenant_of(&app, asker).await?;
    for _ in 0..IN_A_ROW {
        let now = app.now();
        let batch: Uuid = app.entropy.id(now);
        match app.db.write(asker, TakeBatch { way, batch, zone: zone_of(&tenant), now }).await? {
            Taken::Nothing => return Ok(()),
            Taken::Send(batch) => send(&app, &tenant, &batch).await?,
        }
    }
    Ok(app.db.write(asker, Wake { now: app.now().plus(Timestamp::MINUTE) }).await?)
}

async fn send(app: &App, tenant: &Tenant, batch: &Batch) -> Result<(), JobError> {
    let Batch { id, way, items, attempt } = batch;
    let brief = !matches!(way.kind, WayKind::Mail | WayKind::Push);
    let telling = Telling::Items { items, brief };
    let outcome = app.call(&Sending { tenant, way, id: *id, telling }).await;
    let (way, kind) = (way.id, way.kind);
    tracing::info!(%way, %kind, batch = %id, attempt, items = items.len(), ?outcome, "a message");
    let settle = Settle { batch: *id, way, kind, attempt: *attempt, outcome, now: app.now() };
    Ok(app.db.write(Asker::system(tenant.id), settle).await?)
}

/// Looks after ways whose job was lost.
pub(crate) async fn wake_late(app: App, asker: Asker) -> Result<(), JobError> {
    Ok(app.db.write(asker, Wake { now: app.now() }).await?)
}

struct Wake {
    now: Timestamp,
}

impl Command for Wake {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(wake(tx, self.now).await?)
    }
}
