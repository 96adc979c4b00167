//! Before a case has a number: verify, file, decline, appeal, withdraw.

use qige_kernel::{ObjectId, PersonId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{MatterKey, Urgency};

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
    /// A key of the list of reasons.
    pub reason: String,
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
