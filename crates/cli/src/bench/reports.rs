//! Reports: without HTTP, over HTTP, and against the bare handler.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use qige_app::Draft;
use qige_cases::{CaseRole, Origin, PhotoRef, PhotoRole, Reporter};
use qige_db::{Actor, Asker};
use qige_kernel::{Accuracy, Clock, Coordinates, Datum, ReportId, SystemClock};
use qige_sim::load::{Reports, Seen, noticed};
use qige_sim::plan::Noticed;

use super::child::Child;
use super::load::{line, reports, send};
use super::table::{Spread, Table, count, per_second};
use super::town::Town;
use super::{Run, SEED, ceiling, note, said};

/// Connections at once.
const CONNECTIONS: [usize; 3] = [1, 32, 256];
/// Sent before anything is measured.
const WARMING: Duration = Duration::from_millis(1_500);
/// Tokens for each second of measurement: so many that none of them is slowed down for asking too often.
const TOKENS_A_SECOND: u64 = 250;

pub(super) async fn measure(run: &Run<'_>, table: &mut Table, raw: bool, http: bool) -> Result<(), String> {
    note("a town");
    let town = Town::found(run, "town", Arc::new(SystemClock)).await?;
    let noticed: Arc<[Noticed]> = noticed(SystemClock.now(), SEED).into();
    let tokens = run.duration.as_secs().saturating_add(2).saturating_mul(TOKENS_A_SECOND);
    let tokens = town.tokens(&town.cast.riders, usize::try_from(tokens).unwrap_or(usize::MAX)).await?;
    note("reports without HTTP");
    let mut inside = Vec::new();
    for callers in CONNECTIONS {
        inside.push(call(&town, &noticed, callers, run.duration).await?);
    }
    let rows = ceiling::rows(&town).await?;
    let url = town.url.clone();
    // On SQLite the server has the file to itself, as on any day.
    drop(town);
    let raw = if raw { ceiling::measure(run, table, rows).await? } else { Vec::new() };
    if !http {
        return Ok(());
    }
    let requests = reports(&tokens, &noticed);
    let folder = run.scratch.folder_of("town")?.display().to_string();
    let [bare, written] = bare(run, &url, &folder, &requests).await?;
    note("the product");
    let words = ["serve", "--database-url", &url, "--data", &folder, "--listen", "{address}", "--no-worker"];
    let (product, memory) = over_http(&words, run.duration, &requests).await?;
    table.part("(b) reports acknowledged durably, one photo on its way with each");
    for (callers, inside) in CONNECTIONS.iter().zip(&inside) {
        table.line(format!("product without HTTP, {callers} callers"), inside.clone());
    }
    let through = "bare handler through the product's writer";
    for (who, seen) in [("bare handler", &bare), (through, &written), ("product", &product)] {
        for (connections, seen) in CONNECTIONS.iter().zip(seen) {
            table.line(format!("{who} over HTTP, {connections} connections"), line(seen, "reports"));
        }
    }
    let [bare, written] = [bare, written].map(|seen| seen.iter().map(Seen::per_second).collect::<Vec<_>>());
    for (what, whole) in
        [("the bare handler", &bare), ("that through its writer", &written), ("the raw engine", &raw)]
    {
        for ((connections, part), whole) in CONNECTIONS.iter().zip(&product).zip(whole) {
            let ratio = if *whole > 0.0 { part.per_second() / whole } else { 0.0 };
            table.line(format!("product against {what}, {connections} connections"), format!("{ratio:.2}"));
        }
    }
    table.line("memory of the server after that", memory);
    Ok(())
}

/// The bare handler; on SQLite also through the product's writer.
async fn bare(
    run: &Run<'_>,
    town: &str,
    folder: &str,
    requests: &Arc<Reports>,
) -> Result<[Vec<Seen>; 2], String> {
    note("the bare handler");
    let server = ["bench", "--bare", "{address}", "--database", town, "--folder", folder, "--bare-rows"];
    let rows = run.scratch.database("bare").await?;
    let (bare, _) = over_http(&[&server[..], &[&rows]].concat(), run.duration, requests).await?;
    if !run.scratch.is_sqlite() {
        return Ok([bare, Vec::new()]);
    }
    let rows = run.scratch.database("bare_writer").await?;
    let words = [&server[..], &[&rows, "--bare-through-writer"]].concat();
    let (written, _) = over_http(&words, run.duration, requests).await?;
    Ok([bare, written])
}

/// Starts a server, warms it up, and sends it reports over so many connections as are measured.
async fn over_http(
    words: &[&str],
    duration: Duration,
    requests: &Arc<Reports>,
) -> Result<(Vec<Seen>, String), String> {
    let server = Child::start(words).await?;
    send(server.address, CONNECTIONS[1], WARMING, requests.clone()).await?;
    let mut seen = Vec::new();
    for connections in CONNECTIONS {
        seen.push(send(server.address, connections, duration, requests.clone()).await?);
    }
    let (now, most) = server.memory()?;
    Ok((seen, format!("{now:.0} MB, {most:.0} MB at most")))
}

/// Sends reports by so many callers within this process; one line about it.
async fn call(
    town: &Town,
    noticed: &Arc<[Noticed]>,
    callers: usize,
    duration: Duration,
) -> Result<String, String> {
    let begun = Instant::now();
    let work = (0..callers).map(|caller| {
        let (app, noticed, riders) = (town.app.clone(), noticed.clone(), town.cast.riders.clone());
        let tenant = town.cast.tenant;
        tokio::spawn(async move {
            let mut times = Vec::new();
            let mut turn = noticed.iter().zip(&riders).cycle().skip(caller);
            while begun.elapsed() < duration {
                let Some((one, rider)) = turn.next() else { break };
                let sent = Instant::now();
                let person = rider.person;
                let draft = draft(one, Reporter::Person(person, CaseRole::Rider), &app);
                app.report(Asker { tenant, actor: Actor::Person(person) }, draft).await?;
                times.push(sent.elapsed());
            }
            Ok::<_, qige_db::Failure>(times)
        })
    });
    let mut times = Vec::new();
    for part in try_join_all(work).await.map_err(said)? {
        times.extend(part.map_err(said)?);
    }
    let speed = per_second(times.len(), begun.elapsed());
    Ok(format!("{} reports/s, {}", count(speed), Spread::of(times)))
}

/// A report about what was noticed, with one photo on its way.
pub(super) fn draft(noticed: &Noticed, by: Reporter, app: &qige_app::App) -> Draft {
    let now = app.now();
    let (lng, lat) = (noticed.position.lng(), noticed.position.lat());
    let id: ReportId = app.entropy.id(now);
    Draft {
        id,
        by,
        matter: noticed.kind.matter.parse().ok(),
        words: noticed.words.to_owned(),
        coordinates: Some(Coordinates { datum: Datum::Wgs84, lng, lat }),
        accuracy: Accuracy::new(noticed.accuracy_metres).ok(),
        photos: vec![PhotoRef { id: app.entropy.id(now), role: PhotoRole::Before }],
        voice: None,
        made_at: None,
        joins: None,
        solved: false,
        origin: Origin::Phone,
    }
}
