//! What one shift leaves to the next.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::centre_world::{Town, alike, key};

#[db_test]
async fn what_waits_is_counted_and_named(db: TestDb) {
    let town = Town::new(&db).await;
    town.reported().await;
    let case = town.filed().await;
    town.dispatched().await;
    let asked = json!({"reason": "等材料", "review_at": "2026-09-30T09:00"});
    town.give(&town.supervisor, &case, "suspend", &asked).await.ok();
    let page = town.dispatcher.get_json("/handover").await.ok().json();
    assert_eq!((page["received"].as_i64(), page["open"].as_i64()), (Some(3), Some(3)));
    let count = |page: &Value, kind: &str| {
        let sorts = page["sorts"].as_array().unwrap();
        sorts.iter().find(|sort| sort["kind"] == kind).unwrap()["count"].as_i64().unwrap()
    };
    assert_eq!([count(&page, "mine"), count(&page, "nobodys"), count(&page, "suspended")], [2, 1, 1]);
    assert_eq!(count(&page, "red"), 0);
    // A week on all but what is suspended is late, and nothing has come in.
    town.app.clock.advance(7 * Timestamp::DAY);
    let dispatcher = town.app.person(Role::Dispatcher, Scope::Tenant).await;
    let page = dispatcher.get_json("/handover?hours=12").await.ok().json();
    assert_eq!((page["received"].as_i64(), count(&page, "red"), count(&page, "mine")), (Some(0), 2, 0));
    let seen = dispatcher.get("/handover").await.ok();
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("handover", alike(&seen.main()));
    }
    // Who sees a part of the subdistrict is told of that part.
    let east = town.app.person(Role::Dispatcher, Scope::Community(town.east)).await;
    assert_eq!(east.get_json("/handover").await.ok().json()["open"], 0);
    town.rider.get("/handover").await.refused(403, "");
}

#[db_test]
async fn what_was_left_is_taken_over_once_by_somebody_else(db: TestDb) {
    let town = Town::new(&db).await;
    let (first, second) = (&town.dispatcher, &town.supervisor);
    first.get("/handover").await.ok();
    first.post("/handover", &[("words", " ")]).await.refused(422, "");
    let words = "供水公司今晚抢修，明早看一眼";
    town.later();
    first.post("/handover", &[("words", words)]).await.see("/handover");
    let notes = |page: Value| page["notes"].as_array().unwrap().clone();
    let own = notes(first.get_json("/handover").await.ok().json());
    assert_eq!((own.len(), &own[0]["words"], &own[0]["may_take"]), (1, &json!(words), &json!(false)));
    let take = format!("/handover/{}/take", own[0]["id"].as_str().unwrap());
    first.post_json(&take, &json!({})).await.refused(403, "下一班");
    town.later();
    second.post_json(&take, &json!({})).await.ok();
    // Pressed twice it is done once; a third person comes too late.
    second.post_json(&take, &json!({})).await.ok();
    let third = town.app.person(Role::Dispatcher, Scope::Tenant).await;
    third.post_json(&take, &json!({})).await.refused(409, "别人已经接了");
    let seen = notes(third.get_json("/handover").await.ok().json());
    assert!(seen[0]["taken_at"].is_string() && seen[0]["may_take"] == json!(false));
    third.post_json(&format!("/handover/{}/take", key(&town)), &json!({})).await.refused(404, "没有找到");
    town.rider.post_json("/handover", &json!({"words": "x"})).await.refused(403, "");
}

#[db_test]
async fn older_notes_are_on_later_pages(db: TestDb) {
    let town = Town::new(&db).await;
    for number in 0..25 {
        town.later();
        town.dispatcher.post_json("/handover", &json!({"words": format!("第 {number} 条")})).await.ok();
    }
    let first = town.supervisor.get_json("/handover").await.ok().json();
    assert_eq!(first["notes"][0]["words"], "第 24 条");
    let next = first["next"].as_str().unwrap();
    let second = town.supervisor.get_json(next).await.ok().json();
    let words: Vec<_> =
        second["notes"].as_array().unwrap().iter().map(|note| note["words"].clone()).collect();
    assert_eq!(words, ["第 4 条", "第 3 条", "第 2 条", "第 1 条", "第 0 条"].map(|text| json!(text)));
    assert!(second["next"].is_null());
    town.supervisor.get("/handover?before=nonsense").await.ok();
}
