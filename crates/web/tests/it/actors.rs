//! People at their browsers. A page's test is a few lines:
//!
//! ```ignore
//! #[db_test]
//! async fn a_dispatcher_sees_the_queue(db: TestDb) {
//!     let app = TestApp::new(&db).await;
//!     let dispatcher = app.person(Role::Dispatcher, Scope::Tenant).await;
//!     let page = dispatcher.get("/cases").await;
//!     insta::assert_snapshot!(page.text());                       // what a person reads
//!     // As a form, with the page's token.
//!     let done = dispatcher.post("/cases/…/file", &[("matter", "matter-06-010")]).await;
//!     done.see("/cases/…");                                       // sent on to there
//!     let json = dispatcher.get_json("/cases").await.json();      // the other face
//!     app.stranger().get("/cases").await.asks_to_sign_in();
//! }
//! ```

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use qige_app::{App, KeySource, Settings};
use qige_db::testing::TestDb;
use qige_db::{Asker, Cell, Command, Failure, FromColumn, Tx};
use qige_identity::{
    AddPerson, CreateTenant, CredentialKind, FOUR_EYES, FourEyes, Grant, GrantRole, IssueToken, MasterKeys,
    NewPerson, PasswordHash, Role, Scope, Secret, Stamp, TenantFacts, set_setting,
};
use qige_kernel::{Entropy, ManualClock, PersonId, TenantId, Timestamp};
use qige_web::{Routes, State};
use serde_json::Value;
use tower::ServiceExt;

/// What everybody's password is.
pub(crate) const PASSWORD: &str = "a quiet street in spring";
/// Its hash, with the least that Argon2id takes: a comparison costs what the hash says, and everybody signs
/// in.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$b2YgdGhlIHRlc3RzIDAxNw$tvlWzh7svYuI8girjhKNWFK2BJXuRxxEFviWQ9WDnDw";
/// The host of the first subdistrict.
pub(crate) const HOST: &str = "qige.example";

/// The whole product over a test's database.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) state: State,
    pub(crate) clock: ManualClock,
    pub(crate) tenant: TenantId,
    /// The name under which its people open it.
    host: String,
    router: Router,
}

/// When tests happen: a Wednesday, 10:00 in Donghai.
pub(crate) fn start() -> Timestamp {
    "2026-09-23T02:00:00Z".parse().unwrap()
}

impl TestApp {
    /// A subdistrict that has been set up (it has somebody), and nothing else.
    pub(crate) async fn new(db: &TestDb) -> Self {
        Self::with(db, |_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn with(db: &TestDb, change: impl FnOnce(&mut Settings)) -> Self {
        let app = Self::bare(db, change).await;
        app.create_tenant(app.tenant, "main", "牛山街道", Some(HOST)).await;
        app.need_two_for(FourEyes::NONE).await;
        app.state.look_whether_set_up().await.unwrap();
        app.person(Role::Auditor, Scope::Tenant).await;
        assert!(app.state.look_whether_set_up().await.unwrap());
        app
    }

    /// Nothing at all yet, with other settings.
    pub(crate) async fn bare(db: &TestDb, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::standard(PathBuf::from(db.folder()));
        settings.dev = true;
        settings.master_keys = KeySource::Given(MasterKeys::draw("tests", &Entropy::seeded(3)));
        settings.public_url = format!("http://{HOST}");
        change(&mut settings);
        let (clock, entropy) = (ManualClock::at(start()), Entropy::seeded(7));
        let app = App::over((**db).clone(), settings, Arc::new(clock.clone()), entropy).unwrap();
        let state = State::new(app.clone());
        let router = qige_web::router(&state);
        Self { tenant: app.entropy.id(start()), host: HOST.to_owned(), app, state, clock, router }
    }

    /// Another subdistrict of the same server, as its own people meet it.
    pub(crate) async fn another(&self) -> Self {
        let other = Self {
            app: self.app.clone(),
            state: self.state.clone(),
            clock: self.clock.clone(),
            tenant: self.app.entropy.id(self.app.now()),
            host: "other.example".to_owned(),
            router: self.router.clone(),
        };
        other.create_tenant(other.tenant, "other", "石榴街道", Some(&other.host)).await;
        other.need_two_for(FourEyes::NONE).await;
        other
    }

    pub(crate) async fn create_tenant(&self, id: TenantId, slug: &str, name: &str, host: Option<&str>) {
        let facts = TenantFacts {
            name: name.parse().unwrap(),
            code: Some("320722001".to_owned()),
            zone: "Asia/Shanghai".to_owned(),
            locale: "zh-Hans".to_owned(),
            host: host.map(str::to_owned),
        };
        let command = CreateTenant { id, slug: slug.to_owned(), facts, stamp: self.stamp() };
        self.app.db.write(Asker::system(id), command).await.unwrap();
    }

    /// For what two people are needed: for nothing where a test does not say so, since it is about what one
    /// does. Decided as if before the journal began.
    pub(crate) async fn need_two_for(&self, rule: FourEyes) {
        self.app.db.write(Asker::system(self.tenant), Decided(rule, self.app.now())).await.unwrap();
    }

    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::new(self.app.now(), None, &self.app.entropy)
    }

    /// The same product with these endpoints alone.
    pub(crate) fn with_routes(mut self, routes: &Routes) -> Self {
        self.router = qige_web::router_of(&self.state, routes);
        self
    }

    /// The same person at this product.
    pub(crate) fn again(&self, mut actor: Actor) -> Actor {
        actor.router = self.router.clone();
        actor
    }

    /// A command of the product's own, past every page.
    pub(crate) async fn write<C: Command>(&self, command: C) -> C::Output {
        self.app.db.write(Asker::system(self.tenant), command).await.unwrap()
    }

    /// Somebody with one role, signed in.
    pub(crate) async fn person(&self, role: Role, scope: Scope) -> Actor {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{role}{number}");
        let id: PersonId = self.app.entropy.id(self.app.now());
        let system = Asker::system(self.tenant);
        let person = NewPerson {
            id,
            name: name.parse().unwrap(),
            sign_in_name: Some(name.parse().unwrap()),
            phone: None,
            password: Some(PasswordHash::from_cell(Cell::Text(PASSWORD_HASH)).unwrap()),
            locale: None,
        };
        let add = AddPerson { person, stamp: self.stamp() };
        self.app.db.write(system, add).await.unwrap();
        let grant =
            Grant { id: self.app.entropy.id(self.app.now()), role, scope, from: self.app.now(), until: None };
        self.app.db.write(system, GrantRole { person: id, grant, stamp: self.stamp() }).await.unwrap();
        self.state.look_whether_set_up().await.unwrap();
        let mut actor = self.stranger();
        (actor.id, actor.account) = (Some(id), name.clone());
        actor.sign_in(&name, PASSWORD).await.see("/");
        actor
    }

    /// The same person as a program with a token.
    pub(crate) async fn token(&self, of: &Actor) -> Actor {
        let secret = Secret::draw(CredentialKind::Token, &self.app.entropy);
        let command = IssueToken {
            id: self.app.entropy.id(self.app.now()),
            person: of.id.unwrap(),
            digest: secret.digest(),
            label: "test".to_owned(),
            expires_at: self.app.now().plus(Timestamp::DAY),
            stamp: self.stamp(),
        };
        self.write(command).await;
        let mut actor = self.stranger();
        actor.bearer = Some(secret.to_string());
        actor
    }

    /// Somebody without an account, with a browser of their own.
    pub(crate) fn stranger(&self) -> Actor {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
        Actor {
            router: self.router.clone(),
            id: None,
            account: String::new(),
            host: self.host.clone(),
            language: "zh-CN".to_owned(),
            bearer: None,
            // Each has an address of their own, so that one's many tries do not hold up the others.
            address: std::net::Ipv4Addr::from(0x0a00_0000 + u32::try_from(number).unwrap()).into(),
            cookies: Mutex::default(),
            page: Mutex::default(),
        }
    }
}

struct Decided(FourEyes, Timestamp);

impl Command for Decided {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(set_setting(tx, FOUR_EYES, &self.0, self.1).await?)
    }
}

/// Somebody at a browser, or a program.
pub(crate) struct Actor {
    pub(crate) id: Option<PersonId>,
    /// What they sign in by.
    pub(crate) account: String,
    pub(crate) host: String,
    pub(crate) language: String,
    pub(crate) bearer: Option<String>,
    pub(crate) address: std::net::IpAddr,
    router: Router,
    cookies: Mutex<Vec<(String, String)>>,
    /// The page looked at last: where its forms come from.
    page: Mutex<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
    asked: String,
}

impl Actor {
    pub(crate) async fn sign_in(&self, account: &str, password: &str) -> Answer {
        self.get("/sign-in").await;
        self.post("/sign-in", &[("account", account), ("password", password)]).await
    }

    /// Looks at a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        *self.page.lock().unwrap() = path.to_owned();
        self.send(Method::GET, path, &[("accept", "text/html,*/*;q=0.8")], Body::empty()).await
    }

    /// Asks for a page's other face.
    pub(crate) async fn get_json(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("accept", "application/json")], Body::empty()).await
    }

    /// Sends a form from the page looked at last, with the token that a form of that page carries.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf().await;
        let pairs = fields.iter().copied().chain([("_csrf", csrf.as_str())]);
        let body: Vec<String> =
            pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let page = format!("http://{}{}", self.host, self.page.lock().unwrap());
        let headers = [
            ("accept", "text/html"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("referer", page.as_str()),
        ];
        self.send(Method::POST, path, &headers, body.join("&").into()).await
    }

    /// Sends JSON, as a script of a page does (with the session's token) or a program.
    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let csrf = self.csrf().await;
        let headers =
            [("accept", "application/json"), ("content-type", "application/json"), ("x-csrf-token", &csrf)];
        self.send(Method::POST, path, &headers, body.to_string().into()).await
    }

    /// Sends a form with files: name, file name, bytes.
    pub(crate) async fn post_files(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let csrf = self.csrf().await;
        let mut body = Vec::new();
        for (name, value) in fields.iter().copied().chain([("_csrf", csrf.as_str())]) {
            let head =
                format!("--qige\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (name, file, bytes) in files {
            let head = format!(
                "--qige\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--qige--\r\n");
        let page = format!("http://{}{}", self.host, self.page.lock().unwrap());
        let headers = [
            ("accept", "text/html"),
            ("content-type", "multipart/form-data; boundary=qige"),
            ("referer", page.as_str()),
        ];
        self.send(Method::POST, path, &headers, body.into()).await
    }

    /// Sends anything.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::ACCEPT_LANGUAGE, &self.language);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if let Some(bearer) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        } else if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::new(self.address, 40_000)));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(line.to_str().unwrap());
        }
        // Events never end; who wants to hear them asks the router itself.
        let endless = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if endless { Body::empty() } else { body };
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body, bytes, asked: path.to_owned() }
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Puts a cookie into the browser.
    pub(crate) fn keep(&self, line: &str) {
        let (pair, rest) = line.split_once(';').unwrap_or((line, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        cookies.retain(|(known, _)| known != name);
        if !rest.contains("Max-Age=0") {
            cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(crate) async fn csrf(&self) -> String {
        if self.bearer.is_some() || self.cookie("qige").is_none() {
            return String::new();
        }
        // Open also to whoever owes the second step.
        let page = self.send(Method::GET, "/me/second-step", &[("accept", "text/html")], Body::empty()).await;
        let found = page.body.split_once("data-csrf=\"").and_then(|(_, rest)| rest.split_once('"'));
        found.map(|(token, _)| token.to_owned()).unwrap_or_default()
    }
}

impl Answer {
    /// What a person reads: the page without its tags, one line a block.
    pub(crate) fn text(&self) -> String {
        text_of(&self.body)
    }

    /// What a person reads between the header and the footer.
    pub(crate) fn main(&self) -> String {
        let main = self.body.split_once("<main").map_or(self.body.as_str(), |(_, rest)| rest);
        let main = main.split_once('>').map_or(main, |(_, rest)| rest);
        text_of(main.split_once("</main>").map_or(main, |(main, _)| main))
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", self.asked, self.body))
    }

    /// The header's text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The answer is a page.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{}: {}", self.asked, self.body);
        self
    }

    /// The browser is sent on to `path`.
    #[track_caller]
    pub(crate) fn see(self, path: &str) -> Self {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}: {}", self.asked, self.text());
        assert_eq!(self.header("location"), path);
        self
    }

    /// It is refused with this status, and the page or problem says so with these words in it.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, words: &str) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.body);
        let said = if self.body.starts_with('{') { self.body.clone() } else { self.text() };
        assert!(said.contains(words), "{words:?} is not in:\n{said}");
        self
    }

    /// A browser is sent to sign in; a program is told 401.
    #[track_caller]
    pub(crate) fn asks_to_sign_in(&self) {
        let sent = self.status == StatusCode::SEE_OTHER && self.header("location").starts_with("/sign-in");
        assert!(sent || self.status == StatusCode::UNAUTHORIZED, "{}: {}", self.asked, self.status);
    }
}

/// Tags off; blocks on lines of their own; scripts, templates and hidden parts away.
pub(crate) fn text_of(html: &str) -> String {
    let mut rest = html;
    let mut text = String::new();
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, after)) = tag.split_once('>') else { break };
        rest = after;
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let hidden = tag.split_whitespace().any(|attribute| attribute == "hidden") && name != "input";
        let silent = ["script", "style", "template", "svg", "title"].contains(&name.as_str());
        if (silent || hidden) && !tag.starts_with('/') {
            rest = rest.split_once(&format!("</{name}>")).map_or("", |(_, after)| after);
        }
        let inline =
            ["a", "span", "strong", "small", "time", "b", "em", "kbd", "code", "label", "button", "option"];
        if name == "input" && tag.contains("value=\"") && !tag.contains("type=\"hidden\"") {
            let value =
                tag.split_once("value=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap_or_default().0;
            text.push_str(&format!("[{value}]"));
        }
        text.push(if inline.contains(&name.as_str()) { ' ' } else { '\n' });
    }
    text.push_str(rest);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    let text = text.replace("&amp;", "&");
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
