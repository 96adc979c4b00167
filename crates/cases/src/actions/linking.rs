//! What ties a case to another one or to a body outside: merge, un-merge, transfer, take back.

use qige_kernel::CaseId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Follows another case from now on (并案).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Merge {
    /// Which one.
    pub main: CaseId,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Stands by itself again (撤销并案).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unmerge {
    /// Why.
    pub reason: String,
}

/// Gives it to a body outside (转办). The same body and reference again change nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transfer {
    /// Which body, for example the county's hotline.
    pub body: String,
    /// The number that it goes by there.
    pub reference: String,
    /// What was said to it.
    #[serde(default)]
    pub words: String,
}

/// Takes it back from there (收回).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TakeBack {
    /// Why.
    pub reason: String,
}
