//! `cargo bench -p qige-places`: what it costs to ask which grid a point lies in, and to be ready for it.

use divan::Bencher;
use divan::counter::ItemsCount;
use geo::{Coord, LineString, Polygon};
use qige_kernel::{Entropy, Position, Timestamp};
use qige_places::{Bounds, Grid, GridIndex, Shape, tolerance_degrees};

/// Columns and rows of the made-up district: 3,000 grids.
const COLUMNS: u32 = 60;
const ROWS: u32 = 50;
/// Width of a grid in degrees, about 460 m.
const CELL: f64 = 0.005;
/// Vertices on each of a grid's four sides.
const SIDE_VERTICES: u32 = 25;
/// Points that are asked about.
const POINTS: u32 = 10_000;

fn main() {
    divan::main();
}

/// A point of the lattice, pushed aside as real borders are; neighbours share it.
fn wavering(x: f64, y: f64) -> Coord<f64> {
    let push = |phase: f64| (x * 2_311.0 + y * 1_733.0 + phase).sin() * CELL * 0.08;
    Coord { x: 118.5 + x + push(0.0), y: 34.3 + y + push(1.0) }
}

fn grid(column: u32, row: u32, entropy: &Entropy) -> Option<Grid> {
    let (x, y) = (f64::from(column) * CELL, f64::from(row) * CELL);
    let step = |at: u32| f64::from(at) * CELL / f64::from(SIDE_VERTICES);
    let side = 0..SIDE_VERTICES;
    let south = side.clone().map(|at| wavering(x + step(at), y));
    let east = side.clone().map(|at| wavering(x + CELL, y + step(at)));
    let north = side.clone().map(|at| wavering(x + CELL - step(at), y + CELL));
    let west = side.map(|at| wavering(x, y + CELL - step(at)));
    let mut ring: Vec<Coord<f64>> = south.chain(east).chain(north).chain(west).collect();
    ring.extend(ring.first().copied());
    let shape = Shape::new(vec![Polygon::new(LineString::new(ring), Vec::new())]).ok()?;
    let code = format!("G{column:03}{row:03}");
    let id = entropy.id(Timestamp::from_micros(0));
    Some(Grid { id, name: code.clone(), code, community: None, shape })
}

fn district() -> Vec<Grid> {
    let entropy = Entropy::seeded(1);
    let cells = (0..COLUMNS).flat_map(|column| (0..ROWS).map(move |row| (column, row)));
    cells.filter_map(|(column, row)| grid(column, row, &entropy)).collect()
}

/// Points all over the district and a little beyond.
fn points() -> Vec<Position> {
    let mut state = 1_u32;
    let mut chance = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1_u32 << 24)
    };
    let width = f64::from(COLUMNS) * CELL;
    let height = f64::from(ROWS) * CELL;
    (0..POINTS)
        .filter_map(|_| Position::new(118.5 + chance() * width, 34.3 + chance() * height).ok())
        .collect()
}

#[divan::bench]
fn locate_ten_thousand_points(bencher: Bencher<'_, '_>) {
    let (index, points) = (GridIndex::new(0, district()), points());
    bencher
        .counter(ItemsCount::new(POINTS))
        .bench(|| points.iter().filter(|point| index.locate(**point).is_some()).count());
}

#[divan::bench(sample_count = 10)]
fn build_three_thousand_grids(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(district).bench_values(|grids| GridIndex::new(0, grids));
}

#[divan::bench]
fn a_window_of_the_map(bencher: Bencher<'_, '_>) {
    let index = GridIndex::new(0, district());
    let window = Bounds { west: 118.6, south: 34.4, east: 118.65, north: 34.43 };
    bencher.bench(|| index.window_geojson(&window, tolerance_degrees(14.0), 500));
}
