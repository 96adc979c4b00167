//! Several workers at once, by the real clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_jobs::{Job, Worker};
use qige_kernel::{Clock, SystemClock, Timestamp};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::{Step, add, backlog, numbered, us, worker_with};

/// Which jobs are being worked at, and how often each was.
#[derive(Default)]
struct Watch {
    under_way: BTreeSet<u64>,
    runs: BTreeMap<u64, u32>,
}

fn watching(db: &TestDb, id: u128, watch: &Arc<Mutex<Watch>>, done: &Arc<Notify>) -> Arc<Worker> {
    let mut worker = worker_with(db, Arc::new(SystemClock), id);
    let (watch, done) = (Arc::clone(watch), Arc::clone(done));
    worker.register("a", move |_, _, job: Job| {
        let (watch, done) = (Arc::clone(&watch), Arc::clone(&done));
        async move {
            let number = job.payload.0["n"].as_u64().unwrap();
            {
                let mut watch = watch.lock().unwrap();
                assert!(watch.under_way.insert(number), "{number} is worked at twice at the same time");
                *watch.runs.entry(number).or_default() += 1;
            }
            tokio::time::sleep(Duration::from_millis(number % 7)).await;
            watch.lock().unwrap().under_way.remove(&number);
            done.notify_one();
            Ok(())
        }
    });
    Arc::new(worker)
}

#[db_test]
async fn two_workers_share_without_meeting(db: TestDb) {
    const JOBS: u64 = 150;
    let (watch, done, stop) = (Arc::default(), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let workers: Vec<_> = [1, 2]
        .map(|id| {
            let stop = Arc::clone(&stop);
            let stop = async move { stop.notified().await };
            tokio::spawn(watching(&db, id, &watch, &done).run(stop))
        })
        .into();
    let now = SystemClock.now();
    for number in 0..JOBS {
        let new = numbered("a", number).not_before(now);
        db.write(us(), Step::Add(new)).await.unwrap();
    }
    let started = Instant::now();
    while backlog(&db, us()).await != qige_jobs::Backlog::default() {
        assert!(started.elapsed() < Duration::from_secs(30));
        let _soon = timeout(Duration::from_millis(50), done.notified()).await;
    }
    stop.notify_waiters();
    for worker in workers {
        timeout(Duration::from_secs(10), worker).await.unwrap().unwrap();
    }
    let watch = watch.lock().unwrap();
    assert_eq!(watch.runs.len(), usize::try_from(JOBS).unwrap());
    assert!(watch.runs.values().all(|runs| *runs == 1), "{:?}", watch.runs);
}

#[db_test]
async fn a_worker_wakes_when_a_job_is_put_there(db: TestDb) {
    let (watch, done, stop) = (Arc::default(), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let stopping = Arc::clone(&stop);
    let running = tokio::spawn(watching(&db, 1, &watch, &done).run(async move { stopping.notified().await }));
    // It looks by itself every five seconds; the first announcements may come before anybody listens.
    let mut quickest = Duration::MAX;
    for number in 0..20 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let put = Instant::now();
        add(&db, numbered("a", number).not_before(SystemClock.now())).await;
        timeout(Duration::from_secs(20), done.notified()).await.unwrap();
        quickest = quickest.min(put.elapsed());
        if quickest < Duration::from_secs(1) {
            break;
        }
    }
    assert!(quickest < Duration::from_secs(1), "{quickest:?}");
    stop.notify_waiters();
    running.await.unwrap();
}

#[db_test]
async fn a_job_of_later_is_begun_on_time(db: TestDb) {
    let (watch, done, stop) = (Arc::default(), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let stopping = Arc::clone(&stop);
    let running = tokio::spawn(watching(&db, 1, &watch, &done).run(async move { stopping.notified().await }));
    let due = SystemClock.now().plus(Timestamp::SECOND);
    add(&db, numbered("a", 1).not_before(due)).await;
    timeout(Duration::from_secs(20), done.notified()).await.unwrap();
    assert!(SystemClock.now() >= due);
    stop.notify_waiters();
    running.await.unwrap();
}
