//! The tables of cases, computed again from the journal and compared.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `columns.rs` | columns that follow from others, by which lists are narrowed and ordered |
//! | `parts.rs` | the rows beside a case, photos among them |
//! | `reports.rs` | who said what, against the lines that the reports left |
//!
//! Not here: what can be taken back for a minute, the last number of a day, and how often a matter is
//! found in a place. Nobody is told anything by them that a case does not say.

mod columns;
mod parts;
mod reports;

use std::fmt;

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
use parts::Parts;
use reports::Reported;

/// Cases read at once, so that any number of them is verified in little memory.
const CASES_AT_ONCE: i64 = 200;
/// Faults listed at most.
const FAULTS_LISTED: usize = 100;
/// Degrees and metres are written as decimals and read back to within this.
const LAST_DIGIT: f64 = 1e-9;

statements! {
    /// The next cases.
    NEXT_CASES = "SELECT id FROM cases WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// Journals of cases that are not there.
    WITHOUT_CASE = "SELECT j.id FROM journal j LEFT JOIN cases c ON c.tenant = j.tenant AND c.id = j.id
        WHERE j.tenant = $1 AND j.stream = 'case' AND j.seq = 0 AND c.id IS NULL ORDER BY j.id LIMIT $2";
}

/// Something that is not as the journal says.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Which case; nil where it is about what stands beside all cases.
    pub case: CaseId,
    /// Which field of its row; of a row beside it, which kind, which row and which field, or `row` where
    /// it is not there and `line` where the journal does not know it.
    pub what: String,
    /// As it stands in the table.
    pub kept: Value,
    /// As it follows from the journal.
    pub computed: Value,
}

impl fmt::Display for Fault {
    /// Without what stands there: that may be anybody's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.case.0.is_nil() {
            return write!(f, "cases: {} differs from the journal", self.what);
        }
        write!(f, "case {}: {} differs from the journal", self.case, self.what)
    }
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    changes: Changes,
}

/// Reads every case and its journal, and says what does not agree: the first hundred faults. Where the words
/// of a case went by the rules of retention, a line of its journal says so and what the others said besides;
/// a line that says nothing without that leaves the case unknown from there on, which is a fault.
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
            compare_all(tx, marked, &mut faults).await?;
            return Ok(faults);
        };
        let ids: Vec<CaseId> = cases.iter().map(|(case,)| *case).collect();
        compare_search(tx, &ids, &mut faults).await?;
        for (case,) in cases {
            let Some(dossier) = Dossier::load(tx, case).await? else { continue };
            marked += compare(tx, &dossier, &mut faults).await?;
            if faults.len() >= FAULTS_LISTED {
                faults.truncate(FAULTS_LISTED);
                return Ok(faults);
            }
        }
        last = end;
    }
}

/// What stands beside all cases.
async fn compare_all(tx: &mut Tx<'_>, marked: i64, faults: &mut Vec<Fault>) -> Result<(), DbError> {
    let of_none = CaseId(Uuid::nil());
    let limit = i64::try_from(FAULTS_LISTED).unwrap_or(i64::MAX);
    let gone: Vec<(CaseId,)> = tx.all(WITHOUT_CASE, params![tx.tenant(), limit]).await?;
    faults.extend(gone.into_iter().map(|(case,)| unlike(case, "row")));
    faults.extend(reports::without_row(tx, limit).await?);
    faults.extend(marks::superfluous(tx, marked).await?.map(|(kept, computed)| Fault {
        kept: kept.into(),
        computed: computed.into(),
        ..unlike(of_none, "all marks")
    }));
    faults.extend(month::verify(tx).await?.into_iter().map(|what| unlike(of_none, what)));
    Ok(())
}

/// Something that differs, without what stands there.
fn unlike(case: CaseId, what: impl Into<String>) -> Fault {
    Fault { case, what: what.into(), kept: Value::Null, computed: Value::Null }
}

/// One case with everything beside it. Says how many marks it should have.
async fn compare(tx: &mut Tx<'_>, dossier: &Dossier, faults: &mut Vec<Fault>) -> Result<i64, DbError> {
    let case = dossier.row.id;
    let mut lines = journal::read(tx, journal::Stream::new(CASE_STREAM, case)).await?;
    let mut reports = reports::of_case(tx, case).await?;
    let gone = lines.iter().take(erased_at(&lines).unwrap_or_default());
    faults.extend(
        gone.filter(|line| line.body.is_some()).map(|line| unlike(case, format!("line {}", line.seq))),
    );
    reports::put_back(&mut reports, &lines);
    put_back(&mut lines);
    faults.extend(columns::compare(tx, &dossier.row, &lines).await?);
    faults.extend(reports::compare(case, &reports, lines.first()));
    faults.extend(replay(tx, dossier, &lines, &reports).await?);
    let (kept, computed) = marks::kept(tx, dossier).await?;
    if kept != computed {
        faults.push(Fault { kept: kept.into(), computed: computed.into(), ..unlike(case, "marks") });
    }
    Ok(computed)
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

/// Does again what the lines say was done, and compares what it comes to with what is kept.
async fn replay(
    tx: &mut Tx<'_>,
    dossier: &Dossier,
    lines: &[journal::Line],
    reports: &[Reported],
) -> Result<Vec<Fault>, DbError> {
    let case = dossier.row.id;
    let mut row = Map::new();
    let mut computed = Parts::default();
    computed.announced(reports);
    for line in lines {
        let body = line.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let Some(Body { changes }) = body else {
            return Ok(vec![unlike(case, format!("everything since line {}", line.seq))]);
        };
        for (field, mut pair) in changes.case {
            row.insert(field, pair.get_mut(1).map(Value::take).unwrap_or_default());
        }
        computed.changed(changes.parts);
    }
    let of_row = differences(&dossier.row, &row).into_iter();
    let mut faults: Vec<Fault> =
        of_row.map(|(what, kept, computed)| Fault { case, what, kept, computed }).collect();
    faults.extend(computed.compare(tx, dossier).await?);
    Ok(faults)
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
