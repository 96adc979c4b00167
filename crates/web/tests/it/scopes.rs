//! Roles over a part of the subdistrict: what they reach, and that they reach no further.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{FourEyes, Role, Scope};
use qige_places::PlaceKind;
use serde_json::{Value, json};

use crate::actors::{Actor, Answer};
use crate::centre_world::{Town, place};
use crate::rider_world::jpeg;

/// A town with people in two communities, and supervisors of one of them, of one grid of it, and of all.
struct Parts {
    town: Town,
    west: Actor,
    grid: Actor,
    /// A rider of the western community, one of the eastern, and a grid worker of the western grid.
    here: Actor,
    there: Actor,
    in_grid: Actor,
    /// Who keeps a station of the western community.
    keeper: Actor,
}

impl Parts {
    async fn new(db: &TestDb) -> Self {
        let town = Town::new(db).await;
        let station =
            place(&town.app, PlaceKind::Station, "320722001001901", "晶都驿站", Some(town.west), None).await;
        let west = Scope::Community(town.west);
        Self {
            west: town.app.person(Role::Supervisor, west).await,
            grid: town.app.person(Role::Supervisor, Scope::Grid(town.west_grid)).await,
            here: town.app.person(Role::Rider, west).await,
            there: town.app.person(Role::Rider, Scope::Community(town.east)).await,
            in_grid: town.app.person(Role::GridWorker, Scope::Grid(town.west_grid)).await,
            keeper: town.app.person(Role::StationKeeper, Scope::Station(station)).await,
            town,
        }
    }
}

async fn listed(by: &Actor) -> Vec<String> {
    let page = by.get_json("/admin/people").await.ok().json();
    let mut ids: Vec<String> =
        page["people"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn ids(of: &[&Actor]) -> Vec<String> {
    let mut ids: Vec<String> = of.iter().map(|one| one.id.unwrap().to_string()).collect();
    ids.sort();
    ids
}

#[db_test]
async fn whoever_leads_a_part_sees_its_people_alone(db: TestDb) {
    let parts = Parts::new(&db).await;
    let Parts { town, west, grid, here, there, in_grid, keeper } = &parts;
    assert_eq!(listed(west).await, ids(&[&town.worker, west, grid, here, in_grid, keeper]));
    assert_eq!(listed(grid).await, ids(&[grid, in_grid]));
    assert!(listed(&town.supervisor).await.contains(&there.id.unwrap().to_string()));
    let file = west.get("/admin/people.csv").await.ok().body;
    assert!(file.contains(&here.account) && !file.contains(&there.account), "{file}");
    // Whom one does not see is not there, by name or by id.
    let found = west.get_json(&format!("/admin/people?q={}", there.account)).await.ok().json();
    assert!(found["people"].as_array().unwrap().is_empty());
    let page = |of: &Actor| format!("/admin/people/{}", of.id.unwrap());
    for (who, of, status) in
        [(west, here, 200), (west, there, 404), (grid, here, 404), (grid, in_grid, 200), (west, keeper, 200)]
    {
        for path in [page(of), format!("{}/consents", page(of))] {
            let seen = who.get(&path).await.status;
            // Looking at consents is not for those who look after accounts alone, but both lead here.
            assert_eq!(seen.as_u16(), status, "{path}");
        }
    }
    // Somebody who was recommended for the community and has no role yet is of it too.
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let community = town.west.to_string();
    let fields = [("name", "骑手 31"), ("phone", "13800000031"), ("community", community.as_str())];
    admin.get("/members").await.ok();
    admin.post("/members", &fields).await.see("/members");
    let found = west.get_json("/admin/people?q=31").await.ok().json();
    assert!(found["people"].as_array().unwrap().iter().any(|one| one["name"] == "骑手 31"));
    assert!(grid.get_json("/admin/people?q=31").await.ok().json()["people"].as_array().unwrap().is_empty());
}

async fn record(by: &Actor, of: &Actor, scope: &str) -> Answer {
    let list = format!("/admin/people/{}/consents", of.id.unwrap());
    by.get(&list).await;
    let photo = jpeg(90);
    let fields = [("text_version", "1"), ("scope", scope)];
    by.post_files(&format!("{list}/to/call-back"), &fields, &[("scan", "a.jpg", &photo)]).await
}

#[db_test]
async fn consents_are_written_down_and_withdrawn_for_ones_own_people_alone(db: TestDb) {
    let parts = Parts::new(&db).await;
    let Parts { town, west, grid, here, there, in_grid, .. } = &parts;
    let own = format!("community:{}", town.west);
    let elsewhere = format!("community:{}", town.east);
    let list = |of: &Actor| format!("/admin/people/{}/consents", of.id.unwrap());
    record(west, there, &own).await.refused(404, "");
    record(grid, here, &own).await.refused(404, "");
    for wider in ["tenant", elsewhere.as_str()] {
        record(west, here, wider).await.refused(422, "负责范围");
    }
    record(west, here, &own).await.see(&list(here));
    record(grid, in_grid, &format!("grid:{}", town.west_grid)).await.see(&list(in_grid));
    record(&town.supervisor, there, "tenant").await.see(&list(there));
    let held = |page: Value| page["purposes"][0]["holding"][0]["id"].as_str().unwrap().to_owned();
    let of_here = held(west.get_json(&list(here)).await.ok().json());
    let of_there = held(town.supervisor.get_json(&list(there)).await.ok().json());
    let one = format!("{}/{of_there}", list(there));
    for path in [one.clone(), format!("{one}/proof")] {
        west.get(&path).await.refused(404, "");
    }
    west.post(&format!("{one}/withdraw"), &[]).await.refused(404, "");
    // Nor by the page of somebody of one's own.
    west.get(&format!("{}/{of_there}", list(here))).await.refused(404, "");
    west.post(&format!("{}/{of_there}/withdraw", list(here)), &[]).await.refused(404, "");
    let one = format!("{}/{of_here}", list(here));
    grid.post(&format!("{one}/withdraw"), &[]).await.refused(404, "");
    west.get(&one).await.ok();
    west.post(&format!("{one}/withdraw"), &[]).await.see(&one);
    // What is offered is what is taken.
    let offered = |page: Value| {
        let scopes = page["scopes"].as_array().unwrap().clone();
        scopes.iter().map(|one| one["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(offered(west.get_json(&list(here)).await.json()), [own]);
    assert!(offered(town.supervisor.get_json(&list(here)).await.json()).contains(&"tenant".to_owned()));
}

#[db_test]
async fn rules_of_everybody_are_changed_by_whoever_leads_everything(db: TestDb) {
    let parts = Parts::new(&db).await;
    for part in [&parts.west, &parts.grid] {
        let page = part.get_json("/routing").await.ok().json();
        assert_eq!(page["may_change"], false);
        part.get("/routing/new").await.refused(403, "");
        for path in ["/routing", "/routing/019a0000-0000-7000-8000-000000000001/remove"] {
            part.post_json(path, &json!({})).await.refused(403, "");
        }
        part.post_json("/reports/2026-08/issue", &json!({})).await.refused(403, "");
    }
    parts.town.supervisor.get("/routing/new").await.ok();
}

#[db_test]
async fn the_page_of_what_somebody_sees_says_what_is_so(db: TestDb) {
    let parts = Parts::new(&db).await;
    let security = parts.town.app.person(Role::SecurityAdmin, Scope::Tenant).await;
    let page = security.get_json(&format!("/admin/people/{}/sees", parts.west.id.unwrap())).await.ok().json();
    let places = |permission: &str| {
        let line = page["may"].as_array().unwrap().iter().find(|one| one["permission"] == permission);
        line.map(|line| line["places"].clone())
    };
    assert_eq!(places("read-people"), Some(json!(["晶都社区"])));
    assert_eq!(places("record-consents"), Some(json!(["晶都社区"])));
    assert_eq!(places("report"), Some(json!([])), "everywhere");
    assert_eq!(places("manage-routing"), None);
    assert_eq!(places("issue-reports"), None);
    let opens = |path: &str| page["pages"].as_array().unwrap().iter().any(|one| one["path"] == path);
    assert!(opens("/routing") && opens("/admin/people") && !opens("/routing/new"));
    let table = security.get("/admin/permissions").await.ok();
    assert!(table.main().contains("不给予，须授权整个街道"), "{}", table.main());
}

#[db_test]
async fn a_case_is_void_by_whoever_leads_where_it_lies(db: TestDb) {
    let parts = Parts::new(&db).await;
    let Parts { town, west, .. } = &parts;
    let east = town.app.person(Role::Supervisor, Scope::Community(town.east)).await;
    let auditor = town.app.person(Role::Auditor, Scope::Tenant).await;
    town.app.need_two_for(FourEyes::default()).await;
    let case = town.filed().await;
    town.give(&town.supervisor, &case, "void", &json!({"reason": "误登"})).await.ok();
    let looks =
        async |of: &Actor| of.get_json("/looks").await.ok().json()["looks"].as_array().unwrap().clone();
    assert!(looks(&east).await.is_empty(), "it lies elsewhere");
    assert_eq!((looks(west).await.len(), looks(&auditor).await.len()), (1, 1));
    let look = looks(west).await[0]["id"].as_str().unwrap().to_owned();
    let answer = format!("/looks/{look}/answer");
    for granted in [true, false] {
        east.post_json(&answer, &json!({"granted": granted, "words": "不同意"})).await.refused(404, "");
    }
    assert_eq!(town.case(&case).await["state"], "filed");
    west.post_json(&answer, &json!({"granted": true})).await.ok();
    assert_eq!(town.case(&case).await["state"], "void");
}

#[db_test]
async fn what_is_the_whole_centres_is_not_a_parts(db: TestDb) {
    let parts = Parts::new(&db).await;
    let Parts { town, west, there, .. } = &parts;
    town.dispatcher.get("/handover").await.ok();
    town.dispatcher.post("/handover", &[("words", "利民社区的井盖明早再看")]).await.see("/handover");
    assert!(town.dispatcher.get("/handover").await.ok().body.contains("利民社区的井盖"));
    let page = west.get("/handover").await.ok();
    assert!(!page.body.contains("利民社区的井盖") && !page.body.contains("id=\"notes\""), "{}", page.main());
    west.get("/handover/notes.csv").await.refused(403, "");
    west.post("/handover", &[("words", "交班")]).await.refused(403, "");
    // A filter that all of the centre is to find is shared by whoever leads all of it.
    west.get("/cases").await.ok();
    let shared = [("name", "等我"), ("query", "tone=red"), ("shared", "true")];
    let answer = west.post("/cases/filters", &shared).await;
    let seen = town.dispatcher.get_json("/cases").await.ok();
    assert!(!seen.body.contains("等我"), "{}", answer.status);
    // Whoever may read reporters in one community finds no case of another by the name of its reporter.
    let both = town.app.person(Role::Supervisor, Scope::Community(town.west)).await;
    let grant = qige_identity::Grant {
        id: town.app.app.entropy.id(town.app.app.now()),
        role: Role::Dispatcher,
        scope: Scope::Tenant,
        from: town.app.app.now(),
        until: None,
    };
    let command = qige_identity::GrantRole { person: both.id.unwrap(), grant, stamp: town.app.stamp() };
    town.app.write(command).await;
    town.reported_as(there, &json!({"lng": 118.792})).await;
    town.app.write(qige_cases::search::CatchUp { at: town.app.app.now() }).await;
    let query = format!("/cases?q={}", there.account);
    let rows = async |of: &Actor| of.get_json(&query).await.ok().json()["rows"].as_array().unwrap().len();
    assert_eq!((rows(&town.supervisor).await, rows(&both).await), (1, 0));
}
