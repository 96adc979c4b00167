//! The grids around a point, to correct it by: the tenant's own drawing, no tiles of anybody else.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use qige_kernel::{Refusal, RefusalKind};
use qige_places::Bounds;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::centre::names::Directory;
use crate::{Access, Cx, Fault, Query, Routes};

/// Grids in one answer at most: more of them on a phone's drawing are not told apart.
const GRIDS_MAX: usize = 100;
/// Pixels that the drawing is wide on a large phone, twice over: what is finer than one of them is left out.
const PIXELS: f64 = 1_000.0;

pub(super) fn routes() -> Routes {
    Routes::of("report").get("/report/grids", Access::Public, "Grids in a window of the map (GeoJSON)", grids)
}

/// Which window.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Asked {
    /// `west,south,east,north` in WGS-84 degrees.
    bbox: String,
}

async fn grids(cx: Cx, Query(asked): Query<Asked>) -> Result<Response, Fault> {
    let odd = |_| Refusal { field: Some("bbox"), ..Refusal::new(RefusalKind::Invalid, "window-empty") };
    let window: Bounds = asked.bbox.parse().map_err(odd)?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let tolerance_degrees = (window.east - window.west).abs() / PIXELS;
    let mut drawn = book.grids.window_geojson(&window, tolerance_degrees, GRIDS_MAX);
    let grids = book.grids.clone();
    let directory = cx.read(move |tx| Box::pin(async move { Ok(Directory::read(tx, grids).await?) })).await?;
    let named = book.grids.in_window(&window);
    let places = named.iter().map(|grid| directory.place(grid.community, Some(grid.id)));
    name_places(&mut drawn.collection, places);
    // The phone says that a point lies in no grid only where it knows all of them.
    if let Some(collection) = drawn.collection.as_object_mut() {
        collection.insert("left_out".to_owned(), Value::from(drawn.left_out));
    }
    let mut response = drawn.collection.to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"));
    // Outlines of grids are nobody's secret and change a few times a year.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    Ok(response)
}

/// Says of each drawn grid in which community it lies, as people call both. `places` come in the order of the
/// drawing.
fn name_places(collection: &mut Value, places: impl Iterator<Item = Option<String>>) {
    let features = collection.get_mut("features").and_then(Value::as_array_mut);
    for (feature, place) in features.into_iter().flatten().zip(places) {
        let properties = feature.get_mut("properties").and_then(Value::as_object_mut);
        if let (Some(properties), Some(place)) = (properties, place) {
            properties.insert("place".to_owned(), Value::from(place));
        }
    }
}
