//! What a tenant's journal came to at an instant: one hash over the heads of all its streams. Kept outside,
//! it shows later whether a line from before was changed, taken out, put in or moved, at the end of a
//! stream
//! too.

use qige_kernel::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::HASH_BYTES;
use crate::{DbError, Tx, from_row, params, statements};

/// Lines read at once.
const LINES_AT_ONCE: i64 = 2_000;

statements! {
    /// The next lines of all streams in order, without what they say.
    NEXT_HASHES = "SELECT stream, id, seq, at, hash FROM journal
        WHERE tenant = $1 AND (stream, id, seq) > ($2, $3, $4) ORDER BY stream, id, seq LIMIT $5";
}

from_row! {
    struct Hashed { stream: String, id: Uuid, seq: i64, at: Timestamp, hash: [u8; HASH_BYTES] }
}

/// What the journal came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Lines up to this instant count, those of the instant too.
    pub until: Timestamp,
    /// Streams that had begun.
    pub streams: u64,
    /// Their lines.
    pub lines: u64,
    /// Over all heads.
    pub hash: [u8; HASH_BYTES],
}

struct Adding {
    until: Timestamp,
    streams: u64,
    lines: u64,
    hash: Sha256,
    /// The last line of the stream that is being read.
    head: Option<Hashed>,
}

impl Adding {
    fn line(&mut self, line: &Hashed) {
        if line.at > self.until {
            return;
        }
        if self.head.as_ref().is_some_and(|head| (&head.stream, head.id) != (&line.stream, line.id)) {
            self.end();
        }
        self.lines += 1;
        self.head = Some(line.clone());
    }

    fn end(&mut self) {
        let Some(Hashed { stream, id, seq, hash, .. }) = self.head.take() else { return };
        self.streams += 1;
        let seq = seq.to_be_bytes();
        for field in [stream.as_bytes(), id.as_bytes(), &seq, &hash] {
            self.hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            self.hash.update(field);
        }
    }

    fn root(mut self) -> Root {
        self.end();
        let Self { until, streams, lines, hash, .. } = self;
        Root { until, streams, lines, hash: hash.finalize().into() }
    }
}

/// What the tenant's journal came to at each of these instants, in one reading.
///
/// # Errors
/// [`DbError`].
pub async fn roots(tx: &mut Tx<'_>, until: &[Timestamp]) -> Result<Vec<Root>, DbError> {
    let begin =
        |until: &Timestamp| Adding { until: *until, streams: 0, lines: 0, hash: Sha256::new(), head: None };
    let mut adding: Vec<Adding> = until.iter().map(begin).collect();
    let (mut stream, mut id, mut seq) = (String::new(), Uuid::nil(), -1);
    loop {
        let lines: Vec<Hashed> =
            tx.all(NEXT_HASHES, params![tx.tenant(), stream, id, seq, LINES_AT_ONCE]).await?;
        for line in &lines {
            adding.iter_mut().for_each(|adding| adding.line(line));
        }
        let Some(last) = lines.into_iter().next_back() else { break };
        (stream, id, seq) = (last.stream, last.id, last.seq);
    }
    Ok(adding.into_iter().map(Adding::root).collect())
}
