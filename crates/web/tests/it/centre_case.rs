//! One case on one page, from a telephone call to its closing.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use serde_json::json;

use crate::centre_world::{Town, alike, key};

#[db_test]
async fn from_report_to_closing_every_step_is_on_the_page(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let case = town.reported().await;
    let path = format!("/cases/{case}");
    let page = clerk.get(&path).await.ok();
    for command in ["file", "ask-verify", "decline", "correct", "question", "comment"] {
        assert!(page.body.contains(&format!("action=\"{path}/{command}\"")), "{command}");
    }
    assert!(!page.body.contains(&format!("{path}/void")) && !page.body.contains(&format!("{path}/dispatch")));
    assert!(page.text().contains("第一网格") && page.text().contains("东边第二网格"), "{}", page.main());
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("case_reported", alike(&page.main()));
    }
    town.later();
    clerk.post(&format!("{path}/file"), &[("version", "1"), ("matter", "井盖")]).await.refused(422, "都符合");
    clerk.post(&format!("{path}/file"), &[("version", "1"), ("matter", "matter-06-012")]).await.see(&path);
    let filed = town.case(&case).await;
    assert_eq!(filed["state"], "filed");
    assert!(filed["number"].as_str().unwrap().starts_with("20260923"), "{}", filed["number"]);
    let page = clerk.get(&format!("{path}?do=dispatch")).await.ok();
    assert!(
        page.body.contains("摊位占了半条路</textarea>"),
        "the reporter's words stand ready to be released"
    );
    town.later();
    let (lead, help) = (town.roads.to_string(), town.water.to_string());
    let form = [
        ("version", "2"),
        ("release", "true"),
        ("lead", lead.as_str()),
        ("assist", help.as_str()),
        ("released_words", "路口占道"),
        ("due_at", "2026-09-25T17:30"),
    ];
    clerk.post(&format!("{path}/dispatch"), &form).await.see(&path);
    let sent = town.case(&case).await;
    assert_eq!(
        (&sent["released_words"], &sent["due_at"]),
        (&json!("路口占道"), &json!("2026-09-25T09:30:00Z"))
    );
    let photo = town.photo(&case).await;
    let done = json!({"note": "已清走", "photos": [photo]});
    assert_eq!(
        town.give(&town.handler, &case, "hand-in", &done).await.status,
        204,
        "a unit has its own pages"
    );
    let page = clerk.get(&format!("{path}?do=ask-check")).await.ok();
    let worker = town.worker.id.unwrap().to_string();
    assert!(page.body.contains(&format!("value=\"{worker}\" selected")), "{}", page.main());
    town.later();
    clerk.post(&format!("{path}/ask-check"), &[("checker", &worker)]).await.see(&path);
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("case_checking", alike(&clerk.get(&path).await.ok().main()));
    }
    let seen = json!({"words": "已看过", "photos": [town.photo(&case).await]});
    town.give(&town.worker, &case, "pass", &seen).await;
    let closed = town.case(&case).await;
    assert_eq!(closed["state"], "closed");
    assert_eq!(closed["reporters"], 1);
    assert_eq!(closed["reports"].as_array().unwrap().len(), 1, "one name stands for one thing");
    assert!(clerk.get(&path).await.ok().text().contains("核查通过，结案"));
}

#[db_test]
async fn a_stale_page_says_who_was_quicker_and_keeps_what_was_typed(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.filed().await;
    let path = format!("/cases/{case}");
    town.dispatcher.get(&path).await.ok();
    town.give(&town.supervisor, &case, "comment", &json!({"words": "先等等"})).await.ok();
    let stale = [("version", "2"), ("words", "在路的哪一侧？")];
    let page = town.dispatcher.post(&format!("{path}/question"), &stale).await.refused(409, "没有办成");
    let said = page.main();
    assert!(said.contains("您打开页面之后") && said.contains("备注"), "{said}");
    assert!(page.body.contains("在路的哪一侧？</textarea>"), "what was typed is still there");
    assert!(page.body.contains("name=\"version\" value=\"3\""), "and can be sent knowingly");
    // What may not be done any more is said with what was typed.
    town.give(&town.supervisor, &case, "void", &json!({"reason": "重复登记"})).await.ok();
    let page = town.dispatcher.post(&format!("{path}/question"), &stale).await.refused(409, "作废");
    assert!(page.main().contains("在路的哪一侧？"), "{}", page.main());
    town.give(&town.dispatcher, &case, "comment", &json!({"version": 1, "words": "x"}))
        .await
        .refused(409, "");
}

#[db_test]
async fn the_same_key_does_it_once(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.reported().await;
    let path = format!("/cases/{case}");
    town.dispatcher.get(&path).await.ok();
    let key = key(&town);
    let form = [("_key", key.as_str()), ("version", "1"), ("matter", "matter-06-012")];
    for _ in 0..2 {
        town.dispatcher.post(&format!("{path}/file"), &form).await.see(&path);
    }
    assert_eq!(town.case(&case).await["version"], 2);
    let other = [("_key", key.as_str()), ("version", "1"), ("matter", "matter-06-010")];
    town.dispatcher.post(&format!("{path}/file"), &other).await.refused(409, "");
}

#[db_test]
async fn similar_cases_are_merged_and_taken_apart(db: TestDb) {
    let town = Town::new(&db).await;
    let main = town.filed().await;
    town.give(&town.dispatcher, &main, "merge", &json!({"main": main})).await.refused(422, "");
    let second = town.app.person(Role::Rider, Scope::Tenant).await;
    let other = town.reported_as(&second, &json!({"words": "摊位占了半条路，过不去"})).await;
    let path = format!("/cases/{other}");
    let page = town.dispatcher.get(&path).await.ok();
    assert!(page.text().contains("附近相似的案卷") && page.text().contains("相似度"), "{}", page.main());
    for why in ["很可能是同一件", "相距", "同一事项", "相隔不到一天", "都说到 “摊位占”、“半条路”"]
    {
        assert!(page.text().contains(why), "{why}: {}", page.main());
    }
    let near = &town.case(&other).await["similar"][0];
    assert_eq!((&near["id"], &near["kinship"], &near["days"]), (&json!(main), &json!("same"), &json!(0)));
    assert_eq!((&near["probable"], &near["shared_words"][0]), (&json!(true), &json!("摊位占")));
    town.later();
    town.dispatcher.post(&format!("{path}/merge"), &[("version", "1"), ("main", &main)]).await.see(&path);
    let whole = town.case(&main).await;
    assert_eq!((whole["reporters"].as_i64(), whole["reports"].as_array().unwrap().len()), (Some(2), 2));
    let page = town.dispatcher.get(&path).await.ok();
    assert!(page.body.contains(&format!("href=\"/cases/{main}\"")) && page.text().contains("已并入"));
    town.later();
    town.dispatcher.post(&format!("{path}/unmerge"), &[("reason", "不是同一处")]).await.see(&path);
    assert_eq!(town.case(&other).await["state"], "reported");
    assert_eq!(town.case(&main).await["reporters"], 1);
    // By number, and never into itself.
    let number = whole["number"].as_str().unwrap();
    assert!(
        town.dispatcher.get(&path).await.ok().body.contains("name=\"number\""),
        "beside those nearby too"
    );
    let into = json!({"main": "没有", "number": number});
    town.give(&town.dispatcher, &other, "merge", &json!({"main": "没有"}))
        .await
        .refused(404, "\"field\":\"main\"");
    assert_eq!(town.give(&town.dispatcher, &other, "merge", &into).await.ok().json()["state"], "merged");
}

#[db_test]
async fn what_is_near_of_another_matter_can_be_merged_into_and_is_said_to_be(db: TestDb) {
    let town = Town::new(&db).await;
    let second = town.app.person(Role::Rider, Scope::Tenant).await;
    let main = town.reported().await;
    let other = town.reported_as(&second, &json!({"matter": "matter-09-010", "lng": 118.75205})).await;
    let path = format!("/cases/{other}");
    let page = town.dispatcher.get(&path).await.ok();
    assert!(!page.text().contains("附近相似的案卷"), "{}", page.main());
    for said in ["附近的其他案卷", "另一事项", "相距 10 米", "附近没有事项相同或相近的案卷"]
    {
        assert!(page.text().contains(said), "{said}: {}", page.main());
    }
    // Nothing is chosen for whoever opens the panel.
    assert!(page.body.contains(&format!("name=\"main\" value=\"{main}\">")), "{}", page.main());
    let sent = [("version", "1"), ("main", main.as_str())];
    town.dispatcher.post(&format!("{path}/merge"), &sent).await.see(&path);
    assert_eq!(town.case(&other).await["state"], "merged");
}

#[db_test]
async fn who_reported_is_read_by_those_who_may(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.reported().await;
    let path = format!("/cases/{case}");
    town.give(&town.rider, &case, "comment", &json!({"words": "补充一句"})).await;
    let name = &town.rider.account;
    let (clerk, boss) = (town.dispatcher.get(&path).await.ok(), town.supervisor.get(&path).await.ok());
    assert!(boss.text().contains(name.as_str()) && !clerk.text().contains(name.as_str()));
    let json = town.dispatcher.get_json(&path).await.ok();
    let rider = town.rider.id.unwrap().to_string();
    assert!(!json.body.contains(&rider) && clerk.text().contains("补充一句"), "{}", json.body);
}

#[db_test]
async fn a_telephone_call_becomes_a_case(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    clerk.get("/cases/new").await.ok();
    let grid = town.west_grid.to_string();
    let key = key(&town);
    let form = [
        ("id", key.as_str()),
        ("words", "路灯不亮，晚上看不见"),
        ("matter", "井盖"),
        ("address", "晶都路 12 号"),
        ("grid", grid.as_str()),
        ("datum", "gcj02"),
    ];
    let refused = clerk.post("/cases", &form).await.refused(422, "都符合");
    assert!(refused.body.contains("晶都路 12 号"), "what was typed is still there");
    let form: Vec<(&str, &str)> = form
        .into_iter()
        .map(|(name, value)| (name, if name == "matter" { "matter-01-037" } else { value }))
        .collect();
    let done = clerk.post("/cases", &form).await;
    let path = done.header("location").to_owned();
    let again = clerk.post("/cases", &form).await;
    assert_eq!(again.header("location"), path, "sent twice, it is one case");
    let page = clerk.get(&path).await.ok();
    let said = page.text();
    assert!(said.contains("查询码") && said.contains("晶都路 12 号") && said.contains("坐席代录"), "{said}");
    let case = clerk.get_json(&path).await.ok().json();
    assert_eq!((&case["grid"], &case["matter"]), (&json!(town.west_grid), &json!("matter-01-037")));
    let placed = json!({"words": "井盖响", "coordinates": "34.54089814,118.75746731", "datum": "gcj02"});
    let placed = clerk.post_json("/cases", &placed).await;
    assert_eq!(placed.status, 201);
    let at = &placed.json()["position"];
    assert!((at["lng"].as_f64().unwrap() - 118.752).abs() < 1e-4, "{at}");
    clerk.post_json("/cases", &json!({"words": " "})).await.refused(422, "");
    clerk.post_json("/cases", &json!({"words": "x", "coordinates": "哪里"})).await.refused(422, "坐标");
    town.rider.post_json("/cases", &json!({"words": "x"})).await.refused(403, "");
}

#[db_test]
async fn the_page_speaks_english_too(db: TestDb) {
    let mut town = Town::new(&db).await;
    let case = town.dispatched().await;
    town.dispatcher.language = "en".to_owned();
    for path in ["/cases".to_owned(), "/cases/new".to_owned(), format!("/cases/{case}")] {
        let page = town.dispatcher.get(&path).await.ok();
        assert!(
            page.body.contains("<html lang=\"en\"") && page.body.contains("data-density=\"compact\""),
            "{path}"
        );
    }
    let page = town.dispatcher.get(&format!("/cases/{case}")).await.ok();
    assert!(page.text().contains("Who owes what by when"), "{}", page.main());
}

#[db_test]
async fn a_date_that_counts_no_holidays_says_so(db: TestDb) {
    let town = Town::new(&db).await;
    // The last day of the last year whose holidays are on record.
    town.app.clock.advance(99 * qige_kernel::Timestamp::DAY);
    let clerk = town.app.person(Role::Dispatcher, Scope::Tenant).await;
    let rider = town.app.person(Role::Rider, Scope::Tenant).await;
    let case = town.reported_as(&rider, &json!({})).await;
    let page = clerk.get(&format!("/cases/{case}")).await.ok();
    assert!(!page.text().contains("节假日还没有数据"), "{}", page.text());
    town.give(&clerk, &case, "file", &json!({"matter": "matter-06-012"})).await.ok();
    town.give(&clerk, &case, "dispatch", &json!({"lead": town.roads})).await.ok();
    let page = clerk.get(&format!("/cases/{case}")).await.ok();
    assert!(page.text().contains("2027 年的节假日还没有数据"), "{}", page.text());
    let clocks = clerk.get_json(&format!("/cases/{case}")).await.ok().json()["clocks"].clone();
    assert_eq!(clocks.as_array().unwrap().last().unwrap()["years_missing"], json!([2027]));
}

/// In no grid, some 120 m beside the one in the east.
fn beside() -> serde_json::Value {
    json!({"lng": 118.8013, "lat": 34.542})
}

#[db_test]
async fn a_grid_that_is_only_near_is_proposed_until_somebody_says_that_it_is_right(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let case = town.reported_as(&town.rider, &beside()).await;
    let path = format!("/cases/{case}");
    let seen = town.case(&case).await;
    assert!((115.0..125.0).contains(&seen["beside_metres"].as_f64().unwrap()), "{}", seen["beside_metres"]);
    assert!(clerk.get("/cases").await.ok().text().contains("最近网格，相距 1"));
    let page = clerk.get(&path).await.ok();
    assert!(page.text().contains("东一网格只是最近的，相距 1"), "{}", page.main());
    let grid = seen["grid"].as_str().unwrap().to_owned();
    town.later();
    clerk.post(&format!("{path}/correct"), &[("version", "1"), ("grid", &grid)]).await.see(&path);
    let confirmed = town.case(&case).await;
    assert_eq!(
        (&confirmed["beside_metres"], &confirmed["grid"], &confirmed["position"]),
        (&serde_json::Value::Null, &seen["grid"], &seen["position"])
    );
    assert!(!clerk.get(&path).await.ok().text().contains("只是最近的"));
    // Undone, it is a proposal again; a new point beside the grid is one too, a point inside is none.
    town.give(clerk, &case, "undo", &json!({})).await;
    assert_eq!(town.case(&case).await["beside_metres"], seen["beside_metres"]);
    town.give(clerk, &case, "correct", &json!({"coordinates": "118.8016,34.542"})).await;
    assert!(town.case(&case).await["beside_metres"].as_f64() > seen["beside_metres"].as_f64());
    town.give(clerk, &case, "correct", &json!({"coordinates": "118.795,34.542"})).await;
    let corrected = town.case(&case).await;
    assert_eq!((&corrected["beside_metres"], &corrected["grid"]), (&serde_json::Value::Null, &seen["grid"]));
}

#[db_test]
async fn filing_takes_the_proposed_grid_as_right_and_the_journal_says_so(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.reported_as(&town.rider, &beside()).await;
    let inside = town.reported().await;
    assert_eq!(town.case(&inside).await["beside_metres"], serde_json::Value::Null);
    let file = json!({"matter": "matter-06-012", "urgency": "normal"});
    town.give(&town.dispatcher, &case, "file", &file).await;
    let filed = town.case(&case).await;
    assert_eq!((&filed["state"], &filed["beside_metres"]), (&json!("filed"), &serde_json::Value::Null));
    let tenant = town.app.tenant;
    let verified = town.app.app.db.read(qige_db::Asker::system(tenant), |tx| {
        Box::pin(async move { Ok(qige_cases::verify(tx).await?) })
    });
    assert_eq!(verified.await.unwrap(), Vec::new());
}
