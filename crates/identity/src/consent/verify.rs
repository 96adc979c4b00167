//! Whether consents stand as the journal says that they were given and ended.

use std::collections::BTreeMap;
use std::fmt;

use qige_db::journal::{self, Line, Stream};
use qige_db::{DbError, Json, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::give::{END, GIVE, STREAM};
use crate::KeptClass;

/// Subjects read at once.
const SUBJECTS_AT_ONCE: i64 = 200;
/// Faults that are named.
const NAMED_MAX: usize = 100;

statements! {
    /// Everybody who has a consent or a line about one, some at a time.
    SUBJECTS = "SELECT s.subject FROM (SELECT subject FROM consents WHERE tenant = $1
            UNION SELECT id FROM journal WHERE tenant = $1 AND stream = $2) s
        WHERE s.subject > $3 ORDER BY s.subject LIMIT $4";
    /// The consents of one.
    OF_SUBJECT = "SELECT id, subject_kind, purpose, version, scope, given_at, until, proof, object,
            recorded_by, guardian, ended_at, ended_how, ended_by, effects
        FROM consents WHERE tenant = $1 AND subject = $2 ORDER BY id";
}

from_row! {
    /// Texts as they stand there: a word that means nothing is to be named, too.
    struct Row {
        id: Uuid,
        subject_kind: String,
        purpose: String,
        version: i64,
        scope: String,
        given_at: Timestamp,
        until: Timestamp,
        proof: String,
        object: Option<Uuid>,
        recorded_by: Option<PersonId>,
        guardian: Option<String>,
        ended_at: Option<Timestamp>,
        ended_how: Option<String>,
        ended_by: Option<PersonId>,
        effects: Option<Json<Value>>,
    }
}

/// A consent that is not as the journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentFault {
    /// Which one.
    pub consent: Uuid,
    /// What differs: a column, or `row` or `line` where the one or the other is not there.
    pub what: &'static str,
}

impl fmt::Display for ConsentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "consent {}: {} differs from the journal", self.consent, self.what)
    }
}

/// How a consent was given and ended, as two lines say.
struct Said {
    given_at: Timestamp,
    given: Value,
    ended: Option<(Timestamp, Option<PersonId>, Value)>,
}

impl Said {
    /// All that lines about one subject say, by consent.
    fn of(lines: Vec<Line>) -> BTreeMap<Uuid, Self> {
        let mut said: BTreeMap<Uuid, Self> = BTreeMap::new();
        for line in lines {
            let body = line.body();
            let id = body.get("consent").and_then(Value::as_str).and_then(|id| id.parse().ok());
            let Some(id) = id else { continue };
            match (line.command.as_str(), said.get_mut(&id)) {
                (GIVE, None) => {
                    said.insert(id, Self { given_at: line.at, given: body, ended: None });
                }
                (END, Some(one)) => one.ended = Some((line.at, line.actor, body)),
                _ => {}
            }
        }
        said
    }

    /// Whether its row may have gone: the term after its end was over, which no tenant can set shorter.
    fn may_be_gone(&self, now: Timestamp) -> bool {
        let kept = KeptClass::Consents.bounds().min_days * Timestamp::DAY;
        self.ended.as_ref().is_some_and(|(at, ..)| at.plus(kept) <= now)
    }

    /// What of a row is not as it was said. Who gave it for somebody, and what was signed, may go once it
    /// ended.
    fn differing(&self, row: &Row) -> Vec<&'static str> {
        let given = |name: &str| self.given.get(name).unwrap_or(&Value::Null);
        // Not in lines from before.
        let since =
            |name: &str, kept: Option<Uuid>| self.given.get(name).is_none_or(|said| *said == id(kept));
        let text = |name: &str, kept: &str| given(name).as_str() == Some(kept);
        let kind = given("subject").as_str().and_then(|subject| subject.split(':').next());
        let ended = self.ended.as_ref();
        let end = |name: &str| ended.and_then(|(.., body)| body.get(name)).unwrap_or(&Value::Null);
        let over = ended.is_some();
        let all = [
            ("subject_kind", kind == Some(row.subject_kind.as_str())),
            ("purpose", text("purpose", &row.purpose)),
            ("version", given("version").as_i64() == Some(row.version)),
            ("scope", text("scope", &row.scope)),
            ("given_at", self.given_at == row.given_at),
            ("until", text("until", &row.until.to_string())),
            ("proof", text("proof", &row.proof)),
            ("object", since("object", row.object) || (over && row.object.is_none())),
            ("recorded_by", since("recorded_by", row.recorded_by.map(|person| person.0))),
            ("guardian", *given("guardian") == row.guardian.is_some() || (over && row.guardian.is_none())),
            ("ended_at", ended.map(|(at, ..)| *at) == row.ended_at),
            ("ended_how", end("how").as_str() == row.ended_how.as_deref()),
            ("ended_by", ended.and_then(|(_, by, _)| *by) == row.ended_by),
            ("effects", *end("effects") == row.effects.clone().map_or(Value::Null, |Json(effects)| effects)),
        ];
        all.into_iter().filter(|(_, same)| !same).map(|(column, _)| column).collect()
    }
}

fn id(id: Option<Uuid>) -> Value {
    id.map_or(Value::Null, |id| Value::String(id.to_string()))
}

/// Consents and lines that do not fit each other, the first hundred.
///
/// # Errors
/// [`DbError`].
pub async fn verify_consents(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<ConsentFault>, DbError> {
    let mut faults = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let values = params![tx.tenant(), STREAM, after, SUBJECTS_AT_ONCE];
        let subjects: Vec<(Uuid,)> = tx.all(SUBJECTS, values).await?;
        let Some((last,)) = subjects.last().copied() else { return Ok(faults) };
        after = last;
        for (subject,) in subjects {
            let rows: Vec<Row> = tx.all(OF_SUBJECT, params![tx.tenant(), subject]).await?;
            let said = Said::of(journal::read(tx, Stream::new(STREAM, subject)).await?);
            compare(&rows, said, now, &mut faults);
        }
        if faults.len() >= NAMED_MAX {
            faults.truncate(NAMED_MAX);
            return Ok(faults);
        }
    }
}

fn compare(rows: &[Row], mut said: BTreeMap<Uuid, Said>, now: Timestamp, faults: &mut Vec<ConsentFault>) {
    for row in rows {
        let differing = said.remove(&row.id).map_or_else(|| vec!["line"], |said| said.differing(row));
        faults.extend(differing.into_iter().map(|what| ConsentFault { consent: row.id, what }));
    }
    let gone = said.into_iter().filter(|(_, said)| !said.may_be_gone(now));
    faults.extend(gone.map(|(consent, _)| ConsentFault { consent, what: "row" }));
}
