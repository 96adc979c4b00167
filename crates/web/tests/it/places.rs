//! Grids come in from files: looked at first, applied whole, by those who may.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};

use crate::actors::{Actor, Answer, TestApp};

/// Two neighbouring grids, as a grid office would send them, the second without a closed ring.
const GRIDS: &str = r#"{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"code":"320722001001001","name":"牛山社区第一网格"},
  "geometry":{"type":"Polygon","coordinates":[
  [[118.75,34.53],[118.76,34.53],[118.76,34.54],[118.75,34.54],[118.75,34.53]]]}},
 {"type":"Feature","properties":{"code":"320722001001002","name":"牛山社区第二网格"},
  "geometry":{"type":"Polygon","coordinates":[
  [[118.76,34.53],[118.77,34.53],[118.77,34.54],[118.76,34.54]]]}}]}"#;

async fn send(admin: &Actor, name: &str, bytes: &[u8], datum: &str) -> Answer {
    admin.get("/admin/places/import").await.ok();
    admin.post_files("/admin/places/import", &[("datum", datum)], &[("file", name, bytes)]).await
}

/// Sends a file and says where its preview is.
async fn looked_at(admin: &Actor, bytes: &[u8]) -> String {
    let sent = send(admin, "网格.geojson", bytes, "wgs84").await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    sent.header("location").to_owned()
}

#[db_test]
async fn what_would_change_is_shown_and_then_done_whole(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    admin.get("/admin/places").await.ok();
    let preview = looked_at(&admin, GRIDS.as_bytes()).await;
    let page = admin.get(&preview).await.ok();
    assert!(page.main().contains("新增 2 个"), "{}", page.main());
    assert!(page.main().contains("有 1 个环没有闭合，已闭合"), "{}", page.main());
    assert!(page.body.contains("&quot;change&quot;:&quot;added&quot;"), "the map is on the page");
    let seen = admin.get_json(&preview).await.ok().json();
    let fingerprint = seen["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(seen["counts"]["added"], 2);
    let apply = format!("{preview}/apply");
    admin.post(&apply, &[("fingerprint", "another")]).await.refused(409, "请重新预览");
    admin.post(&apply, &[("fingerprint", &fingerprint)]).await.see("/admin/places");
    assert!(admin.get("/admin/places?q=第二网格").await.ok().main().contains("320722001001002"));
    // The file is gone with it, and the same file again changes nothing.
    admin.get(&preview).await.refused(404, "请重新上传");
    let again = looked_at(&admin, GRIDS.as_bytes()).await;
    assert_eq!(admin.get_json(&again).await.ok().json()["changes"], false);
    admin.post(&format!("{again}/drop"), &[]).await.see("/admin/places");
}

#[db_test]
async fn a_preview_that_is_stale_is_not_applied(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let first = looked_at(&admin, GRIDS.as_bytes()).await;
    let second = looked_at(&admin, GRIDS.as_bytes()).await;
    let print = |json: serde_json::Value| json["fingerprint"].as_str().unwrap().to_owned();
    let (one, other) =
        (print(admin.get_json(&first).await.json()), print(admin.get_json(&second).await.json()));
    admin.post(&format!("{first}/apply"), &[("fingerprint", &one)]).await.see("/admin/places");
    admin.post(&format!("{second}/apply"), &[("fingerprint", &other)]).await.refused(409, "请重新预览");
}

#[db_test]
async fn what_cannot_be_a_map_is_refused_in_words(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    for (name, bytes, words) in [
        ("空.geojson", &b""[..], "没有任何网格"),
        ("表.xlsx", b"PK\x03\x04not a zip", "ZIP"),
        ("坏.geojson", b"{\"type\": \"FeatureCollection\", ", "不是完整的 GeoJSON"),
    ] {
        let answer = send(&admin, name, bytes, "").await;
        assert!((400..500).contains(&answer.status.as_u16()), "{name}: {}", answer.status);
        let text = answer.text();
        assert!(text.contains(words) || text.contains("文件"), "{name}: {text}");
    }
    let metres = GRIDS.replace("118.7", "40508123.").replace("34.5", "3823456.");
    let preview = looked_at(&admin, metres.as_bytes()).await;
    let text = admin.get(&preview).await.text();
    assert!(text.contains("请先转换为经纬度"), "{text}");
}

#[db_test]
async fn only_those_who_may_bring_places_in(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let preview = looked_at(&admin, GRIDS.as_bytes()).await;
    let colleague = app.person(Role::TenantAdmin, Scope::Tenant).await;
    colleague.get(&preview).await.refused(404, "请重新上传");
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    assert_eq!(rider.get(&preview).await.status, 403);
    app.stranger().get(&preview).await.asks_to_sign_in();
}

#[db_test]
async fn the_columns_of_a_file_are_shown_and_others_can_be_chosen(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let strange = GRIDS.replace("\"code\"", "\"分区号\"").replace("\"name\"", "\"XM\"");
    let preview = looked_at(&admin, strange.as_bytes()).await;
    let page = admin.get(&preview).await.ok();
    assert!(page.main().contains("没有找到常见列名"), "{}", page.main());
    assert!(page.main().contains("320722001001001"), "an example of what each says:\n{}", page.main());
    let seen = admin.get_json(&preview).await.ok().json();
    assert_eq!(seen["columns"]["all"], serde_json::json!(["XM", "分区号"]));
    assert_eq!((seen["counts"]["added"].as_u64(), seen["ready"].as_bool()), (Some(0), Some(false)));
    let decide = format!("{preview}/decide");
    let chosen = [("layer", "grids"), ("datum", "wgs84"), ("code_column", "分区号"), ("name_column", "XM")];
    admin.post(&decide, &chosen).await.see(&preview);
    let page = admin.get(&preview).await.ok();
    assert!(page.body.contains("<option value=\"分区号\" selected>"), "{}", page.main());
    // Deciding something else leaves the columns as they were chosen.
    assert!(page.body.contains("<input type=\"hidden\" name=\"code_column\" value=\"分区号\">"));
    let seen = admin.get_json(&preview).await.ok().json();
    assert_eq!((seen["counts"]["added"].as_u64(), seen["ready"].as_bool()), (Some(2), Some(true)));
    assert_eq!(seen["added"][0]["name"], "牛山社区第一网格");
    // What is found by itself is said as well.
    let usual = looked_at(&admin, GRIDS.as_bytes()).await;
    assert!(admin.get(&usual).await.ok().main().contains("自动：code"));
}
