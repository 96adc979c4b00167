//! Following by code.

use qige_db::db_test;
use qige_db::testing::TestDb;

use crate::actors::TestApp;
use crate::rider_world::{reported_by_stranger, rider};

#[db_test]
async fn wrong_codes_are_answered_alike_and_slowed_down(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    let code = reported_by_stranger(&stranger).await;
    let guesser = app.stranger();
    guesser.get("/follow").await.ok();
    let unknown = guesser.get_json("/follow/AAAA-BBBB-CCCC").await.refused(404, "follow-code-wrong").json();
    let malformed = guesser.get_json("/follow/x").await.refused(404, "follow-code-wrong").json();
    assert_eq!(unknown["detail"], malformed["detail"]);
    let typed = guesser.post("/follow", &[("code", "7k3m 9qxa 2btv")]).await.refused(404, "查询码不对");
    assert!(typed.body.contains("7k3m 9qxa 2btv"), "what was typed is still there");
    let mut refused = 0;
    for _ in 0..25 {
        refused += u32::from(guesser.get("/follow/AAAA-BBBB-CCCC").await.status == 429);
    }
    assert!(refused >= 5, "{refused}");
    guesser.get(&format!("/follow/{code}")).await.ok();
    let spoken = code.replace('-', " ").to_lowercase();
    app.stranger().post("/follow", &[("code", &spoken)]).await.see(&format!("/follow/{code}"));
}

#[db_test]
async fn a_code_opens_nothing_elsewhere(db: TestDb) {
    let app = TestApp::new(&db).await;
    let far = app.app.entropy.id(app.app.now());
    app.create_tenant(far, "other", "石榴街道", Some("other.example")).await;
    let code = reported_by_stranger(&app.stranger()).await;
    let mut abroad = app.stranger();
    abroad.host = "other.example".to_owned();
    abroad.get(&format!("/follow/{code}")).await.refused(404, "");
    let other = reported_by_stranger(&app.stranger()).await;
    let photo = uuid::Uuid::nil();
    app.stranger().get(&format!("/follow/{other}/photos/{photo}/full")).await.refused(404, "");
}

#[db_test]
async fn a_follower_s_view_names_nobody_and_no_exact_place(db: TestDb) {
    let app = TestApp::new(&db).await;
    let code = reported_by_stranger(&app.stranger()).await;
    let json = app.stranger().get_json(&format!("/follow/{code}")).await.ok().body;
    assert!(!json.contains("118.752,") && !json.contains("34.542,"), "{json}");
    let rider = rider(&app).await;
    rider.get(&format!("/follow/{code}")).await.ok();
}

#[db_test]
async fn the_first_page_shows_the_ways_in(db: TestDb) {
    let app = TestApp::new(&db).await;
    let page = app.stranger().get("/").await.ok();
    for way in ["href=\"/report\"", "href=\"/follow\"", "href=\"/sign-in\""] {
        assert!(page.body.contains(way), "{way}");
    }
}
