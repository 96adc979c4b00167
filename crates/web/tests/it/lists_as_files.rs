//! Every list as a file: what its page shows, as it is filtered, and nothing else.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::json;

use crate::actors::Actor;
use crate::centre_world::{Town, alike};

async fn csv(who: &Actor, address: &str) -> String {
    let file = who.get(address).await.ok();
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8", "{address}");
    assert_eq!(file.header("cache-control"), "no-store", "{address}");
    alike(file.body.trim_start_matches('\u{feff}')).replace('\r', "")
}

#[db_test]
async fn a_file_says_what_the_page_shows(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let case = town.dispatched().await;
    town.handled().await;
    town.reported_as(&town.rider, &json!({"words": "=1+1"})).await;
    let ask = json!({"verifier": town.worker.id, "words": "请看看"});
    let other = town.reported().await;
    town.give(&town.dispatcher, &other, "ask-verify", &ask).await.ok();
    assert!(!case.is_empty());
    let mut said = String::new();
    for (who, address) in [
        (&admin, "/admin/units.csv"),
        (&admin, "/admin/places.csv?kind=grid"),
        (&admin, "/admin/people.csv?role=dispatcher"),
        (&admin, "/admin/jobs.csv"),
        (&town.handler, "/unit.csv"),
        (&town.handler, "/unit.csv?list=done"),
        (&town.rider, "/mine.csv"),
        (&town.worker, "/ground.csv"),
    ] {
        said.push_str(&format!("{address}\n{}\n", csv(who, address).await));
    }
    insta::allow_duplicates! {
        insta::assert_snapshot!("lists", said);
    }
    let mut reader = town.app.token(&admin).await;
    reader.language = "en".to_owned();
    let file = reader.get("/admin/units.csv").await.ok();
    assert!(file.body.trim_start_matches('\u{feff}').starts_with("Name,"), "{}", file.body);
    let page = town.handler.get("/unit?list=done").await.ok().body;
    assert!(page.contains("href=\"/unit.xlsx?list=done\"") && page.contains("href=\"/unit.csv?list=done\""));
}

#[db_test]
async fn a_workbook_of_a_list_holds_texts_and_times(db: TestDb) {
    let town = Town::new(&db).await;
    town.reported_as(&town.rider, &json!({"words": "=1+1"})).await;
    let file = town.rider.get("/mine.xlsx").await.ok();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes)).unwrap();
    let name = book.sheet_names().remove(0);
    let sheet = book.worksheet_range(&name).unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1][3], Data::String("=1+1".to_owned()));
    assert!(matches!(rows[1][4], Data::DateTime(_)), "{:?}", rows[1][4]);
    assert!(book.worksheet_formula(&name).unwrap().is_empty());
}

#[db_test]
async fn all_pages_stand_in_one_file(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    for _ in 0..90 {
        town.reported().await;
    }
    let file = csv(&town.rider, "/mine.csv?after=nonsense").await;
    assert_eq!(file.lines().count(), 91, "from the first page on, whatever page the link stood on");
    let page = admin.get_json("/admin/people").await.ok().json();
    let shown = page["people"].as_array().unwrap().len();
    assert_eq!(csv(&admin, "/admin/people.csv").await.lines().count(), 1 + shown);
}

#[db_test]
async fn who_may_not_see_the_page_gets_no_file(db: TestDb) {
    let town = Town::new(&db).await;
    for address in ["/admin/units.csv", "/admin/people.xlsx", "/admin/jobs.csv", "/unit.csv"] {
        town.rider.get(address).await.refused(403, "");
        town.app.stranger().get(address).await.asks_to_sign_in();
    }
    // Numbers stand in it for those who see them on the page.
    let guard = town.app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let file = csv(&guard, "/admin/people.csv").await;
    assert!(!file.contains("****"), "{file}");
}

/// Two cases of one thing, a rule, a named filter, a note for the next shift.
async fn busy(town: &Town) {
    town.filed().await;
    let again = json!({"lng": 118.7521, "words": "=摊位占了半条路，过不去"});
    town.reported_as(&town.rider, &again).await;
    let rule = json!({
        "name": "占道", "matter": "matter-06-012", "within": format!("community:{}", town.west),
        "lead": town.roads, "assist": [town.water], "dispatches": true, "sample_percent": 5,
    });
    town.supervisor.post_json("/routing", &rule).await.ok();
    let named = json!({"name": "要派遣的", "query": "state=filed&hands=mine"});
    town.dispatcher.post_json("/cases/filters", &named).await.ok();
    town.dispatcher.post_json("/handover", &json!({"words": "=供水公司今晚抢修"})).await.ok();
}

#[db_test]
async fn lists_of_the_centre_and_of_those_who_keep_it_are_files_too(db: TestDb) {
    let town = Town::new(&db).await;
    busy(&town).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let auditor = town.app.person(Role::Auditor, Scope::Tenant).await;
    qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
    town.app.clock.advance(90 * Timestamp::SECOND);
    qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
    let mut said = String::new();
    for (who, address) in [
        (&town.supervisor, "/routing.csv"),
        (&town.dispatcher, "/cases/repeats.csv"),
        (&town.dispatcher, "/cases/repeats.csv?matter=matter-01"),
        (&town.dispatcher, "/cases/filters.csv"),
        (&town.dispatcher, "/handover.csv"),
        (&town.supervisor, "/handover/notes.csv"),
        (&town.rider, "/notices.csv"),
        (&town.supervisor, "/reports.csv"),
        (&admin, "/admin/suggestions.csv"),
    ] {
        said.push_str(&format!("{address}\n{}\n", csv(who, address).await));
    }
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("lists_of_the_centre", said);
    }
    for (address, query, list) in
        [("/admin/permissions", "", "permissions"), ("/admin/calendar", "?year=2026", "days")]
    {
        let shown = admin.get_json(&format!("{address}{query}")).await.ok().json();
        let file = csv(&admin, &format!("{address}.csv{query}")).await;
        assert_eq!(file.lines().count(), 1 + shown[list].as_array().unwrap().len(), "{file}");
    }
    let journal = csv(&auditor, "/admin/journal.csv?case=20260923-0001").await;
    assert!(journal.lines().count() == 4 && !journal.contains("摊位"), "{journal}");
    let page = town.dispatcher.get("/cases/repeats?state=reported").await.ok().body;
    assert!(page.contains("href=\"/cases/repeats.xlsx?state=reported\""), "{page}");
    for address in ["/routing.csv", "/cases/repeats.csv", "/handover.xlsx", "/handover/notes.csv"] {
        town.rider.get(address).await.refused(403, "");
    }
    // Who sees a part of the subdistrict takes out that part.
    let east = town.app.person(Role::Dispatcher, Scope::Community(town.east)).await;
    for address in ["/cases/repeats.csv", "/handover.csv"] {
        assert_eq!(csv(&east, address).await.lines().count(), 1, "{address}");
    }
}

#[db_test]
async fn all_that_waits_and_all_notes_stand_in_one_file(db: TestDb) {
    let town = Town::new(&db).await;
    for at in 0..45 {
        let note = json!({"words": format!("第 {at} 条")});
        town.later();
        town.dispatcher.post_json("/handover", &note).await.ok();
    }
    assert_eq!(csv(&town.dispatcher, "/handover/notes.csv?before=1").await.lines().count(), 46);
    for _ in 0..12 {
        town.reported().await;
    }
    let file = csv(&town.dispatcher, "/handover.csv").await;
    assert_eq!(file.lines().filter(|line| line.starts_with("还没有人接手,")).count(), 12, "{file}");
}
