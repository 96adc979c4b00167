//! The pages of those who run the subdistrict: units, calendar, settings, jobs, journal.

use qige_db::testing::TestDb;
use qige_db::{Asker, Command, Failure, Tx, db_test};
use qige_identity::{Role, Scope};
use qige_jobs::{JobError, NewJob};
use serde_json::json;

use crate::actors::TestApp;
use crate::centre_world::Town;

/// Every page of this area with the roles that may look.
const PAGES: [(&str, &[Role]); 9] = [
    ("/admin", &[Role::TenantAdmin, Role::SecurityAdmin, Role::Auditor]),
    ("/admin/units", &[Role::TenantAdmin]),
    ("/admin/people", &[Role::TenantAdmin, Role::SecurityAdmin, Role::Auditor, Role::Supervisor]),
    ("/admin/permissions", &[Role::TenantAdmin, Role::SecurityAdmin, Role::Auditor, Role::Supervisor]),
    ("/admin/tokens", &[Role::SecurityAdmin]),
    ("/admin/calendar", &[Role::TenantAdmin]),
    ("/admin/settings", &[Role::TenantAdmin]),
    ("/admin/jobs", &[Role::TenantAdmin, Role::SecurityAdmin, Role::Auditor]),
    ("/admin/journal", &[Role::Auditor]),
];

#[db_test]
async fn each_page_opens_for_its_roles_and_no_others(db: TestDb) {
    let app = TestApp::new(&db).await;
    let roles = [
        Role::TenantAdmin,
        Role::SecurityAdmin,
        Role::Auditor,
        Role::Supervisor,
        Role::Dispatcher,
        Role::Rider,
    ];
    for role in roles {
        let person = app.person(role, Scope::Tenant).await;
        for (page, may) in PAGES {
            if may.contains(&role) {
                let shown = person.get(page).await.ok();
                // Every way that stands on a page is open to whoever reads it.
                for link in shown.body.split("<nav class=\"q-tabs\"").nth(1).unwrap().split("href=\"").skip(1)
                {
                    let link = link.split('"').next().unwrap();
                    if link.starts_with("/admin") {
                        person.get(link).await.ok();
                    }
                    if link == "/admin/journal" {
                        break;
                    }
                }
                person.get_json(page).await.ok().json();
            } else {
                person.get(page).await.refused(403, "");
            }
        }
    }
    let stranger = app.stranger();
    for (page, _) in PAGES {
        stranger.get(page).await.asks_to_sign_in();
    }
}

#[db_test]
async fn what_needs_attention_is_said_first(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let page = admin.get("/admin").await.ok();
    assert!(page.main().contains("这些部门没有人员"), "{}", page.main());
    assert!(page.main().contains("供水公司") && !page.main().contains("市政养护队"), "{}", page.main());
    let json = admin.get_json("/admin").await.ok().json();
    assert_eq!(json["counts"]["communities"], 2);
    assert_eq!(json["counts"]["grids"], 3);
    assert_eq!(json["counts"]["units"], 2);
    assert_eq!(json["failed_jobs"], 0);
    assert!(json["unlocated"].is_null(), "who administers reads no case");
    // In November the next year's holidays are wanted as soon as deadlines reach it.
    town.app.clock.set("2028-11-20T02:00:00Z".parse().unwrap());
    let later = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let json = later.get_json("/admin").await.ok().json();
    assert_eq!(json["years_missing"], json!([2028, 2029]));
    assert!(later.get("/admin").await.main().contains("2028, 2029 年还没有节假日数据"));
}

#[db_test]
async fn a_unit_is_added_changed_closed_and_opened_again(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let overview = admin.get("/admin").await.main();
    assert!(overview.contains("还没有网格") && overview.contains("还没有处置部门"), "{overview}");
    assert!(admin.get("/admin/units").await.main().contains("还没有处置部门"));
    let key = "019a0000-0000-7000-8000-0000000000aa";
    let roads =
        [("name", "市政养护队"), ("kind", "department"), ("contact", "0518-8720 0001"), ("_key", key)];
    let path = format!("/admin/units/{key}");
    admin.post("/admin/units", &roads).await.see(&path);
    admin.get("/admin/units").await.ok();
    admin.post("/admin/units", &roads).await.see(&path);
    let units = admin.get_json("/admin/units").await.json();
    assert_eq!(units["units"].as_array().unwrap().len(), 1, "sent twice, it is one");
    admin.get("/admin/units").await.ok();
    let again = [("name", "市政养护队"), ("kind", "property")];
    let refused = admin.post("/admin/units", &again).await.refused(409, "已有名为“市政养护队”的部门");
    assert!(refused.body.contains("f-name-error") && refused.body.contains("value=\"property\" selected"));
    admin.post("/admin/units", &[("kind", "property")]).await.refused(422, "请填写这一项");

    admin.get(&path).await.ok();
    admin.post(&path, &[("name", "市政养护一队"), ("kind", "department")]).await.see(&path);
    let long = "长".repeat(41);
    admin.get(&path).await.ok();
    admin.post(&path, &[("name", &long), ("kind", "department")]).await.refused(422, "最多 40 个字");
    admin.post(&format!("{path}/close"), &[]).await.see(&path);
    let page = admin.get(&path).await.ok();
    assert!(page.main().contains("部门已停用。") && page.main().contains("恢复这个部门"), "{}", page.main());
    assert_eq!(admin.get_json(&path).await.json()["unit"]["active"], false);
    admin.post(&format!("{path}/reopen"), &[]).await.see(&path);
    let unit = admin.get_json(&path).await.json();
    assert_eq!(
        (unit["unit"]["active"].as_bool(), unit["unit"]["name"].as_str()),
        (Some(true), Some("市政养护一队"))
    );
    admin.get("/admin/units/019a0000-0000-7000-8000-0000000000ff").await.refused(404, "没有这个处置部门");
}

#[db_test]
async fn the_week_is_tried_before_it_is_saved(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    admin.get("/admin/calendar").await.ok();
    let hours = "08:30-12:00 13:30-18:00";
    let mut week = vec![
        ("zone", "Asia/Shanghai"),
        ("monday", hours),
        ("tuesday", hours),
        ("wednesday", hours),
        ("thursday", hours),
        ("friday", hours),
        ("holidays", "observed"),
        ("off_day_start", "next_opening"),
        ("after_close_start", "next_opening"),
        ("start", "2026-09-30T10:00"),
        ("count", "3"),
        ("counted", "work-days"),
    ];
    // National Day: 1 to 7 October are off in 2026, Saturday the 10th is worked.
    let tried = admin.post("/admin/calendar/try", &week).await.ok();
    assert!(tried.main().contains("试算结果") && !tried.main().contains("还没有保存"), "{}", tried.main());
    assert!(tried.body.contains("datetime=\"2026-10-10T02:00:00Z\""), "{}", tried.body);
    week.push(("saturday", "09:00-12:00"));
    week[6] = ("holidays", "ignored");
    let tried = admin.post("/admin/calendar/try", &week).await.ok();
    assert!(tried.main().contains("这些工作时间还没有保存"));
    assert!(tried.body.contains("datetime=\"2026-10-03T02:00:00Z\""), "{}", tried.body);
    assert_eq!(admin.get_json("/admin/calendar").await.json()["holidays"], "observed");

    admin.get("/admin/calendar").await.ok();
    week[1] = ("monday", "13:30-18:00 08:30-12:00");
    let refused = admin.post("/admin/calendar/week", &week).await.refused(422, "星期一 的时段有重叠");
    assert!(refused.body.contains("f-monday-error"), "at the field");
    week[1] = ("monday", "morning");
    let refused = admin.post("/admin/calendar/try", &week).await.refused(422, "不是时段");
    assert!(refused.body.contains("f-monday-error") && refused.body.contains("value=\"morning\""));
    week[1] = ("monday", hours);
    week[0] = ("zone", "Moon/Base");
    admin.post("/admin/calendar/week", &week).await.refused(422, "没有名为“Moon/Base”的时区");
    week[0] = ("zone", "Asia/Shanghai");
    admin.post("/admin/calendar/week", &week).await.see("/admin/calendar");
    let saved = admin.get_json("/admin/calendar").await.json();
    assert_eq!(
        (saved["holidays"].as_str(), saved["week"][5]["hours"].as_str()),
        (Some("ignored"), Some("09:00-12:00"))
    );
}

#[db_test]
async fn days_of_a_year_are_added_removed_and_taken_over(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    admin.get("/admin/calendar?year=2030").await.ok();
    let day = [("date", "2030-01-01"), ("off", "true"), ("name", "元旦")];
    admin.post("/admin/calendar/days", &day).await.see("/admin/calendar?year=2030");
    admin.get("/admin/calendar?year=2030").await.ok();
    let refused = admin.post("/admin/calendar/days", &day).await.refused(422, "2030-01-01 写了两次");
    assert!(refused.body.contains("f-date-error"));
    let nameless = [("date", "2030-01-02"), ("off", "true"), ("name", "　")];
    admin.post("/admin/calendar/days", &nameless).await.refused(422, "名称不能为空");
    let shown = admin.get_json("/admin/calendar?year=2030").await.json();
    assert_eq!(shown["days"], json!([{"date": "2030-01-01", "weekday": 2, "off": true, "name": "元旦"}]));
    admin
        .post("/admin/calendar/days/remove", &[("date", "2030-01-01")])
        .await
        .see("/admin/calendar?year=2030");
    assert_eq!(admin.get_json("/admin/calendar?year=2030").await.json()["days"], json!([]));
    admin.get("/admin/calendar?year=2030").await.ok();
    admin.post("/admin/calendar/days/publish", &[("year", "2030")]).await.refused(404, "逐天录入");

    let first = admin.get_json("/admin/calendar?year=2026").await.json();
    assert_eq!(first["published"]["missing"], 0, "they are there from the beginning");
    let date = first["days"][0]["date"].as_str().unwrap().to_owned();
    admin.get("/admin/calendar?year=2026").await.ok();
    admin.post("/admin/calendar/days/remove", &[("date", &date)]).await.see("/admin/calendar?year=2026");
    let page = admin.get("/admin/calendar?year=2026").await.ok();
    assert!(page.main().contains("还没有录入"), "{}", page.main());
    admin.post("/admin/calendar/days/publish", &[("year", "2026")]).await.see("/admin/calendar?year=2026");
    assert_eq!(admin.get_json("/admin/calendar?year=2026").await.json()["days"], first["days"]);
}

#[db_test]
async fn settings_stay_within_their_bounds_and_hold_at_once(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let form = |reopen: &'static str, send_back: &'static str| {
        [
            ("reopen_days", reopen),
            ("extensions", "1"),
            ("supervisor_send_back", send_back),
            ("undo_seconds", "60"),
            ("duplicate_days", "14"),
        ]
    };
    admin.get("/admin/settings").await.ok();
    admin.post("/admin/settings/cases", &form("365", "10")).await.see("/admin/settings");
    let saved = admin.get_json("/admin/settings").await.json();
    assert_eq!(
        (saved["policy"]["reopen_days"].as_i64(), saved["policy"]["transfer_stops_clock"].as_bool()),
        (Some(365), Some(false))
    );
    assert_eq!(app.app.rulebook(app.tenant).await.unwrap().policy.reopen_days, 365);
    admin.get("/admin/settings").await.ok();
    let refused = admin.post("/admin/settings/cases", &form("366", "2")).await.refused(422, "0 到 365 之间");
    assert!(refused.body.contains("f-reopen_days-error") && refused.body.contains("value=\"366\""));
    admin.post("/admin/settings/cases", &form("14", "0")).await.refused(422, "1 到 10 之间");
    admin.post("/admin/settings/cases", &form("many", "2")).await.refused(422, "");

    let term = |count: &'static str| {
        [("stage", "handle"), ("urgency", "normal"), ("count", count), ("counted", "work-days")]
    };
    admin.post("/admin/settings/terms", &term("5")).await.see("/admin/settings");
    admin.get("/admin/settings").await.ok();
    admin.post("/admin/settings/terms", &term("7")).await.see("/admin/settings");
    let saved = admin.get_json("/admin/settings").await.json();
    assert_eq!(saved["rules"].as_array().unwrap().len(), 1, "the later takes the earlier's place");
    assert_eq!(saved["rules"][0]["long"], json!({"count": 7, "counted": "work-days"}));
    assert!(admin.get("/admin/settings").await.main().contains("7 个工作日 本街道"));
    let refused = admin.post("/admin/settings/terms", &term("251")).await.refused(422, "1 到 250 之间");
    assert!(refused.body.contains("f-count-error"));
    let own = [("stage", "handle"), ("urgency", "normal")];
    admin.post("/admin/settings/terms/remove", &own).await.see("/admin/settings");
    assert_eq!(admin.get_json("/admin/settings").await.json()["rules"], json!([]));

    admin.get("/admin/settings").await.ok();
    admin.post("/admin/settings/radii", &[("major", "6"), ("metres", "80")]).await.see("/admin/settings");
    admin.get("/admin/settings").await.ok();
    admin
        .post("/admin/settings/radii", &[("major", "6"), ("metres", "501")])
        .await
        .refused(422, "5 到 500 之间");
    admin
        .post("/admin/settings/radii", &[("major", "77"), ("metres", "50")])
        .await
        .refused(422, "没有大类 77");
    assert_eq!(admin.get_json("/admin/settings").await.json()["radii"][0]["metres"], 80);
    admin.get("/admin/settings").await.ok();
    admin.post("/admin/settings/radii/remove", &[("major", "6")]).await.see("/admin/settings");
    assert_eq!(admin.get_json("/admin/settings").await.json()["radii"], json!([]));
}

/// A job that gave up.
struct GiveUp {
    at: qige_kernel::Timestamp,
    worker: uuid::Uuid,
    number: u32,
}

impl Command for GiveUp {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        qige_jobs::enqueue(tx, NewJob::new("test.job", self.number, self.at)).await?;
        for job in qige_jobs::claim(tx, self.worker, self.at, 1_000_000, &["test.job"], 10).await? {
            let problem = JobError::GiveUp("the gateway is away".to_owned());
            qige_jobs::fail(tx, &job, self.at, &problem).await?;
        }
        Ok(())
    }
}

#[db_test]
async fn a_job_that_gave_up_is_tried_again_or_discarded(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    assert!(admin.get("/admin/jobs").await.main().contains("没有失败的任务"));
    for number in 0..2 {
        let worker = app.app.entropy.id(app.app.now());
        app.write(GiveUp { at: app.app.now(), worker, number }).await;
    }
    let page = admin.get("/admin/jobs").await.ok();
    assert!(page.main().contains("the gateway is away"), "{}", page.main());
    assert!(!security.get("/admin/jobs").await.main().contains("放弃"));
    assert_eq!(admin.get_json("/admin").await.json()["failed_jobs"], 2);
    let jobs = admin.get_json("/admin/jobs").await.json();
    let id = |at: usize| jobs["jobs"][at]["id"].as_str().unwrap().to_owned();
    security.get("/admin/jobs").await.ok();
    security.post(&format!("/admin/jobs/{}/retry", id(0)), &[]).await.refused(403, "");
    admin.post(&format!("/admin/jobs/{}/retry", id(0)), &[]).await.see("/admin/jobs");
    admin.get("/admin/jobs").await.ok();
    admin.post(&format!("/admin/jobs/{}/retry", id(0)), &[]).await.refused(409, "可能有人已经处理");
    admin.post(&format!("/admin/jobs/{}/discard", id(1)), &[]).await.see("/admin/jobs");
    let left = admin.get_json("/admin/jobs").await.json();
    assert_eq!((left["failed"].as_i64(), left["waiting"].as_i64()), (Some(0), Some(1)));
}

#[db_test]
async fn the_auditor_reads_a_case_and_has_the_chain_checked(db: TestDb) {
    let town = Town::new(&db).await;
    let auditor = town.app.person(Role::Auditor, Scope::Tenant).await;
    let case = town.filed().await;
    let seen = town.dispatcher.get_json(&format!("/cases/{case}")).await.json();
    let number = find(&seen, "number").unwrap();
    let page = auditor.get(&format!("/admin/journal?case={number}")).await.ok();
    assert!(page.main().contains("第 0 条") && page.main().contains("dispatcher"), "{}", page.main());
    let lines = auditor.get_json(&format!("/admin/journal?case={number}")).await.json();
    assert_eq!(lines["case"], json!(case));
    assert!(lines["lines"].as_array().unwrap().len() >= 2);
    // How the case moved, and nothing of what it is about: the auditor reads no case.
    let moves = lines["lines"][1]["moves"].as_array().unwrap().clone();
    let filed = json!({"field": "state", "before": "reported", "after": "filed"});
    assert!(moves.contains(&filed), "{moves:?}");
    let reporter = town.rider.id.unwrap().to_string();
    for body in [page.body, lines.to_string()] {
        for kept in ["摊位占了半条路", "118.752", "34.542", &reporter, &town.rider.account] {
            assert!(!body.contains(kept), "{kept} in {body}");
        }
    }
    let nothing = auditor.get("/admin/journal?case=20200101-0001").await.ok();
    assert!(nothing.main().contains("没有这个编号的案卷"));

    let checked = auditor.post("/admin/journal/verify", &[]).await.ok();
    assert!(checked.main().contains("日志完整"), "{}", checked.main());
    let checked = auditor.post_json("/admin/journal/verify", &json!({})).await.ok().json();
    assert_eq!(checked["checked"]["holds"], true);
    town.app.app.db.write(Asker::system(town.app.tenant), Falsify).await.unwrap();
    let checked = auditor.post("/admin/journal/verify", &[]).await.ok();
    assert!(
        checked.main().contains("发现不一致") && checked.main().contains("校验值不符"),
        "{}",
        checked.main()
    );
}

qige_db::statements! {
    /// What nobody should do.
    FALSIFY = "UPDATE journal SET command = 'nothing' WHERE tenant = $1 AND stream = 'case' AND seq = 0";
}

/// Changes the journal behind everybody's back.
struct Falsify;

impl Command for Falsify {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        tx.execute(FALSIFY, qige_db::params![tx.tenant()]).await?;
        Ok(())
    }
}

/// The first text of that name, however deep.
fn find(value: &serde_json::Value, name: &str) -> Option<String> {
    match value {
        serde_json::Value::Object(fields) => fields
            .get(name)
            .and_then(|found| found.as_str().map(str::to_owned))
            .or_else(|| fields.values().find_map(|value| find(value, name))),
        serde_json::Value::Array(items) => items.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

#[db_test]
async fn the_holidays_of_a_year_come_from_a_file(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let import = "/admin/calendar/days/import";
    admin.get("/admin/calendar?year=2027").await.ok();
    admin.post_files(import, &[], &[("file", "x.json", b"nothing")]).await.refused(422, "放假安排");
    admin.post_files(import, &[], &[]).await.refused(422, "");
    let file = r#"{"days": [{"name": "元旦", "date": "2026-12-31", "isOffDay": true},
        {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
        {"name": "春节", "date": "2027-02-20", "isOffDay": false}]}"#;
    let sent = [("file", "2027.json", file.as_bytes())];
    admin.post_files(import, &[], &sent).await.see("/admin/calendar?year=2027");
    let said = admin.get("/admin/calendar?year=2027").await.ok();
    assert!(
        said.text().contains("2027 年：取了 1 天放假、1 天上班；文件里别的年份的 1 天没有取"),
        "{}",
        said.text()
    );
    // Sent twice it is there once.
    admin.post_files(import, &[], &sent).await.see("/admin/calendar?year=2027");
    let page = admin.get_json("/admin/calendar?year=2027").await.ok().json();
    let days: Vec<_> = page["days"].as_array().unwrap().iter().map(|day| day["date"].clone()).collect();
    assert_eq!(days, ["2027-01-01", "2027-02-20"].map(|day| serde_json::json!(day)));
    let other = app.person(Role::Dispatcher, Scope::Tenant).await;
    other.post_files(import, &[], &sent).await.refused(403, "");
}
