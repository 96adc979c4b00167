//! The whole transition table as JSON: each command at its address, by whom it is meant for.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::Timestamp;
use serde_json::json;

use crate::centre_world::Town;

#[db_test]
async fn what_has_no_screen_of_its_own_works_as_json(db: TestDb) {
    let town = Town::new(&db).await;
    let (clerk, boss, lead) = (&town.dispatcher, &town.supervisor, &town.handler);
    let case = town.dispatched().await;

    let asked = json!({"reason": "要等材料", "until": "2026-09-30T10:00:00Z"});
    assert_eq!(town.give(lead, &case, "ask-extension", &asked).await.status, 204);
    assert!(boss.get(&format!("/cases/{case}")).await.ok().text().contains("要等材料"));
    let granted = town.give(boss, &case, "grant-extension", &json!({})).await.ok().json();
    assert_eq!((&granted["due_at"], &granted["extensions"]), (&json!("2026-09-30T10:00:00Z"), &json!(1)));
    town.give(boss, &case, "refuse-extension", &json!({"reason": "x"})).await.refused(409, "");

    let aside = json!({"reason": "等开春", "review_at": "2026-10-09T09:00"});
    let aside = town.give(boss, &case, "suspend", &aside).await.ok().json();
    assert_eq!((&aside["suspended"], &aside["review_at"]), (&json!(true), &json!("2026-10-09T01:00:00Z")));
    assert!(aside["due_at"].is_null(), "the clock stands still");
    let page = boss.get(&format!("/cases/{case}")).await.ok();
    assert!(page.text().contains("时限暂停"), "{}", page.main());
    town.app.clock.advance(Timestamp::HOUR);
    let back = town.give(boss, &case, "resume", &json!({})).await.ok().json();
    assert_eq!(back["suspended"], false);

    let watched = town.give(boss, &case, "supervise", &json!({"words": "今天办完"})).await.ok().json();
    assert_eq!(watched["supervised"], true);
    assert_eq!(town.give(lead, &case, "answer-supervision", &json!({"words": "好"})).await.status, 204);

    let asked = town.give(clerk, &case, "question", &json!({"words": "在哪一侧？"})).await.ok().json();
    assert_eq!(asked["waiting"], true);
    assert_eq!(town.give(&town.rider, &case, "answer", &json!({"words": "东侧"})).await.status, 204);
    assert_eq!(town.case(&case).await["waiting"], false);

    let gone = json!({"body": "12345 热线", "reference": "2026-0001"});
    let away = town.give(clerk, &case, "transfer", &gone).await.ok().json();
    assert_eq!(away["transferred"], true);
    let version = away["version"].clone();
    let again = town.give(clerk, &case, "transfer", &gone).await.ok().json();
    assert_eq!(again["version"], version, "the same reference again changes nothing");
    let back = town.give(clerk, &case, "take-back", &json!({"reason": "退回"})).await.ok().json();
    assert_eq!(back["transferred"], false);

    assert_eq!(town.give(lead, &case, "start", &json!({})).await.status, 204);
    assert_eq!(town.give(lead, &case, "send-back", &json!({"reason": "不归我们管"})).await.status, 204);
    assert_eq!(town.case(&case).await["send_backs"], 1);
    let correct = json!({"matter": "matter-01-003", "grid": town.west_grid, "address": "晶都路口"});
    let corrected = town.give(clerk, &case, "correct", &correct).await.ok().json();
    assert_eq!((&corrected["matter"], &corrected["address"]), (&json!("matter-01-003"), &json!("晶都路口")));
    assert_eq!(corrected["position"]["lng"], 118.752, "a grid alone leaves the point where it is");
    assert_eq!(town.give(boss, &case, "void", &json!({"reason": "误登"})).await.ok().json()["state"], "void");
}

#[db_test]
async fn before_filing_and_after_closing(db: TestDb) {
    let town = Town::new(&db).await;
    let (clerk, worker, rider) = (&town.dispatcher, &town.worker, &town.rider);
    let case = town.reported().await;
    let whom = json!({"verifier": worker.id.unwrap(), "words": "看看还在不在"});
    assert_eq!(town.give(clerk, &case, "ask-verify", &whom).await.ok().json()["state"], "verifying");
    let reporter = json!({"verifier": rider.id.unwrap()});
    town.give(clerk, &case, "ask-verify", &reporter).await.refused(409, "");
    assert_eq!(town.give(worker, &case, "refute", &json!({"words": "没有"})).await.status, 204);
    assert_eq!(town.give(rider, &case, "appeal", &json!({"words": "就在路口"})).await.status, 204);
    let declined = json!({"reason": "other"});
    town.give(clerk, &case, "decline", &declined).await.refused(422, "");
    let declined = json!({"reason": "outside-area", "words": "在平明镇"});
    assert_eq!(town.give(clerk, &case, "decline", &declined).await.ok().json()["state"], "declined");

    let case = town.reported().await;
    assert_eq!(town.give(rider, &case, "withdraw", &json!({})).await.status, 204);

    let case = town.handled().await;
    let own = json!({"checker": town.handler.id.unwrap()});
    town.give(clerk, &case, "ask-check", &own).await.refused(422, "");
    town.give(clerk, &case, "ask-check", &json!({"checker": worker.id.unwrap()})).await.ok();
    let failed = json!({"reason": "还有一半", "photos": [town.photo(&case).await]});
    assert_eq!(town.give(worker, &case, "fail", &failed).await.status, 204);
    assert_eq!(town.case(&case).await["reworks"], 1);
    let again = json!({"note": "又去了", "photos": [town.photo(&case).await]});
    town.give(&town.handler, &case, "hand-in", &again).await;
    town.give(clerk, &case, "ask-check", &json!({"checker": worker.id.unwrap()})).await.ok();
    let jpeg = crate::rider_world::jpeg(70);
    worker.get("/report").await;
    let files: [(&str, &str, &[u8]); 1] = [("photo", "a.jpg", &jpeg)];
    town.later();
    let sent = worker.post_files(&format!("/cases/{case}/pass"), &[("words", "好了")], &files).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    assert_eq!(town.case(&case).await["state"], "closed");
    assert_eq!(town.give(rider, &case, "rate", &json!({"stars": 4, "words": "快"})).await.status, 204);
    assert_eq!(town.case(&case).await["rating"], 4);
    let reopened = town.give(&town.supervisor, &case, "reopen", &json!({"reason": "又占了"})).await.ok();
    assert_eq!(reopened.json()["state"], "filed");
}

#[db_test]
async fn assisting_units_do_their_part(db: TestDb) {
    let town = Town::new(&db).await;
    let water = qige_identity::Scope::Unit(town.water);
    let helper = town.app.person(qige_identity::Role::UnitHandler, water).await;
    let case = town.filed().await;
    let order = json!({"lead": town.roads, "assist": [town.water]});
    town.give(&town.dispatcher, &case, "dispatch", &order).await.ok();
    assert_eq!(town.give(&helper, &case, "accept", &json!({})).await.status, 204);
    assert_eq!(town.give(&helper, &case, "hand-in-part", &json!({"note": "水已关"})).await.status, 204);
    let parts = town.case(&case).await["parts"].clone();
    let helped = parts.as_array().unwrap().iter().find(|part| part["lead"] == false).unwrap().clone();
    assert_eq!((&helped["state"], &helped["note"]), (&json!("handed-in"), &json!("水已关")));
    town.give(&helper, &case, "start", &json!({})).await.refused(403, "");
}

#[db_test]
async fn a_wrong_role_is_refused_at_the_door_or_by_the_case(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    let words = json!({"words": "x", "reason": "x"});
    for (who, command) in [
        (&town.rider, "file"),
        (&town.rider, "dispatch"),
        (&town.handler, "void"),
        (&town.dispatcher, "supervise"),
        (&town.dispatcher, "suspend"),
        (&town.dispatcher, "start"),
        (&town.worker, "hand-in"),
    ] {
        town.give(who, &case, command, &words).await.refused(403, "");
    }
    // The door is open to them; of this case, with which they have nothing to do, they are told nothing.
    town.give(&town.worker, &case, "pass", &words).await.refused(404, "");
    town.give(&town.worker, &case, "comment", &words).await.refused(404, "");
    let outsider = town.app.person(qige_identity::Role::Rider, qige_identity::Scope::Tenant).await;
    town.give(&outsider, &case, "answer", &words).await.refused(404, "");
    let unknown = town.dispatcher.post_json(&format!("/cases/{case}/explode"), &words).await;
    assert_eq!(unknown.status, 404);
    town.give(&town.dispatcher, &case, "question", &json!({"version": "x", "words": "?"}))
        .await
        .refused(422, "");
}
