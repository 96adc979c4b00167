//! A raw feature becomes a shape in WGS-84.

use geo::{Coord, LineString, Polygon};
use qige_kernel::{Coordinates, Datum, Position};

use super::crossings::first_crossing;
use super::problem::{Problem, ProblemCode};
use super::read::RawFeature;
use super::rings::{assembled, clean, with_holes};
use crate::Shape;

/// Most rings of one feature: which ring lies in which is asked of all pairs.
const MAX_RINGS: usize = 2_000;
/// Converted degrees keep nine decimals, 0.1 mm: what the conversion is good for.
const DECIMALS: f64 = 1e9;

/// Draws a feature; what was mended or cannot be is noted with it.
pub(crate) fn draw(feature: &mut RawFeature, datum: Datum) -> Option<Shape> {
    let raw = std::mem::take(&mut feature.polygons);
    if raw.iter().map(|polygon| polygon.rings.len()).sum::<usize>() > MAX_RINGS {
        feature.note(ProblemCode::GeometryTooFine);
        return None;
    }
    let mut polygons = Vec::new();
    for polygon in raw {
        let rings: Vec<Option<LineString<f64>>> =
            polygon.rings.iter().map(|ring| drawn_ring(ring, datum, feature)).collect();
        if polygon.loose {
            polygons.extend(assembled(rings.into_iter().flatten().collect()));
        } else {
            polygons.extend(said_polygon(rings, feature));
        }
    }
    // Said already, and worse than having no area.
    let faulty = |problem: &Problem| problem.severity == super::Severity::Error;
    if feature.problems.iter().any(faulty) {
        return None;
    }
    let Ok(shape) = Shape::new(polygons) else {
        feature.note(ProblemCode::GeometryEmpty);
        return None;
    };
    if let Some(at) = first_crossing(&shape) {
        let at = Position::new(at.x, at.y).ok();
        feature.problems.push(Problem::of_feature(feature.number, ProblemCode::SelfCrossing).at(at));
    }
    Some(shape)
}

/// The first ring is the border; the others are its holes, or else parts of their own.
fn said_polygon(rings: Vec<Option<LineString<f64>>>, feature: &mut RawFeature) -> Vec<Polygon<f64>> {
    let mut rings = rings.into_iter();
    // Without a border, its holes mean nothing.
    let Some(outer) = rings.next().flatten() else { return Vec::new() };
    let (polygon, outside) = with_holes(outer, rings.flatten().collect());
    feature.note_times(ProblemCode::HoleOutside, outside.len());
    std::iter::once(polygon).chain(assembled(outside)).collect()
}

fn drawn_ring(points: &[Coord<f64>], datum: Datum, feature: &mut RawFeature) -> Option<LineString<f64>> {
    let here: Vec<Coord<f64>> = points.iter().filter_map(|at| converted(*at, datum)).collect();
    feature.note_times(ProblemCode::CoordinateBad, points.len() - here.len());
    let Some(cleaned) = clean(&here) else {
        feature.note(ProblemCode::RingDropped);
        return None;
    };
    feature.note_times(ProblemCode::RingClosed, usize::from(cleaned.closed));
    feature.note_times(ProblemCode::PointsRepeated, cleaned.repeated);
    Some(cleaned.ring)
}

/// The point in WGS-84; none when it is not on the earth.
pub(crate) fn converted(at: Coord<f64>, datum: Datum) -> Option<Coord<f64>> {
    let position = Coordinates { datum, lng: at.x, lat: at.y }.to_position().ok()?;
    if datum == Datum::Wgs84 {
        return Some(at);
    }
    let round = |degrees: f64| (degrees * DECIMALS).round() / DECIMALS;
    Some(Coord { x: round(position.lng()), y: round(position.lat()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::geojson;

    fn drawn(coordinates: &str) -> (Option<Shape>, Vec<ProblemCode>) {
        let text = format!(r#"{{"type":"Polygon","coordinates":{coordinates}}}"#);
        let mut reading = geojson::read(&text).unwrap();
        let feature = &mut reading.features[0];
        let shape = draw(feature, Datum::Wgs84);
        (shape, feature.problems.iter().map(|problem| problem.code).collect())
    }

    #[test]
    fn faults_are_mended_and_said() {
        use ProblemCode::{HoleOutside, PointsRepeated, RingClosed, RingDropped, SelfCrossing};
        for (coordinates, parts, expected) in [
            ("[[[0,0],[4,0],[4,4],[0,0]]]", 1, vec![]),
            ("[[[0,0],[4,0],[4,4]]]", 1, vec![RingClosed]),
            ("[[[0,0],[4,0],[4,0],[4,4],[0,0]]]", 1, vec![PointsRepeated]),
            ("[[[0,0],[4,0],[4,4],[0,0]],[[1,0.5],[1,0.5]]]", 1, vec![RingDropped]),
            ("[[[0,0],[4,0],[4,4],[0,0]],[[8,0],[9,0],[9,1],[8,0]]]", 2, vec![HoleOutside]),
            ("[[[0,0],[4,4],[4,0],[0,4],[0,0]]]", 1, vec![SelfCrossing]),
        ] {
            let (shape, codes) = drawn(coordinates);
            assert_eq!((shape.unwrap().polygons().0.len(), codes), (parts, expected), "{coordinates}");
        }
    }

    #[test]
    fn what_cannot_be_mended_draws_nothing() {
        use ProblemCode::{CoordinateBad, GeometryEmpty, RingDropped};
        for (coordinates, expected) in [
            ("[]", vec![GeometryEmpty]),
            ("[[]]", vec![GeometryEmpty]),
            ("[[[0,0],[1,1],[0,0]]]", vec![RingDropped, GeometryEmpty]),
            ("[[[0,0],[1,1],[2,2],[0,0]],[[0,0],[4,0],[4,4],[0,0]]]", vec![RingDropped, GeometryEmpty]),
            ("[[[0,0],[4,0],[4,400],[0,4],[0,0]]]", vec![CoordinateBad]),
        ] {
            let (shape, codes) = drawn(coordinates);
            assert_eq!((shape, codes), (None, expected), "{coordinates}");
        }
    }

    #[test]
    fn too_many_rings_are_refused_at_the_limit() {
        let rings = |count: usize| {
            let hole = |at: usize| {
                let x = 1.0 + f64::from(u32::try_from(at).unwrap()) * 0.01;
                format!("[[{x},1],[{},1],[{x},2],[{x},1]]", x + 0.005)
            };
            let holes: Vec<String> = (1..count).map(hole).collect();
            format!("[[[0,0],[80,0],[80,80],[0,80],[0,0]],{}]", holes.join(","))
        };
        assert!(drawn(&rings(MAX_RINGS)).0.is_some());
        assert_eq!(drawn(&rings(MAX_RINGS + 1)).1, [ProblemCode::GeometryTooFine]);
    }

    #[test]
    fn other_datums_are_converted() {
        let at = Coord { x: 118.757_467_31, y: 34.540_898_14 };
        let here = converted(at, Datum::Gcj02).unwrap();
        assert!((here.x - 118.752).abs() < 1e-7 && (here.y - 34.542).abs() < 1e-7, "{here:?}");
        assert_eq!(converted(at, Datum::Wgs84), Some(at));
        assert_eq!(converted(Coord { x: 1e9, y: 0.0 }, Datum::Wgs84), None);
    }
}
