//! What one worker promises.

use std::time::Duration;

use qige_db::testing::TestDb;
use qige_db::{Asker, Command, Db, Failure, Tx, db_test};
use qige_jobs::{Job, NewJob};
use qige_kernel::{Clock, ManualClock, Timestamp};
use serde_json::json;

use crate::{Claim, NOW, Seen, Step, add, backlog, numbered, tenant, us, worker};

#[db_test]
async fn jobs_run_in_the_order_they_are_due(db: TestDb) {
    let (clock, seen) = (ManualClock::at(NOW), Seen::default());
    let mut worker = worker(&db, &clock);
    let note = seen.clone();
    worker.register("a", move |_, asker: Asker, job: Job| {
        note.note(format!("{}/{}", asker.tenant.0.as_u128(), job.payload.0["n"]));
        async { Ok(()) }
    });
    for (number, earlier) in [(1, 2), (2, 7), (3, 0), (4, -1)] {
        add(&db, numbered("a", number).not_before(NOW.plus(-earlier))).await;
    }
    db.write(Asker::system(tenant(2)), Step::Add(numbered("a", 5))).await.unwrap();
    db.write(Asker::system(tenant(3)), Step::Add(numbered("a", 6))).await.unwrap();
    assert_eq!(worker.run_until_idle().await.unwrap(), 4);
    assert_eq!(seen.take(), ["1/2", "1/1", "1/3", "2/5"]);
    assert_eq!(worker.next_due().await.unwrap(), Some(NOW.plus(1)));
    clock.advance(1);
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
}

#[db_test]
async fn jobs_may_add_jobs(db: TestDb) {
    let (clock, seen) = (ManualClock::at(NOW), Seen::default());
    let mut worker = worker(&db, &clock);
    let note = seen.clone();
    worker.register("a", move |db: Db, asker, job: Job| {
        let note = note.clone();
        async move {
            let number = job.read::<serde_json::Value>()?["n"].as_u64().unwrap();
            note.note(number.to_string());
            if number > 0 {
                db.write(asker, Step::Add(numbered("a", number - 1))).await?;
            }
            Ok(())
        }
    });
    add(&db, numbered("a", 3)).await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 4);
    assert_eq!(seen.take(), ["3", "2", "1", "0"]);
    assert_eq!(backlog(&db, us()).await.waiting, 0);
}

/// The work and the word of it in one transaction: another job stands for what the work changes.
struct WorkAndComplete(Job, &'static str);

impl Command for WorkAndComplete {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if qige_jobs::complete(tx, &self.0, NOW).await? {
            qige_jobs::enqueue(tx, NewJob::new("effect", json!({ "by": self.1 }), NOW)).await?;
        }
        Ok(())
    }
}

#[db_test]
async fn run_twice_it_is_done_once(db: TestDb) {
    let clock = ManualClock::at(NOW);
    add(&db, numbered("a", 1)).await;
    // A process takes the job and is not heard of again until its lease has ended.
    let slow = db.write(us(), Claim { now: NOW, kinds: &["a"], limit: 1 }).await.unwrap().remove(0);
    clock.advance(Timestamp::MINUTE);
    let mut worker = worker(&db, &clock);
    worker.register("a", |db: Db, asker, job| async move {
        Ok(db.write(asker, WorkAndComplete(job, "quick")).await?)
    });
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    db.write(us(), WorkAndComplete(slow, "slow")).await.unwrap();
    let effects = db.write(us(), Claim { now: NOW, kinds: &["effect"], limit: 9 }).await.unwrap();
    assert_eq!(effects.len(), 1);
    assert_eq!(effects[0].payload.0["by"], "quick");
}

#[db_test]
async fn keys_are_forgotten_a_month_after(db: TestDb) {
    let clock = ManualClock::at(NOW);
    let mut worker = worker(&db, &clock);
    worker.register("a", |_, _, _| async { Ok(()) });
    add(&db, numbered("a", 1).once("k")).await;
    worker.run_until_idle().await.unwrap();
    for _day in 0..29 {
        clock.advance(Timestamp::DAY);
        worker.run_until_idle().await.unwrap();
    }
    assert!(!add(&db, numbered("a", 1).once("k")).await);
    clock.advance(2 * Timestamp::DAY);
    worker.run_until_idle().await.unwrap();
    assert!(add(&db, numbered("a", 1).once("k")).await);
}

/// Ten leases long by its own clock, which goes on while it works.
#[db_test]
async fn a_slow_handler_keeps_its_lease(db: TestDb) {
    let clock = ManualClock::at(NOW);
    let mut worker = worker(&db, &clock).with_lease(300 * Timestamp::SECOND / 1000);
    let handler_clock = clock.clone();
    worker.register("a", move |db: Db, asker, _| {
        let clock = handler_clock.clone();
        async move {
            for _ in 0..30 {
                tokio::time::sleep(Duration::from_millis(100)).await;
                clock.advance(50 * Timestamp::SECOND / 1000);
                let others = Claim { now: clock.now(), kinds: &["a"], limit: 1 };
                assert!(db.write(asker, others).await?.is_empty(), "nobody else may have it");
            }
            Ok(())
        }
    });
    add(&db, numbered("a", 1)).await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    assert_eq!(backlog(&db, us()).await, qige_jobs::Backlog::default());
}

#[db_test]
async fn a_handler_without_its_lease_is_stopped(db: TestDb) {
    let (clock, seen) = (ManualClock::at(NOW), Seen::default());
    let mut worker = worker(&db, &clock).with_lease(300 * Timestamp::SECOND / 1000);
    let (handler_clock, note) = (clock.clone(), seen.clone());
    worker.register("a", move |db: Db, asker, _| {
        let (clock, note) = (handler_clock.clone(), note.clone());
        async move {
            // The machine slept: the lease has ended, and another worker has the job.
            clock.advance(Timestamp::HOUR);
            let others = Claim { now: clock.now(), kinds: &["a"], limit: 1 };
            note.note(format!("taken {}", db.write(asker, others).await?.len()));
            tokio::time::sleep(Duration::from_secs(60)).await;
            note.note("went on");
            Ok(())
        }
    });
    add(&db, numbered("a", 1)).await;
    let done = tokio::time::timeout(Duration::from_secs(20), worker.run_until_idle()).await;
    assert_eq!(done.unwrap().unwrap(), 1);
    assert_eq!(seen.take(), ["taken 1"]);
    assert_eq!(backlog(&db, us()).await.running, 1, "it is the other worker's");
}
