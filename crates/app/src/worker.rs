//! Jobs and schedules, each with its handler.

use std::sync::Arc;

use qige_db::{Asker, BoxFuture, Db};
use qige_identity::tenants;
use qige_jobs::{Job, JobError, Schedule, Tenants, Worker};
use qige_kernel::TenantId;
use uuid::Uuid;

use crate::reactions::{
    arriving, by_rule, case_event, consenting, earning, lateness, learning, marking, merged_place, rooting,
    sealing, searching, watching, without_photo,
};
use crate::telling::jobs;
use crate::{App, retention};

/// What is done on a schedule, for one tenant.
type ScheduledJob = fn(App, Asker) -> BoxFuture<'static, Result<(), JobError>>;

/// A worker that knows everything that is to be done.
#[must_use]
pub fn worker(app: &App) -> Worker {
    let id: Uuid = app.entropy.id(app.now());
    let mut worker = Worker::new(app.db.clone(), app.clock.clone(), id, every_tenant(app.db.clone()));
    qige_notify::work(&mut worker);
    let own = app.clone();
    worker.register(qige_cases::CASE_EVENT, move |db: Db, asker: Asker, job: Job| {
        case_event::react(db, asker, job, own.clone())
    });
    let own = app.clone();
    worker.register(without_photo::ERASE_PHOTOS, move |db: Db, asker: Asker, job: Job| {
        without_photo::react(db, asker, job, own.now())
    });
    let own = app.clone();
    worker.register(earning::SETTLE, move |_db, asker: Asker, job: Job| {
        earning::react(own.clone(), asker, job)
    });
    let own = app.clone();
    worker.register(qige_notify::SPREAD, move |_db, asker: Asker, job: Job| {
        jobs::spread_one(own.clone(), asker, job)
    });
    let own = app.clone();
    worker.register(qige_notify::SEND, move |_db, asker: Asker, job: Job| {
        jobs::send_due(own.clone(), asker, job)
    });
    let own = app.clone();
    worker.register(merged_place::KIND, move |_db, asker: Asker, job: Job| {
        merged_place::follow(own.clone(), asker, job)
    });
    let own = app.clone();
    worker.register(qige_cases::search::SEARCH_CASE, move |db: Db, asker: Asker, job: Job| {
        searching::look_again(db, asker, job, own.now())
    });
    let mut often = |schedule: Schedule, job: ScheduledJob| {
        let own = app.clone();
        worker.register(schedule.kind, move |_db, asker: Asker, _job| job(own.clone(), asker));
        worker.schedule(schedule);
    };
    often(arriving::COUNT, |app, us| Box::pin(arriving::count(app.db.clone(), us, app.now())));
    often(by_rule::LOOK, |app, us| Box::pin(by_rule::look(app, us)));
    often(lateness::LOOK, |app, us| Box::pin(lateness::look(app.db.clone(), us, app.now())));
    often(learning::LEARN, |app, us| Box::pin(learning::learn(app, us)));
    often(searching::LOOK, |app, us| Box::pin(searching::look(app.db.clone(), us, app)));
    often(marking::FILL, |app, us| Box::pin(marking::fill(app.db.clone(), us)));
    often(sealing::RESEAL, |app, us| Box::pin(sealing::reseal(app, us)));
    often(watching::WATCH, |app, us| Box::pin(watching::watch(app, us)));
    often(consenting::LOOK, |app, us| Box::pin(consenting::look(app, us)));
    often(rooting::ROOT, |app, us| Box::pin(rooting::root(app, us)));
    often(retention::RUN, |app, us| Box::pin(retention::run(app, us)));
    often(retention::RUN_OFTEN, |app, us| Box::pin(retention::run_often(app, us)));
    often(jobs::WAKE, |app, us| Box::pin(jobs::wake_late(app, us)));
    worker
}

fn every_tenant(db: Db) -> Tenants {
    Arc::new(move || {
        let db = db.clone();
        Box::pin(async move {
            let nobody = Asker::system(TenantId(Uuid::nil()));
            let found = db.read(nobody, |tx| Box::pin(async move { Ok(tenants(tx).await?) })).await?;
            Ok(found.into_iter().map(|tenant| tenant.id).collect())
        })
    })
}
