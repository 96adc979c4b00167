//! Grid lookups: in which grid a point lies, as every report asks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use qige_kernel::{Clock, Position, SystemClock};
use qige_sim::load::noticed;

use super::table::{Table, count, per_second};
use super::town::Town;
use super::{Run, SEED, note, said};

/// Metres by which points are moved, so that borders and the land outside are asked about too.
const MOVES_METRES: [f64; 4] = [0.0, 75.0, -230.0, 1_900.0];

pub(super) async fn measure(run: &Run<'_>, table: &mut Table) -> Result<(), String> {
    note("grid lookups");
    let town = Town::found(run, "grids", Arc::new(SystemClock)).await?;
    let book = town.app.rulebook(town.cast.tenant).await.map_err(said)?;
    let noticed = noticed(SystemClock.now(), SEED);
    let points: Vec<Position> = MOVES_METRES
        .iter()
        .flat_map(|by| noticed.iter().map(|one| one.position.moved_metres(*by, *by)))
        .collect();
    let (begun, mut asked, mut found) = (Instant::now(), 0, 0);
    while begun.elapsed() < run.duration.min(Duration::from_secs(2)) {
        found += points.iter().filter(|point| book.grids.locate(**point).is_some()).count();
        asked += points.len();
    }
    let time = begun.elapsed();
    table.part("(d) grid lookups");
    let what = format!("points among {} grids, on one core", book.grids.grids().len());
    let share = 100 * found / asked.max(1);
    let figure = format!("{} lookups/s, {share} % of them in a grid", count(per_second(asked, time)));
    table.line(what, figure);
    Ok(())
}
