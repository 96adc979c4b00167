//! The wall: counts of what may be seen, each with the list behind it, and nothing about anybody.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::Actor;
use crate::centre_world::Town;

async fn wall(who: &Actor) -> Value {
    who.get_json("/wall").await.ok().json()
}

fn figure<'a>(wall: &'a Value, kind: &str) -> &'a Value {
    let all = wall["figures"].as_array().unwrap();
    all.iter().find(|figure| figure["kind"] == kind).unwrap()
}

/// How many cases the list behind a figure has.
async fn behind(who: &Actor, figure: &Value) -> usize {
    let list = who.get_json(figure["href"].as_str().unwrap()).await.ok().json();
    list["rows"].as_array().unwrap().len()
}

#[db_test]
async fn every_figure_counts_what_the_list_behind_it_holds(db: TestDb) {
    let town = Town::new(&db).await;
    town.reported().await;
    town.dispatched().await;
    let late = town.dispatched().await;
    let closed = town.handled().await;
    // All sessions end meanwhile: whoever comes now is new.
    town.app.clock.advance(20 * Timestamp::DAY);
    let clerk = town.app.person(Role::Dispatcher, Scope::Tenant).await;
    let worker = town.app.person(Role::GridWorker, Scope::Community(town.west)).await;
    let rider = town.app.person(Role::Rider, Scope::Tenant).await;
    town.give(&clerk, &closed, "ask-check", &json!({"checker": worker.id})).await.ok();
    let photo = town.photo(&closed).await;
    assert_eq!(town.give(&worker, &closed, "pass", &json!({"photos": [photo]})).await.status, 204);
    town.reported_as(&rider, &json!({})).await;
    let wall = wall(&clerk).await;
    for (kind, count) in [("today", 1), ("open", 4), ("red", 3), ("amber", 0), ("closed-today", 1)] {
        let figure = figure(&wall, kind);
        assert_eq!(figure["count"], count, "{kind}");
        assert_eq!(behind(&clerk, figure).await, count, "{kind}: {}", figure["href"]);
    }
    let steps: Vec<i64> =
        wall["funnel"].as_array().unwrap().iter().map(|step| step["count"].as_i64().unwrap()).collect();
    assert_eq!(steps, [5, 3, 3, 1, 1]);
    let roads = &wall["units"].as_array().unwrap()[0];
    assert_eq!((&roads["open"], &roads["handled"]), (&json!(2), &json!({"part": 1, "of": 3})));
    assert!(!late.is_empty());
    let page = clerk.get("/wall").await.ok().text();
    assert!(page.contains("今天上报") && page.contains("晶都社区"), "{page}");
    let grids = clerk.get("/wall?by=grids").await.ok();
    assert!(grids.body.contains("第一网格"), "{}", grids.body);
}

#[db_test]
async fn units_keep_their_time_as_the_evaluation_says(db: TestDb) {
    let town = Town::new(&db).await;
    town.handled().await;
    let (late, _waiting) = (town.dispatched().await, town.dispatched().await);
    let water = town.filed().await;
    town.give(&town.dispatcher, &water, "dispatch", &json!({"lead": town.water})).await.ok();
    let (today, day) = ("2026-10-13", Timestamp::DAY);
    town.app.clock.advance(10 * day);
    let lead = town.app.person(Role::UnitLead, Scope::Unit(town.roads)).await;
    let photo = town.photo(&late).await;
    let done = json!({"note": "已清走", "photos": [photo]});
    assert_eq!(town.give(&lead, &late, "hand-in", &done).await.status, 204);
    town.app.clock.advance(10 * day);
    let clerk = town.app.person(Role::Dispatcher, Scope::Tenant).await;
    let near = town.app.person(Role::Supervisor, Scope::Community(town.west)).await;
    for who in [&clerk, &near] {
        let wall = wall(who).await;
        let from = wall["since"].as_str().unwrap();
        assert_eq!(wall["today"], today);
        let page = who.get_json(&format!("/evaluation?from={from}&until={today}")).await.ok().json();
        let rows = page["rows"].as_array().unwrap();
        assert_eq!((rows.len(), wall["units"].as_array().unwrap().len()), (2, 2));
        for unit in wall["units"].as_array().unwrap() {
            let row = rows.iter().find(|row| row["name"] == unit["name"]).unwrap();
            let shares = row["shares"].as_array().unwrap();
            let share = shares.iter().find(|one| one["indicator"] == "on-time-handled").unwrap();
            let (part, of) = (&unit["handled"]["part"], &unit["handled"]["of"]);
            assert_eq!((part, of, &unit["in_time"]), (&share["part"], &share["of"], &share["value"]));
            let list = who.get_json(unit["handled_href"].as_str().unwrap()).await.ok().json();
            assert_eq!(&list["count"], of);
        }
        // The same in words: a third, as both round it.
        for path in ["/wall".to_owned(), format!("/evaluation?from={from}&until={today}")] {
            assert!(who.get(&path).await.ok().text().contains("33.3%"), "{path}");
        }
    }
}

#[db_test]
async fn one_sees_the_part_of_the_town_that_one_may(db: TestDb) {
    let town = Town::new(&db).await;
    town.reported().await;
    let near = town.app.person(Role::Supervisor, Scope::Community(town.west)).await;
    let far = town.app.person(Role::Supervisor, Scope::Community(town.east)).await;
    let open = async |who: &Actor| figure(&wall(who).await, "open")["count"].as_i64().unwrap();
    assert_eq!((open(&near).await, open(&far).await), (1, 0));
    let drawn = wall(&far).await["drawing"]["areas"].as_array().unwrap().clone();
    assert!(drawn.iter().all(|area| area["name"] == "利民社区"), "{drawn:?}");
    town.rider.get("/wall").await.refused(403, "");
}
