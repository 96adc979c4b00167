//! What every command knows of itself while it is done, and the changes that several of them share.

use qige_kernel::{ObjectId, PersonId, Refusal, RefusalKind, ReportId, Timestamp, UnitId};
use uuid::Uuid;

use crate::CaseRole;
use crate::store::{AskKind, AskRow, AssignmentState, Dossier, PhotoRole, PhotoRow};
use crate::words::{self, MAX_WORDS_CHARS};

/// Photos that one command brings at most.
pub const MAX_PHOTOS_AT_ONCE: usize = 9;
/// Photos of one case at most, all reporters' and units' together.
pub const MAX_PHOTOS_OF_CASE: usize = 120;

/// A command while it is done: when, by whom, and what it draws on.
#[derive(Debug)]
pub(crate) struct Doing<'a> {
    pub(crate) at: Timestamp,
    /// None for rules and for reporters without an account.
    pub(crate) person: Option<PersonId>,
    /// The report by which a reporter without an account is known.
    pub(crate) report: Option<ReportId>,
    pub(crate) role: CaseRole,
    /// The unit for which it is done, where the role is a unit's.
    pub(crate) unit: Option<UnitId>,
    /// Ids drawn before the command ran, so that running it again gives the same ones.
    pub(crate) ids: std::slice::Iter<'a, Uuid>,
}

impl Doing<'_> {
    /// A fresh id.
    pub(crate) fn id<T: From<Uuid>>(&mut self) -> Result<T, Refusal> {
        let drawn = self.ids.next().copied().map(T::from);
        drawn.ok_or(Refusal::new(RefusalKind::TooLarge, "too-much-at-once"))
    }

    /// Something that is asked now and not yet answered.
    pub(crate) fn ask(&mut self, dossier: &Dossier, kind: AskKind, words: &str) -> Result<AskRow, Refusal> {
        Ok(AskRow {
            id: self.id()?,
            case_id: dossier.row.id,
            kind,
            open: true,
            asked_at: self.at,
            asked_by: self.person,
            person: None,
            unit: None,
            words: words::optional("words", words, MAX_WORDS_CHARS)?,
            until: None,
            body: None,
            reference: None,
            yes: None,
            answered_at: None,
            answered_by: None,
            answer: None,
            stars: None,
        })
    }

    /// Answers what was asked last of this kind; what was never asked is not answered.
    pub(crate) fn answer(
        &self,
        dossier: &mut Dossier,
        kind: AskKind,
        yes: Option<bool>,
        words: &str,
    ) -> Result<(), Refusal> {
        let answer = words::optional("words", words, MAX_WORDS_CHARS)?;
        if let Some(ask) = dossier.asks.iter_mut().rev().find(|ask| ask.open && ask.kind == kind) {
            ask.open = false;
            ask.yes = yes;
            ask.answered_at = Some(self.at);
            ask.answered_by = self.person;
            ask.answer = answer;
        }
        Ok(())
    }

    /// Adds photos that come with the command.
    pub(crate) fn photos(
        &self,
        dossier: &mut Dossier,
        photos: &[ObjectId],
        role: PhotoRole,
    ) -> Result<(), Refusal> {
        if photos.len() > MAX_PHOTOS_AT_ONCE || dossier.photos.len() + photos.len() > MAX_PHOTOS_OF_CASE {
            return Err(Refusal::invalid("photos", "too-many-photos").with("max", MAX_PHOTOS_AT_ONCE));
        }
        for id in photos {
            if dossier.photos.iter().any(|photo| photo.id == *id) {
                continue;
            }
            dossier.photos.push(PhotoRow {
                id: *id,
                case_id: dossier.row.id,
                report: None,
                unit: self.unit,
                role,
                // Units may see how the work turned out; what a verifier saw is the dispatcher's to release.
                released: self.unit.is_some() || role == PhotoRole::Check,
                added_at: self.at,
            });
        }
        Ok(())
    }

    /// Ends what is under way between the parties: nobody owes an answer or work any more.
    pub(crate) fn end(&self, dossier: &mut Dossier) {
        for ask in dossier.asks.iter_mut().filter(|ask| ask.open) {
            ask.open = false;
            ask.answered_at = Some(self.at);
        }
        self.end_assignments(dossier);
        let row = &mut dossier.row;
        row.verifier = None;
        row.checker = None;
        row.suspended = false;
        row.review_at = None;
        row.waiting = false;
        row.question_open = false;
        row.transferred = false;
        row.supervised = false;
        row.extension_asked = false;
    }

    /// What a unit asked for no longer matters.
    pub(crate) fn drop_extension(&self, dossier: &mut Dossier) {
        for ask in dossier.asks.iter_mut().filter(|ask| ask.open && ask.kind == AskKind::Extension) {
            ask.open = false;
            ask.answered_at = Some(self.at);
        }
        dossier.row.extension_asked = false;
    }

    /// No unit has it any more.
    pub(crate) fn end_assignments(&self, dossier: &mut Dossier) {
        for assignment in dossier.assignments.iter_mut().filter(|assignment| assignment.open) {
            assignment.open = false;
            if assignment.done_at.is_none() {
                assignment.state = AssignmentState::Withdrawn;
                assignment.done_at = Some(self.at);
            }
        }
    }
}
