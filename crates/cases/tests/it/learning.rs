//! Models in the database, and the cases that they are made from.

use jiff::tz::TimeZone;
use qige_cases::suggest::keep::{KeepModel, MAX_VERSIONS, NEWEST, filed_cases, model, needed, versions};
use qige_cases::suggest::{Learned, Quality};
use qige_cases::{Correct, Merge, State, Void};
use qige_db::db_test;
use qige_db::testing::TestDb;

use crate::world::{World, code, manhole, refusal};

async fn keep(world: &World, bytes: Vec<u8>, kept_to: Option<i64>) -> i64 {
    let (quality, at) = (Quality::default(), world.now());
    let keep = KeepModel { bytes, cases: 1, words: 1, quality, kept_to, at };
    world.db.write(qige_db::Asker::system(world.tenant), keep).await.unwrap()
}

#[db_test]
async fn only_what_was_filed_and_stands_is_learnt_from(db: TestDb) {
    let world = World::new(db).await;
    let filed = world.case_in(State::Filed).await;
    let corrected = world.case_in(State::Dispatched).await;
    let other = "matter-06-010".parse().unwrap();
    let correct = Correct { matter: Some(other), ..Correct::default() };
    world.done(&world.dispatcher, corrected, correct).await;
    world.case().await;
    let void = world.case_in(State::Filed).await;
    world.done(&world.supervisor, void, Void { reason: "录错了".to_owned() }).await;
    let merged = world.case_in(State::Filed).await;
    world.done(&world.dispatcher, merged, Merge { main: filed, reason: String::new() }).await;
    let read = async |before, limit| {
        world
            .read(move |tx| {
                Box::pin(async move { Ok(filed_cases(tx, before, &TimeZone::UTC, limit).await?) })
            })
            .await
    };
    let (newest, more) = read(NEWEST, 1).await;
    let (rest, end) = read(more.unwrap(), 10).await;
    assert!(end.is_none());
    let matters: Vec<_> = newest.iter().chain(&rest).map(|case| case.matter).collect();
    assert_eq!(matters, [other, manhole()], "the newest first, as it stands after all corrections");
    assert!(newest[0].reporter.is_some() && newest[0].cell.is_some());
}

#[db_test]
async fn versions_follow_each_other_and_the_oldest_go(db: TestDb) {
    let world = World::new(db).await;
    let bytes = Learned::default().bytes();
    assert_eq!(keep(&world, bytes.clone(), None).await, 1);
    assert_eq!(keep(&world, bytes.clone(), None).await, 1, "the same model is no new version");
    for one in 0..MAX_VERSIONS + 1 {
        // What is kept to stays, however old it is.
        assert_eq!(keep(&world, vec![u8::try_from(one).unwrap()], Some(1)).await, one + 2);
    }
    let kept = async || {
        let all = world.read(|tx| Box::pin(async move { Ok(versions(tx).await?) })).await;
        all.into_iter().map(|one| one.version).collect::<Vec<_>>()
    };
    assert_eq!(kept().await, [9, 8, 7, 6, 5, 4, 3, 1]);
    let first = world.read(|tx| Box::pin(async move { Ok(model(tx, 1).await?) })).await;
    assert_eq!(first, Some(Learned::default()));
    assert_eq!(keep(&world, bytes, None).await, 10);
    assert_eq!(kept().await, [10, 9, 8, 7, 6, 5, 4]);
    let gone = world.db.read(qige_db::Asker::system(world.tenant), |tx| Box::pin(needed(tx, 1))).await;
    assert_eq!(code(refusal(gone.map(|one| one.version))), "model-missing");
}
