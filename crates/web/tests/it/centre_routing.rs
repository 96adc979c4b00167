//! Routing rules: kept, ordered, tried, and followed by themselves.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::Answer;
use crate::centre_world::{Town, alike};

/// A rule for stalls (06012) in the western community that goes to the roads' unit.
fn stalls(town: &Town) -> Value {
    json!({
        "name": "占道", "matter": "matter-06-012", "within": format!("community:{}", town.west),
        "lead": town.roads, "assist": [town.water],
    })
}

async fn added(town: &Town, rule: &Value) -> Value {
    town.later();
    town.supervisor.post_json("/routing", rule).await.ok().json()
}

/// The id of the rule at a place of the list.
fn id(list: &Value, at: usize) -> String {
    list["rules"][at]["id"].as_str().unwrap().to_owned()
}

async fn list(town: &Town) -> Value {
    town.supervisor.get_json("/routing").await.ok().json()
}

async fn change(town: &Town, rule: &str, what: &str, body: &Value) -> Answer {
    town.later();
    town.supervisor.post_json(&format!("/routing/{rule}/{what}"), body).await
}

/// What waits is looked at; half a minute more than its schedule passes.
async fn look(town: &Town) {
    let worker = qige_app::worker(&town.app.app);
    worker.run_until_idle().await.unwrap();
    town.app.clock.advance(90 * Timestamp::SECOND);
    worker.run_until_idle().await.unwrap();
}

#[db_test]
async fn rules_are_added_moved_switched_and_removed(db: TestDb) {
    let town = Town::new(&db).await;
    town.dispatcher.get("/routing").await.ok();
    town.dispatcher.post_json("/routing", &stalls(&town)).await.refused(403, "");
    town.rider.get("/routing").await.refused(403, "");
    added(&town, &stalls(&town)).await;
    added(&town, &json!({"about": "any", "lead": town.water, "name": "其余"})).await;
    let rules = list(&town).await;
    assert_eq!(rules["rules"].as_array().unwrap().len(), 2);
    assert_eq!(
        (rules["rules"][0]["place"].as_i64(), rules["rules"][1]["place"].as_i64()),
        (Some(1), Some(2))
    );
    let page = town.supervisor.get("/routing").await.ok();
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("routing_list", alike(&page.main()));
    }
    // Moved from what was looked at, once; from what is no longer so, not.
    let (stalls, rest) = (id(&rules, 0), id(&rules, 1));
    let revision = rules["revision"].clone();
    change(&town, &rest, "move", &json!({"to": 1, "revision": revision})).await.ok();
    change(&town, &rest, "move", &json!({"to": 2, "revision": revision})).await.refused(409, "刚改过");
    let moved = list(&town).await;
    assert_eq!(id(&moved, 0), rest);
    assert_eq!(
        moved["rules"][1]["hidden_by"],
        json!(1),
        "what comes after a rule for everything is never asked"
    );
    change(&town, &rest, "switch", &json!({"on": false})).await.ok();
    assert_eq!(list(&town).await["rules"][1]["hidden_by"], Value::Null);
    // Switched on again it would hide nothing that is refused: only its own place counts.
    change(&town, &rest, "switch", &json!({"on": true})).await.ok();
    change(&town, &stalls, "switch", &json!({"on": false})).await.ok();
    change(&town, &stalls, "switch", &json!({"on": true})).await.refused(422, "永远轮不到");
    change(&town, &rest, "remove", &json!({})).await.ok();
    change(&town, &rest, "remove", &json!({})).await.refused(404, "已经不在");
    assert_eq!(list(&town).await["rules"].as_array().unwrap().len(), 1);
}

#[db_test]
async fn a_rule_that_cannot_work_is_refused_at_its_field(db: TestDb) {
    let town = Town::new(&db).await;
    for (field, value, sentence) in [
        ("matter", json!("没有这种事项名"), "没有"),
        ("lead", json!("019a0000-0000-7000-8000-000000000001"), "停用或不存在"),
        ("within", json!("community:019a0000-0000-7000-8000-000000000001"), "停用或不存在"),
        ("grid", json!("019a0000-0000-7000-8000-000000000001"), "停用或不存在"),
        ("sample_percent", json!(101), "0 到 100"),
        ("count", json!(0), "1 到 250"),
        ("name", json!("长".repeat(41)), "最多 40"),
    ] {
        let mut rule = stalls(&town);
        rule[field] = value;
        town.supervisor.post_json("/routing", &rule).await.refused(422, sentence);
    }
    let mut daily = stalls(&town);
    (daily["hours"], daily["from"], daily["to"]) = (json!("daily"), json!("18点"), json!("06:00"));
    town.supervisor.post_json("/routing", &daily).await.refused(422, "18:00");
    daily["from"] = json!("06:00");
    town.supervisor.post_json("/routing", &daily).await.refused(422, "不能相同");
    assert_eq!(list(&town).await["rules"], json!([]));
    // As a form, what was typed stands there again.
    let lead = town.roads.to_string();
    let form = [("lead", lead.as_str()), ("matter", "井盖"), ("about", "any")];
    town.supervisor.get("/routing/new").await.ok();
    let again = town.supervisor.post("/routing", &form).await.refused(422, "都符合");
    assert!(again.body.contains("value=\"井盖\""), "{}", again.main());
}

#[db_test]
async fn trying_it_says_which_rule_wins_and_why(db: TestDb) {
    let town = Town::new(&db).await;
    added(&town, &json!({"matter": "matter-06-012", "hours": "outside", "lead": town.water})).await;
    added(&town, &stalls(&town)).await;
    added(&town, &json!({"lead": town.water})).await;
    let case = town.reported().await;
    let against = |tried: &Value| {
        let rules = tried["rules"].as_array().unwrap().clone();
        rules.iter().map(|rule| (rule["wins"] == json!(true), rule["against"].clone())).collect::<Vec<_>>()
    };
    let tried = town.dispatcher.get_json(&format!("/routing?case={case}")).await.ok().json();
    assert_eq!(
        against(&tried),
        [(false, json!(["time"])), (true, json!([])), (false, json!([]))],
        "in the morning, in the west"
    );
    let at_night = "/routing?matter=matter-06-012&coordinates=118.792,34.542&at=2026-09-23T22:00";
    let tried = town.dispatcher.get(at_night).await.ok();
    assert!(tried.text().contains("规则 1 赢：派给供水公司"), "{}", tried.text());
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("routing_tried", alike(&tried.main()));
    }
    town.dispatcher.get("/routing?case=20260101-0001").await.refused(404, "编号");
    town.dispatcher.get("/routing?coordinates=hier").await.refused(422, "");
    // Who may not read a case does not learn where it lies.
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    admin.get(&format!("/routing?case={case}")).await.refused(404, "编号");
    admin.get("/routing?matter=matter-06-012").await.ok();
}

#[db_test]
async fn the_case_says_which_unit_and_by_which_rule(db: TestDb) {
    let town = Town::new(&db).await;
    let mut rule = stalls(&town);
    (rule["count"], rule["counted"]) = (json!(5), json!("work-days"));
    added(&town, &rule).await;
    let case = town.filed().await;
    let page = town.dispatcher.get(&format!("/cases/{case}?do=dispatch")).await.ok();
    assert!(page.text().contains("规则 1 “占道”：派给市政养护队"), "{}", page.text());
    assert!(page.body.contains(&format!("value=\"{}\" selected", town.roads)), "the unit stands there");
    assert!(page.body.contains(&format!("value=\"{}\" checked", town.water)), "and who helps");
    let routed = town.case(&case).await["routed"].clone();
    assert_eq!(routed["due_at"], "2026-10-08T10:00", "and the term of the rule, over the holidays");
    assert!(page.body.contains("value=\"2026-10-08T10:00\""));
    // The unit is closed: the rule says so, and names nobody.
    close(&town, town.roads).await;
    let page = town.dispatcher.get(&format!("/cases/{case}?do=dispatch")).await.ok();
    assert!(page.text().contains("主办部门已停用或不存在"), "{}", page.text());
    assert!(!page.body.contains(&format!("value=\"{}\" selected", town.roads)));
    let flawed = list(&town).await;
    assert_eq!(flawed["rules"][0]["flaws"], json!(["lead-closed"]));
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    assert!(admin.get("/admin").await.ok().text().contains("1 条派遣规则用不了"));
}

async fn close(town: &Town, unit: qige_kernel::UnitId) {
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    town.later();
    admin.post_json(&format!("/admin/units/{unit}/close"), &json!({})).await.ok();
}

#[db_test]
async fn a_rule_files_and_dispatches_by_itself_and_says_so(db: TestDb) {
    let town = Town::new(&db).await;
    let mut rule = stalls(&town);
    for (field, value) in [("files", json!(true)), ("dispatches", json!(true)), ("sample_percent", json!(0))]
    {
        rule[field] = value;
    }
    added(&town, &rule).await;
    let case = town.reported().await;
    // Another place, another matter, nowhere, a grid that is only the nearest: left to the dispatchers.
    let east = town.reported_as(&town.rider, &json!({"lng": 118.792})).await;
    let other = town.reported_as(&town.rider, &json!({"matter": "matter-06-010", "lng": 118.745})).await;
    let nowhere = town.reported_as(&town.rider, &json!({"lng": 118.6})).await;
    let beside = town.reported_as(&town.rider, &json!({"lng": 118.739})).await;
    assert_eq!(town.case(&beside).await["grid"], json!(town.west_grid));
    look(&town).await;
    let sent = town.case(&case).await;
    assert_eq!((&sent["state"], &sent["lead_unit"]), (&json!("dispatched"), &json!(town.roads)));
    assert_eq!(sent["released_words"], Value::Null, "a rule releases no words");
    assert_eq!(sent["parts"].as_array().unwrap().len(), 2);
    let rule = id(&list(&town).await, 0);
    let by_rule: Vec<_> =
        sent["life"].as_array().unwrap().iter().filter(|line| line["args"]["rule"] == json!(rule)).collect();
    assert_eq!(by_rule.len(), 2, "filed and dispatched by it");
    let page = town.dispatcher.get(&format!("/cases/{case}")).await.ok();
    assert!(page.text().contains("由规则占道"), "{}", page.text());
    for left in [&east, &other, &nowhere, &beside] {
        assert_eq!(town.case(left).await["state"], "reported");
    }
    // The reporter was told as ever; nobody is told which rule it was.
    let told = town.rider.get_json(&format!("/mine/{case}")).await.ok();
    assert!(!told.body.contains(&rule), "{}", told.body);
    // Sent back, it is a person's.
    town.give(&town.handler, &case, "send-back", &json!({"reason": "不归我们管"})).await;
    look(&town).await;
    assert_eq!(town.case(&case).await["state"], "filed");
}

#[db_test]
async fn what_resembles_another_case_is_left_to_a_person(db: TestDb) {
    let town = Town::new(&db).await;
    let mut rule = stalls(&town);
    (rule["files"], rule["sample_percent"]) = (json!(true), json!(0));
    let one = town.reported().await;
    added(&town, &rule).await;
    let other = town.reported().await;
    look(&town).await;
    for case in [&one, &other] {
        assert_eq!(town.case(case).await["state"], "reported");
    }
}

#[db_test]
async fn what_somebody_filed_waits_until_that_cannot_be_undone(db: TestDb) {
    let town = Town::new(&db).await;
    let mut rule = stalls(&town);
    (rule["dispatches"], rule["sample_percent"]) = (json!(true), json!(0));
    added(&town, &rule).await;
    look(&town).await;
    let case = town.filed().await;
    qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
    assert_eq!(town.case(&case).await["state"], "filed");
    look(&town).await;
    assert_eq!(town.case(&case).await["state"], "dispatched");
}

#[db_test]
async fn a_case_corrected_into_another_units_hands_is_pointed_out(db: TestDb) {
    let town = Town::new(&db).await;
    added(&town, &stalls(&town)).await;
    added(&town, &json!({"matter": "matter-06-010", "lead": town.water, "name": "垃圾"})).await;
    let case = town.dispatched().await;
    let page = town.dispatcher.get(&format!("/cases/{case}")).await.ok();
    assert!(!page.text().contains("现在应归"), "{}", page.text());
    town.give(&town.dispatcher, &case, "correct", &json!({"matter": "matter-06-010"})).await.ok();
    let page = town.dispatcher.get(&format!("/cases/{case}")).await.ok();
    assert!(page.text().contains("规则 2 “垃圾”，这件案卷现在应归供水公司"), "{}", page.text());
    look(&town).await;
    let notices = town.supervisor.get("/notices").await.ok();
    assert!(notices.text().contains("按派遣规则应归别的部门"), "{}", notices.text());
}
