//! Which grid a point lies in.

pub(crate) mod outline;
pub(crate) mod shapes;

mod cache;
mod window;

use std::collections::HashMap;

use geo::Coord;
use qige_kernel::{PlaceId, Position};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bounds, Shape};
pub use cache::IndexCache;
use outline::Side;
use shapes::{ShapeIndex, metres_to_edge};
pub(crate) use window::drawn as window_drawn;
pub use window::{Window, tolerance_degrees};

/// How far a grid may be from a point and still be proposed for it, in metres (default of the product).
pub const NEAREST_METRES: f64 = 200.0;

/// A grid as the index knows it.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Its id.
    pub id: PlaceId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The community or village that it belongs to.
    pub community: Option<PlaceId>,
    /// Its outline.
    pub shape: Shape,
}

/// How a grid was found for a point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum How {
    /// The point lies in it.
    Inside,
    /// The point lies on its border, and in no other grid.
    Border,
    /// The point lies in no grid; this one is the nearest and only proposed.
    Nearest {
        /// Distance to its border in metres.
        metres: f64,
    },
}

impl How {
    /// How far beside the grid the point lies, in metres, where the grid is only proposed.
    #[must_use]
    pub const fn beside_metres(self) -> Option<f64> {
        match self {
            Self::Nearest { metres } => Some(metres),
            Self::Inside | Self::Border => None,
        }
    }
}

/// The grid of a point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Located {
    /// Which grid.
    pub grid: PlaceId,
    /// Its community or village.
    pub community: Option<PlaceId>,
    /// Inside, on the border, or only near.
    #[serde(flatten)]
    pub how: How,
}

/// All active grids of a tenant, ready to be asked. It never changes: a new one is built when places change.
#[derive(Debug)]
pub struct GridIndex {
    revision: i64,
    /// The smaller first, then by code: where grids overlap, the first has the point, whoever asks and when.
    grids: Vec<Grid>,
    by_id: HashMap<PlaceId, usize>,
    shapes: ShapeIndex,
}

impl GridIndex {
    /// The index of `grids`, as they stood at `revision`.
    #[must_use]
    pub fn new(revision: i64, grids: Vec<Grid>) -> Self {
        let mut ranked: Vec<(f64, Grid)> =
            grids.into_iter().map(|grid| (grid.shape.area_m2(), grid)).collect();
        ranked.sort_by(|(one, a), (two, b)| one.total_cmp(two).then_with(|| a.code.cmp(&b.code)));
        let grids: Vec<Grid> = ranked.into_iter().map(|(_, grid)| grid).collect();
        let shapes = ShapeIndex::new(grids.iter().map(|grid| &grid.shape));
        let by_id = grids.iter().enumerate().map(|(number, grid)| (grid.id, number)).collect();
        Self { revision, grids, by_id, shapes }
    }

    /// The revision of the tenant's places that this was built from.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.revision
    }

    /// All grids, the smaller first.
    #[must_use]
    pub fn grids(&self) -> &[Grid] {
        &self.grids
    }

    /// The grid of that id.
    #[must_use]
    pub fn grid(&self, id: PlaceId) -> Option<&Grid> {
        self.by_id.get(&id).and_then(|number| self.grids.get(*number))
    }

    /// The grid of a point: the one it lies in, else one on whose border it lies, else the nearest within
    /// [`NEAREST_METRES`]. None: unlocated, for the dispatcher to place.
    #[must_use]
    pub fn locate(&self, point: Position) -> Option<Located> {
        self.locate_within(point, NEAREST_METRES)
    }

    /// As [`GridIndex::locate`] with another distance for proposals, in metres.
    #[must_use]
    pub fn locate_within(&self, point: Position, nearest_metres: f64) -> Option<Located> {
        let at = Coord { x: point.lng(), y: point.lat() };
        let (number, how) = match self.shapes.first_at(at) {
            Some((number, Side::Inside)) => (number, How::Inside),
            Some((number, _)) => (number, How::Border),
            None => {
                let (number, metres) = self.nearest(point, nearest_metres)?;
                (number, How::Nearest { metres })
            }
        };
        let grid = self.grids.get(number)?;
        Some(Located { grid: grid.id, community: grid.community, how })
    }

    fn nearest(&self, point: Position, limit_metres: f64) -> Option<(usize, f64)> {
        // A little wider, so that nothing at the very limit falls between two roundings.
        let window = Bounds::near(point, limit_metres * 1.01);
        let near = self
            .shapes
            .near(&window)
            .into_iter()
            .filter_map(|number| Some((number, metres_to_edge(&self.grids.get(number)?.shape, point))));
        near.filter(|(_, metres)| *metres <= limit_metres)
            .min_by(|(a, one), (b, two)| one.total_cmp(two).then_with(|| a.cmp(b)))
    }

    /// The grids whose rectangles meet a window of the map, by code.
    #[must_use]
    pub fn in_window(&self, window: &Bounds) -> Vec<&Grid> {
        let numbers = self.shapes.near(window);
        let mut found: Vec<&Grid> = numbers.into_iter().filter_map(|number| self.grids.get(number)).collect();
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found
    }

    /// The rectangle around all grids.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        Bounds::around(self.grids.iter().flat_map(|grid| {
            let bounds = grid.shape.bounds();
            [(bounds.west, bounds.south), (bounds.east, bounds.north)]
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qige_kernel::{Entropy, Timestamp};

    /// A square grid from its south-west corner, with holes.
    pub(super) fn square(code: &str, x: f64, y: f64, side: f64, hole: Option<f64>) -> Grid {
        let ring = |x: f64, y: f64, side: f64| {
            let (e, n) = (x + side, y + side);
            format!("[[{x},{y}],[{e},{y}],[{e},{n}],[{x},{n}],[{x},{y}]]")
        };
        let hole = hole
            .map_or(String::new(), |inset| format!(",{}", ring(x + inset, y + inset, side - 2.0 * inset)));
        let text = format!(r#"{{"type":"Polygon","coordinates":[{}{hole}]}}"#, ring(x, y, side));
        let entropy = Entropy::seeded(code.bytes().map(u64::from).sum());
        let id = entropy.id(Timestamp::from_micros(0));
        Grid { id, code: code.into(), name: code.into(), community: None, shape: text.parse().unwrap() }
    }

    fn found(index: &GridIndex, lng: f64, lat: f64) -> Option<(String, How)> {
        let located = index.locate(Position::new(lng, lat).unwrap())?;
        Some((index.grid(located.grid).unwrap().code.clone(), located.how))
    }

    #[test]
    fn inside_border_near_and_nowhere() {
        // Sides of a 64th of a degree, so that the shared border is the same number on both sides.
        let side = 0.015_625;
        let shared = 118.75 + side;
        let grids =
            vec![square("B", 118.75, 34.5, side, Some(0.003_906_25)), square("A", shared, 34.5, side, None)];
        let index = GridIndex::new(7, grids);
        assert_eq!(index.revision(), 7);
        assert_eq!(found(&index, 118.752, 34.502), Some(("B".into(), How::Inside)));
        // The shared border belongs to the smaller: B has a hole.
        assert_eq!(found(&index, shared, 34.505), Some(("B".into(), How::Border)));
        // In the hole, some 90 m from its edge.
        let Some((code, How::Nearest { metres })) = found(&index, 118.7549, 34.506) else { panic!() };
        assert!(code == "B" && (80.0..100.0).contains(&metres), "{metres}");
        // 150 m east of A, then 250 m.
        let east = Position::new(shared + side, 34.505).unwrap();
        let near = east.moved_metres(150.0, 0.0);
        let Some((code, How::Nearest { metres })) = found(&index, near.lng(), near.lat()) else { panic!() };
        assert!(code == "A" && (metres - 150.0).abs() < 1.0, "{metres}");
        assert_eq!(index.locate(east.moved_metres(250.0, 0.0)), None);
        assert!(index.locate_within(east.moved_metres(250.0, 0.0), 300.0).is_some());
    }

    #[test]
    fn the_limit_is_inclusive_and_past_it_is_nowhere() {
        let index = GridIndex::new(0, vec![square("A", 118.75, 34.5, 0.01, None)]);
        let edge = Position::new(118.76, 34.505).unwrap();
        assert!(index.locate(edge.moved_metres(NEAREST_METRES - 0.05, 0.0)).is_some());
        assert_eq!(index.locate(edge.moved_metres(NEAREST_METRES + 0.5, 0.0)), None);
    }

    #[test]
    fn overlaps_go_to_the_smaller_then_to_the_lesser_code() {
        let big = square("A", 118.75, 34.5, 0.02, None);
        let small = square("Z", 118.755, 34.505, 0.01, None);
        let twin = Grid { code: "Y".into(), ..square("Y", 118.755, 34.505, 0.01, None) };
        for grids in [vec![big.clone(), small.clone(), twin.clone()], vec![twin, small, big]] {
            let index = GridIndex::new(0, grids);
            assert_eq!(found(&index, 118.76, 34.51).unwrap().0, "Y");
            // On the small ones' border but inside the big one: inside wins.
            assert_eq!(found(&index, 118.755, 34.51), Some(("A".into(), How::Inside)));
        }
    }

    #[test]
    fn an_empty_index_answers_too() {
        let index = GridIndex::new(0, Vec::new());
        assert_eq!(found(&index, 118.0, 34.0), None);
        assert_eq!(index.bounds(), None);
        assert!(index.in_window(&Bounds::new(0.0, 0.0, 1.0, 1.0).unwrap()).is_empty());
    }
}
