//! Cases and grids in a window of the map, as GeoJSON (RFC 7946).

use std::collections::HashMap;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use qige_cases::queries::{Sight, Window, map_window};
use qige_cases::views::{MapMark, MapPoint};
use qige_cases::{MatterKey, State, Tone};
use qige_identity::Permission;
use qige_kernel::{CaseId, Position, Refusal};
use qige_places::Bounds;
use serde::Serialize;

use super::{asked::Asked, matters, searching::ByName};
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
    let filter = asked.filter(&cx, &book, ByName::Everybody).await?;
    let (sight, now) = (Sight::of(who, Permission::ReadQueue), cx.now());
    let seen = cx
        .read(move |tx| Box::pin(async move { map_window(tx, &filter, &sight, window, now, POINTS).await }))
        .await?;
    let mut words = Words::new(&cx);
    Ok(geojson(&Collection {
        kind: "FeatureCollection",
        features: seen.marks.iter().map(|mark| words.feature(mark)).collect(),
        total: seen.total,
        clustered: seen.clustered,
    }))
}

/// What the map draws (RFC 7946, with two members of ours).
#[derive(Serialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: &'static str,
    features: Vec<Feature>,
    total: i64,
    clustered: bool,
}

#[derive(Serialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: &'static str,
    geometry: Point,
    properties: Properties,
}

#[derive(Serialize)]
struct Point {
    #[serde(rename = "type")]
    kind: &'static str,
    coordinates: [f64; 2],
}

/// What the map says of a mark.
#[derive(Serialize)]
#[serde(untagged)]
enum Properties {
    Case { id: CaseId, title: String, tone: &'static str, state: State, url: String },
    Cluster { id: String, title: String, tone: &'static str, count: i64 },
}

/// The words of marks. Two thousand cases have some dozen matters and states between them.
struct Words<'a> {
    cx: &'a Cx,
    said: HashMap<(Option<MatterKey>, State), String>,
}

impl<'a> Words<'a> {
    fn new(cx: &'a Cx) -> Self {
        Self { cx, said: HashMap::new() }
    }

    fn feature(&mut self, mark: &MapMark) -> Feature {
        let (position, properties) = match mark {
            MapMark::Case(case) => (case.position, self.case(case)),
            MapMark::Cluster { position, count, red } => (*position, self.cluster(*position, *count, *red)),
        };
        let geometry = Point { kind: "Point", coordinates: [position.lng(), position.lat()] };
        Feature { kind: "Feature", geometry, properties }
    }

    fn case(&mut self, case: &MapPoint) -> Properties {
        let (id, state, tone, url) = (case.id, case.state, tone(case), format!("/cases/{}", case.id));
        let cx = self.cx;
        let said = self.said.entry((case.matter, state)).or_insert_with(|| {
            let matter = case.matter.map(|key| matters::name(key, cx.locale()));
            let matter = matter.unwrap_or_else(|| cx.say(&Text::of("case-matter-open")));
            format!("{matter} · {}", cx.say(&Text::of(format!("state-{state}"))))
        });
        let title = match &case.number {
            Some(number) => format!("{said} · {number}"),
            None => said.clone(),
        };
        Properties::Case { id, title, tone, state, url }
    }

    fn cluster(&self, position: Position, count: i64, red: i64) -> Properties {
        let key = if red > 0 { "map-cluster-red" } else { "map-cluster" };
        let text = Text::of(key).with("n", count.to_string()).with("red", red.to_string());
        Properties::Cluster {
            id: format!("cluster-{:.6}-{:.6}", position.lng(), position.lat()),
            title: self.cx.say(&text),
            tone: if red > 0 { "red" } else { "grey" },
            count,
        }
    }
}

/// How late it is; what is over is green.
const fn tone(case: &MapPoint) -> &'static str {
    match case.tone {
        Tone::Red => "red",
        Tone::Amber => "amber",
        Tone::Calm if matches!(case.state, State::Closed) => "green",
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

fn geojson(collection: &impl Serialize) -> Response {
    // Numbers and texts under fixed keys: there is no error to be had.
    let mut response = serde_json::to_string(collection).unwrap_or_default().into_response();
    let kind = HeaderValue::from_static("application/geo+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
