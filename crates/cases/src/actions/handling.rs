//! While units have a case: dispatch, send back, start, hand in; the assisting units' parts.

use super::doing::Doing;
use crate::store::{AssignmentRow, AssignmentState, Dossier, PhotoRole};
use crate::words::{self, MAX_WORDS_CHARS};
use qige_kernel::personal::masked;
use qige_kernel::{ObjectId, Refusal, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Gives it to a unit (派遣), and whistles for others (吹哨报到).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dispatch {
    /// Who answers for it.
    pub lead: UnitId,
    /// Who helps.
    #[serde(default)]
    pub assist: Vec<UnitId>,
    /// Another deadline than the rules give.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// What units read; without it nothing of the reporter's words.
    #[serde(default)]
    pub released_words: Option<String>,
    /// Numbers of people in it stay as they are, since the unit needs them; else they are masked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_numbers: bool,
    /// Photos that units see.
    #[serde(default)]
    pub released_photos: Vec<ObjectId>,
}

/// Does not take it (退单).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SendBack {
    /// Why it is not this unit's.
    pub reason: String,
}

/// Begins (接单).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Start {}

/// Hands in the whole (反馈).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandIn {
    /// What was done.
    pub note: String,
    /// Photos of the work done.
    #[serde(default)]
    pub photos: Vec<ObjectId>,
}

/// An assisting unit begins (协办接单).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accept {}

/// An assisting unit hands in its part (协办反馈).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandInPart {
    /// What was done.
    pub note: String,
    /// Photos of the work done.
    #[serde(default)]
    pub photos: Vec<ObjectId>,
}

impl Dispatch {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.end_assignments(dossier);
        doing.drop_extension(dossier);
        for unit in std::iter::once(self.lead).chain(self.assist.iter().copied()) {
            dossier.assignments.push(AssignmentRow {
                id: doing.id()?,
                case_id: dossier.row.id,
                unit,
                lead: unit == self.lead,
                state: AssignmentState::Offered,
                open: true,
                note: None,
                assigned_at: doing.at,
                accepted_at: None,
                accepted_by: None,
                done_at: None,
                done_by: None,
            });
        }
        if let Some(words) = &self.released_words {
            dossier.row.released_words = released(words, self.with_numbers)?;
        }
        release(dossier, &self.released_photos)?;
        let row = &mut dossier.row;
        row.lead_unit = Some(self.lead);
        row.dispatched_at = Some(doing.at);
        row.extensions = 0;
        row.dispatcher = doing.person.or(row.dispatcher);
        Ok(())
    }
}

impl SendBack {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let reason = words::needed("reason", &self.reason, MAX_WORDS_CHARS)?;
        if let Some(own) = own_part(dossier, doing, true) {
            own.state = AssignmentState::SentBack;
            own.note = Some(reason);
            own.done_at = Some(doing.at);
            own.done_by = doing.person;
        }
        doing.end_assignments(dossier);
        doing.drop_extension(dossier);
        dossier.row.lead_unit = None;
        dossier.row.send_backs += 1;
        Ok(())
    }
}

impl Start {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        begin(dossier, doing, true);
        Ok(())
    }
}

impl Accept {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        begin(dossier, doing, false);
        Ok(())
    }
}

impl HandIn {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        hand_in(dossier, doing, true, &self.note, &self.photos)?;
        doing.end_assignments(dossier);
        doing.drop_extension(dossier);
        dossier.row.handled_at = Some(doing.at);
        Ok(())
    }
}

impl HandInPart {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        hand_in(dossier, doing, false, &self.note, &self.photos)
    }
}

/// What units read: numbers of people only where somebody said that they need them.
pub(super) fn released(said: &str, with_numbers: bool) -> Result<Option<String>, Refusal> {
    let said = words::optional("released_words", said, MAX_WORDS_CHARS)?;
    Ok(said.map(|said| if with_numbers { said } else { masked(&said) }))
}

/// Lets units see these photos of the case.
pub(super) fn release(dossier: &mut Dossier, photos: &[ObjectId]) -> Result<(), Refusal> {
    for id in photos {
        let photo = dossier.photos.iter_mut().find(|photo| photo.id == *id);
        photo.ok_or(Refusal::invalid("released_photos", "photo-not-of-this-case"))?.released = true;
    }
    Ok(())
}

/// The part of the unit that acts, while it is open.
fn own_part<'d>(dossier: &'d mut Dossier, doing: &Doing<'_>, lead: bool) -> Option<&'d mut AssignmentRow> {
    let parts = dossier.assignments.iter_mut();
    parts.rev().find(|part| part.open && part.lead == lead && Some(part.unit) == doing.unit)
}

fn begin(dossier: &mut Dossier, doing: &Doing<'_>, lead: bool) {
    if let Some(own) = own_part(dossier, doing, lead) {
        own.state = AssignmentState::Accepted;
        own.accepted_at = Some(doing.at);
        own.accepted_by = doing.person;
    }
}

fn hand_in(
    dossier: &mut Dossier,
    doing: &Doing<'_>,
    lead: bool,
    note: &str,
    photos: &[ObjectId],
) -> Result<(), Refusal> {
    let note = words::needed("note", note, MAX_WORDS_CHARS)?;
    doing.photos(dossier, photos, PhotoRole::After)?;
    if let Some(own) = own_part(dossier, doing, lead) {
        own.state = AssignmentState::HandedIn;
        own.open = false;
        own.accepted_at = own.accepted_at.or(Some(doing.at));
        own.done_at = Some(doing.at);
        own.done_by = doing.person;
        own.note = Some(note);
    }
    Ok(())
}
