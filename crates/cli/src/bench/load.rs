//! What the load generator sends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use qige_kernel::uuid::Uuid;
use qige_kernel::{Clock, Entropy, SystemClock};
use qige_sim::load::{Plan, Requests, Seen, run};
use qige_sim::plan::Noticed;

use super::table::{count, millis};
use super::{SEED, said};

/// Sends a load to a server of ours.
pub(super) async fn send(
    address: SocketAddr,
    connections: usize,
    duration: Duration,
    requests: Arc<impl Requests>,
) -> Result<Seen, String> {
    let seen = run(&Plan { address, connections, duration }, requests).await.map_err(said)?;
    if seen.failed > 0 {
        return Err(format!("{} of {} requests failed", seen.failed, seen.failed + seen.done));
    }
    Ok(seen)
}

/// One line about a load.
pub(super) fn line(seen: &Seen, things: &str) -> String {
    let (half, most) = (millis(seen.percentile(50)), millis(seen.percentile(99)));
    format!("{} {things}/s, p50 {half}, p99 {most}", count(seen.per_second()))
}

/// Reports as a program sends them, each with one photo on its way.
pub(super) struct Reports {
    tokens: Vec<String>,
    sayings: Vec<String>,
    entropy: Entropy,
}

impl Reports {
    /// Reports about these things by the holders of these tokens.
    pub(super) fn new(tokens: Vec<String>, noticed: &[Noticed]) -> Self {
        Self { tokens, sayings: noticed.iter().map(saying).collect(), entropy: Entropy::seeded(SEED) }
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
        // Far apart, so that connections do not walk through the same tokens together.
        let turn = connection.wrapping_mul(7_919).wrapping_add(number);
        let pick = |texts: &[String]| texts.get(turn % texts.len().max(1)).cloned().unwrap_or_default();
        let (token, saying, now) = (pick(&self.tokens), pick(&self.sayings), SystemClock.now());
        let (id, photo): (Uuid, Uuid) = (self.entropy.id(now), self.entropy.id(now));
        // Twice an id is as long as a SHA-256.
        let hash = id.simple();
        let body = format!(
            "{{\"id\":\"{id}\",{saying},\"datum\":\"wgs84\",\"made_at\":\"{now}\",\"photos\":[{{\"id\":\
             \"{photo}\",\"sha256\":\"{hash}{hash}\",\"bytes\":183000}}],\"joins\":null,\"solved\":false}}"
        );
        let length = body.len();
        format!(
            "POST /report HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: \
             application/json\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// Pages, looked at in turn.
pub(super) struct Looks {
    tokens: Vec<String>,
    addresses: Vec<String>,
    accept: &'static str,
}

impl Looks {
    /// These pages, by the holders of these tokens.
    pub(super) const fn new(tokens: Vec<String>, addresses: Vec<String>, accept: &'static str) -> Self {
        Self { tokens, addresses, accept }
    }
}

impl Requests for Looks {
    fn request(&self, connection: usize, number: usize) -> Vec<u8> {
        let turn = connection.wrapping_mul(7_919).wrapping_add(number);
        let pick = |texts: &[String]| texts.get(turn % texts.len().max(1)).cloned().unwrap_or_default();
        let (token, address, accept) = (pick(&self.tokens), pick(&self.addresses), self.accept);
        format!(
            "GET {address} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: \
             {accept}\r\n\r\n"
        )
        .into_bytes()
    }
}
