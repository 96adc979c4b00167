//! Pages that listen: how long after it was acknowledged a report is told to all of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use qige_kernel::Clock as _;
use qige_kernel::SystemClock;
use qige_sim::load::{Reports, Requests, noticed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::child::Child;
use super::table::{Spread, Table, count, number};
use super::town::Town;
use super::{Run, SEED, note, said};

/// Pages that listen at once.
const LISTENERS: usize = 200;
/// Between two reports: a busy hour of a district of a million cases a year is one in four seconds.
const BETWEEN: Duration = Duration::from_millis(100);
/// What is not heard by then is missed.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn measure(run: &Run<'_>, table: &mut Table) -> Result<(), String> {
    note("listening pages");
    let town = Town::found(run, "listeners", Arc::new(SystemClock)).await?;
    let noticed = noticed(SystemClock.now(), SEED);
    let listening = town.tokens(&town.cast.dispatchers, LISTENERS).await?;
    let reports = usize::try_from(run.duration.as_millis() / BETWEEN.as_millis()).unwrap_or(50);
    let riders = town.tokens(&town.cast.riders, reports).await?;
    let url = town.url.clone();
    drop(town);
    let folder = run.scratch.folder_of("listeners")?.display().to_string();
    let words = ["serve", "--database-url", &url, "--data", &folder, "--listen", "{address}", "--no-worker"];
    let server = Child::start(&words).await?;
    let (heard, mut hearing) = mpsc::unbounded_channel();
    let streams = listening.iter().map(|token| listen(server.address, token));
    for stream in try_join_all(streams).await.map_err(said)? {
        tokio::spawn(hear(stream, heard.clone()));
    }
    let requests = super::load::reports(&riders, &noticed);
    let (mut told, mut missed) = (Vec::new(), 0);
    for sent in 0..reports {
        let acknowledged = report(server.address, &requests, sent).await?;
        for _ in 0..LISTENERS {
            match tokio::time::timeout(PATIENCE, hearing.recv()).await {
                Ok(Some(at)) => told.push(at.saturating_duration_since(acknowledged)),
                _ => missed += 1,
            }
        }
        tokio::time::sleep(BETWEEN).await;
    }
    table.part("(f) pages that listen");
    table.line("listeners, reports", format!("{LISTENERS}, {}", count(number(reports))));
    table.line("told after it was acknowledged", Spread::of(told).to_string());
    table.line("not told within five seconds", missed.to_string());
    Ok(())
}

/// A page that listens, once the server has said that it does.
async fn listen(address: SocketAddr, token: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let ask = format!(
        "GET /live?topics=case HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: \
         text/event-stream\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).await?;
    let mut head = [0; 1];
    stream.read_exact(&mut head).await?;
    Ok(stream)
}

/// Notes when something is told.
async fn hear(mut stream: TcpStream, heard: mpsc::UnboundedSender<Instant>) {
    let mut bytes = [0; 4_096];
    let mut line = Vec::new();
    while let Ok(read @ 1..) = stream.read(&mut bytes).await {
        let now = Instant::now();
        for byte in bytes.iter().take(read) {
            if *byte == b'\n' {
                // One change is one line of data.
                if line.starts_with(b"data:") && heard.send(now).is_err() {
                    return;
                }
                line.clear();
            } else {
                line.push(*byte);
            }
        }
    }
}

/// Sends one report; when it was acknowledged.
async fn report(address: SocketAddr, requests: &Reports, sent: usize) -> Result<Instant, String> {
    let mut stream = TcpStream::connect(address).await.map_err(said)?;
    stream.write_all(&requests.request(0, sent)).await.map_err(said)?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.map_err(said)?;
    let acknowledged = Instant::now();
    if answer.starts_with(b"HTTP/1.1 201") {
        Ok(acknowledged)
    } else {
        Err("a report was refused".to_owned())
    }
}
