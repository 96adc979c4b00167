//! A server in a process of its own, and the memory it takes.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child as Process, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::said;

/// Pause between two looks whether a server answers.
const PAUSE: Duration = Duration::from_millis(20);

/// A running server. It ends when this is dropped.
pub(super) struct Child {
    process: Process,
    pub(super) address: SocketAddr,
}

impl Child {
    /// This program with other words; `{address}` in them becomes a spare one.
    pub(super) async fn start(words: &[&str]) -> Result<Self, String> {
        let spare = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = spare.map_err(said)?;
        let words = words.iter().map(|word| word.replace("{address}", &address.to_string()));
        let program = std::env::current_exe().map_err(said)?;
        // The log goes nowhere, but is written as on any day.
        let process = Command::new(program)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(said)?;
        let mut child = Self { process, address };
        while !answers(address).await {
            if let Some(status) = child.process.try_wait().map_err(said)? {
                return Err(format!("the server ended with {status} before it answered"));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(child)
    }

    /// Resident memory now, and the most it ever was, in megabytes.
    pub(super) fn memory(&self) -> Result<(f64, f64), String> {
        let path = format!("/proc/{}/status", self.process.id());
        let text = std::fs::read_to_string(path).map_err(said)?;
        let kilobytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().strip_suffix(" kB")?.parse::<f64>().ok()
        };
        let (now, most) = kilobytes("VmRSS:").zip(kilobytes("VmHWM:")).ok_or("memory is not told here")?;
        Ok((now / 1_024.0, most / 1_024.0))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // An error means that it ended by itself.
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// Whether the server says that it is well.
async fn answers(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut said = [0; 12];
        stream.read_exact(&mut said).await?;
        Ok::<_, std::io::Error>(said)
    };
    ask.await.is_ok_and(|said| &said == b"HTTP/1.1 200")
}
