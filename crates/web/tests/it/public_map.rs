//! The public map: months that are over, squares and communities, no small number, nothing about anybody.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::centre_world::Town;

/// Closes a case by whoever is signed in now.
async fn close(town: &Town, case: &str) {
    let worker = town.app.person(Role::GridWorker, Scope::Community(town.west)).await;
    town.give(&town.dispatcher, case, "ask-check", &json!({"checker": worker.id})).await.ok();
    let photo = town.photo(case).await;
    assert_eq!(town.give(&worker, case, "pass", &json!({"photos": [photo]})).await.status, 204);
}

#[db_test]
async fn everybody_sees_what_was_closed_and_no_small_number(db: TestDb) {
    let town = Town::new(&db).await;
    for _ in 0..5 {
        let case = town.handled().await;
        close(&town, &case).await;
    }
    let stranger = town.app.stranger();
    stranger.get("/map?month=2026-09").await.refused(422, "还没有过完");
    stranger.get("/map?month=soon").await.refused(422, "2026-10");
    town.app.clock.advance(20 * Timestamp::DAY);
    let page: Value = stranger.get_json("/map").await.ok().json();
    assert_eq!((&page["month"], &page["total"]), (&json!("2026-09"), &json!(5)));
    assert_eq!(page["communities"], json!([{"name": "晶都社区", "count": 5}]));
    assert_eq!(page["drawing"]["dots"].as_array().unwrap().len(), 1);
    let before: Value = stranger.get_json("/map?month=2026-08").await.ok().json();
    assert_eq!((&before["next"], &before["communities"]), (&json!("2026-09"), &json!([])));
    assert_eq!(before["drawing"], Value::Null);
    let text = stranger.get("/map").await.ok().text();
    assert!(text.contains("2026 年 9 月办结了什么") && text.contains("市容环境"), "{text}");
    let file = stranger.get("/map.csv").await.ok().body;
    assert!(file.contains("2026-09,社区,晶都社区,5") && file.contains("2026-09,大类,市容环境类,5"), "{file}");
}

#[db_test]
async fn fewer_than_five_are_not_told(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.handled().await;
    close(&town, &case).await;
    town.app.clock.advance(20 * Timestamp::DAY);
    let stranger = town.app.stranger();
    let page: Value = stranger.get_json("/map").await.ok().json();
    assert_eq!((&page["total"], &page["communities"][0]["count"]), (&Value::Null, &Value::Null));
    assert_eq!(page["drawing"]["dots"][0]["count"], Value::Null);
    assert!(stranger.get("/map").await.ok().text().contains("少于 5"));
    assert!(stranger.get("/map.csv").await.ok().body.contains("2026-09,社区,晶都社区,少于 5"));
}
