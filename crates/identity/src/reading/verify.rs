//! Whether the access log says what its journal says, in every column.

use std::fmt;

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::note::{STREAM, said};
use crate::KeptClass;

/// Rows read at once, so that a log of any length is verified in little memory.
const ROWS_AT_ONCE: i64 = 1_000;
/// Faults of each kind that are named.
const NAMED_MAX: usize = 100;

statements! {
    /// The next rows, each beside its line.
    ROWS = "SELECT r.owner, r.seq, r.at, r.reader, r.role, r.class, r.field, r.purpose, j.at AS line_at,
            j.actor, j.role AS line_role, j.command, j.body
        FROM readings r LEFT JOIN journal j ON j.tenant = r.tenant AND j.stream = $2 AND j.id = r.owner
            AND j.seq = r.seq
        WHERE r.tenant = $1 AND (r.owner, r.seq) > ($3, $4) ORDER BY r.owner, r.seq LIMIT $5";
    /// Lines whose row is not there. Those that say nothing any more were erased when their term was over,
    /// which no tenant can set to end after $3.
    LINES_WITHOUT_ROW = "SELECT j.id, j.seq FROM journal j
        LEFT JOIN readings r ON r.tenant = j.tenant AND r.owner = j.id AND r.seq = j.seq
        WHERE j.tenant = $1 AND j.stream = $2 AND r.seq IS NULL
            AND (j.body IS NOT NULL OR j.at >= $3) ORDER BY j.id, j.seq LIMIT $4";
}

from_row! {
    struct Row {
        owner: Uuid,
        seq: i64,
        at: Timestamp,
        reader: Option<Uuid>,
        role: String,
        class: String,
        field: String,
        purpose: String,
        line_at: Option<Timestamp>,
        actor: Option<Uuid>,
        line_role: Option<String>,
        command: Option<String>,
        body: Option<String>,
    }
}

/// Where the access log and its journal do not fit each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingFault {
    /// In whose log.
    pub owner: Uuid,
    /// At which place of it.
    pub seq: i64,
    /// What differs: a column, or `row` or `line` where the one or the other is not there.
    pub what: &'static str,
}

impl fmt::Display for ReadingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, seq, what } = self;
        match *what {
            "row" | "line" => write!(f, "access log of {owner}, {seq}: the {what} is not there"),
            _ => write!(f, "access log of {owner}, {seq}: {what} differs from the journal"),
        }
    }
}

impl Row {
    /// The first thing that is not as the line says.
    fn differs(&self) -> Option<&'static str> {
        if self.line_at.is_none() {
            return Some("line");
        }
        let says: Option<Value> = self.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let said = said(&self.field, &self.class);
        let part = |name: &str| says.as_ref().and_then(|says| says.get(name)) == said.get(name);
        let all = [
            ("at", self.line_at == Some(self.at)),
            ("reader", self.actor == self.reader),
            ("role", self.line_role.as_ref() == Some(&self.role)),
            ("purpose", self.command.as_ref() == Some(&self.purpose)),
            ("class", part("class")),
            ("field", part("field")),
        ];
        all.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
    }
}

/// Rows and lines of the access log that do not fit each other, at most a hundred of each.
///
/// # Errors
/// [`DbError`].
pub async fn verify_readings(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<ReadingFault>, DbError> {
    let mut faults = Vec::new();
    let (mut owner, mut seq) = (Uuid::nil(), i64::MIN);
    loop {
        let values = params![tx.tenant(), STREAM, owner, seq, ROWS_AT_ONCE];
        let rows: Vec<Row> = tx.all(ROWS, values).await?;
        let Some(last) = rows.last() else { break };
        (owner, seq) = (last.owner, last.seq);
        let fault = |row: &Row| Some(ReadingFault { owner: row.owner, seq: row.seq, what: row.differs()? });
        faults.extend(rows.iter().filter_map(fault));
        if faults.len() >= NAMED_MAX {
            faults.truncate(NAMED_MAX);
            break;
        }
    }
    let kept_since = now.plus(KeptClass::AccessLog.bounds().min_days * -Timestamp::DAY);
    let limit = i64::try_from(NAMED_MAX).unwrap_or(i64::MAX);
    let missing: Vec<(Uuid, i64)> =
        tx.all(LINES_WITHOUT_ROW, params![tx.tenant(), STREAM, kept_since, limit]).await?;
    faults.extend(missing.into_iter().map(|(owner, seq)| ReadingFault { owner, seq, what: "row" }));
    Ok(faults)
}
