//! Real grids of Hangzhou's Xihu District and the real border of Donghai County, sent as a person sends them.

use std::collections::BTreeMap;

use qige_db::testing::TestDb;
use qige_db::{Asker, db_test};
use qige_identity::{Role, Scope};
use qige_kernel::PlaceId;
use qige_places::divisions::{self, SeedDivisions};
use qige_places::{Edit, PlaceKind, store};
use serde_json::Value;

use crate::actors::{Actor, TestApp};

/// Sends a file and says where its preview is.
async fn sent(admin: &Actor, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> String {
    admin.get("/admin/places/import").await.ok();
    let answer = admin.post_files("/admin/places/import", fields, &[("file", name, bytes)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").to_owned()
}

async fn seen(admin: &Actor, preview: &str) -> Value {
    admin.get_json(preview).await.ok().json()
}

/// Applies what is seen now.
async fn apply(admin: &Actor, preview: &str) -> crate::actors::Answer {
    let fingerprint = seen(admin, preview).await["fingerprint"].as_str().unwrap().to_owned();
    admin.get(preview).await.ok();
    admin.post(&format!("{preview}/apply"), &[("fingerprint", &fingerprint)]).await
}

/// The grids by code, with their ids.
async fn grids(app: &TestApp) -> BTreeMap<String, PlaceId> {
    let us = Asker::system(app.tenant);
    let found =
        app.app.db.read(us, |tx| Box::pin(async move { Ok(store::list(tx, PlaceKind::Grid).await?) })).await;
    found.unwrap().into_iter().map(|place| (place.code, place.id)).collect()
}

#[db_test]
async fn a_districts_grids_come_in_once_what_is_wrong_with_nine_is_decided(db: TestDb) {
    let Some(bytes) = qige_open_data::bytes("grids-xihu/xihu_wangge_605.geojson") else { return };
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let name = "xihu_wangge_605.geojson";
    let preview = sent(&admin, name, &bytes, &[("datum", "wgs84")]).await;
    let json = seen(&admin, &preview).await;
    assert_eq!((json["counts"]["added"].as_u64(), json["counts"]["faulty"].as_u64()), (Some(596), Some(9)));
    let page = admin.get(&preview).await.ok();
    assert!(page.main().contains("有 9 个要素有错误"), "{}", page.main());
    assert!(!page.body.contains("name=\"fingerprint\""), "nothing can be applied yet");
    apply(&admin, &preview).await.refused(422, "有 9 个要素有错误");
    assert_eq!(grids(&app).await.len(), 0, "nothing is half imported");
    let decide = format!("{preview}/decide");
    admin.post(&decide, &[("datum", "wgs84"), ("faulty", "leave-out")]).await.see(&preview);
    apply(&admin, &preview).await.see("/admin/places");
    let before = grids(&app).await;
    assert_eq!(before.len(), 596);
    // The same file later, with codes made for the nine: the others keep what they are.
    let later = sent(&admin, name, &bytes, &[("datum", "wgs84"), ("codes", "make")]).await;
    let counts = seen(&admin, &later).await["counts"].clone();
    assert_eq!((counts["added"].as_u64(), counts["unchanged"].as_u64()), (Some(9), Some(596)), "{counts}");
    apply(&admin, &later).await.see("/admin/places");
    let after = grids(&app).await;
    assert_eq!(after.len(), 605);
    assert!(before.iter().all(|(code, id)| after.get(code) == Some(id)), "a code keeps its id");
    assert!(admin.get("/admin/places?q=金乐社区").await.ok().main().contains("金乐社区第一网格"));
}

#[db_test]
async fn communities_with_a_broken_one_among_them_are_told_apart_in_words(db: TestDb) {
    let Some(bytes) = qige_open_data::bytes("grids-xihu/xihu_shequ_213.geojson") else { return };
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let fields = [("datum", "wgs84"), ("layer", "communities")];
    let preview = sent(&admin, "xihu_shequ_213.geojson", &bytes, &fields).await;
    let page = admin.get(&preview).await.ok().main();
    assert!(page.contains("紫科社区") && page.contains("坐标层级与类型不符，已修正"), "{page}");
    assert!(page.contains("不符合要求"), "codes of grids are no codes of communities:\n{page}");
    apply(&admin, &preview).await.refused(422, "个要素有错误");
}

#[db_test]
async fn the_countys_border_comes_in_and_says_what_it_cannot_tell_of_cells_within(db: TestDb) {
    let (Some(fence), Some(county)) = (
        qige_open_data::bytes("donghai/county-fence-gcj02.json"),
        qige_open_data::bytes("donghai/320722.json"),
    ) else {
        return;
    };
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let rows = divisions::read(divisions::DONGHAI).unwrap();
    let edit = Edit::new(app.app.now(), "tenant-admin", &app.app.entropy);
    app.write(SeedDivisions::new(rows, edit, &app.app.entropy)).await;
    let fields = [("datum", "gcj02"), ("layer", "county")];
    let preview = sent(&admin, "county-fence-gcj02.json", &fence, &fields).await;
    let json = seen(&admin, &preview).await;
    assert_eq!((json["counts"]["added"].as_u64(), json["counts"]["changed"].as_u64()), (Some(0), Some(1)));
    assert_eq!(json["changed"][0]["redrawn"], true);
    apply(&admin, &preview).await.see("/admin/places");
    let county: Value = serde_json::from_slice(&county).unwrap();
    let cells = county["cells"].to_string();
    let preview = sent(&admin, "格网.geojson", cells.as_bytes(), &[("codes", "make")]).await;
    let page = admin.get(&preview).await.ok().main();
    assert!(page.contains("无法判断坐标系"), "{page}");
    apply(&admin, &preview).await.refused(422, "文件整体有问题");
    admin.post(&format!("{preview}/decide"), &[("datum", "wgs84"), ("codes", "make")]).await.see(&preview);
    apply(&admin, &preview).await.see("/admin/places");
    assert_eq!(grids(&app).await.len(), 169);
}
