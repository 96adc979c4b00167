//! A report that somebody needs help is taken, and no picture of that person is kept.

use qige_cases::{NewReport, PhotoRef, PhotoRole};
use qige_db::testing::TestDb;
use qige_db::{db_test, journal};

use crate::world::{World, code, refusal};

#[db_test]
async fn no_picture_is_kept_of_who_needs_help(db: TestDb) {
    let world = World::new(db).await;
    for key in ["matter-90-004", "matter-09-003"] {
        let photo = PhotoRef { id: world.photo(), role: PhotoRole::Before };
        let report = NewReport { matter: Some(key.parse().unwrap()), photos: vec![photo], ..world.report() };
        let case = report.case;
        world.send(report).await.unwrap();
        let dossier = world
            .read(move |tx| {
                Box::pin(async move { Ok(qige_cases::store::Dossier::load(tx, case).await?.unwrap()) })
            })
            .await;
        assert!(dossier.photos.is_empty());
        let stream = journal::Stream::new("case", case);
        let lines = world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
        assert!(!lines[0].body.as_deref().unwrap().contains(&photo.id.to_string()));
    }
}

#[db_test]
async fn a_lead_to_a_quarrel_is_not_taken_here(db: TestDb) {
    let world = World::new(db).await;
    let report = NewReport { matter: Some("matter-90-005".parse().unwrap()), ..world.report() };
    assert_eq!(code(refusal(world.send(report).await)), "matter-not-offered");
}
