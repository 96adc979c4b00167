//! The queue: its order, filters, counts, pages, map, and what is done from it.

use qige_cases::search::CatchUp;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::Actor;
use crate::centre_world::{Town, alike};

async fn ids(who: &Actor, query: &str) -> Vec<String> {
    let page = who.get_json(&format!("/cases?{query}")).await.ok().json();
    page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[db_test]
async fn what_will_be_late_first_stands_first_and_filters_live_in_the_address(db: TestDb) {
    let town = Town::new(&db).await;
    let (clerk, boss) = (&town.dispatcher, &town.supervisor);
    assert!(clerk.get("/cases").await.ok().text().contains("都办完了"));
    let old = town.reported().await;
    let filed = town.filed().await;
    let urgent = town.reported().await;
    let order = json!({"matter": "matter-06-010", "urgency": "critical"});
    town.give(clerk, &urgent, "file", &order).await.ok();
    let far = town
        .reported_as(&town.rider, &json!({"lng": 118.79, "words": "东边井盖没了", "matter": "matter-01-003"}))
        .await;
    let nowhere = town.reported_as(&town.rider, &json!({"lng": 110.0, "matter": null})).await;
    let all = ids(clerk, "").await;
    assert_eq!(all[0], urgent, "five minutes are over before any hour");
    assert_eq!(all.len(), 5);

    assert_eq!(ids(clerk, "state=filed").await, [urgent.clone(), filed.clone()], "{}", "state=filed");
    assert_eq!(
        ids(clerk, "state=filed&urgency=critical").await,
        std::slice::from_ref(&urgent),
        "{}",
        "state=filed&urgency=critical"
    );
    assert_eq!(ids(clerk, "state=filed&state=reported").await.len(), 5);
    assert_eq!(ids(clerk, "matter=matter-01").await, std::slice::from_ref(&far), "{}", "matter=matter-01");
    assert_eq!(
        ids(clerk, "matter=matter-06-010").await,
        std::slice::from_ref(&urgent),
        "{}",
        "matter=matter-06-010"
    );
    assert_eq!(
        ids(clerk, &format!("community={}", town.east)).await,
        std::slice::from_ref(&far),
        "{}",
        &format!("community={}", town.east)
    );
    assert_eq!(ids(clerk, &format!("grid={}", town.west_grid)).await.len(), 3);
    assert_eq!(ids(clerk, "unlocated=true").await, std::slice::from_ref(&nowhere), "{}", "unlocated=true");
    town.app.write(CatchUp { at: town.app.app.now() }).await;
    assert_eq!(
        ids(clerk, "q=%E4%BA%95%E7%9B%96").await,
        std::slice::from_ref(&far),
        "{}",
        "q=%E4%BA%95%E7%9B%96"
    );
    assert_eq!(ids(clerk, "hands=mine").await, [urgent.clone(), filed.clone()], "{}", "hands=mine");
    assert_eq!(ids(boss, "hands=mine").await, Vec::<String>::new());
    assert_eq!(ids(boss, "hands=nobody").await.len(), 3);
    assert_eq!(ids(clerk, "from=2026-09-24").await, Vec::<String>::new(), "{}", "from=2026-09-24");
    assert_eq!(ids(clerk, "from=2026-09-23&until=2026-09-23").await.len(), 5);
    assert_eq!(ids(clerk, "suspended=true").await, Vec::<String>::new(), "{}", "suspended=true");
    assert_eq!(ids(clerk, "verified=false").await.len(), 5);
    assert_eq!(ids(clerk, "order=newness").await[0], nowhere);
    assert_eq!(ids(clerk, "order=newness").await[4], old);
    town.give(boss, &filed, "supervise", &json!({"words": "今天办完"})).await.ok();
    assert_eq!(ids(clerk, "supervisors=true").await, std::slice::from_ref(&filed), "{}", "supervisors=true");
    town.app.clock.advance(9 * Timestamp::MINUTE);
    assert_eq!(ids(clerk, "tone=red").await, std::slice::from_ref(&urgent), "{}", "tone=red");
    clerk.get("/cases?from=yesterday").await.refused(422, "日期不对");
    clerk.get("/cases?state=lost").await.refused(422, "");
    clerk.get("/cases?after=x").await.refused(422, "从头看起");

    let page = clerk.get_json("/cases?state=filed&q=%E5%8D%A0%E9%81%93").await.ok().json();
    assert_eq!(page["query"], "state=filed&q=%E5%8D%A0%E9%81%93");
    let counts = clerk.get_json("/cases").await.ok().json()["counts"].clone();
    assert_eq!((&counts["total"], &counts["red"]), (&json!(5), &json!(1)));
    assert_eq!(counts["states"], json!({"reported": 3, "filed": 2}));
    let queue = clerk.get("/cases").await.main();
    insta::allow_duplicates! {
        insta::assert_snapshot!("queue", alike(&queue));
    }
    assert!(clerk.get("/cases?suspended=true").await.text().contains("没有符合条件的案卷"));
}

#[db_test]
async fn pages_follow_each_other_without_gap_or_repeat(db: TestDb) {
    let town = Town::new(&db).await;
    for _ in 0..65 {
        town.reported().await;
    }
    let mut seen = Vec::new();
    let mut next = Some("/cases?state=reported".to_owned());
    while let Some(address) = next {
        let page = town.dispatcher.get_json(&address).await.ok().json();
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["id"].to_string()));
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen.len(), 65);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 65);
    let page = town.dispatcher.get("/cases").await.ok();
    assert!(page.body.contains("rel=\"next\""));
}

#[db_test]
async fn a_community_s_dispatcher_sees_nothing_of_the_other(db: TestDb) {
    let town = Town::new(&db).await;
    let west = town.app.person(Role::Dispatcher, Scope::Community(town.west)).await;
    let east = town.app.person(Role::Dispatcher, Scope::Community(town.east)).await;
    let case = town.reported().await;
    assert_eq!(ids(&west, "").await, std::slice::from_ref(&case));
    assert_eq!(ids(&east, "").await, Vec::<String>::new());
    assert_eq!(east.get_json("/cases").await.json()["counts"]["total"], 0);
    let window = "bbox=118.7,34.5,118.8,34.6";
    let seen = |page: Value| page["features"].as_array().unwrap().len();
    assert_eq!(seen(west.get_json(&format!("/cases/map?{window}")).await.ok().json()), 1);
    assert_eq!(seen(east.get_json(&format!("/cases/map?{window}")).await.ok().json()), 0);
    east.get(&format!("/cases/{case}")).await.refused(404, "");
    west.get(&format!("/cases/{case}")).await.ok();
    let order = json!({"matter": "matter-06-012"});
    town.give(&east, &case, "file", &order).await.refused(404, "没有这个案卷");
    town.give(&west, &case, "file", &order).await.ok();
    town.rider.get("/cases").await.refused(403, "");
    town.handler.get(&format!("/cases/{case}")).await.refused(403, "");
    town.app.stranger().get("/cases").await.asks_to_sign_in();
}

#[db_test]
async fn the_map_shows_what_the_queue_shows(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.filed().await;
    town.reported().await;
    let bbox = "bbox=118.7,34.5,118.8,34.6";
    let all = town.dispatcher.get_json(&format!("/cases/map?{bbox}")).await.ok().json();
    assert_eq!((&all["total"], &all["clustered"]), (&json!(2), &json!(false)));
    let filed = town.dispatcher.get_json(&format!("/cases/map?state=filed&{bbox}")).await.ok().json();
    let feature = &filed["features"][0];
    assert_eq!(feature["properties"]["id"], json!(case));
    assert_eq!(feature["properties"]["url"], json!(format!("/cases/{case}")));
    assert!(feature["properties"]["title"].as_str().unwrap().contains("已立案"));
    let grids = town.dispatcher.get_json(&format!("/cases/grids?{bbox}")).await.ok().json();
    assert_eq!(grids["features"].as_array().unwrap().len(), 3);
    town.dispatcher.get_json("/cases/map").await.refused(422, "bbox");
    town.dispatcher.get_json("/cases/map?bbox=1,1,1,1").await.refused(422, "");
}

#[db_test]
async fn filed_from_the_queue_one_is_back_in_the_queue_and_can_take_it_back(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.reported().await;
    let clerk = &town.dispatcher;
    let queue = "/cases?state=reported&hands=nobody";
    let page = clerk.get(queue).await.ok();
    assert!(page.body.contains(&format!("/cases/{case}/file")) && page.body.contains("data-key=\"f\""));
    let form = [("version", "1"), ("pressed", "matter-06-012"), ("urgency", "normal")];
    clerk.post(&format!("/cases/{case}/file"), &form).await.see(queue);
    let page = clerk.get(queue).await.ok();
    assert!(page.body.contains(&format!("/cases/{case}/undo")), "{}", page.main());
    clerk.post(&format!("/cases/{case}/undo"), &[]).await.see(queue);
    assert_eq!(town.case(&case).await["state"], "reported");
    clerk.post(&format!("/cases/{case}/undo"), &[]).await.refused(409, "");
    // Too late, or somebody else's.
    clerk.post(&format!("/cases/{case}/file"), &[("pressed", "matter-06-012")]).await.see(queue);
    town.supervisor.post_json(&format!("/cases/{case}/undo"), &json!({})).await.refused(403, "");
    town.app.clock.advance(61 * Timestamp::SECOND);
    clerk.post(&format!("/cases/{case}/undo"), &[]).await.refused(409, "");
}

#[db_test]
async fn next_leads_through_the_queue(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let (first, second, third) = (town.reported().await, town.reported().await, town.reported().await);
    let rows = ids(clerk, "state=reported").await;
    assert_eq!(rows, [first.clone(), second.clone(), third.clone()]);
    let in_queue = |case: &str| format!("/cases/{case}?queue=state%3Dreported");
    clerk.get(&format!("{}&do=file", in_queue(&second))).await.ok();
    let form = [("matter", "matter-06-012"), ("then", "next")];
    clerk.post(&format!("/cases/{second}/file"), &form).await.see(&in_queue(&third));
    clerk.get(&in_queue(&third)).await.ok();
    clerk.post(&format!("/cases/{third}/file"), &form).await.see(&in_queue(&first));
    clerk.get(&in_queue(&first)).await.ok();
    clerk.post(&format!("/cases/{first}/comment"), &[("words", "记一笔")]).await.see(&in_queue(&first));
    clerk.get(&in_queue(&first)).await.ok();
    clerk.post(&format!("/cases/{first}/file"), &form).await.see("/cases?state=reported");
    clerk
        .get(&format!("/cases/{first}/next?queue=state%3Dfiled"))
        .await
        .see(&format!("/cases/{second}?queue=state%3Dfiled"));
}

#[db_test]
async fn several_are_done_at_once_and_each_says_what_came_of_it(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    let (one, other) = (town.reported().await, town.reported().await);
    let open = town.reported_as(&town.rider, &json!({"matter": null})).await;
    let three = format!("case={one}&case={other}&case={open}");
    let plan = clerk.get(&format!("/cases/selection?do=file&queue=state%3Dreported&{three}")).await.ok();
    assert!(plan.text().contains("3 件中可以办理 2 件"), "{}", plan.main());
    let ticked = format!("{one}:1");
    let form = [("do", "file"), ("case", ticked.as_str()), ("case", &open), ("queue", "state=reported")];
    let done = clerk.post("/cases/selection", &form).await.ok();
    assert!(done.text().contains("2 件中办好了 1 件") && done.text().contains("已立案。"), "{}", done.main());
    assert!(done.body.contains(&format!("action=\"/cases/{one}/undo\"")), "each can be taken back");
    assert_eq!(town.case(&other).await["state"], "reported", "what was not ticked stays");

    let stale = json!({"do": "file", "case": [format!("{other}:7")]});
    let stale = clerk.post_json("/cases/selection", &stale).await.ok().json();
    assert!(stale["lines"][0]["sentence"].as_str().unwrap().contains("先处理"), "{stale}");
    let into = json!({"do": "merge", "case": [one, other, open], "main": one});
    let merged = clerk.post_json("/cases/selection", &into).await.ok().json();
    assert_eq!(merged["count"], 2);
    assert_eq!(town.case(&one).await["reporters"], 3);
    let given = json!({"do": "dispatch", "case": [one], "lead": town.roads, "release": true});
    clerk.post_json("/cases/selection", &json!({"do": "dispatch", "case": [one]})).await.refused(422, "");
    assert_eq!(
        clerk.post_json("/cases/selection", &given).await.ok().json()["lines"][0]["state"],
        "dispatched"
    );
    assert_eq!(town.case(&one).await["released_words"], "摊位占了半条路");
    let most = vec![one.clone(); 200];
    clerk.post_json("/cases/selection", &json!({"do": "file", "case": most})).await.ok();
    let many: Vec<String> = (0..201).map(|_| one.clone()).collect();
    clerk.post_json("/cases/selection", &json!({"do": "file", "case": many})).await.refused(413, "最多 200");
    town.rider.get("/cases/selection?do=file").await.refused(403, "");
    assert!(clerk.get("/cases/selection?do=merge").await.ok().text().contains("没有勾选"));
}

#[db_test]
async fn what_is_probably_reported_twice_leads_to_merging_it(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    assert!(clerk.get("/cases/repeats").await.ok().text().contains("没有可能重复的未结案卷"));
    let first = town.filed().await;
    town.later();
    let again = json!({"lng": 118.7521, "words": "摊位占了半条路，过不去"});
    let again = town.reported_as(&town.rider, &again).await;
    let other = json!({"lng": 118.79, "words": "东边井盖没了", "matter": "matter-01-003"});
    let other = town.reported_as(&town.rider, &other).await;
    let seen = clerk.get_json("/cases/repeats").await.ok().json();
    let cases = seen["things"][0]["cases"].as_array().unwrap();
    assert_eq!((seen["things"].as_array().unwrap().len(), cases.len()), (1, 2));
    assert_eq!((&cases[0]["id"], &cases[1]["id"]), (&json!(first), &json!(again)));
    assert!(cases[0]["likeness"].is_null() && cases[1]["likeness"]["probable"] == true, "{seen}");
    let drawn = seen["drawing"]["features"].as_array().unwrap().iter();
    let drawn: Vec<&Value> = drawn.map(|feature| &feature["geometry"]["type"]).collect();
    assert_eq!(drawn, ["Polygon", "MultiLineString"]);
    let page = clerk.get("/cases/repeats?state=reported").await.ok();
    for why in ["2 件", "最早上报", "相距", "同一事项", "都说到 “摊位占”、“半条路”", "合并这几件"]
    {
        assert!(page.text().contains(why), "{why}: {}", page.main());
    }
    assert!(page.body.contains("href=\"/cases?state=reported\"") && !page.body.contains(&other));
    let plan = clerk.get(seen["things"][0]["merge"].as_str().unwrap()).await.ok();
    assert!(plan.body.contains(&first) && plan.body.contains(&again), "{}", plan.main());
    // Narrowed as the queue is, and to where one may look.
    let none = async |who: &Actor, query: &str| {
        let seen = who.get_json(&format!("/cases/repeats?{query}")).await.ok().json();
        seen["things"].as_array().unwrap().is_empty()
    };
    assert!(none(clerk, "matter=matter-01").await && !none(clerk, "matter=matter-06").await);
    let east = town.app.person(Role::Dispatcher, Scope::Community(town.east)).await;
    assert!(none(&east, "").await);
    town.give(clerk, &again, "merge", &json!({"main": first})).await.ok();
    assert!(none(clerk, "").await);
}

#[db_test]
async fn what_was_looked_for_is_marked_or_offered_elsewhere(db: TestDb) {
    let town = Town::new(&db).await;
    let (clerk, boss) = (&town.dispatcher, &town.supervisor);
    let said = json!({"words": "<b>井盖</b> \"没了\"，路口井盖", "matter": "matter-01-003"});
    let case = town.reported_as(&town.rider, &said).await;
    let other = town.filed().await;
    town.app.write(CatchUp { at: town.app.app.now() }).await;
    for query in ["q=jg", "q=jinggai", "q=%E4%BA%95%E7%9B%96+%E6%99%B6%E9%83%BD", "q=jingdushequ+jg"] {
        assert_eq!(ids(clerk, query).await, std::slice::from_ref(&case), "{query}");
    }
    let page = clerk.get("/cases?q=%E4%BA%95%E7%9B%96").await.ok().body;
    let marked = "&lt;b&gt;<mark>井盖</mark>&lt;/b&gt; &quot;没了&quot;，路口<mark>井盖</mark>";
    assert!(page.contains(marked), "{page}");
    let none = clerk.get("/cases?q=%3Cscript%3E&tone=calm").await.ok().body;
    assert!(none.contains("没有找到“&lt;script&gt;”") && none.contains("连同已结的一起查"), "{none}");
    assert!(none.contains("href=\"/cases?q=%3Cscript%3E\""), "{none}");
    // Who reported is found by those who may read people, and leaves the centre in no file.
    let rider = town.rider.account.as_str();
    assert_eq!(ids(clerk, &format!("q={rider}")).await, Vec::<String>::new());
    assert_eq!(ids(boss, &format!("q={rider}")).await.len(), 2);
    assert_eq!(ids(boss, &format!("q={}", clerk.account)).await, std::slice::from_ref(&other));
    let file = async |query: &str| {
        let file = boss.get(&format!("/cases/export.csv?q={query}")).await.ok();
        file.body.lines().count()
    };
    assert_eq!((file(rider).await, file(&clerk.account).await), (1, 2));
}
