//! Where cases are.

use qige_kernel::{CaseId, ObjectId, Position, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::duplicates::Likeness;
use crate::{MatterKey, State, Tone, Urgency};

/// One case on the map of the grid centre.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MapPoint {
    /// Its id.
    pub id: CaseId,
    /// Its number, once it is filed.
    pub number: Option<String>,
    /// Where it is.
    pub position: Position,
    /// Where it stands.
    pub state: State,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// How late it is.
    pub tone: Tone,
}

/// A mark on the map.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "mark", rename_all = "kebab-case")]
pub enum MapMark {
    /// A case.
    Case(MapPoint),
    /// Several, too close to be told apart at this scale.
    Cluster {
        /// Their middle.
        position: Position,
        /// How many.
        count: i64,
        /// How many of them are over their time.
        red: i64,
    },
}

/// What lies in a window of the map.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MapWindow {
    /// Cases one by one, or clusters where they would be too many.
    pub marks: Vec<MapMark>,
    /// All cases in the window.
    pub total: i64,
    /// The marks are clusters.
    pub clustered: bool,
}

/// An open case near a point that may be the same thing.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NearbyCase {
    /// Its id.
    pub id: CaseId,
    /// Its number, once it is filed.
    pub number: Option<String>,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// Where it stands.
    pub state: State,
    /// What the dispatcher released of the words.
    pub words: Option<String>,
    /// When it was reported, to the half hour before.
    pub reported_around: Timestamp,
    /// People who reported it.
    pub reports: i64,
    /// A released photo that has arrived.
    pub photo: Option<ObjectId>,
    /// Why it may be the same.
    #[serde(flatten)]
    pub likeness: Likeness,
}

/// What is probably reported more than once.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Repeats {
    /// Thing by thing, what was reported again last comes first.
    pub things: Vec<Repeated>,
    /// All open cases were compared; else only the newest.
    pub all: bool,
}

/// Open cases that are probably of one thing.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Repeated {
    /// The first that came in, then the others.
    pub cases: Vec<RepeatedCase>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RepeatedCase {
    /// Its id.
    pub id: CaseId,
    /// Its number, once it is filed.
    pub number: Option<String>,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// Where it stands.
    pub state: State,
    /// What is the matter, shortened.
    pub words: String,
    /// Where it is.
    pub position: Position,
    /// When its first report came in.
    pub received_at: Timestamp,
    /// Why it is probably the same as the first; none for the first.
    pub likeness: Option<Likeness>,
}
