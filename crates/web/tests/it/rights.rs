//! One's own data: a copy, requests about it, leaving; and what everybody may read of how it is processed.

use std::io::{Cursor, Read};

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use serde_json::{Value, json};

use crate::actors::{Answer, PASSWORD};
use crate::centre_world::Town;
use crate::rider_world::{Phone, jpeg, report, reported_by_stranger, uuid};

/// A file inside a zip.
fn inside(answer: &Answer, name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes.clone())).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What lies in a zip, by name.
fn names(answer: &Answer) -> Vec<String> {
    let zip = zip::ZipArchive::new(Cursor::new(answer.bytes.clone())).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    names
}

#[db_test]
async fn photos_go_along_while_they_are_kept(db: TestDb) {
    let town = Town::new(&db).await;
    town.rider.get("/report").await.ok();
    let id = uuid(&town.app).to_string();
    let fields = [
        ("id", id.as_str()),
        ("words", "两张照片"),
        ("matter", "matter-06-012"),
        ("lng", "118.752"),
        ("lat", "34.542"),
    ];
    let (one, other) = (jpeg(60), jpeg(120));
    let files: [(&str, &str, &[u8]); 2] = [("photo", "a.jpg", &one), ("photo", "b.jpg", &other)];
    assert_eq!(town.rider.post_files("/report", &fields, &files).await.status, 303);
    let someone = town.app.person(Role::Rider, Scope::Tenant).await;
    let own = town.rider.get_json("/me/data/all").await.ok().json();
    let photos = own["reported"][0]["photos"].as_array().unwrap().clone();
    assert_eq!(photos.len(), 2);
    let file = town.rider.get("/me/data.zip").await.ok();
    let html = inside(&file, "data.html");
    for photo in &photos {
        let name = format!("photos/{}.jpg", photo.as_str().unwrap());
        assert!(
            html.contains("photos") && html.contains(&format!("{}.jpg", photo.as_str().unwrap())),
            "{html}"
        );
        let mut zip = zip::ZipArchive::new(Cursor::new(file.bytes.clone())).unwrap();
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes[..2], [0xff, 0xd8], "a picture");
        // On the page the same is looked at where it lies.
        let page = town.rider.get("/me/data/all").await.ok().body.replace("&#x2f;", "/");
        let there = format!("/photos/{}/full", photo.as_str().unwrap());
        assert!(page.contains(&there), "{page}");
        town.rider.get(&there).await.ok();
    }
    assert_eq!(names(&someone.get("/me/data.zip").await.ok()), ["data.html", "data.json"]);
    db.tamper("UPDATE objects SET erased_at = 1").await;
    let file = town.rider.get("/me/data.zip").await.ok();
    assert_eq!(names(&file), ["data.html", "data.json"], "their term is over");
}

#[db_test]
async fn voice_notes_go_along_while_they_are_kept(db: TestDb) {
    let town = Town::new(&db).await;
    let phone = Phone::of(&town.app, Some(&town.rider)).await;
    let voice = [&b"OggS\0\x02"[..], &[7; 500]].concat();
    let (id, record) = (uuid(&town.app), uuid(&town.app));
    let mut body = report();
    body["voice"] = json!({"id": id, "sha256": "", "bytes": voice.len()});
    phone.hand_over(&[json!({"index": 0, "id": record, "kind": "report", "body": body})]).await.ok();
    let nothing = town.rider.get("/me/data.zip").await.ok();
    assert_eq!(names(&nothing), ["data.html", "data.json"], "it has not arrived");
    phone.announce(id, record, &voice, "audio/ogg").await;
    assert_eq!(phone.piece(id, 0, &voice).await.status, 204);
    let file = town.rider.get("/me/data.zip").await.ok();
    let name = format!("voice/{id}.ogg");
    assert_eq!(names(&file), ["data.html", "data.json", name.as_str()]);
    let data: Value = serde_json::from_str(&inside(&file, "data.json")).unwrap();
    assert_eq!(data["reported"][0]["voice"], name);
    assert!(inside(&file, "data.html").replace("&#x2f;", "/").contains(&format!("href=\"{name}\"")));
    let mut zip = zip::ZipArchive::new(Cursor::new(file.bytes.clone())).unwrap();
    let mut bytes = Vec::new();
    zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, voice);
    let page = town.rider.get("/me/data/all").await.ok();
    assert!(page.body.contains("有语音"), "{}", page.body);
    // Whoever names another's voice note as their own does not get it.
    let thief = town.app.person(Role::Rider, Scope::Tenant).await;
    let other = Phone::of(&town.app, Some(&thief)).await;
    let record = json!({"index": 0, "id": uuid(&town.app), "kind": "report", "body": body});
    other.hand_over(&[record]).await.ok();
    assert_eq!(names(&thief.get("/me/data.zip").await.ok()), ["data.html", "data.json"]);
    let cases = town.dispatcher.get_json("/cases").await.ok().json();
    let rows = cases["rows"].as_array().unwrap();
    let no = json!({"reason": "not-ours", "words": "不归我们管"});
    for row in rows {
        town.give(&town.dispatcher, row["id"].as_str().unwrap(), "decline", &no).await.ok();
    }
    for days in [0, 15] {
        town.app.clock.advance(days * qige_kernel::Timestamp::DAY);
        qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
    }
    town.rider.sign_in(&town.rider.account, PASSWORD).await;
    let file = town.rider.get("/me/data.zip").await.ok();
    assert_eq!(names(&file), ["data.html", "data.json"], "its term is over");
}

#[db_test]
async fn everybody_takes_a_copy_of_their_own_and_of_nobody_else_s(db: TestDb) {
    let town = Town::new(&db).await;
    let long = "摊位占了半条路".repeat(30);
    town.reported_as(&town.rider, &json!({"words": long})).await;
    let other = town.app.person(Role::Rider, Scope::Tenant).await;
    town.reported_as(&other, &json!({"words": "别人报的"})).await;
    town.rider.get("/me/data").await.ok();
    let file = town.rider.get("/me/data.zip").await.ok();
    assert_eq!(file.header("content-type"), "application/zip");
    assert_eq!(file.header("cache-control"), "no-store");
    let data: Value = serde_json::from_str(&inside(&file, "data.json")).unwrap();
    assert_eq!(data["reported"].as_array().unwrap().len(), 1);
    assert_eq!(data["reported"][0]["words"], long, "whole, as it was written");
    assert_eq!((&data["reported"][0]["lng"], &data["cut"]), (&json!(118.752), &json!(false)));
    assert_eq!(data["account"]["name"], town.rider.account);
    let html = inside(&file, "data.html");
    assert!(html.contains(&long) && html.contains("我的上报") && !html.contains("别人报的"));
    assert!(!html.contains("csrf") && !html.contains("<script"), "it stands by itself");
    let nobody = town.app.person(Role::Donor, Scope::Tenant).await;
    let data = nobody.get_json("/me/data/all").await.ok().json();
    assert_eq!(data["reported"], json!([]));
    town.app.stranger().get("/me/data.zip").await.asks_to_sign_in();
    let code = reported_by_stranger(&town.app.stranger()).await;
    let file = town.app.stranger().get(&format!("/follow/{code}/data.zip")).await.ok();
    let data: Value = serde_json::from_str(&inside(&file, "data.json")).unwrap();
    assert_eq!((&data["account"], data["reported"].as_array().unwrap().len()), (&Value::Null, 1));
    town.app.stranger().get("/follow/AAAA-BBBB-CCCC/data.zip").await.refused(404, "");
}

#[db_test]
async fn what_is_asked_for_is_answered_with_the_reason(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let code = reported_by_stranger(&town.app.stranger()).await;
    let base = format!("/follow/{code}/data");
    let ask = [("kind", "erase"), ("words", "请删掉照片")];
    let stranger = town.app.stranger();
    stranger.get(&base).await.ok();
    stranger.post(&format!("{base}/requests"), &ask).await.see(&base);
    town.rider.get("/me/data").await.ok();
    let right = "/me/data/requests";
    town.rider.post(right, &[("kind", "correct"), ("words", " ")]).await.refused(422, "不超过 1000");
    for _ in 0..5 {
        town.later();
        town.rider.post(right, &[("kind", "correct"), ("words", "名字写错了")]).await.see("/me/data");
    }
    town.rider.post(right, &[("kind", "correct"), ("words", "还有")]).await.refused(409, "已有 5 个");
    let notices = admin.get("/notices").await.ok();
    assert!(notices.main().contains("有人请求更正、删除"), "{}", notices.main());
    let waiting = admin.get_json("/admin/requests").await.ok().json();
    let asked = waiting["requests"].as_array().unwrap().clone();
    assert_eq!((asked.len(), &asked[0]["person"], &asked[0]["kind"]), (6, &Value::Null, &json!("erase")));
    let answer = |at: usize| format!("/admin/requests/{}/answer", asked[at]["id"].as_str().unwrap());
    admin.get("/admin/requests").await.ok();
    admin.post(&answer(0), &[("granted", "false")]).await.refused(422, "");
    let no = [("granted", "false"), ("answer", "案卷尚未结束，结束九十天后删除")];
    admin.post(&answer(0), &no).await.see("/admin/requests");
    admin.post(&answer(0), &no).await.refused(409, "已经答复过");
    admin.post(&answer(1), &[("granted", "true"), ("answer", "已更正")]).await.see("/admin/requests");
    assert!(stranger.get(&base).await.ok().main().contains("结束九十天后删除"));
    let told = town.rider.get("/notices").await.ok();
    assert!(told.main().contains("关于个人信息的请求有了答复"), "{}", told.main());
    assert!(town.rider.get("/me/data").await.ok().main().contains("已更正"));
    let file = admin.get("/admin/requests.csv?answered=true").await.ok();
    assert_eq!(file.body.lines().count(), 3, "{}", file.body);
    for other in [&town.dispatcher, &town.supervisor, &town.rider] {
        other.get("/admin/requests").await.refused(403, "");
        other.post(&answer(2), &no).await.refused(403, "");
    }
}

#[db_test]
async fn leaving_says_what_it_does_and_does_it(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.reported().await;
    let page = town.rider.get("/me/leave").await.ok();
    for words in
        ["1 处登录", "1 个角色", "30 天后换成", "案卷结束 90 天后", "案卷结束 3653 天后", "您的 1 条上报"]
    {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    town.rider.post("/me/leave", &[("password", PASSWORD)]).await.refused(422, "再勾选确认");
    let agreed = |password| [("password", password), ("agreed", "true")];
    town.rider.post("/me/leave", &agreed("wrong")).await.refused(422, "");
    town.rider.post("/me/leave", &agreed(PASSWORD)).await.see("/");
    town.rider.get("/me").await.asks_to_sign_in();
    town.rider.sign_in(&town.rider.account, PASSWORD).await.refused(422, "");
    assert_eq!(town.case(&case).await["state"], "reported", "the case goes on");
    // The last one who can give roles cannot.
    let security = town.app.person(Role::SecurityAdmin, Scope::Tenant).await;
    security.get("/me/leave").await.ok();
    security.post("/me/leave", &agreed(PASSWORD)).await.refused(409, "");
}

#[db_test]
async fn notice_and_assessment_say_what_is_really_set(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let auditor = town.app.person(Role::Auditor, Scope::Tenant).await;
    let read = async || town.app.stranger().get("/privacy").await.ok().main();
    let page = read().await;
    assert!(page.contains("牛山街道") && page.contains("电话回访") && page.contains("90 天"), "{page}");
    admin.get("/admin/retention").await.ok();
    let rule = [("days", "45"), ("action", "erase")];
    admin.post("/admin/retention/photos", &rule).await.see("/admin/retention");
    admin.get("/admin/impact").await.ok();
    let long = "字".repeat(201);
    admin.post("/admin/impact", &[("contact", long.as_str())]).await.refused(422, "200");
    let facts = [("contact", "服务窗口 01"), ("officer", "负责人 01"), ("conclusion", "可以进行")];
    admin.post("/admin/impact", &facts).await.see("/admin/impact");
    let page = read().await;
    assert!(page.contains("45 天") && page.contains("服务窗口 01") && page.contains("负责人 01"), "{page}");
    let page = auditor.get("/admin/impact").await.ok();
    assert!(page.main().contains("45 天") && page.main().contains("可以进行"), "{}", page.main());
    assert!(!page.body.contains("id=\"facts\""), "the auditor fills in nothing");
    for other in [&town.supervisor, &town.rider] {
        other.get("/admin/impact").await.refused(403, "");
    }
    auditor.post("/admin/impact", &facts).await.refused(403, "");
    let mut english = town.app.stranger();
    english.language = "en".to_owned();
    assert!(english.get("/privacy").await.ok().main().contains("Privacy notice"));
}
