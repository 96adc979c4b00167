//! Identifiers in the hands of those whom they do not concern: of another subdistrict in every parameter of
//! every endpoint, of another community or unit in the address of every step of a case.

use http::Method;
use qige_db::testing::TestDb;
use qige_db::{Asker, db_test, params, statements};
use qige_identity::{Role, Scope};
use qige_kernel::{TenantId, Timestamp};
use qige_web::{Access, Endpoint};
use serde_json::{Value, json};

use crate::actors::{Actor, Answer};
use crate::centre_world::Town;
use crate::every_stage::{Everybody, abroad, fields, may, named, queries, writing};

statements! {
    /// How many lines of a tenant's journals there are.
    LINES = "SELECT COUNT(*) FROM journal WHERE tenant = $1";
}

/// What only this subdistrict's pages say: words of a case, units, communities, a grid.
const OURS: [&str; 6] = ["摊位占了半条路", "市政养护队", "供水公司", "晶都社区", "利民社区", "第一网格"];

/// How often every endpoint was tried in the run of this test at least; it says that the walk is a walk.
const TRIED_AT_LEAST: usize = 1_500;

async fn lines(db: &TestDb, tenant: TenantId) -> i64 {
    let asker = Asker::system(tenant);
    db.read(asker, |tx| Box::pin(async move { Ok(tx.one::<(i64,)>(LINES, params![tx.tenant()]).await?.0) }))
        .await
        .unwrap()
}

/// One of each kind of thing that has an address.
async fn ours(town: &Town) -> Vec<String> {
    let case = town.dispatched().await;
    let photo = town.photo(&case).await;
    let person = town.rider.id.unwrap().to_string();
    vec![case, photo, person, town.water.to_string(), town.west_grid.to_string(), town.east.to_string()]
}

/// Every way to put one id into a request: into the path, into one part of the query, into one field.
fn ways(endpoint: &Endpoint, everybody: &Everybody, id: &str) -> Vec<(String, Value)> {
    let filled = |with: &str| {
        let pieces = endpoint.path.split('/').map(|piece| if piece.starts_with('{') { with } else { piece });
        pieces.collect::<Vec<_>>().join("/")
    };
    let (path, body) = (filled(id), everybody.in_order(endpoint));
    let mut ways = Vec::new();
    if path != endpoint.path {
        ways.push((path.clone(), body.clone()));
    }
    for (name, ..) in queries(endpoint) {
        ways.push((format!("{path}?{name}={id}"), body.clone()));
    }
    for (name, schema, _) in fields(endpoint) {
        let mut with = body.clone();
        with[&name] = if schema["type"] == "array" { json!([id]) } else { json!(id) };
        ways.push((path.clone(), with));
    }
    ways
}

async fn send(by: &Actor, endpoint: &Endpoint, address: &str, body: &Value) -> Answer {
    match endpoint.method {
        Method::GET => by.get_json(address).await,
        Method::POST => by.post_json(address, body).await,
        _ => {
            let headers = [("accept", "application/json"), ("content-type", "application/json")];
            by.send(endpoint.method.clone(), address, &headers, body.to_string().into()).await
        }
    }
}

#[db_test]
async fn of_another_subdistrict_it_opens_and_changes_nothing(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    let app = &everybody.town.app;
    let abroad = abroad(app).await;
    let ids = ours(&everybody.town).await;
    let before = lines(&db, app.tenant).await;
    let mut tried = 0;
    for endpoint in qige_web::endpoints() {
        if matches!(endpoint.access, Access::SettingUp | Access::Workshop | Access::Device) {
            continue;
        }
        // Whoever signs out has nothing more to try.
        if endpoint.path.starts_with("/sign-out") || endpoint.path.starts_with("/me/sessions") {
            continue;
        }
        // Whoever tries passwords and codes is told to wait, whatever they are.
        let asks = |(name, ..): &(String, Value, bool)| name.contains("password");
        let signs_in = endpoint.path.starts_with("/sign-in") || fields(&endpoint).iter().any(asks);
        let by = abroad.iter().find(|(role, _)| may(&endpoint, *role)).map(|(_, person)| person);
        for id in &ids {
            for (address, body) in ways(&endpoint, &everybody, id) {
                app.clock.advance(3 * Timestamp::SECOND);
                // Each time from another address, so that nobody is told to wait.
                let mut nobody = app.stranger();
                "other.example".clone_into(&mut nobody.host);
                let answer = send(by.unwrap_or(&nobody), &endpoint, &address, &body).await;
                let name = format!("{} at {address} with {body}", named(&endpoint));
                assert!(
                    answer.status.as_u16() < 500 && (answer.status != 429 || signs_in),
                    "{name}: {}",
                    answer.status
                );
                let said = answer.text();
                for word in OURS {
                    assert!(!said.contains(word) && !answer.body.contains(word), "{name}: {said}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > TRIED_AT_LEAST, "only {tried} requests");
    println!("{tried} requests with identifiers of another subdistrict");
    assert_eq!(lines(&db, app.tenant).await, before, "something was done here from elsewhere");
}

#[db_test]
async fn of_another_community_or_unit_a_case_stays_shut(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    let town = &everybody.town;
    let app = &town.app;
    let case = town.dispatched().await;
    let before = town.case(&case).await["version"].clone();
    let elsewhere = [
        (Role::Dispatcher, app.person(Role::Dispatcher, Scope::Community(town.east)).await),
        (Role::Supervisor, app.person(Role::Supervisor, Scope::Community(town.east)).await),
        (Role::GridWorker, app.person(Role::GridWorker, Scope::Community(town.east)).await),
        (Role::UnitLead, app.person(Role::UnitLead, Scope::Unit(town.water)).await),
        (Role::Rider, app.person(Role::Rider, Scope::Tenant).await),
    ];
    let about = ["/cases/{id}/", "/unit/cases/{id}/", "/ground/{case}/", "/mine/{case}/"];
    let mut tried = 0;
    for endpoint in writing().filter(|endpoint| about.iter().any(|path| endpoint.path.starts_with(path))) {
        let (path, body) =
            (endpoint.path.replace("{id}", &case).replace("{case}", &case), everybody.in_order(&endpoint));
        for (role, person) in elsewhere.iter().filter(|(role, _)| may(&endpoint, *role)) {
            app.clock.advance(2 * Timestamp::SECOND);
            let answer = person.post_json(&path, &body).await;
            let name = format!("{} as {role} of elsewhere", named(&endpoint));
            assert!(answer.status.is_client_error(), "{name}: {} {}", answer.status, answer.body);
            tried += 1;
        }
    }
    for page in ["/cases", "/unit/cases", "/ground", "/mine"] {
        for (role, person) in &elsewhere {
            let answer = person.get_json(&format!("{page}/{case}")).await;
            assert!(answer.status.is_client_error(), "{page} as {role}: {} {}", answer.status, answer.body);
            assert!(!answer.body.contains("摊位"), "{page} as {role}");
        }
    }
    assert!(tried > 60, "only {tried} steps");
    assert_eq!(town.case(&case).await["version"], before);
}
