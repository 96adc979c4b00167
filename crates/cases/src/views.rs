//! What each audience sees of a case. What an audience must not see has no field in its type.
//!
//! | file | audience |
//! | --- | --- |
//! | `reporter.rs` | [`ReporterCase`]: who reported it; [`FollowerCase`]: who holds its follow code |
//! | `unit.rs` | [`UnitCase`], [`UnitRow`]: who handles it, without reporter, voice or exact time |
//! | `centre.rs` | [`CentreCase`], [`QueueRow`], [`QueueCounts`]: the grid centre |
//! | `listed.rs` | [`ListedCase`]: whoever gets a file of cases from the centre |
//! | `ground.rs` | [`GroundTask`]: who verifies or checks it on the spot |
//! | `wall.rs` | [`Wall`]: whoever stands before the wall; counts only |
//! | `map.rs` | [`MapWindow`], [`NearbyCase`]: where cases are; [`Repeats`]: which are probably the same |
//!
//! Never here: texts. Codes and arguments become sentences in the locale files.

mod centre;
mod ground;
mod listed;
mod map;
mod reporter;
mod unit;
mod wall;

use qige_kernel::{ObjectId, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::store::{AssignmentState, PhotoRole};
pub use centre::{AskView, CentreCase, CentrePhoto, CommentView, MergedCase, QueueCounts, QueueRow};
pub use centre::{ReportView, UndoView};
pub use ground::{GroundCase, GroundKind, GroundTask};
pub use listed::ListedCase;
pub use map::{MapMark, MapPoint, MapWindow, NearbyCase, Repeated, RepeatedCase, Repeats};
pub use reporter::{FollowerCase, MainCase, OwnReport, OwnReportRow, QuestionView, ReporterCase};
pub use unit::{UnitCase, UnitDemand, UnitRow};
pub use wall::{Closed, Wall, WallFunnel, WallMatter, WallPlace, WallUnit};

/// A photo as it is shown to those who may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Photo {
    /// Its id, under which it is fetched.
    pub id: ObjectId,
    /// What it shows.
    pub role: PhotoRole,
    /// Its bytes have arrived; else it is still on its way from the phone.
    pub ready: bool,
}

/// A clock as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Due {
    /// Whose turn it is.
    pub stage: crate::Stage,
    /// When the time is over; none while the clock stands still.
    pub at: Option<Timestamp>,
    /// When three quarters of it are over.
    pub amber_at: Option<Timestamp>,
    /// How late it is.
    pub tone: crate::Tone,
    /// The clock stands still.
    pub stopped: bool,
}

/// A unit's part in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    /// Which unit.
    pub unit: UnitId,
    /// Answers for the whole.
    pub lead: bool,
    /// How far it is.
    pub state: AssignmentState,
    /// When it was told.
    pub assigned_at: Timestamp,
    /// When its part ended.
    pub done_at: Option<Timestamp>,
    /// What it said.
    pub note: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; none on the last one.
    pub next: Option<String>,
}
