//! Signing in and one's own account.

use axum::body::Body;
use http::Method;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::json;

use crate::actors::{PASSWORD, TestApp};

#[db_test]
async fn signing_in_leads_to_where_one_wanted_to_go(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let stranger = app.stranger();
    let asked = stranger.get("/me").await;
    asked.asks_to_sign_in();
    let sign_in = asked.header("location").to_owned();
    assert_eq!(sign_in, "/sign-in?next=/me");
    assert!(stranger.get(&sign_in).await.ok().body.contains("value=\"/me\""));
    let fields = [("account", rider.account.as_str()), ("password", PASSWORD), ("next", "/me")];
    let answer = stranger.post("/sign-in", &fields).await.see("/me");
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly; SameSite=Lax") && cookie.starts_with("qige=qs_"), "{cookie}");
    let me = stranger.get("/me").await.ok();
    assert_eq!(me.header("cache-control"), "no-store");
    assert!(me.main().contains("骑手"), "{}", me.main());
    let fields = [("account", rider.account.as_str()), ("password", PASSWORD), ("next", "//evil.example")];
    stranger.post("/sign-in", &fields).await.see("/");
}

#[db_test]
async fn a_wrong_password_is_said_at_its_field_and_nothing_else_is_lost(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    stranger.get("/sign-in").await.ok();
    let refused = stranger.post("/sign-in", &[("account", "骑手 0017"), ("password", "guess")]).await;
    let refused = refused.refused(422, "账号或密码不对，请检查后再试。");
    assert!(refused.body.contains("value=\"骑手 0017\""), "the account is still there");
    assert!(refused.body.contains("aria-describedby=\"f-password-error\""));
    assert!(!refused.body.contains("guess"), "the password is not");
    stranger.post("/sign-in", &[("account", "骑手 0017")]).await.refused(422, "请填写这一项。");
    let problem = stranger.post_json("/sign-in", &json!({"account": "x", "password": "y"})).await;
    let problem = problem.refused(422, "/problems/sign-in-wrong").json();
    assert_eq!(problem["field"], "password");
    assert_eq!(problem["status"], 422);
}

#[db_test]
async fn others_at_the_same_address_do_not_shut_a_browser_out(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    assert!(rider.cookie("browser").unwrap().starts_with("qb_"));
    rider.post("/sign-out", &[]).await.see("/");
    let mut other = app.stranger();
    other.address = rider.address;
    for _ in 0..5 {
        other.sign_in(&rider.account, "not this one").await.refused(422, "账号或密码不对");
    }
    other.sign_in(&rider.account, PASSWORD).await.refused(429, "15 分钟");
    assert_eq!(other.cookie("browser"), None, "whoever did not come in is not known");
    rider.sign_in(&rider.account, PASSWORD).await.see("/");
}

#[db_test]
async fn too_many_wrong_tries_say_how_long_to_wait(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let stranger = app.stranger();
    let mut last = None;
    for _ in 0..15 {
        let answer = stranger.sign_in(&rider.account, "not this one").await;
        let status = answer.status.as_u16();
        last = Some(answer);
        if status == 429 {
            break;
        }
    }
    let refused = last.unwrap().refused(429, "分钟后再试");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    rider.get("/me").await.ok();
    let elsewhere = app.stranger();
    elsewhere.sign_in(&rider.account, PASSWORD).await.see("/");
}

#[db_test]
async fn a_whole_training_signs_in_from_one_address(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let hall = app.stranger();
    for _ in 0..40 {
        hall.sign_in(&rider.account, PASSWORD).await.see("/");
    }
}

#[db_test]
async fn a_session_ends_when_its_owner_says_so(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let other = app.stranger();
    app.clock.advance(Timestamp::SECOND);
    other.sign_in(&rider.account, PASSWORD).await.see("/");
    let me = other.get_json("/me").await.ok().json();
    let sessions = me["credentials"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let first = sessions.iter().find(|one| one["current"] == false).unwrap()["id"].as_str().unwrap();
    other.get("/me").await.ok();
    let end = format!("/me/credentials/{first}/end");
    other.post(&end, &[]).await.refused(422, "账号或密码不对");
    rider.get("/me").await.ok();
    other.get("/me").await.ok();
    other.post(&end, &[("password", PASSWORD)]).await.see("/me");
    assert!(other.get("/me").await.text().contains("已结束该登录。"), "the next page says so");
    assert!(!other.get("/me").await.text().contains("已结束该登录。"), "and only the next");
    rider.get("/me").await.asks_to_sign_in();
    let out = other.post("/sign-out", &[]).await;
    assert_eq!(out.header("clear-site-data"), "\"cache\"");
    out.see("/");
    other.get("/me").await.asks_to_sign_in();
}

#[db_test]
async fn whoever_proves_anew_who_they_are_goes_on_by_another_secret(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let stolen = rider.cookie("qige").unwrap();
    let by_stolen = async || {
        let headers = [("cookie", &*format!("qige={stolen}")), ("accept", "text/html")];
        app.stranger().send(Method::GET, "/me", &headers, Body::empty()).await
    };
    by_stolen().await.ok();
    rider.get("/me/second-step").await.ok();
    rider.post("/me/second-step", &[("password", "not this one")]).await.refused(422, "账号或密码不对");
    assert_eq!(rider.cookie("qige").as_ref(), Some(&stolen));
    rider.post("/me/second-step", &[("password", PASSWORD)]).await.see("/me/second-step");
    assert_ne!(rider.cookie("qige").as_ref(), Some(&stolen));
    by_stolen().await.asks_to_sign_in();
    rider.get("/me").await.ok();
}

#[db_test]
async fn a_password_is_changed_with_the_old_one(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    rider.get("/me").await.ok();
    let wrong = [("old_password", "not this one"), ("new_password", "another quiet street")];
    rider.post("/me/password", &wrong).await.refused(422, "账号或密码不对");
    let easy = [("old_password", PASSWORD), ("new_password", "12345678")];
    let refused = rider.post("/me/password", &easy).await.refused(422, "最先会试的");
    assert!(refused.body.contains("f-new_password-error"));
    let same = [("old_password", PASSWORD), ("new_password", PASSWORD)];
    rider.post("/me/password", &same).await.refused(422, "这就是现在的密码");
    let good = [("old_password", PASSWORD), ("new_password", "another quiet street")];
    rider.post("/me/password", &good).await.see("/me");
    rider.get("/me").await.ok();
    let again = app.stranger();
    again.sign_in(&rider.account, PASSWORD).await.refused(422, "账号或密码不对");
    again.sign_in(&rider.account, "another quiet street").await.see("/");
}

#[db_test]
async fn language_and_text_size_follow_the_person_and_the_browser(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    assert!(stranger.get("/sign-in").await.body.contains("<html lang=\"zh-Hans\">"));
    stranger.post("/me/language", &[("language", "en")]).await.see("/sign-in");
    let page = stranger.get("/sign-in").await;
    assert!(page.body.contains("<html lang=\"en\">") && page.text().contains("Phone number or sign-in name"));
    stranger.post("/me/elder", &[("elder", "true"), ("size", "26")]).await.see("/sign-in");
    assert!(stranger.get("/sign-in").await.body.contains("data-elder=\"26\""));
    stranger.post("/me/theme", &[("theme", "dark")]).await.see("/sign-in");
    assert!(stranger.get("/sign-in").await.body.contains("data-theme=\"dark\""));
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    rider.post("/me/language", &[("language", "en")]).await;
    let elsewhere = app.stranger();
    elsewhere.sign_in(&rider.account, PASSWORD).await;
    assert!(elsewhere.get("/me").await.body.contains("<html lang=\"en\""), "it came along");
    rider.post("/me/elder", &[("elder", "true"), ("size", "31")]).await.refused(422, "between 18 and 30");
}

#[db_test]
async fn a_phone_gets_a_credential_that_opens_nothing_else(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let device = json!({"device": "019a0000-0000-7000-8000-00000000000a"});
    let registered = rider.post_json("/me/device", &device).await.ok().json();
    assert_eq!(registered["device"], device["device"]);
    let mut phone = app.stranger();
    phone.bearer = Some(registered["token"].as_str().unwrap().to_owned());
    phone.get_json("/me").await.refused(403, "not-allowed");
    let again = rider.post_json("/me/device", &device).await.ok().json();
    assert_ne!(again["token"], registered["token"]);
    phone.get_json("/sign-in").await.refused(401, "sign-in-first");
    let own = json!({"device": "019a0000-0000-7000-8000-00000000000b"});
    app.stranger().post_json("/me/device", &own).await.ok();
    rider.post_json("/me/device", &own).await.refused(409, "device-known");
}
