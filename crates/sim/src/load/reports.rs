//! Reports as the town's riders send them, as bytes.

use qige_kernel::uuid::Uuid;
use qige_kernel::{Clock, Entropy, SystemClock, Timestamp};

use super::{Entry, Requests};
use crate::plan::{Noticed, Span, plan};
use crate::town::Town;

/// Days that are planned for the places of reports.
const PLAN_DAYS: u32 = 60;
/// Reports a day in that plan.
const PLAN_REPORTS: f64 = 70.0;
/// Riders in that plan.
const PLAN_RIDERS: usize = 500;

/// What riders of the town would notice from now on: places, matters and words of reports, without those that
/// must not be photographed.
#[must_use]
pub fn noticed(now: Timestamp, seed: u64) -> Vec<Noticed> {
    let span = Span { from: now, days: PLAN_DAYS, reports_a_day: PLAN_REPORTS, riders: PLAN_RIDERS };
    plan(&Town::new(seed), span, seed).into_iter().filter(|one| one.kind.scene != "none").collect()
}

/// Reports, each under its own id, by the holders of some entries in turn.
pub struct Reports {
    host: String,
    entries: Vec<Entry>,
    sayings: Vec<String>,
    /// Whether a photo is said to be on its way with each.
    photos: bool,
    entropy: Entropy,
}

impl Reports {
    /// Reports about these things to `host`. Their photos are said to be on their way, and are not sent.
    #[must_use]
    pub fn with_photos(host: &str, entries: Vec<Entry>, noticed: &[Noticed], entropy: Entropy) -> Self {
        let sayings = noticed.iter().map(saying).collect();
        Self { host: host.to_owned(), entries, sayings, photos: true, entropy }
    }

    /// As [`Reports::with_photos`], but whole as they are: nothing is left waiting for a photo.
    #[must_use]
    pub fn without_photos(host: &str, entries: Vec<Entry>, noticed: &[Noticed], entropy: Entropy) -> Self {
        Self { photos: false, ..Self::with_photos(host, entries, noticed, entropy) }
    }

    fn photo(&self, now: Timestamp) -> String {
        if !self.photos {
            return String::new();
        }
        let (id, other): (Uuid, Uuid) = (self.entropy.id(now), self.entropy.id(now));
        // Twice an id is as long as a SHA-256.
        let hash = other.simple();
        format!("{{\"id\":\"{id}\",\"sha256\":\"{hash}{hash}\",\"bytes\":183000}}")
    }
}

/// The middle of a report's JSON: what differs by the thing.
fn saying(noticed: &Noticed) -> String {
    let (matter, words) = (noticed.kind.matter, noticed.words);
    let (lng, lat, metres) = (noticed.position.lng(), noticed.position.lat(), noticed.accuracy_metres);
    format!(
        r#""matter":"{matter}","words":"{words}","lng":{lng:.6},"lat":{lat:.6},"accuracy_metres":{metres:.1}"#
    )
}

impl Requests for Reports {
    fn request(&self, connection: usize, number: usize) -> Vec<u8> {
        // Far apart, so that connections do not walk through the same entries together.
        let turn = connection.wrapping_mul(7_919).wrapping_add(number);
        let now = SystemClock.now();
        let entry = self.entries.get(turn % self.entries.len().max(1)).map_or("", Entry::headers);
        let saying = self.sayings.get(turn % self.sayings.len().max(1)).map_or("", String::as_str);
        let (id, photo): (Uuid, String) = (self.entropy.id(now), self.photo(now));
        let body = format!(
            "{{\"id\":\"{id}\",{saying},\"datum\":\"wgs84\",\"made_at\":\"{now}\",\"photos\":[{photo}],\
             \"joins\":null,\"solved\":false}}"
        );
        let (host, length) = (&self.host, body.len());
        format!(
            "POST /report HTTP/1.1\r\nHost: {host}\r\n{entry}Accept: application/json\r\nContent-Type: \
             application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}
