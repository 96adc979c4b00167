//! A demonstration: a town in a folder of its own, with a life before now, served at once.

mod card;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use qige_app::{App, Settings};
use qige_cases::queries::ground_counts;
use qige_channels::sms::Gateway;
use qige_db::Asker;
use qige_kernel::{Entropy, ManualClock, SystemClock, Timestamp};
use qige_sim::founding::found;
use qige_sim::life::Life;
use qige_sim::months;
use qige_sim::plan::{Span, UTC_OFFSET_MICROS, plan, seen_again};
use qige_sim::town::Town;
use qige_web::{CertificateFrom, HttpListener, HttpsListener, State};

use crate::arguments::Demo;
use crate::certificate::{in_folder, local_address};
use crate::opening::{base_map, open_unlocked};
use crate::serve::{bound, until_stopped};
use card::Card;

/// Riders of the published scheme.
const RIDERS: usize = 520;
/// Reports a day, on average: 120 in the first weeks of the published scheme, and more when it is known.
const REPORTS_A_DAY: f64 = 11.0;
/// Riders of a small town.
const FEW_RIDERS: usize = 12;
/// Days of a small town.
const FEW_DAYS: u32 = 3;
/// File that says how to sign in; it is written last, so a folder without it is not finished.
const CARD: &str = "demo.json";

/// File of the short messages that would have been sent.
const MESSAGES: &str = "sms.jsonl";

/// Makes the demonstration if it is not there, says where to look, and serves it.
pub(crate) async fn run(demo: &Demo) -> Result<(), String> {
    if !demo.only_make {
        // Better said now than after a town has been made.
        address(IpAddr::V4(Ipv4Addr::LOCALHOST), demo.port)?;
    }
    if demo.fresh {
        discard(&demo.folder)?;
    }
    let card = if let Some(card) = Card::read(&demo.folder.join(CARD)) {
        card
    } else {
        // What was left half made is thrown away.
        discard(&demo.folder)?;
        make(demo).await?
    };
    if demo.only_make {
        return Ok(());
    }
    serve(demo, &card).await
}

fn discard(folder: &Path) -> Result<(), String> {
    for name in ["qige.db", "qige.db-wal", "qige.db-shm", CARD] {
        remove(std::fs::remove_file(folder.join(name)), folder)?;
    }
    for name in ["objects", "uploads", "roots"] {
        remove(std::fs::remove_dir_all(folder.join(name)), folder)?;
    }
    Ok(())
}

fn remove(result: std::io::Result<()>, folder: &Path) -> Result<(), String> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn database_url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("qige.db").display())
}

/// Lets the town live from some days ago until now.
async fn make(demo: &Demo) -> Result<Card, String> {
    if !demo.json {
        println!("A town is being made in {} …", demo.folder.display());
    }
    let (days, riders) = if demo.fast { (FEW_DAYS, FEW_RIDERS) } else { (demo.days, RIDERS) };
    let now = qige_kernel::Clock::now(&SystemClock);
    let from = midnight(now).plus(-i64::from(days) * Timestamp::DAY);
    let clock = ManualClock::at(from);
    let entropy = Entropy::seeded(demo.seed);
    let settings = Settings::standard(demo.folder.clone());
    let app = App::open(&database_url(&demo.folder), settings, Arc::new(clock.clone()), entropy)
        .await
        .map_err(|error| error.to_string())?;
    let town = Town::new(demo.seed);
    let cast = found(&app, &town, riders).await.map_err(|error| error.to_string())?;
    let span = Span { from, days: days + 1, reports_a_day: REPORTS_A_DAY, riders };
    let mut noticed = plan(&town, span, demo.seed);
    seen_again(&mut noticed, riders, now, demo.seed);
    let worker = qige_app::worker(&app);
    let happened = Life::new(&app, &clock, &cast, &noticed, demo.seed)
        .until(now, &worker)
        .await
        .map_err(|error| error.to_string())?;
    tracing::info!(%happened, "the town has lived until now");
    let definitions = qige_web::definitions(&qige_web::locale::Texts::load().0);
    months::issue(&app, &cast, from, definitions).await.map_err(|error| error.to_string())?;
    let waiting =
        app.db.read(Asker::system(cast.tenant), |tx| Box::pin(async move { Ok(ground_counts(tx).await?) }));
    let card = Card::of(&cast, &town, &waiting.await.map_err(|error| error.to_string())?);
    card.write(&demo.folder.join(CARD))?;
    Ok(card)
}

fn midnight(now: Timestamp) -> Timestamp {
    now.plus(-(now.plus(UTC_OFFSET_MICROS).micros().rem_euclid(Timestamp::DAY)))
}

async fn serve(demo: &Demo, card: &Card) -> Result<(), String> {
    let network = local_address().filter(|_| !demo.json);
    let http = address(IpAddr::V4(Ipv4Addr::LOCALHOST), demo.port)?;
    let https = match network {
        Some(network) => {
            let address = address(IpAddr::V4(Ipv4Addr::UNSPECIFIED), demo.port.saturating_add(1))?;
            let files = in_folder(&demo.folder, network).map_err(|error| format!("certificate: {error}"))?;
            let certificate = CertificateFrom::Files { chain: files.certificate, key: files.key };
            Some(HttpsListener { address, certificate })
        }
        None => None,
    };
    let url = format!("http://{http}");
    let phones = https
        .as_ref()
        .zip(network)
        .map(|(https, network)| format!("https://{}", SocketAddr::new(network, https.address.port())));
    let public_url = phones.clone().unwrap_or_else(|| url.clone());
    let settings = Settings {
        base_map: base_map(&demo.base_map, &public_url)?,
        public_url,
        dev: demo.dev,
        providers: crate::outgoing::providers(demo.providers.as_deref())?,
        // Short messages are shown to whoever tries the town, and to nobody else.
        sms: Gateway::File(demo.folder.join(MESSAGES)),
        ..Settings::standard(demo.folder.clone())
    };
    let app = open_unlocked(&database_url(&demo.folder), settings).await?;
    let state = State::new(app.clone());
    let listening = bound(HttpListener { http: Some(http), https, ..HttpListener::default() }).await?;
    card.show(&demo.folder, &url, phones.as_deref(), demo.json);
    until_stopped(&app, state, listening, true).await
}

/// The address, with a port that is free where none was named.
fn address(ip: IpAddr, port: u16) -> Result<SocketAddr, String> {
    let spare = TcpListener::bind(SocketAddr::new(ip, port)).and_then(|listener| listener.local_addr());
    spare.map_err(|error| format!("cannot listen at port {port}: {error}. Choose another with --port"))
}
