//! The tables of cases, computed again from the journal and compared.

use std::collections::BTreeMap;

use qige_db::{DbError, Tx, journal, params, statements};
use qige_kernel::CaseId;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::CASE_STREAM;
use crate::evaluation::{marks, month};
use crate::retention::{erased_at, put_back};
use crate::search;
use crate::store::{CaseRow, Changes, Dossier, row_changes, says_nothing};

/// Cases read at once, so that any number of them is verified in little memory.
const CASES_AT_ONCE: i64 = 200;
/// Faults listed at most.
const FAULTS_LISTED: usize = 100;
/// Degrees and metres are written as decimals and read back to within this.
const LAST_DIGIT: f64 = 1e-9;

statements! {
    /// The next cases.
    NEXT_CASES = "SELECT id FROM cases WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// What the reporters of a case said, and the journals of those reports that joined it.
    REPORTS_SAID = "SELECT r.words, r.joined, j.body FROM reports r LEFT JOIN journal j ON j.tenant = r.tenant
            AND j.stream = 'report' AND j.id = r.id AND j.seq = 0
        WHERE r.tenant = $1 AND r.case_id = $2 ORDER BY r.id";
}

/// Something that is not as the journal says.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Which case; nil where it is about what stands beside all cases.
    pub case: CaseId,
    /// Which field of its row, or which kind of rows beside it.
    pub what: String,
    /// As it stands in the table.
    pub kept: Value,
    /// As it follows from the journal.
    pub computed: Value,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    changes: Changes,
}

/// Reads every case and its journal, and says what does not agree: the first hundred faults. Where the words
/// of a case went by the rules of retention, its journal says so; words that are missing without that, or
/// that are there all the same, do not agree.
///
/// # Errors
/// [`DbError`].
pub async fn verify(tx: &mut Tx<'_>) -> Result<Vec<Fault>, DbError> {
    let mut faults = Vec::new();
    let mut last = CaseId(Uuid::nil());
    let mut marked = 0;
    loop {
        let cases: Vec<(CaseId,)> = tx.all(NEXT_CASES, params![tx.tenant(), last, CASES_AT_ONCE]).await?;
        let Some((end,)) = cases.last().copied() else {
            let of_none = CaseId(Uuid::nil());
            faults.extend(marks::superfluous(tx, marked).await?.map(|(kept, computed)| Fault {
                case: of_none,
                what: "all marks".to_owned(),
                kept: kept.into(),
                computed: computed.into(),
            }));
            faults.extend(month::verify(tx).await?.into_iter().map(|what| Fault {
                case: of_none,
                what,
                kept: Value::Null,
                computed: Value::Null,
            }));
            return Ok(faults);
        };
        let ids: Vec<CaseId> = cases.iter().map(|(case,)| *case).collect();
        compare_search(tx, &ids, &mut faults).await?;
        for (case,) in cases {
            let Some(dossier) = Dossier::load(tx, case).await? else { continue };
            let lines = journal::read(tx, journal::Stream::new(CASE_STREAM, case)).await?;
            compare_reports(tx, &dossier.row, lines.first(), &mut faults).await?;
            compare(&dossier, lines, &mut faults);
            let (kept, computed) = marks::kept(tx, &dossier).await?;
            marked += computed;
            if kept != computed {
                let what = "marks".to_owned();
                faults.push(Fault { case, what, kept: kept.into(), computed: computed.into() });
            }
            if faults.len() >= FAULTS_LISTED {
                faults.truncate(FAULTS_LISTED);
                return Ok(faults);
            }
        }
        last = end;
    }
}

/// What cases are found by, against what they say. Their rows are made a moment after it was said: so what is
/// newer than the last look for such cases is left out.
async fn compare_search(tx: &mut Tx<'_>, cases: &[CaseId], faults: &mut Vec<Fault>) -> Result<(), DbError> {
    let Some(mark) = search::mark(tx).await? else { return Ok(()) };
    let mut kept = search::kept(tx, cases).await?;
    for (case, found) in search::worked_out(tx, cases).await? {
        let kept = kept.remove(&case);
        if found.at < mark && kept.as_ref() != Some(&found.tokens) {
            let (kept, computed) =
                (kept.map(|tokens| tokens.written()).into(), found.tokens.written().into());
            faults.push(Fault { case, what: "search".to_owned(), kept, computed });
        }
    }
    Ok(())
}

/// What reporters said, against what the journal says that they said: that of the case itself where the
/// report opened it, the report's own where it joined one.
async fn compare_reports(
    tx: &mut Tx<'_>,
    row: &CaseRow,
    first: Option<&journal::Line>,
    faults: &mut Vec<Fault>,
) -> Result<(), DbError> {
    let reports: Vec<(String, bool, Option<String>)> =
        tx.all(REPORTS_SAID, params![tx.tenant(), row.id]).await?;
    for (kept, joined, own) in reports {
        let line = if joined { own.as_deref() } else { first.and_then(|line| line.body.as_deref()) };
        let line: Value = line.and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
        let computed = match line.get("report").and_then(|report| report.get("words")) {
            Some(words) => words.clone(),
            None if row.words_erased_at.is_some() => "".into(),
            None => Value::Null,
        };
        if computed != kept.as_str() {
            faults.push(Fault { case: row.id, what: "reports".to_owned(), kept: kept.into(), computed });
        }
    }
    Ok(())
}

fn compare(dossier: &Dossier, mut lines: Vec<journal::Line>, faults: &mut Vec<Fault>) {
    let case = dossier.row.id;
    let mut fault = |what: &str, kept: Value, computed: Value| {
        faults.push(Fault { case, what: what.to_owned(), kept, computed });
    };
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    if dossier.row.version != count {
        fault("version", dossier.row.version.into(), count.into());
    }
    let gone = lines.iter().take(erased_at(&lines).unwrap_or_default());
    for line in gone.filter(|line| line.body.is_some()) {
        fault("words", line.seq.into(), Value::Null);
    }
    put_back(&mut lines);
    let mut row = Map::new();
    let mut parts: BTreeMap<String, BTreeMap<Uuid, Value>> = BTreeMap::new();
    for line in &lines {
        let body = line.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let Some(Body { changes }) = body else {
            fault("journal", Value::Null, line.seq.into());
            return;
        };
        for (field, mut pair) in changes.case {
            row.insert(field, pair.get_mut(1).map(Value::take).unwrap_or_default());
        }
        for (kind, rows) in changes.parts {
            let kept = parts.entry(kind).or_default();
            for (id, [_, after]) in rows {
                if after.is_null() {
                    kept.remove(&id)
                } else {
                    kept.insert(id, after)
                };
            }
        }
    }
    for (field, kept, computed) in differences(&dossier.row, &row) {
        fault(&field, kept, computed);
    }
    let kept = dossier_parts(dossier);
    for kind in ["clocks", "assignments", "asks", "merges", "comments"] {
        let (kept, computed) = (kept.get(kind), parts.get(kind));
        let empty = BTreeMap::new();
        let (kept, computed) = (kept.unwrap_or(&empty), computed.unwrap_or(&empty));
        if kept != computed {
            fault(kind, json(kept), json(computed));
        }
    }
}

/// The fields of a row that differ from what was computed.
fn differences(row: &CaseRow, computed: &Map<String, Value>) -> Vec<(String, Value, Value)> {
    let mut kept: Map<String, Value> = row_changes(None, row);
    for pair in kept.values_mut() {
        *pair = pair.get_mut(1).map(Value::take).unwrap_or_default();
    }
    let fields: std::collections::BTreeSet<&String> = kept.keys().chain(computed.keys()).collect();
    fields
        .into_iter()
        .filter_map(|field| {
            let left = kept.get(field).cloned().unwrap_or_default();
            let right = computed.get(field).cloned().unwrap_or_default();
            (!agree(&left, &right)).then(|| (field.clone(), left, right))
        })
        .collect()
}

fn agree(left: &Value, right: &Value) -> bool {
    let near = |(left, right): (f64, f64)| (left - right).abs() < LAST_DIGIT;
    left == right
        || (says_nothing(left) && says_nothing(right))
        || left.as_f64().zip(right.as_f64()).is_some_and(near)
}

/// The rows beside a case, by kind and id, as the journal has them.
fn dossier_parts(dossier: &Dossier) -> BTreeMap<String, BTreeMap<Uuid, Value>> {
    let mut bare = dossier.clone();
    bare.assignments.clear();
    bare.asks.clear();
    bare.clocks.clear();
    bare.photos.clear();
    bare.merges.clear();
    bare.comments.clear();
    let all = bare.changes(dossier).parts;
    all.into_iter()
        .map(|(kind, rows)| (kind, rows.into_iter().map(|(id, [_, after])| (id, after)).collect()))
        .collect()
}

fn json(rows: &BTreeMap<Uuid, Value>) -> Value {
    serde_json::to_value(rows).unwrap_or_default()
}
