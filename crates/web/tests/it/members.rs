//! How people come to report for the scheme, as those meet it who look after it, and the invited.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use serde_json::{Value, json};

use crate::actors::{Actor, Answer, PASSWORD, TestApp};

const PHONE: &str = "13800001234";
const LIST: &str = "姓名,手机号,社区\n骑手 1,13800000001,\n骑手 2,138 0000 0002,\n";

/// The members as a program reads them.
async fn listed(actor: &Actor) -> Vec<(String, String)> {
    let page = actor.get_json("/members").await.ok().json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let members = page["members"].as_array().unwrap().iter();
    members.map(|one| (text(&one["name"]), text(&one["state"]))).collect()
}

async fn id_of(actor: &Actor, name: &str) -> String {
    let page = actor.get_json("/members").await.ok().json();
    let found = page["members"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    found["person"].as_str().unwrap().to_owned()
}

async fn send(admin: &Actor, name: &str, bytes: &[u8]) -> Answer {
    admin.get("/members/roster").await.ok();
    admin.post_files("/members/roster", &[], &[("file", name, bytes)]).await
}

/// What the preview carries back.
fn carried(page: &Answer) -> String {
    let list = page.body.split_once("<textarea name=\"list\" hidden>").unwrap().1;
    let list = list.split_once("</textarea>").unwrap().0;
    list.replace("&quot;", "\"").replace("&#x2f;", "/").replace("&amp;", "&")
}

/// Somebody who was recommended and invited, and has accepted.
async fn invited(app: &TestApp, admin: &Actor) -> Actor {
    admin.get("/members").await.ok();
    admin.post("/members", &[("name", "骑手 0017"), ("phone", PHONE)]).await.see("/members");
    let id = id_of(admin, "骑手 0017").await;
    admin.get("/members").await.ok();
    let sheet = admin.post("/members/invite", &[("person", &id)]).await.ok();
    let path = format!("/invited/{}", sheet.body.split_once("<code>").unwrap().1.split_once('<').unwrap().0);
    let rider = app.stranger();
    rider.get(&path).await.ok();
    let fields = [("rules", "true"), ("text_version", "1"), ("consent", "true"), ("password", PASSWORD)];
    rider.post(&path, &fields).await.see("/");
    rider
}

/// The same, made active, with those who did it.
struct Active {
    admin: Actor,
    security: Actor,
    rider: Actor,
    id: String,
}

impl Active {
    async fn of(app: &TestApp) -> Self {
        let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
        let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
        let rider = invited(app, &admin).await;
        let id = id_of(&admin, "骑手 0017").await;
        security.get("/members").await.ok();
        security.post("/members/activate", &[("person", &id)]).await.see("/members");
        Self { admin, security, rider, id }
    }
}

#[db_test]
async fn a_rider_is_recommended_invited_and_active(db: TestDb) {
    let app = TestApp::new(&db).await;
    let worker = app.person(Role::GridWorker, Scope::Tenant).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    app.person(Role::Rider, Scope::Tenant).await.get("/members").await.refused(403, "");

    worker.get("/members").await.ok();
    worker.post("/members", &[("name", "骑手 0017"), ("phone", "12")]).await.refused(422, "手机号");
    worker.post("/members", &[("name", "骑手 0017"), ("phone", PHONE)]).await.see("/members");
    worker.get("/members").await.ok();
    worker.post("/members", &[("name", "另一个"), ("phone", PHONE)]).await.refused(422, "已");
    assert_eq!(listed(&worker).await, [("骑手 0017".to_owned(), "recommended".to_owned())]);
    let id = id_of(&admin, "骑手 0017").await;

    worker.post("/members/invite", &[("person", &id)]).await.refused(403, "");
    admin.get("/members").await.ok();
    admin.post("/members/invite", &[]).await.refused(422, "请先勾选");
    let sheet = admin.post("/members/invite", &[("person", &id)]).await.ok();
    assert!(sheet.body.contains("data:image/svg+xml;base64,"), "{}", sheet.text());
    let code = sheet.body.split_once("<code>").unwrap().1.split_once('<').unwrap().0.to_owned();
    assert_eq!(code.len(), 19);

    let rider = app.stranger();
    rider.get("/invited").await.ok();
    rider.post("/invited", &[("code", "k7m2-xvq5-x43c-abcd")]).await.refused(410, "邀请已经失效");
    let path = format!("/invited/{code}");
    rider.post("/invited", &[("code", &code.to_uppercase())]).await.see(&path);
    let page = rider.get(&path).await.ok();
    for words in ["骑手 0017", "停好车", "担任流动网格员", "有效 1096 天"] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    let fields = [("rules", "true"), ("text_version", "1"), ("password", PASSWORD)];
    assert!(rider.post(&path, &fields).await.refused(422, "请勾选").body.contains("f-consent-error"));
    let other = [("rules", "true"), ("text_version", "7"), ("consent", "true"), ("password", PASSWORD)];
    rider.post(&path, &other).await.refused(409, "重新阅读");
    let fields = [("rules", "true"), ("text_version", "1"), ("consent", "true")];
    rider.post(&path, &fields).await.refused(422, "密码");
    let fields = [("rules", "true"), ("text_version", "1"), ("consent", "true"), ("password", PASSWORD)];
    rider.post(&path, &fields).await.see("/");
    rider.get(&path).await.refused(410, "邀请已经失效");
    rider.sign_in(PHONE, PASSWORD).await.refused(403, "暂停");

    security.get("/members").await.ok();
    admin.post("/members/activate", &[("person", &id)]).await.refused(403, "");
    security.post("/members/activate", &[("person", &id)]).await.see("/members");
    security.get("/members").await.ok();
    let again = security.post("/members/activate", &[("person", &id)]).await.ok();
    assert!(again.main().contains("有 1 人没有授权在岗") && again.main().contains("不能这样操作"));
    rider.sign_in(PHONE, PASSWORD).await.see("/");
    assert!(rider.get("/me").await.ok().main().contains("骑手"));

    let person = format!("/admin/people/{id}");
    admin.get(&person).await.ok();
    for (state, named) in [("paused", "paused"), ("active", "active"), ("left", "left")] {
        let fields = [("state", state), ("reason", "本人要求退出"), ("password", PASSWORD)];
        admin.post(&format!("{person}/state"), &fields).await.see(&person);
        assert_eq!(listed(&admin).await, [("骑手 0017".to_owned(), named.to_owned())]);
    }
}

#[db_test]
async fn the_consent_of_the_invitation_is_shown_and_withdrawing_it_is_leaving(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let rider = invited(&app, &admin).await;
    security.get("/members").await.ok();
    let id = id_of(&admin, "骑手 0017").await;
    security.post("/members/activate", &[("person", &id)]).await.see("/members");
    rider.sign_in(PHONE, PASSWORD).await.see("/");
    let own = rider.get_json("/me/consents").await.ok().json();
    let card =
        own["purposes"].as_array().unwrap().iter().find(|one| one["purpose"] == "grid-member").unwrap();
    let held = &card["holding"][0];
    assert_eq!(
        (&held["proof"], &held["version"], &held["recorded_by"]),
        (&json!("tick"), &json!(1), &Value::Null)
    );
    assert_eq!(held["effects"], json!(["membership-ends"]));
    // Who is no member is not asked.
    let others = admin.get_json("/me/consents").await.ok().json();
    assert!(others["purposes"].as_array().unwrap().iter().all(|one| one["purpose"] != "grid-member"));
    let one = format!("/me/consents/{}", held["id"].as_str().unwrap());
    assert!(rider.get(&one).await.ok().main().contains("不能恢复"));
    rider.post(&format!("{one}/withdraw"), &[]).await.see("/");
    assert_eq!(listed(&admin).await, [("骑手 0017".to_owned(), "left".to_owned())]);
    rider.get("/me").await.asks_to_sign_in();
    assert!(rider.sign_in(PHONE, PASSWORD).await.status.is_client_error());
}

#[db_test]
async fn nobody_is_let_go_by_another_without_a_reason_and_a_password(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let supervisor = app.person(Role::Supervisor, Scope::Tenant).await;
    let rider = invited(&app, &admin).await;
    security.get("/members").await.ok();
    let id = id_of(&admin, "骑手 0017").await;
    security.post("/members/activate", &[("person", &id)]).await.see("/members");
    let list = format!("/admin/people/{id}/consents");
    let cards = supervisor.get_json(&list).await.ok().json();
    let member = cards["purposes"].as_array().unwrap().iter().find(|one| one["purpose"] == "grid-member");
    let consent = member.unwrap()["holding"][0]["id"].as_str().unwrap().to_owned();
    let (one, withdraw) = (format!("{list}/{consent}"), format!("{list}/{consent}/withdraw"));
    let page = supervisor.get(&one).await.ok();
    assert!(page.main().contains("写入日志，退出后不能恢复"), "{}", page.main());
    supervisor.post(&withdraw, &[]).await.refused(422, "密码");
    supervisor.post(&withdraw, &[("password", PASSWORD)]).await.refused(422, "请写明理由");
    supervisor.post(&withdraw, &[("reason", "本人要求")]).await.refused(422, "密码");
    assert_eq!(listed(&admin).await, [("骑手 0017".to_owned(), "active".to_owned())]);
    rider.sign_in(PHONE, PASSWORD).await.see("/");
    let fields = [("reason", "本人来电要求退出"), ("password", PASSWORD)];
    supervisor.post(&withdraw, &fields).await.see(&one);
    assert_eq!(listed(&admin).await, [("骑手 0017".to_owned(), "left".to_owned())]);
    rider.get("/me").await.asks_to_sign_in();
    // Why stands in the journal.
    assert!(db.everything().await.holds("本人来电要求退出"));
}

#[db_test]
async fn the_copy_of_ones_data_says_how_one_came_and_what_two_agreed_to(db: TestDb) {
    let app = TestApp::new(&db).await;
    let Active { admin, security, rider, id } = Active::of(&app).await;
    rider.sign_in(PHONE, PASSWORD).await.see("/");
    app.need_two_for(qige_identity::FourEyes::default()).await;
    let role = [("role", "grid-worker"), ("scope", "tenant"), ("words", "社区缺网格员")];
    let path = format!("/admin/people/{id}");
    security.get(&path).await.ok();
    security.post(&format!("{path}/grants"), &role).await.see(&path);
    let looks = admin.get_json("/looks").await.ok().json();
    let look = looks["looks"][0]["id"].as_str().unwrap().to_owned();
    admin.post_json(&format!("/looks/{look}/answer"), &json!({"granted": true})).await.ok();
    let copy = rider.get_json("/me/data/all").await.ok().json();
    let beside = &copy["account"]["beside"];
    let came = &beside["membership"];
    assert_eq!((&came["state"], &came["recommended_by"]), (&json!("active"), &json!(admin.account)));
    let agreed = &beside["looks"][0];
    assert_eq!((&agreed["words"], &agreed["granted"]), (&json!("社区缺网格员"), &json!(true)));
    assert_eq!((&agreed["role"], &agreed["asked_oneself"]), (&json!("grid-worker"), &json!(false)));
    assert_eq!(beside["sign_ins"][0]["how"], "password");
    // A cover that they give, and what whoever asked was told.
    let colleague = app.person(Role::Dispatcher, Scope::Tenant).await;
    let roles = rider.get_json("/me/cover").await.ok().json();
    let role = roles["roles"][0]["id"].as_str().unwrap().to_owned();
    let cover = json!({"to": colleague.id.unwrap(), "until": "2026-10-20"});
    rider.post_json(&format!("/me/cover/{role}"), &cover).await.ok();
    let copy = rider.get_json("/me/data/all").await.ok().json();
    assert_eq!(copy["account"]["beside"]["covers"][0]["by"], json!(colleague.account));
    let page = rider.get("/me/data/all").await.ok();
    for words in ["推荐人", "登录记录", "其他登录方式", "社区缺网格员"] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    let told = security.get_json("/me/data/all").await.ok().json();
    let notices = told["account"]["beside"]["notices"].to_string();
    assert!(notices.contains("您提出的事项已获同意"), "{notices}");
    assert!(told["account"]["beside"]["membership"].is_null());
}

#[db_test]
async fn people_are_recommended_for_ones_own_community_alone(db: TestDb) {
    let town = crate::centre_world::Town::new(&db).await;
    let grid = town.app.person(Role::GridWorker, Scope::Grid(town.west_grid)).await;
    for (worker, phone) in [(&town.worker, "13800000021"), (&grid, "13800000022")] {
        let page = worker.get_json("/members").await.ok().json();
        assert_eq!(page["communities"].as_array().unwrap().len(), 1);
        worker.get("/members").await.ok();
        let (west, east) = (town.west.to_string(), town.east.to_string());
        for elsewhere in ["", east.as_str()] {
            let fields = [("name", "骑手 21"), ("phone", phone), ("community", elsewhere)];
            worker.post("/members", &fields).await.refused(422, "自己负责的社区");
        }
        let fields = [("name", "骑手 21"), ("phone", phone), ("community", west.as_str())];
        worker.post("/members", &fields).await.see("/members");
    }
}

#[db_test]
async fn the_list_of_members_is_taken_out_when_another_agrees_and_each_of_them_reads_of_it(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let auditor = app.person(Role::Auditor, Scope::Tenant).await;
    let worker = app.person(Role::GridWorker, Scope::Tenant).await;
    invited(&app, &admin).await;
    app.need_two_for(qige_identity::FourEyes::default()).await;
    for file in ["/members.csv", "/members.xlsx", "/admin/requests.csv", "/admin/requests.xlsx"] {
        admin.get(file).await.refused(403, "双人复核");
    }
    worker.get("/members.csv").await.refused(403, "双人复核");
    for who in [&admin, &worker] {
        // One after the other: the newest is the first in the list.
        app.clock.advance(qige_kernel::Timestamp::SECOND);
        who.get("/looks").await.ok();
        who.post("/looks/export", &[("words", "核对名单")]).await.see("/looks");
        let looks = security.get_json("/looks").await.ok().json();
        let look = looks["looks"][0]["id"].as_str().unwrap().to_owned();
        security.post_json(&format!("/looks/{look}/answer"), &json!({"granted": true})).await.ok();
    }
    assert!(admin.get("/members.csv").await.ok().body.contains("骑手 0017"));
    admin.get("/members.xlsx").await.ok();
    admin.get("/admin/requests.csv").await.ok();
    assert!(!worker.get("/members.csv").await.ok().body.contains("骑手 0017"), "another recommended them");
    let id = id_of(&admin, "骑手 0017").await;
    let log = auditor.get_json(&format!("/admin/access?of={id}")).await.ok().json();
    let purposes: Vec<_> =
        log["readings"].as_array().unwrap().iter().map(|line| line["purpose"].clone()).collect();
    assert_eq!(purposes, ["export-members", "export-members"], "each file, and nobody else");
    assert_eq!(log["readings"][0]["reader"], json!(admin.id.unwrap()));
}

#[db_test]
async fn whoever_is_not_ready_keeps_nobody_waiting(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    invited(&app, &admin).await;
    admin.get("/members").await.ok();
    let other = [("name", "骑手 2"), ("phone", "13800000002")];
    admin.post("/members", &other).await.see("/members");
    let (ready, not) = (id_of(&admin, "骑手 0017").await, id_of(&admin, "骑手 2").await);
    security.get("/members").await.ok();
    let both = json!({ "person": [not, ready] });
    let said = security.post_json("/members/activate", &both).await.ok().json();
    assert_eq!((&said["activated"], said["refused"].as_array().unwrap().len()), (&json!(1), 1));
    let refused = &said["refused"][0];
    assert_eq!((&refused["person"], &refused["name"]), (&json!(not), &json!("骑手 2")));
    assert!(refused["sentence"].as_str().unwrap().contains("不能这样操作"), "{refused}");
    let states =
        [("骑手 0017".to_owned(), "active".to_owned()), ("骑手 2".to_owned(), "recommended".to_owned())];
    assert_eq!(listed(&admin).await, states);
    security.get("/members/activate").await.see("/members?state=prepared");
}

#[db_test]
async fn a_list_is_looked_at_and_taken_whole(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    send(&admin, "a.csv", b"").await.refused(422, "");
    send(&admin, "a.xlsx", b"PK\x03\x04 no book").await.refused(422, "读不出名单");
    let wrong = format!("{LIST}骑手 3,138,\n骑手 4,13800000001,\n骑手 5,13800000005,没有的社区\n");
    let page = send(&admin, "a.csv", wrong.as_bytes()).await.ok();
    for words in ["有 3 行不能导入", "与第 2 行", "没有这个名称"] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    assert!(!page.body.contains("/members/roster/take"), "nothing to go on with");
    assert_eq!(listed(&admin).await, []);

    let page = send(&admin, "a.csv", LIST.as_bytes()).await.ok();
    assert!(page.main().contains("新增 2 人") && page.main().contains("138****0001"), "{}", page.main());
    let list = carried(&page);
    admin.get("/members/roster").await.ok();
    admin.post("/members/roster/take", &[("list", &list)]).await.see("/members?state=recommended");
    assert_eq!(listed(&admin).await.len(), 2);
    let again = send(&admin, "a.csv", LIST.as_bytes()).await.ok();
    assert!(again.main().contains("已在这里 2 人") && !again.body.contains("/members/roster/take"));
    admin.post("/members/roster/take", &[("list", &list)]).await.see("/members?state=recommended");
    assert_eq!(listed(&admin).await.len(), 2, "the same again changes nothing");
    let half = format!("{list}\n\"骑手 9\"\t\"12\"\t\"\"");
    admin.get("/members/roster").await.ok();
    admin.post("/members/roster/take", &[("list", &half)]).await.refused(422, "第 3 行不能导入");
    assert_eq!(listed(&admin).await.len(), 2);
}

#[db_test]
async fn whoever_was_active_before_is_asked_and_the_list_says_who_still_owes_it(db: TestDb) {
    let app = TestApp::new(&db).await;
    let Active { admin, rider, id, .. } = Active::of(&app).await;
    let all = admin.get_json("/members").await.ok().json();
    assert_eq!((&all["owing"], &all["members"][0]["owes"]), (&Value::Null, &json!(false)));
    // As it was before consents were kept.
    db.tamper("DELETE FROM consents").await;
    let page = admin.get("/members").await.ok();
    assert!(page.main().contains("欠同意 1") && page.body.contains("/members?owing=true"), "{}", page.main());
    let owing = admin.get_json("/members?owing=true").await.ok().json();
    assert_eq!((&owing["members"][0]["person"], &owing["owing"]["count"]), (&json!(id), &json!(1)));
    let sheet = admin.get("/members.csv?owing=true").await.ok();
    assert!(sheet.body.contains("欠同意") && sheet.body.contains("骑手 0017"), "{}", sheet.body);

    rider.sign_in(PHONE, PASSWORD).await.see("/");
    for path in ["/me", "/mine"] {
        assert!(rider.get(path).await.ok().main().contains("有一项同意等您决定"), "{path}");
    }
    for _ in 0..2 {
        app.clock.advance(2 * qige_kernel::Timestamp::HOUR);
        qige_app::worker(&app.app).run_until_idle().await.unwrap();
    }
    let told = rider.get("/notices").await.ok().main();
    assert_eq!(told.matches("还没有给出“担任流动网格员”的同意").count(), 1, "{told}");
    let asked = rider.get("/me/consents").await.ok();
    assert!(asked.main().contains("还没有您的这项同意") && asked.body.contains("href=\"/me/leave\""));
    let fields = [("text_version", "1"), ("agreed", "true")];
    rider.post_files("/me/consents/to/grid-member", &fields, &[]).await.see("/me/consents");
    assert!(!rider.get("/me").await.ok().main().contains("有一项同意等您决定"));
    assert!(!admin.get("/members").await.ok().main().contains("欠同意"));
    assert_eq!(admin.get_json("/members?owing=true").await.ok().json()["members"], json!([]));
}
