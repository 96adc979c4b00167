//! Every endpoint of the table, tried by those who may not.

use http::Method;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope, permissions};
use qige_web::{Access, Endpoint};

use crate::actors::{Actor, Answer, HOST, TestApp};

const ID: &str = "019a0000-0000-7000-8000-000000000001";

fn filled(path: &str) -> String {
    path.split('/').map(|piece| if piece.starts_with('{') { ID } else { piece }).collect::<Vec<_>>().join("/")
}

async fn try_it(actor: &Actor, endpoint: &Endpoint) -> Answer {
    let path = filled(endpoint.path);
    if endpoint.method == Method::GET {
        return actor.get(&path).await;
    }
    let headers = [("accept", "application/json"), ("content-type", "application/json")];
    actor.send(endpoint.method.clone(), &path, &headers, "{}".into()).await
}

fn allowing(access: Access, role: Role, scope: Scope) -> bool {
    let may = |one| permissions::over(role, scope, one).is_some();
    match access {
        Access::Public | Access::SignedIn | Access::Entering => true,
        Access::May(one) => one == qige_identity::Permission::ManageOwnAccount || may(one),
        Access::MayAny(many) => many.iter().any(|one| may(*one)),
        Access::Device | Access::SettingUp | Access::Workshop => false,
    }
}

#[db_test]
async fn who_may_not_is_refused_everywhere(db: TestDb) {
    let app = TestApp::new(&db).await;
    let other = app.app.entropy.id(app.app.now());
    app.create_tenant(other, "other", "石榴街道", Some("other.example")).await;
    let abroad = app.person_in(other, "other.example", Role::Supervisor, Scope::Tenant).await;
    let mut from_abroad = app.stranger();
    from_abroad.keep(&format!("qige={}", abroad.cookie("qige").unwrap()));
    from_abroad.host = HOST.to_owned();
    let ended = app.person(Role::Supervisor, Scope::Tenant).await;
    let before = ended.cookie("qige").unwrap();
    ended.post("/sign-out", &[]).await;
    ended.keep(&format!("qige={before}"));
    let roles =
        [Role::Donor, Role::Rider, Role::Dispatcher, Role::UnitHandler, Role::TenantAdmin, Role::Auditor];
    let mut people = Vec::new();
    for role in roles {
        let unit = Scope::Unit(app.app.entropy.id(app.app.now()));
        let scope = if role == Role::UnitHandler { unit } else { Scope::Tenant };
        people.push((role, scope, app.person(role, scope).await));
    }
    // One who leads a grid alone does nothing that is everybody's.
    let grid = Scope::Grid(app.app.entropy.id(app.app.now()));
    people.push((Role::Supervisor, grid, app.person(Role::Supervisor, grid).await));
    let (mut walked, mut tried) = (0, 0);
    for endpoint in qige_web::endpoints() {
        // Slowly enough that nobody is told to wait.
        app.clock.advance(3 * qige_kernel::Timestamp::SECOND);
        let name = format!("{} {}", endpoint.method, endpoint.path);
        match endpoint.access {
            Access::Public => continue,
            Access::SettingUp => {
                let refused = try_it(&app.stranger(), &endpoint).await;
                assert_eq!(refused.status, 404, "{name} is open after setting up");
                continue;
            }
            Access::Workshop => continue,
            Access::SignedIn | Access::Entering | Access::May(_) | Access::MayAny(_) | Access::Device => {}
        }
        walked += 1;
        tried += 3 + people.len();
        for nobody in [&app.stranger(), &from_abroad, &ended] {
            let refused = try_it(nobody, &endpoint).await;
            let sent = refused.status == 303 && refused.header("location").starts_with("/sign-in");
            assert!(sent || refused.status == 401, "{name}: {}", refused.status);
        }
        for (role, scope, person) in &people {
            let status = try_it(person, &endpoint).await.status;
            if !allowing(endpoint.access, *role, *scope) {
                assert_eq!(status, 403, "{name} as {role}");
            } else if endpoint.method != Method::GET && endpoint.description.guards_sessions {
                assert_eq!(status, 403, "{name} as {role} without the session's token");
            }
            assert!(status.as_u16() < 500, "{name} as {role}: {status}");
        }
    }
    println!("{walked} endpoints that are not for everybody, {tried} requests");
}

#[test]
fn what_changes_something_checks_where_it_comes_from() {
    for endpoint in qige_web::endpoints() {
        let reads = matches!(endpoint.method, Method::GET | Method::HEAD | Method::OPTIONS);
        assert!(
            reads || endpoint.description.guards_sessions,
            "{} {} takes neither Input, Upload nor BearerOnly",
            endpoint.method,
            endpoint.path
        );
    }
}

#[test]
fn every_endpoint_stands_in_the_table_once_and_says_what_it_is() {
    let mut seen = std::collections::BTreeSet::new();
    for endpoint in qige_web::endpoints() {
        assert!(seen.insert((endpoint.method.to_string(), endpoint.path)), "{} twice", endpoint.path);
        assert!(endpoint.summary.len() > 3 && !endpoint.summary.ends_with('.'), "{}", endpoint.path);
        assert!(endpoint.path == "/" || !endpoint.path.ends_with('/'), "{}", endpoint.path);
    }
}
