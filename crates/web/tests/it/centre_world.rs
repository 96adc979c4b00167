//! Two communities with a grid each, units, and everybody who works on cases.

use qige_identity::{Role, Scope};
use qige_kernel::{CaseId, PlaceId, Timestamp, UnitId};
use qige_places::units::{CreateUnit, UnitFacts, UnitKind};
use qige_places::{AddPlace, Edit, NewPlace, PlaceKind};
use serde_json::{Value, json};

use crate::actors::{Actor, Answer, TestApp};
use crate::rider_world::uuid;

/// A town with everybody in it.
pub(crate) struct Town {
    pub(crate) app: TestApp,
    /// In which the grid around 118.752, 34.542 lies.
    pub(crate) west: PlaceId,
    pub(crate) west_grid: PlaceId,
    /// In which the grid around 118.792, 34.542 lies.
    pub(crate) east: PlaceId,
    pub(crate) roads: UnitId,
    pub(crate) water: UnitId,
    pub(crate) rider: Actor,
    pub(crate) dispatcher: Actor,
    pub(crate) supervisor: Actor,
    pub(crate) handler: Actor,
    pub(crate) worker: Actor,
}

impl Town {
    pub(crate) async fn new(db: &qige_db::testing::TestDb) -> Self {
        Self::over(TestApp::new(db).await).await
    }

    /// The same over a product with settings of its own.
    pub(crate) async fn over(app: TestApp) -> Self {
        let west = place(&app, PlaceKind::Community, "320722001001", "晶都社区", None, None).await;
        let east = place(&app, PlaceKind::Community, "320722001002", "利民社区", None, None).await;
        let west_grid =
            place(&app, PlaceKind::Grid, "320722001001001", "第一网格", Some(west), Some(118.74)).await;
        place(&app, PlaceKind::Grid, "320722001001002", "第二网格", Some(west), Some(118.76)).await;
        place(&app, PlaceKind::Grid, "320722001002001", "东一网格", Some(east), Some(118.78)).await;
        let (roads, water) = (unit(&app, "市政养护队").await, unit(&app, "供水公司").await);
        Self {
            rider: app.person(Role::Rider, Scope::Tenant).await,
            dispatcher: app.person(Role::Dispatcher, Scope::Tenant).await,
            supervisor: app.person(Role::Supervisor, Scope::Tenant).await,
            handler: app.person(Role::UnitLead, Scope::Unit(roads)).await,
            worker: app.person(Role::GridWorker, Scope::Community(west)).await,
            app,
            west,
            west_grid,
            east,
            roads,
            water,
        }
    }

    /// A report in the western grid; its case.
    pub(crate) async fn reported(&self) -> String {
        self.reported_as(&self.rider, &json!({})).await
    }

    /// A report by somebody, that says something else than usual.
    pub(crate) async fn reported_as(&self, by: &Actor, otherwise: &Value) -> String {
        self.later();
        let mut body = json!({
            "matter": "matter-06-012", "words": "摊位占了半条路", "lng": 118.752, "lat": 34.542,
            "accuracy_metres": 12.0, "datum": "wgs84", "photos": [], "joins": null, "solved": false,
        });
        for (name, value) in otherwise.as_object().unwrap() {
            body[name] = value.clone();
        }
        let receipt = by.post_json("/report", &body).await;
        assert_eq!(receipt.status, 201, "{}", receipt.body);
        receipt.json()["url"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .split('?')
            .next()
            .unwrap()
            .to_owned()
    }

    /// The clock goes on.
    pub(crate) fn later(&self) {
        self.app.clock.advance(Timestamp::SECOND);
    }

    /// A command as a program gives it; the case afterwards.
    pub(crate) async fn give(&self, by: &Actor, case: &str, command: &str, body: &Value) -> Answer {
        self.later();
        by.post_json(&format!("/cases/{case}/{command}"), body).await
    }

    /// A case that was filed.
    pub(crate) async fn filed(&self) -> String {
        let case = self.reported().await;
        self.give(&self.dispatcher, &case, "file", &json!({"matter": "matter-06-012"})).await.ok();
        case
    }

    /// A case that was given to the roads' unit.
    pub(crate) async fn dispatched(&self) -> String {
        let case = self.filed().await;
        let order = json!({"lead": self.roads, "released_words": "占道"});
        self.give(&self.dispatcher, &case, "dispatch", &order).await.ok();
        case
    }

    /// A case that the unit says is done.
    pub(crate) async fn handled(&self) -> String {
        let case = self.dispatched().await;
        self.later();
        let photo = self.photo(&case).await;
        let done = json!({"note": "已清走", "photos": [photo]});
        assert_eq!(self.give(&self.handler, &case, "hand-in", &done).await.status, 204);
        case
    }

    /// A stored photo of a case.
    pub(crate) async fn photo(&self, case: &str) -> String {
        let case: CaseId = case.parse().unwrap();
        let of = qige_app::PhotoOf::Case(case);
        let asker = qige_db::Asker::system(self.app.tenant);
        self.app.app.keep_photo(asker, of, crate::rider_world::jpeg(90)).await.unwrap().to_string()
    }

    /// The case as the centre sees it.
    pub(crate) async fn case(&self, case: &str) -> Value {
        self.supervisor.get_json(&format!("/cases/{case}")).await.ok().json()
    }
}

pub(crate) async fn place(
    app: &TestApp,
    kind: PlaceKind,
    code: &str,
    name: &str,
    parent: Option<PlaceId>,
    west: Option<f64>,
) -> PlaceId {
    let shape = west.map(|west| {
        let (east, south, north) = (west + 0.02, 34.53, 34.55);
        let ring = json!([[[west, south], [east, south], [east, north], [west, north], [west, south]]]);
        json!({"type": "Polygon", "coordinates": ring}).to_string().parse().unwrap()
    });
    let id = app.app.entropy.id(app.app.now());
    let edit = Edit::new(app.app.now(), "tenant-admin", &app.app.entropy);
    let place = NewPlace { id, kind, code: code.to_owned(), name: name.to_owned(), parent, shape };
    app.write(AddPlace { place, edit }).await
}

pub(crate) async fn unit(app: &TestApp, name: &str) -> UnitId {
    let facts = UnitFacts { name: name.to_owned(), kind: UnitKind::Department, contact: String::new() };
    let edit = Edit::new(app.app.now(), "tenant-admin", &app.app.entropy);
    app.write(CreateUnit { id: app.app.entropy.id(app.app.now()), facts, edit }).await
}

/// A key that nobody has used.
pub(crate) fn key(town: &Town) -> String {
    uuid(&town.app).to_string()
}

/// Ids and the numbers in people's names, which differ from run to run, made alike.
pub(crate) fn alike(text: &str) -> String {
    let mut said = crate::rider_world::alike(text);
    for role in ["dispatcher", "supervisor", "grid-worker", "unit-lead", "rider"] {
        let parts: Vec<String> = said
            .split(role)
            .enumerate()
            .map(|(at, part)| match at {
                0 => part.to_owned(),
                _ => part.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned(),
            })
            .collect();
        said = parts.join(role);
    }
    said
}
