//! Shapes found by place.

use std::ops::ControlFlow;

use geo::Coord;
use qige_kernel::Position;
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use super::outline::{Outline, Side};
use crate::{Bounds, Shape};

/// Which of many shapes a point lies in. Shapes are known by their number in the list that they came in;
/// where several claim a point, the one with the least number has it.
#[derive(Debug)]
pub(crate) struct ShapeIndex {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    outlines: Vec<Outline>,
}

impl ShapeIndex {
    pub(crate) fn new<'a>(shapes: impl IntoIterator<Item = &'a Shape>) -> Self {
        let mut outlines = Vec::new();
        let mut boxes = Vec::new();
        for (number, shape) in shapes.into_iter().enumerate() {
            let Bounds { west, south, east, north } = shape.bounds();
            boxes.push(GeomWithData::new(Rectangle::from_corners([west, south], [east, north]), number));
            outlines.push(Outline::new(shape));
        }
        Self { tree: RTree::bulk_load(boxes), outlines }
    }

    /// The first shape that the point lies inside of; else the first on whose border it lies.
    pub(crate) fn first_at(&self, point: Coord<f64>) -> Option<(usize, Side)> {
        let (mut inside, mut border) = (None, None);
        self.each_at(point, |number, side| {
            let best = if side == Side::Inside { &mut inside } else { &mut border };
            *best = Some(best.map_or(number, |best: usize| best.min(number)));
            ControlFlow::Continue(())
        });
        inside.map(|number| (number, Side::Inside)).or(border.map(|number| (number, Side::Border)))
    }

    /// Calls `visit` for every shape that the point lies inside of or on the border of, until it has enough.
    pub(crate) fn each_at(&self, point: Coord<f64>, mut visit: impl FnMut(usize, Side) -> ControlFlow<()>) {
        // Where not a number comes in, rectangles are not defined.
        if !point.x.is_finite() || !point.y.is_finite() {
            return;
        }
        let _enough = self.tree.locate_all_at_point_int(&[point.x, point.y], |hit| {
            match self.outlines.get(hit.data).map_or(Side::Outside, |outline| outline.side(point)) {
                Side::Outside => ControlFlow::Continue(()),
                side => visit(hit.data, side),
            }
        });
    }

    /// Numbers of the shapes whose rectangles meet `window`, in order.
    pub(crate) fn near(&self, window: &Bounds) -> Vec<usize> {
        let Bounds { west, south, east, north } = *window;
        let window = rstar::AABB::from_corners([west, south], [east, north]);
        let mut found: Vec<usize> =
            self.tree.locate_in_envelope_intersecting(&window).map(|hit| hit.data).collect();
        found.sort_unstable();
        found
    }
}

/// Metres from a point to a shape's nearest edge (flat earth at the point's latitude: exact enough over the
/// few hundred metres that anybody asks for).
pub(crate) fn metres_to_edge(shape: &Shape, point: Position) -> f64 {
    let scale = Scale::at(point);
    let edges = shape.rings().flat_map(geo::LineString::lines);
    edges
        .map(|edge| {
            let (from, to) = (scale.metres(edge.start), scale.metres(edge.end));
            let (along, length) = ((to.0 - from.0, to.1 - from.1), (to.0 - from.0).hypot(to.1 - from.1));
            if length == 0.0 {
                return from.0.hypot(from.1);
            }
            let share = -(from.0 * along.0 + from.1 * along.1) / (length * length);
            let share = share.clamp(0.0, 1.0);
            (from.0 + along.0 * share).hypot(from.1 + along.1 * share)
        })
        .fold(f64::INFINITY, f64::min)
}

/// Degrees seen from a point, in metres.
struct Scale {
    origin: Position,
    east: f64,
    north: f64,
}

impl Scale {
    fn at(origin: Position) -> Self {
        // Taken towards the equator, where there is room to step.
        let step = if origin.lat() > 0.0 { -0.01 } else { 0.01 };
        let metres = |lng: f64, lat: f64| {
            let there = Position::new(lng.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0)).unwrap_or(origin);
            origin.distance_metres(there)
        };
        let east_step = if origin.lng() > 0.0 { -0.01 } else { 0.01 };
        Self {
            origin,
            east: metres(origin.lng() + east_step, origin.lat()) / 0.01,
            north: metres(origin.lng(), origin.lat() + step) / 0.01,
        }
    }

    fn metres(&self, at: Coord<f64>) -> (f64, f64) {
        ((at.x - self.origin.lng()) * self.east, (at.y - self.origin.lat()) * self.north)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_are_metres() {
        let here = Position::new(118.75, 34.5).unwrap();
        for (east, north) in [(150.0, 0.0), (0.0, 150.0), (-120.0, 90.0)] {
            let corner = here.moved_metres(east, north);
            let (x, y) = (corner.lng(), corner.lat());
            // A small square whose nearest corner is the one given.
            let (far_x, far_y) = (
                x + 1e-4 * if east < 0.0 { -1.0 } else { 1.0 },
                y + 1e-4 * if north < 0.0 { -1.0 } else { 1.0 },
            );
            let ring = format!("[{x},{y}],[{far_x},{y}],[{far_x},{far_y}],[{x},{far_y}],[{x},{y}]");
            let text = format!(r#"{{"type":"Polygon","coordinates":[[{ring}]]}}"#);
            let metres = metres_to_edge(&text.parse().unwrap(), here);
            assert!((metres - east.hypot(north)).abs() < 0.2, "{metres} for {east} {north}");
        }
    }
}
