//! Communities and villages with their grids, and one more of them.

use qige_identity::Permission;
use qige_kernel::PlaceId;
use qige_places::store::{self, Listed, PlaceFilter};
use qige_places::{AddPlace, DivisionCode, NewPlace, PlaceKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::PlacePage;
use crate::admin::edit;
use crate::page::Density;
use crate::render::encoded;
use crate::sheet::{Cell, Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Query, Routes, Text, View};

/// Places on one page: a screen or two, and every community of a subdistrict.
const ON_PAGE: usize = 50;

pub(super) fn routes() -> Routes {
    Routes::of("places")
        .get("/admin/places", Permission::ReadPlaces, "Communities, villages and grids", show)
        .post("/admin/places", Permission::ManagePlaces, "Add a community or village", add)
        .list::<PlacesPage>(Permission::ReadPlaces)
}

/// One place.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Row {
    id: PlaceId,
    code: String,
    name: String,
    kind: PlaceKind,
    /// What the place is called that it lies in.
    within: Option<String>,
    /// How many grids lie in it; none where none can.
    grids: Option<i64>,
    /// It is in use.
    active: bool,
}

impl From<Listed> for Row {
    fn from(Listed { place, within, grids }: Listed) -> Self {
        let divided = matches!(place.kind, PlaceKind::Community | PlaceKind::Village);
        let grids = divided.then_some(grids);
        Self {
            id: place.id,
            code: place.code,
            name: place.name,
            kind: place.kind,
            within,
            grids,
            active: place.active,
        }
    }
}

/// Communities, villages and grids.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PlacesPage {
    asked: Asked,
    places: Vec<Row>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
    /// Communities and villages in use.
    communities: i64,
    /// Grids in use.
    grids: i64,
    /// Whether this person may change places and bring them in.
    may_manage: bool,
    /// The window that shows them all: west, south, east, north.
    bbox: Option<String>,
}

/// What was asked for. Without anything: communities and villages.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct Asked {
    /// Part of a name, or the beginning of a code.
    q: Option<String>,
    /// Only of this kind.
    kind: Option<PlaceKind>,
    /// Only those that are switched off.
    off: Option<bool>,
    /// From the one after this.
    after: Option<PlaceId>,
}

impl Asked {
    fn filter(&self) -> PlaceFilter {
        let off = self.off.unwrap_or_default();
        let narrowed = self.q.is_some() || off;
        let usual = (!narrowed).then_some((PlaceKind::Community, PlaceKind::Village));
        let kinds = self.kind.map(|kind| (kind, kind)).or(usual);
        PlaceFilter { words: self.q.clone().unwrap_or_default(), kinds, off }
    }

    /// The address of the list, from the one after a place.
    fn address(&self, after: Option<PlaceId>) -> String {
        let pairs = [
            ("q", self.q.clone()),
            ("kind", self.kind.map(|kind| kind.to_string())),
            ("off", self.off.map(|off| off.to_string())),
            ("after", after.map(|place| place.to_string())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
        if query.is_empty() {
            "/admin/places".to_owned()
        } else {
            format!("/admin/places?{}", query.join("&"))
        }
    }
}

impl View for PlacesPage {
    const TEMPLATE: &'static str = "places/list.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("places-title")
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: PlaceId(uuid::Uuid::nil()),
            code: "320722001001".to_owned(),
            name: "牛山社区".to_owned(),
            kind: PlaceKind::Community,
            within: Some("牛山街道".to_owned()),
            grids: Some(4),
            active: true,
        };
        let grid = Row { kind: PlaceKind::Grid, within: None, grids: None, active: false, ..row.clone() };
        let full = Self {
            asked: Asked { q: Some("牛山".to_owned()), ..Asked::default() },
            places: vec![row, grid],
            next: Some("/admin/places?after=1".to_owned()),
            first: Some("/admin/places".to_owned()),
            communities: 1,
            grids: 4,
            may_manage: true,
            bbox: Some("118.7,34.5,118.8,34.6".to_owned()),
        };
        let nothing = Self { places: Vec::new(), next: None, first: None, ..full.clone() };
        let empty = Self { asked: Asked::default(), may_manage: false, bbox: None, ..nothing.clone() };
        vec![full, nothing, empty]
    }
}

impl Listing for PlacesPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/admin/places.csv", "/admin/places.xlsx"];
    const SUMMARY: &'static str = "Communities, villages and grids as a file";
    const NAME: &'static str = "places";
    const TITLE: &'static str = "places-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("places-name", 30),
        ("places-kind", 14),
        ("places-code", 20),
        ("places-within", 30),
        ("places-grids", 10),
        ("places-off", 10),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        Ok(show(cx, Query(asked)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |place: &Row| {
            vec![
                place.name.clone().into(),
                said.text(format!("place-kind-{}", place.kind)),
                place.code.clone().into(),
                place.within.clone().into(),
                place.grids.map_or(Cell::Nothing, Cell::count),
                if place.active { Cell::Nothing } else { said.text("places-off") },
            ]
        };
        self.places.iter().map(row).collect()
    }

    fn first(asked: Asked) -> Asked {
        Asked { after: None, ..asked }
    }

    fn next(&self, asked: &Asked) -> Option<Asked> {
        let last = self.places.last().filter(|_| self.next.is_some())?;
        Some(Asked { after: Some(last.id), ..asked.clone() })
    }
}

async fn show(cx: Cx, Query(mut asked): Query<Asked>) -> Result<Page<PlacesPage>, Fault> {
    asked.q = asked.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (filter, after) = (asked.filter(), asked.after);
    let limit = u32::try_from(ON_PAGE.saturating_add(1)).unwrap_or(u32::MAX);
    let (mut places, counts) = cx
        .read(move |tx| {
            Box::pin(
                async move { Ok((store::page(tx, &filter, after, limit).await?, store::counts(tx).await?)) },
            )
        })
        .await?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let more = places.len() > ON_PAGE;
    places.truncate(ON_PAGE);
    let of = |kind| counts.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count);
    Ok(Page(PlacesPage {
        next: places.last().filter(|_| more).map(|last| asked.address(Some(last.place.id))),
        first: asked.after.map(|_| asked.address(None)),
        asked,
        places: places.into_iter().map(Row::from).collect(),
        communities: of(PlaceKind::Community).saturating_add(of(PlaceKind::Village)),
        grids: of(PlaceKind::Grid),
        may_manage: cx.who().is_some_and(|who| who.may(Permission::ManagePlaces)),
        bbox: book.grids.bounds().map(|bounds| bounds.to_string()),
    }))
}

/// A community or village that is new.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct New {
    /// Twelve digits.
    code: String,
    /// As people call it.
    name: String,
    /// What it is; what its code usually is when left out.
    kind: Option<Division>,
}

/// What can be added by hand.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Division {
    Community,
    Village,
}

async fn add(cx: Cx, input: Input<New>) -> Result<Done<PlacePage>, Fault> {
    let Input { value: New { code, name, kind }, key } = input;
    let code = code.trim().to_owned();
    let kind = match kind {
        Some(Division::Community) => PlaceKind::Community,
        Some(Division::Village) => PlaceKind::Village,
        // What is no code at all, or one of a wider division, is refused as no community's.
        None => match code.parse::<DivisionCode>().map(|code| code.usual_kind()) {
            Ok(PlaceKind::Village) => PlaceKind::Village,
            _ => PlaceKind::Community,
        },
    };
    let id = key.map_or_else(|| cx.id(), PlaceId);
    let said = Text::of("place-added").with("name", name.trim());
    let place = NewPlace { id, kind, code, name, parent: None, shape: None };
    let id = cx.write(AddPlace { place, edit: edit(&cx, Permission::ManagePlaces)? }).await?;
    Ok(Done::created(format!("/admin/places/{id}")).saying(said))
}
