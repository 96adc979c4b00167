//! What the edge makes of what handlers give back, on pages of the test's own.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use qige_db::testing::TestDb;
use qige_db::{Command, DbError, Failure, Tx, db_test};
use qige_identity::{Role, Scope};
use qige_kernel::{Refusal, RefusalKind, Timestamp};
use qige_web::{Access, Cx, Done, Fault, Input, Once, Page, Query, Routes, Text, Upload, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actors::{Actor, TestApp};

#[derive(Serialize, JsonSchema)]
struct Counter {
    count: i64,
    sentence: String,
}

impl View for Counter {
    const TEMPLATE: &'static str = "pages/problem_kind.html";

    fn title(&self) -> Text {
        Text::plain(format!("count {}", self.count))
    }

    fn samples() -> Vec<Self> {
        vec![Self { count: 1, sentence: String::new() }]
    }
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Add {
    by: i64,
}

static COUNT: AtomicI64 = AtomicI64::new(0);

async fn show() -> Page<Counter> {
    Page(Counter { count: COUNT.load(Ordering::SeqCst), sentence: String::new() })
}

async fn add(cx: Cx, input: Input<Add>) -> Result<Done<Counter>, Fault> {
    if input.value.by < 0 {
        return Err(Refusal::new(RefusalKind::Conflict, "unavailable").into());
    }
    COUNT.fetch_add(input.value.by, Ordering::SeqCst);
    let until = cx.now().plus(60 * Timestamp::SECOND);
    Ok(Done::see("/counter").saying(Text::of("done")).undo("/counter/undo", until))
}

async fn panics() -> Page<Counter> {
    panic!("on purpose")
}

async fn full() -> Result<Page<Counter>, Fault> {
    Err(Failure::from(DbError::Unavailable("the disk is full".to_owned())).into())
}

async fn received(upload: Upload<Add>) -> axum::Json<serde_json::Value> {
    let sizes: Vec<usize> = upload.files.iter().map(|file| file.bytes.len()).collect();
    axum::Json(json!({"by": upload.value.by, "sizes": sizes}))
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    state: Option<String>,
    #[serde(default)]
    page: i64,
}

async fn filtered(Query(filter): Query<Filter>) -> axum::Json<serde_json::Value> {
    axum::Json(json!({"state": filter.state, "page": filter.page}))
}

fn routes() -> Routes {
    Routes::of("test")
        .get("/counter", Access::Public, "A counter", show)
        .get("/me", Access::Public, "Where the test kit finds the token", show)
        .post("/counter", Access::Public, "Adds", add)
        .post("/files", Access::Public, "Takes files", received)
        .get("/filter", Access::Public, "Reads a query", filtered)
        .get("/panics", Access::Public, "Panics", panics)
        .get("/full", Access::Public, "Has no room", full)
}

async fn counting(db: &TestDb) -> (TestApp, Actor) {
    let app = TestApp::new(db).await;
    let actor = app.person(Role::Rider, Scope::Tenant).await;
    let app = app.with_routes(&routes());
    let actor = app.again(actor);
    (app, actor)
}

#[db_test]
async fn an_action_leads_a_browser_on_and_gives_a_program_the_new_view(db: TestDb) {
    let (app, person) = counting(&db).await;
    person.get("/counter").await.ok();
    person.post("/counter", &[("by", "1")]).await.see("/counter");
    let after = person.get("/counter").await.ok();
    assert!(after.text().contains("已办好。") && after.body.contains("/counter/undo"));
    let still = person.get("/counter").await.ok();
    assert!(still.body.contains("class=\"q-undo\""), "the way back stays as long as it works");
    app.clock.advance(61 * Timestamp::SECOND);
    assert!(!person.get("/counter").await.ok().body.contains("class=\"q-undo\""));
    let view = person.post_json("/counter", &json!({"by": 1})).await.ok();
    assert!(view.json()["count"].as_i64().unwrap() >= 2);
    assert_eq!(view.header("content-location"), "/counter");
    person.get("/counter").await.ok();
    person.post("/counter", &[("by", "-1")]).await.refused(409, "系统现在太忙");
}

#[db_test]
async fn a_panic_is_a_page_and_a_full_disk_says_when_to_come_back(db: TestDb) {
    let (app, person) = counting(&db).await;
    let page = person.get("/panics").await.refused(500, "系统出错了");
    assert!(page.header("content-security-policy").contains("default-src"));
    person.get_json("/panics").await.refused(500, "/problems/broken");
    let full = person.get("/full").await.refused(503, "稍后再试是安全的");
    assert_eq!(full.header("retry-after"), "5");
    assert!(!full.body.contains("disk is full"), "what the engine says is for the log");
    assert!(app.state.metrics().text().contains("qige_panics_total 2"));
}

#[db_test]
async fn files_come_with_their_fields_and_within_their_limits(db: TestDb) {
    let (_app, person) = counting(&db).await;
    let two: [(&str, &str, &[u8]); 2] = [("photo", "a.jpg", b"12345"), ("photo", "", b"")];
    let taken = person.post_files("/files", &[("by", "7")], &two).await.ok().json();
    assert_eq!(taken, json!({"by": 7, "sizes": [5]}));
    let many: Vec<(&str, &str, &[u8])> = (0..10).map(|_| ("photo", "a.jpg", &b"1"[..])).collect();
    person.post_files("/files", &[("by", "7")], &many).await.refused(413, "一次最多提交 9 个文件");
    let cut = [("content-type", "multipart/form-data; boundary=qige"), ("x-csrf-token", "")];
    let body = "--qige\r\nContent-Disposition: form-data; name=\"by\"\r\n\r\n7";
    person.send(http::Method::POST, "/files", &cut, body.into()).await.refused(400, "没有传完整");
}

#[db_test]
async fn queries_are_read_like_forms(db: TestDb) {
    let (_app, person) = counting(&db).await;
    let read = person.get_json("/filter?state=&page=3&other=1").await.ok().json();
    assert_eq!(read, json!({"state": null, "page": 3}));
    let refused = person.get_json("/filter?page=many").await.refused(422, "/problems/field-odd");
    assert_eq!(refused.json()["field"], "page");
    person.get_json("/filter?page=%f").await.refused(400, "/problems/malformed-form");
}

struct Draw(Arc<Mutex<i64>>);

impl Command for Draw {
    type Output = i64;

    async fn run(&self, _: &mut Tx<'_>) -> Result<i64, Failure> {
        let mut drawn = self.0.lock().unwrap();
        *drawn += 1;
        Ok(*drawn)
    }
}

#[db_test]
async fn the_same_key_does_it_once(db: TestDb) {
    let app = TestApp::new(&db).await;
    let drawn = Arc::new(Mutex::new(0));
    let key = app.app.entropy.id(app.app.now());
    let draw = |key, about: &str| Once::new(Draw(drawn.clone()), key, &about, app.app.now());
    let first = app.write(draw(Some(key), "a")).await;
    assert_eq!(app.write(draw(Some(key), "a")).await, first);
    assert!(app.write(draw(None, "a")).await > first);
    let other = app.app.db.write(qige_db::Asker::system(app.tenant), draw(Some(key), "b")).await;
    assert!(matches!(other, Err(Failure::Refused(refusal)) if refusal.code == "key-reused"));
}
