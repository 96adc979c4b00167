//! Whether a connection is alive: what it waits for, and since when.
//!
//! A client that says nothing, asks nothing more or takes nothing of its answer costs a place; it is given up
//! after a while. One that waits for us is not: a stream of changes says nothing for hours and is alive.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::bounds::ConnectionBounds;

/// What is no longer is no answer but what HTTP/2 and TLS say between themselves, which keeps nothing alive.
const CONTROL_BYTES: usize = 128;

/// What is known of one connection.
pub(super) struct Pulse {
    bounds: ConnectionBounds,
    state: Mutex<Life>,
}

struct Life {
    /// When something last went on.
    moved: Instant,
    /// Whether a request has come.
    asked: bool,
    /// Requests that wait for us.
    ours: usize,
    /// Answers of which the client has still to take.
    theirs: usize,
    /// Since when the network takes nothing more.
    stuck: Option<Instant>,
}

impl Pulse {
    pub(super) fn new(bounds: ConnectionBounds) -> Arc<Self> {
        let life = Life { moved: Instant::now(), asked: false, ours: 0, theirs: 0, stuck: None };
        Arc::new(Self { bounds, state: Mutex::new(life) })
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A handshake has ended: from now on headers are waited for.
    pub(super) fn begin(&self) {
        self.life().moved = Instant::now();
    }

    /// A request has come; as long as what is returned lives, it is being answered.
    pub(super) fn request(self: &Arc<Self>) -> Turn {
        let mut life = self.life();
        life.asked = true;
        life.ours += 1;
        life.moved = Instant::now();
        Turn { pulse: self.clone(), waits_for_us: true }
    }

    /// Until the connection is to be given up, since its client does nothing.
    pub(super) async fn over(&self) {
        let shortest = self.bounds.headers.min(self.bounds.idle).min(self.bounds.stalled);
        loop {
            let (now, end) = (Instant::now(), self.life().ends(&self.bounds));
            if end.is_some_and(|end| end <= now) {
                return;
            }
            // What it waits for may be another by then.
            let soon = now + shortest;
            tokio::time::sleep_until(end.map_or(soon, |end| end.min(soon))).await;
        }
    }
}

impl Life {
    fn ends(&self, bounds: &ConnectionBounds) -> Option<Instant> {
        match self {
            Self { stuck: Some(since), .. } => Some(*since + bounds.stalled),
            Self { asked: false, moved, .. } => Some(*moved + bounds.headers),
            Self { ours: 1.., .. } => None,
            Self { theirs: 1.., moved, .. } => Some(*moved + bounds.stalled),
            Self { moved, .. } => Some(*moved + bounds.idle),
        }
    }
}

/// Whose turn it is with one request and its answer.
pub(super) struct Turn {
    pulse: Arc<Pulse>,
    waits_for_us: bool,
}

impl Turn {
    fn pass(&mut self, waits_for_us: bool) {
        if self.waits_for_us == waits_for_us {
            return;
        }
        self.waits_for_us = waits_for_us;
        let mut life = self.pulse.life();
        let (from, to) = match &mut *life {
            Life { ours, theirs, .. } if waits_for_us => (theirs, ours),
            Life { ours, theirs, .. } => (ours, theirs),
        };
        *from -= 1;
        *to += 1;
        life.moved = Instant::now();
    }

    /// The answer, which now has to be taken.
    pub(super) fn answered(mut self, answer: Body) -> Body {
        self.pass(false);
        Body::new(Watched { answer, turn: self })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut life = self.pulse.life();
        let count = if self.waits_for_us { &mut life.ours } else { &mut life.theirs };
        *count -= 1;
        life.moved = Instant::now();
    }
}

/// An answer: while it is asked for more it waits for us, else for whoever takes it.
struct Watched {
    answer: Body,
    turn: Turn,
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.turn.pass(true);
        let frame = ready!(Pin::new(&mut self.answer).poll_frame(cx));
        self.turn.pass(false);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.answer.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.answer.size_hint()
    }
}

/// The wire, which says when it takes something and when nothing more.
pub(super) struct Wire<S> {
    stream: S,
    pulse: Arc<Pulse>,
}

impl<S> Wire<S> {
    pub(super) const fn new(stream: S, pulse: Arc<Pulse>) -> Self {
        Self { stream, pulse }
    }

    fn wrote(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let mut life = self.pulse.life();
        match &result {
            Poll::Pending => {
                life.stuck.get_or_insert_with(Instant::now);
            }
            Poll::Ready(taken) => {
                life.stuck = None;
                if taken.as_ref().is_ok_and(|bytes| *bytes > CONTROL_BYTES) {
                    life.moved = Instant::now();
                }
            }
        }
        result
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(taken)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.wrote(taken)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
