//! The index in memory follows the rows.

use std::sync::Arc;

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::{Entropy, Position};
use qige_places::{How, IndexCache, SwitchPlace};

use crate::given::{applied, collection, edit, feature, grids, id_of, others, previewed, seeded, square, us};

#[db_test]
async fn the_cache_is_read_again_when_places_change(db: TestDb) {
    let entropy = Entropy::seeded(1);
    let cache = IndexCache::default();
    assert_eq!(cache.get(&db, us()).await.unwrap().grids().len(), 0);
    seeded(&db, &entropy).await;
    let file = collection(vec![feature("320722001001001", "一", square(0, 0))]);
    applied(&db, previewed(&db, &file, &grids()).await, &entropy).await;
    let index = cache.get(&db, us()).await.unwrap();
    let located = index.locate(Position::new(118.752, 34.502).unwrap()).unwrap();
    let grid = id_of(&db, "320722001001001").await;
    assert_eq!((located.grid, located.how), (grid, How::Inside));
    assert_eq!(located.community, Some(id_of(&db, "320722001001").await));
    assert!(Arc::ptr_eq(&index, &cache.clone().get(&db, us()).await.unwrap()));
    assert_eq!(cache.get(&db, others()).await.unwrap().grids().len(), 0);
    db.write(us(), SwitchPlace { id: grid, active: false, reason: "试".to_owned(), edit: edit(&entropy) })
        .await
        .unwrap();
    assert_eq!(cache.get(&db, us()).await.unwrap().grids().len(), 0);
}
