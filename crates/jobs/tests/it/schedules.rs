//! Work that comes back, each tick once.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_jobs::{Job, Schedule};
use qige_kernel::{ManualClock, Timestamp};

use crate::{NOW, Seen, worker};

const HOURLY: Schedule =
    Schedule { name: "hourly", kind: "hourly", every_micros: Timestamp::HOUR, offset_micros: 0 };

#[db_test]
async fn each_tick_is_done_once_by_two_workers(db: TestDb) {
    let (clock, seen) = (ManualClock::at(NOW), Seen::default());
    let workers = [1, 2].map(|_| {
        let mut worker = worker(&db, &clock);
        let note = seen.clone();
        worker.register("hourly", move |_, asker, job: Job| {
            let tick = job.payload.0["tick"].as_str().unwrap().to_owned();
            note.note(format!("{} {tick}", asker.tenant.0.as_u128()));
            async { Ok(()) }
        });
        worker.schedule(HOURLY);
        worker
    });
    for worker in &workers {
        worker.run_until_idle().await.unwrap();
    }
    assert!(seen.take().is_empty(), "the first tick is yet to come");
    let first = HOURLY.after(NOW);
    assert_eq!(workers[0].next_due().await.unwrap(), Some(first));
    clock.set(first);
    let (one, two) = tokio::join!(workers[0].run_until_idle(), workers[1].run_until_idle());
    one.unwrap();
    two.unwrap();
    let mut ticks = seen.take();
    ticks.sort();
    assert_eq!(ticks, [format!("1 {first}"), format!("2 {first}")]);
    // Nobody looked for five hours: one tick makes up for all of them.
    clock.advance(5 * Timestamp::HOUR + 1);
    workers[1].run_until_idle().await.unwrap();
    assert_eq!(seen.take().len(), 2);
    assert_eq!(workers[0].next_due().await.unwrap(), Some(first.plus(6 * Timestamp::HOUR)));
}
