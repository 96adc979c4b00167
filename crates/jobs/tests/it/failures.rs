//! Jobs that are tried again, and jobs that gave up.

use qige_db::testing::TestDb;
use qige_db::{Db, db_test};
use qige_jobs::{ATTEMPTS, FailedPage, JobError};
use qige_kernel::{Clock, ManualClock, Timestamp};

use crate::{NOW, Seen, Step, add, backlog, numbered, us, worker};

async fn failed(db: &Db, before: Option<(Timestamp, qige_kernel::JobId)>) -> FailedPage {
    db.read(us(), move |tx| Box::pin(async move { Ok(qige_jobs::failed(tx, before).await?) })).await.unwrap()
}

#[db_test]
async fn tried_again_later_and_later_then_shown(db: TestDb) {
    let (clock, seen) = (ManualClock::at(NOW), Seen::default());
    let mut worker = worker(&db, &clock);
    let note = seen.clone();
    worker.register("a", move |_, _, job| {
        note.note(job.attempts.to_string());
        async { Err(JobError::Retry("the gateway is away".to_owned())) }
    });
    add(&db, numbered("a", 1)).await;
    let mut pauses = Vec::new();
    for attempt in 1..=ATTEMPTS {
        let began = clock.now();
        assert_eq!(worker.run_until_idle().await.unwrap(), 1);
        assert_eq!(worker.run_until_idle().await.unwrap(), 0);
        if attempt == ATTEMPTS {
            break;
        }
        let next = worker.next_due().await.unwrap().unwrap();
        pauses.push(next.since(began));
        clock.set(next);
    }
    assert_eq!(seen.take().len(), usize::try_from(ATTEMPTS).unwrap());
    assert!(pauses.windows(2).all(|pair| pair[0] < pair[1]), "{pauses:?}");
    let page = failed(&db, None).await;
    assert_eq!(page.jobs.len(), 1);
    let job = &page.jobs[0];
    assert_eq!((job.kind.as_str(), job.attempts), ("a", ATTEMPTS));
    assert_eq!(job.problem.as_deref(), Some("the gateway is away"));
    assert_eq!(backlog(&db, us()).await.failed, 1);

    // Somebody has mended the gateway.
    let note = seen.clone();
    worker.register("a", move |_, _, job| {
        note.note(job.attempts.to_string());
        async { Ok(()) }
    });
    assert_eq!(worker.run_until_idle().await.unwrap(), 0);
    let now = clock.now();
    assert!(db.write(us(), Step::Retry(job.id, now)).await.unwrap());
    assert!(!db.write(us(), Step::Retry(job.id, now)).await.unwrap());
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    assert_eq!(seen.take(), ["1"]);
    assert!(failed(&db, None).await.jobs.is_empty());
}

#[db_test]
async fn what_can_never_work_is_shown_at_once(db: TestDb) {
    let clock = ManualClock::at(NOW);
    let mut worker = worker(&db, &clock);
    worker.register("a", |db: Db, asker, job: qige_jobs::Job| async move {
        // A rule that says no says it again.
        db.write(
            asker,
            Step::AddAndRefuse(numbered("b", job.read::<serde_json::Value>()?["n"].as_u64().unwrap())),
        )
        .await?;
        Ok(())
    });
    for number in 0..120 {
        add(&db, numbered("a", number)).await;
    }
    assert_eq!(worker.run_until_idle().await.unwrap(), 120);
    let (mut ids, mut before) = (Vec::new(), None);
    loop {
        let page = failed(&db, before).await;
        ids.extend(page.jobs.iter().map(|job| job.id));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 120);
    assert!(db.write(us(), Step::Discard(ids[0])).await.unwrap());
    assert!(!db.write(us(), Step::Discard(ids[0])).await.unwrap());
    let count =
        db.read(us(), |tx| Box::pin(async move { Ok(qige_jobs::failed_count(tx).await?) })).await.unwrap();
    assert_eq!(count, 119);
}

#[db_test]
async fn a_panic_ends_one_attempt_and_nothing_else(db: TestDb) {
    let (clock, seen) = (ManualClock::at(NOW), Seen::default());
    let mut worker = worker(&db, &clock);
    worker.register("a", |_, _, _| async { panic!("on purpose") });
    let note = seen.clone();
    worker.register("b", move |_, _, _| {
        note.note("b");
        async { Ok(()) }
    });
    add(&db, numbered("a", 1)).await;
    add(&db, numbered("b", 2)).await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 2);
    assert_eq!(seen.take(), ["b"]);
    let found = backlog(&db, us()).await;
    assert_eq!((found.waiting, found.running, found.failed), (1, 0, 0));
}

#[db_test]
async fn a_job_that_kills_its_worker_is_not_begun_for_ever(db: TestDb) {
    let (clock, seen) = (ManualClock::at(NOW), Seen::default());
    add(&db, numbered("a", 1)).await;
    for _ in 0..ATTEMPTS {
        let claim = crate::Claim { now: clock.now(), kinds: &["a"], limit: 1 };
        assert_eq!(db.write(us(), claim).await.unwrap().len(), 1);
        clock.advance(Timestamp::MINUTE);
    }
    let mut worker = worker(&db, &clock);
    let note = seen.clone();
    worker.register("a", move |_, _, _| {
        note.note("begun");
        async { Ok(()) }
    });
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    assert!(seen.take().is_empty());
    assert_eq!(failed(&db, None).await.jobs.len(), 1);
}
