//! A report comes in: the busiest command, so it writes few statements, decides from what it was given, and
//! waits for nobody.
//!
//! The same report sent twice, also at the same time, is one report: whoever comes second gets the first
//! one's receipt, whatever else the second one says.

use std::sync::Arc;

use qige_db::journal::{self, Entry, SALT_BYTES, Stream};
use qige_db::{Asker, Command, DbError, Failure, Isolation, Param, Statement, Tx, values};
use qige_kernel::{
    Accuracy, CaseId, ClockId, Entropy, ObjectId, PersonId, PlaceId, Position, Refusal, RefusalKind,
    ReportId, Timestamp, WorkCalendar,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalogue::{Catalogue, PhotoRule};
use crate::deadlines::first_clock;
use crate::perform::clocks;
use crate::store::{
    self, ADD_PHOTO, CaseRow, Dossier, FirstChanges, FirstLine, INSERT_CASE, INSERT_REPORT, PUT_CLOCK, Part,
    PhotoRole, PhotoRow, SaidReport,
};
use crate::text_enum::text_enum;
use crate::words::{self, MAX_WORDS_CHARS};
use crate::workflow::{Beginning, check_beginning};
use crate::{CaseRole, CommandName, MatterKey, Policy, State, redaction};

/// Photos that one report brings at most.
pub const MAX_REPORT_PHOTOS: usize = 9;
/// How far a phone's clock may be ahead of ours before its own time is no longer believed, microseconds.
const MAX_AHEAD_MICROS: i64 = 10 * Timestamp::MINUTE;

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

/// The rows of a report that opens a case, worked out before its turn came; or why it is refused.
#[derive(Clone, Debug, Default)]
pub struct Ready(Option<Result<Rows, Refusal>>);

/// Rows to be written, each with its statement.
type Writes = Vec<(&'static Statement, Vec<Param>)>;

#[derive(Clone, Debug)]
struct Rows {
    report: Vec<Param>,
    case: Writes,
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
            self.ready = Ready(Some(self.rows(asker)));
        }
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Receipt, Failure> {
        if let Some(ready) = &self.ready.0 {
            let rows = ready.as_ref().map_err(Refusal::clone)?;
            return self.open_case(tx, rows).await;
        }
        match self.joined_case(tx).await? {
            Some(case) => self.join(tx, case).await,
            None => {
                let rows = self.rows(tx.asker())?;
                self.open_case(tx, &rows).await
            }
        }
    }
}

/// What is left to know once a report was found to be in order.
struct Checked {
    words: String,
    state: State,
    made_at: Timestamp,
}

impl NewReport {
    fn check(&self) -> Result<Checked, Refusal> {
        if self.photos.len() > MAX_REPORT_PHOTOS {
            return Err(Refusal::invalid("photos", "too-many-photos").with("max", MAX_REPORT_PHOTOS));
        }
        let state = check_beginning(&Beginning {
            solved: self.solved,
            role: self.by.role(),
            matter: self.matter,
            words: &self.words,
            photos: u32::try_from(self.photos.len()).unwrap_or(u32::MAX),
            voice: self.voice.is_some(),
            located: self.position.is_some(),
        })?;
        let both = [PhotoRole::Before, PhotoRole::After];
        if self.solved && !both.iter().all(|role| self.photos.iter().any(|photo| photo.role == *role)) {
            return Err(Refusal::invalid("photos", "before-and-after-missing"));
        }
        let words = words::clean("words", &self.words, MAX_WORDS_CHARS)?;
        let ahead = self.made_at.since(self.received_at) > MAX_AHEAD_MICROS;
        let made_at = if ahead { self.received_at } else { self.made_at };
        Ok(Checked { words, state, made_at })
    }

    /// The case that it joins: the one that was named or the one which that follows by now, while it is open.
    /// Whoever was offline when it was closed has a case of their own.
    async fn joined_case(&self, tx: &mut Tx<'_>) -> Result<Option<CaseId>, DbError> {
        let Some(named) = self.joins.filter(|_| !self.solved) else { return Ok(None) };
        let Some(row) = store::by_id(tx, named).await? else { return Ok(None) };
        let row = match row.main_case {
            Some(main) => store::by_id(tx, main).await?,
            None => Some(row),
        };
        Ok(row.filter(|row| row.open).map(|row| row.id))
    }

    /// The rows of a report that opens a case.
    fn rows(&self, asker: Asker) -> Result<Rows, Refusal> {
        let checked = self.check()?;
        let report = self.report_values(asker, self.case, &checked);
        Ok(Rows { report, case: self.case_rows(asker, &checked) })
    }

    fn case_rows(&self, asker: Asker, checked: &Checked) -> Writes {
        let mut dossier = Dossier::of(self.row(checked));
        let first = first_clock(checked.state, self.matter, &self.policy);
        clocks::apply(&mut dossier, first, self.clock, self.received_at, &self.calendar, &self.policy);
        let Dossier { row, clocks, .. } = dossier;
        let command = if self.solved { CommandName::SolveOnSpot } else { CommandName::Report };
        let photos = self.photo_rows(row.id);
        let changes = FirstChanges::of(&row, &clocks, &photos);
        let body = json_text(&FirstLine { report: self.said(checked), changes });
        let line = journal::beginning(asker, self.entry("case", row.id.into(), command, &body));
        let tenant = asker.tenant;
        let mut writes: Writes = vec![(INSERT_CASE, row.values(tenant))];
        writes.extend(clocks.iter().map(|clock| (PUT_CLOCK, clock.values(tenant))));
        writes.extend(photos.iter().map(|photo| (ADD_PHOTO, photo.values(tenant))));
        writes.extend(line);
        writes
    }

    async fn open_case(&self, tx: &mut Tx<'_>, rows: &Rows) -> Result<Receipt, Failure> {
        let first: Option<(ReportId,)> = tx.optional(INSERT_REPORT, &rows.report).await?;
        if first.is_none() {
            return self.earlier(tx).await;
        }
        write(tx, &rows.case).await?;
        tx.announce("case", self.case.0);
        Ok(self.receipt(self.case, self.received_at, false, false))
    }

    /// One more reporter of a case: the case's own journal is not touched, so that nobody who works on it is
    /// told that somebody was quicker.
    async fn join(&self, tx: &mut Tx<'_>, case: CaseId) -> Result<Receipt, Failure> {
        let checked = self.check()?;
        if let Some(person) = self.by.person()
            && store::reported_by(tx, case, person, Some(self.id)).await?
        {
            return Err(Refusal::new(RefusalKind::Conflict, "joined-already").into());
        }
        let asker = tx.asker();
        let values = self.report_values(asker, case, &checked);
        let first: Option<(ReportId,)> = tx.optional(INSERT_REPORT, &values).await?;
        if first.is_none() {
            return self.earlier(tx).await;
        }
        let photos = self.photo_rows(case);
        let body = json!({ "report": self.said(&checked), "joins": case, "photos": photos }).to_string();
        let line = journal::beginning(asker, self.entry("report", self.id.into(), CommandName::Join, &body));
        let mut writes: Writes = Vec::new();
        writes.extend(photos.iter().map(|photo| (ADD_PHOTO, photo.values(asker.tenant))));
        writes.extend(line);
        write(tx, &writes).await?;
        tx.announce("case", case.0);
        Ok(self.receipt(case, self.received_at, true, false))
    }

    /// The receipt of the report that came first under this id.
    async fn earlier(&self, tx: &mut Tx<'_>) -> Result<Receipt, Failure> {
        let Some(earlier) = store::report_by_id(tx, self.id).await? else {
            return Err(DbError::Unique("reports.follow_code_hash".to_owned()).into());
        };
        Ok(self.receipt(earlier.case_id, earlier.received_at, earlier.joined, true))
    }

    fn receipt(&self, case: CaseId, at: Timestamp, joined: bool, again: bool) -> Receipt {
        Receipt { report: self.id, case, at, joined, again }
    }

    fn entry<'a>(
        &self,
        kind: &'static str,
        id: uuid::Uuid,
        command: CommandName,
        body: &'a str,
    ) -> Entry<'a> {
        Entry {
            stream: Stream::new(kind, id),
            at: self.received_at,
            role: self.by.role().as_str(),
            command: command.as_str(),
            body,
            salt: self.salt,
        }
    }

    /// What the journal keeps of the report itself.
    fn said<'a>(&'a self, checked: &'a Checked) -> SaidReport<'a> {
        SaidReport {
            id: self.id,
            words: &checked.words,
            matter: self.matter,
            position: self.position,
            accuracy_metres: self.accuracy.map(Accuracy::metres),
            made_at: checked.made_at,
            origin: self.origin,
            photos: self.kept_photos(),
            voice: self.voice.is_some(),
        }
    }

    fn report_values(&self, asker: Asker, case: CaseId, checked: &Checked) -> Vec<Param> {
        values![
            asker.tenant,
            self.id,
            case,
            self.by.person(),
            self.by.role(),
            self.follow_code_hash,
            self.matter,
            checked.words,
            self.position.map(Position::lng),
            self.position.map(Position::lat),
            self.accuracy.map(Accuracy::metres),
            self.voice,
            checked.made_at,
            self.received_at,
            self.origin,
            case != self.case,
            self.solved
        ]
    }

    /// None of a matter that is about somebody who needs help: the report counts, the picture is not kept.
    fn kept_photos(&self) -> &[PhotoRef] {
        let matter = self.matter.and_then(|key| Catalogue::standard().get(key));
        if matter.is_some_and(|matter| matter.photo == PhotoRule::Never) { &[] } else { &self.photos }
    }

    fn photo_rows(&self, case: CaseId) -> Vec<PhotoRow> {
        self.kept_photos().iter().map(|photo| self.photo_row(case, *photo)).collect()
    }

    fn photo_row(&self, case: CaseId, photo: PhotoRef) -> PhotoRow {
        PhotoRow {
            id: photo.id,
            case_id: case,
            report: Some(self.id),
            unit: None,
            role: photo.role,
            released: false,
            added_at: self.received_at,
        }
    }

    fn row(&self, checked: &Checked) -> CaseRow {
        let now = self.received_at;
        let mut row = CaseRow::begun(self.case, self.id, checked.state, now);
        row.matter = self.matter;
        row.words.clone_from(&checked.words);
        row.place(self.position);
        row.accuracy = self.accuracy.map(Accuracy::metres);
        row.community = self.community;
        row.grid = self.grid;
        row.solved = self.solved;
        row.handled_at = self.solved.then_some(now);
        row
    }
}

/// Rows that do not need each other, in one go.
async fn write(tx: &mut Tx<'_>, writes: &Writes) -> Result<(), DbError> {
    let writes: Vec<(&'static Statement, &[Param])> =
        writes.iter().map(|(statement, values)| (*statement, values.as_slice())).collect();
    tx.execute_all(&writes).await
}

/// Numbers, texts and maps with texts as keys: there is no error to be had.
fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
