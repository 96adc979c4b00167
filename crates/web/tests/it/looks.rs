//! Two people for what one alone should not do.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{FourEyes, Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::{Actor, TestApp};
use crate::centre_world::Town;

/// What stands first on somebody's page.
async fn first(of: &Actor) -> Value {
    of.get_json("/looks").await.ok().json()["looks"][0].clone()
}

async fn answer(by: &Actor, granted: bool, words: &str) -> crate::actors::Answer {
    let look = first(by).await["id"].as_str().unwrap().to_owned();
    by.post_json(&format!("/looks/{look}/answer"), &json!({"granted": granted, "words": words})).await
}

async fn roles(of: &Actor, by: &Actor) -> usize {
    let page = by.get_json(&format!("/admin/people/{}", of.id.unwrap())).await.ok().json();
    page["grants"].as_array().unwrap().len()
}

async fn admins(app: &TestApp) -> [Actor; 2] {
    app.need_two_for(FourEyes::default()).await;
    let whole = |role| app.person(role, Scope::Tenant);
    [whole(Role::TenantAdmin).await, whole(Role::SecurityAdmin).await]
}

#[db_test]
async fn a_role_that_is_work_is_given_when_another_agrees(db: TestDb) {
    let app = TestApp::new(&db).await;
    let [admin, security] = admins(&app).await;
    let worker = app.person(Role::Rider, Scope::Tenant).await;
    let path = format!("/admin/people/{}", worker.id.unwrap());
    security.get(&path).await.ok();
    let give = format!("{path}/grants");
    let role = [("role", "dispatcher"), ("scope", "tenant"), ("words", "")];
    security.post(&give, &role).await.refused(422, "请写明理由");
    let role = [("role", "dispatcher"), ("scope", "tenant"), ("words", "顶替休假的坐席")];
    security.post(&give, &role).await.see(&path);
    security.post(&give, &role).await.see(&path);
    assert_eq!(roles(&worker, &security).await, 1, "nobody agreed yet");
    assert_eq!(security.get_json("/looks").await.json()["looks"].as_array().unwrap().len(), 1, "asked once");

    let page = admin.get("/looks").await.ok();
    insta::assert_snapshot!("a_role_waits_for_another", page.main());
    answer(&security, true, "").await.refused(403, "/problems/look-own");
    worker.get("/looks").await.refused(403, "");
    worker.get("/cases").await.refused(403, "");
    answer(&admin, true, "").await.ok();
    answer(&admin, true, "").await.ok();
    answer(&admin, false, "改了主意").await.refused(409, "/problems/look-answered");
    assert_eq!(roles(&worker, &security).await, 2);
    worker.get("/cases").await.ok();
    assert!(security.get("/notices").await.text().contains("您提出的事项已获同意"));
    assert!(admin.get("/notices").await.text().contains("有一件事需要您复核"));

    // A role that is no work needs nobody else; one that clashes is refused before anybody is asked.
    let rider = [("role", "donor"), ("scope", "tenant")];
    security.post(&give, &rider).await.see(&path);
    assert_eq!(roles(&worker, &security).await, 3);
    security.post(&give, &role).await.refused(409, "已有这个角色");
}

#[db_test]
async fn peoples_data_is_taken_out_when_another_agrees_and_for_a_day(db: TestDb) {
    let app = TestApp::new(&db).await;
    let [admin, security] = admins(&app).await;
    admin.get("/admin/people.csv").await.refused(403, "双人复核");
    admin.get("/looks").await.ok();
    admin.post("/looks/export", &[("words", "年度核对名单")]).await.see("/looks");
    admin.get("/admin/people.csv").await.refused(403, "双人复核");
    answer(&admin, true, "").await.refused(403, "/problems/look-own");
    answer(&security, false, "").await.refused(422, "/problems/look-why");
    answer(&security, false, "请说明核对什么").await.ok();
    assert!(admin.get("/looks").await.text().contains("请说明核对什么"));
    app.clock.advance(Timestamp::SECOND);
    admin.post("/looks/export", &[("words", "核对骑手姓名与登记表")]).await.see("/looks");
    answer(&security, true, "").await.ok();
    admin.get("/admin/people.csv").await.ok();
    // Another's file is another's asking.
    security.get("/admin/people.csv").await.refused(403, "双人复核");
    app.clock.advance(Timestamp::DAY);
    admin.sign_in(&admin.account, crate::actors::PASSWORD).await.see("/");
    admin.get("/admin/people.csv").await.refused(403, "双人复核");
}

#[db_test]
async fn a_case_is_void_when_another_supervisor_agrees(db: TestDb) {
    let town = Town::new(&db).await;
    let app = &town.app;
    app.need_two_for(FourEyes::default()).await;
    let other = app.person(Role::Supervisor, Scope::Community(town.west)).await;
    let case = town.filed().await;
    town.give(&town.dispatcher, &case, "void", &json!({"reason": "误登"})).await.refused(403, "");
    town.give(&town.supervisor, &case, "void", &json!({"reason": " "})).await.refused(422, "/problems/");
    town.give(&town.supervisor, &case, "void", &json!({"reason": "误登"})).await.ok();
    assert_eq!(town.case(&case).await["state"], "filed", "nobody agreed yet");
    answer(&town.supervisor, true, "").await.refused(403, "/problems/look-own");
    town.dispatcher.get("/looks").await.refused(403, "");
    answer(&other, true, "").await.ok();
    assert_eq!(town.case(&case).await["state"], "void");

    // After seven days nobody agrees any more.
    let case = town.filed().await;
    town.give(&town.supervisor, &case, "void", &json!({"reason": "误登"})).await.ok();
    app.clock.advance(7 * Timestamp::DAY);
    other.sign_in(&other.account, crate::actors::PASSWORD).await.see("/");
    answer(&other, true, "").await.refused(409, "/problems/look-over");
}

#[db_test]
async fn the_security_administrator_says_for_what_two_are_needed(db: TestDb) {
    let app = TestApp::new(&db).await;
    let [admin, security] = admins(&app).await;
    admin.get("/looks").await.ok();
    admin.post("/looks/rule", &[("grants", "true")]).await.refused(403, "");
    security.get("/looks").await.ok();
    security.post("/looks/rule", &[("grants", "true"), ("voids", "true")]).await.see("/looks");
    admin.get("/admin/people.csv").await.ok();
    let auditor = app.person(Role::Auditor, Scope::Tenant).await;
    assert!(auditor.get("/looks").await.ok().text().contains("双人复核"));
    assert!(auditor.get("/looks.csv").await.ok().body.contains("提出时间"));
    app.stranger().get("/looks").await.asks_to_sign_in();
}
