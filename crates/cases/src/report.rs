//! A report comes in: the busiest command, so it writes few statements, decides from what it was given, and
//! waits for nobody.
//!
//! The same report sent twice, also at the same time, is one report: whoever comes second gets the first
//! one's receipt, whatever else the second one says.

mod rows;

use std::sync::Arc;

use qige_db::journal::SALT_BYTES;
use qige_db::{Asker, AtOnce, Command, DbError, Failure, Isolation, Tx};
use qige_jobs::NewJob;
use qige_kernel::{
    Accuracy, CaseId, ClockId, Entropy, ObjectId, PersonId, PlaceId, Position, Refusal, RefusalKind,
    ReportId, Timestamp, WorkCalendar,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::search::SEARCH_CASE;
use crate::store::{self, CaseRow, INSERT_FIRST_REPORT, INSERT_REPORT, PhotoRole};
use crate::text_enum::text_enum;
use crate::{CaseRole, MatterKey, Policy, redaction};
pub use rows::Ready;
use rows::Rows;

/// Photos that one report brings at most.
pub const MAX_REPORT_PHOTOS: usize = 9;

text_enum! {
    /// How a report reached us.
    Origin {
        /// The form on a page.
        Web = "web",
        /// The outbox of a phone.
        Phone = "phone",
        /// Written down by a dispatcher.
        Centre = "centre",
        /// Another program.
        Api = "api",
        /// From paper or chat groups, with its old dates.
        Imported = "imported",
    }
}

/// Who reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// Somebody with an account, in this role.
    Person(PersonId, CaseRole),
    /// Somebody without one.
    Stranger,
}

impl Reporter {
    /// In which role.
    #[must_use]
    pub const fn role(self) -> CaseRole {
        match self {
            Self::Person(_, role) => role,
            Self::Stranger => CaseRole::Reporter,
        }
    }

    /// The account, where there is one.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person, _) => Some(person),
            Self::Stranger => None,
        }
    }
}

/// A photo that came with the report or is still on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhotoRef {
    /// Its own id, chosen on the phone; later the stored object's.
    pub id: ObjectId,
    /// What it shows.
    pub role: PhotoRole,
}

/// A report, ready to be written.
#[derive(Clone, Debug)]
pub struct NewReport {
    /// Its id, chosen where it was made: the key of doing it once.
    pub id: ReportId,
    /// The case that it opens, unless it joins one or was sent before.
    pub case: CaseId,
    /// The case's first clock.
    pub clock: ClockId,
    /// Who reports.
    pub by: Reporter,
    /// SHA-256 of the code by which it is followed; none for people with an account, who have a list.
    pub follow_code_hash: Option<[u8; 32]>,
    /// What it is about, if the reporter chose.
    pub matter: Option<MatterKey>,
    /// In the reporter's words.
    pub words: String,
    /// Where; none for an unlocated case.
    pub position: Option<Position>,
    /// How far off that may be.
    pub accuracy: Option<Accuracy>,
    /// The community that the caller found there.
    pub community: Option<PlaceId>,
    /// The grid that the caller found there.
    pub grid: Option<PlaceId>,
    /// How far beside that grid it lies, in metres, where it is only the nearest one.
    pub beside_metres: Option<f64>,
    /// Photos, here or on their way.
    pub photos: Vec<PhotoRef>,
    /// A voice note, for the dispatcher alone.
    pub voice: Option<ObjectId>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Now.
    pub received_at: Timestamp,
    /// "Me too" of a case that was there.
    pub joins: Option<CaseId>,
    /// Put right on the spot.
    pub solved: bool,
    /// How it reached us.
    pub origin: Origin,
    /// Chance for the journal's line.
    pub salt: [u8; SALT_BYTES],
    /// Working hours.
    pub calendar: Arc<WorkCalendar>,
    /// The tenant's settings.
    pub policy: Arc<Policy>,
    /// What was worked out before its turn came; empty to begin with.
    pub ready: Ready,
}

/// An id for a new case. Ids carry the millisecond they were drawn in (RFC 9562 §5.7), and units see the id
/// of a case: so it carries the half hour, as everything that units see of when a report was made (domain.md
/// §2.7). Within it they sort as the numbers do that cases are given later.
#[must_use]
pub fn new_case_id(entropy: &Entropy, now: Timestamp) -> CaseId {
    entropy.id_in_order(redaction::to_half_hour(now))
}

/// What the reporter is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The report.
    pub report: ReportId,
    /// Its case: a new one, or the one that it joined.
    pub case: CaseId,
    /// When it reached us.
    pub at: Timestamp,
    /// It joined a case that was there.
    pub joined: bool,
    /// It had reached us before; nothing was written now.
    pub again: bool,
}

impl Command for NewReport {
    type Output = Receipt;
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    fn prepare(&mut self, asker: Asker) {
        // What may join another case is worked out when that one was looked at.
        if self.joins.is_none() {
            self.ready = Ready(Some(self.opening(asker)));
        }
    }

    fn at_once(&self, _asker: Asker) -> Option<AtOnce<'_, Receipt>> {
        let Some(Ok(rows)) = &self.ready.0 else { return None };
        let changes = std::iter::once((INSERT_FIRST_REPORT, rows.report.as_slice())).chain(rows.others());
        Some(AtOnce { changes: changes.collect(), output: self.opened(), news: vec![("case", self.case.0)] })
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Receipt, Failure> {
        if let Some(ready) = &self.ready.0 {
            let rows = ready.as_ref().map_err(Refusal::clone)?;
            return self.open_case(tx, rows).await;
        }
        match self.joined_case(tx).await? {
            Some(row) => self.join(tx, &row).await,
            None => {
                let rows = self.opening(tx.asker())?;
                self.open_case(tx, &rows).await
            }
        }
    }
}

impl NewReport {
    /// The case that it joins: the one that was named or the one which that follows by now, while it is open.
    /// Whoever was offline when it was closed has a case of their own.
    async fn joined_case(&self, tx: &mut Tx<'_>) -> Result<Option<CaseRow>, DbError> {
        let Some(named) = self.joins.filter(|_| !self.solved) else { return Ok(None) };
        let Some(row) = store::by_id(tx, named).await? else { return Ok(None) };
        let row = match row.main_case {
            Some(main) => store::by_id(tx, main).await?,
            None => Some(row),
        };
        Ok(row.filter(|row| row.open))
    }

    async fn open_case(&self, tx: &mut Tx<'_>, rows: &Rows) -> Result<Receipt, Failure> {
        self.write(tx, rows, self.case, self.opened()).await
    }

    /// One more reporter of a case.
    async fn join(&self, tx: &mut Tx<'_>, row: &CaseRow) -> Result<Receipt, Failure> {
        let case = row.id;
        let rows = self.joining(tx.asker(), case, row.matter)?;
        if let Some(person) = self.by.person()
            && store::reported_by(tx, case, person, Some(self.id)).await?
        {
            return Err(Refusal::new(RefusalKind::Conflict, "joined-already").into());
        }
        let receipt = self.write(tx, &rows, case, self.receipt(case, self.received_at, true, false)).await?;
        let again = NewJob::new(SEARCH_CASE, json!({ "case": case }), self.received_at);
        qige_jobs::enqueue(tx, again).await?;
        Ok(receipt)
    }

    async fn write(
        &self,
        tx: &mut Tx<'_>,
        rows: &Rows,
        case: CaseId,
        receipt: Receipt,
    ) -> Result<Receipt, Failure> {
        let first: Option<(ReportId,)> = tx.optional(INSERT_REPORT, &rows.report).await?;
        if first.is_none() {
            return self.earlier(tx).await;
        }
        tx.execute_all(&rows.others().collect::<Vec<_>>()).await?;
        tx.announce("case", case.0);
        Ok(receipt)
    }

    /// The receipt of the report that came first under this id.
    async fn earlier(&self, tx: &mut Tx<'_>) -> Result<Receipt, Failure> {
        let Some(earlier) = store::report_by_id(tx, self.id).await? else {
            return Err(DbError::Unique("reports.follow_code_hash".to_owned()).into());
        };
        Ok(self.receipt(earlier.case_id, earlier.received_at, earlier.joined, true))
    }

    fn opened(&self) -> Receipt {
        self.receipt(self.case, self.received_at, false, false)
    }

    fn receipt(&self, case: CaseId, at: Timestamp, joined: bool, again: bool) -> Receipt {
        Receipt { report: self.id, case, at, joined, again }
    }
}
