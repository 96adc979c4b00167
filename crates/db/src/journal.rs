//! The journal: one kind of hash-chained record for all capabilities.
//!
//! A stream (say, one case) is a chain of lines. Each line's hash covers the line before it and a salted
//! commitment of its body; body and salt can be erased without breaking the chain. Hashes are SHA-256
//! (FIPS 180-4) over a length-prefixed encoding, so that no two different lines encode alike.

mod erased;
mod roots;
mod verify;

use qige_kernel::{PersonId, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Asker, DbError, Param, Statement, Tx, from_row, params, statements, values};
pub use erased::{ERASED_STREAM, Erasure, erase};
pub use roots::{Root, roots};
pub use verify::{Fault, Verdict, verify};

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;
/// Bytes of salt in front of a body: enough that short bodies cannot be guessed from their commitment.
pub const SALT_BYTES: usize = 16;

statements! {
    /// The end of a stream; none when it has not begun.
    HEAD = "SELECT seq, hash FROM journal WHERE tenant = $1 AND stream = $2 AND id = $3
            ORDER BY seq DESC LIMIT 1";
    /// One more line.
    INSERT_LINE = "INSERT INTO journal
        (tenant, stream, id, seq, at, actor, role, command, commitment, prev_hash, hash, salt, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    /// A stream from its beginning, with the bodies that are still kept.
    LINES = "SELECT seq, at, actor, role, command, hash, body FROM journal
        WHERE tenant = $1 AND stream = $2 AND id = $3 ORDER BY seq";
}

/// Which chain: a kind of thing and the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Kind of thing, for example `case`.
    pub kind: &'static str,
    /// Which one.
    pub id: Uuid,
}

impl Stream {
    /// The stream of one thing.
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// A line to be written.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Which chain.
    pub stream: Stream,
    /// When it happened.
    pub at: Timestamp,
    /// In which role the actor did it.
    pub role: &'a str,
    /// What was done.
    pub command: &'a str,
    /// What was said, as JSON text; erasable.
    pub body: &'a str,
    /// Chance, so that the body cannot be guessed from what stays.
    pub salt: [u8; SALT_BYTES],
}

/// A line that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its place in the stream, from 0.
    pub seq: i64,
    /// Its hash.
    pub hash: [u8; HASH_BYTES],
}

from_row! {
    /// A line as it is read back.
    pub struct Line {
        /// Place in the stream, from 0.
        pub seq: i64,
        /// When it happened.
        pub at: Timestamp,
        /// Who did it; none for the product itself and for people without an account.
        pub actor: Option<PersonId>,
        /// In which role.
        pub role: String,
        /// What was done.
        pub command: String,
        /// Its hash.
        pub hash: [u8; HASH_BYTES],
        /// What was said, as JSON text; none once erased.
        pub body: Option<String>,
    }
}

impl Line {
    /// What was said; `Null` once erased.
    #[must_use]
    pub fn body(&self) -> Value {
        self.body.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null)
    }
}

/// Appends a line at the end of a stream.
///
/// # Errors
/// [`DbError`].
pub async fn append(tx: &mut Tx<'_>, entry: Entry<'_>) -> Result<Appended, DbError> {
    let head: Option<(i64, [u8; HASH_BYTES])> =
        tx.optional(HEAD, params![tx.tenant(), entry.stream.kind, entry.stream.id]).await?;
    write(tx, entry, head).await
}

/// Begins a stream: as [`append`] where the caller knows that there is no line yet, which saves a look.
///
/// # Errors
/// [`DbError::Unique`] when there is one after all.
pub async fn begin(tx: &mut Tx<'_>, entry: Entry<'_>) -> Result<Appended, DbError> {
    write(tx, entry, None).await
}

/// The lines of a stream, oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn read(tx: &mut Tx<'_>, stream: Stream) -> Result<Vec<Line>, DbError> {
    tx.all(LINES, params![tx.tenant(), stream.kind, stream.id]).await
}

async fn write(
    tx: &mut Tx<'_>,
    entry: Entry<'_>,
    head: Option<(i64, [u8; HASH_BYTES])>,
) -> Result<Appended, DbError> {
    let (appended, line) = prepared(tx.asker(), entry, head);
    tx.execute(INSERT_LINE, &line).await?;
    Ok(appended)
}

/// What [`begin`] would write, for callers that send it together with other statements.
#[must_use]
pub fn beginning(asker: Asker, entry: Entry<'_>) -> (&'static Statement, Vec<Param>) {
    (INSERT_LINE, prepared(asker, entry, None).1)
}

/// The line, and the values of its row.
fn prepared(asker: Asker, entry: Entry<'_>, head: Option<(i64, [u8; HASH_BYTES])>) -> (Appended, Vec<Param>) {
    let (tenant, actor) = (asker.tenant, asker.actor.person().map(|person| person.0));
    let (seq, prev_hash) = head.map_or((0, [0; HASH_BYTES]), |(seq, hash)| (seq + 1, hash));
    let body = entry.body;
    let commitment = commitment(&entry.salt, body);
    let Stream { kind, id } = entry.stream;
    let link = Link {
        tenant: tenant.0,
        stream: kind,
        id,
        seq,
        at: entry.at,
        actor,
        role: entry.role,
        command: entry.command,
    };
    let hash = link.hash(&commitment, &prev_hash);
    let (at, role, command) = (entry.at, entry.role, entry.command);
    let salt = entry.salt;
    let line =
        values![tenant, kind, id, seq, at, actor, role, command, commitment, prev_hash, hash, salt, body];
    (Appended { seq, hash }, line)
}

fn commitment(salt: &[u8], body: &str) -> [u8; HASH_BYTES] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(body);
    hash.finalize().into()
}

/// What a line's hash covers besides the commitment and the line before.
struct Link<'a> {
    tenant: Uuid,
    stream: &'a str,
    id: Uuid,
    seq: i64,
    at: Timestamp,
    actor: Option<Uuid>,
    role: &'a str,
    command: &'a str,
}

impl Link<'_> {
    fn hash(&self, commitment: &[u8], prev_hash: &[u8]) -> [u8; HASH_BYTES] {
        let seq = self.seq.to_be_bytes();
        let at = self.at.micros().to_be_bytes();
        let actor = self.actor.map(Uuid::into_bytes);
        let fields: [&[u8]; 10] = [
            self.tenant.as_bytes(),
            self.stream.as_bytes(),
            self.id.as_bytes(),
            &seq,
            &at,
            actor.as_ref().map_or(&[], |actor| actor.as_slice()),
            self.role.as_bytes(),
            self.command.as_bytes(),
            commitment,
            prev_hash,
        ];
        let mut hash = Sha256::new();
        for field in fields {
            hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(field);
        }
        hash.finalize().into()
    }
}
