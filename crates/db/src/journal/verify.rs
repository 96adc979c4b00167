//! Reading the whole journal of a tenant and saying where it was tampered with.

use std::collections::BTreeMap;

use qige_kernel::Timestamp;
use uuid::Uuid;

use super::erased::Witnesses;
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
    /// What does not hold, in a word: `order`, `link`, `hash`, `body`, or `silenced` where the line says
    /// nothing and no line says that it was erased.
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
    /// Lines whose body was erased as rules of retention want it, by the rule that the line names which
    /// says so.
    pub erased: BTreeMap<String, u64>,
    /// Faults, the first hundred of them.
    pub faults: Vec<Fault>,
    /// All faults.
    pub fault_count: u64,
}

impl Verdict {
    fn fault(&mut self, line: &Stored, what: &'static str) {
        self.fault_count += 1;
        if self.faults.len() < FAULTS_LISTED {
            let Stored { stream, id, seq, .. } = line;
            self.faults.push(Fault { stream: stream.clone(), id: *id, seq: *seq, what });
        }
    }
}

/// Where reading has come to.
struct Place {
    stream: String,
    id: Uuid,
    /// The line before the next.
    seq: i64,
    hash: Vec<u8>,
    /// What of this stream is known to be erased; none where nobody asked yet.
    witnesses: Option<Witnesses>,
}

impl Place {
    fn before(stream: String, id: Uuid) -> Self {
        Self { stream, id, seq: -1, hash: vec![0; HASH_BYTES], witnesses: None }
    }

    /// Why a line says nothing any more; none where nothing witnesses it.
    async fn why(&mut self, tx: &mut Tx<'_>, line: &Stored) -> Result<Option<String>, DbError> {
        if self.witnesses.is_none() {
            self.witnesses = Some(Witnesses::of(tx, &line.stream, line.id).await?);
        }
        let why = self.witnesses.as_ref().and_then(|witnesses| witnesses.why(line.seq, line.at));
        Ok(why.map(str::to_owned))
    }
}

/// Reads every line of the tenant's journal and recomputes every hash.
///
/// # Errors
/// [`DbError`].
pub async fn verify(tx: &mut Tx<'_>) -> Result<Verdict, DbError> {
    let mut verdict = Verdict::default();
    let mut place = Place::before(String::new(), Uuid::nil());
    let mut from = (String::new(), Uuid::nil(), -1);
    loop {
        let (stream, id, seq) = &from;
        let lines: Vec<Stored> =
            tx.all(NEXT_LINES, params![tx.tenant(), stream, id, seq, LINES_AT_ONCE]).await?;
        let Some(last) = lines.last() else { return Ok(verdict) };
        from = (last.stream.clone(), last.id, last.seq);
        for line in lines {
            if (&line.stream, line.id) != (&place.stream, place.id) {
                verdict.streams += 1;
                place = Place::before(line.stream.clone(), line.id);
            }
            verdict.lines += 1;
            if let Some(what) = fault(tx.tenant().0, &line, place.seq + 1, &place.hash) {
                verdict.fault(&line, what);
            }
            if line.body.is_none() {
                match place.why(tx, &line).await? {
                    Some(why) => *verdict.erased.entry(why).or_default() += 1,
                    None => verdict.fault(&line, "silenced"),
                }
            }
            (place.seq, place.hash) = (line.seq, line.hash);
        }
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
