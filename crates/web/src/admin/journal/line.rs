//! One line of a case's journal, as far as whoever audits may read it.

use std::collections::BTreeMap;

use qige_db::journal::Line;
use qige_db::{DbError, Tx};
use qige_kernel::{PersonId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::centre::names;
use crate::sheet::{Cell, Said};

/// Fields of a case whose values say how it moved and nothing of what it is about, where it is or who it was
/// that reported. A field that is not listed here is named as changed, without its values.
const OPEN: [&str; 29] = [
    "amber_at",
    "appealed",
    "decline_reason",
    "dispatched_at",
    "due_at",
    "ended_at",
    "escalated",
    "extension_asked",
    "extensions",
    "filed_at",
    "handled_at",
    "lead_unit",
    "merged_count",
    "number",
    "open",
    "over_at",
    "question_open",
    "reopenings",
    "review_at",
    "reworks",
    "send_backs",
    "stage",
    "state",
    "supervised",
    "suspended",
    "transferred",
    "urgency",
    "verified",
    "waiting",
];
/// The roles of those who report: who they are is known to the grid centre alone.
const REPORTERS: [&str; 2] = ["reporter", "rider"];

/// One line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct JournalLine {
    seq: i64,
    at: Timestamp,
    /// Who did it; none for the product itself, for people without an account, and for who reports.
    actor: Option<String>,
    role: String,
    command: String,
    /// SHA-256 of the line and all before it, hexadecimal.
    hash: String,
    /// How the case moved.
    moves: Vec<Move>,
    /// What else of the case changed, by the names of the fields.
    changed: Vec<String>,
    /// How many rows beside the case are new or changed: asks, photos, comments.
    parts: BTreeMap<String, usize>,
    /// What was said was erased as the rules of retention want it.
    erased: bool,
}

/// A field of the case before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Move {
    field: String,
    /// None where there was nothing.
    before: Option<String>,
    /// None where there is nothing any more.
    after: Option<String>,
}

impl JournalLine {
    pub(super) fn cells(&self, said: &Said) -> Vec<Cell> {
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "—".to_owned());
        let moved = self
            .moves
            .iter()
            .map(|one| format!("{} {} → {}", one.field, side(&one.before), side(&one.after)));
        let moves = if self.erased { said.text("admin-journal-body-erased") } else { said.listed(moved) };
        vec![
            Cell::count(self.seq),
            said.time(self.at),
            self.actor.clone().unwrap_or_else(|| said.plain("admin-journal-nobody")).into(),
            self.role.clone().into(),
            self.command.clone().into(),
            moves,
            said.listed(self.changed.iter().cloned()),
            said.listed(self.parts.iter().map(|(kind, count)| format!("{kind} {count}"))),
            self.hash.clone().into(),
        ]
    }
}

/// The lines with the names of staff.
///
/// # Errors
/// [`DbError`].
pub(super) async fn seen(tx: &mut Tx<'_>, lines: Vec<Line>) -> Result<Vec<JournalLine>, DbError> {
    let people: Vec<PersonId> = lines.iter().filter_map(staff).collect();
    let names = names::people(tx, people).await?;
    let shown = lines.into_iter().map(|line| {
        let actor = staff(&line).and_then(|actor| names.get(&actor.to_string()).cloned());
        shown(line, actor)
    });
    Ok(shown.collect())
}

fn staff(line: &Line) -> Option<PersonId> {
    line.actor.filter(|_| !REPORTERS.contains(&line.role.as_str()))
}

fn shown(line: Line, actor: Option<String>) -> JournalLine {
    let body = line.body();
    let changes = body.get("changes").and_then(Value::as_object);
    let (moves, changed) = moved(changes);
    JournalLine {
        seq: line.seq,
        at: line.at,
        actor,
        hash: hex::encode(line.hash),
        moves,
        changed,
        parts: parts(changes),
        erased: line.body.is_none(),
        role: line.role,
        command: line.command,
    }
}

/// What may be read of the case's own fields, and the names of the others.
fn moved(changes: Option<&Map<String, Value>>) -> (Vec<Move>, Vec<String>) {
    let fields = changes.and_then(|changes| changes.get("case")).and_then(Value::as_object);
    let (mut moves, mut changed) = (Vec::new(), Vec::new());
    for (field, pair) in fields.into_iter().flatten() {
        if OPEN.contains(&field.as_str()) {
            let side = |at: usize| pair.get(at).and_then(said);
            moves.push(Move { field: field.clone(), before: side(0), after: side(1) });
        } else {
            changed.push(field.clone());
        }
    }
    (moves, changed)
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn parts(changes: Option<&Map<String, Value>>) -> BTreeMap<String, usize> {
    let nested = changes.and_then(|changes| changes.get("parts")).and_then(Value::as_object);
    let all = changes.into_iter().flatten().chain(nested.into_iter().flatten());
    let rows = all.filter(|(kind, _)| !matches!(kind.as_str(), "case" | "parts"));
    let counted = rows.filter_map(|(kind, rows)| Some((kind.clone(), rows.as_object()?.len())));
    counted.filter(|(_, count)| *count > 0).collect()
}

pub(super) fn samples() -> Vec<JournalLine> {
    let at = Timestamp::from_micros(1_790_000_000_000_000);
    let filed = Move {
        field: "state".to_owned(),
        before: Some("reported".to_owned()),
        after: Some("filed".to_owned()),
    };
    let numbered = Move { field: "number".to_owned(), before: None, ..filed.clone() };
    let line = JournalLine {
        seq: 0,
        at,
        actor: Some("坐席 03".to_owned()),
        role: "dispatcher".to_owned(),
        command: "file".to_owned(),
        hash: "ab".repeat(32),
        moves: vec![filed, numbered],
        changed: vec!["matter".to_owned(), "words".to_owned()],
        parts: BTreeMap::from([("clocks".to_owned(), 2)]),
        erased: false,
    };
    let erased = JournalLine {
        seq: 1,
        actor: None,
        role: "system".to_owned(),
        moves: Vec::new(),
        changed: Vec::new(),
        parts: BTreeMap::new(),
        erased: true,
        ..line.clone()
    };
    vec![line, erased]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_places_and_people_are_named_but_not_told() {
        let body = json!({
            "action": { "words": "又占道了" },
            "changes": {
                "case": {
                    "state": ["reported", "filed"], "suspended": [false, true], "number": [null, "1"],
                    "words": ["a", "b"], "address": [null, "12"], "lat": [1.0, 2.0], "verifier": [null, "p"],
                },
                "parts": { "asks": { "1": [null, { "words": "x" }] }, "photos": {} },
            },
        });
        let changes = body.get("changes").and_then(Value::as_object);
        let (moves, changed) = moved(changes);
        let fields: Vec<&str> = moves.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["number", "state", "suspended"]);
        assert_eq!((moves[0].before.as_deref(), moves[2].after.as_deref()), (None, Some("true")));
        assert_eq!(changed, ["address", "lat", "verifier", "words"]);
        assert_eq!(parts(changes), BTreeMap::from([("asks".to_owned(), 1)]));
    }
}
