//! What phones hand over: records in order, files in pieces.

use axum::body::Body;
use bytes::Bytes;
use http::Method;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use serde_json::{Value, json};

use crate::actors::TestApp;
use crate::rider_world::{Phone, jpeg, picture, report, rider, uuid};

#[db_test]
async fn records_are_taken_in_order_and_answered_alike_for_ever(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    let phone = Phone::of(&app, Some(&rider)).await;
    let status = format!("/sync/status?device={}", phone.device);
    assert_eq!(phone.actor.get_json(&status).await.ok().json(), json!({"next": 0}));
    let long = json!({"words": "字".repeat(10_000), "lng": 118.752, "lat": 34.542});
    let odd = json!({"words": 7});
    let records = [
        phone.record(&app, 0, &report()),
        phone.record(&app, 1, &long),
        phone.record(&app, 2, &odd),
        json!({"index": 3, "id": uuid(&app), "kind": "visit", "body": {}}),
        phone.record(&app, 4, &report()),
    ];
    let answer = phone.hand_over(&records).await.ok().json();
    assert_eq!(answer["next"], 5);
    let outcomes: Vec<&str> =
        answer["results"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["accepted", "refused", "refused", "refused", "accepted"]);
    let first = &answer["results"][0]["receipt"];
    assert_eq!(first["report"], records[0]["id"]);
    assert!(first["follow_code"].is_null());
    assert_eq!(answer["results"][1]["problem"]["type"], "/problems/words-too-long");
    assert!(answer["results"][1]["problem"]["detail"].as_str().unwrap().contains("太长"));
    assert_eq!(answer["results"][2]["problem"]["type"], "/problems/record-unreadable");
    assert_eq!(phone.hand_over(&records).await.ok().json(), answer, "a lost answer is asked for again");
    assert_eq!(phone.actor.get_json(&status).await.ok().json(), json!({"next": 5}));
    rider.get(first["url"].as_str().unwrap()).await.ok();
    assert_eq!(rider.get_json("/mine").await.json()["reports"].as_array().unwrap().len(), 2);
}

#[db_test]
async fn the_same_batch_twice_at_once_is_one(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    let phone = Phone::of(&app, Some(&rider)).await;
    let records: Vec<Value> = (0..5).map(|index| phone.record(&app, index, &report())).collect();
    let (one, two) = tokio::join!(phone.hand_over(&records), phone.hand_over(&records));
    let (one, two) = (one.ok().json(), two.ok().json());
    assert_eq!(one["results"], two["results"]);
    assert_eq!((&one["next"], &two["next"]), (&json!(5), &json!(5)));
    assert_eq!(rider.get_json("/mine").await.json()["reports"].as_array().unwrap().len(), 5);
}

#[db_test]
async fn a_gap_says_where_the_outbox_stands(db: TestDb) {
    let app = TestApp::new(&db).await;
    let phone = Phone::of(&app, None).await;
    let late = phone.record(&app, 3, &report());
    let answer = phone.hand_over(&[late]).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (409, json!({"next": 0})));
    let (first, third) = (phone.record(&app, 0, &report()), phone.record(&app, 2, &report()));
    phone.hand_over(&[first, third]).await.refused(422, "batch-out-of-order");
    let many: Vec<Value> = (0..21).map(|index| phone.record(&app, index, &report())).collect();
    phone.hand_over(&many).await.refused(422, "batch-too-long");
    let headers = [("content-type", "application/json")];
    phone
        .actor
        .send(Method::POST, "/sync/records", &headers, "[".into())
        .await
        .refused(400, "malformed-json");
    let huge = format!("{{\"device\": \"{}\"", " ".repeat(300_000));
    phone.actor.send(Method::POST, "/sync/records", &headers, huge.into()).await.refused(413, "too-large");
}

#[db_test]
async fn a_phone_speaks_for_its_own_outbox(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    let (phone, other) = (Phone::of(&app, Some(&rider)).await, Phone::of(&app, None).await);
    let record = phone.record(&app, 0, &report());
    let body = json!({"device": phone.device, "records": [record]});
    other.actor.post_json("/sync/records", &body).await.refused(403, "outbox-of-another");
    other.actor.get_json(&format!("/sync/status?device={}", phone.device)).await.refused(403, "");
    app.stranger().post_json("/sync/records", &body).await.refused(401, "");
    rider.post_json("/sync/records", &body).await.refused(403, "");
    let far = app.app.entropy.id(app.app.now());
    app.create_tenant(far, "other", "石榴街道", Some("other.example")).await;
    let mut abroad = phone.actor;
    abroad.host = "other.example".to_owned();
    abroad.post_json("/sync/records", &body).await.refused(401, "");
}

#[db_test]
async fn a_stranger_s_phone_gets_a_code(db: TestDb) {
    let app = TestApp::new(&db).await;
    let phone = Phone::of(&app, None).await;
    let answer = phone.hand_over(&[phone.record(&app, 0, &report())]).await.ok().json();
    let receipt = &answer["results"][0]["receipt"];
    let code = receipt["follow_code"].as_str().unwrap();
    assert_eq!(receipt["url"], format!("/follow/{code}"));
    app.stranger().get(receipt["url"].as_str().unwrap()).await.ok();
}

#[db_test]
async fn a_photo_goes_on_where_the_wire_broke(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    let phone = Phone::of(&app, Some(&rider)).await;
    let options = app.stranger().send(Method::OPTIONS, "/uploads", &[], Body::empty()).await;
    assert_eq!((options.status.as_u16(), options.header("tus-extension")), (204, "creation"));

    let photo = picture(900, 700, 40);
    assert!(photo.len() > 200_000, "{}", photo.len());
    let (id, record) = (uuid(&app), uuid(&app));
    let mut body = report();
    body["photos"] = json!([{"id": id, "sha256": "", "bytes": photo.len()}]);
    let sent = json!({"index": 0, "id": record, "kind": "report", "body": body});
    let answer = phone.hand_over(&[sent]).await.ok().json();
    let case = answer["results"][0]["receipt"]["url"].as_str().unwrap().to_owned();
    assert!(rider.get(&case).await.ok().text().contains("照片还在路上"));

    let made = phone.announce(id, record, &photo, "image/jpeg").await;
    assert_eq!((made.status.as_u16(), made.header("upload-offset")), (201, "0"), "{}", made.body);
    assert_eq!(made.header("location"), format!("/uploads/{id}"));
    assert_eq!(made.header("tus-resumable"), "1.0.0");
    let piece = phone.piece(id, 0, &photo[..70_000]).await;
    assert_eq!((piece.status.as_u16(), piece.header("upload-offset")), (204, "70000"));
    // The wire breaks after another hundred thousand bytes: what came is kept.
    let frames = [Ok(Bytes::copy_from_slice(&photo[70_000..170_000])), Err(std::io::Error::other("cut"))];
    let broken = Body::from_stream(futures_util::stream::iter(frames));
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("upload-offset", "70000"),
        ("content-type", "application/offset+octet-stream"),
    ];
    let answer = phone.actor.send(Method::PATCH, &format!("/uploads/{id}"), &headers, broken).await;
    assert_eq!(answer.status, 400);
    let look = phone.look(id).await;
    assert_eq!((look.status.as_u16(), look.header("upload-offset")), (200, "170000"));
    phone.piece(id, 70_000, &photo[70_000..]).await.refused(409, "");
    let known = phone.announce(id, record, &photo, "image/jpeg").await;
    assert_eq!((known.status.as_u16(), known.header("upload-offset")), (200, "170000"));
    let last = phone.piece(id, 170_000, &photo[170_000..]).await;
    assert_eq!(last.header("upload-offset"), photo.len().to_string());
    assert_eq!(phone.look(id).await.header("upload-offset"), photo.len().to_string());
    assert!(!rider.get(&case).await.ok().text().contains("照片还在路上"));
    let full = rider.get(&format!("/photos/{id}/full")).await.ok();
    assert!(full.bytes.starts_with(&[0xff, 0xd8]));
}

#[db_test]
async fn each_no_of_an_upload_has_its_status(db: TestDb) {
    let app = TestApp::new(&db).await;
    let phone = Phone::of(&app, None).await;
    let photo = jpeg(3);
    let report = uuid(&app);
    let version = phone.actor.send(Method::POST, "/uploads", &[], Body::empty()).await;
    assert_eq!((version.status.as_u16(), version.header("tus-resumable")), (412, "1.0.0"));
    phone.look(uuid(&app)).await.refused(404, "");
    let id = uuid(&app);
    phone
        .announce_as(id, report, 50_000_000, &"00".repeat(32), "image/jpeg")
        .await
        .refused(413, "photo-too-many");
    phone.announce_as(id, report, 0, &"00".repeat(32), "image/jpeg").await.refused(422, "photo-empty");
    phone.announce_as(id, report, 3, "zz", "image/jpeg").await.refused(400, "upload-header-odd");
    phone.announce_as(id, report, photo.len(), &"00".repeat(32), "image/jpeg").await;
    let wrong = phone.piece(id, 0, &photo).await;
    assert_eq!(wrong.status, 460, "{}", wrong.body);
    wrong.refused(460, "upload-checksum");
    phone.look(id).await.refused(460, "");
    let other = uuid(&app);
    phone.announce(other, report, &photo, "image/jpeg").await;
    Phone::of(&app, None).await.look(other).await.refused(404, "");
    let mut long = photo.clone();
    long.push(0);
    phone.piece(other, 0, &long).await.refused(413, "upload-longer");
    let plain = [("tus-resumable", "1.0.0"), ("upload-offset", "0"), ("content-type", "image/jpeg")];
    let path = format!("/uploads/{other}");
    phone.actor.send(Method::PATCH, &path, &plain, photo.clone().into()).await.refused(415, "");
    let heic = crate::rider_world::heic();
    let third = uuid(&app);
    phone.announce(third, report, &heic, "image/heic").await;
    phone.piece(third, 0, &heic).await.refused(415, "photo-heic");
}

#[db_test]
async fn a_voice_note_is_for_the_dispatcher_alone(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    let phone = Phone::of(&app, Some(&rider)).await;
    let voice = [&b"OggS\0\x02"[..], &[7; 500]].concat();
    let (id, record) = (uuid(&app), uuid(&app));
    let mut body = report();
    body["voice"] = json!({"id": id, "sha256": "", "bytes": voice.len()});
    let sent = json!({"index": 0, "id": record, "kind": "report", "body": body});
    phone.hand_over(&[sent]).await.ok();
    phone.announce(id, record, &voice, "audio/ogg").await;
    let last = phone.piece(id, 0, &voice).await;
    assert_eq!(last.status, 204, "{}", last.body);
    let dispatcher = app.person(Role::Dispatcher, Scope::Tenant).await;
    let heard = dispatcher.get(&format!("/voice/{id}")).await.ok();
    assert_eq!((heard.header("content-type"), &heard.bytes), ("audio/ogg", &voice));
    assert!(rider.get("/me/access").await.ok().main().contains("收听语音"), "they see that it was heard");
    rider.get(&format!("/voice/{id}")).await.refused(403, "");
    rider.get(&format!("/photos/{id}/full")).await.refused(404, "");
    dispatcher.get(&format!("/photos/{id}/full")).await.refused(404, "");
}
