//! The inbox.

use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test};
use qige_identity::{Role, Scope};
use qige_kernel::{CaseId, PersonId, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use crate::actors::TestApp;

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
