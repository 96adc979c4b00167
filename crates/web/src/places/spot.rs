//! One more rest station or venue: the form, and what it adds.

use qige_identity::Permission;
use qige_kernel::{Datum, PlaceId, Position, Refusal};
use qige_places::{AddSpot, PlaceKind, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::PlacePage;
use crate::admin::edit;
use crate::centre::names::Choice;
use crate::input::pasted_position;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    Routes::of("places")
        .get("/admin/places/spots", Permission::ManagePlaces, "The form for a station or venue", form)
        .post("/admin/places/spots", Permission::ManagePlaces, "Add a rest station or venue", add)
}

/// What can be chosen for a station or venue.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SpotPage {
    /// Communities and villages in use.
    communities: Vec<Choice>,
    /// The window that shows all grids: west, south, east, north.
    bbox: Option<String>,
}

impl View for SpotPage {
    const TEMPLATE: &'static str = "places/spot.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("spot-add")
    }

    fn samples() -> Vec<Self> {
        let bbox = Some("118.7,34.5,118.8,34.6".to_owned());
        let full = Self { communities: vec![Choice::of(&"1", "牛山社区")], bbox };
        vec![full, Self { communities: Vec::new(), bbox: None }]
    }
}

async fn form(cx: Cx) -> Result<Page<SpotPage>, Fault> {
    let known = cx.read(|tx| Box::pin(async move { Ok(store::communities(tx).await?) })).await?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let used = known.into_iter().map(|community| community.place).filter(|place| place.active);
    Ok(Page(SpotPage {
        communities: used.map(|place| Choice::of(&place.id, place.name)).collect(),
        bbox: book.grids.bounds().map(|bounds| bounds.to_string()),
    }))
}

/// A station or venue that is new.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct New {
    /// Which of the two.
    kind: Kind,
    /// As people call it.
    name: String,
    /// Where: longitude and latitude as other maps give them, `118.752,34.542`.
    coordinates: String,
    /// In which datum those are; WGS-84 when left out.
    datum: Option<Datum>,
    /// The community or village; the one in whose grid the point lies when left out.
    within: Option<PlaceId>,
    /// A code of the subdistrict's own; the next number when left out.
    code: Option<String>,
}

/// What can be added as a point.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Station,
    Venue,
}

async fn add(cx: Cx, input: Input<New>) -> Result<Done<PlacePage>, Fault> {
    let Input { value: New { kind, name, coordinates, datum, within, code }, key } = input;
    let spot = pasted_position(&coordinates, datum)?;
    let kind = match kind {
        Kind::Station => PlaceKind::Station,
        Kind::Venue => PlaceKind::Venue,
    };
    let within = match within {
        Some(within) => within,
        None => around(&cx, spot).await?,
    };
    let said = Text::of("place-added").with("name", name.trim());
    let id = key.map_or_else(|| cx.id(), PlaceId);
    let edit = edit(&cx, Permission::ManagePlaces)?;
    let id = cx.write(AddSpot { id, kind, code, name, spot, within, edit }).await?;
    Ok(Done::created(format!("/admin/places/{id}")).saying(said))
}

/// The community in whose grid a point lies.
async fn around(cx: &Cx, spot: Position) -> Result<PlaceId, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let found = book.grids.locate(spot).and_then(|located| located.community);
    Ok(found.ok_or_else(|| Refusal::invalid("within", "spot-community-unknown"))?)
}
