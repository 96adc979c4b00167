//! Every list as a file: what its page shows, as it is filtered, and nothing else.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
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
