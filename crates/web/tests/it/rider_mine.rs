//! One's own reports, and what one may do to them.

use qige_app::{Order, PhotoOf};
use qige_cases::actions::{AskCheck, Correct, Decline, Dispatch, File, HandIn, Pass, Question, Start};
use qige_cases::{Action, By, CommandName, DeclineReason, Urgency};
use qige_db::Actor::Person;
use qige_db::testing::TestDb;
use qige_db::{Asker, db_test};
use qige_identity::{CredentialKind, Role, Scope, Secret, Who, grants_of};
use qige_kernel::{CaseId, ObjectId, UnitId};
use qige_places::Edit;
use qige_places::units::{CreateUnit, UnitFacts, UnitKind};

use crate::actors::{Actor, TestApp};
use crate::rider_world::{jpeg, later, reported, rider, uuid};

async fn who(app: &TestApp, actor: &Actor) -> Who {
    let person = actor.id.unwrap();
    let rows = app
        .app
        .db
        .read(Asker::system(app.tenant), move |tx| Box::pin(async move { Ok(grants_of(tx, person).await?) }))
        .await
        .unwrap();
    Who {
        person,
        name: actor.account.clone(),
        credential: app.app.entropy.id(app.app.now()),
        kind: CredentialKind::Session,
        owes: None,
        grants: rows.iter().map(qige_identity::GrantRow::grant).collect(),
        locale: None,
        elder: None,
        density: None,
        csrf: Secret::draw(CredentialKind::Session, &app.app.entropy).csrf(),
        touch_due: false,
    }
}

async fn act(app: &TestApp, actor: &Actor, case: &str, action: impl Into<Action>) {
    later(app);
    let by = By::Person(who(app, actor).await);
    let order =
        Order { case: case.parse().unwrap(), expected_version: None, by, action: action.into(), key: None };
    let asker = Asker { tenant: app.tenant, actor: Person(actor.id.unwrap()) };
    app.app.act(asker, order).await.unwrap();
}

async fn unit(app: &TestApp, name: &str) -> UnitId {
    let id = app.app.entropy.id(app.app.now());
    let facts = UnitFacts { name: name.to_owned(), kind: UnitKind::ALL[0], contact: String::new() };
    let edit = Edit::new(app.app.now(), "tenant-admin", &app.app.entropy);
    app.write(CreateUnit { id, facts, edit }).await
}

/// From filing to closing, with photos on the way; the unit's people.
async fn closed(app: &TestApp, case: &str) -> (Actor, ObjectId) {
    let unit = unit(app, "市政养护队").await;
    let dispatcher = app.person(Role::Dispatcher, Scope::Tenant).await;
    let handler = app.person(Role::UnitHandler, Scope::Unit(unit)).await;
    let worker = app.person(Role::GridWorker, Scope::Tenant).await;
    let id: CaseId = case.parse().unwrap();
    let photo = || async {
        app.app.keep_photo(Asker::system(app.tenant), PhotoOf::Case(id), jpeg(200)).await.unwrap()
    };
    let file = File { matter: "matter-09-006".parse().unwrap(), urgency: Urgency::Normal };
    act(app, &dispatcher, case, file).await;
    let dispatch = serde_json::json!({"lead": unit, "assist": []});
    act(app, &dispatcher, case, serde_json::from_value::<Dispatch>(dispatch).unwrap()).await;
    act(app, &handler, case, serde_json::from_value::<Start>(serde_json::json!({})).unwrap()).await;
    let after = photo().await;
    let hand_in = serde_json::json!({"note": "已清走", "words": "已清走", "photos": [after]});
    act(app, &handler, case, serde_json::from_value::<HandIn>(hand_in).unwrap()).await;
    act(app, &dispatcher, case, AskCheck { checker: worker.id.unwrap(), words: String::new() }).await;
    act(app, &worker, case, Pass { words: String::new(), photos: vec![photo().await] }).await;
    (handler, after)
}

#[db_test]
async fn the_list_is_filtered_paged_and_says_when_it_is_empty(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    assert!(rider.get("/mine").await.ok().text().contains("还没有上报过"));
    let first = reported(&rider).await;
    for _ in 0..41 {
        later(&app);
        reported(&rider).await;
    }
    rider.post(&format!("/mine/{first}/withdraw"), &[("version", "1")]).await.see(&format!("/mine/{first}"));
    let page = rider.get_json("/mine").await.ok().json();
    assert_eq!(page["reports"].as_array().unwrap().len(), 40);
    let next = page["next"].as_str().unwrap();
    let rest = rider.get_json(&format!("/mine?after={next}")).await.ok().json();
    assert_eq!(rest["reports"].as_array().unwrap().len(), 2);
    assert!(rest["next"].is_null());
    let over = rider.get_json("/mine?which=closed").await.ok().json();
    assert_eq!(over["reports"][0]["case"], first);
    assert_eq!(over["reports"].as_array().unwrap().len(), 1);
    let found = rider.get_json("/mine?q=%E6%91%8A%E4%BD%8D").await.ok().json();
    assert!(!found["reports"].as_array().unwrap().is_empty());
    let spelled = rider.get_json("/mine?q=tanwei").await.ok().json();
    assert_eq!(spelled["reports"], found["reports"]);
    assert!(
        rider.get("/mine?q=tanwei").await.ok().body.contains("name=\"q\" maxlength=\"40\" value=\"tanwei\"")
    );
    assert!(rider.get("/mine?q=nothing").await.ok().text().contains("没有含“nothing”的上报"));
    rider.get("/mine?after=x").await.refused(422, "从头看起");
    rider.get("/mine?which=other").await.refused(422, "which");
    let other = crate::rider_world::rider(&app).await;
    other.get(&format!("/mine/{first}")).await.refused(404, "");
    other.post(&format!("/mine/{first}/comment"), &[("words", "x")]).await.refused(404, "");
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("mine_of_one", rider.get("/mine?which=closed").await.main());
    }
}

#[db_test]
async fn a_stale_page_is_told_that_somebody_was_quicker(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    let case = reported(&rider).await;
    let dispatcher = app.person(Role::Dispatcher, Scope::Tenant).await;
    let file = File { matter: "matter-09-006".parse().unwrap(), urgency: Urgency::Normal };
    act(&app, &dispatcher, &case, file).await;
    rider.get(&format!("/mine/{case}")).await;
    let stale =
        rider.post(&format!("/mine/{case}/comment"), &[("version", "1"), ("words", "写好的话")]).await;
    let stale = stale.refused(409, "先处理了");
    assert!(stale.body.contains("写好的话"), "what was written is still there");
    rider.post(&format!("/mine/{case}/withdraw"), &[]).await.refused(409, "");
}

#[db_test]
async fn a_question_is_answered_and_a_refusal_appealed_once(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    let case = reported(&rider).await;
    let dispatcher = app.person(Role::Dispatcher, Scope::Tenant).await;
    act(&app, &dispatcher, &case, Question { words: "在路的哪一侧？".to_owned() }).await;
    let page = rider.get(&format!("/mine/{case}")).await.ok();
    assert!(page.text().contains("在路的哪一侧？") && page.body.contains("/answer"));
    assert!(rider.get("/mine").await.text().contains("等您回答"));
    let key = uuid(&app).to_string();
    let answer = [("words", "东侧"), ("_key", key.as_str())];
    for _ in 0..2 {
        rider.post(&format!("/mine/{case}/answer"), &answer).await.see(&format!("/mine/{case}"));
    }
    let reason = DeclineReason::OutsideArea;
    act(&app, &dispatcher, &case, Decline { reason, words: "在平明镇".to_owned() }).await;
    let page = rider.get(&format!("/mine/{case}")).await.ok();
    assert!(page.text().contains("不在本街道范围内") && page.text().contains("12345"), "{}", page.main());
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("my_case_declined", page.main());
    }
    rider
        .post(&format!("/mine/{case}/appeal"), &[("words", "就在街道口")])
        .await
        .see(&format!("/mine/{case}"));
    act(&app, &dispatcher, &case, Decline { reason, words: "确实不在".to_owned() }).await;
    let json = rider.get_json(&format!("/mine/{case}")).await.ok().json();
    assert!(!json["may"].as_array().unwrap().iter().any(|one| one == CommandName::Appeal.as_str()));
    rider.post(&format!("/mine/{case}/appeal"), &[("words", "再来")]).await.refused(409, "");
}

#[db_test]
async fn what_is_done_is_shown_rated_and_opened_again(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = rider(&app).await;
    rider.get("/report").await;
    let sent = rider.post_files("/report", &[("words", "占道")], &[("photo", "a", &jpeg(30))]).await;
    let case = sent.header("location").split('/').nth(2).unwrap().to_owned();
    rider.get(sent.header("location")).await.ok();
    let own: Vec<String> = photos_of(&rider.get(&format!("/mine/{case}")).await.body);
    let (handler, after) = closed(&app, &case).await;
    let page = rider.get(&format!("/mine/{case}")).await.ok();
    assert!(page.body.contains("data-module=\"photo-compare\""), "{}", page.main());
    if db.url().starts_with("sqlite") {
        insta::assert_snapshot!("my_case_closed", page.main());
    }
    rider.get(&format!("/photos/{after}/full")).await.ok();
    rider.post(&format!("/mine/{case}/rate"), &[("rating", "9")]).await.refused(422, "");
    rider.post(&format!("/mine/{case}/rate"), &[]).await.refused(422, "");
    rider
        .post(&format!("/mine/{case}/rate"), &[("rating", "4"), ("words", "快")])
        .await
        .see(&format!("/mine/{case}"));
    assert_eq!(rider.get_json(&format!("/mine/{case}")).await.json()["rating"], 4);
    let reopened =
        rider.post_json(&format!("/mine/{case}/reopen"), &serde_json::json!({"reason": "又占了"})).await;
    assert_eq!(reopened.ok().json()["state"], "filed");

    // The unit sees what was released, and nothing else; somebody of another unit sees nothing.
    let photo = &own[0];
    handler.get(&format!("/photos/{photo}/full")).await.refused(404, "");
    let outsider = app.person(Role::UnitHandler, Scope::Unit(unit(&app, "供水公司").await)).await;
    outsider.get(&format!("/photos/{photo}/full")).await.refused(404, "");
    let dispatcher = app.person(Role::Dispatcher, Scope::Tenant).await;
    dispatcher.get(&format!("/photos/{photo}/full")).await.ok();
    let release = Correct { release_photos: vec![photo.parse().unwrap()], ..Correct::default() };
    act(&app, &dispatcher, &case, release).await;
    outsider.get(&format!("/photos/{photo}/full")).await.refused(404, "");
    let near = crate::rider_world::rider(&app).await;
    near.get(&format!("/photos/{photo}/thumb")).await.ok();
    near.get(&format!("/photos/{photo}/full")).await.refused(404, "");
}

/// Photos shown on a page, by id.
fn photos_of(body: &str) -> Vec<String> {
    let shown = body.split("/photos/").skip(1).map(|rest| rest.split('/').next().unwrap().to_owned());
    shown.filter(|id| id.parse::<ObjectId>().is_ok()).collect()
}

#[db_test]
async fn english_and_large_type_are_whole(db: TestDb) {
    let app = TestApp::new(&db).await;
    let mut rider = rider(&app).await;
    rider.language = "en".to_owned();
    let case = reported(&rider).await;
    rider.post("/me/elder", &[("elder", "true")]).await;
    for path in ["/report", "/mine", &format!("/mine/{case}"), &format!("/mine/{case}/receipt")] {
        let page = rider.get(path).await.ok();
        assert!(page.body.contains("<html lang=\"en\" data-elder="), "{path}");
    }
    assert!(rider.get(&format!("/mine/{case}")).await.text().contains("Take this report back"));
}
