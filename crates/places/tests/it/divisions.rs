//! Divisions from the published list.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::Entropy;
use qige_places::divisions::{DONGHAI, SeedDivisions, Seeded, read};
use qige_places::{PlaceKind, store};

use crate::given::{edit, id_of, others, seeded, us};

#[db_test]
async fn the_list_is_seeded_once(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let communities = db.read(us(), |tx| Box::pin(async move { Ok(store::communities(tx).await?) })).await;
    let communities = communities.unwrap();
    assert_eq!(communities.len(), 41);
    let town = id_of(&db, "320722001").await;
    assert!(communities.iter().all(|community| community.place.parent == Some(town) && community.grids == 0));
    let again = SeedDivisions::new(read(DONGHAI).unwrap(), edit(&entropy), &entropy);
    let again = db.write(us(), again).await.unwrap();
    assert_eq!(again, Seeded { added: 0, changed: 0, unchanged: 44 });
    let revision = db.read(us(), |tx| Box::pin(async move { Ok(store::revision(tx).await?) })).await.unwrap();
    assert_eq!(revision, 1);
    let theirs = db.read(others(), |tx| Box::pin(async move { Ok(store::communities(tx).await?) })).await;
    assert_eq!(theirs.unwrap(), []);
}

#[db_test]
async fn a_village_that_becomes_a_community_keeps_its_id(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let before = id_of(&db, "320722001200").await;
    let rows = read("code,name,kind\n320722001200,牛山北社区,community\n").unwrap();
    let changed = db.write(us(), SeedDivisions::new(rows, edit(&entropy), &entropy)).await.unwrap();
    assert_eq!(changed, Seeded { added: 0, changed: 1, unchanged: 0 });
    let place = db
        .read(us(), |tx| {
            Box::pin(async move { Ok(store::by_code(tx, PlaceKind::Community, "320722001200").await?) })
        })
        .await
        .unwrap()
        .unwrap();
    assert_eq!((place.id, place.name.as_str()), (before, "牛山北社区"));
    assert_eq!(place.parent, Some(id_of(&db, "320722001").await));
}
