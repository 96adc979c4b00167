//! Lists and map at many cases, as a dispatcher looks at them: over HTTP, as a page and as JSON.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qige_cases::search::CatchUp;
use qige_db::Asker;
use qige_kernel::{Clock, ManualClock, SystemClock, Timestamp};
use qige_sim::load::noticed;
use qige_sim::plan::Noticed;
use serde::{Deserialize, Serialize};

use super::child::Child;
use super::fill::{SPAN_MICROS, fill};
use super::load::{Looks, line, send};
use super::table::{Table, count, number};
use super::town::Town;
use super::{Run, SEED, note, said};

/// Tokens for each second of measurement.
const TOKENS_A_SECOND: u64 = 60;
/// Dispatchers who look at once.
const LOOKING: [usize; 2] = [1, 8];
/// Sent before anything is measured.
const WARMING: Duration = Duration::from_millis(500);
/// Width and height of a window of the map, degrees: a few streets, a quarter, the whole town.
const WINDOWS: [(&str, f64); 3] = [("a few streets", 0.01), ("a quarter", 0.03), ("the whole town", 0.4)];

/// Filters that leave some, many and hardly any.
const NARROWED: [&str; 4] = [
    "/cases?urgency=normal&tone=red",
    "/cases?matter=matter-06&state=filed",
    "/cases?state=closed&order=newness",
    "/cases?supervisors=true",
];
/// 路边, 井盖, 摊位, 电动车: percent-encoded, since an address is ASCII.
const COMMON: [&str; 4] =
    ["%E8%B7%AF%E8%BE%B9", "%E4%BA%95%E7%9B%96", "%E6%91%8A%E4%BD%8D", "%E7%94%B5%E5%8A%A8%E8%BD%A6"];
/// The beginning of a number, 消防栓漏水, and what nobody says.
const RARE: [&str; 3] = ["20261124-00", "%E6%B6%88%E9%98%B2%E6%A0%93%E6%BC%8F%E6%B0%B4", "zzzz"];
/// The same by their pinyin and its initials.
const PINYIN: [&str; 4] = ["jinggai", "ludeng", "jg", "laji"];

/// What was made, and what is needed to look at it again.
#[derive(Serialize, Deserialize)]
struct Made {
    url: String,
    folder: PathBuf,
    /// Of dispatchers.
    tokens: Vec<String>,
}

pub(super) async fn measure(run: &Run<'_>, table: &mut Table) -> Result<(), String> {
    table.part("(c) lists and map");
    let made = if let Some(file) = &run.again {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?
    } else {
        let made = make(run, table).await?;
        let file = run.scratch.folder().join("lists.json");
        std::fs::write(&file, serde_json::to_string(&made).map_err(said)?).map_err(said)?;
        made
    };
    look(run, table, made).await
}

async fn make(run: &Run<'_>, table: &mut Table) -> Result<Made, String> {
    note("cases for the lists");
    let clock = ManualClock::at(SystemClock.now().plus(-SPAN_MICROS));
    let town = Town::found(run, "lists", Arc::new(clock.clone())).await?;
    let filled = fill(&town, &clock, &noticed(SystemClock.now(), SEED), run.cases).await?;
    let (cases, open) = (count(number(filled.cases)), count(number(filled.open)));
    table.line("cases, of them open", format!("{cases}, {open}"));
    let speed = count(number(filled.commands) / filled.seconds.max(1e-9));
    table.line("commands that made them", format!("{} at {speed}/s", count(number(filled.commands))));
    note("what they are found by");
    let begun = Instant::now();
    let asker = Asker::system(town.cast.tenant);
    while town.app.db.write(asker, CatchUp { at: clock.now() }).await.map_err(said)? {}
    let speed = count(number(filled.cases) / begun.elapsed().as_secs_f64().max(1e-9));
    table.line("what they are found by, made afterwards", format!("{speed} cases/s"));
    let tokens = run.duration.as_secs().saturating_mul(TOKENS_A_SECOND);
    let tokens = town.tokens(&town.cast.dispatchers, usize::try_from(tokens).unwrap_or(usize::MAX)).await?;
    let url = town.url.clone();
    drop(town);
    run.scratch.tidy(&url).await?;
    let folder = std::path::absolute(run.scratch.folder_of("lists")?).map_err(said)?;
    Ok(Made { url, folder, tokens })
}

async fn look(run: &Run<'_>, table: &mut Table, made: Made) -> Result<(), String> {
    let Made { url, folder, tokens } = made;
    let folder = folder.display().to_string();
    let words = ["serve", "--database-url", &url, "--data", &folder, "--listen", "{address}", "--no-worker"];
    let server = Child::start(&words).await?;
    let (now, _) = server.memory()?;
    table.line("memory of the server before", format!("{now:.0} MB"));
    note("lists and map");
    for (what, addresses, accept) in pages(&noticed(SystemClock.now(), SEED)) {
        let looks = Arc::new(Looks::new(tokens.clone(), addresses, accept));
        send(server.address, 1, WARMING, looks.clone()).await.map_err(|why| format!("{what}: {why}"))?;
        for connections in LOOKING {
            let seen = send(server.address, connections, run.duration, looks.clone()).await?;
            table.line(format!("{what}, {connections} at once"), line(&seen, "answers"));
        }
    }
    // The last month that is over, whatever day it is.
    let past = SystemClock.now().plus(-31 * Timestamp::DAY).to_string();
    let report = vec![format!("/reports/{}?draft=true", past.get(..7).unwrap_or_default())];
    let looks = Arc::new(Looks::new(tokens, report, "text/html"));
    let seen = send(server.address, 1, run.duration, looks).await?;
    table.line("report of a month, one at a time", line(&seen, "answers"));
    let (now, most) = server.memory()?;
    table.line("memory of the server after that", format!("{now:.0} MB, {most:.0} MB at most"));
    Ok(())
}

/// What is looked at: a name, addresses in turn, and the face that is wanted.
fn pages(noticed: &[Noticed]) -> Vec<(String, Vec<String>, &'static str)> {
    let lists = ["/cases", "/cases?state=dispatched", "/cases?state=reported"].map(str::to_owned).to_vec();
    let mut pages = vec![
        ("list as a page".to_owned(), lists.clone(), "text/html"),
        ("list as JSON".to_owned(), lists, "application/json"),
    ];
    let searches = |words: &[&str]| words.iter().map(|words| format!("/cases?q={words}")).collect();
    pages.push(("list, narrowed".to_owned(), NARROWED.map(str::to_owned).to_vec(), "text/html"));
    pages.push(("search, what many cases say".to_owned(), searches(&COMMON), "text/html"));
    pages.push(("search, what few or none say".to_owned(), searches(&RARE), "text/html"));
    pages.push(("search, by pinyin".to_owned(), searches(&PINYIN), "text/html"));
    pages.push(("wall".to_owned(), vec!["/wall".to_owned(), "/wall?by=grids".to_owned()], "text/html"));
    for (name, degrees) in WINDOWS {
        let middles = noticed.iter().take(64).map(|one| (one.position.lng(), one.position.lat()));
        let windows = middles.map(|(lng, lat)| {
            let (west, south) = (lng - degrees / 2.0, lat - degrees / 2.0);
            format!("/cases/map?bbox={west:.5},{south:.5},{:.5},{:.5}", west + degrees, south + degrees)
        });
        pages.push((format!("map, {name}"), windows.collect(), "application/json"));
    }
    pages
}
