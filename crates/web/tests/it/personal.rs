//! Numbers of people in what was written: masked for all but those who need them.

use qige_db::db_test;
use qige_db::testing::TestDb;
use serde_json::json;

use crate::centre_world::Town;

const WORDS: &str = "苏G12345停在消防通道，车主电话138 1234 5678";
const MASKED: &str = "苏G***45停在消防通道，车主电话138 **** 5678";

#[db_test]
async fn a_number_in_the_words_is_read_whole_on_the_case_alone(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.reported_as(&town.rider, &json!({ "words": WORDS })).await;
    town.give(&town.dispatcher, &case, "file", &json!({"matter": "matter-06-012"})).await.ok();
    assert_eq!(town.case(&case).await["words"], WORDS, "whoever handles it can call");
    for list in ["/cases", "/cases?view=list"] {
        let page = town.dispatcher.get(list).await.ok();
        let page = page.main();
        assert!(page.contains("苏G***45停在消防通道"), "{page}");
        assert!(!page.contains("138 1234"), "{page}");
    }
    // What a unit is offered is masked; the dispatcher may still say it.
    let page = town.dispatcher.get(&format!("/cases/{case}")).await.ok();
    assert!(page.body.contains("苏G***45停在消防通道，车主电话138 **** 5678</textarea>"), "{}", page.body);
    // Whatever comes is masked before units read it, unless somebody said that they need it.
    let seen =
        async || town.handler.get_json(&format!("/unit/cases/{case}")).await.ok().json()["words"].clone();
    let dispatch = json!({ "lead": town.roads, "released_words": WORDS });
    town.give(&town.dispatcher, &case, "dispatch", &dispatch).await.ok();
    assert_eq!(seen().await, MASKED);
    let mut correct = json!({ "released_words": WORDS, "with_numbers": true });
    town.give(&town.dispatcher, &case, "correct", &correct).await.ok();
    assert_eq!(seen().await, WORDS);
    correct["with_numbers"] = json!(false);
    town.give(&town.dispatcher, &case, "correct", &correct).await.ok();
    assert_eq!(seen().await, MASKED);
    // The reporter reads what they wrote.
    let mine = town.rider.get_json(&format!("/mine/{case}")).await.ok().json();
    assert!(mine.to_string().contains("138 1234 5678"), "{mine}");
}

#[db_test]
async fn a_list_as_a_file_shows_no_number(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.reported_as(&town.rider, &json!({ "words": WORDS })).await;
    let address = json!({ "address": "车主13812345678门口" });
    town.give(&town.dispatcher, &case, "correct", &address).await.ok();
    let file = town.dispatcher.get("/cases/export.csv?column=words&column=address").await.ok().body;
    assert!(file.contains(MASKED) && file.contains("车主138****5678门口"), "{file}");
}

#[db_test]
async fn a_report_about_a_person_is_refused_with_the_way_to_help(db: TestDb) {
    let town = Town::new(&db).await;
    let mut body = json!({
        "words": "桥下有个形迹可疑的人", "lng": 118.752, "lat": 34.542, "datum": "wgs84", "photos": [],
        "matter": null, "joins": null, "solved": false,
    });
    let refused = town.rider.post_json("/report", &body).await;
    let problem = refused.refused(422, "/problems/report-about-person").json();
    assert_eq!(problem["field"], "words");
    assert!(problem["detail"].as_str().unwrap().contains("请选“这里有人需要帮助”"));
    body["words"] = json!("桥下有位老人需要帮助");
    body["matter"] = json!("matter-90-004");
    assert_eq!(town.rider.post_json("/report", &body).await.status, 201);
}
