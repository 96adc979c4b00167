//! The outline of a place.

use std::fmt;
use std::str::FromStr;

use geo::{Area, ChamberlainDuquetteArea, Coord, InteriorPoint, LineString, MultiPolygon, Polygon};
use qige_db::column_text;
use qige_kernel::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Bounds;

/// One or more polygons with holes in WGS-84 degrees. Rings are closed; outer rings run against the clock and
/// holes with it (RFC 7946 §3.1.6). Written as a GeoJSON geometry, digit by digit as it was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Geometry", into = "Geometry")]
#[schemars(with = "serde_json::Value")]
pub struct Shape(MultiPolygon<f64>);

type Pairs = Vec<[f64; 2]>;

/// The GeoJSON geometries that have an area.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Pairs>),
    MultiPolygon(Vec<Vec<Pairs>>),
}

/// Text or numbers that draw nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the GeoJSON of an area in degrees")]
pub struct BadShape;

impl Shape {
    /// The outline made of `polygons`, if they have an area on the earth.
    ///
    /// # Errors
    /// [`BadShape`] when there is none, a number is not finite or out of range, or a ring has fewer than four
    /// points.
    pub fn new(polygons: Vec<Polygon<f64>>) -> Result<Self, BadShape> {
        let on_earth = |at: &Coord<f64>| Position::new(at.x, at.y).is_ok();
        let drawn = |ring: &LineString<f64>| ring.0.len() >= 4 && ring.0.iter().all(on_earth);
        let whole =
            |polygon: &Polygon<f64>| drawn(polygon.exterior()) && polygon.interiors().iter().all(drawn);
        if polygons.is_empty() || !polygons.iter().all(whole) {
            return Err(BadShape);
        }
        Ok(Self(polygons.into_iter().map(oriented).collect()))
    }

    /// Its polygons.
    #[must_use]
    pub const fn polygons(&self) -> &MultiPolygon<f64> {
        &self.0
    }

    /// All rings, outer ones and holes.
    pub fn rings(&self) -> impl Iterator<Item = &LineString<f64>> {
        self.0.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
    }

    /// All vertices, ring by ring, each ring's first one again at its end.
    pub fn vertices(&self) -> impl Iterator<Item = Coord<f64>> {
        self.rings().flat_map(|ring| ring.0.iter().copied())
    }

    /// Area in square metres (Chamberlain and Duquette 2007, on the sphere: within 0.6 %).
    #[must_use]
    pub fn area_m2(&self) -> f64 {
        // Ring by ring: taken whole, holes that run with the clock would be added.
        let area = |ring: &LineString<f64>| {
            Polygon::new(ring.clone(), Vec::new()).chamberlain_duquette_unsigned_area()
        };
        let polygon = |polygon: &Polygon<f64>| {
            area(polygon.exterior()) - polygon.interiors().iter().map(area).sum::<f64>()
        };
        self.0.iter().map(polygon).sum()
    }

    /// The rectangle around it.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::around(self.vertices().map(|at| (at.x, at.y))).unwrap_or(Bounds {
            west: 0.0,
            south: 0.0,
            east: 0.0,
            north: 0.0,
        })
    }

    /// A point well inside, for a label.
    #[must_use]
    pub fn inner_point(&self) -> Option<Position> {
        let point = self.0.interior_point()?;
        Position::new(point.x(), point.y()).ok()
    }

    /// Whether both draw the same outline, wherever their rings begin, whichever way they run and in whatever
    /// order they stand.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self == other || self.canonical() == other.canonical()
    }

    fn canonical(&self) -> Vec<Vec<(u64, u64)>> {
        let mut rings: Vec<Vec<(u64, u64)>> = self.rings().map(canonical_ring).collect();
        rings.sort_unstable();
        rings
    }

    /// The GeoJSON geometry.
    #[must_use]
    pub fn to_geojson(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn oriented(polygon: Polygon<f64>) -> Polygon<f64> {
    let (mut outer, mut holes) = polygon.into_inner();
    turn(&mut outer, true);
    holes.iter_mut().for_each(|hole| turn(hole, false));
    Polygon::new(outer, holes)
}

/// By the sign of the area, which also rings have that cross themselves.
fn turn(ring: &mut LineString<f64>, against_the_clock: bool) {
    let area = Polygon::new(ring.clone(), Vec::new()).signed_area();
    if area != 0.0 && (area > 0.0) != against_the_clock {
        ring.0.reverse();
    }
}

/// The ring without its closing point, from its lowest vertex on, in the lesser of its two directions.
fn canonical_ring(ring: &LineString<f64>) -> Vec<(u64, u64)> {
    let mut points: Vec<_> = ring.0.iter().skip(1).map(|at| (at.x.to_bits(), at.y.to_bits())).collect();
    let lowest = points.iter().enumerate().min_by_key(|(_, point)| **point).map_or(0, |(at, _)| at);
    points.rotate_left(lowest);
    let reversed: Vec<_> = points.iter().take(1).chain(points.iter().skip(1).rev()).copied().collect();
    points.min(reversed)
}

impl From<Shape> for Geometry {
    fn from(shape: Shape) -> Self {
        let pairs = |ring: &LineString<f64>| ring.0.iter().map(|at| [at.x, at.y]).collect();
        let rings = |polygon: &Polygon<f64>| {
            std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(pairs).collect()
        };
        match shape.0.0.as_slice() {
            [polygon] => Self::Polygon(rings(polygon)),
            polygons => Self::MultiPolygon(polygons.iter().map(rings).collect()),
        }
    }
}

impl TryFrom<Geometry> for Shape {
    type Error = BadShape;
    fn try_from(geometry: Geometry) -> Result<Self, BadShape> {
        let ring =
            |pairs: Pairs| -> LineString<f64> { pairs.into_iter().map(|[x, y]| Coord { x, y }).collect() };
        let polygon = |rings: Vec<Pairs>| {
            let mut rings = rings.into_iter().map(ring);
            let exterior = rings.next().ok_or(BadShape)?;
            Ok(Polygon::new(exterior, rings.collect()))
        };
        let polygons = match geometry {
            Geometry::Polygon(rings) => vec![polygon(rings)?],
            Geometry::MultiPolygon(parts) => parts.into_iter().map(polygon).collect::<Result<_, _>>()?,
        };
        Self::new(polygons)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Shape {
    type Err = BadShape;
    fn from_str(text: &str) -> Result<Self, BadShape> {
        serde_json::from_str(text).map_err(|_| BadShape)
    }
}

column_text!(Shape);

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        text.parse().unwrap()
    }

    #[test]
    fn reads_what_it_writes_digit_by_digit() {
        let first = "[120.1257005760001,30.25906741800003]";
        let ring = format!("[[{first},[120.13,30.25906741800003],[120.13,30.26],{first}]]");
        let other = "[[[2.0,0.0],[3.0,0.0],[3.0,1.0],[2.0,0.0]]]";
        for (kind, coordinates) in [("Polygon", ring.clone()), ("MultiPolygon", format!("[{ring},{other}]"))]
        {
            let text = format!(r#"{{"type":"{kind}","coordinates":{coordinates}}}"#);
            assert_eq!(shape(&text).to_string(), text);
        }
    }

    #[test]
    fn outer_rings_run_against_the_clock() {
        let clockwise = shape(r#"{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,0],[0,0]]]}"#);
        let against = shape(r#"{"type":"Polygon","coordinates":[[[1,0],[1,1],[0,1],[0,0],[1,0]]]}"#);
        assert!(clockwise.is_same(&against));
        assert_ne!(clockwise, against);
        let other = shape(r#"{"type":"Polygon","coordinates":[[[2,0],[1,1],[0,1],[0,0],[2,0]]]}"#);
        assert!(!clockwise.is_same(&other));
    }

    #[test]
    fn what_draws_nothing_is_refused() {
        for text in [
            "",
            "null",
            r#"{"type":"Point","coordinates":[1,2]}"#,
            r#"{"type":"Polygon","coordinates":[]}"#,
            r#"{"type":"MultiPolygon","coordinates":[]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[200,1],[1,1],[0,0]]]}"#,
        ] {
            assert_eq!(text.parse::<Shape>(), Err(BadShape), "{text}");
        }
    }

    #[test]
    fn a_square_of_a_kilometre_has_its_area() {
        let east = 1.0 / (111.195 * 34.5_f64.to_radians().cos());
        let north = 1.0 / 111.195;
        let (w, s, e, n) = (118.75, 34.5, 118.75 + east, 34.5 + north);
        let ring = format!("[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]");
        let half = format!("[[{w},{s}],[{w},{n}],[{e},{n}],[{w},{s}]]");
        for (rings, expected) in [(ring.clone(), 1_000_000.0), (format!("{ring},{half}"), 500_000.0)] {
            let text = format!(r#"{{"type":"Polygon","coordinates":[{rings}]}}"#);
            let area = shape(&text).area_m2();
            assert!((area - expected).abs() < 3_000.0, "{area}");
        }
    }
}
