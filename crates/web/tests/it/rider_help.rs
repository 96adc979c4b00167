//! Somebody needs help: of that no photo is kept, whenever it was seen that this is what a report is about.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::Timestamp;
use serde_json::json;

use crate::centre_world::Town;
use crate::rider_world::{Phone, picture, report, uuid};

/// 这里有人需要帮助.
const HELP_NEEDED: &str = "matter-90-004";

impl Town {
    /// Does the jobs that are due.
    async fn work(&self) {
        qige_app::worker(&self.app.app).run_until_idle().await.unwrap();
    }
}

#[db_test]
async fn a_photo_goes_when_the_centre_sees_that_somebody_needs_help(db: TestDb) {
    let town = Town::new(&db).await;
    let phone = Phone::of(&town.app, Some(&town.rider)).await;
    let photo = picture(300, 200, 40);
    let (early, late, record) = (uuid(&town.app), uuid(&town.app), uuid(&town.app));
    let mut body = report();
    body["matter"] = json!(null);
    body["photos"] = json!([
        {"id": early, "sha256": "", "bytes": photo.len()},
        {"id": late, "sha256": "", "bytes": photo.len()},
    ]);
    let sent = json!({"index": 0, "id": record, "kind": "report", "body": body});
    let answer = phone.hand_over(&[sent]).await.ok().json();
    let url = answer["results"][0]["receipt"]["url"].as_str().unwrap();
    let case = url.rsplit('/').next().unwrap().to_owned();
    phone.announce(early, record, &photo, "image/jpeg").await;
    phone.piece(early, 0, &photo).await;
    town.work().await;
    let path = format!("/photos/{early}/full");
    town.dispatcher.get(&path).await.ok();

    // Filed and taken back, it stays; filed for good, it goes once that cannot be taken back.
    town.give(&town.dispatcher, &case, "file", &json!({"matter": HELP_NEEDED})).await.ok();
    town.give(&town.dispatcher, &case, "undo", &json!({})).await.ok();
    town.work().await;
    town.app.clock.advance(2 * Timestamp::MINUTE);
    town.work().await;
    town.dispatcher.get(&path).await.ok();
    town.give(&town.dispatcher, &case, "file", &json!({"matter": HELP_NEEDED})).await.ok();
    town.work().await;
    town.dispatcher.get(&path).await.ok();
    town.app.clock.advance(2 * Timestamp::MINUTE);
    town.work().await;
    town.dispatcher.get(&path).await.refused(410, "按规定删除");

    // What was still on its way is not kept either.
    phone.announce(late, record, &photo, "image/jpeg").await;
    phone.piece(late, 0, &photo).await;
    town.dispatcher.get(&format!("/photos/{late}/full")).await.refused(410, "");
    assert_eq!(town.case(&case).await["photos"], json!([]));
}

#[db_test]
async fn who_joins_a_case_of_help_sends_no_photo_along(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.reported_as(&town.rider, &json!({"matter": HELP_NEEDED})).await;
    let neighbour = town.app.person(qige_identity::Role::Rider, qige_identity::Scope::Tenant).await;
    let phone = Phone::of(&town.app, Some(&neighbour)).await;
    let photo = picture(300, 200, 40);
    let (id, record) = (uuid(&town.app), uuid(&town.app));
    let mut body = report();
    body["matter"] = json!(null);
    body["joins"] = json!(case);
    body["photos"] = json!([{"id": id, "sha256": "", "bytes": photo.len()}]);
    let sent = json!({"index": 0, "id": record, "kind": "report", "body": body});
    let answer = phone.hand_over(&[sent]).await.ok().json();
    assert_eq!(answer["results"][0]["receipt"]["url"], format!("/mine/{case}"), "{answer}");
    phone.announce(id, record, &photo, "image/jpeg").await;
    phone.piece(id, 0, &photo).await;
    town.dispatcher.get(&format!("/photos/{id}/full")).await.refused(404, "");
}

#[db_test]
async fn a_case_that_follows_one_of_help_loses_its_photo(db: TestDb) {
    let town = Town::new(&db).await;
    let main = town.reported_as(&town.rider, &json!({"matter": HELP_NEEDED})).await;
    let phone = Phone::of(&town.app, Some(&town.rider)).await;
    let photo = picture(300, 200, 40);
    let (id, record) = (uuid(&town.app), uuid(&town.app));
    let mut body = report();
    body["photos"] = json!([{"id": id, "sha256": "", "bytes": photo.len()}]);
    let sent = json!({"index": 0, "id": record, "kind": "report", "body": body});
    let answer = phone.hand_over(&[sent]).await.ok().json();
    let url = answer["results"][0]["receipt"]["url"].as_str().unwrap();
    let case = url.rsplit('/').next().unwrap().to_owned();
    phone.announce(id, record, &photo, "image/jpeg").await;
    phone.piece(id, 0, &photo).await;
    let path = format!("/photos/{id}/full");
    town.dispatcher.get(&path).await.ok();
    town.give(&town.dispatcher, &case, "merge", &json!({"main": main, "reason": "同一个人"})).await.ok();
    town.work().await;
    town.app.clock.advance(2 * Timestamp::MINUTE);
    town.work().await;
    town.dispatcher.get(&path).await.refused(410, "");
}
