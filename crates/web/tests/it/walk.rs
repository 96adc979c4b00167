//! Every endpoint that was agreed, tried by those who may not, with ids of things that are there.

use http::Method;
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope, ScopeKind};
use qige_kernel::Timestamp;

use crate::actors::{Actor, Answer, HOST};
use crate::agreed::{Who, lines};
use crate::every_stage::Everybody;
use crate::rider_world::uuid;
use crate::things::Things;

async fn try_it(actor: &Actor, method: &Method, path: &str) -> Answer {
    if method == Method::GET {
        return actor.get(path).await;
    }
    let headers =
        [("accept", "application/json"), ("content-type", "application/json"), ("tus-resumable", "1.0.0")];
    actor.send(method.clone(), path, &headers, "{}".into()).await
}

/// Somebody in each role there is, over the first kind of scope that it can have; and a supervisor of a grid.
async fn in_every_role(everybody: &Everybody) -> Vec<(Role, Scope, Actor)> {
    let (town, app) = (&everybody.town, &everybody.town.app);
    let mut people = Vec::new();
    for role in Role::ALL.iter().copied() {
        let scope = match role.scope_kinds()[0] {
            ScopeKind::Tenant => Scope::Tenant,
            ScopeKind::Community => Scope::Community(town.west),
            ScopeKind::Grid => Scope::Grid(town.west_grid),
            ScopeKind::Unit => Scope::Unit(town.roads),
            ScopeKind::Station => Scope::Station(town.west),
            ScopeKind::Branch => Scope::Branch(uuid(app)),
        };
        people.push((role, scope, app.person(role, scope).await));
    }
    // One who leads a grid alone does nothing that is everybody's.
    let grid = Scope::Grid(town.west_grid);
    people.push((Role::Supervisor, grid, app.person(Role::Supervisor, grid).await));
    people
}

/// Those who are nobody here: without an account, with one of another subdistrict, signed out.
async fn strangers(everybody: &Everybody) -> [Actor; 3] {
    let app = &everybody.town.app;
    let other = app.another().await;
    let abroad = other.person(Role::Supervisor, Scope::Tenant).await;
    let mut from_abroad = app.stranger();
    from_abroad.keep(&format!("qige={}", abroad.cookie("qige").unwrap()));
    HOST.clone_into(&mut from_abroad.host);
    let ended = app.person(Role::Supervisor, Scope::Tenant).await;
    let before = ended.cookie("qige").unwrap();
    ended.post("/sign-out", &[]).await;
    ended.keep(&format!("qige={before}"));
    [app.stranger(), from_abroad, ended]
}

/// Asked to sign in, or told that no device is known.
#[track_caller]
fn turned_away(answer: &Answer, name: &str) {
    let sent = answer.status == 303 && answer.header("location").starts_with("/sign-in");
    assert!(sent || answer.status == 401, "{name}: {}", answer.status);
}

#[db_test]
async fn who_may_not_is_refused_everywhere(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    let things = Things::of(&everybody).await;
    let (nobodies, people) = (strangers(&everybody).await, in_every_role(&everybody).await);
    let (mut walked, mut tried) = (0, 0);
    for line in lines() {
        let (name, endpoint) = (line.named(), line.endpoint());
        let path = things.path(&endpoint);
        // Slowly enough that nobody is told to wait.
        everybody.town.app.clock.advance(3 * Timestamp::SECOND);
        match &line.who {
            // Each has a test of its own; the second is open here, since the settings say so.
            Who::Public { .. } => continue,
            Who::By(rule) if rule == "workshop" => continue,
            Who::By(rule) if rule == "setting-up" => {
                let refused = try_it(&nobodies[0], &line.method, &path).await;
                assert_eq!(refused.status, 404, "{name} is open after setting up");
                continue;
            }
            Who::By(_) | Who::May(_) => {}
        }
        walked += 1;
        tried += nobodies.len() + people.len();
        for nobody in &nobodies {
            turned_away(&try_it(nobody, &line.method, &path).await, &name);
        }
        for (role, scope, person) in &people {
            let status = try_it(person, &line.method, &path).await.status;
            if !line.allows(*role, *scope) {
                assert_eq!(status, 403, "{name} as {role}");
            } else if line.method != Method::GET && endpoint.description.guards_sessions {
                assert_eq!(status, 403, "{name} as {role} without the session's token");
            }
            assert!(status.as_u16() < 500, "{name} as {role}: {status}");
        }
    }
    println!(
        "{walked} endpoints that are not for everybody, {tried} requests by {} actors",
        3 + people.len()
    );
}

/// What nobody who is not signed in may learn of a town from a page that is open to all, by what the list
/// calls it.
fn secrets(everybody: &Everybody, things: &Things, sent: &str) -> Vec<(&'static str, String)> {
    let town = &everybody.town;
    let mut secrets = vec![
        ("words", "摊位占了半条路".to_owned()),
        ("words", things.mark.clone()),
        ("own", "13812345678".to_owned()),
        ("file", "供水公司今晚抢修".to_owned()),
        ("own", "井盖缺了一角".to_owned()),
        ("name", "骑手 0017".to_owned()),
    ];
    secrets.extend(["市政养护队", "供水公司"].map(|unit| ("units", unit.to_owned())));
    secrets.extend(["晶都社区", "利民社区", "第一网格"].map(|place| ("places", place.to_owned())));
    for who in [&town.rider, &town.dispatcher, &town.supervisor, &town.handler, &town.worker] {
        secrets.push(("people", who.account.clone()));
    }
    let ids = things.all().filter(|(kind, id)| *kind != "scope" && !sent.contains(id));
    secrets.extend(ids.map(|(kind, id)| {
        let told = match kind {
            "place" | "grid" => "places",
            "unit" => "units",
            "followed-photo" | "followed-file" | "code" => "own",
            _ => kind,
        };
        (told, id.to_owned())
    }));
    secrets
}

#[db_test]
async fn whoever_is_nobody_is_told_what_was_agreed_and_no_more(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    let things = Things::of(&everybody).await;
    let (mut tried, mut wrong) = (0, Vec::new());
    for line in lines() {
        let Who::Public { status, told } = &line.who else { continue };
        let (name, path) = (line.named(), things.path(&line.endpoint()));
        everybody.town.app.clock.advance(3 * Timestamp::SECOND);
        let answer = try_it(&everybody.town.app.stranger(), &line.method, &path).await;
        let said = [answer.body.as_str(), &answer.text(), answer.header("location")].concat();
        let told: Vec<&str> = told.split('|').collect();
        let mut more: Vec<_> = secrets(&everybody, &things, &path)
            .into_iter()
            .filter(|(what, secret)| !told.contains(what) && said.contains(secret.as_str()))
            .map(|(what, _)| what)
            .collect();
        more.dedup();
        if answer.status.as_u16() != *status || !more.is_empty() {
            wrong.push(format!("{name}: {} instead of {status}, and told {more:?}", answer.status));
        }
        tried += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{tried} endpoints that are for everybody");
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
