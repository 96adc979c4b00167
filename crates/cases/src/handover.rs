//! The hand-over of a shift (交接班): what one shift leaves to the next in words, and who took it over.

use qige_db::journal::{self, Entry, SALT_BYTES, Stream};
use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_identity::{KeptClass, Role, Stamp};
use qige_kernel::{HandoverId, PersonId, Refusal, RefusalKind, Timestamp};
use serde_json::json;

use crate::words;

/// Longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 2_000;
/// Streams of hand-overs in the journal.
const STREAM: &str = "handover";

statements! {
    /// A note; nothing where it is there already.
    ADD = "INSERT INTO handover_notes (tenant, id, person, words, written_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, id) DO NOTHING";
    /// A note.
    BY_ID = "SELECT * FROM handover_notes WHERE tenant = $1 AND id = $2";
    /// Takes a note over, unless somebody has.
    TAKE = "UPDATE handover_notes SET taken_by = $3, taken_at = $4
        WHERE tenant = $1 AND id = $2 AND taken_at IS NULL";
    /// Notes before a moment, the latest first.
    LATEST = "SELECT * FROM handover_notes WHERE tenant = $1 AND (written_at, id) < ($2, $3)
        ORDER BY written_at DESC, id DESC LIMIT $4";
    /// Those that were written before an instant, the oldest first.
    WRITTEN_BEFORE = "SELECT id FROM handover_notes WHERE tenant = $1 AND written_at < $2
        ORDER BY written_at, id LIMIT $3";
    /// How many there are.
    COUNT_BEFORE = "SELECT COUNT(*) FROM handover_notes WHERE tenant = $1 AND written_at < $2";
    /// A note goes.
    ERASE = "DELETE FROM handover_notes WHERE tenant = $1 AND id = $2";
}

from_row! {
    /// What a shift left to the next.
    #[derive(PartialEq, Eq)]
    pub struct HandoverNote {
        /// Its id.
        pub id: HandoverId,
        /// Who wrote it.
        pub person: PersonId,
        /// What was said.
        pub words: String,
        /// When.
        pub written_at: Timestamp,
        /// Who took it over.
        pub taken_by: Option<PersonId>,
        /// When.
        pub taken_at: Option<Timestamp>,
    }
}

/// When and in which role something is written or taken over.
#[derive(Clone, Copy, Debug)]
pub struct Signed {
    /// When.
    pub at: Timestamp,
    /// In which role.
    pub role: Role,
    /// Chance for the journal's line.
    pub salt: [u8; SALT_BYTES],
}

/// Leaves something to the next shift. Sent twice under one id, it is written once.
#[derive(Clone, Debug)]
pub struct WriteHandover {
    /// Its id.
    pub id: HandoverId,
    /// What is to be known.
    pub words: String,
    /// When, and in which role.
    pub signed: Signed,
}

/// Takes over what a shift left: by somebody else than wrote it, once.
#[derive(Clone, Copy, Debug)]
pub struct TakeHandover {
    /// Which note.
    pub id: HandoverId,
    /// When, and in which role.
    pub signed: Signed,
}

/// Notes before `before`, the latest first; at most `limit`.
///
/// # Errors
/// [`DbError`].
pub async fn handover_notes(
    tx: &mut Tx<'_>,
    before: (Timestamp, HandoverId),
    limit: u32,
) -> Result<Vec<HandoverNote>, DbError> {
    tx.all(LATEST, params![tx.tenant(), before.0, before.1, i64::from(limit)]).await
}

/// How many notes were written before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn old_handovers(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(COUNT_BEFORE, params![tx.tenant(), before]).await?.0)
}

/// Erases the oldest of them, also what their journals say; says how many.
///
/// # Errors
/// [`DbError`].
pub async fn erase_old_handovers(
    tx: &mut Tx<'_>,
    before: Timestamp,
    stamp: &Stamp,
    limit: i64,
) -> Result<u64, DbError> {
    let tenant = tx.tenant();
    let old: Vec<(HandoverId,)> = tx.all(WRITTEN_BEFORE, params![tenant, before, limit]).await?;
    let mut erased = 0;
    for (id,) in old {
        erased += tx.execute(ERASE, params![tenant, id]).await?;
        stamp.erase(tx, Stream::new(STREAM, id), None, KeptClass::Words).await?;
    }
    Ok(erased)
}

impl Command for WriteHandover {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let person = tx.actor().person().ok_or(Refusal::new(RefusalKind::Forbidden, "not-your-part"))?;
        let words = words::needed("words", &self.words, MAX_NOTE_CHARS)?;
        let values = params![tx.tenant(), self.id, person, words, self.signed.at];
        if tx.execute(ADD, values).await? == 0 {
            return Ok(());
        }
        self.signed.note(tx, self.id, "write-handover", &json!({ "words": words }).to_string()).await?;
        tx.announce(STREAM, self.id.0);
        Ok(())
    }
}

impl Command for TakeHandover {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let person = tx.actor().person().ok_or(Refusal::new(RefusalKind::Forbidden, "not-your-part"))?;
        let found: Option<HandoverNote> = tx.optional(BY_ID, params![tx.tenant(), self.id]).await?;
        let note = found.ok_or(Refusal::new(RefusalKind::Missing, "handover-missing"))?;
        if note.person == person {
            return Err(Refusal::new(RefusalKind::Forbidden, "handover-own").into());
        }
        if note.taken_by == Some(person) {
            return Ok(());
        }
        let taken = tx.execute(TAKE, params![tx.tenant(), self.id, person, self.signed.at]).await?;
        if taken == 0 {
            return Err(Refusal::new(RefusalKind::Conflict, "handover-taken").into());
        }
        self.signed.note(tx, self.id, "take-handover", "{}").await?;
        tx.announce(STREAM, self.id.0);
        Ok(())
    }
}

impl Signed {
    async fn note(&self, tx: &mut Tx<'_>, id: HandoverId, command: &str, body: &str) -> Result<(), DbError> {
        let (stream, at, salt) = (Stream::new(STREAM, id), self.at, self.salt);
        let entry = Entry { stream, at, role: self.role.as_str(), command, body, salt };
        journal::append(tx, entry).await.map(drop)
    }
}
