//! The base map: what pages are told of it, whom they may ask, and the archive by ranges.

use axum::body::Body;
use http::Method;
use qige_app::{BaseMap, Ground};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};

use crate::actors::{Actor, Answer, HOST, TestApp};

const TILES: &str = "https://tiles.example/{z}/{x}/{y}.png?key=a&size=1";

async fn app_on(db: &TestDb, ground: Ground, attribution: Option<&str>) -> TestApp {
    let base_map = BaseMap { ground, attribution: attribution.map(str::to_owned) };
    let app = TestApp::bare(db, |settings| settings.base_map = base_map).await;
    app.create_tenant(app.tenant, "main", "牛山街道", Some(HOST)).await;
    app
}

/// What both maps are told: of the pin on the report page, and of the centre's queue.
async fn maps(app: &TestApp) -> [Answer; 2] {
    let dispatcher = app.person(Role::Dispatcher, Scope::Tenant).await;
    [app.stranger().get("/report").await.ok(), dispatcher.get("/cases").await.ok()]
}

#[db_test]
async fn without_a_word_about_it_nothing_outside_is_named(db: TestDb) {
    let app = app_on(&db, Ground::Plain, None).await;
    for page in maps(&app).await {
        assert!(page.body.contains("data-grids="), "there is a map");
        for attribute in ["data-tile-template", "data-pmtiles", "data-attribution"] {
            assert!(!page.body.contains(attribute), "{attribute}");
        }
        assert!(page.header("content-security-policy").contains("connect-src 'self';"));
        assert!(page.header("content-security-policy").contains("img-src 'self' data: blob:;"));
    }
    app.stranger().get("/tiles/town.pmtiles").await.refused(404, "没有这个页面");
}

#[db_test]
async fn tiles_of_one_host_are_named_thanked_and_let_in(db: TestDb) {
    let app = app_on(&db, BaseMap::tiles(TILES).unwrap(), Some("© \"天地图\" & 牛山")).await;
    for page in maps(&app).await {
        let named = "data-tile-template=\"https://tiles.example/{z}/{x}/{y}.png?key=a&amp;size=1\"";
        assert!(page.body.replace("&#x2f;", "/").contains(named), "{}", page.body);
        assert!(page.body.contains("data-attribution=\"© &quot;天地图&quot; &amp; 牛山\""));
        assert!(!page.body.contains("data-pmtiles"));
        let policy = page.header("content-security-policy");
        assert!(policy.contains("connect-src 'self' https://tiles.example;"), "{policy}");
        assert!(policy.contains("img-src 'self' data: blob: https://tiles.example;"), "{policy}");
        assert_eq!(policy.matches("tiles.example").count(), 2, "{policy}");
    }
}

#[db_test]
async fn an_archive_elsewhere_is_let_in_and_one_of_ours_needs_nobody(db: TestDb) {
    let far = BaseMap::archive("https://maps.example:8443/niushan.pmtiles").unwrap();
    for page in maps(&app_on(&db, far, None).await).await {
        assert!(
            page.body
                .replace("&#x2f;", "/")
                .contains("data-pmtiles=\"https://maps.example:8443/niushan.pmtiles\"")
        );
        assert!(
            page.header("content-security-policy").contains("connect-src 'self' https://maps.example:8443;")
        );
    }
    let near = app_on(&db, Ground::Archive(db.folder().join("secret-name.pmtiles")), None).await;
    let page = near.stranger().get("/report").await.ok();
    assert!(page.body.replace("&#x2f;", "/").contains("data-pmtiles=\"/tiles/town.pmtiles\""));
    assert!(!page.body.contains("secret-name"));
    assert!(page.header("content-security-policy").contains("connect-src 'self';"));
    near.stranger().get("/tiles/town.pmtiles").await.refused(404, "没有这个页面");
}

async fn ask(browser: &Actor, headers: &[(&str, &str)]) -> Answer {
    browser.send(Method::GET, "/tiles/town.pmtiles", headers, Body::empty()).await
}

#[db_test]
async fn the_archive_comes_by_ranges(db: TestDb) {
    let path = db.folder().join("town.pmtiles");
    // More than is read at once, and not a multiple of it.
    let bytes: Vec<u8> = (0..200_001_u32).flat_map(|n| n.to_be_bytes().into_iter().skip(3)).collect();
    std::fs::write(&path, &bytes).unwrap();
    let app = app_on(&db, Ground::Archive(path.clone()), None).await;
    let browser = app.stranger();

    let whole = ask(&browser, &[("accept-encoding", "gzip")]).await.ok();
    assert!(whole.bytes == bytes, "as it lies there");
    assert_eq!((whole.header("accept-ranges"), whole.header("content-encoding")), ("bytes", ""));
    assert_eq!(whole.header("content-length"), "200001");
    let tag = whole.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");

    let part = ask(&browser, &[("range", "bytes=65530-131080"), ("if-range", &tag)]).await;
    assert_eq!((part.status.as_u16(), part.header("content-range")), (206, "bytes 65530-131080/200001"));
    assert!(part.bytes == bytes[65_530..=131_080]);
    assert_eq!((part.header("content-length"), part.header("etag")), ("65551", tag.as_str()));
    let end = ask(&browser, &[("range", "bytes=-7"), ("accept-encoding", "gzip")]).await;
    assert!(end.status == 206 && end.bytes == bytes[bytes.len() - 7..]);
    let beyond = ask(&browser, &[("range", "bytes=200001-")]).await;
    assert_eq!((beyond.status.as_u16(), beyond.header("content-range")), (416, "bytes */200001"));
    let head = browser.send(Method::HEAD, "/tiles/town.pmtiles", &[], Body::empty()).await.ok();
    assert!(head.bytes.is_empty() && head.header("content-length") == "200001");

    // The file was exchanged: its parts are not put to those of the old one.
    std::fs::write(&path, &bytes[1..]).unwrap();
    let other = ask(&browser, &[("range", "bytes=0-9"), ("if-range", &tag)]).await.ok();
    assert!(other.bytes == bytes[1..] && other.header("etag") != tag);
    for _ in 0..400 {
        let part = ask(&browser, &[("range", "bytes=0-9")]).await;
        assert_eq!(part.status, 206, "a whole office looks at the map from one address");
    }
}
