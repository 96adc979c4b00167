//! What the grid centre sees.

use std::collections::BTreeMap;

use qige_kernel::{CaseId, ObjectId, PersonId, PlaceId, Position, ReportId, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{Due, NearbyCase, Part};
use crate::line_of_life::LifeEntry;
use crate::store::{AskKind, PhotoRole};
use crate::{Attachment, CaseRole, CommandName, MatterKey, Stage, State, Tone, Urgency};

/// One case in the queue.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct QueueRow {
    /// Its id.
    pub id: CaseId,
    /// For the next action on it.
    pub version: i64,
    /// Once it is filed.
    pub number: Option<String>,
    /// Where it stands.
    pub state: State,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// What is the matter, shortened.
    pub words: String,
    /// When its words went because their term was over.
    pub words_erased_at: Option<Timestamp>,
    /// The community it lies in.
    pub community: Option<PlaceId>,
    /// The grid it lies in.
    pub grid: Option<PlaceId>,
    /// How far beside that grid it lies, in metres, where it is only the nearest and nobody has confirmed it.
    pub beside_metres: Option<f64>,
    /// Where it is.
    pub position: Option<Position>,
    /// When its first report came in.
    pub received_at: Timestamp,
    /// Whose clock runs.
    pub stage: Option<Stage>,
    /// When that is over; none while it stands still.
    pub due_at: Option<Timestamp>,
    /// How late it is.
    pub tone: Tone,
    /// Put aside.
    pub suspended: bool,
    /// Its reporter was asked something.
    pub waiting: bool,
    /// A supervisor watches over it.
    pub supervised: bool,
    /// Needs the supervisor: sent back twice, or far over its time.
    pub escalated: bool,
    /// The unit asks for more time.
    pub extension_asked: bool,
    /// With a body outside.
    pub transferred: bool,
    /// Somebody on the ground said that it is so.
    pub verified: bool,
    /// The unit that answers for it.
    pub lead_unit: Option<UnitId>,
    /// The dispatcher who took it in hand last.
    pub dispatcher: Option<PersonId>,
    /// People who reported it. A case has its `reports` one by one under that name.
    #[serde(rename = "reporters")]
    pub reports: i64,
    /// The first photo that has arrived.
    pub photo: Option<ObjectId>,
}

/// How many cases the queue's filter holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueueCounts {
    /// By state; states without cases are left out.
    pub states: BTreeMap<State, i64>,
    /// Three quarters of their time are over.
    pub amber: i64,
    /// Their time is over.
    pub red: i64,
    /// All of them.
    pub total: i64,
    /// They were not counted: more than three thousand have the words that were looked for.
    pub many: bool,
}

/// What one reporter said, for the centre.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReportView {
    /// Its id.
    pub id: ReportId,
    /// The case that it came in with; another one where that was merged into this.
    pub case: CaseId,
    /// Who; none without an account.
    pub person: Option<PersonId>,
    /// In which role.
    pub role: CaseRole,
    /// What the reporter took it for.
    pub matter: Option<MatterKey>,
    /// The words.
    pub words: String,
    /// Where the reporter stood.
    pub position: Option<Position>,
    /// Radius in metres.
    pub accuracy_metres: Option<f64>,
    /// The voice note, until the case is closed.
    pub voice: Option<ObjectId>,
    /// When it was made on the phone.
    pub made_at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// How it reached us.
    pub origin: String,
    /// It joined a case that was there.
    pub joined: bool,
}

/// A photo, for the centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CentrePhoto {
    /// Its id, under which it is fetched.
    pub id: ObjectId,
    /// What it shows.
    pub role: PhotoRole,
    /// The report that it came with.
    pub report: Option<ReportId>,
    /// The unit that handed it in.
    pub unit: Option<UnitId>,
    /// Units may see it.
    pub released: bool,
    /// Its bytes have arrived.
    pub ready: bool,
}

/// Something asked of somebody, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AskView {
    /// Its id.
    pub id: Uuid,
    /// What sort of thing.
    pub kind: AskKind,
    /// Not answered yet.
    pub open: bool,
    /// When.
    pub asked_at: Timestamp,
    /// By whom.
    pub asked_by: Option<PersonId>,
    /// Of whom.
    pub person: Option<PersonId>,
    /// Of which unit, or by which.
    pub unit: Option<UnitId>,
    /// What was asked.
    pub words: Option<String>,
    /// The date asked for, or to look at it again.
    pub until: Option<Timestamp>,
    /// The body outside.
    pub body: Option<String>,
    /// Its reference.
    pub reference: Option<String>,
    /// Yes or no, once answered.
    pub yes: Option<bool>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// By whom.
    pub answered_by: Option<PersonId>,
    /// In which words.
    pub answer: Option<String>,
    /// How satisfied, 1 to 5.
    pub stars: Option<i64>,
}

/// Words about a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CommentView {
    /// Their id.
    pub id: Uuid,
    /// Whose.
    pub person: Option<PersonId>,
    /// In which role.
    pub role: CaseRole,
    /// For the reporter too, and the units.
    pub public: bool,
    /// For the units that have a part in the case.
    pub units: bool,
    /// The words.
    pub words: String,
    /// Files that came with them.
    pub files: Vec<Attachment>,
    /// When.
    pub made_at: Timestamp,
}

/// A case that follows this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MergedCase {
    /// Its id.
    pub id: CaseId,
    /// Its number, where it was filed.
    pub number: Option<String>,
    /// What was the matter, shortened.
    pub words: String,
    /// When its words went because their term was over.
    pub words_erased_at: Option<Timestamp>,
    /// When its first report came in.
    pub received_at: Timestamp,
}

/// The step that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UndoView {
    /// Which command.
    pub command: CommandName,
    /// Until when.
    pub until: Timestamp,
}

/// A case for the grid centre: everything that is kept about it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CentreCase {
    /// As in the queue, but with all of the words.
    #[serde(flatten)]
    pub row: QueueRow,
    /// What units may read of the words.
    pub released_words: Option<String>,
    /// Where, in words.
    pub address: Option<String>,
    /// Radius in metres.
    pub accuracy_metres: Option<f64>,
    /// Its reporter solved it on the spot.
    pub solved: bool,
    /// Whose turn it is, and until when.
    pub due: Option<Due>,
    /// When to look at it again.
    pub review_at: Option<Timestamp>,
    /// Who was asked whether it is so.
    pub verifier: Option<PersonId>,
    /// Who was asked whether it is done.
    pub checker: Option<PersonId>,
    /// Why it was declined.
    pub decline_reason: Option<crate::DeclineReason>,
    /// Times that units sent it back.
    pub send_backs: i64,
    /// Times that a check failed.
    pub reworks: i64,
    /// Extensions granted.
    pub extensions: i64,
    /// Times that it was opened again.
    pub reopenings: i64,
    /// 1 to 5, once given.
    pub rating: Option<i64>,
    /// When it was filed last.
    pub filed_at: Option<Timestamp>,
    /// When it was closed, declined, merged, withdrawn or voided.
    pub ended_at: Option<Timestamp>,
    /// Who reported it, also by way of cases that follow this one.
    pub reports: Vec<ReportView>,
    /// Photos, also those of cases that follow this one.
    pub photos: Vec<CentrePhoto>,
    /// The units' parts.
    pub parts: Vec<Part>,
    /// What was asked.
    pub asks: Vec<AskView>,
    /// What was said.
    pub comments: Vec<CommentView>,
    /// The case that it follows.
    pub main: Option<MergedCase>,
    /// Cases that follow it.
    pub merged: Vec<MergedCase>,
    /// Open cases nearby that may be the same.
    pub similar: Vec<NearbyCase>,
    /// Other open cases nearby, which are said to be about something else.
    pub others: Vec<NearbyCase>,
    /// The unit that most often led this matter, while none leads.
    pub suggested_unit: Option<crate::queries::SuggestedUnit>,
    /// What this person may do now.
    pub may: Vec<CommandName>,
    /// The step that this person can take back.
    pub undo: Option<UndoView>,
    /// What happened.
    pub life: Vec<LifeEntry>,
}
