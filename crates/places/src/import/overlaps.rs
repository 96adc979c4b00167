//! Features that lie over each other.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use geo::{Coord, LineString};
use qige_kernel::Position;

use super::candidate::Candidate;
use super::problem::ProblemCode;
use crate::Shape;
use crate::index::outline::Side;
use crate::index::shapes::{ShapeIndex, metres_to_edge};

/// Borders drawn twice differ by this much without anybody meaning it.
const TOLERATED_METRES: f64 = 5.0;

/// Work that is spent on looking, in edges: ordinary districts need a hundredth of it. Past it, no more
/// overlaps are found, and the index still answers the same for every point.
const MAX_EDGES: usize = 30_000_000;

struct Found {
    pair: (usize, usize),
    metres: f64,
    at: Position,
}

/// Notes each pair once, with how far a point of the one lies inside the other.
pub(crate) fn note(candidates: &mut [Candidate]) {
    let numbers: Vec<(u32, String)> =
        candidates.iter().map(|candidate| (candidate.number, candidate.label().to_owned())).collect();
    for Found { pair: (one, two), metres, at } in find(candidates) {
        let (Some(candidate), Some((number, label))) = (candidates.get_mut(one), numbers.get(two)) else {
            continue;
        };
        candidate.note(
            ProblemCode::Overlap,
            &[("other", number), ("other-label", label), ("metres", &format!("{metres:.0}"))],
        );
        if let Some(problem) = candidate.problems.last_mut() {
            problem.at = Some(at);
        }
    }
}

fn find(candidates: &[Candidate]) -> Vec<Found> {
    let drawn: Vec<(usize, &Shape)> = candidates
        .iter()
        .enumerate()
        .filter_map(|(at, candidate)| {
            Some((at, candidate.shape.as_ref().filter(|_| !candidate.is_faulty())?))
        })
        .collect();
    let index = ShapeIndex::new(drawn.iter().map(|(_, shape)| *shape));
    let edges: Vec<usize> = drawn.iter().map(|(_, shape)| shape.vertices().count()).collect();
    let (mut known, mut found) = (BTreeSet::new(), Vec::new());
    let mut left = MAX_EDGES;
    for (number, (at, shape)) in drawn.iter().enumerate() {
        for position in probes(shape) {
            let corner = Coord { x: position.lng(), y: position.lat() };
            index.each_at(corner, |other, side| {
                let Some((other_at, other_shape)) = drawn.get(other) else {
                    return ControlFlow::Continue(());
                };
                let pair = (*at.min(other_at), *at.max(other_at));
                let Some(rest) = left.checked_sub(1) else { return ControlFlow::Break(()) };
                left = rest;
                if other == number || side != Side::Inside || known.contains(&pair) {
                    return ControlFlow::Continue(());
                }
                left = left.saturating_sub(edges.get(other).copied().unwrap_or_default());
                let metres = metres_to_edge(other_shape, position);
                if metres > TOLERATED_METRES {
                    known.insert(pair);
                    found.push(Found { pair, metres, at: position });
                }
                ControlFlow::Continue(())
            });
        }
    }
    found.sort_by_key(|found| found.pair);
    found
}

/// Corners, middles of edges and a point inside: one of them lies within whatever the shape overlaps by more
/// than an edge's length.
fn probes(shape: &Shape) -> impl Iterator<Item = Position> {
    let edges = shape.rings().flat_map(LineString::lines);
    let along = edges.flat_map(|edge| {
        let middle = (f64::midpoint(edge.start.x, edge.end.x), f64::midpoint(edge.start.y, edge.end.y));
        [(edge.start.x, edge.start.y), middle]
    });
    along.filter_map(|(x, y)| Position::new(x, y).ok()).chain(shape.inner_point())
}
