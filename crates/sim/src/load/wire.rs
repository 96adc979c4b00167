//! As much of HTTP/1.1 (RFC 9112) as a load generator needs: one request, one answer with a length.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Largest head of an answer, bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// An answer, where more of it is asked for than its status.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

/// One connection and what was read of it beyond the last answer.
pub(super) struct Exchange {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Exchange {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::with_capacity(4096) }
    }

    /// Sends one request and reads its answer to the end; says its status.
    pub(super) async fn send(&mut self, request: &[u8]) -> io::Result<u16> {
        let (status, _, whole) = self.read_answer(request).await?;
        self.buffer.drain(..whole);
        Ok(status)
    }

    /// As [`Exchange::send`], with all of the answer.
    pub(super) async fn ask(&mut self, request: &str) -> io::Result<Answer> {
        let (status, end, whole) = self.read_answer(request.as_bytes()).await?;
        let text = |part: Option<&[u8]>| String::from_utf8_lossy(part.unwrap_or_default()).into_owned();
        let (head, body) = (text(self.buffer.get(..end)), text(self.buffer.get(end..whole)));
        self.buffer.drain(..whole);
        Ok(Answer { status, head, body })
    }

    /// The answer's status; where its head and where its body ends.
    async fn read_answer(&mut self, request: &[u8]) -> io::Result<(u16, usize, usize)> {
        self.stream.write_all(request).await?;
        let end = self.read_head().await?;
        let (status, length) = understood(self.buffer.get(..end).unwrap_or_default())?;
        while self.buffer.len() < end + length {
            self.read_more().await?;
        }
        Ok((status, end, end + length))
    }

    /// Where the body begins.
    async fn read_head(&mut self) -> io::Result<usize> {
        loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                return Ok(at + 4);
            }
            if self.buffer.len() > HEAD_BYTES_MAX {
                return Err(io::Error::other("the answer's head does not end"));
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Status and length of the body.
fn understood(head: &[u8]) -> io::Result<(u16, usize)> {
    let text = std::str::from_utf8(head).map_err(io::Error::other)?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|word| word.parse().ok());
    let status: u16 = status.ok_or_else(|| io::Error::other("no status"))?;
    let length = lines.filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
    });
    match length {
        Some(length) => Ok((status, length)),
        None if matches!(status, 204 | 304) => Ok((status, 0)),
        None => Err(io::Error::other("an answer without a length")),
    }
}

#[cfg(test)]
mod tests {
    use super::understood;

    #[test]
    fn heads_are_understood() {
        let head = b"HTTP/1.1 201 Created\r\nContent-Length: 42\r\nVary: Accept\r\n\r\n";
        assert_eq!(understood(head).unwrap(), (201, 42));
        assert_eq!(understood(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap(), (204, 0));
        assert!(understood(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(understood(b"\r\n\r\n").is_err());
    }
}
