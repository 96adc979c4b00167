//! Figures, measured in one run on one machine, so that they can be held against each other.
//!
//! | file | what is measured |
//! | --- | --- |
//! | `disk.rs` | how long the disk takes to keep 4 KiB |
//! | `ceiling.rs` | (a) the raw engine with the product's own rows, in batches |
//! | `bare.rs` | (b) a bare handler before a group commit: what (b) is held against |
//! | `group_commit.rs` | that group commit, as one would write it without the product |
//! | `reports.rs` | (b) reports, without HTTP and over HTTP |
//! | `lists.rs` | (c) lists and map at many cases |
//! | `grids.rs` | (d) grid lookups |
//! | `photos.rs` | (e) the photo pipeline |
//! | `listeners.rs` | (f) how soon pages that listen are told |
//! | `growth.rs` | the cost of a report as cases become many |
//!
//! | file | what it is for |
//! | --- | --- |
//! | `scratch.rs` | databases and folders that are removed afterwards |
//! | `town.rs` | a founded town and people with tokens |
//! | `fill.rs` | cases, made by the product's own commands |
//! | `child.rs` | a server in a process of its own, and the memory it takes |
//! | `load.rs` | what the load generator sends |
//! | `table.rs` | what is printed in the end |
//!
//! Servers run in processes of their own, with their usual settings and on the same cores as the load
//! generator. Seeds are fixed; instants are the machine's.

mod bare;
mod ceiling;
mod child;
mod disk;
mod fill;
mod grids;
mod group_commit;
mod growth;
mod listeners;
mod lists;
mod load;
mod photos;
mod reports;
mod scratch;
mod table;
mod town;

use std::path::PathBuf;
use std::time::Duration;

use crate::arguments::Bench;
use bare::Keeper;
use scratch::Scratch;
use table::Table;

/// Seed of everything that is drawn.
const SEED: u64 = 20_261_124;

/// What every part needs to know.
struct Run<'a> {
    scratch: &'a Scratch,
    /// For each figure that is measured over time.
    duration: Duration,
    cases: usize,
    /// Into how many by how many each grid of the town is parted.
    grid_parts: usize,
    /// Where an earlier run said what it left.
    again: Option<PathBuf>,
}

/// Measures what was asked for and prints it.
pub(crate) async fn run(bench: &Bench) -> Result<(), String> {
    if let (Some(address), Some(rows)) = (bench.bare, &bench.bare_rows) {
        let keeper = Keeper::open(rows, bench.bare_through_writer).await?;
        return bare::serve(address, &bench.database, &bench.folder, keeper).await;
    }
    let scratch = Scratch::open(&bench.database, &bench.folder).await?;
    let measured = measure(bench, &scratch).await;
    if bench.keep {
        note(&format!("left in {}", scratch.folder().display()));
    } else {
        scratch.clear().await?;
    }
    let table = measured?;
    print!("{table}");
    Ok(())
}

async fn measure(bench: &Bench, scratch: &Scratch) -> Result<Table, String> {
    let duration = Duration::from_secs(bench.seconds.max(1));
    let run = Run {
        scratch,
        duration,
        cases: bench.cases,
        grid_parts: bench.grid_parts.into(),
        again: bench.again.clone(),
    };
    let wanted = |part: char| bench.only.is_empty() || bench.only.contains(&part);
    let mut table = Table::new();
    table.line("engine", scratch.about().await?);
    table.line("cores", std::thread::available_parallelism().map_or(1, usize::from).to_string());
    if cfg!(debug_assertions) {
        table.line("build", "not optimised: the figures say nothing; use a release build".to_owned());
    }
    if wanted('a') || wanted('b') {
        disk::measure(&run, &mut table)?;
        reports::measure(&run, &mut table, wanted('a'), wanted('b')).await?;
    }
    if wanted('c') {
        lists::measure(&run, &mut table).await?;
    }
    if wanted('d') {
        grids::measure(&run, &mut table).await?;
    }
    if wanted('e') {
        photos::measure(&run, &mut table).await?;
    }
    if wanted('f') {
        listeners::measure(&run, &mut table).await?;
    }
    if bench.growth {
        growth::measure(&run, &mut table).await?;
    }
    Ok(table)
}

/// Says what is going on, since a run takes minutes.
fn note(what: &str) {
    eprintln!("… {what}");
}

/// The error's words.
fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
