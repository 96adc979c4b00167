//! A lattice of cells with wavering edges, dense in the middle.

use std::collections::BTreeMap;

use crate::chance::Chance;

/// How many cells there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// From west to east.
    pub(super) columns: usize,
    /// From south to north.
    pub(super) rows: usize,
}

impl Size {
    /// 16 by 12 cells, each parted into so many by so many.
    pub(super) const fn parted(parts: usize) -> Self {
        Self { columns: 16 * parts, rows: 12 * parts }
    }

    /// Where the middle of a cell lies, from the middle of the lattice (0) to its edges (1).
    fn offset(self, cell: Cell) -> [f64; 2] {
        let middle = |at: usize, count: usize| real(2 * at + 1) / real(count) - 1.0;
        [middle(cell.column, self.columns), middle(cell.row, self.rows)]
    }

    pub(super) fn distance_to_centre(self, cell: Cell) -> f64 {
        let [x, y] = self.offset(cell);
        x.hypot(y)
    }

    pub(super) fn angle(self, cell: Cell) -> f64 {
        let [x, y] = self.offset(cell);
        y.atan2(x)
    }
}

/// Middle of the town, degrees (WGS-84): the county seat.
const CENTRE: [f64; 2] = [118.766, 34.5335];
/// From the middle to the east and to the north edge, degrees: about 6.6 km and 5.6 km.
const HALF_EXTENT: [f64; 2] = [0.072, 0.05];
/// How much wider cells grow towards the edge (1 is even).
const SPREAD: f64 = 1.45;
/// How far corners and edges waver, as a part of a cell's width.
const WAVER: f64 = 0.16;
/// Points on an edge between its corners.
const EDGE_POINTS: usize = 3;

/// A cell, counted from the south-west corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) column: usize,
    pub(super) row: usize,
}

/// A corner of the lattice.
type Corner = (usize, usize);
type Point = [f64; 2];

#[derive(Debug, Clone)]
pub(super) struct Lattice {
    corners: BTreeMap<Corner, Point>,
    /// Points between two corners, from the lower corner to the higher.
    edges: BTreeMap<(Corner, Corner), Vec<Point>>,
}

impl Lattice {
    pub(super) fn new(seed: u64, size: Size) -> Self {
        let mut chance = Chance::new(seed);
        let mut corners = BTreeMap::new();
        for row in 0..=size.rows {
            for column in 0..=size.columns {
                let waver = [
                    chance.between(-WAVER, WAVER) / real(size.columns),
                    chance.between(-WAVER, WAVER) / real(size.rows),
                ];
                corners.insert((column, row), place(size, [column, row], waver));
            }
        }
        let mut edges = BTreeMap::new();
        for (&(column, row), &from) in &corners {
            for end in [(column + 1, row), (column, row + 1)] {
                if let Some(&to) = corners.get(&end) {
                    edges.insert(((column, row), end), wavering(from, to, &mut chance));
                }
            }
        }
        Self { corners, edges }
    }

    /// The closed ring around a cell, against the clock.
    pub(super) fn ring(&self, cell: Cell) -> Vec<Point> {
        let [a, b, c, d] = around(cell);
        let mut ring = Vec::new();
        for (from, to) in [(a, b), (b, c), (c, d), (d, a)] {
            ring.extend(self.path(from, to));
        }
        ring.extend(self.corners.get(&a));
        ring
    }

    /// The closed rings around a group of cells.
    pub(super) fn outline(&self, cells: &[Cell]) -> Vec<Vec<Point>> {
        let mut border: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
        for cell in cells {
            let [a, b, c, d] = around(*cell);
            for (from, to) in [(a, b), (b, c), (c, d), (d, a)] {
                // Walked the other way by a neighbour of the group: an inner edge.
                let ends = border.entry(to).or_default();
                if let Some(at) = ends.iter().position(|end| *end == from) {
                    ends.swap_remove(at);
                } else {
                    border.entry(from).or_default().push(to);
                }
            }
        }
        let mut rings = Vec::new();
        while let Some(start) = border.iter().find(|(_, ends)| !ends.is_empty()).map(|(start, _)| *start) {
            let mut ring = Vec::new();
            let mut from = start;
            while let Some(to) = border.get_mut(&from).and_then(Vec::pop) {
                ring.extend(self.path(from, to));
                from = to;
            }
            ring.extend(self.corners.get(&start));
            rings.push(ring);
        }
        rings
    }

    /// From one corner to its neighbour, without the last point.
    fn path(&self, from: Corner, to: Corner) -> Vec<Point> {
        let between = self.edges.get(&(from, to)).cloned().or_else(|| {
            self.edges.get(&(to, from)).map(|points| points.iter().rev().copied().collect::<Vec<_>>())
        });
        self.corners.get(&from).copied().into_iter().chain(between.unwrap_or_default()).collect()
    }
}

fn around(cell: Cell) -> [Corner; 4] {
    let Cell { column, row } = cell;
    [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
}

/// Where a corner lies: evenly on the lattice, then drawn out towards the edges.
fn place(size: Size, [column, row]: [usize; 2], [x_waver, y_waver]: Point) -> Point {
    let drawn_out = |part: f64| part.signum() * part.abs().powf(SPREAD);
    let x = drawn_out(2.0 * real(column) / real(size.columns) - 1.0 + x_waver);
    let y = drawn_out(2.0 * real(row) / real(size.rows) - 1.0 + y_waver);
    [micro(CENTRE[0] + x * HALF_EXTENT[0]), micro(CENTRE[1] + y * HALF_EXTENT[1])]
}

fn wavering(from: Point, to: Point, chance: &mut Chance) -> Vec<Point> {
    let across = [from[1] - to[1], to[0] - from[0]];
    (1..=EDGE_POINTS)
        .map(|at| {
            let along = real(at) / real(EDGE_POINTS + 1);
            let aside = chance.between(-WAVER, WAVER) / 3.0;
            [0, 1].map(|axis| {
                let pick = |point: Point| if axis == 0 { point[0] } else { point[1] };
                micro(pick(from) + (pick(to) - pick(from)) * along + pick(across) * aside)
            })
        })
        .collect()
}

/// Rounded to a millionth of a degree, about 10 cm.
fn micro(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
