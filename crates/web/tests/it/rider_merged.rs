//! Whoever reported what somebody else reported too: their case follows another, and they say what they think
//! of how that one ended.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use serde_json::json;

use crate::actors::Actor;
use crate::centre_world::Town;

/// One case that two others follow: a rider's and that of somebody without an account. Closed. The case, the
/// rider's case, and the follow code.
async fn merged_and_closed(town: &Town, rider: &Actor, stranger: &Actor) -> (String, String, String) {
    let main = town.reported().await;
    let own = town.reported_as(rider, &json!({"words": "又是那个摊位"})).await;
    town.later();
    let report = json!({
        "matter": "matter-06-012", "words": "摊位挡路", "lng": 118.752, "lat": 34.542,
        "accuracy_metres": 12.0, "datum": "wgs84", "photos": [], "joins": null, "solved": false,
    });
    let receipt = stranger.post_json("/report", &report).await;
    let code = receipt.json()["follow_code"].as_str().unwrap().to_owned();
    let followed = stranger.get_json(&format!("/follow/{code}")).await.ok().json();
    let theirs = followed["id"].as_str().unwrap().to_owned();
    town.give(&town.dispatcher, &main, "file", &json!({"matter": "matter-06-012"})).await.ok();
    for case in [&own, &theirs] {
        town.give(&town.dispatcher, case, "merge", &json!({"main": main, "reason": "同一件"})).await.ok();
    }
    let order = json!({"lead": town.roads, "released_words": "占道"});
    town.give(&town.dispatcher, &main, "dispatch", &order).await.ok();
    town.later();
    let done = json!({"note": "已清走", "photos": [town.photo(&main).await]});
    assert_eq!(town.give(&town.handler, &main, "hand-in", &done).await.status, 204);
    let check = json!({"checker": town.worker.id.unwrap()});
    town.give(&town.dispatcher, &main, "ask-check", &check).await.ok();
    town.later();
    let passed = json!({"words": "好了", "photos": [town.photo(&main).await]});
    town.worker.post_json(&format!("/ground/{main}/pass"), &passed).await.ok();
    (main, own, code)
}

#[db_test]
async fn each_reporter_rates_and_reopens_the_case_that_theirs_follows(db: TestDb) {
    let town = Town::new(&db).await;
    let rider = town.app.person(Role::Rider, Scope::Tenant).await;
    let stranger = town.app.stranger();
    let (main, own, code) = merged_and_closed(&town, &rider, &stranger).await;
    let mine = format!("/mine/{own}");
    let page = rider.get(&mine).await.ok();
    assert!(page.main().contains("已结案") && page.body.contains(&format!("{mine}/rate")), "{}", page.main());
    rider.get_json(&format!("/mine/{main}")).await.refused(404, "");

    let seen = rider.get_json(&mine).await.json()["version"].to_string();
    rider.get(&mine).await.ok();
    let rated = [("rating", "2"), ("words", "第二天又来了"), ("version", &*seen)];
    rider.post(&format!("{mine}/rate"), &rated).await.see(&mine);
    assert_eq!(rider.get_json(&mine).await.json()["rating"], 2);
    assert_eq!(town.case(&main).await["rating"], 2, "it is the main case that was rated");
    let page = rider.get(&mine).await.ok();
    assert!(!page.body.contains(&format!("{mine}/rate")), "once is enough: {}", page.main());
    rider.post(&format!("{mine}/rate"), &rated).await.refused(409, "");
    assert!(rider.get("/mine").await.ok().main().contains("已结案"));

    // The same by code; each reporter rates once, and one of them opens the case again for all.
    let followed = format!("/follow/{code}");
    let page = stranger.get(&followed).await.ok();
    assert!(page.body.contains(&format!("{followed}/rate")), "{}", page.main());
    stranger.post(&format!("{followed}/rate"), &[("rating", "5")]).await.see(&followed);
    stranger.get(&followed).await.ok();
    stranger.post(&format!("{followed}/reopen"), &[("reason", "今天又摆出来了")]).await.see(&followed);
    assert_eq!(town.case(&main).await["state"], "filed");
    assert_eq!(rider.get_json(&mine).await.json()["state"], "filed");
    let page = stranger.get(&followed).await.ok();
    assert!(!page.body.contains(&format!("{followed}/reopen")), "{}", page.main());
}

#[db_test]
async fn whoever_follows_does_nothing_else_to_the_main_case(db: TestDb) {
    let town = Town::new(&db).await;
    let rider = town.app.person(Role::Rider, Scope::Tenant).await;
    let stranger = town.app.stranger();
    let main = town.reported().await;
    let own = town.reported_as(&rider, &json!({"words": "又是那个摊位"})).await;
    town.give(&town.dispatcher, &own, "merge", &json!({"main": main, "reason": "同一件"})).await.ok();
    let may = rider.get_json(&format!("/mine/{own}")).await.ok().json()["may"].clone();
    for command in ["withdraw", "answer", "appeal", "rate", "reopen"] {
        assert!(!may.as_array().unwrap().contains(&json!(command)), "{command} in {may}");
    }
    town.give(&town.dispatcher, &main, "question", &json!({"words": "哪一侧？"})).await.ok();
    rider.post_json(&format!("/mine/{main}/answer"), &json!({"words": "左边"})).await.refused(404, "");
    rider.post_json(&format!("/mine/{own}/withdraw"), &json!({})).await.refused(409, "不能这样办理");
    // Unmerged, it is a case like any other again, and the former main case is none of theirs.
    town.give(&town.dispatcher, &own, "unmerge", &json!({"reason": "是两个"})).await.ok();
    let view = rider.get_json(&format!("/mine/{own}")).await.ok().json();
    assert!(view["main"].is_null() && view["may"].as_array().unwrap().contains(&json!("withdraw")), "{view}");
    stranger.get("/mine").await.asks_to_sign_in();
}
