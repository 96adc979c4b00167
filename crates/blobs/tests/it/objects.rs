//! Rows and files of objects together, on both engines.

use qige_blobs::{
    Holder, HolderKind, NewObject, ObjectKey, ObjectStore, RetentionClass, Swept, Variant, add, by_id, erase,
    held_by, hold, holders, release, sweep,
};
use qige_db::testing::TestDb;
use qige_db::{Asker, Command, Failure, Tx, db_test};
use qige_kernel::{Entropy, ObjectId, TenantId, Timestamp};

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

/// What a test does in one transaction.
#[derive(Clone, Copy)]
enum Step {
    Add(ObjectId, Holder),
    Hold(ObjectId, Holder),
    Release(ObjectId, Holder, Timestamp),
    Erase(ObjectId),
}

impl Command for Step {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        match *self {
            Self::Add(id, owner) => {
                let new = NewObject {
                    id,
                    owner,
                    class: RetentionClass::Report,
                    media_type: "image/jpeg",
                    bytes: 3,
                    sha256: [7; 32],
                    width: Some(2048),
                    height: Some(1536),
                    created_at: NOW,
                };
                add(tx, &new).await?;
            }
            Self::Hold(id, holder) => hold(tx, id, holder, NOW).await?,
            Self::Release(id, holder, at) => release(tx, id, holder, at).await?,
            Self::Erase(id) => {
                erase(tx, id, NOW).await?;
            }
        }
        Ok(())
    }
}

async fn refs(db: &TestDb, asker: Asker, id: ObjectId) -> i64 {
    let found = db.read(asker, move |tx| Box::pin(async move { Ok(by_id(tx, id).await?) })).await.unwrap();
    found.unwrap().refs
}

#[db_test]
async fn holding_twice_is_holding_once(db: TestDb) {
    let entropy = Entropy::seeded(3);
    let asker = Asker::system(entropy.id(NOW));
    let id: ObjectId = entropy.id(NOW);
    let one = Holder { kind: HolderKind::Report, id: entropy.id(NOW) };
    let two = Holder { kind: HolderKind::Case, id: entropy.id(NOW) };
    let steps = [Step::Add(id, one), Step::Add(id, one), Step::Hold(id, one), Step::Hold(id, one)];
    for step in steps.into_iter().chain([Step::Hold(id, two)]) {
        db.write(asker, step).await.unwrap();
    }
    assert_eq!(refs(&db, asker, id).await, 2);
    let held = db.read(asker, move |tx| Box::pin(async move { Ok(held_by(tx, two).await?) })).await.unwrap();
    assert_eq!(held.first().unwrap().id, id);
    let who = db.read(asker, move |tx| Box::pin(async move { Ok(holders(tx, id).await?) })).await.unwrap();
    assert!(who.len() == 2 && who.contains(&one) && who.contains(&two));
    for _ in 0..2 {
        db.write(asker, Step::Release(id, one, NOW)).await.unwrap();
    }
    assert_eq!(refs(&db, asker, id).await, 1);
    let stranger = Asker::system(entropy.id(NOW));
    let seen = db.read(stranger, move |tx| Box::pin(async move { Ok(by_id(tx, id).await?) })).await.unwrap();
    assert!(seen.is_none(), "another tenant sees nothing");
}

async fn put(store: &ObjectStore, tenant: TenantId, object: ObjectId) {
    for variant in Variant::ALL {
        store.put(ObjectKey { tenant, object, variant }, b"jpg".to_vec()).await.unwrap();
    }
}

#[db_test]
async fn a_sweep_deletes_what_nobody_holds_and_nothing_else(db: TestDb) {
    let entropy = Entropy::seeded(4);
    let tenant: TenantId = entropy.id(NOW);
    let asker = Asker::system(tenant);
    let store = ObjectStore::folder(&db.folder().join("objects")).unwrap();
    let [kept, dropped, erased, orphan] = [(); 4].map(|()| entropy.id::<ObjectId>(NOW));
    for object in [kept, dropped, erased, orphan] {
        put(&store, tenant, object).await;
    }
    let report = Holder { kind: HolderKind::Report, id: entropy.id(NOW) };
    for object in [kept, dropped, erased] {
        db.write(asker, Step::Add(object, report)).await.unwrap();
        db.write(asker, Step::Hold(object, report)).await.unwrap();
    }
    db.write(asker, Step::Release(dropped, report, NOW)).await.unwrap();
    db.write(asker, Step::Erase(erased)).await.unwrap();

    // The files are as young as this test, so a sweep at the epoch finds no orphan and no expired grace.
    let early = sweep(&db, &store, tenant, Timestamp::from_micros(0)).await.unwrap();
    assert_eq!(early, Swept { unheld: 0, deleted: 1, orphans: 0 });

    // Far enough ahead of the clock of the file system, whatever it shows.
    let late = Timestamp::from_micros(i64::MAX / 2);
    let swept = sweep(&db, &store, tenant, late).await.unwrap();
    assert_eq!(swept, Swept { unheld: 1, deleted: 1, orphans: 1 });
    assert_eq!(sweep(&db, &store, tenant, late).await.unwrap(), Swept::default());
    for (object, there) in [(kept, true), (dropped, false), (erased, false), (orphan, false)] {
        let key = ObjectKey { tenant, object, variant: Variant::Full };
        assert_eq!(store.get(key).await.unwrap().is_some(), there);
    }
}

#[db_test]
async fn every_statement_prepares(db: TestDb) {
    assert_eq!(qige_db::testing::unprepared(&db).await, Vec::<String>::new());
}
