//! A case as a file of the centre says it.

use qige_db::from_row;
use qige_kernel::{CaseId, PlaceId, Position, Timestamp, UnitId};

use crate::store::position;
use crate::{DeclineReason, MatterKey, Stage, State, Tone, Urgency};

from_row! {
    /// One case in a file that leaves the centre. It is read by whoever gets the file: so nothing of who
    /// reported it, how content they were or who at the centre had it in hand has a field here.
    pub struct ListedCase {
        /// Its id.
        pub id: CaseId,
        /// Once it is filed.
        pub number: Option<String>,
        /// Where it stands.
        pub state: State,
        /// What it is about.
        pub matter: Option<MatterKey>,
        /// How soon.
        pub urgency: Option<Urgency>,
        /// What is the matter, all of it.
        pub words: String,
        /// When its words went because their term was over.
        pub words_erased_at: Option<Timestamp>,
        /// Where, in words.
        pub address: Option<String>,
        /// The community it lies in.
        pub community: Option<PlaceId>,
        /// The grid it lies in.
        pub grid: Option<PlaceId>,
        pub(crate) lng: Option<f64>,
        pub(crate) lat: Option<f64>,
        /// The unit that answers for it.
        pub lead_unit: Option<UnitId>,
        /// When its first report came in.
        pub received_at: Timestamp,
        /// When it was filed last.
        pub filed_at: Option<Timestamp>,
        /// When it was given to a unit last.
        pub dispatched_at: Option<Timestamp>,
        /// When the unit said last that it is done.
        pub handled_at: Option<Timestamp>,
        /// When it was closed, declined, merged, withdrawn or voided.
        pub ended_at: Option<Timestamp>,
        /// Whose clock runs.
        pub stage: Option<Stage>,
        /// When that is over; none while it stands still.
        pub due_at: Option<Timestamp>,
        pub(crate) amber_at: Option<Timestamp>,
        pub(crate) over_at: Option<Timestamp>,
        pub(crate) late_at: i64,
        /// Put aside.
        pub suspended: bool,
        /// Its reporter was asked something.
        pub question_open: bool,
        /// A supervisor watches over it.
        pub supervised: bool,
        pub(crate) escalated: bool,
        /// The unit asks for more time.
        pub extension_asked: bool,
        /// With a body outside.
        pub transferred: bool,
        /// Somebody on the ground said that it is so.
        pub verified: bool,
        /// Its reporter solved it on the spot.
        pub solved: bool,
        /// Why it was declined.
        pub decline_reason: Option<DeclineReason>,
        /// Times that units sent it back.
        pub send_backs: i64,
        /// Times that a check failed.
        pub reworks: i64,
        /// Times that it was opened again.
        pub reopenings: i64,
        /// How many reports speak of it.
        pub reports: i64,
    }
}

impl ListedCase {
    /// Where it is.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        position(self.lng, self.lat)
    }

    /// How late it is at `now`.
    #[must_use]
    pub fn tone(&self, now: Timestamp) -> Tone {
        Tone::at(now, self.amber_at, self.due_at)
    }

    /// Whether it needs the supervisor at `now`: sent back twice, or far over its time.
    #[must_use]
    pub fn is_escalated(&self, now: Timestamp) -> bool {
        self.escalated || self.over_at.is_some_and(|over_at| now >= over_at)
    }
}
