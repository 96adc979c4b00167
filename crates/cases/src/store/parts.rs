//! The rows beside a case's own row that commands change: all of one shape, so that saving, journalling and
//! undoing them is written once.

use qige_db::{
    Cell, DbError, FromColumn, Json, Param, Statement, ToParam, Tx, from_row, params, statements, values,
};
use qige_kernel::{AssignmentId, CaseId, ClockId, ObjectId, PersonId, ReportId, TenantId, Timestamp, UnitId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::kinds::{AskKind, AssignmentState, PhotoRole};
use crate::attachment::Files;
use crate::deadlines::Clock;
use crate::{CaseRole, State};

statements! {
    /// A photo, or what is known of it now.
    PUT_PHOTO = "INSERT INTO case_photos (tenant, id, case_id, report, unit, role, released, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, id) DO UPDATE SET
        released = excluded.released WHERE case_photos.case_id = excluded.case_id";
    /// A photo of a report, unless it is known already: then it stays as it is, whatever case it belongs to.
    ADD_PHOTO = "INSERT INTO case_photos (tenant, id, case_id, report, unit, role, released, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, id) DO NOTHING";
    /// As if it had never been.
    REMOVE_PHOTO = "DELETE FROM case_photos WHERE tenant = $1 AND case_id = $2 AND id = $3";
    /// The photos of a case, oldest first.
    PHOTOS_OF = "SELECT * FROM case_photos WHERE tenant = $1 AND case_id = $2 ORDER BY added_at, id";
    /// A unit's part, or what is known of it now.
    PUT_ASSIGNMENT = "INSERT INTO case_assignments (tenant, id, case_id, unit, lead, state, open, note,
        assigned_at, accepted_at, accepted_by, done_at, done_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (tenant, id) DO UPDATE SET state = excluded.state, open = excluded.open,
        note = excluded.note, accepted_at = excluded.accepted_at, accepted_by = excluded.accepted_by,
        done_at = excluded.done_at, done_by = excluded.done_by";
    /// As if it had never been.
    REMOVE_ASSIGNMENT = "DELETE FROM case_assignments WHERE tenant = $1 AND case_id = $2 AND id = $3";
    /// The units' parts in a case, oldest first; of those told together the lead before the others.
    ASSIGNMENTS_OF = "SELECT * FROM case_assignments WHERE tenant = $1 AND case_id = $2
        ORDER BY assigned_at, lead DESC, id";
    /// Something asked, or how it was answered.
    PUT_ASK = "INSERT INTO case_asks (tenant, id, case_id, kind, open, asked_at, asked_by, person, unit,
        words, until, body, reference, yes, answered_at, answered_by, answer, stars) VALUES ($1, $2, $3, $4,
        $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (tenant, id) DO UPDATE
        SET open = excluded.open, words = excluded.words, body = excluded.body, reference =
        excluded.reference, yes = excluded.yes, answered_at = excluded.answered_at, answered_by =
        excluded.answered_by, answer = excluded.answer, stars = excluded.stars";
    /// As if it had never been.
    REMOVE_ASK = "DELETE FROM case_asks WHERE tenant = $1 AND case_id = $2 AND id = $3";
    /// What was asked about a case, oldest first.
    ASKS_OF = "SELECT * FROM case_asks WHERE tenant = $1 AND case_id = $2 ORDER BY asked_at, id";
    /// A clock, or how it stands now.
    PUT_CLOCK = "INSERT INTO case_clocks (tenant, id, case_id, stage, unit, clock, started_at, due_at,
        stopped, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (tenant, case_id, id) DO UPDATE SET unit = excluded.unit, clock = excluded.clock,
        due_at = excluded.due_at, stopped = excluded.stopped, ended_at = excluded.ended_at";
    /// As if it had never been.
    REMOVE_CLOCK = "DELETE FROM case_clocks WHERE tenant = $1 AND case_id = $2 AND id = $3";
    /// The clocks of a case, oldest first.
    CLOCKS_OF = "SELECT id, case_id, unit, clock FROM case_clocks
        WHERE tenant = $1 AND case_id = $2 ORDER BY started_at, id";
    /// A merge, or how it ended.
    PUT_MERGE = "INSERT INTO case_merges (tenant, id, case_id, main_case, from_state, merged_at, unmerged_at,
        reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (tenant, id) DO UPDATE SET unmerged_at = excluded.unmerged_at, reason =
        excluded.reason";
    /// As if it had never been.
    REMOVE_MERGE = "DELETE FROM case_merges WHERE tenant = $1 AND case_id = $2 AND id = $3";
    /// Which cases a case followed, oldest first.
    MERGES_OF = "SELECT * FROM case_merges WHERE tenant = $1 AND case_id = $2 ORDER BY merged_at, id";
    /// The same, by their ids alone.
    MAINS_OF = "SELECT DISTINCT main_case FROM case_merges WHERE tenant = $1 AND case_id = $2
        ORDER BY main_case";
    /// Words about a case.
    PUT_COMMENT = "INSERT INTO case_comments (tenant, id, case_id, person, role, unit, public, units, words,
        attachments, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant, id) DO UPDATE SET words = excluded.words, attachments = excluded.attachments";
    /// As if it had never been.
    REMOVE_COMMENT = "DELETE FROM case_comments WHERE tenant = $1 AND case_id = $2 AND id = $3";
    /// What was said about a case, oldest first.
    COMMENTS_OF = "SELECT * FROM case_comments WHERE tenant = $1 AND case_id = $2 ORDER BY made_at, id";
}

from_row! {
    /// A photo of a case; its bytes may still be on their way.
    #[derive(PartialEq, Serialize, Deserialize)]
    pub struct PhotoRow {
        /// The photo's own id, and the stored object's.
        pub id: ObjectId,
    /// Of which case.
        pub case_id: CaseId,
        /// The report that it came with.
        pub report: Option<ReportId>,
        /// The unit that handed it in.
        pub unit: Option<UnitId>,
        /// What it shows.
        pub role: PhotoRole,
        /// The dispatcher lets units see it.
        pub released: bool,
        /// When it was announced.
        pub added_at: Timestamp,
    }
}

from_row! {
    /// One unit's part in a case.
    #[derive(PartialEq, Serialize, Deserialize)]
    pub struct AssignmentRow {
    /// Its id.
        pub id: AssignmentId,
        /// In which case.
        pub case_id: CaseId,
        /// Which unit.
        pub unit: UnitId,
        /// Answers for the whole.
        pub lead: bool,
        /// How far it is.
        pub state: AssignmentState,
        /// Still in the unit's list.
        pub open: bool,
        /// What the unit said when it handed in or sent back.
        pub note: Option<String>,
        /// When the unit was told.
        pub assigned_at: Timestamp,
        /// When it began.
        pub accepted_at: Option<Timestamp>,
        /// Who began it.
        pub accepted_by: Option<PersonId>,
        /// When its part ended, one way or another.
        pub done_at: Option<Timestamp>,
        /// Who handed it in.
        pub done_by: Option<PersonId>,
    }
}

from_row! {
    /// Something asked of somebody about a case.
    #[derive(PartialEq, Serialize, Deserialize)]
    pub struct AskRow {
    /// Its id.
        pub id: Uuid,
        /// About which case.
        pub case_id: CaseId,
        /// What sort of thing.
        pub kind: AskKind,
        /// Not answered yet.
        pub open: bool,
        /// When.
        pub asked_at: Timestamp,
        /// By whom; none for rules and for people without an account.
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
}

from_row! {
    /// A stage's clock.
    #[derive(PartialEq, Serialize, Deserialize)]
    pub struct ClockRow {
    /// Its id.
        pub id: ClockId,
    /// Of which case.
        pub case_id: CaseId,
        /// The unit that is to be on time.
        pub unit: Option<UnitId>,
        /// Its stage, its intervals, and every due date that it has had.
        pub clock: Clock,
    }
}

from_row! {
    /// One case following another.
    #[derive(PartialEq, Serialize, Deserialize)]
    pub struct MergeRow {
    /// Its id.
        pub id: Uuid,
        /// The case that follows.
        pub case_id: CaseId,
        /// The one that it follows.
        pub main_case: CaseId,
        /// Where un-merging leads back to.
        pub from_state: State,
        /// When.
        pub merged_at: Timestamp,
        /// When that ended.
        pub unmerged_at: Option<Timestamp>,
        /// Why.
        pub reason: Option<String>,
    }
}

from_row! {
    /// Words about a case.
    #[derive(PartialEq, Serialize, Deserialize)]
    pub struct CommentRow {
        /// Their id.
        pub id: Uuid,
        /// About which case.
        pub case_id: CaseId,
        /// Whose; none for people without an account.
        pub person: Option<PersonId>,
        /// In which role.
        pub role: CaseRole,
        /// Of which unit.
        pub unit: Option<UnitId>,
        /// For the reporter too.
        pub public: bool,
        /// For the units that have a part in it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub units: bool,
        /// The words.
        pub words: String,
        /// Files that came with them.
        #[serde(default, skip_serializing_if = "Files::is_empty")]
        pub attachments: Files,
        /// When.
        pub made_at: Timestamp,
    }
}

/// A row that belongs to a case and is saved, journalled and undone like every other.
pub(crate) trait Part: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync {
    /// Its name in the journal.
    const NAME: &'static str;
    /// Takes it away, by tenant, case and id.
    const REMOVE: &'static Statement;
    /// Writes it as it is now.
    const PUT: &'static Statement;

    /// Its id.
    fn id(&self) -> Uuid;
    /// Of which case.
    fn case(&self) -> CaseId;
    /// The values of [`Part::PUT`].
    fn values(&self, tenant: TenantId) -> Vec<Param>;
}

macro_rules! part {
    ($type:ident, $name:literal, $put:ident, $remove:ident, $self:ident, [$($value:expr),* $(,)?]) => {
        impl Part for $type {
            const NAME: &'static str = $name;
            const PUT: &'static Statement = $put;
            const REMOVE: &'static Statement = $remove;

            fn id(&self) -> Uuid {
                self.id.into()
            }

            fn case(&self) -> CaseId {
                self.case_id
            }

            fn values(&$self, tenant: TenantId) -> Vec<Param> {
                values![tenant, $self.id, $self.case_id, $($value),*]
            }
        }
    };
}

part!(
    PhotoRow,
    "photos",
    PUT_PHOTO,
    REMOVE_PHOTO,
    self,
    [self.report, self.unit, self.role, self.released, self.added_at]
);
part!(
    AssignmentRow,
    "assignments",
    PUT_ASSIGNMENT,
    REMOVE_ASSIGNMENT,
    self,
    [
        self.unit,
        self.lead,
        self.state,
        self.open,
        self.note,
        self.assigned_at,
        self.accepted_at,
        self.accepted_by,
        self.done_at,
        self.done_by
    ]
);
part!(
    AskRow,
    "asks",
    PUT_ASK,
    REMOVE_ASK,
    self,
    [
        self.kind,
        self.open,
        self.asked_at,
        self.asked_by,
        self.person,
        self.unit,
        self.words,
        self.until,
        self.body,
        self.reference,
        self.yes,
        self.answered_at,
        self.answered_by,
        self.answer,
        self.stars
    ]
);
part!(
    MergeRow,
    "merges",
    PUT_MERGE,
    REMOVE_MERGE,
    self,
    [self.main_case, self.from_state, self.merged_at, self.unmerged_at, self.reason]
);
part!(
    CommentRow,
    "comments",
    PUT_COMMENT,
    REMOVE_COMMENT,
    self,
    [self.person, self.role, self.unit, self.public, self.units, self.words, self.attachments, self.made_at]
);

impl Part for ClockRow {
    const NAME: &'static str = "clocks";
    const PUT: &'static Statement = PUT_CLOCK;
    const REMOVE: &'static Statement = REMOVE_CLOCK;

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn case(&self) -> CaseId {
        self.case_id
    }

    fn values(&self, tenant: TenantId) -> Vec<Param> {
        let Self { id, case_id, unit, clock } = self;
        let (stage, started, stopped, ended) = (clock.stage, clock.started, clock.is_stopped(), clock.ended);
        values![tenant, id, case_id, stage, unit, clock, started, due_at(clock), stopped, ended]
    }
}

/// By what lists have a clock: its due date as it stands now, or stood last while it is stopped.
pub(crate) fn due_at(clock: &Clock) -> Timestamp {
    clock.dues.last().map_or(clock.started, |due| due.due)
}

impl ToParam for Clock {
    fn to_param(&self) -> Param {
        Json(self).to_param()
    }
}

impl FromColumn for Clock {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Json::from_cell(cell).map(|Json(clock)| clock)
    }
}

/// The units' parts in a case, oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn assignments_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<AssignmentRow>, DbError> {
    tx.all(ASSIGNMENTS_OF, params![tx.tenant(), case]).await
}

/// Every case that this one follows or followed.
///
/// # Errors
/// [`DbError`].
pub async fn mains_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<CaseId>, DbError> {
    let rows: Vec<(CaseId,)> = tx.all(MAINS_OF, params![tx.tenant(), case]).await?;
    Ok(rows.into_iter().map(|(main,)| main).collect())
}
