//! Jobs and schedules, each with its handler.

use std::sync::Arc;

use qige_db::{Asker, Db};
use qige_identity::tenants;
use qige_jobs::{Job, Tenants, Worker};
use qige_kernel::TenantId;
use uuid::Uuid;

use crate::App;
use crate::reactions::{
    by_rule, case_event, keeping, lateness, learning, marking, merged_place, rooting, sealing, searching,
    watching, without_photo,
};

/// A worker that knows everything that is to be done.
#[must_use]
pub fn worker(app: &App) -> Worker {
    let id: Uuid = app.entropy.id(app.now());
    let mut worker = Worker::new(app.db.clone(), app.clock.clone(), id, every_tenant(app.db.clone()));
    qige_notify::work(&mut worker, app.clock.clone());
    let own = app.clone();
    worker.register(qige_cases::CASE_EVENT, move |db: Db, asker: Asker, job: Job| {
        case_event::react(db, asker, job, own.clone())
    });
    let own = app.clone();
    worker.register(without_photo::ERASE_PHOTOS, move |db: Db, asker: Asker, job: Job| {
        without_photo::react(db, asker, job, own.now())
    });
    let own = app.clone();
    worker.register(merged_place::KIND, move |_db, asker: Asker, job: Job| {
        merged_place::follow(own.clone(), asker, job)
    });
    let own = app.clone();
    worker.register(lateness::LOOK.kind, move |db: Db, asker: Asker, _job| {
        lateness::look(db, asker, own.now())
    });
    let own = app.clone();
    worker.register(keeping::SWEEP.kind, move |_db, asker: Asker, _job| {
        keeping::sweep_objects(own.clone(), asker)
    });
    let own = app.clone();
    worker.register(keeping::FORGET.kind, move |_db, asker: Asker, _job| keeping::forget(own.clone(), asker));
    let own = app.clone();
    worker.register(by_rule::LOOK.kind, move |_db, asker: Asker, _job| by_rule::look(own.clone(), asker));
    let own = app.clone();
    worker.register(learning::LEARN.kind, move |_db, asker: Asker, _job| learning::learn(own.clone(), asker));
    let own = app.clone();
    worker.register(qige_cases::search::SEARCH_CASE, move |db: Db, asker: Asker, job: Job| {
        searching::look_again(db, asker, job, own.now())
    });
    let own = app.clone();
    worker.register(searching::LOOK.kind, move |db: Db, asker: Asker, _job| {
        searching::look(db, asker, own.clone())
    });
    worker.register(marking::FILL.kind, move |db: Db, asker: Asker, _job| marking::fill(db, asker));
    let own = app.clone();
    worker.register(sealing::RESEAL.kind, move |_db, asker: Asker, _job| sealing::reseal(own.clone(), asker));
    let own = app.clone();
    worker.register(rooting::ROOT.kind, move |_db, asker: Asker, _job| rooting::root(own.clone(), asker));
    let own = app.clone();
    worker.register(watching::WATCH.kind, move |_db, asker: Asker, _job| watching::watch(own.clone(), asker));
    for schedule in [
        by_rule::LOOK,
        lateness::LOOK,
        learning::LEARN,
        searching::LOOK,
        marking::FILL,
        sealing::RESEAL,
        watching::WATCH,
        rooting::ROOT,
        keeping::SWEEP,
        keeping::FORGET,
    ] {
        worker.schedule(schedule);
    }
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
