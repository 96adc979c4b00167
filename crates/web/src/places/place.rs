//! One place: what is said of it, where it is, what lies in it, what was done to it.

mod act;

use qige_cases::queries::{self, QueueFilter, Sight};
use qige_db::journal::{self, Stream};
use qige_db::{DbError, Failure, Tx};
use qige_identity::{Permission, Scope, held_over};
use qige_kernel::{PlaceId, Position, Refusal, RefusalKind, Timestamp};
use qige_places::{DrawnPlace, Place, PlaceKind, store};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::centre::names::{self, Choice};
use crate::page::Density;
use crate::{Cx, Fault, Page, Path, Routes, Text, View};

/// Places shown of those that lie in one; more are found by the list.
const SHOWN: usize = 200;

pub(super) fn routes() -> Routes {
    Routes::of("places")
        .get("/admin/places/{id}", Permission::ReadPlaces, "One place and what lies in it", show)
        .and(act::routes())
}

/// One place.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PlacePage {
    place: Place,
    /// The place that it lies in.
    parent: Option<Neighbour>,
    /// What lies in it, by kind and code; the first two hundred.
    within: Vec<Neighbour>,
    /// How many lie in it.
    within_count: usize,
    /// Its outline as GeoJSON, where it was drawn.
    outline: Option<Value>,
    /// Where it is, where that is a point.
    spot: Option<Position>,
    /// What whoever may change it must know beforehand.
    managed: Option<Managed>,
}

/// Another place beside it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Neighbour {
    id: PlaceId,
    code: String,
    name: String,
    kind: PlaceKind,
    active: bool,
}

impl From<Place> for Neighbour {
    fn from(Place { id, kind, code, name, active, .. }: Place) -> Self {
        Self { id, code, name, kind, active }
    }
}

/// What is needed to change a place.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct Managed {
    /// Open cases in it, which follow a merge.
    open_cases: i64,
    /// People with a role over it.
    people: i64,
    /// Places that it can lie in.
    parents: Vec<Choice>,
    /// What else it can be.
    kinds: Vec<PlaceKind>,
    /// Places that it can be merged into.
    into: Vec<Choice>,
    /// What was done to it by hand, the latest first.
    history: Vec<Change>,
}

/// One thing that was done to it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Change {
    at: Timestamp,
    /// `add`, `change`, `switch-off`, `switch-on`, `merge` or `redraw`.
    command: String,
    /// Who did it; none for the product itself.
    by: Option<String>,
    /// Why, where that was asked.
    reason: Option<String>,
}

impl View for PlacePage {
    const TEMPLATE: &'static str = "places/place.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::plain(self.place.name.clone())
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let place = |kind, code: &str, name: &str, active| Place {
            id: PlaceId(uuid::Uuid::nil()),
            kind,
            code: code.to_owned(),
            name: name.to_owned(),
            parent: None,
            area_m2: Some(420_000.0),
            active,
            created_at: at,
            updated_at: at,
        };
        let community = place(PlaceKind::Community, "320722001001", "牛山社区", true);
        let grid = place(PlaceKind::Grid, "320722001001001", "第一网格", false);
        let change = |command: &str, reason: Option<&str>| Change {
            at,
            command: command.to_owned(),
            by: reason.map(|_| "系统管理员 01".to_owned()),
            reason: reason.map(str::to_owned),
        };
        let managed = Managed {
            open_cases: 3,
            people: 2,
            parents: vec![Choice::of(&"1", "牛山街道")],
            kinds: vec![PlaceKind::Community, PlaceKind::Village],
            into: vec![Choice::of(&"2", "晶都社区")],
            history: vec![change("merge", Some("撤村并居")), change("add", None)],
        };
        let ring = json!([[[118.7, 34.5], [118.8, 34.5], [118.8, 34.6], [118.7, 34.5]]]);
        let full = Self {
            place: community.clone(),
            parent: Some(place(PlaceKind::Subdistrict, "320722001", "牛山街道", true).into()),
            within: vec![grid.clone().into()],
            within_count: 201,
            outline: Some(outline(&json!({"type": "Polygon", "coordinates": ring}))),
            spot: None,
            managed: Some(managed),
        };
        let off = Self {
            place: Place { area_m2: None, ..grid },
            parent: None,
            within: Vec::new(),
            within_count: 0,
            outline: None,
            spot: None,
            managed: Some(Managed::default()),
        };
        let station = Self {
            place: place(PlaceKind::Station, "YZ-001", "晶暖驿站", true),
            spot: Position::new(118.752, 34.542).ok(),
            ..off.clone()
        };
        let read = Self { managed: None, ..off.clone() };
        vec![full, off, station, read]
    }
}

/// A geometry as the map takes it.
fn outline(geometry: &Value) -> Value {
    json!({
        "type": "FeatureCollection",
        "features": [{ "type": "Feature", "properties": {}, "geometry": geometry }],
    })
}

async fn show(cx: Cx, Path(id): Path<PlaceId>) -> Result<Page<PlacePage>, Fault> {
    let may_manage = cx.signed_in()?.may(Permission::ManagePlaces);
    let now = cx.now();
    let found = cx.read(move |tx| Box::pin(async move { read(tx, id, may_manage, now).await })).await?;
    found.map(Page).ok_or_else(|| Refusal::new(RefusalKind::Missing, "place-missing").into())
}

async fn read(
    tx: &mut Tx<'_>,
    id: PlaceId,
    may_manage: bool,
    now: Timestamp,
) -> Result<Option<PlacePage>, Failure> {
    let Some(DrawnPlace { place, shape, spot }) = store::drawn_by_id(tx, id).await? else { return Ok(None) };
    let parent = match place.parent {
        Some(parent) => store::by_id(tx, parent).await?,
        None => None,
    };
    let within = store::within(tx, id).await?;
    let managed = if may_manage { Some(managed(tx, &place, now).await?) } else { None };
    Ok(Some(PlacePage {
        parent: parent.map(Neighbour::from),
        within_count: within.len(),
        within: within.into_iter().take(SHOWN).map(Neighbour::from).collect(),
        outline: shape.map(|shape| outline(&shape.to_geojson())),
        spot,
        managed,
        place,
    }))
}

async fn managed(tx: &mut Tx<'_>, place: &Place, now: Timestamp) -> Result<Managed, Failure> {
    let (filter, scope) = match place.kind {
        PlaceKind::Community | PlaceKind::Village => {
            (QueueFilter { community: Some(place.id), ..QueueFilter::default() }, Scope::Community(place.id))
        }
        PlaceKind::Grid => {
            (QueueFilter { grid: Some(place.id), ..QueueFilter::default() }, Scope::Grid(place.id))
        }
        PlaceKind::County | PlaceKind::Subdistrict | PlaceKind::Station | PlaceKind::Venue => {
            return Ok(Managed {
                parents: choices(tx, holders_of(place.kind), place.id).await?,
                history: history(tx, place.id).await?,
                ..Managed::default()
            });
        }
    };
    let divisions: &[PlaceKind] = if place.kind == PlaceKind::Grid { &[] } else { place.kind.siblings() };
    Ok(Managed {
        open_cases: queries::counts(tx, &filter, &Sight::WHOLE, now).await?.total,
        people: held_over(tx, scope, now).await?,
        parents: choices(tx, holders_of(place.kind), place.id).await?,
        kinds: divisions.to_vec(),
        into: choices(tx, divisions, place.id).await?,
        history: history(tx, place.id).await?,
    })
}

/// What a place of this kind usually lies in.
const fn holders_of(kind: PlaceKind) -> &'static [PlaceKind] {
    match kind {
        PlaceKind::County => &[],
        PlaceKind::Subdistrict => &[PlaceKind::County],
        PlaceKind::Community | PlaceKind::Village => &[PlaceKind::Subdistrict],
        PlaceKind::Grid | PlaceKind::Station | PlaceKind::Venue => {
            &[PlaceKind::Community, PlaceKind::Village]
        }
    }
}

/// The places of these kinds that are in use, but for the one at hand.
async fn choices(tx: &mut Tx<'_>, kinds: &[PlaceKind], but: PlaceId) -> Result<Vec<Choice>, DbError> {
    let mut found = Vec::new();
    for kind in kinds {
        found.extend(store::list(tx, *kind).await?.into_iter().filter(|place| place.active));
    }
    found.sort_by(|one, other| one.code.cmp(&other.code));
    let others = found.into_iter().filter(|place| place.id != but);
    Ok(others.map(|place| Choice::of(&place.id, format!("{} {}", place.name, place.code))).collect())
}

async fn history(tx: &mut Tx<'_>, id: PlaceId) -> Result<Vec<Change>, Failure> {
    let lines = journal::read(tx, Stream::new("place", id.0)).await?;
    let people = lines.iter().filter_map(|line| line.actor).collect();
    let names = names::people(tx, people).await?;
    let changes = lines.into_iter().rev().map(|line| Change {
        at: line.at,
        by: line.actor.and_then(|actor| names.get(&actor.to_string()).cloned()),
        reason: line.body().get("reason").and_then(Value::as_str).map(str::to_owned),
        command: line.command,
    });
    Ok(changes.collect())
}
