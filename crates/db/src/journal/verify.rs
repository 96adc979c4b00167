//! Reading the whole journal of a tenant and saying where it was tampered with.

use qige_kernel::Timestamp;
use uuid::Uuid;

use super::{HASH_BYTES, Link, commitment};
use crate::{DbError, Tx, from_row, params, statements};

/// Lines read at once, so that a journal of any size is verified in little memory.
const LINES_AT_ONCE: i64 = 1_000;
/// Faults listed before the rest is only counted.
const FAULTS_LISTED: usize = 100;

statements! {
    /// The next lines of all streams in order.
    NEXT_LINES = "SELECT stream, id, seq, at, actor, role, command, commitment, prev_hash, hash, salt, body
        FROM journal WHERE tenant = $1 AND (stream, id, seq) > ($2, $3, $4)
        ORDER BY stream, id, seq LIMIT $5";
}

from_row! {
    struct Stored {
        stream: String,
        id: Uuid,
        seq: i64,
        at: Timestamp,
        actor: Option<Uuid>,
        role: String,
        command: String,
        commitment: Vec<u8>,
        prev_hash: Vec<u8>,
        hash: Vec<u8>,
        salt: Option<Vec<u8>>,
        body: Option<String>,
    }
}

/// A place where the journal does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Kind of stream.
    pub stream: String,
    /// Which one.
    pub id: Uuid,
    /// Which line.
    pub seq: i64,
    /// What does not hold, in a word: `order`, `link`, `hash` or `body`.
    pub what: &'static str,
}

/// What [`verify`] found. A stream cut off at its end is not seen by this alone: that needs a head that was
/// kept outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Streams read.
    pub streams: u64,
    /// Lines read.
    pub lines: u64,
    /// Lines whose body was erased, as rules of retention want it.
    pub erased: u64,
    /// Faults, the first hundred of them.
    pub faults: Vec<Fault>,
    /// All faults.
    pub fault_count: u64,
}

/// Reads every line of the tenant's journal and recomputes every hash.
///
/// # Errors
/// [`DbError`].
pub async fn verify(tx: &mut Tx<'_>) -> Result<Verdict, DbError> {
    let mut verdict = Verdict::default();
    let (mut stream, mut id, mut seq) = (String::new(), Uuid::nil(), -1);
    let mut last_hash = vec![0; HASH_BYTES];
    loop {
        let lines: Vec<Stored> =
            tx.all(NEXT_LINES, params![tx.tenant(), stream, id, seq, LINES_AT_ONCE]).await?;
        let Some(last) = lines.last() else { return Ok(verdict) };
        let next = (last.stream.clone(), last.id, last.seq);
        for line in lines {
            let begins = (&line.stream, line.id) != (&stream, id);
            if begins {
                verdict.streams += 1;
                last_hash = vec![0; HASH_BYTES];
                (stream, id, seq) = (line.stream.clone(), line.id, -1);
            }
            verdict.lines += 1;
            verdict.erased += u64::from(line.body.is_none());
            if let Some(what) = fault(tx.tenant().0, &line, seq + 1, &last_hash) {
                verdict.fault_count += 1;
                if verdict.faults.len() < FAULTS_LISTED {
                    let Stored { stream, id, seq, .. } = &line;
                    verdict.faults.push(Fault { stream: stream.clone(), id: *id, seq: *seq, what });
                }
            }
            seq = line.seq;
            last_hash = line.hash;
        }
        (stream, id, seq) = next;
    }
}

fn fault(tenant: Uuid, line: &Stored, seq: i64, prev_hash: &[u8]) -> Option<&'static str> {
    if line.seq != seq {
        return Some("order");
    }
    if line.prev_hash != prev_hash {
        return Some("link");
    }
    let link = Link {
        tenant,
        stream: &line.stream,
        id: line.id,
        seq: line.seq,
        at: line.at,
        actor: line.actor,
        role: &line.role,
        command: &line.command,
    };
    if line.hash != link.hash(&line.commitment, &line.prev_hash) {
        return Some("hash");
    }
    match (&line.salt, &line.body) {
        (Some(salt), Some(body)) if line.commitment != commitment(salt, body) => Some("body"),
        _ => None,
    }
}
