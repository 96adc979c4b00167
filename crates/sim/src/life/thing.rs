//! One thing that was noticed, and how far it has come.

use qige_kernel::{CaseId, Entropy, ObjectId, PlaceId, ReportId};

use crate::plan::{Course, Fate, Noticed};

/// One thing that was noticed.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) report: ReportId,
    pub(super) case: Option<CaseId>,
    pub(super) community: Option<PlaceId>,
    /// Ids of its photos, in the order of before and after.
    pub(super) photos: Vec<ObjectId>,
    /// Seed of its photos; none without.
    pub(super) photo: Option<u64>,
    /// What is still to come of what the plan foresees.
    pub(super) course: Course,
    /// It was declined once.
    pub(super) declined: bool,
    /// The unit has handed it in so often.
    pub(super) handed_in: u32,
}

impl Thing {
    pub(super) fn new(noticed: &Noticed, entropy: &Entropy) -> Self {
        let course = match noticed.fate {
            Fate::Handled(course) => course,
            Fate::OnTheSpot | Fate::Withdrawn | Fate::Declined { .. } => Course::default(),
        };
        Self {
            report: entropy.id(noticed.at),
            case: None,
            community: None,
            photos: Vec::new(),
            photo: noticed.photo,
            course,
            declined: false,
            handed_in: 0,
        }
    }
}
