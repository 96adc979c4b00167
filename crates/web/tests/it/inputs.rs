//! What comes in broken, too large or from elsewhere, and what is said about it.

use axum::body::Body;
use http::Method;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_web::{FORM_BYTES_MAX, TEXT_CHARS_MAX};

use crate::actors::{Actor, Answer, TestApp};

async fn send(actor: &Actor, kind: &str, body: impl Into<Body>) -> Answer {
    let headers = [("accept", "application/json"), ("content-type", kind)];
    actor.send(Method::POST, "/sign-in", &headers, body.into()).await
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

#[db_test]
async fn broken_bodies_are_refused_with_what_is_wrong(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    for (kind, body, status, code) in [
        (JSON, &b"{\"account\": "[..], 400, "malformed-json"),
        (JSON, b"{\"account\": 7, \"password\": \"x\"}", 422, "field-odd"),
        (JSON, b"{\"password\": \"x\"}", 422, "field-missing"),
        (JSON, b"[]", 422, "field-odd"),
        (JSON, b"\xff\xfe", 400, "not-utf8"),
        (FORM, b"account=%zz&password=x", 400, "malformed-form"),
        (FORM, b"account=%ff&password=x", 400, "not-utf8"),
        (FORM, b"account=a%00b&password=x", 422, "text-control"),
        (FORM, b"account=&password=x", 422, "field-missing"),
        ("text/plain", b"account=a", 415, "unsupported-type"),
        ("multipart/form-data; boundary=x", b"--x--", 415, "unsupported-type"),
        ("application/json; charset=gbk", b"{}", 415, "unsupported-type"),
    ] {
        let refused = send(&stranger, kind, body.to_vec()).await;
        let problem = refused.refused(status, &format!("/problems/{code}"));
        assert_eq!(problem.header("content-type"), "application/problem+json");
        assert!(problem.json()["detail"].as_str().unwrap().chars().count() > 4);
    }
}

#[db_test]
async fn sizes_at_the_limit_pass_and_past_it_do_not(db: TestDb) {
    let app = TestApp::new(&db).await;
    let body = |letters: usize| format!("account={}&password=x", "a".repeat(letters));
    let at = send(&app.stranger(), FORM, body(TEXT_CHARS_MAX)).await;
    at.refused(422, "/problems/sign-in-wrong");
    send(&app.stranger(), FORM, body(TEXT_CHARS_MAX + 1)).await.refused(422, "/problems/text-too-long");
    send(&app.stranger(), FORM, body(FORM_BYTES_MAX)).await.refused(413, "/problems/too-large");
    let pieces = futures_util::stream::iter((0..400).map(|_| Ok::<_, std::io::Error>("a".repeat(1024))));
    let unsaid = send(&app.stranger(), FORM, Body::from_stream(pieces)).await;
    unsaid.refused(413, "/problems/too-large");
}

#[db_test]
async fn a_session_s_form_without_its_token_is_not_done_and_keeps_what_was_written(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let headers = [("accept", "text/html"), ("content-type", FORM), ("referer", "http://qige.example/me")];
    let refused = rider.send(Method::POST, "/sign-out", &headers, "_csrf=guess".into()).await;
    refused.refused(403, "页面打开太久");
    rider.get("/me").await.ok();
    let foreign = [("accept", "text/html"), ("content-type", FORM), ("origin", "https://evil.example")];
    rider.send(Method::POST, "/sign-out", &foreign, "".into()).await.refused(403, "来自别的网站");
    rider.get("/me").await.ok();
}

#[db_test]
async fn a_program_with_a_token_needs_no_page(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let program = app.token(&rider).await;
    let me = program.get_json("/me").await.ok().json();
    assert_eq!(me["roles"][0]["role"], "rider");
    let language = serde_json::json!({"language": "en"});
    let done = program.post_json("/me/language", &language).await;
    assert_eq!(done.status, 204, "{}", done.body);
    let mut wrong = app.stranger();
    wrong.bearer = Some("qt_AAAA".to_owned());
    wrong.get_json("/sign-in").await.refused(401, "sign-in-first");
    wrong.bearer = rider.cookie("qige");
    wrong.get_json("/me").await.refused(401, "sign-in-first");
}
