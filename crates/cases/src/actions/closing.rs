//! At the end of a case: check, pass, fail, reopen, rate, void.

use qige_kernel::{ObjectId, PersonId, Timestamp};
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
