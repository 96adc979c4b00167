//! The pages about people: accounts, roles, passwords, the three powers.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{DRAWN_MICROS, Role, Scope};
use serde_json::json;

use crate::actors::{Actor, Answer, PASSWORD, TestApp};
use crate::centre_world::Town;

/// The password that a page shows.
fn shown_password(page: &Answer) -> String {
    let after = page.body.split_once("<code>").expect("a password").1;
    after.split_once("</code>").unwrap().0.to_owned()
}

/// The id of the person whom a page of a drawn password leads to.
fn led_to(page: &Answer) -> String {
    let after = page.body.split("href=\"/admin/people/").nth(1).expect("a way on");
    after.split('"').next().unwrap().to_owned()
}

/// The owner takes another password than the one that was drawn.
async fn own_password(owner: &Actor, drawn: &str) {
    assert!(owner.get("/me/password").await.ok().text().contains("别人生成的"));
    let same = [("old_password", drawn), ("new_password", drawn)];
    owner.post("/me/password", &same).await.refused(422, "这就是现在的密码");
    let own = [("old_password", drawn), ("new_password", "雨停了路面还湿着")];
    owner.post("/me/password", &own).await.see("/");
    assert!(!owner.get("/me/password").await.ok().text().contains("别人生成的"));
}

async fn added(admin: &Actor, name: &str) -> (String, String) {
    admin.get("/admin/people").await.ok();
    let fields = [("name", name), ("sign_in_name", name)];
    let page = admin.post("/admin/people", &fields).await.ok();
    (led_to(&page), shown_password(&page))
}

#[db_test]
async fn somebody_gets_an_account_and_a_role_and_loses_it(db: TestDb) {
    let town = Town::new(&db).await;
    let app = &town.app;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let (id, password) = added(&admin, "网格员07").await;
    assert_eq!(password.len(), 14);
    let path = format!("/admin/people/{id}");
    let worker = app.stranger();
    worker.sign_in("网格员07", &password).await.see("/");
    for path in ["/cases", "/me", "/me/access"] {
        worker.get(path).await.see("/me/password");
    }
    worker.get_json("/cases").await.refused(403, "password-first");
    worker.post("/notices/read", &[]).await.refused(403, "请先在“我的账号”里改成自己的密码");
    own_password(&worker, &password).await;
    worker.get("/cases").await.refused(403, "");

    // Giving an account and giving a role are two people's work.
    admin.get(&path).await.ok();
    let grant = format!("grid:{}", town.west_grid);
    let role = [("role", "dispatcher"), ("scope", grant.as_str()), ("until", "2026-12-31")];
    admin.post(&format!("{path}/grants"), &role).await.refused(403, "");
    let page = security.get(&path).await.ok();
    assert!(page.main().contains("晶都社区 · 第一网格"), "{}", page.main());
    security.post(&format!("{path}/grants"), &role).await.see(&path);
    let page = security.get(&path).await.ok();
    assert!(page.main().contains("坐席 网格 · 晶都社区 · 第一网格"), "{}", page.main());
    worker.get("/cases").await.ok();
    let grants = security.get_json(&path).await.json()["grants"].clone();
    assert_eq!(grants[0]["until"], "2026-12-31T16:00:00Z", "the last day counts whole");
    security.post(&format!("{path}/grants"), &role).await.refused(409, "已有这个角色");
    let beyond = [("role", "unit-lead"), ("scope", "tenant")];
    let refused =
        security.post(&format!("{path}/grants"), &beyond).await.refused(422, "不能授予在这个范围上");
    assert!(refused.body.contains("f-scope-error"), "at the field");
    // An id of another subdistrict is an id of nothing here.
    for kind in ["community", "grid", "unit", "station"] {
        let scope = format!("{kind}:{}", crate::every_stage::NOBODY);
        let elsewhere = [("role", "rider"), ("scope", scope.as_str())];
        security.post(&format!("{path}/grants"), &elsewhere).await.refused(422, "没有这个地点");
    }
    let past = [("role", "rider"), ("scope", "tenant"), ("until", "2020-01-01")];
    let refused =
        security.post(&format!("{path}/grants"), &past).await.refused(422, "结束时间应晚于开始时间");
    assert!(refused.body.contains("f-until-error") && refused.body.contains("value=\"2020-01-01\""));

    town.later();
    let first = grants[0]["id"].as_str().unwrap();
    let of_another = format!("/admin/people/{}/grants/{first}/revoke", admin.id.unwrap());
    security.post(&of_another, &[]).await.refused(404, "");
    security.post(&format!("{path}/grants/{first}/revoke"), &[]).await.see(&path);
    worker.get("/cases").await.refused(403, "");
    assert_eq!(security.get_json(&path).await.json()["grants"][0]["ended"], true);
}

#[db_test]
async fn no_person_holds_two_of_the_three_powers(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let path = format!("/admin/people/{}", admin.id.unwrap());
    security.get(&path).await.ok();
    let role = [("role", "auditor"), ("scope", "tenant")];
    let refused = security.post(&format!("{path}/grants"), &role).await;
    let refused = refused.refused(409, "系统管理员、安全管理员、审计员不能由同一人担任");
    assert!(refused.body.contains("f-role-error") && refused.body.contains("value=\"auditor\" selected"));
    let own = format!("/admin/people/{}", security.id.unwrap());
    let page = security.get(&own).await.ok();
    assert!(page.main().contains("不能给自己授权"), "{}", page.main());
    let rider = [("role", "rider"), ("scope", "tenant")];
    security.post(&format!("{own}/grants"), &rider).await.refused(403, "不能给自己授予角色");
    let grants = security.get_json(&own).await.json()["grants"].clone();
    let last = grants[0]["id"].as_str().unwrap();
    let ended = security.post(&format!("{own}/grants/{last}/revoke"), &[]).await;
    ended.refused(409, "");
    assert!(security.get("/admin/permissions").await.main().contains("三员分立"));
}

#[db_test]
async fn an_account_is_changed_paused_and_left(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let path = format!("/admin/people/{}", rider.id.unwrap());
    admin.get(&path).await.ok();
    let called =
        [("name", "骑手 0017"), ("phone", "138 0000 0017"), ("sign_in_name", rider.account.as_str())];
    admin.post(&path, &called).await.see(&path);
    let shown = admin.get_json(&path).await.json();
    assert_eq!((shown["name"].as_str(), shown["has_phone"].as_bool()), (Some("骑手 0017"), Some(true)));
    let auditor = app.person(Role::Auditor, Scope::Tenant).await;
    let seen = auditor.get_json(&path).await.json();
    assert!(seen["phone"].is_null() && seen["credentials"].is_null(), "numbers are for who looks after them");
    admin.get(&path).await.ok();
    let refused =
        admin.post(&path, &[("name", "骑手 0017"), ("phone", "12345")]).await.refused(422, "手机号");
    assert!(refused.body.contains("f-phone-error") && refused.body.contains("value=\"12345\""));
    admin.post(&path, &[("name", "骑手 0017")]).await.refused(422, "请至少填写手机号或登录名");
    let found = admin.get_json("/admin/people?q=13800000017").await.json();
    assert_eq!(found["people"].as_array().unwrap().len(), 1);
    assert_eq!(found["people"][0]["roles"], json!(["rider"]));

    let state = format!("{path}/state");
    admin.post(&state, &[("state", "paused")]).await.see(&path);
    rider.get("/me").await.asks_to_sign_in();
    let paused = admin.get_json("/admin/people?state=paused").await.json();
    assert_eq!(paused["people"][0]["name"], "骑手 0017");
    admin.get(&path).await.ok();
    admin.post(&state, &[("state", "active")]).await.see(&path);
    rider.sign_in("13800000017", PASSWORD).await.see("/");
    admin.get(&path).await.ok();
    // Not by whoever finds the browser open, and not without saying why.
    admin.post(&state, &[("state", "left"), ("reason", "调离")]).await.refused(422, "密码");
    admin.post(&state, &[("state", "left"), ("password", PASSWORD)]).await.refused(422, "请写明理由");
    let long = "长".repeat(501);
    let fields = [("state", "left"), ("reason", long.as_str()), ("password", PASSWORD)];
    admin.post(&state, &fields).await.refused(422, "500");
    let wrong = [("state", "left"), ("reason", "调离"), ("password", "not my password at all")];
    admin.post(&state, &wrong).await.refused(422, "密码");
    assert_eq!(admin.get_json(&path).await.json()["state"], "active");
    let fields = [("state", "left"), ("reason", "调离"), ("password", PASSWORD)];
    admin.post(&state, &fields).await.see(&path);
    let page = admin.get(&path).await.ok();
    assert!(page.main().contains("已离开") && !page.main().contains("修改资料"), "{}", page.main());
    admin.post(&state, &[("state", "active")]).await.refused(409, "此人已离开");
}

#[db_test]
async fn a_lost_password_is_drawn_anew_and_a_session_ended(db: TestDb) {
    let app = TestApp::new(&db).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let path = format!("/admin/people/{}", rider.id.unwrap());
    let seen = security.get_json(&path).await.ok().json();
    let session = seen["credentials"][0]["id"].as_str().unwrap();
    security.get(&path).await.ok();
    security.post(&format!("{path}/credentials/{session}/end"), &[]).await.see(&path);
    rider.get("/me").await.asks_to_sign_in();
    let drawn = security.post(&format!("{path}/password"), &[]).await.ok();
    assert_eq!(drawn.header("cache-control"), "no-store");
    let password = shown_password(&drawn);
    rider.sign_in(&rider.account, PASSWORD).await.refused(422, "账号或密码不对");
    assert!(!security.get(&path).await.body.contains(&password), "shown once");
    app.clock.advance(DRAWN_MICROS);
    rider.sign_in(&rider.account, &password).await.refused(410, "七天多以前为您生成的");
    security.sign_in(&security.account, PASSWORD).await.see("/");
    security.get(&path).await.ok();
    let password = shown_password(&security.post(&format!("{path}/password"), &[]).await.ok());
    rider.sign_in(&rider.account, &password).await.see("/");
    own_password(&rider, &password).await;
    rider.get("/me").await.ok();
}

#[db_test]
async fn many_people_are_found_page_by_page(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    for number in 0..52 {
        let name = format!("骑手{number:04}");
        let person = qige_identity::NewPerson {
            id: app.app.entropy.id(app.app.now()),
            name: name.parse().unwrap(),
            sign_in_name: Some(name.parse().unwrap()),
            phone: None,
            password: None,
            locale: None,
        };
        app.write(qige_identity::AddPerson { person, stamp: app.stamp() }).await;
    }
    let first = admin.get_json("/admin/people?q=骑手".replace("骑手", "%E9%AA%91%E6%89%8B").as_str()).await;
    let first = first.ok().json();
    assert_eq!(first["people"].as_array().unwrap().len(), 50);
    let next = first["next"].as_str().unwrap();
    let second = admin.get_json(next).await.ok().json();
    assert_eq!(second["people"].as_array().unwrap().len(), 2);
    assert_eq!(second["people"][1]["name"], "骑手0051");
    assert!(second["next"].is_null());
    let page = admin.get(next).await.ok();
    assert!(page.main().contains("回到第一页"), "{}", page.main());
    assert!(admin.get("/admin/people?q=nobody").await.main().contains("没有找到符合条件的人员"));
    admin.get("/admin/people").await.ok();
    let taken = [("name", "骑手"), ("sign_in_name", "骑手0001")];
    let refused = admin.post("/admin/people", &taken).await.refused(409, "这个登录名已有人使用");
    assert!(refused.body.contains("f-sign_in_name-error"));
    admin.post("/admin/people", &[("name", "骑手")]).await.refused(422, "请至少填写手机号或登录名");
}
