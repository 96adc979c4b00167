//! What the form asks about a point.

use qige_db::db_test;
use qige_db::testing::TestDb;
use serde_json::json;

use crate::actors::TestApp;
use crate::rider_world::{later, report, reported, rider};

#[db_test]
async fn three_guesses_then_a_search(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    let matters = |answer: serde_json::Value| answer["matters"].as_array().unwrap().clone();
    let first = matters(stranger.get_json("/report/suggest").await.ok().json());
    assert_eq!(first.len(), 3, "a town without any history");
    let near = matters(stranger.get_json("/report/suggest?lng=118.752&lat=34.542").await.ok().json());
    assert_eq!(near.len(), 3);
    for (q, key) in [("%E4%BA%95%E7%9B%96", "matter-01-"), ("jg", "matter-01-"), ("09006", "matter-09-006")] {
        let found = matters(stranger.get_json(&format!("/report/suggest?q={q}")).await.ok().json());
        let hit = found.iter().any(|one| one["key"].as_str().unwrap().starts_with(key));
        assert!(hit && found.len() <= 20, "{q}: {found:?}");
    }
    assert!(matters(stranger.get_json("/report/suggest?q=zzzzzz").await.ok().json()).len() <= 20);
    stranger.get_json("/report/suggest?lng=x").await.refused(422, "lng");
    stranger.get_json("/report/suggest?lng=400&lat=1").await.refused(422, "");
}

#[db_test]
async fn what_was_reported_near_by_can_be_joined(db: TestDb) {
    let app = TestApp::new(&db).await;
    let (first, second) = (rider(&app).await, rider(&app).await);
    let case = reported(&first).await;
    later(&app);
    let near = "/report/nearby?lng=118.752&lat=34.542&matter=matter-09-006";
    let cases = second.get_json(near).await.ok().json()["cases"].as_array().unwrap().clone();
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(cases[0]["id"], case);
    for text in ["matter", "distance", "age", "reports"] {
        assert!(!cases[0][text].as_str().unwrap().is_empty(), "{text}");
    }
    let far = "/report/nearby?lng=118.80&lat=34.542&matter=matter-09-006";
    assert!(second.get_json(far).await.ok().json()["cases"].as_array().unwrap().is_empty());
    let mut body = report();
    body["joins"] = json!(case);
    let receipt = second.post_json("/report", &body).await.json();
    assert_eq!((&receipt["url"], &receipt["others"]), (&json!(format!("/mine/{case}")), &json!(1)));
    let stranger = app.stranger().get_json(near).await.ok().json();
    assert_eq!(stranger["cases"][0]["photo"], json!(null), "no photo of anybody's for a stranger");
}

#[db_test]
async fn grids_of_a_window(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    let answer = stranger.get_json("/report/grids?bbox=118.7,34.5,118.8,34.6").await.ok();
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let drawn = answer.json();
    assert_eq!((&drawn["type"], &drawn["left_out"]), (&json!("FeatureCollection"), &json!(0)));
    for grid in drawn["features"].as_array().unwrap() {
        let (place, name) = (&grid["properties"]["place"], &grid["properties"]["name"]);
        assert!(place.as_str().unwrap().ends_with(name.as_str().unwrap()), "{place} for {name}");
    }
    stranger.get_json("/report/grids?bbox=1,2").await.refused(422, "bbox");
    stranger.get_json("/report/grids").await.refused(422, "");
}
