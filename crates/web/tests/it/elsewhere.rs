//! Things in the hands of people of the same subdistrict whom they do not concern: of another community, unit
//! or person, in the address of every endpoint that names it.

use qige_db::db_test;
use qige_db::testing::{Rows, TestDb};
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use qige_web::Endpoint;
use serde_json::{Value, json};

use crate::actors::{Actor, PASSWORD};
use crate::agreed::{Shut, Who, lines};
use crate::every_stage::Everybody;
use crate::rider_world::Phone;
use crate::things::Things;

/// The tables in which two states of a tenant differ.
pub(crate) fn changed<'a>(before: &'a Rows, after: &'a Rows) -> Vec<&'a str> {
    let differs = |table: &&String| before.get(*table) != after.get(*table);
    before.keys().filter(differs).map(String::as_str).collect()
}

/// What somebody would send of their own, so that nothing but whose it is speaks against it.
fn in_order(everybody: &Everybody, endpoint: &Endpoint) -> Value {
    match endpoint.path {
        "/cases/filters/{id}" => json!({"name": "我的立案", "query": "state=filed"}),
        "/me/credentials/{id}/end" | "/me/passkeys/{id}/remove" => json!({"password": PASSWORD}),
        _ => everybody.in_order(endpoint),
    }
}

/// What is answered besides, whosever it is: there is no next case, and no code waits to be entered.
fn as_well(endpoint: &Endpoint) -> u16 {
    match endpoint.path {
        "/cases/{id}/next" => 204,
        "/me/notices/ways/{id}/confirm" => 409,
        _ => 404,
    }
}

/// What asking leaves behind, whatever the answer is: when a credential was used, and which request it was.
const OF_ASKING: [&str; 2] = ["credentials", "request_keys"];

/// People of the same subdistrict from elsewhere in it: another community, another unit, another rider, and
/// those who look after everything and own nothing.
async fn from_elsewhere(everybody: &Everybody) -> Vec<(Role, Scope, bool, Actor)> {
    let (town, app) = (&everybody.town, &everybody.town.app);
    let (east, water) = (Scope::Community(town.east), Scope::Unit(town.water));
    let mut people = Vec::new();
    for (role, scope, narrow) in [
        (Role::Dispatcher, east, true),
        (Role::Supervisor, east, true),
        (Role::GridWorker, east, true),
        (Role::UnitLead, water, true),
        (Role::UnitHandler, water, true),
        (Role::Rider, Scope::Tenant, true),
        (Role::GridWorker, Scope::Community(town.west), false),
        (Role::Supervisor, Scope::Tenant, false),
        (Role::TenantAdmin, Scope::Tenant, false),
        (Role::SecurityAdmin, Scope::Tenant, false),
        (Role::Auditor, Scope::Tenant, false),
    ] {
        let person = app.person(role, scope).await;
        people.push((role, scope, narrow, app.token(&person).await));
    }
    people
}

#[db_test]
async fn of_another_community_unit_or_person_it_stays_shut(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    let things = Things::of(&everybody).await;
    let app = &everybody.town.app;
    let elsewhere = from_elsewhere(&everybody).await;
    let other_phone = Phone::of(app, None).await;
    let (mut shut, mut tried, mut wrong) = (0, 0, Vec::new());
    for line in lines().into_iter().filter(|line| matches!(line.shut, Shut::Scope | Shut::Own)) {
        let (name, endpoint) = (line.named(), line.endpoint());
        let staged = endpoint.method != http::Method::GET && everybody.has_a_stage_for(&endpoint);
        let path = if staged { everybody.address(&endpoint).await } else { things.path(&endpoint) };
        let (body, before) = (in_order(&everybody, &endpoint), db.rows_of(app.tenant).await);
        let may = |role, scope, narrow| line.allows(role, scope) && (narrow || line.shut == Shut::Own);
        let people = elsewhere.iter().filter(|(role, scope, narrow, _)| may(*role, *scope, *narrow));
        let mut who: Vec<_> = people.map(|(role, _, _, person)| (role.as_str(), person)).collect();
        if line.who == Who::By("device".to_owned()) {
            who.push(("another phone", &other_phone.actor));
        }
        assert!(!who.is_empty(), "nobody could be from elsewhere for {name}");
        for (role, person) in &who {
            app.clock.advance(3 * Timestamp::SECOND);
            let answer = everybody.ask(&endpoint, &path, person, &body).await;
            if ![403, 404, as_well(&endpoint)].contains(&answer.status.as_u16()) {
                wrong.push(format!("{name} as {role} of elsewhere: {} {}", answer.status, answer.body));
            }
        }
        (shut, tried) = (shut + 1, tried + who.len());
        let after = db.rows_of(app.tenant).await;
        let mut tables = changed(&before, &after);
        tables.retain(|table| !OF_ASKING.contains(table));
        if !tables.is_empty() {
            wrong.push(format!("{name} changed {tables:?} from elsewhere"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{shut} endpoints about somebody's or some place's, {tried} requests from elsewhere");
}
