//! The key from which follow codes are computed, under lock.

use std::sync::Arc;

use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test};
use qige_identity::{Algorithm, FOLLOW_KEY, KeyClass, MasterKeys, Vault, set_setting, setting};
use qige_kernel::{Entropy, ManualClock};

use crate::support::{NOON, Town, refusal};

/// As it was kept before there was a lock for it.
struct InClear(String);

impl Command for InClear {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(set_setting(tx, "follow-key", &self.0, NOON).await?)
    }
}

impl Town {
    async fn follow_key_kept(&self) -> String {
        let kept = self.read(|tx| Box::pin(async move { Ok(setting(tx, "follow-key").await?) })).await;
        kept.unwrap()
    }
}

#[db_test]
async fn it_is_drawn_once_and_lies_under_lock(db: TestDb) {
    let town = Town::new(db);
    let key = town.vault.follow_key(town.tenant, NOON).await.unwrap();
    let again = town.vault.follow_key(town.tenant, NOON).await.unwrap();
    assert_eq!(key.bytes(), again.bytes());
    assert_eq!(format!("{key:?}"), "FollowKey(…)");
    assert!(town.follow_key_kept().await.starts_with("1.1."));
    let (all, clear) = (town.db.everything().await, hex::encode(key.bytes()));
    assert!(all.holds("follow-key"), "its name is there: the right thing was searched");
    assert!(!all.holds(&clear) && !all.holds(key.bytes()), "in clear in the database");

    let masters = MasterKeys::draw("another", &Entropy::seeded(2));
    let clock = Arc::new(ManualClock::at(NOON));
    let other = Vault::new(town.db.clone(), masters, Algorithm::Aes256Gcm, clock, Entropy::seeded(3));
    assert_eq!(refusal(other.follow_key(town.tenant, NOON).await).code, "key-lost");
}

#[db_test]
async fn one_from_before_goes_under_lock_and_stays_the_same(db: TestDb) {
    let town = Town::new(db);
    town.done(InClear(hex::encode([7; 32]))).await;
    for _ in 0..2 {
        let key = town.vault.follow_key(town.tenant, NOON).await.unwrap();
        assert_eq!(key.bytes(), &[7; 32]);
        assert!(town.follow_key_kept().await.starts_with("1.1."));
    }
    town.vault.renew(town.system(), KeyClass::FollowCode, town.stamp(NOON)).await.unwrap();
    assert_eq!(town.vault.reseal(town.tenant, &[&FOLLOW_KEY]).await.unwrap(), 1);
    assert!(town.follow_key_kept().await.starts_with("1.2."));
    assert_eq!(town.vault.follow_key(town.tenant, NOON).await.unwrap().bytes(), &[7; 32]);

    town.done(InClear("not a key".to_owned())).await;
    assert!(town.vault.follow_key(town.tenant, NOON).await.is_err(), "one that is none is not made up");
}
