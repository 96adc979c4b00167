//! How people, units and programs are told besides the inbox.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_app::Settings;
use qige_channels::sms::{Gateway, HttpGateway};
use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test};
use qige_identity::{Role, Scope};
use qige_kernel::{CaseId, PersonId, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::actors::{Actor, HOST, TestApp};

/// A point of P-256 that a browser could have.
pub(crate) const POINT: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

/// Answers everything alike and keeps what came: head and body.
pub(crate) struct Receiver {
    address: SocketAddr,
    got: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    pub(crate) async fn saying(answer: &'static str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&got);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = Vec::new();
                while !whole(&bytes) {
                    let mut some = [0; 8192];
                    let read = stream.read(&mut some).await.unwrap_or_default();
                    if read == 0 {
                        break;
                    }
                    bytes.extend_from_slice(&some[..read]);
                }
                keep.lock().unwrap().push(String::from_utf8_lossy(&bytes).into_owned());
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { address, got }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn got(&self) -> Vec<String> {
        self.got.lock().unwrap().clone()
    }
}

fn whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    let body = bytes.len() - bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_default() - 4;
    body >= length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

const TAKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"errcode\":0}";

async fn open(db: &TestDb, change: impl FnOnce(&mut Settings)) -> TestApp {
    let app = TestApp::bare(db, |settings| {
        settings.outbound = "127.0.0.1".parse().unwrap();
        change(settings);
    })
    .await;
    app.create_tenant(app.tenant, "main", "牛山街道", Some(HOST)).await;
    app.person(Role::Auditor, Scope::Tenant).await;
    app
}

struct Tell {
    whom: Vec<PersonId>,
    about: CaseId,
    kind: &'static str,
    at: Timestamp,
}

impl Command for Tell {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        for person in &self.whom {
            let notice = NewNotice {
                recipient: Recipient::Person(*person),
                kind: self.kind,
                args: json!({ "number": "20261124-0007", "matter": "matter-06-012" }),
                about: About::new("case", self.about),
                dedupe: format!("{}:{}", self.about, self.kind),
                at: self.at,
                hold_until: None,
            };
            post(tx, &notice).await?;
        }
        Ok(())
    }
}

/// Tells these of another case.
async fn tell(app: &TestApp, whom: &[&Actor], kind: &'static str) -> CaseId {
    app.clock.advance(Timestamp::SECOND);
    let (about, at) = (app.app.entropy.id(app.app.now()), app.app.now());
    let whom = whom.iter().map(|actor| actor.id.unwrap()).collect();
    app.write(Tell { whom, about, kind, at }).await;
    work(app).await;
    about
}

async fn work(app: &TestApp) {
    qige_app::worker(&app.app).run_until_idle().await.unwrap();
}

#[db_test]
async fn a_group_hears_once_that_there_is_something_and_nothing_of_whom(db: TestDb) {
    let app = open(&db, |_| {}).await;
    let receiver = Receiver::saying(TAKEN).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let (one, two) = (
        app.person(Role::Dispatcher, Scope::Tenant).await,
        app.person(Role::Dispatcher, Scope::Tenant).await,
    );
    assert!(admin.get("/admin/channels").await.ok().main().contains("还没有群或程序接收通知"));
    let address = receiver.at("/cgi-bin/webhook/send?key=topsecret");
    let fields = [("kind", "wecom-robot"), ("name", "值班群"), ("address", &address), ("topics", "centre")];
    admin.post("/admin/channels", &fields).await.see("/admin/channels");
    let about = tell(&app, &[&one, &two], "sent-back").await;
    tell(&app, &[&one], "report-filed").await;
    let got = receiver.got();
    assert_eq!(got.len(), 1, "two people, one group: {got:?}");
    assert!(got[0].starts_with("POST /cgi-bin/webhook/send?key=topsecret HTTP/1.1"), "{}", got[0]);
    let body: Value = serde_json::from_str(got[0].split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let wanted =
        format!("骑格 · 牛山街道\n有案卷需要网格中心处理。 编号 20261124-0007\nhttp://{HOST}/cases/{about}");
    assert_eq!(body["text"]["content"], wanted);
    // The log, the same as a file, and the address nowhere.
    let log = admin.get("/admin/deliveries").await.ok();
    assert!(log.main().contains("值班群") && log.main().contains("已接收"), "{}", log.main());
    let file = admin.get("/admin/deliveries.csv?state=sent").await.ok();
    assert_eq!(file.body.lines().count(), 2, "{}", file.body);
    assert!(admin.get("/admin/deliveries?state=failed").await.ok().main().contains("还没有发送过"));
    let list = admin.get_json("/admin/channels").await.ok();
    let id = list.json()["channels"][0]["id"].as_str().unwrap().to_owned();
    let page = admin.get(&format!("/admin/channels/{id}")).await.ok();
    let everything = db.everything().await;
    assert!(everything.holds("值班群"), "the name is there: the right thing was searched");
    assert!(!everything.holds("topsecret"), "the address is under lock");
    for shown in [&list.body, &page.body, &log.body] {
        assert!(!shown.contains("topsecret"), "the address is shown");
    }
    // Tried, changed, ended.
    admin.post(&format!("/admin/channels/{id}/try"), &[]).await.see(&format!("/admin/channels/{id}"));
    assert!(receiver.got()[1].contains("这是一条测试"));
    let changed = [("name", "值班一群"), ("topics", "unit"), ("topics", "deadlines")];
    admin.post(&format!("/admin/channels/{id}"), &changed).await.see(&format!("/admin/channels/{id}"));
    tell(&app, &[&one], "sent-back").await;
    assert_eq!(receiver.got().len(), 2, "it hears of something else now");
    admin.post(&format!("/admin/channels/{id}/end"), &[]).await.see("/admin/channels");
    admin.get(&format!("/admin/channels/{id}")).await.refused(404, "没有这个页面");
}

#[db_test]
async fn a_program_gets_signed_events_and_its_secret_is_shown_once(db: TestDb) {
    let app = open(&db, |_| {}).await;
    let receiver = Receiver::saying("HTTP/1.1 204 No Content\r\n\r\n").await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let one = app.person(Role::Dispatcher, Scope::Tenant).await;
    let address = receiver.at("/hook");
    let fields = [("kind", "webhook"), ("name", "热线平台"), ("address", &address), ("topics", "centre")];
    let drawn = admin.post("/admin/channels", &fields).await.ok();
    let secret = drawn.body.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"), "{}", drawn.main());
    let list = admin.get_json("/admin/channels").await.ok();
    let id = list.json()["channels"][0]["id"].as_str().unwrap().to_owned();
    assert!(!admin.get(&format!("/admin/channels/{id}")).await.ok().body.contains(&secret));
    let about = tell(&app, &[&one], "sent-back").await;
    let got = receiver.got().pop().unwrap();
    let event: Value = serde_json::from_str(got.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(event["type"], "cn.qige.notice.sent-back");
    assert_eq!(event["subject"], format!("cases/{about}"));
    assert_eq!(event["data"]["number"], "20261124-0007");
    let signatures = |got: &str| {
        let line = got.lines().find(|line| line.to_ascii_lowercase().starts_with("webhook-signature: "));
        line.unwrap().split("v1,").count() - 1
    };
    assert_eq!(signatures(&got), 1);
    let renewed = admin.post(&format!("/admin/channels/{id}/secret"), &[]).await.ok();
    assert!(renewed.main().contains("一天之内，事件同时用原来的密钥签名"), "{}", renewed.main());
    tell(&app, &[&one], "sent-back").await;
    assert_eq!(signatures(&receiver.got().pop().unwrap()), 2);
    app.clock.advance(Timestamp::DAY);
    let fresh = app.person(Role::Dispatcher, Scope::Tenant).await;
    tell(&app, &[&fresh], "sent-back").await;
    assert_eq!(signatures(&receiver.got().pop().unwrap()), 1);
}

#[db_test]
async fn what_is_not_taken_is_tried_again_shown_and_parked(db: TestDb) {
    let app = open(&db, |_| {}).await;
    let receiver = Receiver::saying("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n").await;
    let busy = Receiver::saying("HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n").await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let one = app.person(Role::Dispatcher, Scope::Tenant).await;
    for (name, address) in [("旧平台", receiver.at("/")), ("忙平台", busy.at("/"))] {
        let fields = [("kind", "webhook"), ("name", name), ("address", &address), ("topics", "centre")];
        admin.post("/admin/channels", &fields).await.ok();
    }
    tell(&app, &[&one], "sent-back").await;
    assert_eq!((receiver.got().len(), busy.got().len()), (1, 1));
    let page = admin.get("/admin/channels").await.ok();
    assert!(page.main().contains("已停用"), "{}", page.main());
    app.clock.advance(Timestamp::MINUTE + Timestamp::SECOND);
    work(&app).await;
    assert_eq!((receiver.got().len(), busy.got().len()), (1, 2), "a parked one is left alone");
    let id = |got: &str| {
        let line = got.lines().find(|line| line.to_ascii_lowercase().starts_with("webhook-id: "));
        line.unwrap().to_owned()
    };
    assert_eq!(id(&busy.got()[0]), id(&busy.got()[1]), "the same event");
    let log = admin.get_json("/admin/deliveries?state=failed").await.ok().json();
    let line = &log["deliveries"][0];
    assert_eq!((&line["problem"], &line["again"]), (&json!("status 410"), &json!(true)));
    let again = format!("/admin/deliveries/{}/again", line["id"].as_str().unwrap());
    admin.post(&again, &[]).await.see("/admin/deliveries");
    work(&app).await;
    assert_eq!(receiver.got().len(), 1, "its way is still parked");
}

#[db_test]
async fn nobody_makes_the_server_speak_to_its_own_network(db: TestDb) {
    let app = open(&db, |settings| settings.outbound = "".parse().unwrap()).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    for address in
        ["http://127.0.0.1:9/", "http://[::1]/", "http://169.254.169.254/latest/", "http://10.0.0.1/"]
    {
        let fields = [("kind", "webhook"), ("name", "x"), ("address", address), ("topics", "centre")];
        admin.post("/admin/channels", &fields).await.refused(422, "它在内部网络里");
    }
    let in_clear = [("kind", "webhook"), ("name", "x"), ("address", "http://1.1.1.1/"), ("topics", "centre")];
    admin.post("/admin/channels", &in_clear).await.refused(422, "本服务器只用 https:// 访问 1.1.1.1");
    for address in ["街道", "ftp://a.example/", "https://u:p@a.example/"] {
        let fields = [("kind", "webhook"), ("name", "x"), ("address", address), ("topics", "centre")];
        admin.post("/admin/channels", &fields).await.refused(422, "地址以 https:// 开头");
    }
    let fields = [("kind", "mail"), ("name", "x"), ("address", "https://1.1.1.1/"), ("topics", "centre")];
    admin.post("/admin/channels", &fields).await.refused(422, "请选择群机器人或 Webhook");
    let fields = [("kind", "webhook"), ("name", "x"), ("address", "https://1.1.1.1/"), ("topics", "safety")];
    admin.post("/admin/channels", &fields).await.refused(422, "至少勾选一类通知");
}

#[db_test]
async fn a_subdistrict_says_it_in_its_own_words(db: TestDb) {
    let app = open(&db, |_| {}).await;
    let receiver = Receiver::saying(TAKEN).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let mut one = app.person(Role::Dispatcher, Scope::Tenant).await;
    let address = receiver.at("/hook");
    let fields = [("kind", "wecom-robot"), ("name", "值班群"), ("address", &address), ("topics", "centre")];
    admin.post("/admin/channels", &fields).await.see("/admin/channels");
    let list = admin.get("/admin/notice-words").await.ok();
    for text in
        ["有案卷需要网格中心处理。 编号 {number}", "A unit sent back again, it is yours to place: {what}"]
    {
        assert!(list.main().contains(text), "{text}: {}", list.main());
    }
    one.post("/admin/notice-words/sent-back", &[("zh_hans", "x"), ("en", "x")]).await.refused(403, "");

    // Only what is known there, and nothing of anybody's own for phones and groups.
    let (short, full) = ("/admin/notice-words/brief-centre", "/admin/notice-words/sent-back");
    let write = async |path: &str, zh: &str, trial: &str| {
        admin.post(path, &[("zh_hans", zh), ("en", "For you: {number}"), ("trial", trial)]).await
    };
    write(short, "请看 {what}", "false").await.refused(422, "{what} 涉及个人");
    write(short, "请看 {nr}", "false").await.refused(422, "这里没有 {nr} 这一项。可以用的有：{number}");
    write(full, "请看 {what}", "false").await.refused(422, "这里没有 {number} 这一项。可以用的有：{what}");
    write(short, &"井".repeat(61), "false").await.refused(422, "写 1 到 60 个字");
    write("/admin/notice-words/brief-nothing", "x", "false").await.refused(404, "没有这个页面");

    // Tried, and not kept; then kept.
    let trial = write(short, "值班注意：{number}", "true").await.ok();
    assert!(trial.main().contains("值班注意：20261128-0007"), "{}", trial.main());
    assert!(trial.main().contains("还没有保存"), "{}", trial.main());
    assert!(!admin.get("/admin/notice-words").await.ok().main().contains("值班注意"));
    write(short, "值班注意：{number}", "false").await.see(short);
    let fields = [("zh_hans", "退回来了：{what}"), ("en", "Came back: {what}")];
    admin.post(full, &fields).await.see(full);
    let file = admin.get("/admin/notice-words.csv").await.ok();
    assert!(file.body.contains("退回来了：{what}"), "{}", file.body);
    let about = tell(&app, &[&one], "sent-back").await;
    let body = |got: &str| -> Value { serde_json::from_str(got.split("\r\n\r\n").nth(1).unwrap()).unwrap() };
    let said = body(&receiver.got()[0])["text"]["content"].clone();
    assert_eq!(said, format!("骑格 · 牛山街道\n值班注意：20261124-0007\nhttp://{HOST}/cases/{about}"));
    assert!(one.get("/notices").await.ok().main().contains("退回来了：路面脏 20261124-0007"));
    assert!(one.get("/notices.csv").await.ok().body.contains("退回来了："));
    one.language = "en".to_owned();
    let page = one.get("/notices").await.ok();
    assert!(page.main().contains("Came back: "), "{}", page.main());

    // Put back, one language at a time.
    admin.post(&format!("{short}/reset"), &[("locale", "zh-Hans")]).await.see(short);
    let one_page = admin.get_json(short).await.ok().json();
    let own: Vec<&Value> =
        one_page["template"]["texts"].as_array().unwrap().iter().map(|text| &text["own"]).collect();
    assert_eq!(own, [&json!(false), &json!(true)]);
    tell(&app, &[&one], "sent-back").await;
    assert!(
        body(&receiver.got()[1])["text"]["content"].as_str().unwrap().contains("有案卷需要网格中心处理。")
    );
}

#[db_test]
async fn somebody_chooses_how_and_when_they_are_told(db: TestDb) {
    let service = Receiver::saying("HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").await;
    let messages = db.folder().join("sms.jsonl");
    let place = format!("file:{}", messages.display());
    let app = open(&db, |settings| settings.sms = Gateway::of(&place, HttpGateway::default()).unwrap()).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let page = admin.post("/admin/people", &[("name", "骑手 0017"), ("phone", "13812345678")]).await.ok();
    let id = page.body.split("href=\"/admin/people/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let drawn = security.post(&format!("/admin/people/{id}/password"), &[("password", "")]).await.ok();
    let password = drawn.body.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();
    let mut rider = app.stranger();
    rider.sign_in("13812345678", &password).await.see("/");
    let own = [("old_password", password.as_str()), ("new_password", "雨停了路面还湿着")];
    rider.post("/me/password", &own).await.see("/");
    rider.id = Some(id.parse().unwrap());

    let page = rider.get("/me/notices").await.ok();
    assert!(page.main().contains("服务器没有配置邮件"), "{}", page.main());
    assert!(page.main().contains("收不到"), "says what browsers cannot do");
    rider.post("/me/notices/mail", &[("address", "z@example.org")]).await.refused(409, "服务器没有配置邮件");
    rider.post("/me/notices/sms", &[]).await.see("/me/notices");
    let keys = json!({ "p256dh": POINT, "auth": URL_SAFE_NO_PAD.encode([7; 16]) });
    let subscription = json!({ "endpoint": service.at("/push/1"), "keys": keys }).to_string();
    for _ in 0..2 {
        rider.post("/me/notices/push", &[("subscription", &subscription)]).await.see("/me/notices");
    }
    rider.post("/me/notices/push", &[("subscription", "{}")]).await.refused(422, "没有给出可用的订阅");
    let ways = rider.get_json("/me/notices").await.ok().json();
    assert_eq!(ways["kinds"][2]["ways"].as_array().unwrap().len(), 1, "one browser is one way");
    // It stands in the copy of one's own data, with what was chosen.
    let other = [("topic", "reports"), ("sms", "report-closed"), ("push", "report-closed")];
    rider.post("/me/notices/kinds", &other).await.see("/me/notices");
    let quiet = [("quiet_from", "22:00"), ("quiet_until", "07:00"), ("digest_at", "")];
    rider.post("/me/notices/habits", &quiet).await.see("/me/notices");
    let told = rider.get_json("/me/data/all").await.ok().json()["account"]["told"].clone();
    let kept: Vec<_> =
        told["ways"].as_array().unwrap().iter().map(|one| (&one["kind"], &one["address"])).collect();
    let (by_message, by_browser) =
        ((&json!("sms"), &Value::Null), (&json!("push"), &json!(service.at("/push/1"))));
    assert!(kept.len() == 2 && kept.contains(&by_message) && kept.contains(&by_browser), "{told}");
    let choice = json!({ "kind": "report-closed", "way_kind": "sms", "wanted": true });
    let chosen = told["choices"].as_array().unwrap().iter();
    let chosen = chosen
        .map(|one| json!({ "kind": one["kind"], "way_kind": one["way_kind"], "wanted": one["wanted"] }));
    assert!(chosen.into_iter().any(|one| one == choice), "{told}");
    assert_eq!(told["habits"]["quiet_from"], "22:00");
    let page = rider.get("/me/data/all").await.ok().text();
    for words in ["账号里的手机号", "请看一看并评价 · 短信: 发", "免打扰时段 22:00 到 07:00"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    rider.post("/me/notices/habits", &[("quiet_from", ""), ("quiet_until", "")]).await.see("/me/notices");

    tell(&app, &[&rider], "verify-asked").await;
    assert_eq!(service.got().len(), 1);
    assert!(service.got()[0].to_ascii_lowercase().contains("content-encoding: aes128gcm"));
    let line: Value = serde_json::from_str(std::fs::read_to_string(&messages).unwrap().trim()).unwrap();
    assert_eq!(line["to"], "+8613812345678");
    assert_eq!(line["text"], format!("请您去现场看一看。 编号 20261124-0007 http://{HOST}/notices"));

    // Kind by kind: being asked to check does not come by short message.
    let page = rider.get("/me/notices").await.ok();
    assert!(page.main().contains("逐项选择") && page.main().contains("请到现场核查：…"), "{}", page.main());
    let tasks = |sms: &'static str| [("topic", "tasks"), ("sms", sms), ("push", "verify-asked")];
    rider.post("/me/notices/kinds", &tasks("case-red")).await.refused(422, "不在所选的事由里");
    rider.post("/me/notices/kinds", &tasks("verify-asked")).await.see("/me/notices");
    tell(&app, &[&rider], "check-asked").await;
    assert_eq!(service.got().len(), 1);
    assert_eq!(std::fs::read_to_string(&messages).unwrap().lines().count(), 1);
    let chosen = rider.get_json("/me/notices").await.ok().json()["one_by_one"][1].clone();
    assert_eq!((&chosen["topic"], &chosen["otherwise"]), (&json!("tasks"), &json!(1)), "{chosen}");
    assert_eq!(chosen["kinds"][0]["on"], json!(["sms", "push"]));

    // Chosen: no tasks by short message. Paused: nothing at all, then all in one.
    rider.post("/me/notices/topics", &[("push", "tasks"), ("push", "safety")]).await.see("/me/notices");
    rider.post("/me/notices/pause", &[("hours", "4")]).await.see("/me/notices");
    rider.post("/me/notices/pause", &[("hours", "73")]).await.refused(422, "暂停最长 72 小时");
    for _ in 0..3 {
        tell(&app, &[&rider], "verify-asked").await;
    }
    assert_eq!(service.got().len(), 1);
    app.clock.advance(4 * Timestamp::HOUR);
    work(&app).await;
    assert_eq!(service.got().len(), 2);
    assert_eq!(std::fs::read_to_string(&messages).unwrap().lines().count(), 1);

    let wished = [("quiet_from", "22:00"), ("quiet_until", "07:00"), ("digest_at", "")];
    rider.post("/me/notices/habits", &wished).await.see("/me/notices");
    let half = [("quiet_from", "22:00")];
    rider.post("/me/notices/habits", &half).await.refused(422, "免打扰时段要有开始和结束");
    assert!(rider.get("/me/notices").await.ok().body.contains("value=\"22:00\""));
    let sent = rider.get("/me/notices/sent").await.ok();
    assert!(sent.main().contains("核实与核查") && sent.main().contains("已接收"), "{}", sent.main());
    assert_eq!(rider.get("/me/notices/sent.csv").await.ok().body.lines().count(), 6);
    assert!(admin.get("/me/notices/sent").await.ok().main().contains("还没有发送过"));

    // Others' ways are nobody's business, and whoever leaves is told nothing.
    let way = ways["kinds"][2]["ways"][0]["id"].as_str().unwrap();
    for act in ["end", "reopen", "try"] {
        admin.post(&format!("/me/notices/ways/{way}/{act}"), &[]).await.refused(404, "已经不在了");
    }
    rider.post(&format!("/me/notices/ways/{way}/try"), &[]).await.see("/me/notices");
    assert_eq!(service.got().len(), 3);
    rider.post(&format!("/me/notices/ways/{way}/end"), &[]).await.see("/me/notices");
    tell(&app, &[&rider], "verify-asked").await;
    assert_eq!(service.got().len(), 3);
}

/// What a maker answers to whoever asks for a token, and to a message.
pub(crate) const KNOWN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 51\r\n\r\n\
    {\"errcode\":0,\"access_token\":\"t1\",\"expires_in\":7200}";

/// The body of the last call.
fn last(receiver: &Receiver) -> Value {
    serde_json::from_str(receiver.got().last().unwrap().split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

#[db_test]
async fn somebody_is_told_by_wecom_and_wechat_once_their_account_is_proved(db: TestDb) {
    let app = open(&db, |_| {}).await;
    let maker = Receiver::saying(KNOWN).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let one = app.person(Role::Dispatcher, Scope::Tenant).await;
    let account = |account: &'static str| [("address", account)];
    one.post("/me/notices/wecom-app", &account("u-017")).await.refused(409, "没有设置这个应用");
    assert!(!one.get("/me/notices").await.ok().main().contains("企业微信账号"));

    // Set up; the secret is not shown, and goes to no other address.
    let (base, other) = (maker.at(""), "http://127.0.0.1:9");
    let wecom = async |address: &str, secret: &str| {
        let fields = [("address", address), ("id", "ww1"), ("agent", "1000002"), ("secret", secret)];
        admin.post("/admin/applications/wecom-app", &fields).await
    };
    wecom(&base, "").await.refused(422, "要重新填写密钥");
    wecom(&base, "topsecret").await.see("/admin/applications");
    wecom(&base, "").await.see("/admin/applications");
    wecom(other, "").await.refused(422, "要重新填写密钥");
    let wechat = async |fields: &str| {
        let fields =
            [("address", &*base), ("id", "wx1"), ("secret", "s"), ("template", "tpl-1"), ("fields", fields)];
        admin.post("/admin/applications/wechat", &fields).await
    };
    wechat("thing1={name}").await.refused(422, "这里没有 {name} 这一项");
    wechat("thing1={text}\ncharacter_string2={number}").await.see("/admin/applications");
    let page = admin.get("/admin/applications").await.ok();
    assert!(page.main().contains("使用中") && page.body.contains("value=\"ww1\""), "{}", page.main());
    let everything = db.everything().await;
    assert!(everything.holds(&admin.account), "the administrator is there: the right thing was searched");
    assert!(!page.body.contains("topsecret") && !everything.holds("topsecret"));
    admin.post("/admin/applications/wecom-app/check", &[]).await.see("/admin/applications");
    assert!(maker.got()[0].starts_with("GET /cgi-bin/gettoken?corpid=ww1&corpsecret=topsecret HTTP/1.1"));
    admin.post("/admin/applications/mail/check", &[]).await.refused(404, "没有设置这个应用");
    let channels = admin.get_json("/admin/channels").await.ok().json();
    assert_eq!(channels["channels"], json!([]), "an application is no group");

    // An account is proved by the code that goes there.
    one.post("/me/notices/wecom-app", &account("@all")).await.refused(422, "账号由字母、数字");
    let prove = async |path: &str, to: &'static str, code: &dyn Fn(&Value) -> String| {
        one.post(path, &account(to)).await.see("/me/notices");
        let sent = last(&maker);
        assert_eq!(sent["touser"], to);
        let said = code(&sent);
        let digits: String = said.chars().filter(char::is_ascii_digit).take(6).collect();
        assert_eq!(said, format!("验证码 {digits}，30 分钟内有效"));
        let kinds = one.get_json("/me/notices").await.ok().json()["kinds"].clone();
        let kind =
            kinds.as_array().unwrap().iter().find(|kind| path.ends_with(kind["kind"].as_str().unwrap()));
        let at = format!("/me/notices/ways/{}/confirm", kind.unwrap()["ways"][0]["id"].as_str().unwrap());
        one.post(&at, &[("code", "x")]).await.refused(422, "验证码不对");
        one.post(&at, &[("code", &digits)]).await.see("/me/notices");
    };
    let card = |sent: &Value| sent["textcard"]["description"].as_str().unwrap().to_owned();
    prove("/me/notices/wecom-app", "u-017", &card).await;
    one.post("/me/notices/wecom-app", &account("u-018")).await.refused(429, "过一分钟");
    tell(&app, &[&one], "sent-back").await;
    let sent = last(&maker);
    assert_eq!((&sent["agentid"], &sent["touser"]), (&json!(1_000_002), &json!("u-017")));
    assert_eq!(card(&sent), "有案卷需要网格中心处理。 编号 20261124-0007");
    one.post("/me/notices/topics", &[("wechat", "centre")]).await.see("/me/notices");
    let thing = |sent: &Value| sent["data"]["thing1"]["value"].as_str().unwrap().to_owned();
    prove("/me/notices/wechat", "oABC_def-1", &thing).await;
    tell(&app, &[&one], "sent-back").await;
    let sent = last(&maker);
    assert_eq!(thing(&sent), "有案卷需要网格中心处理。");
    assert_eq!(sent["data"]["character_string2"]["value"], "20261124-0007");
    admin.post("/admin/applications/wechat/end", &[]).await.see("/admin/applications");
    assert!(one.get("/me/notices").await.ok().main().contains("管理员移除了这个应用"));
}

/// What a maker answers to whoever asks whose account a code was given for, and to a message.
const WHOSE: &str =
    "HTTP/1.1 200 OK\r\ncontent-length: 38\r\n\r\n{\"errcode\":0,\"openid\":\"oABC_def-0017\"}";

#[db_test]
async fn somebody_links_their_own_account_in_the_maker_s_browser(db: TestDb) {
    let app = open(&db, |_| {}).await;
    let maker = Receiver::saying(WHOSE).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let one = app.person(Role::Rider, Scope::Tenant).await;
    let link = "/me/notices/link/wechat";
    one.get(link).await.refused(409, "没有设置这个应用");
    one.get("/me/notices/link/mail").await.refused(404, "");
    let base = maker.at("");
    let wechat = async |page: &str| {
        let fields = [
            ("address", &*base),
            ("id", "wx1"),
            ("secret", "s"),
            ("template", "tpl-1"),
            ("fields", "thing1={text}"),
            ("page", page),
        ];
        admin.post("/admin/applications/wechat", &fields).await
    };
    wechat("open.weixin.qq.com").await.refused(422, "授权页地址");
    wechat("").await.see("/admin/applications");
    // Elsewhere the page says how to come into that browser; there it offers to link.
    let page = one.get("/me/notices").await.ok();
    assert!(page.main().contains("再用微信扫一扫") && page.main().contains("不是微信号"), "{}", page.main());
    assert!(!page.body.contains(link));
    let inside = [("accept", "text/html"), ("user-agent", "Mozilla/5.0 MicroMessenger/8.0.40")];
    let page = one.send(http::Method::GET, "/me/notices", &inside, String::new().into()).await.ok();
    assert!(page.body.contains("href=\"/me/notices/link/wechat\""), "{}", page.main());

    let sent = one.get(link).await;
    let asked = sent.header("location").to_owned();
    let known = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=";
    assert!(sent.status == 303 && asked.starts_with(known), "{asked}");
    assert!(asked.contains("%2Fme%2Fnotices%2Flink%2Fwechat%2Fback&response_type=code"), "{asked}");
    let state = asked.split("&state=").nth(1).unwrap().split('#').next().unwrap().to_owned();
    assert!(state.len() <= 128 && state.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{state}");
    let back = format!("{link}/back?code=c1&state={state}");
    // Not for another state, another sort, another person or another browser.
    one.get(&format!("{link}/back?code=c1&state=0")).await.refused(409, "请回到“怎样通知我”再点一次");
    one.get(&format!("{link}/back?state={state}")).await.refused(409, "");
    one.get(&back.replace("/wechat/", "/wecom-app/")).await.refused(409, "");
    let other = app.person(Role::Rider, Scope::Tenant).await;
    other.keep(&format!("link={}", one.cookie("link").unwrap()));
    other.get(&back).await.refused(409, "");
    assert_eq!(maker.got(), Vec::<String>::new(), "nobody was asked");

    one.get(&back).await.see("/me/notices");
    let call =
        "GET /sns/oauth2/access_token?appid=wx1&secret=s&code=c1&grant_type=authorization_code HTTP/1.1";
    assert!(maker.got()[0].starts_with(call), "{:?}", maker.got());
    let ways = one.get_json("/me/notices").await.ok().json()["kinds"].clone();
    let kind = ways.as_array().unwrap().iter().find(|kind| kind["kind"] == "wechat").unwrap();
    assert_eq!((&kind["ways"][0]["name"], &kind["ways"][0]["confirmed"]), (&json!("o…"), &json!(true)));
    let own = one.get_json("/me/data/all").await.ok().json();
    assert_eq!(own["account"]["told"]["ways"][0]["address"], "oABC_def-0017");
    one.get(&back).await.refused(409, "");

    // Too late.
    let asked = one.get(link).await.header("location").to_owned();
    let state = asked.split("&state=").nth(1).unwrap().split('#').next().unwrap().to_owned();
    app.clock.advance(10 * Timestamp::MINUTE);
    one.get(&format!("{link}/back?code=c1&state={state}")).await.refused(409, "");
}
