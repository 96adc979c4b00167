//! What the load generator sends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use qige_kernel::Entropy;
use qige_sim::load::{Entry, Plan, Reports, Requests, Seen, run};
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
    let seen =
        run(&Plan { address, is_own_server: false, connections, duration }, requests).await.map_err(said)?;
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

/// Reports about these things by the holders of these tokens, each with one photo on its way.
pub(super) fn reports(tokens: &[String], noticed: &[Noticed]) -> Arc<Reports> {
    let entries = tokens.iter().map(|token| Entry::token(token)).collect();
    Arc::new(Reports::with_photos("localhost", entries, noticed, Entropy::seeded(SEED)))
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
