//! What people read where the words of a case were, once their term is over.

use qige_db::db_test;
use qige_db::testing::TestDb;
use serde_json::{Value, json};

use crate::actors::{Actor, PASSWORD};
use crate::retention::World;
use crate::rider_world::reported_by_stranger;

/// Stands in every text of the case.
const SECRET: &str = "摊位占了半条路";
/// Said where the words were.
const GONE: &str = "文字已";

/// A case that went all its way, with words at each step.
async fn closed(world: &World) -> String {
    let town = &world.town;
    let case = town.handled().await;
    let put = json!({"address": SECRET, "reason": SECRET});
    town.give(&town.dispatcher, &case, "correct", &put).await.ok();
    let comment = json!({"words": SECRET, "public": true});
    town.give(&town.dispatcher, &case, "comment", &comment).await.ok();
    let check = json!({"checker": town.worker.id.unwrap(), "words": SECRET});
    town.give(&town.dispatcher, &case, "ask-check", &check).await.ok();
    let photo = town.photo(&case).await;
    let passed = json!({"words": SECRET, "photos": [photo]});
    let answer = town.give(&town.worker, &case, "pass", &passed).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    let rated = json!({"stars": 4, "words": SECRET});
    assert_eq!(town.give(&town.rider, &case, "rate", &rated).await.status, 204);
    case
}

async fn see(who: &Actor, path: &str) -> String {
    let page = who.get(path).await.ok();
    assert!(!page.body.contains(SECRET), "{path}: {}", page.main());
    page.text()
}

#[db_test]
async fn everybody_reads_that_the_words_went_by_their_term(db: TestDb) {
    let world = World::new(&db).await;
    let town = &world.town;
    let case = closed(&world).await;
    let code = reported_by_stranger(&town.app.stranger()).await;
    let cases = town.dispatcher.get_json("/cases?state=reported").await.ok().json();
    let declined = cases["rows"][0]["id"].as_str().unwrap().to_owned();
    let no = json!({"reason": "not-ours", "words": SECRET});
    town.give(&town.dispatcher, &declined, "decline", &no).await.ok();
    world.work().await;
    world.admin.get("/admin/retention").await.ok();
    let rule = [("days", "1096"), ("action", "erase")];
    world.admin.post("/admin/retention/words", &rule).await.see("/admin/retention");
    let figures = async || -> Value {
        town.supervisor.sign_in(&town.supervisor.account, PASSWORD).await;
        let page = town.supervisor.get_json("/evaluation?period=2026-09").await.ok().json();
        page["rows"].clone()
    };
    world.after_days(1_095).await;
    let before = figures().await;
    assert_eq!((world.gone("words").await, world.class("words").await["within"][0].clone()), (0, json!(2)));
    world.after_days(2).await;
    assert_eq!((world.gone("words").await, world.class("words").await["due"].clone()), (2, json!(0)));
    world.after_days(1).await;
    assert_eq!(world.gone("words").await, 2, "nothing goes twice");
    for who in [&town.rider, &town.dispatcher, &town.supervisor, &town.handler] {
        who.sign_in(&who.account, PASSWORD).await;
    }
    let stranger = town.app.stranger();
    for (who, path) in [
        (&town.supervisor, format!("/cases/{case}")),
        (&town.supervisor, "/cases?state=closed".to_owned()),
        (&town.supervisor, "/cases/export.csv?state=closed".to_owned()),
        (&town.rider, "/mine".to_owned()),
        (&town.rider, "/mine.csv".to_owned()),
        (&town.rider, format!("/mine/{case}")),
        (&town.rider, format!("/mine/{case}/receipt")),
        (&town.rider, "/me/data/all".to_owned()),
        (&town.handler, "/unit?list=done".to_owned()),
        (&town.handler, "/unit.csv?list=done".to_owned()),
        (&town.handler, format!("/unit/cases/{case}")),
        (&stranger, format!("/follow/{code}")),
        (&stranger, format!("/follow/{code}/receipt")),
        (&stranger, format!("/follow/{code}/data/all")),
    ] {
        let text = see(who, &path).await;
        assert!(text.contains(GONE), "{path}: {text}");
    }
    assert_eq!(figures().await, before, "what was done is counted as before");
    let seen = town.case(&case).await;
    assert_eq!((&seen["words"], &seen["rating"], &seen["state"]), (&json!(""), &json!(4), &json!("closed")));
    assert!(seen["words_erased_at"].is_string() && seen["number"].is_string(), "{seen}");
    assert_eq!(seen["may"], json!([]));
    let found = town.dispatcher.get_json(&format!("/cases?state=closed&q={SECRET}")).await.ok().json();
    assert_eq!(found["rows"], json!([]));
    let journal = world.auditor.get(&format!("/admin/journal?case={case}")).await.ok();
    assert!(journal.main().contains("erase-words"), "{}", journal.main());
    let checked = world.auditor.post("/admin/journal/verify", &[]).await.ok();
    assert!(!checked.main().contains("不符"), "{}", checked.main());
}

#[db_test]
async fn whatever_is_asked_of_such_a_case_is_refused_with_the_reason(db: TestDb) {
    let world = World::new(&db).await;
    let town = &world.town;
    let case = closed(&world).await;
    world.work().await;
    world.after_days(3_660).await;
    for who in [&town.rider, &town.dispatcher, &town.supervisor, &town.handler, &town.worker] {
        who.sign_in(&who.account, PASSWORD).await;
    }
    let words = json!({
        "words": "还在", "reason": "还在", "note": "还在", "stars": 5, "photos": [], "matter": "matter-06-012",
        "lead": town.roads, "body": "县热线", "reference": "7", "until": "2036-10-30T00:00:00Z",
        "review_at": "2036-10-30T00:00:00Z", "checker": town.worker.id.unwrap(),
        "verifier": town.worker.id.unwrap(), "main": case,
    });
    let mut refused = 0;
    for who in [&town.rider, &town.dispatcher, &town.supervisor, &town.handler] {
        for command in qige_cases::CommandName::ALL {
            let answer = town.give(who, &case, command.as_str(), &words).await;
            assert!(answer.status.is_client_error(), "{command:?}: {} {}", answer.status, answer.body);
            refused += usize::from(answer.body.contains("case-words-erased"));
        }
    }
    assert!(refused > 2, "comment, rate and reopen are refused for that reason: {refused}");
    let page = town.supervisor.get(&format!("/cases/{case}")).await.ok();
    assert!(page.main().contains(GONE), "{}", page.main());
}
