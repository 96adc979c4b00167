//! What is kept goes when its term is over: forecast, done in steps, logged as counts.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::{Actor, PASSWORD};
use crate::centre_world::Town;
use crate::rider_world::reported_by_stranger;

pub(crate) struct World {
    pub(crate) town: Town,
    pub(crate) admin: Actor,
    pub(crate) auditor: Actor,
}

impl World {
    pub(crate) async fn new(db: &TestDb) -> Self {
        let town = Town::new(db).await;
        let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
        let auditor = town.app.person(Role::Auditor, Scope::Tenant).await;
        let world = Self { town, admin, auditor };
        world.work().await;
        world
    }

    pub(crate) async fn work(&self) {
        qige_app::worker(&self.town.app.app).run_until_idle().await.unwrap();
    }

    /// Days go by, and the night's work is done.
    pub(crate) async fn after_days(&self, days: i64) {
        self.town.app.clock.advance(days * Timestamp::DAY);
        self.work().await;
        for who in [&self.admin, &self.auditor] {
            who.sign_in(&who.account, PASSWORD).await;
        }
    }

    pub(crate) async fn class(&self, name: &str) -> Value {
        let page = self.auditor.get_json("/admin/retention").await.ok().json();
        let classes = page["classes"].as_array().unwrap().clone();
        classes.into_iter().find(|one| one["class"] == name).unwrap()
    }

    /// What went of a class, over all runs.
    pub(crate) async fn gone(&self, name: &str) -> i64 {
        let log = self.auditor.get_json("/admin/retention/log").await.ok().json();
        let lines = log["lines"].as_array().unwrap().iter().filter(|line| line["class"] == name);
        lines.map(|line| line["items"].as_i64().unwrap()).sum()
    }
}

#[db_test]
async fn photos_go_ninety_days_after_the_end_and_not_of_what_is_open(db: TestDb) {
    let world = World::new(&db).await;
    let town = &world.town;
    let (ended, open) = (town.reported().await, town.reported().await);
    let (old, kept) = (town.photo(&ended).await, town.photo(&open).await);
    let no = json!({"reason": "not-ours", "words": "不归我们管"});
    town.give(&town.dispatcher, &ended, "decline", &no).await.ok();
    world.after_days(30).await;
    let photos = world.class("photos").await;
    assert_eq!((&photos["days"], &photos["action"]), (&json!(90), &json!("erase")));
    assert_eq!((&photos["due"], &photos["within"]), (&json!(0), &json!([0, 0, 1])));
    world.after_days(59).await;
    assert_eq!(world.class("photos").await["within"], json!([1, 1, 1]));
    assert_eq!(world.gone("photos").await, 0);
    world.after_days(2).await;
    assert_eq!(world.gone("photos").await, 1);
    let store = &town.app.app.store;
    let bytes = async |id: &str| {
        let key = qige_blobs::ObjectKey {
            tenant: town.app.tenant,
            object: id.parse().unwrap(),
            variant: qige_blobs::Variant::Full,
        };
        store.get(key).await.unwrap()
    };
    assert!(bytes(&old).await.is_none() && bytes(&kept).await.is_some());
    world.after_days(1).await;
    assert_eq!(world.gone("photos").await, 1, "nothing goes twice");
    let file = world.auditor.get("/admin/retention/log.csv").await.ok();
    assert!(file.body.contains("案卷的照片和文件,删除,1"), "{}", file.body);
}

#[db_test]
async fn terms_are_set_within_what_is_lawful_by_those_who_may(db: TestDb) {
    let world = World::new(&db).await;
    let set = |class: &str, days: &str, action: &str| {
        let fields = [("days", days.to_owned()), ("action", action.to_owned())];
        let path = format!("/admin/retention/{class}");
        let admin = &world.admin;
        async move {
            admin.get("/admin/retention").await.ok();
            admin.post(&path, &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await
        }
    };
    for (class, days, action, words) in [
        ("photos", "29", "erase", "30 到"),
        ("photos", "90", "anonymise", "不能这样"),
        ("access-log", "182", "erase", "183 到"),
        ("consents", "1095", "erase", "1096 到"),
        ("children", "31", "erase", "0 到 30"),
        ("cases", "3653", "erase", "不能这样"),
        ("words", "1095", "erase", "1096 到 10958"),
        ("words", "3653", "anonymise", "不能这样"),
    ] {
        set(class, days, action).await.refused(422, words);
    }
    set("nothing", "30", "erase").await.refused(404, "");
    set("photos", "30", "erase").await.see("/admin/retention");
    set("access-log", "183", "keep").await.see("/admin/retention");
    assert_eq!(world.class("photos").await["days"], 30);
    assert_eq!(world.class("access-log").await["action"], "keep");
    let looked = world.auditor.get("/admin/retention").await.ok();
    assert!(!looked.body.contains("action=\"/admin/retention/"), "the auditor sets nothing");
    let fields = [("days", "60"), ("action", "erase")];
    for other in [&world.auditor, &world.town.supervisor, &world.town.rider] {
        other.post("/admin/retention/photos", &fields).await.refused(403, "");
    }
    for other in [&world.town.supervisor, &world.town.rider] {
        other.get("/admin/retention").await.refused(403, "");
        other.get("/admin/retention/log.csv").await.refused(403, "");
    }
    world.auditor.get("/admin/retention/log?after=1.nothing").await.refused(404, "");
}

#[db_test]
async fn names_numbers_readings_and_consents_go_each_in_its_time(db: TestDb) {
    let world = World::new(&db).await;
    let town = &world.town;
    let called = [("name", "骑手 0017"), ("phone", "13812345678")];
    let page = world.admin.post("/admin/people", &called).await.ok();
    let id = page.body.split("href=\"/admin/people/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/admin/people/{id}");
    world.admin.get(&person).await.ok();
    let list = format!("{person}/consents");
    let photo = crate::rider_world::jpeg(90);
    let fields = [("text_version", "1"), ("scope", "tenant")];
    let scan = [("scan", "a.jpg", photo.as_slice())];
    world.admin.post_files(&format!("{list}/to/call-back"), &fields, &scan).await.see(&list);
    let stranger = town.app.stranger();
    let call = format!("/follow/{}/call", reported_by_stranger(&stranger).await);
    let number = [("text_version", "1"), ("phone", "13812345679"), ("agreed", "true")];
    stranger.post(&call, &number).await.see(&call);
    let cases = town.dispatcher.get_json("/cases").await.ok().json();
    let case = cases["rows"][0]["id"].as_str().unwrap().to_owned();
    let no = json!({"reason": "not-ours", "words": "不归我们管"});
    town.give(&town.dispatcher, &case, "decline", &no).await.ok();
    world
        .admin
        .post(
            &format!("{person}/state"),
            &[("state", "left"), ("reason", "本人要求"), ("password", PASSWORD)],
        )
        .await
        .see(&person);
    world.after_days(29).await;
    assert_eq!((world.gone("people").await, world.gone("contacts").await), (0, 0));
    world.after_days(2).await;
    assert_eq!((world.gone("people").await, world.gone("contacts").await), (1, 1));
    assert!(stranger.get(&call).await.ok().body.contains("name=\"phone\""), "the consent ended with it");
    let left = world.admin.get(&person).await.ok();
    assert!(!left.body.contains("骑手 0017") && left.main().starts_with("概览"), "{}", left.main());
    world.after_days(1_060).await;
    assert_eq!(world.gone("consents").await, 0);
    world.after_days(40).await;
    assert_eq!(world.gone("consents").await, 2);
    assert!(world.gone("access-log").await > 0 && world.gone("sign-ins").await > 0);
    let checked = world.auditor.post("/admin/journal/verify", &[]).await.ok();
    assert!(!checked.main().contains("不符"), "what was erased leaves the chain whole: {}", checked.main());
    // The file of SQLite beside its database holds pages of before until it is written over.
    if !db.url().starts_with("sqlite") {
        let everything = db.everything().await;
        assert!(everything.holds("call-back"), "a purpose is there: the right thing was searched");
        assert!(!everything.holds("骑手 0017"), "the name is gone, from the journal too");
    }
}

#[db_test]
async fn requests_go_three_years_after_their_answer_and_not_while_they_wait(db: TestDb) {
    let world = World::new(&db).await;
    let rider = &world.town.rider;
    let own = async || {
        rider.sign_in(&rider.account, PASSWORD).await;
        rider.get_json("/me/data").await.ok().json()["requests"].as_array().unwrap().len()
    };
    rider.get("/me/data").await.ok();
    for words in ["名字写错了", "为什么保存"] {
        rider.post("/me/data/requests", &[("kind", "correct"), ("words", words)]).await.see("/me/data");
        world.town.later();
    }
    let waiting = world.admin.get_json("/admin/requests").await.ok().json();
    let first = waiting["requests"][0]["id"].as_str().unwrap().to_owned();
    world.admin.get("/admin/requests").await.ok();
    let answer = [("granted", "true"), ("answer", "已更正")];
    world.admin.post(&format!("/admin/requests/{first}/answer"), &answer).await.see("/admin/requests");
    world.after_days(1_095).await;
    assert_eq!((world.gone("requests").await, own().await), (0, 2));
    assert_eq!(world.class("requests").await["within"], json!([1, 1, 1]));
    world.after_days(2).await;
    assert_eq!((world.gone("requests").await, own().await), (1, 1));
}
