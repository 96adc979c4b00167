//! While units have a case: dispatch, send back, start, hand in; the assisting units' parts.

use qige_kernel::{ObjectId, Timestamp, UnitId};
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
