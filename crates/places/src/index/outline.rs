//! A shape made ready for the question "is this point inside?".
//!
//! The edges are sorted into horizontal bands, so that a point is held against the few edges at its own
//! latitude. Sides are decided by adaptive exact arithmetic (Shewchuk 1997), so that two grids that share a
//! border agree on every point of it.

use geo::kernels::RobustKernel;
use geo::{Coord, Kernel, Line, LineString, Orientation};

use crate::Shape;

/// A new band begins at every so many levels: more would make edges span many bands, fewer would fill them.
const LEVELS_PER_BAND: usize = 4;

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Inside,
    Border,
    Outside,
}

#[derive(Clone, Copy, Debug)]
struct Edge {
    from: Coord<f64>,
    to: Coord<f64>,
}

/// See the module. Inside is what an odd number of rings surrounds, so that holes, and rings that cross
/// themselves, need no care.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    /// Latitudes at which a new band begins, rising.
    levels: Vec<f64>,
    /// Where each band's edges begin in `edges`, and at last where they end.
    starts: Vec<usize>,
    edges: Vec<Edge>,
}

impl Outline {
    pub(crate) fn new(shape: &Shape) -> Self {
        Self::of(shape.rings())
    }

    /// The outline of closed rings.
    pub(crate) fn of<'a>(rings: impl IntoIterator<Item = &'a LineString<f64>>) -> Self {
        let lines: Vec<Line<f64>> = rings.into_iter().flat_map(LineString::lines).collect();
        let mut heights: Vec<f64> = lines.iter().map(|line| line.start.y).collect();
        heights.sort_unstable_by(f64::total_cmp);
        heights.dedup();
        let levels: Vec<f64> = heights.into_iter().step_by(LEVELS_PER_BAND).collect();
        let mut bands: Vec<Vec<Edge>> = vec![Vec::new(); levels.len() + 1];
        for line in lines {
            let (low, high) = (line.start.y.min(line.end.y), line.start.y.max(line.end.y));
            let (first, last) = (band(&levels, low), band(&levels, high));
            for band in bands.iter_mut().take(last + 1).skip(first) {
                band.push(Edge { from: line.start, to: line.end });
            }
        }
        let mut starts = vec![0];
        let mut edges = Vec::new();
        for band in bands {
            edges.extend(band);
            starts.push(edges.len());
        }
        Self { levels, starts, edges }
    }

    pub(crate) fn side(&self, point: Coord<f64>) -> Side {
        let band = band(&self.levels, point.y);
        let (from, to) = (self.starts.get(band), self.starts.get(band + 1));
        let edges = from.zip(to).and_then(|(from, to)| self.edges.get(*from..*to)).unwrap_or_default();
        let mut inside = false;
        for Edge { from, to } in edges {
            if point.x > from.x.max(to.x) || point.y < from.y.min(to.y) || point.y > from.y.max(to.y) {
                continue;
            }
            let straddles = (from.y > point.y) != (to.y > point.y);
            if point.x < from.x.min(to.x) {
                inside ^= straddles;
                continue;
            }
            match RobustKernel::orient2d(*from, *to, point) {
                Orientation::Collinear => return Side::Border,
                // The edge crosses the ray to the east where the point lies on its western side.
                Orientation::CounterClockwise => inside ^= straddles && to.y > from.y,
                Orientation::Clockwise => inside ^= straddles && to.y < from.y,
            }
        }
        if inside { Side::Inside } else { Side::Outside }
    }
}

fn band(levels: &[f64], height: f64) -> usize {
    levels.partition_point(|level| *level <= height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::CoordinatePosition;
    use geo::coordinate_position::CoordPos;
    use proptest::prelude::*;

    fn side(text: &str, x: f64, y: f64) -> Side {
        Outline::new(&text.parse().unwrap()).side(Coord { x, y })
    }

    #[test]
    fn holes_are_outside_and_their_edges_border() {
        let ring = r#"{"type":"Polygon","coordinates":[
            [[0,0],[8,0],[8,8],[0,8],[0,0]], [[2,2],[2,6],[6,6],[6,2],[2,2]]]}"#;
        for (x, y, expected) in [
            (1.0, 1.0, Side::Inside),
            (4.0, 4.0, Side::Outside),
            (2.0, 3.0, Side::Border),
            (4.0, 6.0, Side::Border),
            (0.0, 0.0, Side::Border),
            (8.0, 8.0, Side::Border),
            (8.0, 4.0, Side::Border),
            (4.0, 0.0, Side::Border),
            (-1.0, 0.0, Side::Outside),
            (9.0, 8.0, Side::Outside),
            (4.0, 7.0, Side::Inside),
        ] {
            assert_eq!(side(ring, x, y), expected, "{x} {y}");
        }
    }

    #[test]
    fn a_ring_that_crosses_itself_is_read_by_odd_and_even() {
        let bow = r#"{"type":"Polygon","coordinates":[[[0,0],[4,4],[4,0],[0,4],[0,0]]]}"#;
        assert_eq!(side(bow, 1.0, 2.0), Side::Inside);
        assert_eq!(side(bow, 3.0, 2.0), Side::Inside);
        assert_eq!(side(bow, 2.0, 3.0), Side::Outside);
        assert_eq!(side(bow, 2.0, 2.0), Side::Border);
    }

    /// A star around the origin: radii by angle, so that it never crosses itself.
    fn star(radii: &[f64]) -> Shape {
        let count = f64::from(u32::try_from(radii.len()).unwrap());
        let mut ring: Vec<Coord<f64>> = (0_u32..)
            .zip(radii)
            .map(|(at, radius)| {
                let angle = f64::from(at) / count * std::f64::consts::TAU;
                // Rounded, so that many vertices share a latitude, as in drawings snapped to a lattice.
                let round = |value: f64| (value * 4.0).round() / 4.0;
                Coord { x: round(radius * angle.cos()), y: round(radius * angle.sin()) }
            })
            .collect();
        ring.extend(ring.first().copied());
        Shape::new(vec![geo::Polygon::new(ring.into(), Vec::new())]).unwrap()
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_slow_way(
            radii in proptest::collection::vec(5.0_f64..20.0, 3..60),
            points in proptest::collection::vec((-80_i32..80, -80_i32..80), 1..60),
        ) {
            let shape = star(&radii);
            let outline = Outline::new(&shape);
            let area = geo::Area::unsigned_area(shape.polygons());
            prop_assume!(area > 0.0 && geo::Validation::is_valid(shape.polygons()));
            for (x, y) in points {
                let at = Coord { x: f64::from(x) / 4.0, y: f64::from(y) / 4.0 };
                let expected = match shape.polygons().coordinate_position(&at) {
                    CoordPos::Inside => Side::Inside,
                    CoordPos::OnBoundary => Side::Border,
                    CoordPos::Outside => Side::Outside,
                };
                prop_assert_eq!(outline.side(at), expected, "{:?}", at);
            }
        }
    }
}
