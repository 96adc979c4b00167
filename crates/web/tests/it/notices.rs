//! The inbox.

use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test};
use qige_identity::{Role, Scope};
use qige_kernel::{CaseId, PersonId, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use crate::actors::TestApp;
use crate::centre_world::Town;

struct Tell {
    whom: PersonId,
    about: CaseId,
    at: Timestamp,
}

impl Command for Tell {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let notice = NewNotice {
            recipient: Recipient::Person(self.whom),
            kind: "report-closed",
            args: json!({"number": "20261124-0007", "matter": null}),
            about: About::new("case", self.about),
            dedupe: self.about.to_string(),
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
    app.write(Tell { whom: rider.id.unwrap(), about, at: app.app.now() }).await;
    app.write(Tell { whom: rider.id.unwrap(), about, at: app.app.now() }).await;
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

#[db_test]
async fn what_is_said_about_a_case_reaches_those_it_is_for(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    let told = async |whom: &crate::actors::Actor| {
        town.app.clock.advance(Timestamp::HOUR);
        qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
        let all = whom.get_json("/notices").await.ok().json()["notices"].clone();
        let kinds = all.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap_or_default());
        kinds.filter(|kind| kind.ends_with("commented")).map(str::to_owned).collect::<Vec<_>>()
    };
    town.give(&town.handler, &case, "comment", &json!({"words": "需要排水所协助"})).await;
    assert_eq!(told(&town.dispatcher).await, ["commented"], "a unit that asks is heard");
    assert_eq!(told(&town.rider).await, [""; 0], "but not by the reporter");
    let public = json!({"words": "周四前修好", "public": true});
    town.give(&town.dispatcher, &case, "comment", &public).await.ok();
    assert_eq!(told(&town.rider).await, ["report-commented"]);
    assert_eq!(told(&town.dispatcher).await, ["commented"], "nobody is told of their own words");
}
