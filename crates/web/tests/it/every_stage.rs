//! For every endpoint that writes: somebody who may, a thing that it is about, and a body that is in order.

use http::Method;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope, permissions};
use qige_web::{Access, Endpoint};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::actors::{Actor, Answer, TestApp};
use crate::centre_world::Town;
use crate::rider_world::{Phone, jpeg, reported_by_stranger, uuid};

/// An id that nothing has.
pub(crate) const NOBODY: &str = "019a0000-0000-7000-8000-000000000001";

/// Where the address is a case's.
const STAGED: [&str; 4] = ["/cases/{id}", "/unit/cases/{id}", "/ground/{case}", "/mine/{case}"];

/// A town with somebody for every endpoint. They come as programs: no page of theirs can be too old.
pub(crate) struct Everybody {
    pub(crate) town: Town,
    people: Vec<(Role, Actor)>,
    pub(crate) phone: Phone,
    nobody: Actor,
}

/// Every endpoint that writes and is open once the subdistrict has been set up.
pub(crate) fn writing() -> impl Iterator<Item = Endpoint> {
    let open = |endpoint: &Endpoint| !matches!(endpoint.access, Access::SettingUp | Access::Workshop);
    let writes = |endpoint: &Endpoint| matches!(endpoint.method, Method::POST | Method::PATCH);
    qige_web::endpoints().into_iter().filter(move |endpoint| open(endpoint) && writes(endpoint))
}

/// Whether this role opens the endpoint.
pub(crate) fn may(endpoint: &Endpoint, role: Role) -> bool {
    match endpoint.access {
        Access::SignedIn | Access::Entering => true,
        Access::May(one) => permissions::allows(role, one),
        Access::MayAny(many) => many.iter().any(|one| permissions::allows(role, *one)),
        Access::Public | Access::Device | Access::SettingUp | Access::Workshop => false,
    }
}

/// How an endpoint is called in what a test says.
pub(crate) fn named(endpoint: &Endpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.path)
}

/// The last piece of the path: the command, where it is about a case.
fn command(endpoint: &Endpoint) -> &'static str {
    endpoint.path.rsplit('/').next().unwrap_or_default()
}

/// The fields that an endpoint takes: name, what it takes, whether it must be there.
pub(crate) fn fields(endpoint: &Endpoint) -> Vec<(String, Value, bool)> {
    endpoint.description.request.map(properties).unwrap_or_default()
}

/// What may be asked for in its address: the same.
pub(crate) fn queries(endpoint: &Endpoint) -> Vec<(String, Value, bool)> {
    endpoint.description.query.iter().copied().flat_map(properties).collect()
}

fn properties(of: qige_web::describe::SchemaOf) -> Vec<(String, Value, bool)> {
    let mut generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let schema = Value::from(of(&mut generator));
    let definitions = generator.take_definitions(true);
    let whole = resolved(&schema, &definitions);
    let needed = whole["required"].as_array().cloned().unwrap_or_default();
    let properties = whole["properties"].as_object().cloned().unwrap_or_default();
    properties
        .into_iter()
        .map(|(name, schema)| {
            let must = needed.contains(&Value::from(name.as_str()));
            let schema = resolved(&schema, &definitions);
            (name, schema, must)
        })
        .collect()
}

/// A schema with what it refers to in its place, and the type itself where it may also be nothing.
fn resolved(schema: &Value, definitions: &Map<String, Value>) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return resolved(&definitions[name], definitions);
    }
    match schema["anyOf"].as_array().and_then(|many| many.first()) {
        Some(first) => resolved(first, definitions),
        None => schema.clone(),
    }
}

impl Everybody {
    pub(crate) async fn new(db: &TestDb) -> Self {
        Self::over(TestApp::new(db).await).await
    }

    /// The same in a subdistrict that is there already.
    pub(crate) async fn over(app: TestApp) -> Self {
        let town = Town::over(app).await;
        let app = &town.app;
        let everywhere = [Role::TenantAdmin, Role::SecurityAdmin, Role::Auditor];
        let mut people = vec![
            (Role::GridWorker, app.token(&town.worker).await),
            (Role::UnitLead, app.token(&town.handler).await),
            (Role::Rider, app.token(&town.rider).await),
            (Role::Dispatcher, app.token(&town.dispatcher).await),
            (Role::Supervisor, app.token(&town.supervisor).await),
        ];
        for role in everywhere {
            people.push((role, app.token(&app.person(role, Scope::Tenant).await).await));
        }
        let (phone, nobody) = (Phone::of(app, None).await, app.stranger());
        Self { people, phone, nobody, town }
    }

    /// Somebody in this role, as a program.
    pub(crate) fn with(&self, role: Role) -> &Actor {
        self.people.iter().find(|(known, _)| *known == role).map(|(_, actor)| actor).unwrap()
    }

    /// Who may, and has to do with it.
    pub(crate) fn one_for(&self, endpoint: &Endpoint) -> &Actor {
        let about_own = ["withdraw", "appeal", "rate", "answer", "reopen"].contains(&command(endpoint));
        let may = |role| may(endpoint, role);
        if endpoint.access == Access::Device {
            return &self.phone.actor;
        }
        // Open to whoever has an account, and about what the centre sees whole.
        if endpoint.path.starts_with("/photos/") || endpoint.path.starts_with("/cases/{id}/files/") {
            return self.with(Role::Dispatcher);
        }
        let first = |skip: Option<Role>| {
            let mut list = self.people.iter().filter(|(role, _)| skip.is_none_or(|only| *role == only));
            list.find(|(role, _)| may(*role)).map(|(_, actor)| actor)
        };
        let riders = about_own || endpoint.path.starts_with("/mine/");
        let rider = riders.then(|| first(Some(Role::Rider))).flatten();
        rider.or_else(|| first(None)).unwrap_or(&self.nobody)
    }

    /// From now on all of them read this language.
    pub(crate) fn speak(&mut self, language: &str) {
        let all = self.people.iter_mut().map(|(_, actor)| actor);
        for actor in all.chain([&mut self.phone.actor, &mut self.nobody]) {
            language.clone_into(&mut actor.language);
        }
    }

    /// A case to which the endpoint's command may be given.
    async fn case_for(&self, command: &str) -> String {
        let town = &self.town;
        let give = async |by: &Actor, case: &str, command: &str, body: Value| {
            let given = town.give(by, case, command, &body).await;
            assert!(given.status.is_success(), "{command}: {}", given.body);
        };
        match command {
            "dispatch" | "suspend" | "transfer" => town.filed().await,
            "resume" | "take-back" => {
                let case = town.filed().await;
                let (by, first, body) = match command {
                    "resume" => (
                        &town.supervisor,
                        "suspend",
                        json!({"reason": "等", "review_at": "2027-01-01T10:00"}),
                    ),
                    _ => (&town.dispatcher, "transfer", json!({"body": "12345", "reference": case})),
                };
                give(by, &case, first, body).await;
                case
            }
            "start" | "hand-in" | "send-back" | "ask-extension" | "supervise" => town.dispatched().await,
            "accept" | "hand-in-part" => {
                let case = town.filed().await;
                let both = json!({"lead": town.water, "assist": [town.roads]});
                give(&town.dispatcher, &case, "dispatch", both).await;
                case
            }
            "answer-supervision" => {
                let case = town.dispatched().await;
                give(&town.supervisor, &case, "supervise", json!({"words": "快"})).await;
                case
            }
            "grant-extension" | "refuse-extension" => {
                let case = town.dispatched().await;
                let asked = json!({"reason": "等材料", "until": "2027-01-01T10:00"});
                give(&town.handler, &case, "ask-extension", asked).await;
                case
            }
            "ask-check" => town.handled().await,
            "pass" | "fail" | "rate" | "reopen" => {
                let case = town.handled().await;
                give(&town.dispatcher, &case, "ask-check", json!({"checker": town.worker.id})).await;
                if ["rate", "reopen"].contains(&command) {
                    let photo = town.photo(&case).await;
                    give(&town.worker, &case, "pass", json!({"photos": [photo], "words": "好"})).await;
                }
                case
            }
            "confirm" | "refute" => {
                let case = town.reported().await;
                give(&town.dispatcher, &case, "ask-verify", json!({"verifier": town.worker.id})).await;
                case
            }
            "appeal" | "unmerge" | "answer" => {
                let case = town.reported().await;
                let (first, body) = match command {
                    "appeal" => ("decline", json!({"reason": "other", "words": "不属实"})),
                    "unmerge" => ("merge", json!({"main": town.reported().await})),
                    _ => ("question", json!({"words": "哪一侧？"})),
                };
                give(&town.dispatcher, &case, first, body).await;
                case
            }
            _ => town.reported().await,
        }
    }

    /// Whether it is about a case, which has to have come to the right stage for it.
    pub(crate) fn has_a_stage_for(&self, endpoint: &Endpoint) -> bool {
        STAGED.iter().any(|about| endpoint.path.starts_with(about)) && endpoint.path.matches('{').count() == 1
    }

    /// The endpoint's address, filled with a thing that is there and may be asked for it.
    pub(crate) async fn address(&self, endpoint: &Endpoint) -> String {
        let path = endpoint.path;
        let town = &self.town;
        let thing = if path.starts_with("/follow/{code}") {
            town.later();
            reported_by_stranger(&town.app.stranger()).await
        } else if STAGED.iter().any(|about| path.starts_with(about)) {
            let case = match command(endpoint) {
                // Where several might, the grid worker does, who has to have been asked.
                "undo" | "comment" if path.starts_with("/unit/") => "start",
                "undo" | "comment" if !path.starts_with("/mine/") => "confirm",
                command => command,
            };
            self.case_for(case).await
        } else if path.starts_with("/admin/places/import/{id}") {
            self.import().await
        } else if path.starts_with("/admin/places/{id}") {
            town.east.to_string()
        } else if path.starts_with("/admin/units/{id}") {
            town.water.to_string()
        } else if path.starts_with("/reports/{month}") {
            // Over, and not yet issued.
            "2026-08".to_owned()
        } else if path == "/photos/{object}/cover" {
            town.photo(&town.reported().await).await
        } else if path.starts_with("/admin/people/{id}") {
            town.app.person(Role::Donor, Scope::Tenant).await.id.unwrap().to_string()
        } else {
            NOBODY.to_owned()
        };
        let mut first = Some(thing);
        let pieces = path.split('/').map(|piece| {
            if piece == "{purpose}" {
                "call-back".to_owned()
            } else if piece == "{class}" {
                "photos".to_owned()
            } else if piece.starts_with('{') {
                first.take().unwrap_or_else(|| NOBODY.to_owned())
            } else {
                piece.to_owned()
            }
        });
        pieces.collect::<Vec<_>>().join("/")
    }

    /// A file of places that waits to be decided on.
    pub(crate) async fn import(&self) -> String {
        let admin = self.with(Role::TenantAdmin);
        let grid = json!({"type": "FeatureCollection", "features": [{
            "type": "Feature", "properties": {"name": "三网格", "code": "320722001001003"},
            "geometry": {"type": "Polygon", "coordinates": [[
                [118.70, 34.50], [118.71, 34.50], [118.71, 34.51], [118.70, 34.51], [118.70, 34.50]]]},
        }]});
        let bytes = grid.to_string();
        let file = [("file", "grids.geojson", bytes.as_bytes())];
        let held = admin.post_files("/admin/places/import", &[], &file).await;
        let place = held.header("location");
        assert!(place.starts_with("/admin/places/import/"), "{}", held.text());
        place.rsplit('/').next().unwrap().to_owned()
    }

    /// A body that the endpoint takes: what must be there, and nothing else.
    pub(crate) fn in_order(&self, endpoint: &Endpoint) -> Value {
        let mut body = Map::new();
        for (name, schema, must) in fields(endpoint) {
            if must || ["words", "reason", "note", "matter", "until", "review_at"].contains(&name.as_str()) {
                body.insert(name.clone(), self.usual(&name, &schema));
            }
        }
        Value::Object(body)
    }

    fn usual(&self, name: &str, schema: &Value) -> Value {
        let town = &self.town;
        let known = match name {
            "matter" => json!("matter-06-012"),
            "lead" | "unit" => json!(town.roads),
            "verifier" | "checker" => json!(town.worker.id),
            "until" | "review_at" | "due_at" => json!("2027-01-01T10:00"),
            "date" => json!("2026-10-08"),
            "year" => json!(2026),
            "zone" => json!("Asia/Shanghai"),
            "monday" => json!("08:30-12:00"),
            "device" => json!(self.phone.device),
            "rating" | "stars" => json!(4),
            "scope" => json!("tenant"),
            "code" => json!("320722001009"),
            "metres" => json!(60),
            "boxes" => json!("10,10,20,20"),
            "main" => json!(NOBODY),
            "phone" => json!("13900000777"),
            _ => Value::Null,
        };
        if !known.is_null() {
            return known;
        }
        let first = schema["enum"].as_array().and_then(|names| names.first());
        let one = schema["oneOf"].as_array().and_then(|many| many.first()).map(|one| &one["const"]);
        if let Some(word) = first.or(one) {
            return word.clone();
        }
        match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
            Some("integer" | "number") => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
            Some("boolean") => json!(true),
            Some("array") => json!([]),
            Some("object") => json!({}),
            _ if schema["format"] == "uuid" => json!(uuid(&town.app)),
            _ => json!("街道"),
        }
    }

    /// Asks for a page, or sends JSON to what writes.
    pub(crate) async fn ask(&self, endpoint: &Endpoint, path: &str, by: &Actor, body: &Value) -> Answer {
        if endpoint.method == Method::GET {
            return by.get_json(path).await;
        }
        self.send(endpoint, path, by, body).await
    }

    /// Sends JSON as a program does, without any haste that would be held up.
    pub(crate) async fn send(&self, endpoint: &Endpoint, path: &str, by: &Actor, body: &Value) -> Answer {
        let headers: &[(&str, &str)] = if endpoint.method == Method::PATCH {
            &[("content-type", "application/offset+octet-stream"), ("upload-offset", "0")]
        } else {
            &[("content-type", "application/json")]
        };
        self.send_as(endpoint, path, by, headers, body.to_string().into_bytes()).await
    }

    /// Sends anything.
    pub(crate) async fn send_as(
        &self,
        endpoint: &Endpoint,
        path: &str,
        by: &Actor,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        self.town.app.clock.advance(2 * qige_kernel::Timestamp::SECOND);
        let tus = endpoint.path.starts_with("/uploads").then_some(("tus-resumable", "1.0.0"));
        let all: Vec<(&str, &str)> =
            [("accept", "application/json")].into_iter().chain(tus).chain(headers.iter().copied()).collect();
        if endpoint.access == Access::Public {
            // Each time somebody else, so that nobody is told to wait.
            let mut nobody = self.town.app.stranger();
            nobody.language.clone_from(&by.language);
            return nobody.send(endpoint.method.clone(), path, &all, body.into()).await;
        }
        by.send(endpoint.method.clone(), path, &all, body.into()).await
    }
}

/// A photo in a multipart form that breaks off in the middle of the file.
pub(crate) fn broken_off() -> Vec<u8> {
    let head = "--qige\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n";
    [head.as_bytes(), &jpeg(7)[..40]].concat()
}

/// Somebody of another subdistrict with every role that this one's people have between them.
pub(crate) async fn abroad(app: &TestApp) -> Vec<(Role, Actor)> {
    let other = app.another().await;
    let mut people = Vec::new();
    let unit = Scope::Unit(app.app.entropy.id(app.app.now()));
    for (role, scope) in [
        (Role::GridWorker, Scope::Tenant),
        (Role::UnitLead, unit),
        (Role::Rider, Scope::Tenant),
        (Role::Dispatcher, Scope::Tenant),
        (Role::Supervisor, Scope::Tenant),
        (Role::TenantAdmin, Scope::Tenant),
        (Role::SecurityAdmin, Scope::Tenant),
    ] {
        people.push((role, other.person(role, scope).await));
    }
    people
}
