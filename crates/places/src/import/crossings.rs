//! Borders that cross themselves or each other.

use std::ops::ControlFlow;

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::Shape;

/// After so many pairs of edges held against each other, the rest is taken to be sound: drawings need a few
/// per edge, and only one made to keep us busy needs more.
const MAX_PAIRS: usize = 1_000_000;

struct Edge {
    line: Line<f64>,
    ring: usize,
    number: usize,
    last: usize,
}

impl Edge {
    fn follows(&self, other: &Self) -> bool {
        let apart = self.number.abs_diff(other.number);
        self.ring == other.ring && (apart == 1 || apart == self.last)
    }

    /// Where two edges meet that should not.
    fn fault(&self, other: &Self) -> Option<Coord<f64>> {
        match line_intersection(self.line, other.line)? {
            LineIntersection::Collinear { intersection } => Some(intersection.start),
            // Rings may touch each other in a point, and neighbours must; a ring may not touch itself.
            LineIntersection::SinglePoint { intersection, is_proper } => {
                let touching_self = self.ring == other.ring && !self.follows(other);
                (is_proper || touching_self).then_some(intersection)
            }
        }
    }
}

/// A point where a shape's borders cross, touch themselves or run on top of each other; none when it is sound
/// (OGC 06-103r4, 6.1.11).
pub(crate) fn first_crossing(shape: &Shape) -> Option<Coord<f64>> {
    let mut edges = Vec::new();
    for (ring, lines) in shape.rings().enumerate() {
        let last = lines.0.len().saturating_sub(2);
        let numbered = lines.lines().enumerate();
        edges.extend(numbered.map(|(number, line)| Edge { line, ring, number, last }));
    }
    let corners = |line: &Line<f64>| ([line.start.x, line.start.y], [line.end.x, line.end.y]);
    let boxes = edges.iter().enumerate().map(|(number, edge)| {
        let (from, to) = corners(&edge.line);
        GeomWithData::new(Rectangle::from_corners(from, to), number)
    });
    let tree = RTree::bulk_load(boxes.collect());
    let mut pairs = 0;
    for (number, edge) in edges.iter().enumerate() {
        let (from, to) = corners(&edge.line);
        let found = tree.locate_in_envelope_intersecting_int(&AABB::from_corners(from, to), |hit| {
            pairs += 1;
            if pairs > MAX_PAIRS {
                return ControlFlow::Break(None);
            }
            let other = edges.get(hit.data).filter(|_| hit.data > number);
            match other.and_then(|other| edge.fault(other)) {
                Some(at) => ControlFlow::Break(Some(at)),
                None => ControlFlow::Continue(()),
            }
        });
        if let ControlFlow::Break(end) = found {
            return end;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossing(coordinates: &str) -> Option<(f64, f64)> {
        let text = format!(r#"{{"type":"MultiPolygon","coordinates":{coordinates}}}"#);
        first_crossing(&text.parse().unwrap()).map(|at| (at.x, at.y))
    }

    #[test]
    fn crossings_touches_and_spikes_are_found() {
        assert_eq!(crossing("[[[[0,0],[4,4],[4,0],[0,4],[0,0]]]]"), Some((2.0, 2.0)));
        assert_eq!(crossing("[[[[0,0],[4,0],[4,4],[2,0],[0,4],[0,0]]]]"), Some((2.0, 0.0)));
        assert!(crossing("[[[[0,0],[4,0],[4,4],[4,6],[4,4],[0,4],[0,0]]]]").is_some());
        // A hole across its border, and two parts that overlap.
        assert!(crossing("[[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[6,1],[6,2],[1,1]]]]").is_some());
        assert!(crossing("[[[[0,0],[4,0],[4,4],[0,0]]],[[[3,1],[6,1],[6,2],[3,1]]]]").is_some());
    }

    #[test]
    fn sound_shapes_are_sound() {
        assert_eq!(crossing("[[[[0,0],[4,0],[4,4],[0,0]]]]"), None);
        assert_eq!(crossing("[[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[1,1]]]]"), None);
        // Parts that touch in a point.
        assert_eq!(crossing("[[[[0,0],[4,0],[4,4],[0,0]]],[[[4,4],[6,4],[6,6],[4,4]]]]"), None);
    }
}
