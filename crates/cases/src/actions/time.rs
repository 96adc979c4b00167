//! What moves a deadline or watches over it: extension, suspension, supervision.

use qige_kernel::Timestamp;
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
