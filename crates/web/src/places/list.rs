//! Communities and villages with their grids.

use qige_identity::Permission;
use qige_places::{PlaceKind, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::Density;
use crate::{Cx, Fault, Page, Query, Routes, Text, View};

pub(super) fn routes() -> Routes {
    Routes::of("places").get("/admin/places", Permission::ReadPlaces, "Communities, villages and grids", show)
}

/// One community or village.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Row {
    code: String,
    name: String,
    kind: PlaceKind,
    /// How many grids lie in it.
    grids: i64,
    /// It is in use.
    active: bool,
}

/// A grid that was found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Found {
    code: String,
    name: String,
    kind: PlaceKind,
}

/// Communities, villages and grids.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PlacesPage {
    places: Vec<Row>,
    /// Grids in all.
    grids: i64,
    /// What was looked for.
    q: Option<String>,
    /// What was found by name or code.
    found: Vec<Found>,
    /// Whether this person may bring places in.
    may_import: bool,
    /// The window that shows them all: west, south, east, north.
    bbox: Option<String>,
}

impl View for PlacesPage {
    const TEMPLATE: &'static str = "places/list.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("places-title")
    }

    fn samples() -> Vec<Self> {
        let kind = PlaceKind::Community;
        let (code, name) = ("320722001001".to_owned(), "牛山社区".to_owned());
        let row = Row { code: code.clone(), name: name.clone(), kind, grids: 4, active: true };
        let off = Row { active: false, ..row.clone() };
        let found = vec![Found { code, name, kind }];
        let bbox = Some("118.7,34.5,118.8,34.6".to_owned());
        vec![
            Self {
                places: vec![row, off],
                grids: 4,
                q: Some("牛山".to_owned()),
                found,
                may_import: true,
                bbox,
            },
            Self { places: vec![], grids: 0, q: None, found: vec![], may_import: false, bbox: None },
        ]
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// A name or a code, or the beginning of one.
    q: Option<String>,
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<PlacesPage>, Fault> {
    let q = wanted.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let asked = q.clone();
    let (communities, found) = cx
        .read(move |tx| {
            Box::pin(async move {
                let found = match asked {
                    Some(text) => store::search(tx, &text).await?,
                    None => Vec::new(),
                };
                Ok((store::communities(tx).await?, found))
            })
        })
        .await?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let places: Vec<Row> = communities
        .into_iter()
        .map(|community| Row {
            code: community.place.code,
            name: community.place.name,
            kind: community.place.kind,
            grids: community.grids,
            active: community.place.active,
        })
        .collect();
    Ok(Page(PlacesPage {
        grids: places.iter().map(|row| row.grids).sum(),
        places,
        q,
        found: found
            .into_iter()
            .map(|place| Found { code: place.code, name: place.name, kind: place.kind })
            .collect(),
        may_import: cx.who().is_some_and(|who| who.may(Permission::ManagePlaces)),
        bbox: book.grids.bounds().map(|bounds| bounds.to_string()),
    }))
}
