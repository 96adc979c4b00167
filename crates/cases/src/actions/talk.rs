//! What is said about a case and put right in it: question, answer, comment, correct.

use qige_kernel::{PlaceId, Position};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{MatterKey, Urgency};

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comment {
    /// The words.
    pub words: String,
    /// For the reporter too; else among staff.
    #[serde(default)]
    pub public: bool,
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
    /// Photos that units may see from now on, besides those that they may see already.
    #[serde(default)]
    pub release_photos: Vec<qige_kernel::ObjectId>,
    /// Why.
    #[serde(default)]
    pub reason: String,
}
