//! Identifiers of another subdistrict: each kind, in every parameter of every endpoint that takes that kind.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::Timestamp;
use qige_web::{Access, Endpoint};
use serde_json::{Value, json};

use crate::elsewhere::changed;
use crate::every_stage::{Everybody, fields, named, queries};
use crate::parameters::{is_id, meant};
use crate::things::Things;

/// What fields and parts of a query are, by their name.
const NAMED: &[(&str, &str)] = &[
    ("after", "person"),
    ("assist", "unit"),
    ("by", "person"),
    ("case", "case"),
    ("checker", "person"),
    ("community", "place"),
    ("device", "device"),
    ("grid", "grid"),
    ("id", "job"),
    ("into", "place"),
    ("joins", "case"),
    ("kept", "photo"),
    ("lead", "unit"),
    ("main", "case"),
    ("of", "person"),
    ("parent", "place"),
    ("person", "person"),
    ("photos", "photo"),
    ("place", "scope"),
    ("release_photos", "photo"),
    ("released_photos", "photo"),
    ("report", "report"),
    ("scope", "scope"),
    ("to", "person"),
    ("unit", "unit"),
    ("verifier", "person"),
    ("way", "channel"),
    ("within", "scope"),
];

/// The field by which a request gives an id to what it makes.
const OF_ITSELF: &str = "id";

/// Where an id goes into a request.
#[derive(Clone, Debug)]
enum Place {
    Path(usize),
    Query(String),
    Field { name: String, many: bool },
}

fn takes_id(schema: &Value) -> bool {
    schema["format"] == "uuid" || schema["items"]["format"] == "uuid"
}

fn kind(name: &str, schema: &Value) -> Option<&'static str> {
    let kind = NAMED.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)?;
    match kind {
        // The same word for a place and for a scope, which says its kind besides.
        "scope" if takes_id(schema) => Some("place"),
        "scope" | "case" => Some(kind),
        // A day or a share is called so, too.
        _ => Some(kind).filter(|_| takes_id(schema)),
    }
}

/// Every place of an endpoint's request that takes an id, with its kind.
fn places(endpoint: &Endpoint) -> Vec<(Place, &'static str)> {
    let mut places: Vec<_> = meant(endpoint)
        .into_iter()
        .enumerate()
        .filter(|(_, kind)| is_id(kind))
        .map(|(at, kind)| (Place::Path(at), kind))
        .collect();
    let query = queries(endpoint).into_iter();
    places.extend(
        query.filter_map(|(name, schema, _)| kind(&name, &schema).map(|kind| (Place::Query(name), kind))),
    );
    for (name, schema, _) in fields(endpoint).into_iter().filter(|(name, ..)| name != OF_ITSELF) {
        let many = schema["type"] == "array";
        if let Some(kind) = kind(&name, &schema) {
            places.push((Place::Field { name, many }, kind));
        }
    }
    places
}

/// Two subdistricts on one server with one of each thing in both.
struct Neighbours {
    here: Everybody,
    ours: Things,
    there: Everybody,
    theirs: Things,
}

impl Neighbours {
    async fn new(db: &TestDb) -> Self {
        let here = Everybody::new(db).await;
        let ours = Things::of(&here).await;
        let there = Everybody::over(here.town.app.another().await).await;
        let theirs = Things::of(&there).await;
        Self { here, ours, there, theirs }
    }

    /// The request as somebody there makes it of their own things, with one id of ours in this place.
    async fn with(&self, endpoint: &Endpoint, place: &Place, id: &str) -> (String, Value) {
        let at = if let Place::Path(at) = place { Some((*at, id)) } else { None };
        let mut path = self.theirs.path_with(endpoint, at);
        let mut body = self.there.in_order(endpoint);
        match place {
            Place::Path(_) => {}
            Place::Query(name) => path = format!("{path}?{name}={id}"),
            Place::Field { name, many } => {
                if self.there.has_a_stage_for(endpoint) {
                    path = self.there.address(endpoint).await;
                }
                body[name] = if *many { json!([id]) } else { json!(id) };
            }
        }
        (path, body)
    }
}

/// A field or a part of a query that takes an id and is not in the list would not be tried.
#[test]
fn every_id_in_a_request_is_of_a_known_kind() {
    let mut unknown = std::collections::BTreeSet::new();
    for endpoint in qige_web::endpoints() {
        for (name, schema, _) in fields(&endpoint).into_iter().chain(queries(&endpoint)) {
            if takes_id(&schema) && kind(&name, &schema).is_none() {
                unknown.insert(format!("{name} of {}", named(&endpoint)));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// Where it is not asked whose it is but how it stands: there is none to be tried again, reset or confirmed.
fn is_none_here(endpoint: &Endpoint) -> bool {
    let ends = ["/second-step/reset", "/retry", "/discard", "/again", "/confirm"];
    endpoint.path.contains('{') && ends.iter().any(|end| endpoint.path.ends_with(end))
}

/// What is not a refusal although an id of ours stood in it, each for its reason: nothing was found by it,
/// and that is the answer.
fn may_pass(endpoint: &Endpoint, place: &Place) -> bool {
    match place {
        // There is no next case; a picture of whatever link it was asked for.
        Place::Path(_) => ["/cases/{id}/next", "/follow/{code}/qr.svg"].contains(&endpoint.path),
        // A list of nothing.
        Place::Query(_) => true,
        // A report is never lost: where what it joins is not there, it is a case of its own.
        Place::Field { name, .. } if name == "joins" => endpoint.path == "/report",
        // A phone says itself which one it is; and each case of a selection has its own answer in the page.
        Place::Field { name, .. } if name == "device" => endpoint.path == "/me/device",
        Place::Field { name, .. } => {
            ["case", "lead", "main"].contains(&name.as_str()) && endpoint.path.starts_with("/cases/selection")
        }
    }
}

#[db_test]
async fn of_another_subdistrict_it_opens_and_changes_nothing(db: TestDb) {
    let neighbours = Neighbours::new(&db).await;
    let Neighbours { here, ours, there, .. } = &neighbours;
    let tenant = here.town.app.tenant;
    let mut before = db.rows_of(tenant).await;
    let (mut tried, mut refused, mut wrong, mut kinds) =
        (0, 0, Vec::new(), std::collections::BTreeSet::new());
    let open = |endpoint: &Endpoint| !matches!(endpoint.access, Access::SettingUp | Access::Workshop);
    for endpoint in qige_web::endpoints().into_iter().filter(open) {
        for (place, kind) in places(&endpoint) {
            let id = ours.get(kind);
            let (path, body) = neighbours.with(&endpoint, &place, id).await;
            there.town.app.clock.advance(3 * Timestamp::SECOND);
            let by = there.one_for(&endpoint);
            let answer = there.ask(&endpoint, &path, by, &body).await;
            let name = format!("{} with a {kind} in {place:?}", named(&endpoint));
            let said = [answer.body.as_str(), &answer.text(), answer.header("location")].concat();
            let told = ours.all().map(|(_, one)| one).filter(|one| !id.contains(*one));
            for word in told.chain([ours.mark.as_str()]) {
                if said.contains(word) {
                    wrong.push(format!("{name} tells {word}"));
                }
            }
            let status = answer.status.as_u16();
            let no = [403, 404, 410, 422].contains(&status) || (status == 409 && is_none_here(&endpoint));
            if !no && !may_pass(&endpoint, &place) {
                wrong.push(format!("{name}: {} {}", answer.status, answer.body));
            }
            tried += 1;
            refused += usize::from(no);
            kinds.insert(kind);
        }
        let after = db.rows_of(tenant).await;
        if after != before {
            wrong.push(format!("{} changed {:?} here", named(&endpoint), changed(&before, &after)));
            before = after;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(kinds.len() > 35, "only {kinds:?}");
    println!("{tried} requests with {} kinds of ids of another subdistrict, {refused} refused", kinds.len());
}
