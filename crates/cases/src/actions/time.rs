//! What moves a deadline or watches over it: extension, suspension, supervision.

use super::doing::Doing;
use crate::store::{AskKind, AskRow, Dossier};
use qige_kernel::{Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The unit asks for more time (申请延期).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AskExtension {
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}

/// The supervisor gives it (同意延期).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GrantExtension {
    /// Until when, if not until what was asked for.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// What the unit reads.
    #[serde(default)]
    pub words: String,
}

/// The supervisor does not give it (不同意延期).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RefuseExtension {
    /// Why.
    pub reason: String,
}

/// Puts it aside; its clock stands still (挂账).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suspend {
    /// Why.
    pub reason: String,
    /// When to look at it again.
    pub review_at: Timestamp,
}

/// Takes it up again (恢复).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resume {
    /// Why.
    #[serde(default)]
    pub words: String,
}

/// Watches over it; the unit must answer (督办).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Supervise {
    /// What the unit is told.
    pub words: String,
}

/// The unit's answer (回复督办).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerSupervision {
    /// The answer.
    pub words: String,
}

impl AskExtension {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let ask = doing.ask(dossier, AskKind::Extension, &self.reason)?;
        dossier.asks.push(AskRow { unit: doing.unit, until: Some(self.until), ..ask });
        dossier.row.extension_asked = true;
        Ok(())
    }
}

impl GrantExtension {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Extension, Some(true), &self.words)?;
        dossier.row.extension_asked = false;
        dossier.row.extensions += 1;
        Ok(())
    }
}

impl RefuseExtension {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Extension, Some(false), &self.reason)?;
        dossier.row.extension_asked = false;
        Ok(())
    }
}

impl Suspend {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let ask = doing.ask(dossier, AskKind::Suspension, &self.reason)?;
        dossier.asks.push(AskRow { until: Some(self.review_at), ..ask });
        dossier.row.suspended = true;
        dossier.row.review_at = Some(self.review_at);
        Ok(())
    }
}

impl Resume {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Suspension, None, &self.words)?;
        dossier.row.suspended = false;
        dossier.row.review_at = None;
        Ok(())
    }
}

impl Supervise {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let ask = doing.ask(dossier, AskKind::Supervision, &self.words)?;
        dossier.asks.push(AskRow { unit: dossier.row.lead_unit, ..ask });
        dossier.row.supervised = true;
        Ok(())
    }
}

impl AnswerSupervision {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        // Asked again before it was answered, it is answered at once.
        while dossier.asks.iter().any(|ask| ask.open && ask.kind == AskKind::Supervision) {
            doing.answer(dossier, AskKind::Supervision, None, &self.words)?;
        }
        dossier.row.supervised = false;
        Ok(())
    }
}
