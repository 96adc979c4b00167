//! The inbox.

use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test};
use qige_identity::{Role, Scope};
use qige_kernel::{CaseId, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use crate::actors::{Actor, TestApp};
use crate::centre_world::Town;

/// A notice about a case, the same of a kind once.
pub(crate) struct Tell {
    pub(crate) whom: Recipient,
    pub(crate) kind: &'static str,
    pub(crate) about: CaseId,
    pub(crate) at: Timestamp,
}

impl Command for Tell {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let notice = NewNotice {
            recipient: self.whom,
            kind: self.kind,
            args: json!({"number": "20261124-0007", "matter": null}),
            about: About::new("case", self.about),
            dedupe: self.kind.to_owned(),
            at: self.at,
            hold_until: None,
        };
        post(tx, &notice).await?;
        Ok(())
    }
}

#[db_test]
async fn a_notice_is_counted_read_and_leads_to_what_it_is_about(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let other = app.person(Role::Rider, Scope::Tenant).await;
    assert!(rider.get("/notices").await.ok().main().contains("没有通知。"));
    let about: CaseId = app.app.entropy.id(app.app.now());
    let whom = Recipient::Person(rider.id.unwrap());
    for _again in 0..2 {
        app.write(Tell { whom, kind: "report-closed", about, at: app.app.now() }).await;
    }
    let page = rider.get("/notices").await.ok();
    assert!(page.body.contains("data-count=\"1\""), "told twice is told once");
    assert!(
        page.main().contains("您上报的“一件上报 20261124-0007”已办结，请看一看并评价\n今天 10:00"),
        "{}",
        page.main()
    );
    let told = rider.get_json("/notices").await.ok().json();
    let id = told["notices"][0]["id"].as_str().unwrap().to_owned();
    other.post(&format!("/notices/{id}/read"), &[]).await.refused(404, "没有找到这条通知");
    rider.post(&format!("/notices/{id}/read"), &[]).await.see(&format!("/mine/{about}"));
    assert!(rider.get("/notices").await.ok().body.contains("data-count=\"0\""));
    rider.post("/notices/read", &[]).await.see("/notices");
    rider.get("/notices?before=nonsense").await.refused(404, "没有这个页面");
}

/// Which of these somebody was told, once nothing can be undone any more; the latest first.
async fn told(town: &Town, whom: &Actor, kinds: &[&str]) -> Vec<String> {
    let worker = qige_app::worker(&town.app.app);
    worker.run_until_idle().await.unwrap();
    town.app.clock.advance(2 * Timestamp::MINUTE);
    worker.run_until_idle().await.unwrap();
    let all = whom.get_json("/notices").await.ok().json()["notices"].clone();
    let all = all.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap_or_default());
    all.filter(|kind| kinds.contains(kind)).map(str::to_owned).collect()
}

#[db_test]
async fn what_is_said_about_a_case_reaches_those_it_is_for(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    let told = async |whom: &Actor| told(&town, whom, &["commented", "report-commented"]).await;
    town.give(&town.handler, &case, "comment", &json!({"words": "需要排水所协助"})).await;
    assert_eq!(told(&town.dispatcher).await, ["commented"], "a unit that asks is heard");
    assert_eq!(told(&town.rider).await, [""; 0], "but not by the reporter");
    let public = json!({"words": "周四前修好", "public": true});
    town.give(&town.dispatcher, &case, "comment", &public).await.ok();
    assert_eq!(told(&town.rider).await, ["report-commented"]);
    assert_eq!(told(&town.dispatcher).await, ["commented"], "nobody is told of their own words");
}

#[db_test]
async fn what_a_unit_sends_back_again_is_told_to_the_supervisors_of_the_place(db: TestDb) {
    let town = Town::new(&db).await;
    let mut near = town.app.person(Role::Supervisor, Scope::Community(town.west)).await;
    let far = town.app.person(Role::Supervisor, Scope::Community(town.east)).await;
    let case = town.dispatched().await;
    let told = async |whom: &Actor| told(&town, whom, &["escalated", "sent-back"]).await;
    let back = json!({"reason": "不归我们管"});

    town.give(&town.handler, &case, "send-back", &back).await;
    assert_eq!(told(&near).await, [""; 0], "once is the dispatcher's");
    assert_eq!(told(&town.dispatcher).await, ["sent-back"]);

    let again = json!({"lead": town.roads, "released_words": "占道"});
    town.give(&town.dispatcher, &case, "dispatch", &again).await.ok();
    town.give(&town.handler, &case, "send-back", &back).await;
    let undone = town.handler.post_json(&format!("/unit/cases/{case}/undo"), &json!({})).await;
    assert!(undone.status.is_success(), "{} {}", undone.status, undone.body);
    assert_eq!(told(&near).await, [""; 0], "what was taken back is told to nobody");

    town.give(&town.handler, &case, "send-back", &back).await;
    for (whom, name) in [(&near, "of the community"), (&town.supervisor, "of the subdistrict")] {
        assert_eq!(told(whom).await, ["escalated"], "{name}");
    }
    assert_eq!(told(&far).await, [""; 0], "another community's is not theirs");
    let number = town.case(&case).await["number"].as_str().unwrap().to_owned();
    let page = near.get("/notices").await.ok();
    assert!(page.main().contains(&format!("再次退单，请您指定去向：路面脏 {number}")), "{}", page.main());

    near.language = "en".to_owned();
    let page = near.get("/notices").await.ok();
    assert!(page.main().contains("A unit sent back again, it is yours to place: "), "{}", page.main());

    // It is placed, and comes back once more: told once more, and by one notice who has it in hand as well.
    town.give(&near, &case, "dispatch", &again).await.ok();
    town.give(&town.handler, &case, "send-back", &back).await;
    assert_eq!(told(&near).await, ["escalated", "escalated"]);
    assert_eq!(told(&town.dispatcher).await, ["sent-back"; 2]);
}

#[db_test]
async fn a_case_over_by_its_double_is_told_to_the_supervisors_of_the_place(db: TestDb) {
    let town = Town::new(&db).await;
    let near = town.app.person(Role::Supervisor, Scope::Community(town.west)).await;
    let far = town.app.person(Role::Supervisor, Scope::Community(town.east)).await;
    let case = town.reported().await;
    let filed = json!({"matter": "matter-06-012", "urgency": "critical"});
    town.give(&town.dispatcher, &case, "file", &filed).await.ok();
    let order = json!({"lead": town.roads, "released_words": "占道"});
    town.give(&town.dispatcher, &case, "dispatch", &order).await.ok();
    let kinds = ["case-amber", "case-red", "case-over"];
    let told = async |whom: &Actor| told(&town, whom, &kinds).await;
    let over = town.case(&case).await;
    let due: Timestamp = over["due_at"].as_str().unwrap().parse().unwrap();
    let wait = |until: Timestamp| town.app.clock.advance(until.micros() - town.app.app.now().micros());
    assert_eq!(told(&near).await, [""; 0], "there is time yet");
    wait(due.plus(10 * Timestamp::MINUTE));
    assert_eq!(told(&near).await, [""; 0], "late alone is the dispatcher's");
    assert_eq!(told(&town.dispatcher).await, ["case-red"]);
    wait(due.plus(2 * Timestamp::HOUR + 10 * Timestamp::MINUTE));
    assert_eq!(told(&near).await, ["case-over"]);
    assert_eq!(told(&near).await, ["case-over"], "and once");
    assert_eq!(told(&town.supervisor).await, ["case-over"]);
    assert_eq!(told(&far).await, [""; 0]);
}

#[db_test]
async fn what_came_in_is_told_what_is_critical_by_name_and_all_else_as_a_number(db: TestDb) {
    let town = Town::new(&db).await;
    let near = town.app.person(Role::Dispatcher, Scope::Community(town.west)).await;
    let far = town.app.person(Role::Dispatcher, Scope::Community(town.east)).await;
    let kinds = ["critical-arrived", "reports-arrived"];
    let told = async |whom: &Actor| told(&town, whom, &kinds).await;
    assert_eq!(told(&near).await, [""; 0]);
    let manhole = town.reported_as(&town.rider, &json!({"matter": "matter-01-003"})).await;
    let stall = town.reported().await;
    assert_eq!(told(&near).await, ["critical-arrived"], "within the minute");
    assert_eq!(told(&near).await, ["critical-arrived"], "and once");
    assert_eq!(told(&town.dispatcher).await, ["critical-arrived"]);
    assert_eq!(told(&far).await, [""; 0], "of another place");
    assert_eq!(told(&town.rider).await, [""; 0]);
    assert!(near.get("/notices").await.ok().main().contains("特急，刚刚上报："));

    // The quarter is over: both wait.
    town.app.clock.advance(15 * Timestamp::MINUTE);
    assert_eq!(told(&near).await, ["reports-arrived", "critical-arrived"]);
    assert_eq!(told(&far).await, [""; 0]);
    let page = near.get("/notices").await.ok();
    assert!(page.main().contains("有 2 条新上报待处理"), "{}", page.main());
    let all = near.get_json("/notices").await.ok().json();
    let id = all["notices"][0]["id"].as_str().unwrap().to_owned();
    near.post(&format!("/notices/{id}/read"), &[]).await.see("/cases?state=reported");

    // Nothing came in during the next one; in the one after, one did, and was taken up at once.
    town.app.clock.advance(15 * Timestamp::MINUTE);
    assert_eq!(told(&near).await.len(), 2);
    let third = town.reported_as(&town.rider, &json!({"matter": "matter-01-003"})).await;
    let file = json!({"matter": "matter-01-003", "urgency": "critical"});
    for case in [&manhole, &stall, &third] {
        town.give(&near, case, "file", &file).await.ok();
    }
    town.app.clock.advance(20 * Timestamp::MINUTE);
    assert_eq!(told(&near).await.len(), 2, "nothing waits");
}
