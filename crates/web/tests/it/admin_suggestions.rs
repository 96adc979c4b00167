//! What is learnt from filed cases, what it suggests, and how an administrator goes back on it.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::Actor;
use crate::centre_world::Town;

/// What people here call a locker for meals, which is in no catalogue.
const LOCAL: &str = "晶暖格子打不开";
const LOCKER: &str = "matter-01-075";

/// A hundred filed cases of seven riders: each says both, and five are needed.
async fn with_filed_cases(town: &Town) {
    let mut riders = Vec::new();
    for _ in 0..7 {
        riders.push(town.app.person(Role::Rider, Scope::Tenant).await);
    }
    for (at, rider) in riders.iter().cycle().take(100).enumerate() {
        let (words, matter) =
            if at % 2 == 0 { (LOCAL, LOCKER) } else { ("垃圾堆到路上了", "matter-06-010") };
        // By turns in different places, so that nothing resembles what comes later.
        let said = json!({"words": words, "matter": matter, "lng": 118.782 + 0.0001 * at as f64});
        let case = town.reported_as(rider, &said).await;
        town.give(&town.dispatcher, &case, "file", &json!({"matter": matter})).await.ok();
    }
}

async fn work(town: &Town) {
    let worker = qige_app::worker(&town.app.app);
    worker.run_until_idle().await.unwrap();
    // What was held is believed for some seconds where nothing was heard.
    town.app.clock.advance(90 * Timestamp::SECOND);
    worker.run_until_idle().await.unwrap();
}

async fn learn(town: &Town, admin: &Actor) -> Value {
    town.later();
    admin.post_json("/admin/suggestions/learn", &json!({})).await.ok();
    work(town).await;
    admin.get_json("/admin/suggestions?words=%E6%99%B6%E6%9A%96%E6%A0%BC%E5%AD%90").await.ok().json()
}

async fn suggested(town: &Town) -> Value {
    let path = "/report/suggest?lng=118.75&lat=34.54";
    town.rider.get_json(path).await.ok().json()["matters"].clone()
}

#[db_test]
async fn what_was_filed_here_is_learnt_used_by_a_rule_and_gone_back_on(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    town.dispatcher.get("/admin/suggestions").await.refused(403, "");
    let page = learn(&town, &admin).await;
    assert_eq!((&page["versions"], &page["in_use"]), (&json!([]), &Value::Null), "too few cases");
    with_filed_cases(&town).await;

    let page = learn(&town, &admin).await;
    assert_eq!((&page["versions"][0]["version"], &page["in_use"]), (&json!(1), &json!(1)), "{page}");
    assert_eq!(
        (&page["versions"][0]["cases"], &page["versions"][0]["quality"]["held_out"]),
        (&json!(100), &json!(10))
    );
    let first = &page["tried"]["found"][0];
    assert_eq!((&first["matter"], &first["because"]), (&json!(LOCKER), &json!(["晶暖格子"])));
    assert_eq!(learn(&town, &admin).await["versions"].as_array().unwrap().len(), 1, "nothing new to learn");
    let html = admin.get("/admin/suggestions").await.ok();
    assert!(html.text().contains("使用中"), "{}", html.text());

    // A rule files what nobody has named when it is sure enough, and says by which model.
    let rule = json!({"about": "any", "lead": town.roads, "files_when_sure": 60, "sample_percent": 0});
    let unsure = json!({"files_when_sure": 49, "about": "any", "lead": town.roads});
    town.supervisor.post_json("/routing", &unsure).await.refused(422, "50");
    town.supervisor.post_json("/routing", &rule).await.ok();
    let said = json!({"words": "垃圾堆到路上了", "matter": null});
    let case = town.reported_as(&town.rider, &said).await;
    let unclear =
        town.reported_as(&town.rider, &json!({"words": "这里", "matter": null, "lng": 118.745})).await;
    let help = json!({"words": "有位老人需要帮助", "matter": null, "lng": 118.748});
    let help = town.reported_as(&town.rider, &help).await;
    work(&town).await;
    let filed = town.case(&case).await;
    assert_eq!((&filed["state"], &filed["matter"]), (&json!("filed"), &json!("matter-06-010")), "{filed}");
    let life = filed["life"].as_array().unwrap();
    let guess = life.iter().find_map(|line| line["args"].get("guess").filter(|guess| !guess.is_null()));
    assert_eq!(guess.unwrap()["version"], 1);
    let page = town.dispatcher.get(&format!("/cases/{case}")).await.ok();
    assert!(page.text().contains("模型第 1 版"), "{}", page.text());
    let told = town.rider.get_json(&format!("/mine/{case}")).await.ok();
    assert!(told.json()["life"].as_array().unwrap().iter().all(|line| line["args"]["guess"].is_null()));
    for left in [&unclear, &help] {
        assert_eq!(town.case(left).await["state"], "reported");
    }

    // Corrected, it is another lesson; and what a person decides holds.
    town.give(&town.dispatcher, &case, "correct", &json!({"matter": LOCKER})).await.ok();
    let page = learn(&town, &admin).await;
    assert_eq!((&page["versions"][0]["version"], &page["versions"][0]["cases"]), (&json!(2), &json!(101)));
    town.later();
    admin.post_json("/admin/suggestions/model", &json!({"model": 9})).await.refused(404, "");
    admin.post_json("/admin/suggestions/model", &json!({"model": 1})).await.ok();
    let page = admin.get_json("/admin/suggestions").await.ok().json();
    assert_eq!((&page["in_use"], &page["suggesting"]["version"]), (&json!(1), &json!(1)));
    town.later();
    admin.post_json("/admin/suggestions/model", &json!({})).await.ok();
    assert_eq!(admin.get_json("/admin/suggestions").await.ok().json()["in_use"], 2);

    assert_eq!(suggested(&town).await.as_array().unwrap().len(), 3);
    town.later();
    admin.post_json("/admin/suggestions/source", &json!({"from": "off"})).await.ok();
    assert_eq!(suggested(&town).await, json!([]));
}
