//! What somebody sees who was asked to look at the place.

use qige_kernel::{CaseId, Position, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::Photo;
use crate::text_enum::text_enum;
use crate::{CommandName, MatterKey, Tone, Urgency};

text_enum! {
    /// What is to be looked at.
    GroundKind {
        /// Whether it is so.
        Verify = "verify",
        /// Whether it is done.
        Check = "check",
    }
}

/// One task in the list of somebody on the ground.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GroundTask {
    /// The case.
    pub case: CaseId,
    /// For the next action on it.
    pub version: i64,
    /// What is to be looked at.
    pub kind: GroundKind,
    /// Its number, once it is filed.
    pub number: Option<String>,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// What the dispatcher wrote about the task.
    pub words: Option<String>,
    /// Where, in words.
    pub address: Option<String>,
    /// Where the thing is.
    pub position: Option<Position>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When the time is over.
    pub due_at: Option<Timestamp>,
    /// How late it is.
    pub tone: Tone,
}

/// A task with what is needed on the spot.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GroundCase {
    /// As in the list.
    #[serde(flatten)]
    pub task: GroundTask,
    /// What the dispatcher released of the words.
    pub released_words: Option<String>,
    /// Radius in metres.
    pub accuracy_metres: Option<f64>,
    /// Released photos, and for a check those of the work.
    pub photos: Vec<Photo>,
    /// What this person may do now.
    pub may: Vec<CommandName>,
    /// Until when the last step of this person can be taken back.
    pub undo_until: Option<Timestamp>,
}
