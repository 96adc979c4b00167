//! What is said about a case and put right in it: question, answer, comment, correct.

use qige_kernel::{PlaceId, Position, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::doing::Doing;
use super::handling;
use crate::attachment::{self, Files};
use crate::store::{AskKind, CommentRow, Dossier};
use crate::words::{self, MAX_LINE_CHARS, MAX_WORDS_CHARS};
use crate::{Attachment, CaseRole, MatterKey, Urgency};

/// Asks the reporter; the clock stands still until the answer (追问).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The question.
    pub words: String,
}

/// The reporter's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// The answer.
    pub words: String,
}

/// Words beside the course of things.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comment {
    /// The words.
    pub words: String,
    /// For the reporter too, and the units; else among staff.
    #[serde(default)]
    pub public: bool,
    /// For the units that have a part in the case, and not the reporter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub units: bool,
    /// Files that come with the words, or instead of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// Where something lies, as the caller looked it up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The point; none for an unlocated case.
    pub position: Option<Position>,
    /// Its community.
    pub community: Option<PlaceId>,
    /// Its grid.
    pub grid: Option<PlaceId>,
    /// How far beside that grid the point lies, in metres, where the grid is only the nearest one. Whoever
    /// names a grid confirms it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside_metres: Option<f64>,
}

/// Puts facts right (更正). What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Correct {
    /// What it is about.
    #[serde(default)]
    pub matter: Option<MatterKey>,
    /// How soon.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// Where.
    #[serde(default)]
    pub place: Option<Place>,
    /// Where, in words.
    #[serde(default)]
    pub address: Option<String>,
    /// What is the matter.
    #[serde(default)]
    pub words: Option<String>,
    /// What units may read of it.
    #[serde(default)]
    pub released_words: Option<String>,
    /// Numbers of people in it stay as they are, since the unit needs them; else they are masked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_numbers: bool,
    /// Photos that units may see from now on, besides those that they may see already.
    #[serde(default)]
    pub release_photos: Vec<qige_kernel::ObjectId>,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

impl Question {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        let ask = doing.ask(dossier, AskKind::Question, &self.words)?;
        dossier.asks.push(ask);
        dossier.row.question_open = true;
        dossier.row.waiting = true;
        Ok(())
    }
}

impl Answer {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        doing.answer(dossier, AskKind::Question, None, &self.words)?;
        dossier.row.question_open = false;
        dossier.row.waiting = false;
        Ok(())
    }
}

impl Comment {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        attachment::fit(dossier, doing.role, &self.attachments)?;
        let said = if self.attachments.is_empty() { words::needed } else { words::clean };
        let words = said("words", &self.words, MAX_WORDS_CHARS)?;
        dossier.comments.push(CommentRow {
            id: doing.id()?,
            case_id: dossier.row.id,
            person: doing.person,
            role: doing.role,
            unit: doing.unit,
            // What a reporter says is said to the centre, and known to the one who said it.
            public: self.public || doing.role == CaseRole::Reporter,
            units: self.units,
            words,
            attachments: Files(self.attachments.clone()),
            made_at: doing.at,
        });
        Ok(())
    }
}

impl Correct {
    pub(super) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        words::clean("reason", &self.reason, MAX_WORDS_CHARS)?;
        handling::release(dossier, &self.release_photos)?;
        let row = &mut dossier.row;
        row.matter = self.matter.or(row.matter);
        row.urgency = self.urgency.or(row.urgency);
        if let Some(place) = &self.place {
            if place.position != row.position() {
                row.place(place.position);
                // A point that somebody set by hand has no error of measurement.
                row.accuracy = None;
            }
            row.community = place.community;
            row.grid = place.grid;
            row.beside_metres = place.beside_metres;
        }
        if let Some(address) = &self.address {
            row.address = words::optional("address", address, MAX_LINE_CHARS)?;
        }
        if let Some(said) = &self.words {
            row.words = words::clean("words", said, MAX_WORDS_CHARS)?;
        }
        if let Some(said) = &self.released_words {
            row.released_words = handling::released(said, self.with_numbers)?;
        }
        row.dispatcher = doing.person.or(row.dispatcher);
        Ok(())
    }
}
