//! The states of a job, without a worker.

use qige_db::testing::{TestDb, unprepared};
use qige_db::{Asker, db_test};
use qige_jobs::JobError;
use qige_kernel::Timestamp;

use crate::{Claim, NOW, Step, add, backlog, numbered, tenant, us};

async fn claimed(db: &TestDb, now: Timestamp, limit: u32) -> Vec<qige_jobs::Job> {
    db.write(us(), Claim { now, kinds: &["a", "b"], limit }).await.unwrap()
}

fn numbers(jobs: &[qige_jobs::Job]) -> Vec<u64> {
    jobs.iter().map(|job| job.payload.0["n"].as_u64().unwrap()).collect()
}

#[db_test]
async fn every_statement_can_be_prepared(db: TestDb) {
    assert_eq!(unprepared(&db).await, Vec::<String>::new());
}

#[db_test]
async fn a_job_lives_and_dies_with_its_transaction(db: TestDb) {
    assert!(db.write(us(), Step::AddAndRefuse(numbered("a", 1))).await.is_err());
    assert!(claimed(&db, NOW, 9).await.is_empty());
    assert!(add(&db, numbered("a", 1)).await);
    assert_eq!(numbers(&claimed(&db, NOW, 9).await), [1]);
}

#[db_test]
async fn a_key_is_taken_once(db: TestDb) {
    assert!(add(&db, numbered("a", 1).once("k")).await);
    assert!(!add(&db, numbered("a", 2).once("k")).await);
    assert!(add(&db, numbered("b", 3).once("k")).await);
    assert!(db.write(Asker::system(tenant(2)), Step::Add(numbered("a", 4).once("k"))).await.unwrap());
    // Without a key, the same job at the same instant is the same job.
    assert!(add(&db, numbered("a", 5)).await);
    assert!(!add(&db, numbered("a", 5)).await);
    assert!(add(&db, numbered("a", 5).not_before(NOW.plus(-1))).await);
    let jobs = claimed(&db, NOW, 9).await;
    assert_eq!(jobs.len(), 4);
    for job in jobs {
        assert!(db.write(us(), Step::Complete(job)).await.unwrap());
    }
    // What is done is remembered by its key, and only by that.
    assert!(!add(&db, numbered("a", 9).once("k")).await);
    assert!(add(&db, numbered("a", 5)).await);
}

#[db_test]
async fn only_what_nobody_began_is_cancelled(db: TestDb) {
    assert!(!db.write(us(), Step::Cancel("a", "k")).await.unwrap());
    add(&db, numbered("a", 1).once("k")).await;
    assert!(db.write(us(), Step::Cancel("a", "k")).await.unwrap());
    assert!(add(&db, numbered("a", 2).once("k")).await);
    assert_eq!(numbers(&claimed(&db, NOW, 9).await), [2]);
    assert!(!db.write(us(), Step::Cancel("a", "k")).await.unwrap());
}

#[db_test]
async fn claims_are_due_known_and_in_order(db: TestDb) {
    for (number, later) in [(1, 5), (2, 3), (3, 9), (4, 1)] {
        add(&db, numbered("a", number).not_before(NOW.plus(later))).await;
    }
    add(&db, numbered("unknown", 5)).await;
    db.write(Asker::system(tenant(2)), Step::Add(numbered("a", 6))).await.unwrap();
    assert!(claimed(&db, NOW, 9).await.is_empty());
    assert_eq!(numbers(&claimed(&db, NOW.plus(5), 2).await), [4, 2]);
    assert_eq!(numbers(&claimed(&db, NOW.plus(5), 2).await), [1]);
    assert!(claimed(&db, NOW.plus(5), 2).await.is_empty());
    let found = backlog(&db, us()).await;
    assert_eq!((found.waiting, found.running, found.failed), (2, 3, 0));
    assert_eq!(found.oldest_due, Some(NOW));
}

#[db_test]
async fn a_lease_ends_unless_it_is_renewed(db: TestDb) {
    add(&db, numbered("a", 1).once("k")).await;
    let first = claimed(&db, NOW, 9).await.remove(0);
    assert_eq!((first.lease, first.attempts, first.due_at), (1, 1, NOW.plus(Timestamp::MINUTE)));
    let later = NOW.plus(Timestamp::MINUTE);
    assert!(claimed(&db, later.plus(-1), 9).await.is_empty());
    assert!(db.write(us(), Step::Renew(first.clone(), later.plus(7))).await.unwrap());
    assert!(claimed(&db, later.plus(6), 9).await.is_empty());
    let second = claimed(&db, later.plus(7), 9).await.remove(0);
    assert_eq!((second.lease, second.attempts), (2, 2));
    // The first holder has no say any more.
    assert!(!db.write(us(), Step::Renew(first.clone(), later.plus(9))).await.unwrap());
    let error = JobError::GiveUp("late".to_owned());
    assert!(!db.write(us(), Step::Fail(first.clone(), later, error)).await.unwrap());
    assert!(!db.write(us(), Step::Complete(first)).await.unwrap());
    assert!(db.write(us(), Step::Complete(second.clone())).await.unwrap());
    assert!(!db.write(us(), Step::Complete(second)).await.unwrap());
}
