//! The second step at sign-in, as people meet it.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope, StepSecret, begun_second_step};
use qige_kernel::Timestamp;
use serde_json::json;

use crate::actors::{Actor, PASSWORD, TestApp};

impl TestApp {
    /// Looks at the secret as the person's own phone does.
    async fn secret_of(&self, actor: &Actor) -> StepSecret {
        let person = actor.id.unwrap();
        let found = begun_second_step(&self.app.vault, self.asker_of(person), person, self.app.now()).await;
        found.unwrap().unwrap()
    }

    fn asker_of(&self, person: qige_kernel::PersonId) -> qige_db::Asker {
        qige_db::Asker { tenant: self.tenant, actor: qige_db::Actor::Person(person) }
    }

    /// Sets up a second step and answers with its secret and the recovery codes.
    pub(crate) async fn guard(&self, actor: &Actor) -> (StepSecret, Vec<String>) {
        actor.get("/me/second-step").await.ok();
        actor.post("/me/second-step", &[("password", PASSWORD)]).await.see("/me/second-step");
        let secret = self.secret_of(actor).await;
        let qr = actor.get("/me/second-step/qr.svg").await.ok();
        assert_eq!(qr.header("content-type"), "image/svg+xml");
        let page = actor.get("/me/second-step").await.ok();
        assert!(page.text().replace(' ', "").contains(&secret.base32()), "{}", page.text());
        let wrong = actor.post("/me/second-step/code", &[("code", "000000")]).await;
        assert!(wrong.refused(422, "验证码不对").body.contains("f-code-error"));
        let code = secret.code_at(self.app.now());
        let shown = actor.post("/me/second-step/code", &[("code", &code)]).await.ok();
        let codes = shown.body.split("<code>").skip(1);
        let codes: Vec<String> = codes.map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        assert_eq!(codes.len(), 10);
        (secret, codes)
    }
}

#[db_test]
async fn a_code_is_asked_for_after_the_password(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let (secret, codes) = app.guard(&rider).await;
    assert!(rider.get("/me/second-step").await.ok().text().contains("还剩 10 个备用码"));
    rider.get("/me/second-step/qr.svg").await.refused(404, "");

    let stranger = app.stranger();
    stranger.get("/sign-in/second").await.ok();
    stranger.post("/sign-in/second", &[("code", "000000")]).await.refused(401, "请重新登录");
    let fields = [("account", rider.account.as_str()), ("password", PASSWORD), ("next", "/mine")];
    stranger.post("/sign-in", &fields).await.see("/sign-in/second?next=/mine");
    stranger.get("/me").await.asks_to_sign_in();
    let page = stranger.get("/sign-in/second?next=/mine").await.ok();
    assert!(page.body.contains("value=\"/mine\"") && page.body.contains("one-time-code"));
    let wrong = stranger.post("/sign-in/second", &[("code", "000000"), ("next", "/mine")]).await;
    assert!(wrong.refused(422, "验证码不对").body.contains("value=\"/mine\""));
    app.clock.advance(Timestamp::MINUTE);
    let code = secret.code_at(app.app.now());
    stranger.post("/sign-in/second", &[("code", &code), ("next", "/mine")]).await.see("/mine");
    stranger.get("/me").await.ok();

    let other = app.stranger();
    other.sign_in(&rider.account, PASSWORD).await.see("/sign-in/second");
    other.get("/sign-in/second").await.ok();
    other.post("/sign-in/second", &[("code", &codes[0])]).await.see("/");
    other.get("/me/second-step").await.ok();
    let changed = [("password", PASSWORD), ("what", "codes")];
    assert!(!other.post("/me/second-step/change", &changed).await.ok().body.contains(&codes[1]));
    other.get("/me/second-step").await.ok();
    let wrong = [("password", "not this one"), ("what", "off")];
    other.post("/me/second-step/change", &wrong).await.refused(422, "账号或密码不对");
    let off = [("password", PASSWORD), ("what", "off")];
    other.post("/me/second-step/change", &off).await.see("/me/second-step");
    app.stranger().sign_in(&rider.account, PASSWORD).await.see("/");
}

#[db_test]
async fn a_half_way_secret_opens_nothing(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    app.guard(&rider).await;
    let mut stranger = app.stranger();
    stranger.sign_in(&rider.account, PASSWORD).await.see("/sign-in/second");
    let half = stranger.cookie("half").unwrap();
    assert!(half.starts_with("qh_"), "{half}");
    let as_session = app.stranger();
    for text in [half.clone(), half.replace("qh_", "qs_")] {
        as_session.keep(&format!("qige={text}"));
        as_session.get("/me").await.asks_to_sign_in();
    }
    for text in [half.clone(), half.replace("qh_", "qt_"), half.replace("qh_", "qd_")] {
        stranger.bearer = Some(text);
        stranger.get_json("/me").await.refused(401, "sign-in-first");
    }
    let listed = rider.get_json("/me").await.ok().json();
    assert_eq!(listed["credentials"].as_array().unwrap().len(), 1, "and stands in no list");
}

#[db_test]
async fn staff_are_led_to_it_and_can_be_helped(db: TestDb) {
    let app = TestApp::new(&db).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let worker = app.person(Role::Dispatcher, Scope::Tenant).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let program = app.token(&worker).await;
    security.get("/admin/keys").await.ok();
    security.post("/admin/keys/second-step", &[("staff", "true")]).await.see("/admin/keys");
    app.clock.advance(6 * Timestamp::SECOND);
    for path in ["/cases", "/me", "/notices"] {
        worker.get(path).await.see("/me/second-step");
    }
    worker.get_json("/cases").await.refused(403, "second-step-first");
    worker.get("/me/second-step").await.ok();
    worker.post("/notices/read", &[]).await.refused(403, "两步验证");
    assert!(worker.get("/me/second-step").await.ok().text().contains("街道要求工作人员"));
    rider.get("/me").await.ok();
    program.get_json("/cases").await.ok();
    app.guard(&worker).await;
    worker.get("/cases").await.ok();
    security.get("/admin/keys").await.see("/me/second-step");
    app.guard(&security).await;
    assert!(security.get("/admin/keys").await.ok().body.contains("value=\"true\" checked"));

    let page = format!("/admin/people/{}", worker.id.unwrap());
    assert!(security.get(&page).await.ok().text().contains("重置"));
    let path = format!("{page}/second-step/reset");
    security.post(&path, &[]).await.see(&page);
    worker.get("/cases").await.asks_to_sign_in();
    security.get(&page).await.ok();
    security.post(&path, &[]).await.refused(409, "没有两步验证");
    worker.sign_in(&worker.account, PASSWORD).await.see("/");
    worker.get("/cases").await.see("/me/second-step");
}

#[db_test]
async fn a_browser_never_used_before_is_told_of(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    assert_eq!(rider.get_json("/notices").await.ok().json()["notices"], json!([]));
    let elsewhere = app.stranger();
    let headers = [("content-type", "application/json"), ("user-agent", "Mozilla/5.0 (iPhone) Safari/604.1")];
    let body = json!({ "account": rider.account, "password": PASSWORD }).to_string();
    elsewhere.send(http::Method::POST, "/sign-in", &headers, body.into()).await;
    let page = rider.get("/notices").await.ok();
    assert!(page.text().contains("Safari · iPhone"), "{}", page.text());
    let id = rider.get_json("/notices").await.ok().json()["notices"][0]["id"].as_str().unwrap().to_owned();
    rider.get("/notices").await.ok();
    rider.post(&format!("/notices/{id}/read"), &[]).await.see("/me#credentials");
}
