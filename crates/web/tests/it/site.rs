//! Headers, errors, limits, files: what holds for every page.

use axum::body::Body;
use http::Method;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;

use crate::actors::TestApp;

#[db_test]
async fn every_answer_carries_the_headers_that_protect(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    for path in ["/sign-in", "/nowhere", "/assets/nothing.js", "/healthz", "/openapi.json"] {
        let answer = stranger.get(path).await;
        assert!(answer.header("content-security-policy").starts_with("default-src 'self';"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=(self)"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: not without HTTPS");
        assert!(!answer.header("x-request-id").is_empty());
    }
    let page = stranger.get("/sign-in").await;
    assert!(page.header("vary").contains("Accept"));
    assert_eq!(page.header("content-language"), "zh-Hans");
    assert!(!page.body.contains(" style=") && !page.body.contains("onclick"), "the policy would stop it");
}

#[db_test]
async fn behind_a_proxy_with_https_cookies_and_headers_are_stricter(db: TestDb) {
    let app = TestApp::bare(&db, |settings| settings.trusted_hops = 1).await;
    app.create_tenant(app.tenant, "main", "牛山街道", None).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let stranger = app.stranger();
    let body = format!("account={}&password={}", rider.account, crate::actors::PASSWORD.replace(' ', "+"));
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-forwarded-proto", "https"),
    ];
    let answer = stranger.send(Method::POST, "/sign-in", &headers, body.into()).await.see("/");
    assert!(answer.header("set-cookie").starts_with("__Host-qige=qs_"), "{:?}", answer.headers);
    assert!(answer.header("set-cookie").ends_with("; Secure"));
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[db_test]
async fn what_is_not_there_says_so_in_the_reader_s_language(db: TestDb) {
    let app = TestApp::new(&db).await;
    let mut stranger = app.stranger();
    stranger.get("/nowhere").await.refused(404, "没有这个页面");
    stranger.language = "en-GB,en;q=0.9".to_owned();
    stranger.get("/nowhere").await.refused(404, "There is no such page");
    let problem = stranger.get_json("/nowhere").await.refused(404, "/problems/not-found").json();
    assert_eq!(problem["title"], "There is no such page");
    let refused = stranger.send(Method::DELETE, "/sign-in", &[], Body::empty()).await;
    assert_eq!(refused.header("allow"), "GET, POST, HEAD");
    refused.refused(405, "does not take that method");
    stranger.get("/problems/sign-in-wrong").await.ok();
    stranger.get("/problems/nothing").await.refused(404, "");
    stranger.get("/me/credentials/7/end").await.refused(405, "");
}

#[db_test]
async fn who_asks_too_often_waits(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    let mut answers = 0;
    let refused = loop {
        let answer = stranger.get("/sign-in").await;
        if answer.status == 429 {
            break answer;
        }
        answers += 1;
        assert!(answers <= 300, "there is no end");
    };
    assert_eq!(refused.header("retry-after"), "1");
    refused.refused(429, "操作太频繁了");
    stranger.get("/healthz").await.ok();
    app.stranger().get("/sign-in").await.ok();
    app.clock.advance(Timestamp::SECOND);
    stranger.get("/sign-in").await.ok();
}

#[db_test]
async fn the_api_describes_every_endpoint(db: TestDb) {
    let app = TestApp::new(&db).await;
    let description = app.stranger().get_json("/openapi.json").await.ok().json();
    assert_eq!(description["openapi"], "3.1.0");
    for endpoint in qige_web::endpoints() {
        let path = endpoint.path.replace("{*", "{");
        let operation = &description["paths"][&path][endpoint.method.as_str().to_ascii_lowercase()];
        assert_eq!(operation["summary"], endpoint.summary, "{path}");
    }
    let account = &description["components"]["schemas"]["SignIn"]["properties"]["account"];
    assert_eq!(account["type"], "string", "{description}");
    let text = description.to_string();
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(description["components"]["schemas"][name].is_object(), "{name} is nowhere");
    }
}

#[db_test]
async fn health_figures_and_the_workshop_are_there_when_they_should_be(db: TestDb) {
    let app = TestApp::new(&db).await;
    let stranger = app.stranger();
    stranger.get("/healthz").await.ok();
    assert_eq!(stranger.get_json("/readyz").await.ok().json()["ready"], true);
    stranger.get("/metrics").await.refused(404, "");
    stranger.get("/dev/components").await.ok();
    let plain = TestApp::bare(&db, |settings| (settings.dev, settings.metrics) = (false, true)).await;
    plain.state.look_whether_set_up().await.unwrap();
    let stranger = plain.stranger();
    stranger.get("/dev/components").await.refused(404, "没有这个页面");
    let figures = stranger.get("/metrics").await.ok().body;
    let line = "qige_request_seconds_count{method=\"GET\",path=\"/dev/components\",status=\"404\"} 1";
    assert!(figures.contains(line), "{figures}");
}

#[db_test]
async fn changes_are_told_to_those_who_may_hear_them(db: TestDb) {
    use futures_util::StreamExt;
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let mut heard = Vec::new();
    for listener in [&admin, &rider] {
        let cookie = format!("qige={}", listener.cookie("qige").unwrap());
        let request = http::Request::get("/live?topics=person,case").header("cookie", cookie);
        let request = request.header("host", crate::actors::HOST).body(Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(qige_web::router(&app.state), request).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        heard.push(answer.into_body().into_data_stream());
    }
    app.person(Role::Rider, Scope::Tenant).await;
    let first = heard[0].next().await.unwrap().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    assert!(first.contains("event: change") && first.contains("\"topic\":\"person\""), "{first}");
    let nothing = tokio::time::timeout(std::time::Duration::from_millis(200), heard[1].next()).await;
    assert!(nothing.is_err(), "a rider hears nothing of people");
}
