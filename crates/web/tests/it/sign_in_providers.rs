//! Signing in by another service, with a service of the test's own that can say anything.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Form, State as AxumState};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, Method, StatusCode};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::actors::{Actor, HOST, PASSWORD, TestApp, start};

const CLIENT: &str = "qige client";
const SECRET: &str = "s:e c%r/t";

/// What the service does out of the ordinary.
#[derive(Clone, Debug, Default)]
struct Says {
    subject: String,
    /// Put into the token, in the place of what belongs there.
    instead: Vec<(&'static str, Value)>,
    /// Put into what it says beside the token.
    beside: Vec<(&'static str, Value)>,
    /// What its head says of how it is signed.
    algorithm: Option<&'static str>,
    /// Signed by a key of somebody else.
    forged: bool,
    /// Says of itself to be somebody else.
    issuer: Option<&'static str>,
    nonce: String,
    challenge: String,
}

#[derive(Clone)]
struct Service {
    address: String,
    says: Arc<Mutex<Says>>,
}

impl Service {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let service = Self { address, says: Arc::default() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .route("/me", get(me))
            .with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        service
    }

    fn says(&self, change: impl FnOnce(&mut Says)) {
        let mut says = self.says.lock().unwrap();
        *says = Says { subject: "somebody".to_owned(), ..Says::default() };
        change(&mut says);
    }

    /// What a browser that was sent here comes back with.
    fn comes_back(&self, sent: &str) -> String {
        let value = |name: &str| {
            let (_, query) = sent.split_once('?').unwrap();
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
            pair.to_owned()
        };
        assert!(sent.starts_with(&format!("{}/auth?", self.address)), "{sent}");
        assert_eq!(
            (value("response_type").as_str(), value("code_challenge_method").as_str()),
            ("code", "S256")
        );
        assert_eq!(value("redirect_uri"), format!("http%3A%2F%2F{HOST}%2Fsign-in%2Fwith%2Ftown%2Fback"));
        assert_eq!(value("scope"), "openid%20phone");
        let mut says = self.says.lock().unwrap();
        (says.nonce, says.challenge) = (value("nonce"), value("code_challenge"));
        format!("/sign-in/with/town/back?code=once&state={}", value("state"))
    }
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

async fn configuration(AxumState(service): AxumState<Service>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", service.address);
    let issuer = service.says.lock().unwrap().issuer.map_or(service.address.clone(), str::to_owned);
    Json(json!({
        "issuer": issuer, "authorization_endpoint": at("/auth"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "userinfo_endpoint": at("/me"),
    }))
}

async fn keys() -> Json<Value> {
    let x = URL_SAFE_NO_PAD.encode(key(1).public_key().as_ref());
    Json(json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "one", "use": "sig", "x": x }] }))
}

async fn token(
    AxumState(service): AxumState<Service>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Json<Value>, StatusCode> {
    let says = service.says.lock().unwrap().clone();
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let basic = STANDARD.encode("qige%20client:s%3Ae%20c%25r%2Ft");
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let verifier = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier").unwrap_or_default()));
    if shown != format!("Basic {basic}") || field("code") != Some("once") || verifier != says.challenge {
        return Err(StatusCode::BAD_REQUEST);
    }
    let now = start().micros() / Timestamp::SECOND;
    let mut claims = json!({
        "iss": service.address, "aud": CLIENT, "sub": says.subject, "nonce": says.nonce, "iat": now,
        "exp": now + 300,
    });
    for (name, value) in says.instead {
        claims[name] = value;
    }
    let head = json!({ "alg": says.algorithm.unwrap_or("EdDSA"), "kid": "one" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&head), part(&claims));
    let signature = key(if says.forged { 2 } else { 1 }).sign(signed.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    Ok(Json(json!({ "id_token": token, "access_token": "a", "token_type": "Bearer" })))
}

async fn me(AxumState(service): AxumState<Service>, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    if headers.get("authorization").is_none_or(|value| value != "Bearer a") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let says = service.says.lock().unwrap().clone();
    let mut claims = json!({ "sub": says.subject });
    for (name, value) in says.beside {
        claims[name] = value;
    }
    Ok(Json(claims))
}

/// A town that lets people in by that service, whose numbers and names mean people here.
async fn town(db: &TestDb) -> (TestApp, Service) {
    let service = Service::open().await;
    let named = json!([{
        "name": "town", "issuer": service.address, "client_id": CLIENT, "client_secret": SECRET,
        "label_zh": "县统一身份认证", "label_en": "County sign-in", "scope": "phone",
        "phone_claim": "phone_number", "name_claim": "staff_number",
    }]);
    let named = named.to_string().parse().unwrap();
    let app = TestApp::bare(db, |settings| settings.providers = named).await;
    app.create_tenant(app.tenant, "main", "牛山街道", Some(HOST)).await;
    app.person(Role::Auditor, Scope::Tenant).await;
    (app, service)
}

/// Sends the browser off and lets it come back.
async fn there_and_back(actor: &Actor, service: &Service) -> crate::actors::Answer {
    let sent = actor.get("/sign-in/with/town?next=/notices").await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let back = service.comes_back(sent.header("location"));
    actor.get(&back).await
}

/// Links the service's account to the actor's.
async fn linked(actor: &Actor, service: &Service) {
    actor.get("/me/providers").await.ok();
    actor.post("/me/providers/town", &[("password", PASSWORD)]).await.see("/me/providers?go=town");
    let page = actor.get("/me/providers?go=town").await.ok();
    let sent = page.body.split("href=\"").find(|rest| rest.starts_with("http")).unwrap();
    let sent = sent.split_once('"').unwrap().0.replace("&amp;", "&").replace("&#x2f;", "/");
    actor.get(&service.comes_back(&sent)).await.see("/me/providers");
}

#[db_test]
async fn an_account_elsewhere_is_linked_opens_and_is_unlinked(db: TestDb) {
    let (app, service) = town(&db).await;
    let worker = app.person(Role::Dispatcher, Scope::Tenant).await;
    service.says(|_| {});
    let stranger = app.stranger();
    assert!(stranger.get("/sign-in").await.ok().text().contains("县统一身份认证"));
    there_and_back(&stranger, &service).await.refused(403, "没有对应的人");

    worker.get("/me/providers").await.ok();
    worker.post("/me/providers/town", &[("password", "not this one")]).await.refused(422, "不对");
    linked(&worker, &service).await;
    there_and_back(&stranger, &service).await.see("/notices");
    assert!(stranger.get("/me").await.ok().main().contains(&worker.account));

    // The same account opens nobody else's, and nobody has two of one service.
    let other = app.person(Role::Rider, Scope::Tenant).await;
    other.get("/me/providers").await.ok();
    other.post("/me/providers/town", &[("password", PASSWORD)]).await.see("/me/providers?go=town");
    let page = other.get("/me/providers?go=town").await.ok();
    let sent = page.body.split("href=\"").find(|rest| rest.starts_with("http")).unwrap();
    let sent = sent.split_once('"').unwrap().0.replace("&amp;", "&").replace("&#x2f;", "/");
    other.get(&service.comes_back(&sent)).await.refused(409, "已经绑定");

    let sure = [("password", PASSWORD)];
    worker.get("/me/providers").await.ok();
    worker.post("/me/providers/town/unlink", &[("password", "not this one")]).await.refused(422, "不对");
    worker.get("/me/providers").await.ok();
    worker.post("/me/providers/town/unlink", &sure).await.see("/me/providers");
    worker.get("/me/providers").await.ok();
    worker.post("/me/providers/town/unlink", &sure).await.refused(404, "没有这个绑定");
    there_and_back(&app.stranger(), &service).await.refused(403, "没有对应的人");
}

#[db_test]
async fn a_link_from_another_site_signs_nobody_in(db: TestDb) {
    let (app, service) = town(&db).await;
    let worker = app.person(Role::Dispatcher, Scope::Tenant).await;
    service.says(|_| {});
    linked(&worker, &service).await;
    let go = "/sign-in/with/town?next=/notices";
    let browser = app.stranger();
    for (name, from) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("referer", "https://evil.example/"),
    ] {
        let answer = browser.send(Method::GET, go, &[(name, from)], Body::empty()).await;
        answer.see("/sign-in?next=/notices");
        assert_eq!(browser.cookie("turn"), None, "nothing has begun");
    }
    let own = [("sec-fetch-site", "same-origin")];
    let sent = browser.send(Method::GET, go, &own, Body::empty()).await;
    browser.get(&service.comes_back(sent.header("location"))).await.see("/notices");
}

#[db_test]
async fn a_claim_that_was_made_sure_of_means_somebody(db: TestDb) {
    let (app, service) = town(&db).await;
    let worker = app.person(Role::Dispatcher, Scope::Tenant).await;
    let name = Value::from(worker.account.as_str());
    service.says(|says| says.beside = vec![("staff_number", name.clone())]);
    let browser = app.stranger();
    there_and_back(&browser, &service).await.see("/notices");
    assert!(browser.get("/me").await.ok().main().contains(&worker.account));
    // From then on it is linked: what it says of its name does not matter.
    service.says(|_| {});
    there_and_back(&app.stranger(), &service).await.see("/notices");
    // Another account there that says the same is not taken for the same person.
    service.says(|says| {
        says.subject = "another".to_owned();
        says.beside = vec![("staff_number", name)];
    });
    there_and_back(&app.stranger(), &service).await.refused(403, "没有对应的人");
    // A number that the service did not make sure of means nobody.
    service.says(|says| {
        says.subject = "third".to_owned();
        says.beside = vec![("phone_number", json!("13800001234")), ("phone_number_verified", json!(false))];
    });
    there_and_back(&app.stranger(), &service).await.refused(403, "没有对应的人");
}

#[db_test]
async fn what_is_not_the_services_own_word_is_not_believed(db: TestDb) {
    let (app, service) = town(&db).await;
    let worker = app.person(Role::Dispatcher, Scope::Tenant).await;
    service.says(|_| {});
    linked(&worker, &service).await;
    let now = start().micros() / Timestamp::SECOND;
    let odd: Vec<Box<dyn Fn(&mut Says)>> = vec![
        Box::new(|says| says.forged = true),
        Box::new(|says| says.algorithm = Some("none")),
        Box::new(|says| says.algorithm = Some("HS256")),
        Box::new(|says| says.algorithm = Some("RS256")),
        Box::new(|says| says.instead = vec![("iss", json!("https://elsewhere.example"))]),
        Box::new(|says| says.instead = vec![("aud", json!("another client"))]),
        Box::new(|says| says.instead = vec![("aud", json!([CLIENT, "another"]))]),
        Box::new(|says| says.instead = vec![("azp", json!("another client"))]),
        Box::new(|says| says.instead = vec![("nonce", json!("another turn"))]),
        Box::new(move |says| says.instead = vec![("exp", json!(now - 120))]),
        Box::new(move |says| says.instead = vec![("iat", json!(now + 120))]),
        Box::new(move |says| says.instead = vec![("iat", json!(now - 3_600))]),
        Box::new(move |says| says.instead = vec![("nbf", json!(now + 120))]),
        Box::new(|says| says.instead = vec![("sub", json!(""))]),
        Box::new(|says| says.instead = vec![("sub", json!(7))]),
        Box::new(|says| says.beside = vec![("sub", json!("somebody else"))]),
    ];
    for (turn, change) in odd.iter().enumerate() {
        service.says(|says| change(says));
        let browser = app.stranger();
        let back = there_and_back(&browser, &service).await;
        assert_eq!(back.status, 503, "{turn}: {}", back.text());
        assert!(back.text().contains("对方无法确认"), "{turn}");
        browser.get("/me").await.asks_to_sign_in();
    }
    service.says(|says| says.instead = vec![("aud", json!([CLIENT])), ("azp", json!(CLIENT))]);
    there_and_back(&app.stranger(), &service).await.see("/notices");
}

#[db_test]
async fn nobody_comes_back_who_was_not_sent(db: TestDb) {
    let (app, service) = town(&db).await;
    let worker = app.person(Role::Dispatcher, Scope::Tenant).await;
    service.says(|_| {});
    linked(&worker, &service).await;
    let (one, two) = (app.stranger(), app.stranger());
    let sent = one.get("/sign-in/with/town").await;
    let back = service.comes_back(sent.header("location"));
    // Another browser, a state of another turn, and once more.
    two.get(&back).await.refused(410, "重新开始");
    two.get("/sign-in/with/town").await;
    two.get(&back).await.refused(410, "重新开始");
    one.get("/sign-in/with/town/back?code=once&state=x").await.refused(410, "重新开始");
    one.get("/sign-in/with/town/back?code=once").await.refused(410, "重新开始");
    one.get(&back).await.see("/");
    one.get(&back).await.refused(410, "重新开始");
    // Whoever turns back is told so.
    let sent = two.get("/sign-in/with/town").await;
    let back = service.comes_back(sent.header("location")).replace("code=once", "error=access_denied");
    two.get(&back).await.see("/sign-in");
    two.get("/sign-in/with/nobody").await.refused(404, "");
    // A turn that was begun to sign in links nothing, whoever is signed in meanwhile.
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    rider.get("/sign-in/with/town").await;
    assert!(!rider.get("/me/providers?go=town").await.ok().body.contains("href=\"http://127"));
}

#[db_test]
async fn a_service_that_fails_is_said_to(db: TestDb) {
    let (app, service) = town(&db).await;
    service.says(|says| says.issuer = Some("https://elsewhere.example"));
    app.stranger().get("/sign-in/with/town").await.refused(503, "对方无法确认");
    service.says(|_| {});
    let browser = app.stranger();
    let sent = browser.get("/sign-in/with/town").await;
    let back = service.comes_back(sent.header("location"));
    service.says(|_| {});
    browser.get(&back).await.refused(503, "对方无法确认");
}
