//! Signing in by a code that is sent, as people meet it.

use qige_channels::sms::Gateway;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{AddPerson, Grant, GrantRole, NewPerson, Role, Scope};
use qige_kernel::{PersonId, Timestamp};

use crate::actors::{HOST, TestApp};

const PHONE: &str = "13800001234";

/// A town whose messages go into a file, with a rider who has a number and no password.
async fn town(db: &TestDb) -> (TestApp, std::path::PathBuf) {
    let file = std::path::PathBuf::from(db.folder()).join("sms.jsonl");
    let gateway = Gateway::File(file.clone());
    let app = TestApp::bare(db, |settings| settings.sms = gateway).await;
    app.create_tenant(app.tenant, "main", "牛山街道", Some(HOST)).await;
    let id: PersonId = app.app.entropy.id(app.app.now());
    let phone = app.app.vault.seal_phone(app.tenant, id.0, &PHONE.parse().unwrap()).await.unwrap();
    let person = NewPerson {
        id,
        name: "骑手 0017".parse().unwrap(),
        sign_in_name: None,
        phone: Some(phone),
        password: None,
        locale: None,
    };
    app.write(AddPerson { person, stamp: app.stamp() }).await;
    let grant = Grant {
        id: app.app.entropy.id(app.app.now()),
        role: Role::Rider,
        scope: Scope::Tenant,
        from: app.app.now(),
        until: None,
    };
    app.write(GrantRole { person: id, grant, stamp: app.stamp() }).await;
    app.state.look_whether_set_up().await.unwrap();
    (app, file)
}

/// What was sent last, once `count` messages were.
async fn sent(file: &std::path::Path, count: usize) -> serde_json::Value {
    for _ in 0..200 {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if text.lines().count() >= count {
            return serde_json::from_str(text.lines().last().unwrap()).unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no message number {count}");
}

#[db_test]
async fn a_rider_comes_in_by_the_number_alone(db: TestDb) {
    let (app, file) = town(&db).await;
    let rider = app.stranger();
    let page = rider.get("/sign-in?next=/mine").await.ok();
    assert!(page.body.contains("href=\"/sign-in/code?next=/mine\""), "{}", page.body);
    rider.get("/sign-in/code?next=/mine").await.ok();
    rider.post("/sign-in/code", &[("phone", "123")]).await.refused(422, "手机号");
    let fields = [("phone", "138 0000 1234"), ("next", "/mine")];
    rider.post("/sign-in/code", &fields).await.see("/sign-in/code/enter?next=/mine");
    let message = sent(&file, 1).await;
    assert_eq!((message["to"].as_str(), message["kind"].as_str()), (Some("+8613800001234"), Some("sign-in")));
    let code = message["code"].as_str().unwrap().to_owned();
    let text = message["text"].as_str().unwrap();
    assert!(text.contains(&code) && text.contains("牛山街道") && !text.contains("骑手"), "{text}");
    let page = rider.get("/sign-in/code/enter?next=/mine").await.ok();
    assert!(page.body.contains("autocomplete=\"one-time-code\"") && page.body.contains("value=\"/mine\""));
    let elsewhere = app.stranger();
    elsewhere.get("/sign-in/code/enter").await.ok();
    elsewhere.post("/sign-in/code/enter", &[("code", &code)]).await.refused(410, "重新获取");
    let wrong = if code == "000000" { "111111" } else { "000000" };
    rider.post("/sign-in/code/enter", &[("code", wrong)]).await.refused(422, "验证码不对");
    rider.post("/sign-in/code/enter", &[("code", &code), ("next", "/mine")]).await.see("/mine");
    assert!(rider.get("/me").await.ok().main().contains("骑手"));
}

#[db_test]
async fn a_strangers_number_is_answered_alike(db: TestDb) {
    let (app, file) = town(&db).await;
    let (known, unknown) = (app.stranger(), app.stranger());
    let mut answers = Vec::new();
    for (actor, phone) in [(&known, PHONE), (&unknown, "13800009999")] {
        actor.get("/sign-in/code").await.ok();
        let answer = actor.post("/sign-in/code", &[("phone", phone)]).await.see("/sign-in/code/enter");
        let soon = actor.post("/sign-in/code", &[("phone", phone)]).await.refused(429, "太频繁");
        assert_eq!(soon.header("retry-after"), "60");
        answers.push((answer.status, answer.body.clone()));
    }
    assert_eq!(answers[0], answers[1]);
    sent(&file, 1).await;
    app.clock.advance(Timestamp::MINUTE);
    unknown.post("/sign-in/code", &[("phone", "13800009999")]).await.see("/sign-in/code/enter");
    known.post("/sign-in/code", &[("phone", PHONE)]).await.see("/sign-in/code/enter");
    assert_eq!(sent(&file, 2).await["to"], "+8613800001234", "a stranger's number is sent nothing");
}

#[db_test]
async fn where_nothing_can_be_sent_nothing_is_offered(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    assert!(!stranger.get("/sign-in").await.ok().body.contains("/sign-in/code"));
    stranger.get("/sign-in/code").await.refused(404, "");
    stranger.post("/sign-in/code", &[("phone", PHONE)]).await.refused(404, "");
}

#[db_test]
async fn whoever_has_no_password_leaves_by_coming_in_anew(db: TestDb) {
    let (app, file) = town(&db).await;
    let rider = app.stranger();
    let come_in = async |count| {
        rider.get("/sign-in/code").await.ok();
        rider.post("/sign-in/code", &[("phone", PHONE)]).await.see("/sign-in/code/enter");
        let code = sent(&file, count).await["code"].as_str().unwrap().to_owned();
        rider.post("/sign-in/code/enter", &[("code", &code)]).await.see("/");
    };
    come_in(1).await;
    app.clock.advance(11 * Timestamp::MINUTE);
    let page = rider.get("/me/leave").await.ok();
    assert!(
        page.main().contains("您没有设置密码") && !page.body.contains("name=\"password\""),
        "{}",
        page.main()
    );
    rider.post("/me/leave", &[("agreed", "true")]).await.refused(403, "重新登录");
    rider.get("/me").await.ok();
    rider.post("/sign-out", &[]).await;
    come_in(2).await;
    rider.get("/me/leave").await.ok();
    rider.post("/me/leave", &[]).await.refused(422, "再勾选确认");
    rider.post("/me/leave", &[("agreed", "true")]).await.see("/");
    rider.get("/me").await.asks_to_sign_in();
}
