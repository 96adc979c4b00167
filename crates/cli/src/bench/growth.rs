//! The cost of a report as cases become many.

use std::sync::Arc;
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt, stream};
use qige_cases::{CaseRole, Reporter};
use qige_db::{Actor, Asker};
use qige_kernel::{Clock, SystemClock};
use qige_sim::load::noticed;

use super::reports::draft;
use super::table::{Table, count, number, per_second};
use super::town::Town;
use super::{Run, SEED, note, said};

/// Cases at which the cost is looked at.
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Reports whose cost is measured at each size.
const MEASURED: usize = 10_000;
/// Reports on their way at once.
const CALLERS: usize = 32;

pub(super) async fn measure(run: &Run<'_>, table: &mut Table) -> Result<(), String> {
    table.part("growth: reports without HTTP, 32 callers");
    let town = Town::found(run, "growth", Arc::new(SystemClock)).await?;
    let noticed = noticed(SystemClock.now(), SEED);
    let mut turns = noticed.iter().cycle().zip(town.cast.riders.iter().cycle());
    let mut there = 0;
    for size in SIZES {
        note(&format!("growth to {size} cases"));
        let measured = MEASURED.min(size);
        for (reports, told) in [(size - there, false), (measured, true)] {
            let begun = Instant::now();
            let work =
                turns.by_ref().take(reports).map(|(one, rider)| {
                    let (app, person) = (&town.app, rider.person);
                    let asker = Asker { tenant: town.cast.tenant, actor: Actor::Person(person) };
                    async move {
                        app.report(asker, draft(one, Reporter::Person(person, CaseRole::Rider), app)).await
                    }
                });
            let done = stream::iter(work)
                .buffer_unordered(CALLERS)
                .try_fold(0, |done, _| async move { Ok(done + 1) });
            let done = done.await.map_err(said)?;
            there += done;
            if told {
                let speed = per_second(done, begun.elapsed());
                let micros = 1e6 / speed.max(1e-9);
                let what = format!("from {} cases on", count(number(size)));
                table.line(what, format!("{} reports/s, {micros:.0} µs each", count(speed)));
            }
        }
    }
    Ok(())
}
