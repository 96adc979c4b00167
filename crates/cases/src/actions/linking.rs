//! What ties a case to another one or to a body outside: merge, un-merge, transfer, take back.

use super::doing::Doing;
use crate::store::{AskKind, AskRow, AssignmentState, Dossier, MergeRow};
use crate::words::{self, MAX_LINE_CHARS, MAX_WORDS_CHARS};
use qige_kernel::{CaseId, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Follows another case from now on (并案).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Merge {
    /// Which one.
    pub main: CaseId,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Stands by itself again (撤销并案).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unmerge {
    /// Why.
    pub reason: String,
}

/// Gives it to a body outside (转办). The same body and reference again change nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transfer {
    /// Which body, for example the county's hotline.
    pub body: String,
    /// The number that it goes by there.
    pub reference: String,
    /// What was said to it.
    #[serde(default)]
    pub words: String,
}

/// Takes it back from there (收回).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TakeBack {
    /// Why.
    pub reason: String,
}

impl Merge {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let row = &dossier.row;
        dossier.merges.push(MergeRow {
            id: doing.id()?,
            case_id: row.id,
            main_case: self.main,
            from_state: row.state,
            merged_at: doing.at,
            unmerged_at: None,
            reason: words::optional("reason", &self.reason, MAX_WORDS_CHARS)?,
        });
        doing.end(dossier);
        dossier.row.main_case = Some(self.main);
        dossier.row.dispatcher = doing.person.or(dossier.row.dispatcher);
        Ok(())
    }
}

impl Unmerge {
    /// Gives back what the merge ended: the units' parts, and what had been asked.
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        dossier.row.main_case = None;
        let merges = dossier.merges.iter_mut();
        let Some(merge) = merges.rev().find(|merge| merge.unmerged_at.is_none()) else { return Ok(()) };
        merge.unmerged_at = Some(doing.at);
        let then = Some(merge.merged_at);
        let ended = dossier.assignments.iter_mut().filter(|part| part.state == AssignmentState::Withdrawn);
        for part in ended.filter(|part| part.done_at == then) {
            let accepted = part.accepted_at.is_some();
            part.state = if accepted { AssignmentState::Accepted } else { AssignmentState::Offered };
            (part.open, part.done_at) = (true, None);
        }
        for ask in dossier.asks.iter_mut().filter(|ask| ask.answered_at == then && ask.answered_by.is_none())
        {
            (ask.open, ask.answered_at) = (true, None);
            let row = &mut dossier.row;
            match ask.kind {
                AskKind::Verification => row.verifier = ask.person,
                AskKind::Question => row.question_open = true,
                AskKind::Extension => row.extension_asked = true,
                AskKind::Suspension => (row.suspended, row.review_at) = (true, ask.until),
                AskKind::Transfer => row.transferred = true,
                AskKind::Supervision => row.supervised = true,
                AskKind::Check | AskKind::Appeal | AskKind::Satisfaction => {}
            }
        }
        Ok(())
    }
}

impl Transfer {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let ask = doing.ask(dossier, AskKind::Transfer, &self.words)?;
        dossier.asks.push(AskRow {
            body: Some(words::needed("body", &self.body, MAX_LINE_CHARS)?),
            reference: Some(words::needed("reference", &self.reference, MAX_LINE_CHARS)?),
            ..ask
        });
        dossier.row.transferred = true;
        dossier.row.dispatcher = doing.person.or(dossier.row.dispatcher);
        Ok(())
    }
}

impl TakeBack {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Transfer, None, &self.reason)?;
        dossier.row.transferred = false;
        Ok(())
    }
}
