//! Figures, the cases behind them, scores, reports of months, and what everybody may read.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::Actor;
use crate::centre_world::{Town, alike};

/// A month in which something happened, seen from the middle of the next one.
struct Past {
    town: Town,
    dispatcher: Actor,
    supervisor: Actor,
    lead: Actor,
}

async fn past(db: &TestDb) -> Past {
    let town = Town::new(db).await;
    for _ in 0..6 {
        town.reported().await;
    }
    town.filed().await;
    town.dispatched().await;
    town.handled().await;
    town.app.clock.advance(22 * Timestamp::DAY);
    // Signed in anew: nobody's session lasts so long.
    let dispatcher = town.app.person(Role::Dispatcher, Scope::Tenant).await;
    let supervisor = town.app.person(Role::Supervisor, Scope::Tenant).await;
    let lead = town.app.person(Role::UnitLead, Scope::Unit(town.roads)).await;
    Past { town, dispatcher, supervisor, lead }
}

fn share<'a>(line: &'a Value, indicator: &str) -> &'a Value {
    line["shares"].as_array().unwrap().iter().find(|one| one["indicator"] == indicator).unwrap()
}

#[db_test]
async fn each_figure_opens_the_cases_that_it_counts(db: TestDb) {
    let Past { dispatcher, .. } = past(&db).await;
    let page = dispatcher.get_json("/evaluation?period=2026-09").await.ok().json();
    let of = |indicator: &str| {
        let share = share(&page["all"], indicator);
        (share["part"].as_u64().unwrap(), share["of"].as_u64().unwrap())
    };
    assert_eq!(of("valid-report"), (3, 9));
    assert_eq!(of("on-time-file"), (3, 9), "six that nobody touched are counted too");
    assert_eq!(of("on-time-dispatch"), (2, 3));
    assert_eq!((of("handled"), of("overdue-waiting")), ((1, 2), (1, 2)));
    assert_eq!(share(&page["all"], "satisfaction")["value"], Value::Null);
    for one in page["all"]["shares"].as_array().unwrap() {
        for (part, of) in [("part", ""), ("of", "&of=true")] {
            let indicator = one["indicator"].as_str().unwrap();
            let query = format!("period=2026-09&indicator={indicator}{of}");
            let list = dispatcher.get_json(&format!("/evaluation/cases?{query}")).await.ok().json();
            let lines = u64::try_from(list["rows"].as_array().unwrap().len()).unwrap();
            assert_eq!((list["count"].as_u64(), lines), (one[part].as_u64(), one[part].as_u64().unwrap()));
            let file = dispatcher.get(&format!("/evaluation/cases.csv?{query}")).await.ok();
            assert_eq!(u64::try_from(file.body.lines().count()).unwrap(), lines + 1, "{indicator}");
        }
    }
    let seen = dispatcher.get("/evaluation?period=2026-09").await.ok();
    let behind = dispatcher.get("/evaluation/cases?period=2026-09&indicator=handled&of=true").await.ok();
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("table", alike(&seen.main()));
        insta::assert_snapshot!("behind", alike(&behind.main()));
        dispatcher.post("/me/language", &[("language", "en")]).await;
        let english = dispatcher.get("/evaluation?period=2026-09&by=community").await.ok();
        insta::assert_snapshot!("table_en", alike(&english.main()));
    }
}

/// More than are read at once for a file.
const MANY: usize = 10_050;

#[db_test]
async fn a_file_of_many_batches_holds_each_line_once(db: TestDb) {
    let Past { dispatcher, .. } = past(&db).await;
    let more = format!(
        "INSERT INTO case_marks SELECT tenant, at - n, case_id, id, kind, unit, community, grid, matter,
        signs, n FROM (SELECT * FROM case_marks WHERE kind = 'file' LIMIT 1) m CROSS JOIN
        (WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY})
        SELECT n FROM numbers) x"
    );
    db.tamper(&more).await;
    let query = "period=2026-09&indicator=on-time-file&of=true";
    let list = dispatcher.get_json(&format!("/evaluation/cases?{query}")).await.ok().json();
    assert_eq!(list["count"], MANY + 9);
    let file = dispatcher.get(&format!("/evaluation/cases.csv?{query}")).await.ok();
    let took = file.body.lines().filter_map(|line| line.rsplit(',').next()?.parse::<usize>().ok());
    let mut took: Vec<usize> = took.collect();
    assert_eq!((file.body.lines().count(), took.len()), (MANY + 10, MANY + 3));
    took.sort_unstable();
    took.dedup();
    assert!(took.len() >= MANY, "each once");
}

#[db_test]
async fn figures_that_are_being_completed_say_so_and_are_not_issued(db: TestDb) {
    let Past { town, supervisor, .. } = past(&db).await;
    let seen = async || supervisor.get("/evaluation?period=2026-09").await.ok().text();
    assert!(!seen().await.contains("补全"));
    db.tamper("DELETE FROM case_marks; INSERT INTO mark_runs (tenant) SELECT id FROM tenants;").await;
    assert!(seen().await.contains("以前案卷的统计还在后台补全"));
    let issue = json!({"version": 1});
    supervisor.post_json("/reports/2026-09/issue", &issue).await.refused(409, "还在后台补全");
    // The worker sees it within two minutes.
    let worker = qige_app::worker(&town.app.app);
    for _ in 0..2 {
        town.app.clock.advance(Timestamp::MINUTE);
        worker.run_until_idle().await.unwrap();
    }
    let page = supervisor.get_json("/evaluation?period=2026-09").await.ok().json();
    assert_eq!((&page["incomplete"], &share(&page["all"], "handled")["of"]), (&json!(false), &json!(2)));
    supervisor.post_json("/reports/2026-09/issue", &issue).await.ok();
}

#[db_test]
async fn a_table_is_broken_down_by_whatever_is_asked(db: TestDb) {
    let Past { town, supervisor, .. } = past(&db).await;
    for (by, rows) in [("unit", 1), ("community", 1), ("grid", 1), ("class", 1), ("matter", 1)] {
        let query = format!("period=2026-09&by={by}");
        let page = supervisor.get_json(&format!("/evaluation?{query}")).await.ok().json();
        assert_eq!(page["rows"].as_array().unwrap().len(), rows, "{by}");
        let row = &page["rows"][0];
        let narrowed = supervisor.get_json(&format!("/evaluation?{}", row["query"].as_str().unwrap())).await;
        let narrowed = narrowed.ok().json();
        assert_eq!(share(&narrowed["all"], "handled"), share(row, "handled"), "{by}");
        let csv = supervisor.get(&format!("/evaluation/table.csv?{query}")).await.ok();
        assert_eq!(csv.body.lines().count(), rows + 2, "{by}");
        supervisor.get(&format!("/evaluation/table.xlsx?{query}")).await.ok();
    }
    let unit = supervisor.get_json("/evaluation?period=2026-09").await.ok().json();
    assert_eq!(unit["rows"][0]["key"], json!(town.roads));
    assert!(unit["rows"][0]["score"]["points"].is_number());
    for period in ["2026-W39", "2026-Q3", "2026"] {
        let page = supervisor.get_json(&format!("/evaluation?period={period}")).await.ok().json();
        assert_eq!(share(&page["all"], "valid-report")["of"], 9, "{period}");
    }
    let free = "/evaluation?from=2026-09-24&until=2026-09-30";
    let page = supervisor.get_json(free).await.ok().json();
    assert_eq!(share(&page["all"], "valid-report")["of"], 0);
    supervisor.get("/evaluation?period=nonsense").await.refused(422, "看不懂这个时段");
    supervisor.get("/evaluation?from=2020-01-01&until=2026-01-01").await.refused(422, "最长");
}

#[db_test]
async fn units_see_their_own_and_administrators_no_case(db: TestDb) {
    let Past { town, lead, .. } = past(&db).await;
    let page = lead.get_json("/evaluation?period=2026-09").await.ok().json();
    assert_eq!(share(&page["all"], "handled")["of"], 2);
    assert!(page["all"]["shares"].as_array().unwrap().iter().all(|one| one["indicator"] != "valid-report"));
    let other = town.app.person(Role::UnitLead, Scope::Unit(town.water)).await;
    let page = other.get_json("/evaluation?period=2026-09").await.ok().json();
    assert_eq!(
        (share(&page["all"], "handled")["of"].as_u64(), page["rows"].as_array().unwrap().len()),
        (Some(0), 0)
    );
    let list = lead.get_json("/evaluation/cases?period=2026-09&indicator=handled").await.ok().json();
    assert!(list["rows"][0]["href"].as_str().unwrap().starts_with("/unit/cases/"));
    lead.get(list["rows"][0]["href"].as_str().unwrap()).await.ok();
    lead.get("/reports/2026-09").await.refused(404, "");
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    admin.get("/evaluation?period=2026-09").await.ok();
    admin.get("/evaluation/cases?period=2026-09&indicator=handled").await.refused(403, "");
    let rider = town.app.person(Role::Rider, Scope::Tenant).await;
    rider.get("/evaluation").await.refused(403, "");
    rider.get("/reports").await.refused(403, "");
}

#[db_test]
async fn a_report_is_frozen_once_it_is_issued(db: TestDb) {
    let Past { town, supervisor, lead, .. } = past(&db).await;
    let issue = |month: &'static str, body: Value| {
        let supervisor = &supervisor;
        async move { supervisor.post_json(&format!("/reports/{month}/issue"), &body).await }
    };
    issue("2026-10", json!({"version": 1})).await.refused(409, "还没有过完");
    let draft = supervisor.get("/reports/2026-09").await.ok();
    let first = issue("2026-09", json!({"version": 1})).await.ok().json();
    issue("2026-09", json!({"version": 1})).await.refused(409, "别人刚发布过");
    let before = supervisor.get_json("/reports/2026-09").await.ok().json();
    assert_eq!((&before["shown"]["version"], &before["all"]), (&json!(1), &first["all"]));
    // What happens later changes the figures, and not what was issued.
    town.reported().await;
    let open = supervisor.get_json("/evaluation/cases?period=2026-09&indicator=overdue-waiting").await.ok();
    let case = open.json()["rows"][0]["case"].as_str().unwrap().to_owned();
    town.give(&supervisor, &case, "void", &json!({"reason": "误录"})).await.ok();
    let as_issued = supervisor.get_json("/reports/2026-09").await.ok().json();
    assert_eq!(as_issued["all"], before["all"]);
    let as_now = supervisor.get_json("/reports/2026-09?draft=true").await.ok().json();
    assert_ne!(as_now["all"], before["all"]);
    issue("2026-09", json!({"version": 2})).await.refused(422, "");
    issue("2026-09", json!({"version": 2, "reason": "有一件是误录"})).await.ok();
    let second = lead.get_json("/reports/2026-09").await.ok().json();
    assert_eq!((&second["shown"]["reason"], &second["all"]), (&json!("有一件是误录"), &as_now["all"]));
    let older = lead.get_json("/reports/2026-09?version=1").await.ok().json();
    assert_eq!(older["all"], before["all"]);
    lead.get("/reports/2026-09?version=3").await.refused(404, "");
    lead.post_json("/reports/2026-09/issue", &json!({"version": 3, "reason": "x"})).await.refused(403, "");
    lead.get("/reports/2026-09/report.xlsx").await.ok();
    let list = lead.get_json("/reports").await.ok().json();
    assert_eq!((list["issued"].as_array().unwrap().len(), list["drafts"].as_array().unwrap().len()), (2, 0));
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("report_draft", alike(&draft.main()));
        insta::assert_snapshot!("report_issued", alike(&lead.get("/reports/2026-09").await.ok().main()));
        insta::assert_snapshot!("reports", alike(&supervisor.get("/reports").await.ok().main()));
    }
}

#[db_test]
async fn an_issued_report_that_was_changed_behind_the_product_is_noticed(db: TestDb) {
    let Past { town, supervisor, .. } = past(&db).await;
    supervisor.post_json("/reports/2026-09/issue", &json!({"version": 1})).await.ok();
    let tenant = qige_db::Asker::system(town.app.tenant);
    let noticed = async || {
        let faults = db.read(tenant, |tx| Box::pin(async move { Ok(qige_cases::verify(tx).await?) }));
        faults.await.unwrap().into_iter().map(|fault| fault.what).collect::<Vec<_>>()
    };
    assert_eq!(noticed().await, [""; 0]);
    db.tamper("UPDATE month_reports SET body = body || ' '").await;
    assert_eq!(noticed().await, ["month report 2026-09 version 1"]);
    db.tamper("DELETE FROM month_reports").await;
    assert_eq!(noticed().await, ["month report 2026-09 version 1"]);
}

#[db_test]
async fn everybody_reads_issued_months_and_no_number_under_five(db: TestDb) {
    let Past { town, supervisor, .. } = past(&db).await;
    let stranger = town.app.stranger();
    assert_eq!(stranger.get_json("/figures").await.ok().json()["shown"], Value::Null);
    supervisor.post_json("/reports/2026-09/issue", &json!({"version": 1})).await.ok();
    let page = stranger.get_json("/figures").await.ok().json();
    let community = &page["shown"]["tables"][0];
    assert_eq!((&community["received"], &community["closed"]), (&json!(9), &Value::Null));
    assert!(page["shown"]["shares"].as_array().unwrap().iter().all(|one| one["percent"].is_null()));
    stranger.get("/figures?month=2026-08").await.refused(404, "");
    let seen = stranger.get("/figures?month=2026-09").await.ok();
    let home = stranger.get("/").await.ok();
    assert!(home.body.contains("href=\"/figures\""));
    let file = stranger.get("/figures.csv?month=2026-09").await.ok().body;
    assert!(file.contains("2026-09,社区,合计,9,少"), "{file}");
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("figures", alike(&seen.main()));
    }
}

#[db_test]
async fn no_two_versions_can_be_subtracted_to_a_number_under_five(db: TestDb) {
    let Past { town, supervisor, .. } = past(&db).await;
    let stranger = town.app.stranger();
    let issue = async |version: i64| {
        let body = json!({"version": version, "reason": "误录"});
        supervisor.post_json("/reports/2026-09/issue", &body).await.ok();
        stranger.get_json("/figures?month=2026-09").await.ok().json()["shown"].clone()
    };
    let came_in = |shown: &Value| {
        let table = &shown["tables"][0];
        (shown["version"].as_i64(), table["version"].as_i64(), table["received"].as_u64())
    };
    assert_eq!(came_in(&issue(1).await), (Some(1), Some(1), Some(9)));
    // As if reports had come in late: one more, then five.
    let at = "(SELECT MIN(received_at) FROM cases)";
    let later = |cases: usize| {
        format!(
            "UPDATE cases SET received_at = {at} WHERE id IN
            (SELECT id FROM cases WHERE received_at > {at} + 86400000000 LIMIT {cases})"
        )
    };
    for _ in 0..6 {
        town.reported().await;
    }
    db.tamper(&later(1)).await;
    let shown = issue(2).await;
    assert_eq!(came_in(&shown), (Some(2), Some(1), Some(9)), "10 - 9 would be told");
    let page = stranger.get("/figures?month=2026-09").await.ok();
    assert!(page.text().contains("以上为第 1 版的数字"), "{}", page.text());
    assert_eq!(supervisor.get_json("/reports/2026-09").await.ok().json()["shown"]["version"], 2);
    db.tamper(&later(5)).await;
    assert_eq!(came_in(&issue(3).await), (Some(3), Some(3), Some(15)));
}

#[db_test]
async fn weights_are_a_setting_with_an_example(db: TestDb) {
    let Past { town, supervisor, .. } = past(&db).await;
    let page = supervisor.get_json("/evaluation/score?period=2026-09").await.ok().json();
    let weigh = |page: &Value| page["example"]["score"]["weight"].as_u64();
    assert_eq!(weigh(&page), Some(75), "of handling and checking; of what has no value nothing");
    let seen = supervisor.get("/evaluation/score?period=2026-09").await.ok();
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    admin.get("/evaluation/score").await.ok();
    let new = |weights: Value| json!({ "weights": weights });
    admin.post_json("/evaluation/score", &new(json!({"handled": 101}))).await.refused(422, "最多 100");
    admin.post_json("/evaluation/score", &new(json!({"on-time-file": 10}))).await.refused(422, "不反映部门");
    admin.post_json("/evaluation/score", &new(json!({"handled": 0}))).await.refused(422, "至少");
    admin.post("/evaluation/score", &[("weights.handled", "30")]).await.see("/evaluation/score");
    let page = supervisor.get_json("/evaluation/score?period=2026-09").await.ok().json();
    assert_eq!((weigh(&page), &page["example"]["score"]["points"]), (Some(30), &json!(50.0)));
    supervisor.post_json("/evaluation/score", &new(json!({"handled": 1}))).await.refused(403, "");
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("score", alike(&seen.main()));
    }
}
