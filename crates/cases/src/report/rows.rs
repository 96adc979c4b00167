//! What a report comes to, in rows: worked out from what it was given, before its turn comes.

use qige_db::journal::{self, Entry, Stream};
use qige_db::{Asker, Param, Statement, values};
use qige_kernel::{Accuracy, CaseId, Position, Refusal, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::{MAX_REPORT_PHOTOS, NewReport, PhotoRef};
use crate::catalogue::Catalogue;
use crate::deadlines::first_clock;
use crate::perform::clocks;
use crate::store::{
    ADD_PHOTO, CaseRow, Dossier, FirstChanges, FirstLine, Hex, INSERT_CASE, PUT_CLOCK, Part, PhotoRole,
    PhotoRow, SaidReport,
};
use crate::words::{self, MAX_WORDS_CHARS};
use crate::workflow::{Beginning, check_beginning};
use crate::{CASE_STREAM, CommandName, MatterKey, REPORT_STREAM, State};

/// How far a phone's clock may be ahead of ours before its own time is no longer believed, microseconds.
const MAX_AHEAD_MICROS: i64 = 10 * Timestamp::MINUTE;

/// The rows of a report that opens a case, worked out before its turn came; or why it is refused.
#[derive(Clone, Debug, Default)]
pub struct Ready(pub(super) Option<Result<Rows, Refusal>>);

/// What a report writes.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// The report itself, which must be the first of its id.
    pub(super) report: Vec<Param>,
    /// All else, each row with its statement; they do not need each other.
    pub(super) others: Vec<(&'static Statement, Vec<Param>)>,
}

impl Rows {
    pub(super) fn others(&self) -> impl Iterator<Item = (&'static Statement, &[Param])> {
        self.others.iter().map(|(statement, values)| (*statement, values.as_slice()))
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

    /// The rows of a report that opens a case.
    pub(super) fn opening(&self, asker: Asker) -> Result<Rows, Refusal> {
        let checked = self.check()?;
        let mut dossier = Dossier::of(self.row(&checked));
        let first = first_clock(checked.state, self.matter, &self.policy);
        clocks::apply(&mut dossier, first, self.clock, self.received_at, &self.calendar, &self.policy);
        let Dossier { row, clocks, .. } = dossier;
        let command = if self.solved { CommandName::SolveOnSpot } else { CommandName::Report };
        let kept = self.kept_photos(None);
        let photos = self.photo_rows(row.id, kept);
        let changes = FirstChanges::of(&row, &clocks, &photos);
        let body = json_text(&FirstLine { report: self.said(&checked, kept), changes });
        let line = journal::beginning(asker, self.entry(CASE_STREAM, row.id.into(), command, &body));
        let tenant = asker.tenant;
        let mut others = vec![(INSERT_CASE, row.values(tenant))];
        others.extend(clocks.iter().map(|clock| (PUT_CLOCK, clock.values(tenant))));
        others.extend(photos.iter().map(|photo| (ADD_PHOTO, photo.values(tenant))));
        others.push(line);
        Ok(Rows { report: self.report_values(asker, self.case, &checked), others })
    }

    /// The rows of a report that joins a case: the case's own journal is not touched, so that nobody who
    /// works on it is told that somebody was quicker.
    pub(super) fn joining(
        &self,
        asker: Asker,
        case: CaseId,
        matter: Option<MatterKey>,
    ) -> Result<Rows, Refusal> {
        let checked = self.check()?;
        let kept = self.kept_photos(matter);
        let photos = self.photo_rows(case, kept);
        let said = self.said(&checked, kept);
        let body = json!({ "report": said, "joins": case, "photos": photos }).to_string();
        let line =
            journal::beginning(asker, self.entry(REPORT_STREAM, self.id.into(), CommandName::Join, &body));
        let mut others: Vec<_> = photos.iter().map(|photo| (ADD_PHOTO, photo.values(asker.tenant))).collect();
        others.push(line);
        Ok(Rows { report: self.report_values(asker, case, &checked), others })
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
    fn said<'a>(&'a self, checked: &'a Checked, photos: &'a [PhotoRef]) -> SaidReport<'a> {
        SaidReport {
            id: self.id,
            words: &checked.words,
            matter: self.matter,
            position: self.position,
            accuracy_metres: self.accuracy.map(Accuracy::metres),
            made_at: checked.made_at,
            origin: self.origin,
            photos,
            voice: self.voice,
            follow_code_hash: self.follow_code_hash.map(Hex),
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
    fn kept_photos(&self, of_case: Option<MatterKey>) -> &[PhotoRef] {
        let catalogue = Catalogue::standard();
        let may_be = |matter| catalogue.may_be_photographed(matter);
        if may_be(self.matter) && may_be(of_case) { &self.photos } else { &[] }
    }

    fn photo_rows(&self, case: CaseId, kept: &[PhotoRef]) -> Vec<PhotoRow> {
        kept.iter().map(|photo| self.photo_row(case, *photo)).collect()
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
        row.beside_metres = self.beside_metres;
        row.solved = self.solved;
        row.handled_at = self.solved.then_some(now);
        row
    }
}

/// Numbers, texts and maps with texts as keys: there is no error to be had.
fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
