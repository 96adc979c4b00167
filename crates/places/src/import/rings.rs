//! Raw points become rings, and rings polygons.

use geo::kernels::RobustKernel;
use geo::{Area, Coord, Kernel, LineString, Orientation, Polygon};

use crate::Bounds;
use crate::index::outline::{Outline, Side};

/// Ends that are nearer than this (0.1 mm) were meant to meet.
const SAME_DEGREES: f64 = 1e-9;

/// A ring that was put in order, and what that took.
#[derive(Debug)]
pub(crate) struct Cleaned {
    pub(crate) ring: LineString<f64>,
    /// It had not ended where it began.
    pub(crate) closed: bool,
    /// Points that repeated the one before.
    pub(crate) repeated: usize,
}

/// The ring without repeated points and closed; none when it has no area.
pub(crate) fn clean(points: &[Coord<f64>]) -> Option<Cleaned> {
    let mut ring = points.to_vec();
    ring.dedup();
    let repeated = points.len() - ring.len();
    let first = *ring.first()?;
    let open = ring.last().is_some_and(|last| *last != first);
    let mut closed = false;
    if open {
        let near = |last: &Coord<f64>| {
            (last.x - first.x).abs() < SAME_DEGREES && (last.y - first.y).abs() < SAME_DEGREES
        };
        if ring.len() > 1 && ring.last().is_some_and(near) {
            ring.pop();
        } else {
            closed = true;
        }
        ring.push(first);
    }
    if ring.len() < 4 || is_straight(&ring) {
        return None;
    }
    Some(Cleaned { ring: LineString::new(ring), closed, repeated })
}

fn is_straight(ring: &[Coord<f64>]) -> bool {
    let Some((first, second)) = ring.first().zip(ring.get(1)) else { return true };
    ring.iter().all(|at| RobustKernel::orient2d(*first, *second, *at) == Orientation::Collinear)
}

/// A polygon as it is said; holes that do not lie in it are returned besides.
pub(crate) fn with_holes(
    outer: LineString<f64>,
    holes: Vec<LineString<f64>>,
) -> (Polygon<f64>, Vec<LineString<f64>>) {
    let outline = Outline::of([&outer]);
    let (inside, outside): (Vec<_>, Vec<_>) = holes.into_iter().partition(|hole| lies_in(hole, &outline));
    (Polygon::new(outer, inside), outside)
}

/// Whether a ring lies in an outline, by its first vertex that is not on the border.
fn lies_in(ring: &LineString<f64>, outline: &Outline) -> bool {
    let sides = ring.0.iter().map(|at| outline.side(*at));
    sides.into_iter().find(|side| *side != Side::Border).is_none_or(|side| side == Side::Inside)
}

/// Polygons from rings of which nothing is said: a ring within an odd number of others is a hole of the
/// smallest of them.
pub(crate) fn assembled(rings: Vec<LineString<f64>>) -> Vec<Polygon<f64>> {
    let mut ranked: Vec<(f64, Bounds, LineString<f64>)> = rings
        .into_iter()
        .filter_map(|ring| {
            let bounds = Bounds::around(ring.0.iter().map(|at| (at.x, at.y)))?;
            Some((Polygon::new(ring.clone(), Vec::new()).unsigned_area(), bounds, ring))
        })
        .collect();
    ranked.sort_by(|(one, ..), (two, ..)| two.total_cmp(one));
    let mut placed: Vec<Placed> = Vec::new();
    for (_, bounds, ring) in ranked {
        let around: Vec<usize> = placed
            .iter()
            .enumerate()
            .filter(|(_, other)| holds(&other.bounds, &bounds) && lies_in(&ring, &other.outline))
            .map(|(number, _)| number)
            .collect();
        let hole_of = around.last().copied().filter(|_| around.len() % 2 == 1);
        placed.push(Placed { outline: Outline::of([&ring]), bounds, ring, hole_of });
    }
    let mut polygons: Vec<(usize, Polygon<f64>)> = Vec::new();
    for (number, Placed { ring, hole_of, .. }) in placed.into_iter().enumerate() {
        match hole_of.and_then(|outer| polygons.iter_mut().find(|(number, _)| *number == outer)) {
            Some((_, polygon)) => polygon.interiors_push(ring),
            None => polygons.push((number, Polygon::new(ring, Vec::new()))),
        }
    }
    polygons.into_iter().map(|(_, polygon)| polygon).collect()
}

struct Placed {
    outline: Outline,
    bounds: Bounds,
    ring: LineString<f64>,
    hole_of: Option<usize>,
}

fn holds(outer: &Bounds, inner: &Bounds) -> bool {
    outer.west <= inner.west
        && outer.south <= inner.south
        && outer.east >= inner.east
        && outer.north >= inner.north
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(pairs: &[(f64, f64)]) -> Vec<Coord<f64>> {
        pairs.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
    }

    fn square(x: f64, y: f64, side: f64) -> LineString<f64> {
        let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)];
        LineString::new(points(&corners))
    }

    #[test]
    fn rings_are_closed_and_repeats_dropped() {
        let open = clean(&points(&[(0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 1.0)])).unwrap();
        assert!(open.closed && open.repeated == 1 && open.ring.is_closed());
        assert_eq!(open.ring.0.len(), 4);
        let nearly = clean(&points(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (1e-11, 0.0)])).unwrap();
        assert!(!nearly.closed && nearly.ring.0.len() == 4);
    }

    #[test]
    fn what_has_no_area_is_no_ring() {
        for pairs in [
            &[][..],
            &[(0.0, 0.0)],
            &[(0.0, 0.0), (1.0, 1.0), (0.0, 0.0)],
            &[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 0.0)],
            &[(3.0, 3.0), (3.0, 3.0), (3.0, 3.0), (3.0, 3.0)],
        ] {
            assert!(clean(&points(pairs)).is_none(), "{pairs:?}");
        }
        // Signed halves cancel, but it has an area.
        assert!(clean(&points(&[(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0), (0.0, 0.0)])).is_some());
    }

    #[test]
    fn holes_are_told_from_islands_by_how_they_lie() {
        let rings = vec![
            square(2.0, 2.0, 6.0),
            square(20.0, 0.0, 5.0),
            square(0.0, 0.0, 10.0),
            square(4.0, 4.0, 1.0),
        ];
        let polygons = assembled(rings);
        let areas: Vec<(f64, usize)> =
            polygons.iter().map(|polygon| (polygon.unsigned_area(), polygon.interiors().len())).collect();
        assert_eq!(areas, [(64.0, 1), (25.0, 0), (1.0, 0)]);
    }

    #[test]
    fn a_hole_elsewhere_comes_back() {
        let (polygon, outside) =
            with_holes(square(0.0, 0.0, 10.0), vec![square(1.0, 1.0, 2.0), square(20.0, 0.0, 2.0)]);
        assert_eq!((polygon.interiors().len(), outside.len()), (1, 1));
    }
}
