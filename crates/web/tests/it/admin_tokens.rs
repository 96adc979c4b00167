//! Programs: let in by a token that is shown once, doing what their role may do, and ended.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use serde_json::json;

use crate::centre_world::Town;

#[db_test]
async fn a_program_is_let_in_does_what_it_may_and_is_ended(db: TestDb) {
    let town = Town::new(&db).await;
    let security = town.app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let page = security.get("/admin/tokens").await.ok();
    assert!(
        page.main().contains("还没有程序接入") && page.body.contains("max=\"2027-09-23\""),
        "{}",
        page.body
    );
    let west = format!("community:{}", town.west);
    let mut program =
        vec![("name", "热线对接"), ("role", "dispatcher"), ("scope", &west), ("until", "2027-09-23")];
    let shown = security.post("/admin/tokens", &program).await.ok();
    let secret = shown.main().lines().find(|line| line.trim().starts_with("qt_")).unwrap().trim().to_owned();
    assert!(shown.main().contains("只显示这一次"), "{}", shown.main());
    let list = security.get("/admin/tokens").await.ok();
    assert!(list.main().contains("热线对接") && list.main().contains("还没用过"), "{}", list.main());
    assert!(!list.body.contains(&secret), "it is shown once");

    let mut hotline = town.app.stranger();
    hotline.bearer = Some(secret);
    let here = town.reported().await;
    let there = town.reported_as(&town.rider, &json!({"lng": 118.792})).await;
    hotline.get_json(&format!("/cases/{here}")).await.ok();
    hotline.get_json(&format!("/cases/{there}")).await.refused(404, "");
    hotline.get_json("/admin/people").await.refused(403, "");
    town.give(&hotline, &here, "file", &json!({"matter": "matter-06-012"})).await.ok();
    let case = town.case(&here).await.to_string();
    assert!(case.contains("热线对接"), "the journal says who it was");

    let id = security.get_json("/admin/tokens").await.json()["tokens"][0]["id"].as_str().unwrap().to_owned();
    security.get("/admin/tokens").await.ok();
    security.post(&format!("/admin/tokens/{id}/end"), &[]).await.see("/admin/tokens");
    assert_eq!(hotline.get_json("/cases").await.status, 401);
    assert!(security.get("/admin/tokens").await.main().contains("还没有程序接入"));
    security.post(&format!("/admin/tokens/{id}/end"), &[]).await.see("/admin/tokens");

    // What cannot be is refused at its field, and what was typed is kept.
    security.get("/admin/tokens").await.ok();
    program[3] = ("until", "2027-09-24");
    let refused = security.post("/admin/tokens", &program).await.refused(422, "有效期最长 366 天");
    assert!(refused.body.contains("f-until-error") && refused.body.contains("value=\"热线对接\""));
    program[3] = ("until", "2026-09-22");
    security.post("/admin/tokens", &program).await.refused(422, "不能早于现在");
    program[3] = ("until", "2026-12-31");
    program[1] = ("role", "auditor");
    program[2] = ("scope", "tenant");
    security.post("/admin/tokens", &program).await.refused(422, "程序不能当管理员");
    program[1] = ("role", "unit-handler");
    security.post("/admin/tokens", &program).await.refused(422, "");
    let elsewhere = format!("community:{}", crate::every_stage::NOBODY);
    (program[1], program[2]) = (("role", "dispatcher"), ("scope", elsewhere.as_str()));
    security.post("/admin/tokens", &program).await.refused(422, "没有这个地点");
    assert_eq!(security.get_json("/admin/tokens").await.json()["tokens"], json!([]), "nothing half done");
}

#[db_test]
async fn a_person_s_own_token_ends_alone_and_others_never_see_the_page(db: TestDb) {
    let town = Town::new(&db).await;
    let mut security = town.app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let token = town.app.token(&town.dispatcher).await;
    token.get_json("/cases").await.ok();
    security.language = "en".to_owned();
    let page = security.get("/admin/tokens").await.ok();
    assert!(
        page.main().contains("Dispatcher") && page.main().contains("Let a program in"),
        "{}",
        page.main()
    );
    let id = security.get_json("/admin/tokens").await.json()["tokens"][0]["id"].as_str().unwrap().to_owned();
    security.post(&format!("/admin/tokens/{id}/end"), &[]).await.see("/admin/tokens");
    assert_eq!(token.get_json("/cases").await.status, 401);
    town.dispatcher.get("/cases").await.ok();
    for role in [Role::TenantAdmin, Role::Auditor, Role::Supervisor] {
        let person = town.app.person(role, Scope::Tenant).await;
        person.get("/admin/tokens").await.refused(403, "");
        person.post("/admin/tokens", &[("name", "x")]).await.refused(403, "");
    }
    town.app.stranger().get("/admin/tokens").await.asks_to_sign_in();
}
