//! A unit at its phone: what it has to do, what it may see of it, and its answers.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Grant, GrantRole, Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::{Actor, encoded};
use crate::centre_world::{Town, alike, key};
use crate::rider_world::jpeg;

const SECRET: &str = "我是骑手零零一七，电话一三八";

/// A case with the reporter's own words, given to the roads' unit with the water's helping.
async fn dispatched(town: &Town) -> (String, String, String) {
    let case = town.reported_as(&town.rider, &json!({ "words": SECRET })).await;
    let path = format!("/unit/cases/{case}");
    (path, format!("/cases/{case}"), given(town, case, &[]).await)
}

/// Gives a case to the units, with these photos.
async fn given(town: &Town, case: String, photos: &[&str]) -> String {
    town.give(&town.dispatcher, &case, "file", &json!({"matter": "matter-06-012"})).await.ok();
    let order = json!({
        "lead": town.roads, "assist": [town.water], "released_words": "摊位占道", "released_photos": photos,
    });
    town.give(&town.dispatcher, &case, "dispatch", &order).await.ok();
    case
}

async fn version(by: &Actor, path: &str) -> String {
    by.get_json(path).await.ok().json()["version"].to_string()
}

#[db_test]
async fn a_unit_sees_starts_and_hands_in_with_photos(db: TestDb) {
    let town = Town::new(&db).await;
    let (path, _, case) = dispatched(&town).await;
    let unit = &town.handler;
    let list = unit.get("/unit").await.ok();
    assert!(list.body.contains(&format!("href=\"{path}\"")), "{}", list.body);
    let page = unit.get(&path).await.ok();
    insta::allow_duplicates! {
        insta::assert_snapshot!("unit_list", alike(&list.main()));
        insta::assert_snapshot!("unit_case", alike(&page.main()));
    }
    for map in ["geo:34.542000,118.752000", "uri.amap.com", "api.map.baidu.com", "apis.map.qq.com"] {
        assert!(page.body.contains(map), "{map}");
    }
    assert!(page.body.contains("capture=\"environment\""), "{}", page.body);

    let seen = version(unit, &path).await;
    let started = unit.post(&format!("{path}/start"), &[("version", &seen), ("_key", &key(&town))]).await;
    started.see(&path);
    let page = unit.get(&path).await.ok();
    assert!(
        page.text().contains("已接单。") && page.body.contains(&format!("{path}/undo")),
        "{}",
        page.text()
    );

    // What was looked at before is not what is there now.
    let stale = unit.post(&format!("{path}/comment"), &[("version", &seen), ("words", "路封了")]).await;
    assert_eq!(stale.status, 409);
    assert!(stale.text().contains("路封了"), "what was typed is still there: {}", stale.text());

    // Without a photo where the matter asks for one, nothing is handed in.
    let seen = version(unit, &path).await;
    let fields = [("version", seen.as_str()), ("note", "已清走")];
    let bare = unit.post_files(&format!("{path}/hand-in"), &fields, &[]).await;
    assert_eq!(bare.status, 422, "{}", bare.text());
    assert!(bare.text().contains("已清走"), "{}", bare.text());

    let (one, other) = (jpeg(60), jpeg(120));
    let files: [(&str, &str, &[u8]); 2] = [("photo", "a.jpg", &one), ("photo", "b.jpg", &other)];
    let key = key(&town);
    let fields = [("version", seen.as_str()), ("note", "已清走"), ("_key", key.as_str())];
    unit.post_files(&format!("{path}/hand-in"), &fields, &files).await.see(&path);
    // An impatient thumb.
    unit.post_files(&format!("{path}/hand-in"), &fields, &files).await.see(&path);
    let handed = unit.get_json(&path).await.ok().json();
    assert_eq!((&handed["state"], &handed["part"]["state"]), (&json!("handled"), &json!("handed-in")));
    let photos = handed["photos"].as_array().unwrap();
    assert_eq!(photos.len(), 2);
    for photo in photos {
        let photo = format!("/photos/{}/thumb", photo["id"].as_str().unwrap());
        assert_eq!(unit.get(&photo).await.ok().header("content-type"), "image/jpeg");
    }
    assert!(unit.get("/unit").await.ok().text().contains("没有待办"));
    let done = unit.get("/unit?list=done").await.ok();
    assert!(done.body.contains(&case) && done.text().contains("已处置"), "{}", done.text());

    // And back again.
    unit.post(&format!("{path}/undo"), &[("_key", &crate::centre_world::key(&town))]).await.see(&path);
    assert_eq!(unit.get_json(&path).await.ok().json()["state"], "handling");
}

#[db_test]
async fn another_unit_sees_nothing_and_no_unit_sees_the_reporter(db: TestDb) {
    let town = Town::new(&db).await;
    let (path, centre, case) = dispatched(&town).await;
    let other = town.app.person(Role::UnitLead, Scope::Unit(unit(&town).await)).await;
    assert!(other.get("/unit").await.ok().text().contains("没有待办"));
    other.get_json(&path).await.refused(404, "");
    other.post_json(&format!("{path}/start"), &json!({})).await.refused(404, "");
    other.post_json(&format!("{path}/undo"), &json!({})).await.refused(404, "");
    town.rider.get_json(&path).await.refused(403, "");
    town.app.stranger().get(&path).await.asks_to_sign_in();

    town.rider.post_json(&format!("/mine/{case}/comment"), &json!({"words": SECRET})).await.ok();
    let page = town.supervisor.get_json(&centre).await.ok().json();
    let reporter = town.rider.id.unwrap().to_string();
    let report = page["reports"][0]["id"].as_str().unwrap().to_owned();
    let unit = &town.handler;
    for body in [
        unit.get(&path).await.ok().body,
        unit.get_json(&path).await.ok().body,
        unit.get("/unit").await.ok().body,
        unit.get_json("/unit").await.ok().body,
    ] {
        for secret in [SECRET, "零零一七", &reporter, &report, &town.rider.account] {
            assert!(!body.contains(secret), "{secret} in {body}");
        }
    }
    assert!(unit.get(&path).await.ok().text().contains("10:00"), "to the half hour");
}

#[db_test]
async fn a_unit_sees_the_photos_that_were_released_and_no_other(db: TestDb) {
    let town = Town::new(&db).await;
    town.rider.get("/report").await;
    let (one, other) = (jpeg(60), jpeg(120));
    let id = key(&town);
    let fields = [
        ("id", id.as_str()),
        ("words", SECRET),
        ("matter", "matter-06-012"),
        ("lng", "118.752"),
        ("lat", "34.542"),
    ];
    let files: [(&str, &str, &[u8]); 2] = [("photo", "a.jpg", &one), ("photo", "b.jpg", &other)];
    let sent = town.rider.post_files("/report", &fields, &files).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let mine = town.rider.get_json("/mine").await.ok().json().to_string();
    let case = mine.split_once("\"case\":\"").unwrap().1[..36].to_owned();
    let photos = town.case(&case).await["photos"].clone();
    let [shown, hidden] = [0, 1].map(|at| photos[at]["id"].as_str().unwrap().to_owned());
    let case = given(&town, case, &[&shown]).await;
    let path = format!("/unit/cases/{case}");
    for body in [town.handler.get(&path).await.ok().body, town.handler.get_json(&path).await.ok().body] {
        assert!(body.contains(&shown) && !body.contains(&hidden), "{body}");
    }
    assert!(town.handler.get("/unit").await.ok().body.contains(&format!("/photos/{shown}/thumb")));
    assert_eq!(town.handler.get(&format!("/photos/{shown}/full")).await.status, 200);
    assert_eq!(town.handler.get(&format!("/photos/{hidden}/full")).await.status, 404);
    assert_eq!(town.handler.get(&format!("/photos/{hidden}/thumb")).await.status, 404);
}

async fn unit(town: &Town) -> qige_kernel::UnitId {
    use qige_places::Edit;
    use qige_places::units::{CreateUnit, UnitFacts, UnitKind};
    let facts =
        UnitFacts { name: "燃气公司".to_owned(), kind: UnitKind::Enterprise, contact: String::new() };
    let app = &town.app;
    let edit = Edit::new(app.app.now(), "tenant-admin", &app.app.entropy);
    app.write(CreateUnit { id: app.app.entropy.id(app.app.now()), facts, edit }).await
}

#[db_test]
async fn what_is_not_theirs_is_sent_back_and_can_be_taken_back(db: TestDb) {
    let town = Town::new(&db).await;
    let (path, ..) = dispatched(&town).await;
    let unit = &town.handler;
    unit.get(&path).await.ok();
    let empty = unit.post(&format!("{path}/send-back"), &[]).await;
    assert_eq!(empty.status, 422, "{}", empty.text());
    let seen = version(unit, &path).await;
    let fields = [("version", seen.as_str()), ("reason", "归城管队管")];
    unit.post(&format!("{path}/send-back"), &fields).await.see("/unit");
    let list = unit.get("/unit").await.ok();
    assert!(list.text().contains("已退单。") && list.text().contains("没有待办"), "{}", list.text());
    unit.get_json(&path).await.refused(404, "");
    unit.post(&format!("{path}/undo"), &[]).await.see(&path);
    assert_eq!(unit.get_json(&path).await.ok().json()["state"], "dispatched");
}

#[db_test]
async fn an_assisting_unit_does_its_part_and_no_more(db: TestDb) {
    let town = Town::new(&db).await;
    let (path, ..) = dispatched(&town).await;
    let helper = town.app.person(Role::UnitHandler, Scope::Unit(town.water)).await;
    let page = helper.get(&path).await.ok();
    assert!(page.text().contains("协办接单") && !page.body.contains(&format!("{path}/hand-in\"")));
    helper.post_json(&format!("{path}/hand-in"), &json!({"note": "x"})).await.refused(403, "");
    helper.post(&format!("{path}/accept"), &[("version", &version(&helper, &path).await)]).await.see(&path);
    let wet = jpeg(40);
    let fields = [("version", &*version(&helper, &path).await), ("note", "水已关")];
    helper.post_files(&format!("{path}/hand-in-part"), &fields, &[("photo", "a.jpg", &wet)]).await.see(&path);
    let page = helper.get_json(&path).await.ok().json();
    assert_eq!((&page["part"]["state"], &page["part"]["note"]), (&json!("handed-in"), &json!("水已关")));
    let lead = town.handler.get(&path).await.ok();
    assert!(lead.text().contains("水已关") && lead.text().contains("供水公司"), "{}", lead.text());
}

#[db_test]
async fn time_is_asked_for_and_supervision_is_answered(db: TestDb) {
    let town = Town::new(&db).await;
    let (path, _, case) = dispatched(&town).await;
    let unit = &town.handler;
    unit.get(&path).await.ok();
    let none = unit.post(&format!("{path}/ask-extension"), &[("reason", "等材料")]).await;
    assert_eq!(none.status, 422, "{}", none.text());
    let fields = [("reason", "等材料"), ("until", "2026-09-30T18:00")];
    unit.post(&format!("{path}/ask-extension"), &fields).await.see(&path);
    let asked = unit.get_json(&path).await.ok().json();
    assert_eq!(asked["demands"][0]["until"], "2026-09-30T10:00:00Z");
    town.app.clock.advance(Timestamp::MINUTE);
    town.give(&town.supervisor, &case, "supervise", &json!({"words": "今天办完"})).await.ok();
    let page = unit.get(&path).await.ok();
    assert!(page.text().contains("今天办完") && page.text().contains("回复督办"), "{}", page.text());
    unit.post(&format!("{path}/answer-supervision"), &[("words", "下午就去")]).await.see(&path);
    let answered = unit.get_json(&path).await.ok().json();
    assert_eq!(answered["supervised"], false);
    assert!(!answered["may"].as_array().unwrap().contains(&Value::from("answer-supervision")));
}

#[db_test]
async fn a_unit_starts_at_its_list(db: TestDb) {
    let town = Town::new(&db).await;
    town.handler.get("/").await.see("/unit");
    town.worker.get("/").await.see("/ground");
    assert!(town.handler.get("/unit").await.ok().body.contains("href=\"/unit\" aria-current=\"page\""));
    let (path, ..) = dispatched(&town).await;
    let app = &town.app;
    let (id, role, from) = (app.app.entropy.id(app.app.now()), Role::UnitHandler, app.app.now());
    let grant = Grant { id, role, scope: Scope::Unit(town.water), from, until: None };
    app.write(GrantRole { person: town.handler.id.unwrap(), grant, stamp: app.stamp() }).await;
    for unit in [town.roads, town.water] {
        let list = town.handler.get(&format!("/unit?unit={unit}")).await.ok();
        assert!(list.body.contains(&path) && list.text().contains("供水公司"), "{}", list.text());
        assert_eq!(list.text().contains("协办"), unit == town.water, "{}", list.text());
    }
    town.handler.get_json("/unit?unit=019a0000-0000-7000-8000-000000000001").await.refused(404, "");
}

/// What stands in the list when it is searched.
async fn found(by: &Actor, list: &str, text: &str) -> usize {
    let page = by.get_json(&format!("{list}{}", encoded(text))).await.ok().json();
    page["rows"].as_array().or(page["tasks"].as_array()).unwrap().len()
}

#[db_test]
async fn a_unit_finds_its_cases_by_what_was_released_and_by_nothing_else(db: TestDb) {
    let town = Town::new(&db).await;
    dispatched(&town).await;
    let unit = &town.handler;
    let released = ["摊位", "zhandao", "tw", "20260923-0001", "晶都", "第一网格 摊位", "路面脏"];
    for text in released {
        assert_eq!(found(unit, "/unit?q=", text).await, 1, "{text}");
        assert_eq!(found(unit, "/unit?list=done&q=", text).await, 0, "{text}");
    }
    // What the reporter wrote, who that is, and what another unit has.
    for text in ["骑手", "零零一七", "电话", town.rider.account.as_str(), "供水", "，"] {
        assert_eq!(found(unit, "/unit?q=", text).await, 0, "{text}");
    }
    let page = unit.get("/unit?q=%E6%91%8A%E4%BD%8D").await.ok().body;
    assert!(
        page.contains("value=\"摊位\"") && page.contains("href=\"/unit.csv?q=%E6%91%8A%E4%BD%8D\""),
        "{page}"
    );
    let file = unit.get("/unit.csv?q=nothing").await.ok().body;
    assert_eq!(file.lines().count(), 1, "{file}");
    assert!(unit.get("/unit?q=nothing").await.ok().text().contains("没有找到“nothing”"));
}

#[db_test]
async fn a_page_of_a_search_is_full_and_says_where_it_goes_on(db: TestDb) {
    let town = Town::new(&db).await;
    for at in 0..70 {
        let case = town.reported().await;
        town.give(&town.dispatcher, &case, "file", &json!({"matter": "matter-06-012"})).await.ok();
        let words = if at % 2 == 0 { "摊位占道" } else { "井盖没了" };
        let order = json!({"lead": town.roads, "assist": [], "released_words": words, "released_photos": []});
        town.give(&town.dispatcher, &case, "dispatch", &order).await.ok();
    }
    let page = |after: String| {
        let unit = &town.handler;
        async move { unit.get_json(&format!("/unit?q=jg{after}")).await.ok().json() }
    };
    let first = page(String::new()).await;
    assert_eq!(first["rows"].as_array().unwrap().len(), 30);
    let rest = page(format!("&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!((rest["rows"].as_array().unwrap().len(), &rest["next"]), (5, &Value::Null));
    assert_eq!(town.handler.get("/unit.csv?q=jg").await.ok().body.lines().count(), 36);
}
