//! A load generator: many connections, each sending one request after the other, against a server of one's
//! own.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `reports.rs` | reports as the town's riders send them |
//! | `entry.rs` | in whose name they come |
//! | `wire.rs` | as much HTTP as that needs |
//!
//! It shares the machine with what it measures, so it does as little as possible: requests are written as
//! bytes, answers are read only as far as their status and length.

mod entry;
mod reports;
mod wire;

use std::time::{Duration, Instant};

use tokio::net::TcpStream;

pub use entry::Entry;
pub use reports::{Reports, noticed};
use wire::Exchange;

/// The status of an answer to somebody who asks too often (RFC 6585 §4).
const TOO_OFTEN: u16 = 429;

/// What is to be sent, by connection and count.
pub trait Requests: Send + Sync + 'static {
    /// The whole request, head and body, for the `number`th request of a connection.
    fn request(&self, connection: usize, number: usize) -> Vec<u8>;
}

/// How much is sent.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Host and port, for example `127.0.0.1:8080`.
    pub address: std::net::SocketAddr,
    /// Whoever sends it says that a server on another machine is theirs. Without that, only this machine's
    /// own loopback addresses are taken.
    pub is_own_server: bool,
    /// Connections open at once.
    pub connections: usize,
    /// Sending stops after this.
    pub duration: Duration,
}

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Answers with a status below 400.
    pub done: usize,
    /// Other answers and broken connections.
    pub failed: usize,
    /// Of those, how many were told that they ask too often (429).
    pub slowed: usize,
    /// From the first byte sent to the last answer read.
    pub elapsed: Duration,
    latencies: Vec<Duration>,
}

/// Why no load was sent.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A load test of somebody else's machine is an attack.
    #[error("{0} is not this machine: a load is sent to loopback addresses only")]
    NotLoopback(std::net::SocketAddr),
    /// Somebody is not let in.
    #[error("{account} cannot sign in: {why}")]
    NotLetIn {
        /// Who.
        account: String,
        /// What the server says.
        why: String,
    },
    /// Nobody listens.
    #[error("cannot connect: {0}")]
    Connect(#[from] std::io::Error),
}

impl Seen {
    /// Answers a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        let done = u32::try_from(self.done).map_or(f64::INFINITY, f64::from);
        if seconds > 0.0 { done / seconds } else { 0.0 }
    }

    /// The time within which `percent` of the answers came.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * percent.min(100) / 100).copied().unwrap_or_default()
    }
}

/// Sends a load and says what was seen.
///
/// # Errors
/// [`LoadError`] when nothing was sent.
pub async fn run(plan: &Plan, requests: std::sync::Arc<impl Requests>) -> Result<Seen, LoadError> {
    if !plan.is_own_server && !plan.address.ip().is_loopback() {
        return Err(LoadError::NotLoopback(plan.address));
    }
    let mut streams = Vec::with_capacity(plan.connections);
    for _ in 0..plan.connections {
        let stream = TcpStream::connect(plan.address).await?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let begun = Instant::now();
    let until = begun + plan.duration;
    let tasks: Vec<_> = streams
        .into_iter()
        .enumerate()
        .map(|(connection, stream)| {
            let requests = requests.clone();
            tokio::spawn(async move { one_connection(stream, connection, until, requests.as_ref()).await })
        })
        .collect();
    let mut seen = Seen::default();
    for task in tasks {
        let part = task.await.unwrap_or_else(|_| Seen { failed: 1, ..Seen::default() });
        seen.done += part.done;
        seen.failed += part.failed;
        seen.slowed += part.slowed;
        seen.latencies.extend(part.latencies);
    }
    seen.elapsed = begun.elapsed();
    seen.latencies.sort_unstable();
    Ok(seen)
}

async fn one_connection(
    stream: TcpStream,
    connection: usize,
    until: Instant,
    requests: &impl Requests,
) -> Seen {
    let mut seen = Seen::default();
    let mut exchange = Exchange::new(stream);
    let mut number = 0;
    while Instant::now() < until {
        let request = requests.request(connection, number);
        let sent = Instant::now();
        match exchange.send(&request).await {
            Ok(status) if status < 400 => {
                seen.done += 1;
                seen.latencies.push(sent.elapsed());
            }
            Ok(refused) => {
                seen.failed += 1;
                seen.slowed += usize::from(refused == TOO_OFTEN);
            }
            Err(_broken) => {
                seen.failed += 1;
                return seen;
            }
        }
        number += 1;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_answers() {
        let latencies = (1..=100).map(Duration::from_millis).collect();
        let seen = Seen { done: 100, elapsed: Duration::from_secs(2), latencies, ..Seen::default() };
        assert_eq!(seen.percentile(50), Duration::from_millis(50));
        assert_eq!(seen.percentile(99), Duration::from_millis(99));
        assert_eq!(seen.percentile(100), Duration::from_millis(100));
        assert!((seen.per_second() - 50.0).abs() < 1e-9);
        assert_eq!(Seen::default().percentile(99), Duration::ZERO);
    }

    struct Nothing;
    impl Requests for Nothing {
        fn request(&self, _: usize, _: usize) -> Vec<u8> {
            Vec::new()
        }
    }

    #[tokio::test]
    async fn other_machines_are_left_alone() {
        let address = "192.0.2.1:80".parse().unwrap();
        let duration = Duration::from_millis(1);
        let plan = Plan { address, is_own_server: false, connections: 1, duration };
        let refused = run(&plan, std::sync::Arc::new(Nothing)).await;
        assert!(matches!(refused, Err(LoadError::NotLoopback(_))));
    }
}
