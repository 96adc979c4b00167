//! At the end of a case: check, pass, fail, reopen, rate, void.

use super::doing::Doing;
use crate::store::{AskKind, AskRow, AssignmentState, Dossier, PhotoRole};
use crate::words::{self, MAX_WORDS_CHARS};
use qige_kernel::{ObjectId, PersonId, Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Asks somebody other than the handler whether it is done (派核查).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AskCheck {
    /// Whom.
    pub checker: PersonId,
    /// What to look at.
    #[serde(default)]
    pub words: String,
}

/// It is done (核查通过): closes the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pass {
    /// What was seen.
    #[serde(default)]
    pub words: String,
    /// Photos taken there.
    pub photos: Vec<ObjectId>,
}

/// It is not done (返工): back to the unit with a new deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fail {
    /// What is missing.
    pub reason: String,
    /// Photos taken there.
    #[serde(default)]
    pub photos: Vec<ObjectId>,
    /// Another deadline than the rules give.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
}

/// Opens a closed case again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reopen {
    /// Why.
    pub reason: String,
}

/// How satisfied the reporter is (满意度).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// 1 to 5.
    pub stars: u8,
    /// In the reporter's words.
    #[serde(default)]
    pub words: String,
}

/// Entered by mistake (作废).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Void {
    /// Why.
    pub reason: String,
}

impl AskCheck {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let ask = doing.ask(dossier, AskKind::Check, &self.words)?;
        dossier.asks.push(AskRow { person: Some(self.checker), ..ask });
        dossier.row.checker = Some(self.checker);
        dossier.row.dispatcher = doing.person.or(dossier.row.dispatcher);
        Ok(())
    }
}

impl Pass {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Check, Some(true), &self.words)?;
        doing.photos(dossier, &self.photos, PhotoRole::Check)?;
        doing.end(dossier);
        Ok(())
    }
}

impl Fail {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Check, Some(false), &self.reason)?;
        doing.photos(dossier, &self.photos, PhotoRole::Check)?;
        dossier.row.checker = None;
        dossier.row.handled_at = None;
        dossier.row.reworks += 1;
        // The lead unit has it again; those who assisted are whistled for again if they are needed.
        let lead_unit = dossier.row.lead_unit;
        let mut parts = dossier.assignments.iter_mut().rev();
        if let Some(lead) = parts.find(|part| part.lead && Some(part.unit) == lead_unit) {
            lead.state = AssignmentState::Accepted;
            lead.open = true;
            lead.done_at = None;
        }
        Ok(())
    }
}

impl Reopen {
    pub(super) fn apply(&self, dossier: &mut Dossier, _: &mut Doing<'_>) -> Result<(), Refusal> {
        let row = &mut dossier.row;
        row.lead_unit = None;
        row.handled_at = None;
        row.dispatched_at = None;
        row.rating = None;
        row.send_backs = 0;
        row.reopenings += 1;
        Ok(())
    }
}

impl Rate {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let stars = i64::from(self.stars);
        let ask = doing.ask(dossier, AskKind::Satisfaction, "")?;
        dossier.asks.push(AskRow {
            open: false,
            stars: Some(stars),
            answered_at: Some(doing.at),
            answered_by: doing.person,
            answer: words::optional("words", &self.words, MAX_WORDS_CHARS)?,
            // By which a reporter without an account rates once.
            reference: doing.report.map(|report| report.to_string()),
            ..ask
        });
        dossier.row.rating = Some(stars);
        Ok(())
    }
}

impl Void {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.end(dossier);
        Ok(())
    }
}
