//! A case as the workflow wants to know it.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{CaseId, PersonId};

use crate::store::{AskKind, AssignmentState, Dossier, UndoRow};
use crate::workflow::{Assisting, Facts};

statements! {
    /// Who reported a case; a row without a person for each report without an account.
    REPORTERS_OF = "SELECT person FROM reports WHERE tenant = $1 AND case_id = $2 ORDER BY received_at, id";
}

/// Who reported a case, in the order of their reports: none for a report without an account.
pub(crate) async fn reporters_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Option<PersonId>>, DbError> {
    let rows: Vec<(Option<PersonId>,)> = tx.all(REPORTERS_OF, params![tx.tenant(), case]).await?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// What deciding needs to know.
pub(crate) fn facts(dossier: &Dossier, reporters: &[Option<PersonId>], undo: Option<&UndoRow>) -> Facts {
    let row = &dossier.row;
    let open = |kind: AskKind| dossier.asks.iter().rev().find(move |ask| ask.open && ask.kind == kind);
    let merge = dossier.merges.iter().rev().find(|merge| merge.unmerged_at.is_none());
    Facts {
        case: row.id,
        state: row.state,
        version: row.version,
        matter: row.matter,
        urgency: row.urgency,
        reporters: reporters.iter().flatten().copied().collect(),
        reports: count(reporters.len()),
        verifier: row.verifier,
        checker: row.checker,
        handlers: handlers(dossier, reporters),
        lead_unit: row.lead_unit,
        assisting: assisting(dossier),
        verified: row.verified,
        appealed: row.appealed,
        send_backs: counted(row.send_backs),
        extension_asked: open(AskKind::Extension).and_then(|ask| ask.until),
        extensions_granted: counted(row.extensions),
        suspended: row.suspended,
        question_open: open(AskKind::Question).is_some(),
        waiting: row.waiting,
        transferred: row.transferred,
        supervision_open: open(AskKind::Supervision).is_some(),
        closed_at: row.ended_at,
        main_case: row.main_case,
        merged_from: merge.map(|merge| merge.from_state),
        followers: counted(row.merged_count),
        words_erased: row.words_erased_at.is_some(),
        last: undo.map(UndoRow::step),
    }
}

/// Who had a hand in the work: those who began it or handed it in, and who solved it on the spot.
fn handlers(dossier: &Dossier, reporters: &[Option<PersonId>]) -> Vec<PersonId> {
    let parts = dossier.assignments.iter();
    let mut handlers: Vec<PersonId> =
        parts.flat_map(|part| [part.accepted_by, part.done_by]).flatten().collect();
    if dossier.row.solved {
        handlers.extend(reporters.first().copied().flatten());
    }
    handlers.sort_unstable();
    handlers.dedup();
    handlers
}

fn assisting(dossier: &Dossier) -> Vec<Assisting> {
    let asked = |state| !matches!(state, AssignmentState::Withdrawn | AssignmentState::SentBack);
    let parts = dossier.assignments.iter().filter(|part| !part.lead && asked(part.state));
    // Only of the last dispatch: those before it have ended.
    parts
        .map(|part| Assisting {
            unit: part.unit,
            accepted: part.state != AssignmentState::Offered,
            handed_in: part.state == AssignmentState::HandedIn,
        })
        .collect()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn counted(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
