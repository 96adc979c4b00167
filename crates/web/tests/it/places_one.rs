//! One place by hand: added, renamed, moved, merged, switched off and on, by those who may.

use qige_db::db_test;
use qige_db::journal::{self, Stream};
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::json;

use crate::actors::TestApp;
use crate::centre_world::Town;

#[db_test]
async fn a_community_is_added_after_set_up_and_wrong_codes_are_refused_in_words(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    admin.get("/admin/places").await.ok();
    let key = "019a0000-0000-7000-8000-0000000000ab";
    let new = [("code", " 320722001203 "), ("name", "南湖村"), ("_key", key)];
    let path = format!("/admin/places/{key}");
    admin.post("/admin/places", &new).await.see(&path);
    admin.get("/admin/places").await.ok();
    admin.post("/admin/places", &new).await.see(&path);
    let page = admin.get(&path).await.ok().main();
    assert!(page.contains("南湖村") && page.contains("320722001203") && page.contains("添加"), "{page}");
    assert_eq!(admin.get_json(&path).await.json()["place"]["kind"], "village", "as its code says");
    admin.get("/admin/places").await.ok();
    for (code, name, words) in [
        ("3207220012", "南湖二村", "编码 3207220012 不符合要求"),
        ("320722001001", "南湖二村", "320722001001 已经是“晶都社区”的编码"),
        ("320722001204", "晶都社区", "已被 320722001001 使用"),
        ("320722001204", " ", "请填写"),
    ] {
        let fields = [("code", code), ("name", name)];
        let refused = admin.post("/admin/places", &fields).await;
        assert!(refused.status == 409 || refused.status == 422, "{words}: {}", refused.status);
        assert!(refused.text().contains(words), "{words}:\n{}", refused.text());
        assert!(refused.body.contains(&format!("value=\"{code}\"")), "what was typed is kept");
    }
    for who in [&town.rider, &town.supervisor, &town.dispatcher] {
        who.get("/admin/places").await.ok();
        let fields = [("code", "320722001204"), ("name", "南湖二村")];
        who.post("/admin/places", &fields).await.refused(403, "");
    }
}

#[db_test]
async fn a_place_is_renamed_and_moved_and_stays_switched_off(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let path = format!("/admin/places/{}", town.west_grid);
    let page = admin.get(&path).await.ok();
    assert!(page.body.contains("data-shape=") && page.main().contains("晶都社区"), "{}", page.main());
    admin.post(&format!("{path}/off"), &[("reason", " ")]).await.refused(422, "请写明原因");
    admin.get(&path).await.ok();
    admin.post(&format!("{path}/off"), &[("reason", "划给东边")]).await.see(&path);
    let east = town.east.to_string();
    admin.get(&path).await.ok();
    admin.post(&path, &[("name", "东二网格"), ("parent", &east)]).await.see(&path);
    let seen = admin.get_json(&path).await.ok().json();
    assert_eq!(
        (seen["place"]["name"].as_str(), seen["place"]["active"].as_bool()),
        (Some("东二网格"), Some(false))
    );
    assert_eq!(seen["parent"]["name"], "利民社区");
    assert_eq!(seen["managed"]["history"][1]["reason"], "划给东边");
    let list = admin.get("/admin/places?off=true").await.ok().main();
    assert!(list.contains("东二网格") && !list.contains("第二网格"), "{list}");
    admin.get(&path).await.ok();
    admin.post(&format!("{path}/on"), &[("reason", "还是要用")]).await.see(&path);
    assert_eq!(admin.get_json(&path).await.json()["place"]["active"], true);
    // A grid lies in a community, never in a grid; what is sent all the same is refused at its field.
    let itself = town.west_grid.to_string();
    admin.get(&path).await.ok();
    let refused = admin.post(&path, &[("name", "东二网格"), ("parent", &itself)]).await;
    assert!(refused.refused(422, "不能包含它").body.contains("f-parent-error"));
    admin.get("/admin/places/019a0000-0000-7000-8000-0000000000ff").await.refused(404, "没有这个地点");
}

#[db_test]
async fn what_is_in_use_says_so_before_it_is_switched_off_or_merged(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    town.filed().await;
    let path = format!("/admin/places/{}", town.west);
    let page = admin.get(&path).await.ok();
    assert!(page.main().contains("这里有 1 件未结案卷"), "{}", page.main());
    assert!(page.main().contains("有 1 人的角色只在这个范围"), "{}", page.main());
    let grid = admin.get(&format!("/admin/places/{}", town.west_grid)).await.ok().main();
    assert!(grid.contains("这里有 1 件未结案卷") && !grid.contains("角色只在"), "{grid}");
    let east = town.east.to_string();
    admin.get(&path).await.ok();
    let merge = [("reason", "两个社区合并"), ("into", east.as_str())];
    admin.post(&format!("{path}/off"), &merge).await.see(&path);
    let page = admin.get(&path).await.ok().main();
    assert!(
        page.contains("已并入利民社区，2 个网格等转了过去，1 个角色") && page.contains("已停用"),
        "{page}"
    );
    let into = admin.get_json(&format!("/admin/places/{east}")).await.ok().json();
    assert_eq!(into["within_count"], 3);
    // New reports follow, also where word of the change comes late.
    town.app.clock.advance(10 * Timestamp::SECOND);
    let report = town.reported().await;
    assert_eq!(town.case(&report).await["community"], json!(town.east));
    // Who only reads places learns nothing of cases or of people.
    let read = town.rider.get_json(&path).await.ok().json();
    assert!(read["managed"].is_null(), "{read}");
    for action in ["", "/off", "/on"] {
        let tried = town.supervisor.post(&format!("{path}{action}"), &[("reason", "x"), ("name", "x")]).await;
        tried.refused(403, "");
    }
}

#[db_test]
async fn a_long_list_is_read_page_by_page_in_both_languages(db: TestDb) {
    let app = TestApp::new(&db).await;
    let mut admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    for number in 0..51 {
        let new = json!({"code": format!("3207220011{number:02}"), "name": format!("社区 {number:02}")});
        assert_eq!(admin.post_json("/admin/places", &new).await.status, 201);
    }
    let first = admin.get_json("/admin/places").await.ok().json();
    assert_eq!(first["places"].as_array().unwrap().len(), 50);
    let next = first["next"].as_str().unwrap().to_owned();
    let second = admin.get_json(&next).await.ok().json();
    assert_eq!((second["places"][0]["name"].as_str(), second["next"].as_str()), (Some("社区 50"), None));
    assert_eq!(second["first"], "/admin/places");
    assert!(admin.get("/admin/places?kind=grid").await.ok().main().contains("没有找到"));
    admin.language = "en".to_owned();
    let page = admin.get(&next).await.ok().main();
    assert!(page.contains("社区 50") && page.contains("Add a community or village"), "{page}");
}

#[db_test]
async fn a_station_is_added_where_its_coordinates_say(db: TestDb) {
    let town = Town::new(&db).await;
    let mut admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    assert!(admin.get("/admin/places").await.ok().body.contains("href=\"/admin/places/spots\""));
    let page = admin.get("/admin/places/spots").await.ok();
    assert!(page.main().contains("添加驿站或场所") && page.main().contains("利民社区"), "{}", page.main());
    let key = "019a0000-0000-7000-8000-0000000000ac";
    let path = format!("/admin/places/{key}");
    // As Amap shows the point 118.752, 34.542.
    let new = [
        ("kind", "station"),
        ("name", "晶暖驿站"),
        ("coordinates", "34.54089814, 118.75746731"),
        ("datum", "gcj02"),
        ("_key", key),
    ];
    admin.post("/admin/places/spots", &new).await.see(&path);
    admin.get("/admin/places/spots").await.ok();
    admin.post("/admin/places/spots", &new).await.see(&path);
    let said = admin.get_json(&path).await.ok().json();
    assert_eq!((&said["place"]["kind"], &said["place"]["code"]), (&json!("station"), &json!("YZ-001")));
    assert_eq!(said["parent"]["id"], json!(town.west), "by the point");
    assert!((said["spot"]["lng"].as_f64().unwrap() - 118.752).abs() < 1e-6, "{said}");
    let page = admin.get(&path).await.ok();
    assert!(page.main().contains("118.752, 34.542") && page.body.contains("data-marker=\"118.75"));
    assert!(admin.get("/admin/places?kind=station").await.ok().main().contains("晶暖驿站"));

    // It moves: by coordinates of another map's datum, and not at all where none are given.
    let west = town.west.to_string();
    let moved = [
        ("name", "晶暖驿站"),
        ("parent", west.as_str()),
        ("coordinates", "118.75746731,34.54089814"),
        ("datum", "gcj02"),
    ];
    for (coordinates, words) in [("118.752", "新坐标：坐标读不懂"), ("200,34", "新坐标：坐标不在地球上")]
    {
        admin.get(&path).await.ok();
        let wrong = [("name", "晶暖驿站"), ("parent", &*west), ("coordinates", coordinates)];
        admin.post(&path, &wrong).await.refused(422, words);
    }
    admin.get(&path).await.ok();
    admin
        .post(&path, &[("name", "晶暖驿站"), ("parent", &west), ("coordinates", "118.76,34.545")])
        .await
        .see(&path);
    let spot = admin.get_json(&path).await.ok().json()["spot"].clone();
    assert_eq!((&spot["lng"], &spot["lat"]), (&json!(118.76), &json!(34.545)));
    admin.get(&path).await.ok();
    admin.post(&path, &moved).await.see(&path);
    admin.get(&path).await.ok();
    admin.post(&path, &[("name", "晶暖驿站"), ("parent", &west)]).await.see(&path);
    let spot = admin.get_json(&path).await.ok().json()["spot"].clone();
    assert!((spot["lng"].as_f64().unwrap() - 118.752).abs() < 1e-6, "{spot}");
    let area = json!({"name": "晶都社区", "coordinates": "118.76,34.545"});
    let refused = admin.post_json(&format!("/admin/places/{}", town.west), &area).await;
    refused.refused(422, "这里是一片区域");

    for (name, coordinates, within, status, words) in [
        ("晶暖驿站", "118.752,34.542", "", 409, "名称“晶暖驿站”已被 YZ-001 使用"),
        ("二号驿站", "118.752", "", 422, "坐标读不懂"),
        ("二号驿站", "200,34.542", "", 422, "坐标不在地球上"),
        ("二号驿站", "118.2,34.1", "", 422, "这个位置不在任何网格里"),
        (" ", "118.752,34.542", "", 422, "请填写"),
    ] {
        admin.get("/admin/places/spots").await.ok();
        let fields = [
            ("kind", "station"),
            ("name", name),
            ("coordinates", coordinates),
            ("datum", "wgs84"),
            ("within", within),
        ];
        let refused = admin.post("/admin/places/spots", &fields).await.refused(status, words);
        assert!(refused.body.contains(&format!("value=\"{coordinates}\"")), "what was typed is kept");
    }
    let east = town.east.to_string();
    let venue = json!({"kind": "venue", "name": "党群服务中心", "coordinates": "118.2,34.1", "within": east});
    assert_eq!(admin.post_json("/admin/places/spots", &venue).await.status, 201, "where it was said");
    let odd = json!({"kind": "grid", "name": "x", "coordinates": "118.752,34.542"});
    assert_eq!(admin.post_json("/admin/places/spots", &odd).await.status, 422);
    for who in [&town.rider, &town.supervisor, &town.dispatcher] {
        who.get("/admin/places/spots").await.refused(403, "");
        who.post_json("/admin/places/spots", &venue).await.refused(403, "");
        assert!(!who.get("/admin/places").await.ok().body.contains("/admin/places/spots"));
    }
    admin.language = "en".to_owned();
    assert!(admin.get("/admin/places/spots").await.ok().main().contains("Add a station or venue"));
}

#[db_test]
async fn open_cases_and_roles_follow_a_merge(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let (open, dispatched, ended) = (town.filed().await, town.dispatched().await, town.reported().await);
    town.give(&town.supervisor, &ended, "void", &json!({"reason": "试填的"})).await.ok();
    let before = town.case(&open).await;
    let path = format!("/admin/places/{}", town.west);
    admin.get(&path).await.ok();
    let east = town.east.to_string();
    admin.post(&format!("{path}/off"), &[("reason", "两个社区合并"), ("into", &east)]).await.see(&path);
    // Taken by a server that has not heard of it yet.
    let late = town.reported().await;
    let worker = qige_app::worker(&town.app.app);
    worker.run_until_idle().await.unwrap();
    town.app.clock.advance(2 * Timestamp::MINUTE);
    worker.run_until_idle().await.unwrap();
    worker.run_until_idle().await.unwrap();
    for case in [&open, &dispatched, &late] {
        assert_eq!(town.case(case).await["community"], json!(town.east));
    }
    assert_eq!(town.case(&ended).await["community"], json!(town.west), "what has ended stays where it was");
    let after = town.case(&open).await;
    for fact in ["state", "grid", "position", "matter", "number", "due_at", "accuracy_metres"] {
        assert_eq!(after[fact], before[fact], "{fact}");
    }
    let version = |case: &serde_json::Value| case["version"].as_i64().unwrap();
    assert_eq!(version(&after), version(&before) + 1, "once");
    let case: uuid::Uuid = open.parse().unwrap();
    let lines = town.app.app.db.read(qige_db::Asker::system(town.app.tenant), move |tx| {
        Box::pin(async move { Ok(journal::read(tx, Stream::new("case", case)).await?) })
    });
    let last = lines.await.unwrap().pop().unwrap();
    assert_eq!((last.command.as_str(), last.role.as_str(), last.actor), ("correct", "rule", None));
    assert!(last.body().to_string().contains("两个社区合并"), "{}", last.body());
    // Whoever worked in the one community works in both.
    let me = town.worker.get("/me").await.ok().main();
    assert!(me.contains("利民社区") && !me.contains("晶都社区"), "{me}");
    let page = admin.get_json(&path).await.ok().json();
    assert_eq!((&page["managed"]["open_cases"], &page["managed"]["people"]), (&json!(0), &json!(0)));
    // No way back into one that is switched off.
    let (west, east_path) = (town.west.to_string(), format!("/admin/places/{east}"));
    admin.get(&east_path).await.ok();
    let back = [("reason", "分开"), ("into", west.as_str())];
    admin.post(&format!("{east_path}/off"), &back).await.refused(422, "只能并入");
}
