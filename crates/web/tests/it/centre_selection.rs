//! Several cases at once: said beforehand, done one by one, taken back together.

use http::Method;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::{Actor, Answer};
use crate::centre_world::{Town, key, unit};

async fn plan(by: &Actor, query: &str) -> Value {
    by.get_json(&format!("/cases/selection?{query}")).await.ok().json()
}

/// Does what was planned, as the page would send it.
async fn go(town: &Town, by: &Actor, plan: &Value, more: &Value) -> Value {
    town.later();
    let able = plan["lines"].as_array().unwrap().iter().filter(|line| line["able"] == true);
    let cases: Vec<&Value> = able.map(|line| &line["token"]).collect();
    let mut given = json!({"do": plan["do"], "case": cases});
    for (name, value) in more.as_object().unwrap() {
        given[name] = value.clone();
    }
    by.post_json("/cases/selection", &given).await.ok().json()
}

fn line<'a>(page: &'a Value, case: &str) -> &'a Value {
    page["lines"].as_array().unwrap().iter().find(|line| line["id"] == case).unwrap()
}

async fn undo_all(town: &Town, by: &Actor, done: &Value) -> Answer {
    town.later();
    let lines = done["lines"].as_array().unwrap().iter().filter(|line| line["able"] == true);
    let cases: Vec<&Value> = lines.map(|line| &line["token"]).collect();
    by.post_json("/cases/selection/undo", &json!({"case": cases})).await.ok()
}

/// Sends JSON under a key, as a program does that is not sure whether it arrived.
async fn keyed(by: &Actor, path: &str, body: &Value, key: &str) -> Answer {
    let headers =
        [("accept", "application/json"), ("content-type", "application/json"), ("idempotency-key", key)];
    by.send(Method::POST, path, &headers, body.to_string().into()).await
}

#[db_test]
async fn all_that_a_filter_holds_is_filed_and_taken_back_in_one_press(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let (one, other) = (town.reported().await, town.reported().await);
    let open = town.reported_as(&town.rider, &json!({"matter": null})).await;
    let elsewhere = town.filed().await;
    let planned = plan(clerk, "do=file&all=true&queue=state%3Dreported").await;
    assert_eq!((planned["lines"].as_array().unwrap().len(), planned["count"].as_i64()), (3, Some(2)));
    assert_eq!(
        (&planned["more"], &line(&planned, &one)["way"]["urgency"]),
        (&json!(false), &json!("normal"))
    );
    assert!(line(&planned, &open)["sentence"].is_string());
    let done = go(&town, clerk, &planned, &json!({})).await;
    assert_eq!(done["count"], 2);
    // Meanwhile something else happens to one of them: the other is taken back all the same.
    town.give(clerk, &other, "comment", &json!({"words": "看过了"})).await.ok();
    let undone = undo_all(&town, clerk, &done).await.json();
    assert_eq!((&undone["do"], &undone["count"]), (&json!("undo"), &json!(1)), "{undone}");
    assert_eq!(
        (&town.case(&one).await["state"], &town.case(&other).await["state"]),
        (&json!("reported"), &json!("filed"))
    );
    assert_eq!(town.case(&elsewhere).await["state"], "filed");
    let page = clerk.get("/cases/selection?do=file&all=true&queue=state%3Dreported").await.ok();
    assert!(page.text().contains("2 件中可以办理 1 件"), "{}", page.main());
}

#[db_test]
async fn one_press_sent_twice_is_done_once_and_says_the_same(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let (one, other) = (town.reported().await, town.reported().await);
    let planned = plan(clerk, &format!("do=comment&case={one}&case={other}")).await;
    clerk.post_json("/cases/selection", &json!({"do": "comment", "case": [one]})).await.refused(422, "");
    let cases: Vec<&Value> = planned["lines"].as_array().unwrap().iter().map(|line| &line["token"]).collect();
    let given = json!({"do": "comment", "case": cases, "words": "周五前统一处理", "public": true});
    let program = town.app.token(clerk).await;
    let (key, mut said) = (key(&town), Vec::new());
    for _ in 0..2 {
        town.later();
        let answer = keyed(&program, "/cases/selection", &given, &key).await.ok().json();
        said.push((answer["count"].clone(), answer["lines"][0]["version"].clone()));
    }
    assert_eq!(said[0], said[1]);
    let comments = town.case(&one).await["comments"].as_array().unwrap().len();
    assert_eq!(comments, 1);
}

#[db_test]
async fn what_went_to_the_wrong_unit_goes_where_the_rules_say_until_it_has_begun(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let (wrong, begun) = (town.dispatched().await, town.dispatched().await);
    town.give(&town.handler, &begun, "start", &json!({})).await;
    let (filed, unruled) =
        (town.filed().await, town.reported_as(&town.rider, &json!({"matter": "matter-06-010"})).await);
    town.give(clerk, &unruled, "file", &json!({"matter": "matter-06-010"})).await.ok();
    let rule = json!({"matter": "matter-06-012", "lead": town.water, "name": "占道", "count": 2});
    town.supervisor.post_json("/routing", &rule).await.ok();
    let query = format!("do=reroute&case={wrong}&case={begun}&case={filed}&case={unruled}");
    let planned = plan(clerk, &query).await;
    assert_eq!(planned["count"], 2, "{planned}");
    let way = &line(&planned, &wrong)["way"];
    assert_eq!(
        (&way["from"], &way["to"], &way["rule"]),
        (&json!("市政养护队"), &json!("供水公司"), &json!(1))
    );
    assert!(line(&planned, &unruled)["sentence"].as_str().unwrap().contains("没有适用的派遣规则"));
    let before = town.case(&wrong).await;
    let done = go(&town, clerk, &planned, &json!({})).await;
    assert_eq!(done["count"], 2, "{done}");
    let sent = town.case(&wrong).await;
    assert_eq!((&sent["lead_unit"], &sent["state"]), (&json!(town.water), &json!("dispatched")));
    assert_eq!(sent["due_at"], way["due_at"], "as it was shown");
    assert_ne!(sent["due_at"], before["due_at"]);
    assert_eq!(town.case(&filed).await["lead_unit"], json!(town.water));
    assert_eq!(town.case(&begun).await["lead_unit"], json!(town.roads));
    // Once it cannot be undone, both units know.
    town.app.clock.advance(90 * Timestamp::SECOND);
    qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
    assert!(town.handler.get("/notices").await.ok().text().contains("已改派其他部门"));
    town.handler.get(&format!("/unit/cases/{wrong}")).await.refused(404, "");
    // To the same unit once more is nothing.
    let again = plan(clerk, &format!("do=reroute&case={wrong}")).await;
    assert!(line(&again, &wrong)["sentence"].as_str().unwrap().contains("该部门已有此案卷"), "{again}");
}

#[db_test]
async fn given_to_another_unit_and_back_again_in_one_press(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let case = town.dispatched().await;
    let before = town.case(&case).await;
    let planned = plan(clerk, &format!("do=dispatch&case={case}")).await;
    let done = go(&town, clerk, &planned, &json!({"lead": town.water})).await;
    assert_eq!(done["count"], 1, "{planned} {done}");
    assert_eq!(town.case(&case).await["lead_unit"], json!(town.water));
    assert_eq!(undo_all(&town, clerk, &done).await.json()["count"], 1);
    let after = town.case(&case).await;
    assert_eq!((&after["lead_unit"], &after["due_at"]), (&before["lead_unit"], &before["due_at"]));
    town.handler.get(&format!("/unit/cases/{case}")).await.ok();
}

#[db_test]
async fn whoever_no_longer_has_a_part_is_told_and_nobody_else(db: TestDb) {
    let town = Town::new(&db).await;
    let (case, gas) = (town.filed().await, unit(&town.app, "燃气公司").await);
    let water = town.app.person(Role::UnitLead, Scope::Unit(town.water)).await;
    let gas_lead = town.app.person(Role::UnitLead, Scope::Unit(gas)).await;
    let first = json!({"lead": town.roads, "assist": [town.water, gas]});
    town.give(&town.dispatcher, &case, "dispatch", &first).await.ok();
    let settle = async || {
        town.app.clock.advance(90 * Timestamp::SECOND);
        qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
    };
    let told = async |who: &Actor| {
        let page = who.get_json("/notices").await.ok().json();
        let kinds = page["notices"].as_array().unwrap().iter();
        kinds.map(|notice| notice["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    settle().await;
    assert_eq!(told(&town.handler).await, ["unit-dispatched"]);
    assert_eq!(
        (told(&water).await, told(&gas_lead).await),
        (vec!["unit-called".into()], vec!["unit-called".into()])
    );
    // Who led helps now, one helper leads, and the other has no part any more.
    let second = json!({"lead": town.water, "assist": [town.roads]});
    town.give(&town.dispatcher, &case, "dispatch", &second).await.ok();
    settle().await;
    assert_eq!(told(&gas_lead).await, ["unit-help-ended", "unit-called"]);
    assert_eq!(told(&town.handler).await, ["unit-called", "unit-dispatched"]);
    assert_eq!(told(&water).await, ["unit-dispatched", "unit-called"]);
    let page = gas_lead.get_json("/notices").await.ok().json();
    let number = town.case(&case).await["number"].as_str().unwrap().to_owned();
    assert!(page["notices"][0].to_string().contains(&number), "{page}");
    assert!(gas_lead.get("/notices").await.ok().text().contains("不再需要您部门协同"));
    // Which leads to what the unit has: the case is not among it any more.
    let id = page["notices"][0]["id"].as_str().unwrap();
    gas_lead.post(&format!("/notices/{id}/read"), &[]).await.see("/unit");
    gas_lead.post("/me/language", &[("language", "en")]).await;
    assert!(gas_lead.get("/notices").await.ok().text().contains("Your help is no longer asked for"));
    // Taken back, nobody is told of it.
    let third = json!({"lead": gas, "assist": []});
    town.give(&town.dispatcher, &case, "dispatch", &third).await.ok();
    town.give(&town.dispatcher, &case, "undo", &json!({})).await.ok();
    qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
    settle().await;
    assert_eq!(told(&town.handler).await.len(), 2);
}
