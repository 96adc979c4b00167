//! Looks at single people for which there is no reason: neighbours, and the same person again and again.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::json;

use crate::centre_world::Town;
use crate::rider_world::reported_by_stranger;

/// A report of somebody without an account who left a number; its case, and where the number is opened.
async fn with_number(town: &Town) -> (String, String) {
    let stranger = town.app.stranger();
    let here = format!("/follow/{}/call", reported_by_stranger(&stranger).await);
    stranger.get(&here).await.ok();
    let fields = [("text_version", "1"), ("phone", "13812345678"), ("agreed", "true")];
    stranger.post(&here, &fields).await.see(&here);
    let cases = town.dispatcher.get_json("/cases").await.ok().json();
    let case = cases["rows"][0]["id"].as_str().unwrap().to_owned();
    let page = town.dispatcher.get_json(&format!("/cases/{case}")).await.ok().json();
    let number = format!("/cases/{case}/reports/{}/number", page["reports"][0]["id"].as_str().unwrap());
    (case, number)
}

/// The next hour begins, and what is due is done.
async fn hour(town: &Town) {
    town.app.clock.advance(65 * Timestamp::MINUTE);
    qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
}

#[db_test]
async fn who_looks_at_a_neighbour_without_a_case_in_hand_is_told_of(db: TestDb) {
    let town = Town::new(&db).await;
    let auditor = town.app.person(Role::Auditor, Scope::Tenant).await;
    let told = async || auditor.get("/notices").await.ok().main().matches("位邻居的信息").count();
    let home = format!("community:{}", town.west);
    for who in [&town.dispatcher, &town.supervisor] {
        who.get("/me/home").await.ok();
        who.post("/me/home", &[("place", "tenant")]).await.refused(422, "选一个社区或网格");
        who.post("/me/home", &[("place", &home)]).await.see("/me/home");
    }
    assert!(town.dispatcher.get("/me/home").await.ok().main().contains("晶都社区"));
    assert!(town.dispatcher.get("/me").await.ok().body.contains("/me/home"));
    town.rider.get("/me/home").await.ok();
    town.rider.post("/me/home", &[("place", &home)]).await.refused(422, "");
    let (case, number) = with_number(&town).await;
    town.give(&town.dispatcher, &case, "file", &json!({"matter": "matter-06-012"})).await.ok();
    town.dispatcher.post(&number, &[]).await.ok();
    hour(&town).await;
    assert_eq!(told().await, 0, "a case in hand is a reason");
    town.supervisor.post(&number, &[]).await.ok();
    for _ in 0..2 {
        hour(&town).await;
        assert_eq!(told().await, 1, "once");
    }
    town.supervisor.get("/me/home").await.ok();
    town.supervisor.post("/me/home/forget", &[]).await.see("/me/home");
    town.supervisor.post(&number, &[]).await.ok();
    hour(&town).await;
    assert_eq!(told().await, 1, "what was taken back is held against nobody");
}

#[db_test]
async fn who_looks_at_the_same_person_again_and_again_is_told_of(db: TestDb) {
    let town = Town::new(&db).await;
    let auditor = town.app.person(Role::Auditor, Scope::Tenant).await;
    let security = town.app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let limits = |looks| {
        [("people_an_hour", "100"), ("looks_a_week", looks), ("from_hour", "0"), ("until_hour", "24")]
    };
    security.get("/admin/keys").await.ok();
    security.post("/admin/keys/limits", &limits("0")).await.refused(422, "1 到 40");
    security.post("/admin/keys/limits", &limits("2")).await.see("/admin/keys");
    let (_, number) = with_number(&town).await;
    let told = async || auditor.get("/notices").await.ok().main().matches("3 次查阅同一人的信息").count();
    for looks in 1..=3 {
        assert_eq!(told().await, 0, "after {looks}");
        town.supervisor.post(&number, &[]).await.ok();
        hour(&town).await;
    }
    assert_eq!(told().await, 1);
}
