//! Before a case has a number: verify, file, decline, appeal, withdraw.

use qige_kernel::{ObjectId, PersonId, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::doing::Doing;
use crate::store::{AskKind, AskRow, Dossier, PhotoRole};
use crate::words::{self, MAX_WORDS_CHARS};
use crate::{DeclineReason, MatterKey, Urgency};

/// Asks somebody on the ground whether it is so (派核实).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AskVerify {
    /// Whom.
    pub verifier: PersonId,
    /// What to look at.
    #[serde(default)]
    pub words: String,
}

/// It is so (核实属实). Needs a photo or words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Confirm {
    /// What was seen.
    #[serde(default)]
    pub words: String,
    /// Photos taken there.
    #[serde(default)]
    pub photos: Vec<ObjectId>,
}

/// It is not so (核实不属实). Needs a photo or words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Refute {
    /// What was seen.
    #[serde(default)]
    pub words: String,
    /// Photos taken there.
    #[serde(default)]
    pub photos: Vec<ObjectId>,
}

/// Makes it a case with a number (立案).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    /// What it is about.
    pub matter: MatterKey,
    /// How soon.
    pub urgency: Urgency,
}

/// Does not take it on (不予受理).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decline {
    /// From the list of reasons.
    pub reason: DeclineReason,
    /// What the reporter reads besides.
    #[serde(default)]
    pub words: String,
}

/// The reporter's one appeal against a decline (申诉).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Appeal {
    /// Why it should be looked at again.
    pub words: String,
}

/// The reporter takes it back (撤回).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Withdraw {
    /// Why, if the reporter likes to say.
    #[serde(default)]
    pub words: String,
}

impl AskVerify {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let ask = doing.ask(dossier, AskKind::Verification, &self.words)?;
        dossier.asks.push(AskRow { person: Some(self.verifier), ..ask });
        dossier.row.verifier = Some(self.verifier);
        dossier.row.dispatcher = doing.person.or(dossier.row.dispatcher);
        Ok(())
    }
}

impl Confirm {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Verification, Some(true), &self.words)?;
        doing.photos(dossier, &self.photos, PhotoRole::Verify)?;
        dossier.row.verifier = None;
        dossier.row.verified = true;
        Ok(())
    }
}

impl Refute {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Verification, Some(false), &self.words)?;
        doing.photos(dossier, &self.photos, PhotoRole::Verify)?;
        doing.end(dossier);
        dossier.row.decline_reason = Some(DeclineReason::NotSo);
        Ok(())
    }
}

impl File {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let yes = Some(true);
        for ask in dossier.asks.iter_mut().filter(|ask| ask.open) {
            if matches!(ask.kind, AskKind::Verification | AskKind::Appeal) {
                let yes = yes.filter(|_| ask.kind == AskKind::Appeal);
                (ask.open, ask.yes, ask.answered_at) = (false, yes, Some(doing.at));
                ask.answered_by = doing.person;
            }
        }
        let row = &mut dossier.row;
        row.verifier = None;
        row.matter = Some(self.matter);
        row.urgency = Some(self.urgency);
        row.filed_at = Some(doing.at);
        row.send_backs = 0;
        if doing.person.is_some() {
            // It says beside the button that the grid is only the nearest one.
            row.beside_metres = None;
        }
        row.dispatcher = doing.person.or(row.dispatcher);
        Ok(())
    }
}

impl Decline {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        words::clean("words", &self.words, MAX_WORDS_CHARS)?;
        doing.answer(dossier, AskKind::Appeal, Some(false), &self.words)?;
        doing.end(dossier);
        let row = &mut dossier.row;
        row.decline_reason = Some(self.reason);
        row.dispatcher = doing.person.or(row.dispatcher);
        Ok(())
    }
}

impl Appeal {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let ask = doing.ask(dossier, AskKind::Appeal, &self.words)?;
        dossier.asks.push(ask);
        dossier.row.appealed = true;
        dossier.row.decline_reason = None;
        Ok(())
    }
}

impl Withdraw {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        words::clean("words", &self.words, MAX_WORDS_CHARS)?;
        doing.end(dossier);
        Ok(())
    }
}
