//! Reporting by form and by program, with and without an account.

use http::Method;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use serde_json::json;

use crate::actors::TestApp;
use crate::rider_world::{Phone, bomb, heic, jpeg, report, reported, reported_by_stranger, rider, uuid};

#[db_test]
async fn the_form_is_complete_for_a_stranger_and_light(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    let page = stranger.get("/report").await.ok();
    for part in [
        "data-module=\"report\"",
        "data-role=\"photo-input\"",
        "data-role=\"position\"",
        "data-role=\"suggestions\"",
        "data-role=\"send\"",
        "data-role=\"sent\"",
        "data-module=\"outbox\"",
        "data-module=\"voice\"",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    assert!(page.body.matches("name=\"matter\"").count() >= 4, "some choices before any script runs");
    assert!(!page.body.contains("data-role=\"solved\""), "a stranger solves nothing on the spot");
    let headers = [("accept", "text/html"), ("accept-encoding", "gzip")];
    let packed = stranger.send(Method::GET, "/report", &headers, "".into()).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() <= 14 * 1024, "{}", packed.bytes.len());
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("report_page", page.main());
    }
    let solver = rider(&app).await;
    assert!(solver.get("/report").await.ok().body.contains("data-role=\"solved\""));
}

#[db_test]
async fn a_stranger_reports_without_script_follows_and_takes_it_back(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    let page = stranger.get("/report").await.ok();
    let id = page.body.split_once("name=\"id\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let fields = [("id", id.as_str()), ("words", "没有脚本也能报"), ("lng", ""), ("matter", "matter-06-012")];
    let photo = jpeg(90);
    let files = [("photo", "a.jpg", photo.as_slice()), ("photo", "b.jpg", photo.as_slice())];
    let sent = stranger.post_files("/report", &fields, &files).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let receipt_at = sent.header("location").to_owned();
    let code = receipt_at.strip_prefix("/follow/").unwrap().strip_suffix("/receipt").unwrap().to_owned();
    let receipt = stranger.get(&receipt_at).await.ok();
    assert!(receipt.body.contains("没有脚本也能报") && receipt.body.contains(&code));
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("receipt_of_a_stranger", receipt.main());
    }
    let qr = stranger.get(&format!("/follow/{code}/qr.svg")).await.ok();
    assert_eq!(qr.header("content-type"), "image/svg+xml");
    assert!(qr.body.contains("<svg"));

    let again = stranger.post_files("/report", &fields, &files).await.see(&receipt_at);
    assert!(again.header("set-cookie").contains("flash="), "it says that nothing was reported twice");

    let page = stranger.get(&format!("/follow/{}", code.to_lowercase())).await.ok();
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("follow_page", page.main());
    }
    let shown: Vec<&str> =
        page.body.split("src=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let thumbs: Vec<&&str> = shown.iter().filter(|src| src.ends_with("/thumb")).collect();
    assert_eq!(thumbs.len(), 2, "{shown:?}");
    let thumb = stranger.get(thumbs[0]).await.ok();
    assert_eq!(thumb.header("content-type"), "image/jpeg");
    assert!(thumb.header("cache-control").starts_with("private"));
    assert!(thumb.bytes.starts_with(&[0xff, 0xd8]));
    let photo_id = thumbs[0].split('/').nth(4).unwrap();
    app.stranger().get(&format!("/photos/{photo_id}/full")).await.asks_to_sign_in();

    let json = stranger.get_json(&format!("/follow/{code}")).await.ok().json();
    assert_eq!((json["state"].as_str(), json["version"].as_i64()), (Some("reported"), Some(1)));
    let withdrawn = stranger.post(&format!("/follow/{code}/withdraw"), &[("version", "1")]).await;
    withdrawn.see(&format!("/follow/{code}"));
    let page = stranger.get(&format!("/follow/{code}")).await.ok();
    assert!(page.text().contains("已撤回") && page.body.contains("data-module=\"undo\""));
    stranger.post(&format!("/follow/{code}/undo"), &[]).await.see(&format!("/follow/{code}"));
    let json = stranger.get_json(&format!("/follow/{code}")).await.ok().json();
    assert_eq!(json["state"], "reported");
}

#[db_test]
async fn a_rider_reports_as_json_and_as_a_program(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    let id = uuid(&app);
    let mut body = report();
    body["id"] = json!(id);
    let first = rider.post_json("/report", &body).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let receipt = first.json();
    assert_eq!(receipt["report"], id.to_string());
    assert!(receipt["follow_code"].is_null(), "who has an account needs no code");
    assert_eq!(rider.post_json("/report", &body).await.json(), receipt, "the same again is the same receipt");
    let program = app.token(&rider).await;
    let multipart =
        program.post_files("/report", &[("words", "程序报的")], &[("photo", "x", &jpeg(10))]).await;
    assert_eq!(multipart.status, 303);
    let keyed = |key: String| {
        let headers = [("content-type", "application/json".to_owned()), ("idempotency-key", key)];
        let program = &program;
        async move {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
            program.send(Method::POST, "/report", &headers, report().to_string().into()).await
        }
    };
    let key = uuid(&app).to_string();
    let (one, two) = (keyed(key.clone()).await.json(), keyed(key.clone()).await.json());
    assert_eq!((&one["report"], &one), (&json!(key), &two), "the key is the report's id");
    assert_eq!(rider.get_json("/mine").await.ok().json()["reports"].as_array().unwrap().len(), 3);
}

#[db_test]
async fn what_cannot_be_read_gets_a_clear_answer(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    let raw = |kind: &'static str, body: Vec<u8>| {
        let stranger = &stranger;
        async move {
            let headers = [("content-type", kind), ("accept", "application/json")];
            stranger.send(Method::POST, "/report", &headers, body.into()).await
        }
    };
    let json = "application/json";
    raw(json, b"{".to_vec()).await.refused(400, "malformed-json");
    raw(json, b"\xff".to_vec()).await.refused(400, "not-utf8");
    raw(json, b"{\"lng\": \"east\"}".to_vec()).await.refused(422, "\"field\":\"lng\"");
    raw(json, b"{}".to_vec()).await.refused(422, "nothing-said");
    raw(json, b"{\"words\": \"x\", \"lng\": 400, \"lat\": 1}".to_vec())
        .await
        .refused(422, "position-impossible");
    raw("application/x-www-form-urlencoded", b"words=%zz".to_vec()).await.refused(400, "malformed-form");
    raw("multipart/form-data; boundary=x", b"--x\r\nContent-Dis".to_vec()).await.refused(400, "multipart");
    raw("multipart/form-data", b"".to_vec()).await.refused(400, "multipart");
    raw("text/plain", b"words".to_vec()).await.refused(415, "unsupported-type");
    for (words, code) in [
        ("字".repeat(10_000), "words-too-long"),
        ("a\u{7}b".to_owned(), "control"),
        ("a\u{202e}b".to_owned(), "words-with-control-signs"),
    ] {
        let mut body = report();
        body["words"] = json!(words);
        stranger.post_json("/report", &body).await.refused(422, code);
    }
    for words in ["مرحبا 路口", "👷‍♀️🚧 井盖 🕳️", "line\r\nline\ttab"] {
        let mut body = report();
        body["words"] = json!(words);
        let receipt = stranger.post_json("/report", &body).await;
        assert_eq!(receipt.status, 201, "{}", receipt.body);
        assert_eq!(receipt.json()["words"], words.replace("\r\n", "\n"));
    }
}

#[db_test]
async fn a_bad_photo_costs_nothing_of_the_form(db: TestDb) {
    let app = TestApp::new(&db).await;
    let good = jpeg(120);
    let large = vec![0xff; 26 * 1024 * 1024];
    let bad: [(&str, &[u8], u16, &str); 5] = [
        ("empty.jpg", b"", 422, "空"),
        ("apple.heic", &heic(), 415, "HEIC"),
        ("bomb.png", &bomb(), 413, "像素"),
        ("words.txt", b"no photo at all", 415, "照片"),
        ("large.jpg", &large, 413, "太大"),
    ];
    for (name, bytes, status, said) in bad {
        let stranger = app.stranger();
        stranger.get("/report").await;
        let id = uuid(&app).to_string();
        let fields = [("id", id.as_str()), ("words", "照片坏了字还在"), ("matter", "matter-06-012")];
        let files = [("photo", "good.jpg", good.as_slice()), ("photo", name, bytes)];
        let answer = stranger.post_files("/report", &fields, &files).await.refused(status, said);
        assert!(answer.body.contains("照片坏了字还在"), "{name}");
        assert!(answer.body.contains(&id), "{name}: the same report");
        if name == "large.jpg" {
            continue;
        }
        let kept = answer.body.split_once("name=\"kept\" value=\"").unwrap().1.split_once('"').unwrap().0;
        assert!(answer.text().contains("1 张照片已经收好"), "{name}");
        let again = [("id", id.as_str()), ("words", "照片坏了字还在"), ("kept", kept)];
        let sent = stranger.post("/report", &again).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        let receipt = stranger.get(sent.header("location")).await.ok();
        assert!(receipt.text().contains("1 张"), "{name}: {}", receipt.main());
    }
}

#[db_test]
async fn kept_photos_are_those_of_the_same_report_alone(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    stranger.get("/report").await;
    let id = uuid(&app).to_string();
    let long = "字".repeat(2_001);
    let fields = [("id", id.as_str()), ("words", long.as_str())];
    let answer =
        stranger.post_files("/report", &fields, &[("photo", "a", &jpeg(1))]).await.refused(422, "太长");
    let kept =
        answer.body.split_once("name=\"kept\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let thief = app.stranger();
    let other = uuid(&app).to_string();
    let sent = thief.post("/report", &[("id", &other), ("words", "别人的照片"), ("kept", &kept)]).await;
    let receipt = thief.get(sent.header("location")).await.ok();
    assert!(!receipt.text().contains("张"), "{}", receipt.main());
}

#[db_test]
async fn who_reports_too_often_without_an_account_waits(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    for _ in 0..30 {
        reported_by_stranger(&stranger).await;
    }
    let refused = stranger.post_json("/report", &report()).await;
    assert!(!refused.header("retry-after").is_empty());
    refused.refused(429, "too-many-requests");
    reported_by_stranger(&app.stranger()).await;
    let rider = rider(&app).await;
    for _ in 0..31 {
        reported(&rider).await;
    }
}

#[db_test]
async fn another_role_reports_like_anybody(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let receipt = admin.post_json("/report", &report()).await.json();
    assert!(receipt["follow_code"].is_string(), "no page of own reports, so a code");
}

#[db_test]
async fn where_somebody_needs_help_no_photo_is_kept(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    assert!(stranger.get("/report").await.ok().body.contains("q-no-photo"));
    let fields = [("matter", "matter-90-004"), ("words", "桥下有位老人需要帮助")];
    let sent = stranger.post_files("/report", &fields, &[("photo", "a.jpg", &jpeg(50))]).await;
    let receipt = stranger.get_json(sent.header("location")).await.ok().json();
    assert_eq!(receipt["photos"], 0);

    let phone = Phone::of(&app, None).await;
    let (photo, record) = (uuid(&app), uuid(&app));
    let bytes = jpeg(60);
    let body = json!({"matter": "matter-90-004", "words": "桥下", "photos": [{"id": photo}]});
    let record_of = json!({"index": 0, "id": record, "kind": "report", "body": body});
    let answer = phone.hand_over(&[record_of]).await.ok().json();
    let code = answer["results"][0]["receipt"]["follow_code"].as_str().unwrap().to_owned();
    phone.announce(photo, record, &bytes, "image/jpeg").await;
    assert_eq!(phone.piece(photo, 0, &bytes).await.status, 204, "the phone need not try again");
    let page = stranger.get_json(&format!("/follow/{code}")).await.ok().json();
    assert_eq!(page["photos"], json!([]));
    stranger.get(&format!("/follow/{code}/photos/{photo}/full")).await.refused(404, "");
}

#[db_test]
async fn a_form_sent_twice_keeps_the_photos_of_the_first(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    stranger.get("/report").await;
    let (id, long) = (uuid(&app).to_string(), "字".repeat(2_001));
    let first = [("id", id.as_str()), ("words", long.as_str())];
    let refused = stranger.post_files("/report", &first, &[("photo", "a", &jpeg(1))]).await;
    let kept = refused.body.split_once("name=\"kept\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let fields = [("id", id.as_str()), ("words", "占道"), ("kept", kept)];
    let files: [(&str, &str, &[u8]); 1] = [("photo", "b", &jpeg(2))];
    let sent = stranger.post_files("/report", &fields, &files).await;
    let receipt = sent.header("location").to_owned();
    stranger.post_files("/report", &fields, &files).await.see(&receipt);
    assert_eq!(stranger.get_json(&receipt).await.ok().json()["photos"], 2);
}
