//! Put right on the spot (当场办结), over HTTP: by form and by phone, by whom, with what, and what follows.

use qige_db::db_test;
use qige_db::testing::TestDb;
use serde_json::json;

use crate::centre_world::Town;
use crate::rider_world::{jpeg, report};

#[db_test]
async fn by_the_form_with_a_photo_before_and_one_after_and_checked_by_another(db: TestDb) {
    let town = Town::new(&db).await;
    let rider = &town.rider;
    rider.get("/report").await.ok();
    let fields = [
        ("words", "把倒在路上的单车扶好了"),
        ("matter", "matter-06-012"),
        ("lng", "118.752"),
        ("lat", "34.542"),
        ("solved", "true"),
    ];
    let (before, after) = (jpeg(60), jpeg(200));
    let both = [("photo", "before.jpg", before.as_slice()), ("photo", "after.jpg", after.as_slice())];
    rider.post_files("/report", &fields, &both[..1]).await.refused(422, "一张");
    let sent = rider.post_files("/report", &fields, &both).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let mine = rider.get_json("/mine").await.ok().json();
    let row = &mine["reports"][0];
    assert_eq!((&row["state"], mine["reports"].as_array().unwrap().len()), (&json!("handled"), 1));
    let case = row["case"].as_str().unwrap().to_owned();
    let seen = town.case(&case).await;
    let roles: Vec<_> = seen["photos"].as_array().unwrap().iter().map(|photo| &photo["role"]).collect();
    assert_eq!(roles, ["before", "after"]);
    assert_eq!((&seen["solved"], &seen["parts"]), (&json!(true), &json!([])), "no unit is sent");
    let life: Vec<_> = seen["life"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(life, ["solve-on-spot"]);

    // Nobody checks what they solved themselves; somebody else does, and it is closed.
    let own = json!({ "checker": rider.id });
    let refused = town.give(&town.dispatcher, &case, "ask-check", &own).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    let ask = json!({ "checker": town.worker.id });
    town.give(&town.dispatcher, &case, "ask-check", &ask).await.ok();
    let passed = json!({"words": "已看过", "photos": [town.photo(&case).await]});
    town.give(&town.worker, &case, "pass", &passed).await;
    assert_eq!(town.case(&case).await["state"], "closed");
    let page = rider.get(&format!("/mine/{case}")).await.ok();
    assert!(page.text().contains("已结案"), "{}", page.main());
}

#[db_test]
async fn as_json_it_needs_both_photos_and_somebody_who_may(db: TestDb) {
    let town = Town::new(&db).await;
    let note = |shade: u8| {
        let id = crate::rider_world::uuid(&town.app);
        json!({"id": id, "sha256": format!("{shade:02x}").repeat(32), "bytes": 1_000})
    };
    let mut body = report();
    body["solved"] = json!(true);
    for (by, photos, status, code) in [
        (&town.rider, vec![], 422, "before-and-after-missing"),
        (&town.rider, vec![note(1)], 422, "before-and-after-missing"),
        (&town.handler, vec![note(2), note(3)], 403, "not-your-part"),
    ] {
        body["photos"] = json!(photos);
        let answer = by.post_json("/report", &body).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert!(answer.json()["type"].as_str().unwrap().ends_with(code), "{}", answer.body);
    }
    body["photos"] = json!([note(4), note(5)]);
    for by in [&town.rider, &town.worker] {
        let answer = by.post_json("/report", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        body["photos"] = json!([note(6), note(7)]);
    }
}
