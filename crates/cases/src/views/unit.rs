//! What the unit that handles a case sees of it: never who reported it (domain.md §2.7).

use qige_kernel::{CaseId, ObjectId, Position, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Due, Part, Photo};
use crate::line_of_life::LifeEntry;
use crate::store::{AskKind, AssignmentState};
use crate::{CommandName, MatterKey, State, Tone, Urgency};

/// Something between the unit and the supervisor that is not settled: an extension asked for, an answer owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnitDemand {
    /// What sort of thing.
    pub kind: AskKind,
    /// In which words.
    pub words: Option<String>,
    /// The date asked for.
    pub until: Option<Timestamp>,
    /// Since when.
    pub asked_at: Timestamp,
}

/// A case for a unit that handles or assists.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct UnitCase {
    /// Its id.
    pub id: CaseId,
    /// For the next action on it.
    pub version: i64,
    /// Its number.
    pub number: Option<String>,
    /// Where it stands.
    pub state: State,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// What the dispatcher released of the words.
    pub words: Option<String>,
    /// When its words went because their term was over.
    pub words_erased_at: Option<Timestamp>,
    /// Where, in words.
    pub address: Option<String>,
    /// Where the thing is.
    pub position: Option<Position>,
    /// Radius in metres.
    pub accuracy_metres: Option<f64>,
    /// When it was reported, to the half hour before.
    pub reported_around: Timestamp,
    /// Whose turn it is, and until when.
    pub due: Option<Due>,
    /// Put aside until the date of review.
    pub suspended: bool,
    /// A supervisor watches over it.
    pub supervised: bool,
    /// Times that a check failed.
    pub reworks: i64,
    /// The part of this unit, as it is now.
    pub part: Part,
    /// The parts of the other units.
    pub others: Vec<Part>,
    /// What is not settled between this unit and the supervisor.
    pub demands: Vec<UnitDemand>,
    /// Released photos, and those that units handed in.
    pub photos: Vec<Photo>,
    /// What this unit may do now.
    pub may: Vec<CommandName>,
    /// Until when the last step of this person can be taken back.
    pub undo_until: Option<Timestamp>,
    /// What happened since it was sent out.
    pub life: Vec<LifeEntry>,
}

/// One case in a unit's list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct UnitRow {
    /// Its id.
    pub id: CaseId,
    /// For the next action on it.
    pub version: i64,
    /// Its number.
    pub number: Option<String>,
    /// Where it stands.
    pub state: State,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// What the dispatcher released of the words, shortened.
    pub words: Option<String>,
    /// When its words went because their term was over.
    pub words_erased_at: Option<Timestamp>,
    /// Where, in words.
    pub address: Option<String>,
    /// Where the thing is.
    pub position: Option<Position>,
    /// Which unit the row speaks of.
    pub unit: UnitId,
    /// It answers for the whole.
    pub lead: bool,
    /// How far it is.
    pub part: AssignmentState,
    /// When the running clock is over.
    pub due_at: Option<Timestamp>,
    /// How late it is.
    pub tone: Tone,
    /// Put aside.
    pub suspended: bool,
    /// A supervisor watches over it.
    pub supervised: bool,
    /// The first released photo that has arrived.
    pub photo: Option<ObjectId>,
}
