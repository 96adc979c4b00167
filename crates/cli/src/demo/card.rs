//! How to sign in to a demonstration, kept beside it.

use std::collections::BTreeMap;
use std::path::Path;

use qige_identity::Role;
use qige_kernel::PersonId;
use qige_sim::founding::{Cast, PASSWORD, Part};
use qige_sim::town::Town;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SignIn {
    role: String,
    name: String,
    phone: String,
    password: String,
    /// Where their work begins.
    start: String,
    unit: Option<String>,
}

/// A point of the town.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Point {
    lng: f64,
    lat: f64,
}

/// How to sign in, and where something may be reported.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Card {
    place: Point,
    sign_ins: Vec<SignIn>,
}

impl Card {
    /// The card of a town that was just made, where so many things wait for people to look at them on the
    /// spot.
    pub(super) fn of(cast: &Cast, town: &Town, waiting: &BTreeMap<PersonId, u32>) -> Self {
        let mut sign_ins = Vec::new();
        let mut add = |part: Option<&Part>, unit: Option<&str>| {
            if let Some(part) = part {
                sign_ins.push(SignIn {
                    role: part.role.to_string(),
                    name: part.name.clone(),
                    phone: part.phone.clone(),
                    password: PASSWORD.to_owned(),
                    start: start(part.role).to_owned(),
                    unit: unit.map(str::to_owned),
                });
            }
        };
        for part in cast.riders.iter().take(2) {
            add(Some(part), None);
        }
        add(cast.dispatchers.first(), None);
        // What one supervisor asks for, another agrees to.
        for part in cast.supervisors.iter().take(2) {
            add(Some(part), None);
        }
        // The one where the card's point lies, and the one who has most to look at.
        add(cast.grid_workers.first(), None);
        let waits = |part: &&Part| waiting.get(&part.person).copied().unwrap_or_default();
        add(cast.grid_workers.iter().skip(1).max_by_key(waits).filter(|part| waits(part) > 0), None);
        for crew in &cast.crews {
            add(Some(&crew.handler), Some(crew.name));
            add(Some(&crew.lead), Some(crew.name));
        }
        for part in &cast.powers {
            add(Some(part), None);
        }
        let ring = town.divisions.first().and_then(|division| division.grids.first());
        let ring = ring.map_or(&[][..], |grid| grid.ring.as_slice());
        let count = u32::try_from(ring.len()).map_or(1.0, f64::from).max(1.0);
        let middle = |axis: usize| ring.iter().filter_map(|point| point.get(axis)).sum::<f64>() / count;
        Self { place: Point { lng: middle(0), lat: middle(1) }, sign_ins }
    }

    /// The card of a town that was made before; none when it is not finished.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Says where to look and how to sign in.
    pub(super) fn show(&self, folder: &Path, url: &str, phones: Option<&str>, as_json: bool) {
        if as_json {
            let (place, sign_ins) = (&self.place, &self.sign_ins);
            let card = json!({
                "url": url, "https": phones, "folder": folder, "place": place, "sign_ins": sign_ins,
            });
            println!("{card}");
            return;
        }
        println!("\n  Qige 骑格 — {url}");
        if let Some(phones) = phones {
            println!("  On a phone in the same network: {phones}");
            println!("  (the certificate is self-made: the phone asks once whether to go on)");
        }
        println!("\n  Without an account: {url}/report");
        println!("  Sign in at {url}/sign-in, everybody with the password {PASSWORD}:\n");
        let mut shown: Vec<&str> = Vec::new();
        for sign_in in &self.sign_ins {
            // One of each role is enough; of grid workers the second has more to do than the first.
            let grid_worker = sign_in.role == Role::GridWorker.as_str();
            if shown.contains(&sign_in.role.as_str()) && !grid_worker {
                continue;
            }
            shown.push(&sign_in.role);
            let unit = sign_in.unit.as_deref().map(|unit| format!("（{unit}）")).unwrap_or_default();
            println!("    {:<16} {}  {}{unit}", sign_in.role, sign_in.phone, sign_in.name);
        }
        println!("\n  Ctrl-C ends it; what was done in it stays in {}.\n", folder.display());
    }
}

/// The page on which somebody's work begins.
fn start(role: Role) -> &'static str {
    match role {
        Role::Rider => "/report",
        Role::Dispatcher | Role::Supervisor => "/cases",
        Role::GridWorker => "/ground",
        Role::UnitHandler | Role::UnitLead => "/unit",
        _ => "/admin",
    }
}
