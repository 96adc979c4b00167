//! The grids around a point, to correct it by: the tenant's own drawing, no tiles of anybody else.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use qige_kernel::{Refusal, RefusalKind};
use qige_places::Bounds;
use schemars::JsonSchema;
use serde::Deserialize;

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
    let drawn = book.grids.window_geojson(&window, tolerance_degrees, GRIDS_MAX);
    let mut response = drawn.collection.to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"));
    // Outlines of grids are nobody's secret and change a few times a year.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    Ok(response)
}
