//! A request sent twice is done once.

use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Isolation, Tx, db_test};
use qige_identity::request_keys::{Claim, KEPT_MICROS, claim, finish};
use qige_identity::{ForgetOld, set_setting, setting};
use qige_kernel::{PersonId, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{NOON, Town, after, refusal};

/// Counts how often it was done, and answers the count.
#[derive(Clone, Copy, Debug)]
struct CountUp<const SERIALIZABLE: bool> {
    key: u128,
    fingerprint: u8,
    at: Timestamp,
    fail: bool,
}

impl<const SERIALIZABLE: bool> Command for CountUp<SERIALIZABLE> {
    type Output = Value;
    const ISOLATION: Isolation =
        if SERIALIZABLE { Isolation::Serializable } else { Isolation::ReadCommitted };

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Value, Failure> {
        let key = Uuid::from_u128(self.key);
        match claim(tx, key, [self.fingerprint; 32], self.at).await? {
            Claim::Replay(answer) => Ok(answer),
            Claim::Fresh => {
                let count = setting::<i64>(tx, "count").await?.unwrap_or_default() + 1;
                set_setting(tx, "count", &count, self.at).await?;
                if self.fail {
                    return Err(qige_kernel::Refusal::invalid("words", "not-now").into());
                }
                let answer = json!({ "count": count });
                finish(tx, key, &answer).await?;
                Ok(answer)
            }
        }
    }
}

const ONE: CountUp<true> = CountUp { key: 1, fingerprint: 7, at: NOON, fail: false };

#[db_test]
async fn the_same_again_gets_the_same_answer(db: TestDb) {
    let town = Town::new(db);
    for _ in 0..3 {
        assert_eq!(town.done(ONE).await, json!({ "count": 1 }));
    }
    assert_eq!(town.done(CountUp { key: 2, ..ONE }).await, json!({ "count": 2 }));
}

#[db_test]
async fn a_key_is_not_used_for_two_things(db: TestDb) {
    let town = Town::new(db);
    town.done(ONE).await;
    assert_eq!(town.refused(CountUp { fingerprint: 8, ..ONE }).await.code, "key-reused");
    assert_eq!(town.done(ONE).await, json!({ "count": 1 }));
}

#[db_test]
async fn what_was_refused_may_be_sent_again(db: TestDb) {
    let town = Town::new(db);
    assert_eq!(town.refused(CountUp { fail: true, ..ONE }).await.code, "not-now");
    assert_eq!(town.done(CountUp { fingerprint: 8, ..ONE }).await, json!({ "count": 1 }));
}

#[db_test]
async fn keys_are_each_askers_own(db: TestDb) {
    let town = Town::new(db);
    let asker = |number| town.by(PersonId(Uuid::from_u128(number)));
    assert_eq!(town.db.write(asker(1), ONE).await.unwrap(), json!({ "count": 1 }));
    assert_eq!(town.db.write(asker(2), ONE).await.unwrap(), json!({ "count": 2 }));
    assert_eq!(town.db.write(asker(1), ONE).await.unwrap(), json!({ "count": 1 }));
}

async fn at_once<const SERIALIZABLE: bool>(town: &Town, key: u128) {
    let one = CountUp::<SERIALIZABLE> { key, fingerprint: 7, at: NOON, fail: false };
    let results = futures_util::future::join_all((0..8).map(|_| town.write(one))).await;
    let answers: Vec<Value> = results.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let mixed = (0..8).map(|number| town.write(CountUp { key: key + 1, fingerprint: number % 2, ..one }));
    let (done, refused): (Vec<_>, Vec<_>) =
        futures_util::future::join_all(mixed).await.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (4, 4));
    for result in refused {
        assert_eq!(refusal(result).code, "key-reused");
    }
}

#[db_test]
async fn many_at_once_are_done_once(db: TestDb) {
    let town = Town::new(db);
    at_once::<true>(&town, 10).await;
    at_once::<false>(&town, 20).await;
    assert_eq!(town.done(CountUp { key: 99, ..ONE }).await, json!({ "count": 5 }));
}

#[db_test]
async fn a_key_is_good_for_a_week(db: TestDb) {
    let town = Town::new(db);
    town.done(ONE).await;
    let last = after(KEPT_MICROS - 1);
    assert_eq!(town.done(CountUp { at: last, ..ONE }).await, json!({ "count": 1 }));
    assert_eq!(town.done(ForgetOld { at: last }).await.request_keys, 0);
    let over = CountUp { at: after(KEPT_MICROS), fingerprint: 9, ..ONE };
    assert_eq!(town.done(over).await, json!({ "count": 2 }));
    assert_eq!(town.done(ForgetOld { at: after(2 * KEPT_MICROS) }).await.request_keys, 1);
}
