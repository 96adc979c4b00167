//! A colleague has one's role while one is away; and what anybody can see can be read in one place.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::{Actor, Answer};
use crate::centre_world::Town;

/// The first role that somebody could hand on.
async fn own(of: &Actor) -> String {
    let page: Value = of.get_json("/me/cover").await.ok().json();
    page["roles"][0]["id"].as_str().unwrap_or_default().to_owned()
}

async fn hand(of: &Actor, role: &str, to: &Actor, until: &str) -> Answer {
    of.post_json(&format!("/me/cover/{role}"), &json!({"to": to.id.unwrap(), "until": until})).await
}

async fn again(actor: &Actor) {
    actor.sign_in(&actor.account, crate::actors::PASSWORD).await.see("/");
}

#[db_test]
async fn a_colleague_has_the_role_until_the_day_or_until_it_is_taken_back(db: TestDb) {
    let town = Town::new(&db).await;
    let app = &town.app;
    let away = app.person(Role::Dispatcher, Scope::Community(town.west)).await;
    let covers = app.person(Role::Dispatcher, Scope::Community(town.east)).await;
    let case = town.reported().await;
    let address = format!("/cases/{case}");
    covers.get(&address).await.refused(404, "");
    let role = own(&away).await;
    hand(&away, &role, &covers, "2099-01-01").await.refused(422, "/problems/cover-too-long");
    hand(&away, &role, &covers, "2020-01-01").await.refused(422, "/problems/cover-too-long");
    hand(&away, &role, &town.rider, "2026-10-20").await.refused(422, "/problems/cover-no-colleague");
    hand(&covers, &role, &away, "2026-10-20").await.refused(404, "");
    hand(&away, &role, &covers, "2026-10-20").await.ok();
    covers.get(&address).await.ok();
    assert!(covers.get("/notices").await.text().contains("请您代班"));
    insta::assert_snapshot!("covered_by_a_colleague", away.get("/me/cover").await.ok().main());

    // What is only covered is not handed on.
    let roles = covers.get_json("/me/cover").await.json()["roles"].as_array().unwrap().len();
    assert_eq!(roles, 1, "the own one alone");
    let cover = away.get_json("/me/cover").await.json()["covers"][0]["id"].as_str().unwrap().to_owned();
    hand(&covers, &cover, &town.dispatcher, "2026-10-19").await.refused(422, "/problems/cover-not-this");
    covers.post_json(&format!("/me/cover/{cover}/end"), &json!({})).await.refused(404, "");
    away.post_json(&format!("/me/cover/{cover}/end"), &json!({})).await.ok();
    covers.get(&address).await.refused(404, "");

    // It ends with the role that it covers, and by itself.
    hand(&away, &role, &covers, "2026-10-20").await.ok();
    covers.get(&address).await.ok();
    let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let revoke = format!("/admin/people/{}/grants/{role}/revoke", away.id.unwrap());
    security.post_json(&revoke, &json!({})).await.ok();
    covers.get(&address).await.refused(404, "");
    let role = own(&town.dispatcher).await;
    hand(&town.dispatcher, &role, &covers, "2026-10-20").await.ok();
    app.clock.advance(60 * Timestamp::DAY);
    again(&covers).await;
    covers.get(&address).await.refused(404, "");
}

#[db_test]
async fn powers_and_riders_are_not_covered(db: TestDb) {
    let town = Town::new(&db).await;
    let security = town.app.person(Role::SecurityAdmin, Scope::Tenant).await;
    for actor in [&security, &town.rider] {
        assert_eq!(own(actor).await, "");
        assert!(actor.get("/me/cover").await.text().contains("没有可以请人代班的角色"));
    }
    // Of a unit, its own people; there is one.
    assert!(town.handler.get("/me/cover").await.text().contains("没有可以代班的同事"));
    town.app.stranger().get("/me/cover").await.asks_to_sign_in();
}

#[db_test]
async fn what_somebody_can_see_is_read_in_one_place(db: TestDb) {
    let town = Town::new(&db).await;
    let app = &town.app;
    let (security, auditor) = (
        app.person(Role::SecurityAdmin, Scope::Tenant).await,
        app.person(Role::Auditor, Scope::Tenant).await,
    );
    let path = format!("/admin/people/{}/sees", town.worker.id.unwrap());
    insta::assert_snapshot!("what_a_grid_worker_sees", security.get(&path).await.ok().main());
    auditor.get(&path).await.ok();
    town.supervisor.get(&path).await.refused(403, "");
    town.worker.get(&path).await.refused(403, "");
    let page: Value = security.get_json(&path).await.json();
    let paths: Vec<&str> =
        page["pages"].as_array().unwrap().iter().map(|page| page["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"/ground") && !paths.contains(&"/cases"), "{paths:?}");
    for path in paths.iter().filter(|path| !path.contains('{')) {
        assert_ne!(town.worker.get(path).await.status, 403, "{path} opens");
    }
    let nobody = format!("/admin/people/{}/sees", crate::every_stage::NOBODY);
    security.get(&nobody).await.refused(404, "");
}
