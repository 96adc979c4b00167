//! Reports as riders would send them, to a server of one's own; and what was seen of its answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use qige_kernel::{Clock, Entropy, SystemClock};
use qige_sim::founding::PASSWORD;
use qige_sim::load::{self, Entry, Plan, Reports, Seen, noticed};

use crate::arguments::Load;

/// Signs in, sends, and prints what was seen. It fails where an answer other than "too often" was no receipt.
pub(crate) async fn run(asked: &Load) -> Result<(), String> {
    let (host, address) = server(&asked.url).await?;
    if !asked.i_run_this_server && !address.ip().is_loopback() {
        return Err(format!(
            "{}; if you run that server: --i-run-this-server",
            load::LoadError::NotLoopback(address)
        ));
    }
    let entries = entries(asked, &host, address).await?;
    let entropy = Entropy::from_system().map_err(|error| error.to_string())?;
    let things = noticed(SystemClock.now(), asked.seed);
    let reports = Reports::without_photos(&host, entries, &things, entropy);
    let plan = Plan {
        address,
        is_own_server: asked.i_run_this_server,
        connections: asked.connections,
        duration: Duration::from_secs(asked.seconds),
    };
    let seen = load::run(&plan, Arc::new(reports)).await.map_err(|error| error.to_string())?;
    println!("{}", said(&seen));
    let broken = seen.failed.saturating_sub(seen.slowed);
    if broken > 0 { Err(format!("{broken} reports got no receipt")) } else { Ok(()) }
}

/// In whose names reports come: of all tokens and riders that were named.
async fn entries(asked: &Load, host: &str, address: SocketAddr) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = asked.token.iter().map(|token| Entry::token(token)).collect();
    let password = asked.password.as_deref().unwrap_or(PASSWORD);
    for rider in &asked.rider {
        let entered = Entry::sign_in(address, host, rider, password).await;
        entries.push(entered.map_err(|error| error.to_string())?);
    }
    if entries.is_empty() {
        return Err("nobody reports: name riders by --rider, or tokens by --token".to_owned());
    }
    Ok(entries)
}

/// What the server is called, and where it listens.
async fn server(url: &str) -> Result<(String, SocketAddr), String> {
    let read: Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
    let host = read.authority().filter(|_| read.scheme_str() == Some("http") && read.path() == "/");
    let host = host.ok_or_else(|| format!("{url}: write http://host:port, as in http://127.0.0.1:8080"))?;
    let named = (host.host().trim_matches(['[', ']']), host.port_u16().unwrap_or(80));
    let mut found = tokio::net::lookup_host(named).await.map_err(|error| format!("{url}: {error}"))?;
    let address = found.next().ok_or_else(|| format!("{url}: there is no such host"))?;
    Ok((host.as_str().to_owned(), address))
}

fn said(seen: &Seen) -> String {
    let millis = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1_000.0);
    let (half, most) = (millis(seen.percentile(50)), millis(seen.percentile(99)));
    let (speed, done, slowed) = (seen.per_second(), seen.done, seen.slowed);
    let failed = seen.failed.saturating_sub(slowed);
    format!(
        "{speed:.0} reports/s, p50 {half}, p99 {most}; {done} receipts, {slowed} asked too often, {failed} \
         failed"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_plain_addresses_of_hosts_are_taken() {
        let (host, address) = server("http://127.0.0.1:8080").await.unwrap();
        assert_eq!((host.as_str(), address), ("127.0.0.1:8080", "127.0.0.1:8080".parse().unwrap()));
        assert_eq!(server("http://[::1]").await.unwrap().1, "[::1]:80".parse().unwrap());
        for url in ["https://127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1/report", "ftp://x", ""] {
            assert!(server(url).await.is_err(), "{url}");
        }
    }
}
