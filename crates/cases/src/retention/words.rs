//! The words of a case go: from its tables, from what it is found by, and from its journal. What else the
//! journal said stands in one more line of it, so that the case can be computed again as before, and
//! everybody can see that the words went by this and by nothing else.

use qige_db::journal::{self, Line, Stream};
use qige_db::{DbError, Tx, params, statements};
use qige_identity::{KeptClass, Stamp, erase_words_of_looks};
use qige_kernel::{CaseId, ReportId};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::wordless::wordless;
use crate::search;
use crate::store::{DROP_UNDO, Dossier};
use crate::{CASE_STREAM, REPORT_STREAM};

/// What the line of the journal is called by which the words of a case go.
pub const ERASE_WORDS: &str = "erase-words";
/// Where that line keeps what the lines before it said besides, in their order.
const TOLD: &str = "told";
/// Where it keeps what the lines of the reports said that joined the case, by their ids.
const TOLD_OF_REPORTS: &str = "reports";

statements! {
    /// What its reporters said.
    EMPTY_REPORTS = "UPDATE reports SET words = '' WHERE tenant = $1 AND case_id = $2";
    /// Reports that joined it, each of which has a journal of its own.
    JOINED = "SELECT id FROM reports WHERE tenant = $1 AND case_id = $2 AND joined = TRUE ORDER BY id";
}

/// Erases the words of cases that ended; says of how many.
///
/// # Errors
/// [`DbError`].
pub async fn erase_words(tx: &mut Tx<'_>, cases: &[Uuid], stamp: &Stamp) -> Result<u64, DbError> {
    let cases: Vec<CaseId> = cases.iter().copied().map(CaseId).collect();
    let mut erased = 0;
    for case in &cases {
        erased += u64::from(erase_of(tx, *case, stamp).await?);
    }
    search::refresh(tx, &cases).await?;
    Ok(erased)
}

async fn erase_of(tx: &mut Tx<'_>, case: CaseId, stamp: &Stamp) -> Result<bool, DbError> {
    let found = Dossier::load(tx, case).await?;
    let Some(before) = found.filter(|dossier| dossier.row.words_erased_at.is_none()) else {
        return Ok(false);
    };
    let mut after = before.clone().wordless();
    (after.row.words_erased_at, after.row.updated_at) = (Some(stamp.at), stamp.at);
    if !before.save(tx, &after).await? {
        return Ok(false);
    }
    let stream = Stream::new(CASE_STREAM, case);
    let told: Vec<Value> =
        journal::read(tx, stream).await?.iter().map(|line| wordless(line.body())).collect();
    stamp.erase(tx, stream, None, KeptClass::Words).await?;
    let changes = json!({ "case": { "words_erased_at": [null, stamp.at] } });
    let body =
        json!({ TOLD: told, TOLD_OF_REPORTS: erase_joined(tx, case, stamp).await?, "changes": changes });
    stamp.append(tx, CASE_STREAM, case.0, ERASE_WORDS, &body).await?;
    erase_beside(tx, case, stamp).await?;
    Ok(true)
}

/// What was said about a case elsewhere than in its own tables and journal.
async fn erase_beside(tx: &mut Tx<'_>, case: CaseId, stamp: &Stamp) -> Result<(), DbError> {
    let tenant = tx.tenant();
    tx.execute(EMPTY_REPORTS, params![tenant, case]).await?;
    tx.execute(DROP_UNDO, params![tenant, case]).await?;
    erase_words_of_looks(tx, case, stamp).await
}

/// Erases what the reports said that joined a case; answers with what else their lines said.
async fn erase_joined(tx: &mut Tx<'_>, case: CaseId, stamp: &Stamp) -> Result<Map<String, Value>, DbError> {
    let joined: Vec<(ReportId,)> = tx.all(JOINED, params![tx.tenant(), case]).await?;
    let mut told = Map::new();
    for (report,) in joined {
        let stream = Stream::new(REPORT_STREAM, report);
        if let Some(line) = journal::read(tx, stream).await?.first() {
            told.insert(report.to_string(), wordless(line.body()));
        }
        stamp.erase(tx, stream, None, KeptClass::Words).await?;
    }
    Ok(told)
}

/// The lines of a case's journal. Of those whose words went it is known what they said besides.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn lines_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Line>, DbError> {
    let mut lines = journal::read(tx, Stream::new(CASE_STREAM, case)).await?;
    put_back(&mut lines);
    Ok(lines)
}

/// Which line the words went by.
pub(crate) fn erased_at(lines: &[Line]) -> Option<usize> {
    lines.iter().rposition(|line| line.command == ERASE_WORDS)
}

/// What the lines of reports said besides their words, by the reports' ids.
pub(crate) fn told_of_reports(lines: &[Line]) -> Map<String, Value> {
    let line = erased_at(lines).and_then(|at| lines.get(at));
    match line.map(|line| line.body().get_mut(TOLD_OF_REPORTS).map(Value::take)) {
        Some(Some(Value::Object(told))) => told,
        _ => Map::new(),
    }
}

/// Puts what lines said besides their words in the place of what was erased.
pub(crate) fn put_back(lines: &mut [Line]) {
    let Some(at) = erased_at(lines) else { return };
    let Some((line, before)) = lines.get_mut(..=at).and_then(<[Line]>::split_last_mut) else { return };
    let Value::Array(told) = line.body().get_mut(TOLD).map(Value::take).unwrap_or_default() else { return };
    for (line, told) in before.iter_mut().zip(told) {
        line.body = line.body.take().or(Some(told.to_string()));
    }
}
