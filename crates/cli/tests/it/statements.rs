//! Every SQL text of the product prepares on both engines, against the schema as it is migrated.

use qige_db::db_test;
use qige_db::testing::{TestDb, unprepared};
// Linking them is what registers their statements.
use {qige_app as _, qige_sim as _, qige_web as _};

/// Fewer than this and something was not linked: the smallest capability alone has a dozen.
const STATEMENTS_AT_LEAST: usize = 150;

#[db_test]
async fn every_statement_prepares(db: TestDb) {
    assert_eq!(unprepared(&db).await, Vec::<String>::new());
}

#[test]
fn the_whole_product_is_linked() {
    let modules: Vec<&str> = qige_db::registered().map(|statement| statement.module).collect();
    for capability in
        ["qige_identity", "qige_places", "qige_points", "qige_cases", "qige_sync", "qige_jobs", "qige_blobs"]
    {
        assert!(modules.iter().any(|module| module.starts_with(capability)), "{capability} is not linked");
    }
    assert!(modules.len() >= STATEMENTS_AT_LEAST, "{} statements", modules.len());
}
