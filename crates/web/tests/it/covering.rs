//! Faces and plates on a picture are covered for good: the picture as it was is gone, bytes and all.

use qige_blobs::photo::{Limits, prepare_covered};
use qige_blobs::{ObjectKey, Variant};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::ObjectId;
use serde_json::{Value, json};

use crate::actors::Answer;
use crate::centre_world::Town;
use crate::rider_world::{Phone, picture, report, uuid};

/// The right half.
const HALF: &str = "50,0,50,100";

impl Town {
    async fn cover(&self, photo: &str, body: &Value) -> Answer {
        self.later();
        self.dispatcher.post_json(&format!("/photos/{photo}/cover"), body).await
    }

    /// A case with a light photo that came with its report; case, photo, and what the phone sent.
    async fn photographed(&self) -> (String, String, Phone, (uuid::Uuid, Vec<u8>)) {
        let phone = Phone::of(&self.app, Some(&self.rider)).await;
        let bytes = picture(300, 200, 230);
        let (photo, record) = (uuid(&self.app), uuid(&self.app));
        let mut body = report();
        body["photos"] = json!([{"id": photo, "sha256": "", "bytes": bytes.len()}]);
        let sent = json!({"index": 0, "id": record, "kind": "report", "body": body});
        let answer = phone.hand_over(&[sent]).await.ok().json();
        let url = answer["results"][0]["receipt"]["url"].as_str().unwrap();
        let case = url.rsplit('/').next().unwrap().to_owned();
        phone.announce(photo, record, &bytes, "image/jpeg").await;
        phone.piece(photo, 0, &bytes).await;
        (case, photo.to_string(), phone, (record, bytes))
    }

    async fn stored(&self, photo: &str, variant: Variant) -> Option<Vec<u8>> {
        let object: ObjectId = photo.parse().unwrap();
        self.app.app.store.get(ObjectKey { tenant: self.app.tenant, object, variant }).await.unwrap()
    }

    async fn sound(&self) {
        let faults = self
            .app
            .app
            .db
            .read(qige_db::Asker::system(self.app.tenant), |tx| {
                Box::pin(async move { Ok(qige_cases::verify(tx).await?) })
            })
            .await
            .unwrap();
        assert_eq!(faults, Vec::new());
    }
}

#[db_test]
async fn what_is_covered_is_gone_at_once_and_stays_gone(db: TestDb) {
    let town = Town::new(&db).await;
    let (case, photo, phone, (record, bytes)) = town.photographed().await;
    let old = format!("/photos/{photo}/full");
    let shown = town.dispatcher.get(&old).await.ok();
    assert_eq!(shown.header("cache-control"), "private, no-cache");
    let tag = shown.header("etag").to_owned();
    let headers = [("if-none-match", tag.as_str())];
    let again = town.dispatcher.send(http::Method::GET, &old, &headers, "".into()).await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    let link = format!("href=\"/photos/{photo}/cover\"");
    assert!(town.dispatcher.get(&format!("/cases/{case}")).await.ok().body.contains(&link));
    let before = town.stored(&photo, Variant::Full).await.unwrap();
    let painted = prepare_covered(&before, &Limits::STANDARD, &[HALF.parse().unwrap()]).unwrap();
    let page = town.dispatcher.get(&format!("/photos/{photo}/cover")).await.ok();
    assert!(page.main().contains("原来的照片立即删除"));

    let body = json!({"boxes": HALF, "reason": "路人的脸", "version": 1});
    town.cover(&photo, &body).await.ok();
    let seen = town.case(&case).await;
    let new = seen["photos"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(seen["photos"].as_array().unwrap().len(), 1);
    assert_ne!(new, photo);
    for (variant, jpeg) in [(Variant::Full, painted.full_jpeg), (Variant::Thumb, painted.thumb_jpeg)] {
        assert!(town.stored(&photo, variant).await.is_none(), "its bytes are gone");
        assert_eq!(town.stored(&new, variant).await.unwrap(), jpeg);
    }
    // Neither who has its address sees it, nor who has it from before and asks whether it is still so.
    town.rider.get(&old).await.refused(404, "");
    town.dispatcher.send(http::Method::GET, &old, &headers, "".into()).await.refused(404, "");
    town.rider.get(&format!("/photos/{new}/full")).await.ok();
    let line = &seen["life"].as_array().unwrap().last().unwrap();
    assert_eq!((&line["kind"], &line["note"]), (&json!("cover-photo"), &json!("路人的脸")));

    // It is final, and a phone that sends everything again brings nothing back.
    town.give(&town.dispatcher, &case, "undo", &json!({})).await.refused(409, "");
    town.app.clock.advance(9 * qige_kernel::Timestamp::DAY);
    let app = &town.app.app;
    qige_sync::expire(&app.db, &app.uploads.staging, town.app.tenant, app.now()).await.unwrap();
    let begun = phone.announce(photo.parse().unwrap(), record, &bytes, "image/jpeg").await;
    assert_eq!(begun.status, 201, "the upload itself is forgotten by now");
    assert_eq!(phone.piece(photo.parse().unwrap(), 0, &bytes).await.status, 204);
    assert!(town.stored(&photo, Variant::Full).await.is_none());
    assert!(town.stored(&photo, Variant::Thumb).await.is_none());
    let afterwards = town.app.person(Role::Supervisor, Scope::Tenant).await;
    let seen = afterwards.get_json(&format!("/cases/{case}")).await.ok().json();
    assert_eq!(seen["photos"][0]["id"], new);
    town.sound().await;
}

#[db_test]
async fn a_picture_that_came_with_a_comment_is_covered_where_everybody_reads_it(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.filed().await;
    let page = format!("/cases/{case}");
    let said = [("public", "true"), ("words", "见照片")];
    let bytes = picture(300, 200, 230);
    let files = [("file", "现场.jpg", bytes.as_slice())];
    town.dispatcher.get(&page).await.ok();
    town.dispatcher.post_files(&format!("{page}/comment"), &said, &files).await.see(&page);
    let file = town.case(&case).await["comments"][0]["files"][0]["id"].as_str().unwrap().to_owned();
    town.cover(&file, &json!({"boxes": HALF, "reason": "车牌"})).await.ok();
    let new = town.case(&case).await["comments"][0]["files"][0].clone();
    let id = new["id"].as_str().unwrap();
    assert_ne!(id, file);
    assert_eq!(new["bytes"], town.stored(id, Variant::Full).await.unwrap().len());
    assert!(town.stored(&file, Variant::Full).await.is_none());
    let mine = town.rider.get(&format!("/mine/{case}")).await.ok().body;
    assert!(mine.contains(id) && !mine.contains(&file), "the line of life leads to it");
    town.rider.get(&format!("/cases/{case}/files/{id}")).await.ok();
    town.sound().await;
}

#[db_test]
async fn who_may_not_cover_what_cannot_be_covered(db: TestDb) {
    let town = Town::new(&db).await;
    let (case, photo, ..) = town.photographed().await;
    let good = json!({"boxes": HALF, "reason": "路人的脸"});
    let east = town.app.person(Role::Dispatcher, Scope::Community(town.east)).await;
    let path = format!("/photos/{photo}/cover");
    east.get(&path).await.refused(404, "");
    east.post_json(&path, &good).await.refused(404, "");
    for other in [&town.rider, &town.handler, &town.worker] {
        other.get(&path).await.refused(403, "");
        other.post_json(&path, &good).await.refused(403, "");
    }
    let field = |answer: Answer, field: &str| assert_eq!(answer.refused(422, "").json()["field"], field);
    for odd in ["", "1,2,3", "0,0,101,5", "x"] {
        field(town.cover(&photo, &json!({"boxes": odd, "reason": "脸"})).await, "boxes");
    }
    field(town.cover(&photo, &json!({"boxes": vec![HALF; 21].join(" "), "reason": "脸"})).await, "boxes");
    field(town.cover(&photo, &json!({"boxes": HALF, "reason": " "})).await, "reason");
    let stale = json!({"boxes": HALF, "reason": "脸", "version": 7});
    town.cover(&photo, &stale).await.refused(409, "");
    // What no case speaks of is nobody's to cover.
    let loose = town.photo(&case).await;
    town.cover(&loose, &good).await.refused(409, "");
    town.cover(&uuid(&town.app).to_string(), &good).await.refused(404, "");
    assert!(town.stored(&photo, Variant::Full).await.is_some());

    // Sent twice under one key it is done once; another time there is nothing left of it.
    let headers = [
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("idempotency-key", "019a0000-0000-7000-8000-0000000000aa"),
    ];
    let program = town.app.token(&town.dispatcher).await;
    for _ in 0..2 {
        let sent = program.send(http::Method::POST, &path, &headers, good.to_string().into()).await;
        assert!(sent.status.is_success(), "{}", sent.body);
    }
    town.cover(&photo, &good).await.refused(410, "");
    assert_eq!(town.case(&case).await["photos"].as_array().unwrap().len(), 1);
    town.sound().await;
}
