//! How long the disk takes to keep 4 KiB: nothing that is durable can be quicker.

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use super::table::{Spread, Table};
use super::{Run, note, said};

/// As much as one page of a database.
const PAGE_BYTES: usize = 4 * 1024;
/// Pages written, one after the other.
const PAGES: usize = 1_000;

pub(super) fn measure(run: &Run<'_>, table: &mut Table) -> Result<(), String> {
    note("the disk");
    let path = run.scratch.folder().join("disk");
    let mut file = File::create(&path).map_err(said)?;
    let page = [0x5a; PAGE_BYTES];
    let mut times = Vec::with_capacity(PAGES);
    let until = Instant::now() + run.duration;
    while times.len() < PAGES && Instant::now() < until {
        let begun = Instant::now();
        file.write_all(&page).map_err(said)?;
        file.sync_data().map_err(said)?;
        times.push(begun.elapsed());
    }
    std::fs::remove_file(path).map_err(said)?;
    table.line("disk: 4 KiB written and synced", Spread::of(times).to_string());
    Ok(())
}
