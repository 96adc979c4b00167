//! Cases and grids in a window of the map, as GeoJSON (RFC 7946).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use qige_cases::Tone;
use qige_cases::queries::{Sight, Window, map_window};
use qige_cases::views::{MapMark, MapPoint};
use qige_identity::Permission;
use qige_kernel::{Position, Refusal};
use qige_places::Bounds;
use serde_json::{Value, json};

use super::{asked::Asked, matters};
use crate::{Cx, Fault, Query, Routes, Text};

/// Grids in one answer at most: more than a county has.
const GRIDS_MAX: usize = 2_000;
/// Pixels that a map beside the queue is wide: what is finer than one of them is left out.
const PIXELS: f64 = 1_200.0;
/// Cases drawn one by one; beyond that they would cover each other, and are gathered.
const POINTS: u32 = 1_000;

pub(super) fn routes() -> Routes {
    Routes::of("centre")
        .get("/cases/map", Permission::ReadQueue, "Cases in a window of the map (GeoJSON)", cases)
        .get("/cases/grids", Permission::ReadQueue, "Grids in a window of the map (GeoJSON)", grids)
}

fn window(asked: &Asked) -> Result<Bounds, Fault> {
    let refused = || Fault::from(Refusal::invalid("bbox", "window-empty"));
    asked.bbox.as_deref().and_then(|text| text.parse().ok()).ok_or_else(refused)
}

async fn cases(cx: Cx, Query(asked): Query<Asked>) -> Result<Response, Fault> {
    let Bounds { west, south, east, north } = window(&asked)?;
    let window = Window { west, south, east, north };
    let who = cx.signed_in()?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let filter = asked.filter(who.person, book.calendar.zone(), cx.locale())?;
    let (sight, now) = (Sight::of(who, Permission::ReadQueue), cx.now());
    let seen = cx
        .read(move |tx| Box::pin(async move { map_window(tx, &filter, &sight, window, now, POINTS).await }))
        .await?;
    let features: Vec<Value> = seen.marks.iter().map(|mark| feature(&cx, mark)).collect();
    let collection = json!({
        "type": "FeatureCollection",
        "features": features,
        "total": seen.total,
        "clustered": seen.clustered,
    });
    Ok(geojson(&collection))
}

fn feature(cx: &Cx, mark: &MapMark) -> Value {
    match mark {
        MapMark::Case(case) => {
            let properties = json!({
                "id": case.id, "title": title(cx, case), "tone": tone(case), "state": case.state,
                "url": format!("/cases/{}", case.id),
            });
            point(case.position, &properties)
        }
        MapMark::Cluster { position, count, red } => {
            let number = |n: i64| n.to_string();
            let key = if *red > 0 { "map-cluster-red" } else { "map-cluster" };
            let title = cx.say(&Text::of(key).with("n", number(*count)).with("red", number(*red)));
            let tone = if *red > 0 { "red" } else { "grey" };
            let id = format!("cluster-{:.6}-{:.6}", position.lng(), position.lat());
            point(*position, &json!({ "id": id, "title": title, "tone": tone, "count": count }))
        }
    }
}

fn point(position: Position, properties: &Value) -> Value {
    json!({
        "type": "Feature",
        "geometry": { "type": "Point", "coordinates": [position.lng(), position.lat()] },
        "properties": properties,
    })
}

fn title(cx: &Cx, case: &MapPoint) -> String {
    let matter = case.matter.map(|key| matters::name(key, cx.locale()));
    let matter = matter.unwrap_or_else(|| cx.say(&Text::of("case-matter-open")));
    let state = cx.say(&Text::of(format!("state-{}", case.state)));
    [Some(matter), Some(state), case.number.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// How late it is; what is over is green.
const fn tone(case: &MapPoint) -> &'static str {
    match case.tone {
        Tone::Red => "red",
        Tone::Amber => "amber",
        Tone::Calm if matches!(case.state, qige_cases::State::Closed) => "green",
        Tone::Calm => "blue",
    }
}

async fn grids(cx: Cx, Query(asked): Query<Asked>) -> Result<Response, Fault> {
    let window = window(&asked)?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let tolerance_degrees = (window.east - window.west).abs() / PIXELS;
    let drawn = book.grids.window_geojson(&window, tolerance_degrees, GRIDS_MAX);
    Ok(geojson(&drawn.collection))
}

fn geojson(collection: &Value) -> Response {
    let mut response = collection.to_string().into_response();
    let kind = HeaderValue::from_static("application/geo+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
