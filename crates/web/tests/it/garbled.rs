//! Requests with some of their bytes wrong: forms, multipart, JSON, uploads, queries, cookies and headers.

use std::time::{Duration, Instant};

use http::{HeaderValue, Method, Uri};
use qige_db::Engine;
use qige_db::testing::TestDb;
use qige_fuzz::{seconds, without_end};
use qige_identity::{Role, Scope};

use crate::actors::{Actor, TestApp};
use crate::rider_world::Phone;

/// A request that is in order but for what is put in the place of `{}`.
struct Kind {
    method: Method,
    path: &'static str,
    content: &'static str,
    seeds: &'static [&'static str],
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const MULTIPART: &str = "multipart/form-data; boundary=q";

fn kinds() -> Vec<Kind> {
    let post = |path, content, seeds| Kind { method: Method::POST, path, content, seeds };
    let get = |path, seeds| Kind { method: Method::GET, path, content: "", seeds };
    vec![
        post(
            "/report",
            FORM,
            &[concat!(
                "words=%E4%BA%95%E7%9B%96&matter=matter-06-012&lng=118.752&lat=34.542&datum=wgs84",
                "&photos=a&photos=b"
            )],
        ),
        post(
            "/report",
            JSON,
            &[r#"{"words":"井盖","matter":"matter-06-012","lng":118.7,"lat":34.5,"photos":[],"joins":null}"#],
        ),
        post(
            "/report",
            MULTIPART,
            &[concat!(
                "--q\r\nContent-Disposition: form-data; name=\"words\"\r\n\r\n井盖\r\n",
                "--q\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n",
                "Content-Type: image/jpeg\r\n\r\n\u{fffd}\r\n--q--\r\n"
            )],
        ),
        post("/sign-in", FORM, &["account=zuoxi&password=x&next=%2Fcases"]),
        post(
            "/sign-in/passkey",
            JSON,
            &[concat!(
                r#"{"handle":"Zmlyc3Q","client_data":"e30","authenticator":"BQAAAAE","#,
                r#""signature":"AAAA","next":"/"}"#
            )],
        ),
        post("/sync/records", JSON, &[include_str!("../../../fuzz/seeds/outbox.json")]),
        post(
            "/cases/selection",
            FORM,
            &["command=comment&words=a&cases=019a0000-0000-7000-8000-000000000001"],
        ),
        get(
            "/cases?{}",
            &[concat!(
                "q=%E4%BA%95&state=filed&community=019a0000-0000-7000-8000-000000000001",
                "&from=2026-11-01&cursor=0.019a"
            )],
        ),
        get("/cases/map?{}", &["bbox=118.7,34.5,118.8,34.6&zoom=12"]),
        get("/follow/{}", &["7K3M-9QXA-2BTV"]),
        get("/map?{}", &["month=2026-08&community=320722001001"]),
        get("/evaluation?{}", &["period=month&month=2026-08&by=unit&class=matter-06"]),
        get("/tiles/{}", &["town.pmtiles", "12/3400/1600.pbf"]),
        get("/assets/{}", &["app.js", "../Cargo.toml"]),
    ]
}

/// As a browser would write it into an address: what cannot stand there is given by its number.
fn in_address(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte);
    bytes
        .iter()
        .map(|&byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

async fn send(by: &Actor, kind: &Kind, bytes: Vec<u8>) -> Option<u16> {
    if kind.method == Method::GET {
        let path = kind.path.replace("{}", &in_address(&bytes));
        path.parse::<Uri>().ok()?;
        return Some(by.get(&path).await.status.as_u16());
    }
    let csrf = by.csrf().await;
    let headers = [("accept", JSON), ("content-type", kind.content), ("x-csrf-token", csrf.as_str())];
    Some(by.send(Method::POST, kind.path, &headers, bytes.into()).await.status.as_u16())
}

#[tokio::test]
async fn whatever_is_sent_is_answered() {
    let db = TestDb::fresh(Engine::Sqlite).await.unwrap();
    let app = TestApp::new(&db).await;
    let dispatcher = app.person(Role::Dispatcher, Scope::Tenant).await;
    let phone = Phone::of(&app, None).await;
    let mut kinds: Vec<_> = kinds()
        .into_iter()
        .map(|kind| {
            let seeds = kind.seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
            (kind, without_end(seeds))
        })
        .collect();
    let (until, mut tried) = (Instant::now() + Duration::from_secs(seconds()), 0_u64);
    while Instant::now() < until {
        for (kind, texts) in &mut kinds {
            let bytes = texts.next().unwrap();
            app.clock.advance(2 * qige_kernel::Timestamp::SECOND);
            let by = if kind.path.starts_with("/sync/") { &phone.actor } else { &dispatcher };
            let status = send(by, kind, bytes.clone()).await;
            let shown = String::from_utf8_lossy(&bytes);
            assert!(
                status.is_none_or(|status| status < 500),
                "{} {}: {status:?} for {shown:?}",
                kind.method,
                kind.path
            );
            tried += u64::from(status.is_some());
        }
    }
    println!("{tried} requests in {} s", seconds());
}

#[tokio::test]
async fn whatever_stands_in_a_header_is_answered() {
    let db = TestDb::fresh(Engine::Sqlite).await.unwrap();
    let app = TestApp::new(&db).await;
    let seeds: &[(&'static str, &str)] = &[
        ("cookie", "qige=01.019a0000-0000-7000-8000-000000000001.abc; look=dark"),
        ("authorization", "Bearer qige_019a0000"),
        ("accept-language", "zh-CN,zh;q=0.9,en;q=0.8"),
        ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
        ("idempotency-key", "\"019a0000-0000-7000-8000-000000000001\""),
        ("x-forwarded-for", "203.0.113.7, 10.0.0.1"),
        ("forwarded", "for=\"[2001:db8::1]:4711\";proto=https"),
        ("range", "bytes=0-99,200-"),
        ("if-none-match", "W/\"abc\", \"def\""),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ];
    let mut all: Vec<_> =
        seeds.iter().map(|(name, seed)| (*name, without_end(vec![seed.as_bytes().to_vec()]))).collect();
    let (until, mut tried) = (Instant::now() + Duration::from_secs(seconds()), 0_u64);
    while Instant::now() < until {
        for (name, texts) in &mut all {
            let bytes = texts.next().unwrap();
            // What is no header at all never gets past the server's own reader.
            let Some(text) =
                HeaderValue::from_bytes(&bytes).ok().and_then(|value| value.to_str().map(str::to_owned).ok())
            else {
                continue;
            };
            app.clock.advance(2 * qige_kernel::Timestamp::SECOND);
            let answer =
                app.stranger().send(Method::GET, "/report", &[(*name, text.as_str())], "".into()).await;
            assert!(answer.status.as_u16() < 500, "{name}: {text:?} gives {}", answer.status);
            tried += 1;
        }
    }
    println!("{tried} headers in {} s", seconds());
}
