//! Filters that people have named, above the queue.

use qige_db::db_test;
use qige_db::testing::TestDb;
use serde_json::json;

use crate::actors::Actor;
use crate::centre_world::Town;

const QUERY: &str = "state=filed&hands=mine";

/// What somebody finds above the queue: name, address, id.
async fn links(who: &Actor) -> Vec<(String, String, String)> {
    let page = who.get_json("/cases").await.ok().json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let saved = page["saved"].as_array().unwrap().iter();
    saved.map(|one| (text(&one["name"]), text(&one["href"]), text(&one["id"]))).collect()
}

#[db_test]
async fn a_filter_is_named_found_renamed_and_deleted(db: TestDb) {
    let town = Town::new(&db).await;
    let clerk = &town.dispatcher;
    assert!(!clerk.get("/cases").await.ok().main().contains("给这个筛选起名"), "there is nothing to name");
    let there = format!("/cases?{QUERY}");
    assert!(clerk.get(&there).await.ok().main().contains("给这个筛选起名"));
    let form = [("name", "我的立案"), ("query", "hands=mine&after=1.x&state=filed&nothing=1")];
    clerk.post("/cases/filters", &form).await.see(&there);
    let page = clerk.get(&there).await.ok();
    assert!(page.main().contains("“我的立案”已放在队列上方。"), "{}", page.main());
    let link = format!("<a href=\"{}\" aria-current=\"page\">我的立案</a>", there.replace('&', "&amp;"));
    assert!(page.body.contains(&link), "{}", page.body);
    let (_, href, id) = links(clerk).await.remove(0);
    assert_eq!(href, there);
    assert_eq!(links(&town.supervisor).await, [], "one's own is one's own");

    clerk.get(&there).await.ok();
    let refused = clerk.post(&format!("/cases/filters/{id}"), &[("name", ""), ("query", QUERY)]).await;
    let refused = refused.refused(422, "");
    assert!(refused.body.contains("<details open>"), "{}", refused.body);
    let form = [("name", "要派遣的"), ("query", QUERY)];
    clerk.post(&format!("/cases/filters/{id}"), &form).await.see(&there);
    assert_eq!(links(clerk).await, [("要派遣的".to_owned(), there.clone(), id.clone())]);
    clerk.post(&format!("/cases/filters/{id}/drop"), &[("query", "")]).await.see("/cases");
    assert_eq!(links(clerk).await, []);
    clerk.post_json(&format!("/cases/filters/{id}/drop"), &json!({})).await.refused(404, "这个筛选已不在");
}

#[db_test]
async fn a_supervisor_shares_a_filter_with_the_centre(db: TestDb) {
    let town = Town::new(&db).await;
    let (clerk, boss) = (&town.dispatcher, &town.supervisor);
    let wish = json!({"name": "等值班长", "query": "supervisors=true", "shared": true});
    clerk.post_json("/cases/filters", &wish).await.refused(403, "只有值班长");
    boss.post_json("/cases/filters", &wish).await.ok();
    let (name, href, id) = links(clerk).await.remove(0);
    assert_eq!((name.as_str(), href.as_str()), ("等值班长", "/cases?supervisors=true"));
    clerk.post_json(&format!("/cases/filters/{id}"), &json!({"name": "我的"})).await.refused(404, "");
    let page = clerk.get("/cases").await.ok();
    assert!(!page.main().contains("管理命名的筛选"), "nothing of it is the dispatcher's");
    assert!(boss.get("/cases").await.ok().main().contains("管理命名的筛选"));
    boss.post_json(&format!("/cases/filters/{id}"), &json!({"name": "等值班长"})).await.ok();
    assert_eq!(links(clerk).await, [], "no longer shared");
    town.rider.post_json("/cases/filters", &json!({"name": "我的"})).await.refused(403, "");

    let mut reader = town.app.token(boss).await;
    reader.language = "en".to_owned();
    let text = reader.get("/cases?tone=red").await.ok().main();
    for said in ["Name this filter", "Change named filters", "For all who work in the centre"] {
        assert!(text.contains(said), "{said} in {text}");
    }
}
