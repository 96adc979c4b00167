//! Somebody on the ground: asked to verify and to check, with photos or words.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::CaseId;
use qige_notify::Recipient;
use serde_json::json;

use crate::actors::Actor;
use crate::centre_world::{Town, alike};
use crate::notices::Tell;
use crate::rider_world::jpeg;

async fn asked(town: &Town, whom: &Actor) -> (String, String) {
    let case = town.reported().await;
    let order = json!({"verifier": whom.id.unwrap(), "words": "看看还在不在"});
    town.give(&town.dispatcher, &case, "ask-verify", &order).await.ok();
    (format!("/ground/{case}"), case)
}

async fn checked(town: &Town) -> (String, String) {
    let case = town.handled().await;
    town.give(&town.dispatcher, &case, "ask-check", &json!({"checker": town.worker.id.unwrap()})).await.ok();
    (format!("/ground/{case}"), case)
}

async fn version(by: &Actor, path: &str) -> String {
    by.get_json(path).await.ok().json()["version"].to_string()
}

#[db_test]
async fn a_grid_worker_confirms_refutes_and_takes_back(db: TestDb) {
    let town = Town::new(&db).await;
    let worker = &town.worker;
    let (path, case) = asked(&town, worker).await;
    let list = worker.get("/ground").await.ok();
    let page = worker.get(&path).await.ok();
    insta::allow_duplicates! {
        insta::assert_snapshot!("ground_list", alike(&list.main()));
        insta::assert_snapshot!("ground_verify", alike(&page.main()));
    }
    for (text, count) in [("jd", 1), ("20991231", 0)] {
        let found = worker.get_json(&format!("/ground?q={text}")).await.ok().json();
        assert_eq!(found["tasks"].as_array().unwrap().len(), count, "{text}");
    }
    let nothing = worker.post_files(&format!("{path}/confirm"), &[], &[]).await;
    assert_eq!(nothing.status, 422, "neither photo nor words: {}", nothing.text());
    let old = worker.post(&format!("{path}/confirm"), &[("version", "1"), ("words", "在")]).await;
    assert_eq!(old.status, 409, "{}", old.text());

    let seen = version(worker, &path).await;
    let there = jpeg(80);
    let files: [(&str, &str, &[u8]); 1] = [("photo", "a.jpg", &there)];
    worker.post_files(&format!("{path}/confirm"), &[("version", &seen)], &files).await.see("/ground");
    let list = worker.get("/ground").await.ok();
    assert!(list.text().contains("没有要去看的") && list.body.contains(&format!("{path}/undo")));
    assert_eq!(town.case(&case).await["verified"], true);
    worker.post(&format!("{path}/undo"), &[]).await.see(&path);
    worker.get(&path).await.ok();
    worker.post_json(&format!("{path}/comment"), &json!({"words": "要走进巷子"})).await.ok();
    worker.get(&path).await.ok();
    worker.post_files(&format!("{path}/refute"), &[("words", "没有了")], &[]).await.see("/ground");
    assert_eq!(town.case(&case).await["state"], "declined");
    worker.get_json(&path).await.refused(404, "");
}

#[db_test]
async fn a_check_fails_once_and_passes(db: TestDb) {
    let town = Town::new(&db).await;
    let worker = &town.worker;
    let (path, case) = checked(&town).await;
    let page = worker.get(&path).await.ok();
    insta::allow_duplicates! {
        insta::assert_snapshot!("ground_check", alike(&page.main()));
    }
    let photos = worker.get_json(&path).await.ok().json()["photos"].clone();
    let photo = format!("/photos/{}/full", photos[0]["id"].as_str().unwrap());
    worker.get(&photo).await.ok();

    let there = jpeg(80);
    let files: [(&str, &str, &[u8]); 1] = [("photo", "a.jpg", &there)];
    worker.get(&path).await.ok();
    let why = [("version", &*version(worker, &path).await), ("reason", "还有一半")];
    worker.post_files(&format!("{path}/fail"), &why, &files).await.see("/ground");
    let unit = town.handler.get(&format!("/unit/cases/{case}")).await.ok();
    assert!(unit.text().contains("还有一半") && unit.text().contains("返工"), "{}", unit.text());

    town.later();
    let again = json!({"note": "又去了", "photos": [town.photo(&case).await]});
    town.handler.post_json(&format!("/unit/cases/{case}/hand-in"), &again).await.ok();
    town.give(&town.dispatcher, &case, "ask-check", &json!({"checker": worker.id.unwrap()})).await.ok();
    worker.get(&path).await.ok();
    let bare = worker.post_files(&format!("{path}/pass"), &[("words", "好了")], &[]).await;
    assert_eq!(bare.status, 422, "{}", bare.text());
    worker.post_files(&format!("{path}/pass"), &[("words", "好了")], &files).await.see("/ground");
    assert_eq!(town.case(&case).await["state"], "closed");
}

#[db_test]
async fn only_who_was_asked_looks_and_who_handled_it_does_not_check(db: TestDb) {
    let town = Town::new(&db).await;
    let (path, case) = checked(&town).await;
    let refused = town.handler.post_json(&format!("{path}/pass"), &json!({"words": "好了"})).await;
    refused.refused(403, "");
    town.handler.get(&path).await;
    let page = town.handler.post(&format!("{path}/pass"), &[("words", "好了")]).await;
    page.refused(403, "您的角色不能做这件事");
    let other = town.app.person(Role::GridWorker, Scope::Community(town.west)).await;
    other.get_json(&path).await.refused(404, "");
    other.post_json(&format!("{path}/pass"), &json!({"words": "好了"})).await.refused(404, "");
    town.app.stranger().get("/ground").await.asks_to_sign_in();
    // One who belongs to the unit that handled it is not even asked.
    let fresh = town.handled().await;
    let own = json!({"checker": town.handler.id.unwrap()});
    town.give(&town.dispatcher, &fresh, "ask-check", &own).await.refused(422, "");
    assert_eq!(town.case(&case).await["state"], "checking");
}

#[db_test]
async fn a_rider_who_was_asked_verifies_and_sees_no_reporter(db: TestDb) {
    let town = Town::new(&db).await;
    let rider = town.app.person(Role::Rider, Scope::Tenant).await;
    let (path, case) = asked(&town, &rider).await;
    for body in [rider.get(&path).await.ok().body, rider.get_json(&path).await.ok().body] {
        assert!(!body.contains(&town.rider.id.unwrap().to_string()) && !body.contains("摊位占了半条路"));
    }
    rider.post_json(&format!("{path}/pass"), &json!({"words": "x"})).await.refused(403, "");
    rider.get(&path).await.ok();
    rider.post_files(&format!("{path}/confirm"), &[("words", "还在")], &[]).await.see("/ground");
    assert_eq!(town.case(&case).await["verified"], true);
}

#[db_test]
async fn a_dispatcher_chooses_a_rider_on_the_page_who_then_finds_the_task(db: TestDb) {
    let town = Town::new(&db).await;
    let near = town.app.person(Role::Rider, Scope::Community(town.west)).await;
    let far = town.app.person(Role::Rider, Scope::Community(town.east)).await;
    let whole = town.app.person(Role::Rider, Scope::Tenant).await;
    let case = town.reported().await;
    let page = format!("/cases/{case}");
    let offered = |json: serde_json::Value| -> Vec<String> {
        let all = json["choices"]["verifiers"].as_array().unwrap().clone();
        all.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = offered(town.dispatcher.get_json(&page).await.ok().json());
    assert_eq!(all, [&town.worker.account, &near.account, &whole.account].map(String::clone), "by nearness");
    assert!(!all.contains(&town.rider.account), "who reported it does not verify it");
    let shown = town.dispatcher.get(&page).await.ok();
    assert!(shown.body.contains("<optgroup label=\"骑手\">"), "{}", shown.main());
    // By name, as where there are hundreds.
    let found = |name: &str| format!("{page}?do=ask-verify&rider={name}");
    let named = offered(town.dispatcher.get_json(&found(&whole.account)).await.ok().json());
    assert_eq!(named, [&town.worker.account, &whole.account].map(String::clone));
    let chosen = town.dispatcher.get(&found(&whole.account)).await.ok().body;
    let option = format!("<option value=\"{}\" selected>", whole.id.unwrap());
    assert!(chosen.contains(&option), "who was looked for is chosen");
    for nobody in [&far.account, &town.rider.account] {
        let none = town.dispatcher.get(&found(nobody)).await.ok();
        assert!(none.main().contains("没有叫这个名字的骑手"), "{}", none.main());
    }

    let way = "<a href=\"/ground\"";
    assert!(!whole.get("/mine").await.ok().body.contains(way), "nothing waits yet");
    town.dispatcher.get(&page).await.ok();
    let verifier = whole.id.unwrap().to_string();
    let seen = version(&town.dispatcher, &page).await;
    let fields = [("verifier", verifier.as_str()), ("words", "看看还在不在"), ("version", &seen)];
    town.dispatcher.post(&format!("{page}/ask-verify"), &fields).await.see(&page);
    let mine = whole.get("/mine").await.ok();
    let link = mine.body.split(way).nth(1).and_then(|rest| rest.split("</a>").next()).unwrap();
    assert!(link.contains("<span class=\"q-badge\">1</span>"), "{link}");
    assert!(!near.get("/mine").await.ok().body.contains(way));
    assert!(town.worker.get("/report").await.ok().body.contains(way), "grid workers always have it");
    assert!(whole.get("/ground").await.ok().main().contains("看看还在不在"));
    let task = format!("/ground/{case}");
    whole.get(&task).await.ok();
    whole.post_files(&format!("{task}/confirm"), &[("words", "还在")], &[]).await.see("/ground");
    assert!(!whole.get("/mine").await.ok().body.contains(way), "done, and the way is gone");
}

#[db_test]
async fn notices_lead_to_the_task_and_to_the_units_page(db: TestDb) {
    let town = Town::new(&db).await;
    let (path, case) = asked(&town, &town.worker).await;
    let about: CaseId = case.parse().unwrap();
    let unit_page = format!("/unit/cases/{case}");
    for (who, whom, kind, page) in [
        (&town.worker, Recipient::Person(town.worker.id.unwrap()), "verify-asked", &path),
        (&town.handler, Recipient::Unit(town.roads), "unit-dispatched", &unit_page),
    ] {
        town.app.write(Tell { whom, kind, about, at: town.app.app.now() }).await;
        let told = who.get_json("/notices").await.ok().json();
        let id = told["notices"][0]["id"].as_str().unwrap().to_owned();
        who.get("/notices").await.ok();
        who.post(&format!("/notices/{id}/read"), &[]).await.see(page);
    }
}
