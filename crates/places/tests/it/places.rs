//! The rows of places.

use qige_db::testing::TestDb;
use qige_db::{Db, Failure, db_test, journal};
use qige_kernel::{Entropy, PlaceId};
use qige_places::{NewPlace, Place, PlaceKind, PutPlace, RedrawPlace, SwitchPlace, store};

use crate::given::{NOW, edit, existing, id_of, others, seeded, shape, square, us};

fn put(entropy: &Entropy, code: &str, name: &str, parent: Option<PlaceId>) -> PutPlace {
    let (code, name) = (code.to_owned(), name.to_owned());
    let place = NewPlace { id: entropy.id(NOW), kind: PlaceKind::Grid, code, name, parent, shape: None };
    PutPlace { place, edit: edit(entropy) }
}

async fn refused(db: &Db, command: PutPlace) -> &'static str {
    match db.write(us(), command).await {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

async fn search(db: &Db, text: &'static str) -> Vec<String> {
    let found = db.read(us(), move |tx| Box::pin(async move { Ok(store::search(tx, text).await?) })).await;
    found.unwrap().into_iter().map(|place: Place| place.code).collect()
}

#[db_test]
async fn every_statement_prepares(db: TestDb) {
    assert_eq!(qige_db::testing::unprepared(&db).await, Vec::<String>::new());
}

#[db_test]
async fn a_place_is_put_changed_and_switched(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let community = id_of(&db, "320722001001").await;
    let id = db.write(us(), put(&entropy, " NS-1 ", "一号网格", Some(community))).await.unwrap();
    let renamed = db.write(us(), put(&entropy, "NS-1", "1号网格", Some(community))).await.unwrap();
    assert_eq!(renamed, id);
    let drawn = RedrawPlace { id, shape: shape(&square(0, 0)), edit: edit(&entropy) };
    db.write(us(), drawn).await.unwrap();
    db.write(us(), SwitchPlace { id, active: false, edit: edit(&entropy) }).await.unwrap();
    let place = db.read(us(), move |tx| Box::pin(async move { Ok(store::drawn_by_id(tx, id).await?) })).await;
    let place = place.unwrap().unwrap();
    assert_eq!((place.place.name.as_str(), place.place.active), ("1号网格", false));
    assert!(place.place.area_m2.unwrap() > 200_000.0 && place.shape.unwrap().is_same(&shape(&square(0, 0))));
    // Putting it again switches it on and leaves the drawing.
    db.write(us(), put(&entropy, "NS-1", "1号网格", Some(community))).await.unwrap();
    let listed = db.read(us(), |tx| Box::pin(async move { Ok(store::drawn(tx, PlaceKind::Grid).await?) }));
    let listed = listed.await.unwrap();
    assert!(listed[0].place.active && listed[0].shape.is_some());
    assert_eq!(existing(&db).await.revision, 6);
    let stream = journal::Stream::new("place", id.0);
    let lines = db.read(us(), move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
    let commands: Vec<String> = lines.unwrap().into_iter().map(|line| line.command).collect();
    assert_eq!(commands, ["put", "put", "redraw", "switch-off", "put"]);
    let within = db.read(us(), move |tx| Box::pin(async move { Ok(store::within(tx, community).await?) }));
    assert_eq!(within.await.unwrap().len(), 1);
    let communities = db.read(us(), |tx| Box::pin(async move { Ok(store::communities(tx).await?) })).await;
    let counted = communities.unwrap().into_iter().find(|one| one.place.id == community).unwrap();
    assert_eq!(counted.grids, 1);
}

#[db_test]
async fn what_breaks_a_rule_is_refused(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let community = id_of(&db, "320722001001").await;
    let grid = db.write(us(), put(&entropy, "NS-1", "一号网格", Some(community))).await.unwrap();
    for (command, code) in [
        (put(&entropy, "a b", "x", None), "place-code-bad"),
        (put(&entropy, "NS-2", "  ", None), "place-name-blank"),
        (put(&entropy, "NS-2", &"长".repeat(61), None), "place-name-long"),
        (put(&entropy, "NS-2", "x", Some(grid)), "place-parent-missing"),
        (put(&entropy, "NS-2", "x", Some(entropy.id(NOW))), "place-parent-missing"),
    ] {
        assert_eq!(refused(&db, command).await, code);
    }
    db.write(us(), put(&entropy, "NS-2", &"长".repeat(60), None)).await.unwrap();
    let nowhere = SwitchPlace { id: entropy.id(NOW), active: false, edit: edit(&entropy) };
    let answer = db.write(us(), nowhere).await;
    assert!(matches!(answer, Err(Failure::Refused(refusal)) if refusal.code == "place-missing"));
    // Another tenant has none of it, and its own code of the same name.
    let theirs = db.write(others(), put(&entropy, "NS-1", "别家", None)).await.unwrap();
    assert_ne!(theirs, grid);
}

#[db_test]
async fn places_are_found_by_code_and_name(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    assert_eq!(search(&db, "玉带").await, ["320722001019"]);
    assert_eq!(search(&db, "32072200102").await.len(), 4);
    for nothing in ["", "  ", "%", "_", "!", "没有"] {
        assert_eq!(search(&db, nothing).await, Vec::<String>::new(), "{nothing}");
    }
    db.write(us(), put(&entropy, "NS_1", "百分之50%", None)).await.unwrap();
    assert_eq!(search(&db, "50%").await, ["NS_1"]);
    assert_eq!(search(&db, "NS_").await, ["NS_1"]);
}
