//! Grids for a map: those in the window, no finer than the screen shows.

use geo::{LineString, Polygon, Simplify};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Grid, GridIndex};
use crate::Bounds;

/// Pixels that the whole earth is wide at zoom 0 (MapLibre's tiles are 512 wide).
const EARTH_PIXELS: f64 = 512.0;
/// Deepest zoom of the maps.
const DEEPEST_ZOOM: f64 = 22.0;
/// Seventh decimal of a degree: a centimetre, finer than any drawing.
const DECIMALS: f64 = 1e7;

/// What a map draws of a window.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Window {
    /// A GeoJSON FeatureCollection; each feature's `id` is the place's, with `code`, `name` and `community`.
    pub collection: Value,
    /// Grids in the window.
    pub found: usize,
    /// Of those, how many were too many.
    pub left_out: usize,
}

/// Half a pixel at `zoom`, in degrees: what nobody sees may go.
#[must_use]
pub fn tolerance_degrees(zoom: f64) -> f64 {
    let zoom = if zoom.is_finite() { zoom.clamp(0.0, DEEPEST_ZOOM) } else { DEEPEST_ZOOM };
    180.0 / (EARTH_PIXELS * zoom.exp2())
}

impl GridIndex {
    /// The grids of a window as GeoJSON, at most `limit`, drawn no finer than `tolerance_degrees`.
    #[must_use]
    pub fn window_geojson(&self, window: &Bounds, tolerance_degrees: f64, limit: usize) -> Window {
        let grids = self.in_window(window);
        let found = grids.len();
        let features: Vec<Value> =
            grids.into_iter().take(limit).map(|grid| feature(grid, tolerance_degrees)).collect();
        let left_out = found - features.len();
        let collection = json!({ "type": "FeatureCollection", "features": features });
        Window { collection, found, left_out }
    }
}

fn feature(grid: &Grid, tolerance_degrees: f64) -> Value {
    json!({
        "type": "Feature",
        "id": grid.id,
        "properties": { "code": grid.code, "name": grid.name, "community": grid.community },
        "geometry": drawn(grid.shape.polygons(), tolerance_degrees),
    })
}

/// The geometry without what is finer than the tolerance (Douglas and Peucker 1973). An outer ring always
/// stays, however small, since a grid that is not drawn cannot be chosen; a hole may go.
pub(crate) fn drawn(polygons: &geo::MultiPolygon<f64>, tolerance_degrees: f64) -> Value {
    let parts: Vec<Value> = polygons
        .iter()
        .map(|polygon| {
            let simple = polygon.simplify(tolerance_degrees.max(0.0));
            let outer = kept(simple.exterior()).unwrap_or_else(|| pairs(polygon.exterior()));
            let seen = |hole: &&LineString<f64>| area(hole) > tolerance_degrees * tolerance_degrees;
            let holes = simple.interiors().iter().filter(seen).filter_map(kept);
            Value::Array(std::iter::once(outer).chain(holes).collect())
        })
        .collect();
    json!({ "type": "MultiPolygon", "coordinates": parts })
}

fn area(ring: &LineString<f64>) -> f64 {
    geo::Area::unsigned_area(&Polygon::new(ring.clone(), Vec::new()))
}

fn kept(ring: &LineString<f64>) -> Option<Value> {
    (ring.0.len() >= 4 && area(ring) > 0.0).then(|| pairs(ring))
}

fn pairs(ring: &LineString<f64>) -> Value {
    let round = |degrees: f64| (degrees * DECIMALS).round() / DECIMALS;
    ring.0.iter().map(|at| json!([round(at.x), round(at.y)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::square;

    #[test]
    fn a_window_shows_what_it_meets_up_to_the_limit() {
        let grids = vec![
            square("C", 118.75, 34.5, 0.01, None),
            square("A", 118.76, 34.5, 0.01, Some(0.004)),
            square("B", 118.90, 34.5, 0.01, None),
        ];
        let index = GridIndex::new(0, grids);
        let window = Bounds::new(118.755, 34.5, 118.77, 34.51).unwrap();
        let shown = index.window_geojson(&window, 0.0, 10);
        let codes: Vec<&str> = shown.collection["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|feature| feature["properties"]["code"].as_str().unwrap())
            .collect();
        assert_eq!((codes, shown.found, shown.left_out), (vec!["A", "C"], 2, 0));
        let shown = index.window_geojson(&window, 0.0, 1);
        assert_eq!((shown.found, shown.left_out), (2, 1));
        assert!(index.bounds().unwrap().east > 118.9);
    }

    #[test]
    fn far_out_a_hole_goes_and_the_grid_stays() {
        let index = GridIndex::new(0, vec![square("A", 118.76, 34.5, 0.01, Some(0.0049))]);
        let window = index.bounds().unwrap();
        let rings = |tolerance| {
            let shown = index.window_geojson(&window, tolerance, 10).collection;
            shown["features"][0]["geometry"]["coordinates"][0].as_array().unwrap().len()
        };
        assert_eq!(rings(0.0), 2);
        assert_eq!(rings(tolerance_degrees(4.0)), 1);
    }

    #[test]
    fn half_a_pixel_halves_with_each_zoom() {
        assert_eq!(tolerance_degrees(0.0), 180.0 / 512.0);
        assert!((tolerance_degrees(5.0) / tolerance_degrees(6.0) - 2.0).abs() < 1e-12);
        assert_eq!(tolerance_degrees(f64::NAN), tolerance_degrees(99.0));
        assert_eq!(tolerance_degrees(-3.0), tolerance_degrees(0.0));
    }
}
