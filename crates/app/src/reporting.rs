//! A report on its way in: placed, given its code, taken. The one way for pages, phones, programs and the
//! simulated town.

use std::sync::Arc;

use qige_cases::{FollowCode, MatterKey, NewReport, Origin, PhotoRef, Ready, Receipt, Reporter, new_case_id};
use qige_db::{Asker, Failure};
use qige_kernel::{
    Accuracy, CaseId, Coordinates, ObjectId, Position, Refusal, ReportId, TenantId, Timestamp,
};

use crate::App;
use crate::rulebook::Rulebook;

/// What a reporter says, before anything was looked up.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its id, chosen where it was made.
    pub id: ReportId,
    /// Who reports.
    pub by: Reporter,
    /// What it is about, if the reporter chose.
    pub matter: Option<MatterKey>,
    /// In the reporter's words.
    pub words: String,
    /// Where, in whatever datum the phone has.
    pub coordinates: Option<Coordinates>,
    /// How far off that may be.
    pub accuracy: Option<Accuracy>,
    /// Photos, here or on their way.
    pub photos: Vec<PhotoRef>,
    /// A voice note, for the dispatcher alone.
    pub voice: Option<ObjectId>,
    /// When it was made; none for now.
    pub made_at: Option<Timestamp>,
    /// "Me too" of a case that was there.
    pub joins: Option<CaseId>,
    /// Put right on the spot.
    pub solved: bool,
    /// How it reached us.
    pub origin: Origin,
}

impl App {
    /// Places a report and gives it what it needs to be written.
    ///
    /// # Errors
    /// Refused when its coordinates are no point on the earth, or as `key-lost` where somebody without an
    /// account cannot be given a code; [`Failure::Db`].
    pub async fn prepare_report(&self, tenant: TenantId, draft: Draft) -> Result<NewReport, Failure> {
        let now = self.now();
        let book = self.rulebooks.of(tenant, now).await?;
        let position = position(draft.coordinates)?;
        let located = position.and_then(|position| book.grids.locate(position));
        Ok(NewReport {
            id: draft.id,
            case: new_case_id(&self.entropy, now),
            clock: self.entropy.id(now),
            by: draft.by,
            follow_code_hash: match draft.by {
                Reporter::Person(..) => None,
                Reporter::Stranger => Some(book.follow_code(draft.id)?.hash()),
            },
            matter: draft.matter,
            words: draft.words,
            position,
            accuracy: draft.accuracy,
            community: located.as_ref().and_then(|located| located.community),
            grid: located.as_ref().map(|located| located.grid),
            beside_metres: located.and_then(|located| located.how.beside_metres()),
            photos: draft.photos,
            voice: draft.voice,
            made_at: draft.made_at.unwrap_or(now),
            received_at: now,
            joins: draft.joins,
            solved: draft.solved,
            origin: draft.origin,
            salt: self.entropy.bytes(),
            calendar: book.calendar.clone(),
            policy: book.policy.clone(),
            ready: Ready::default(),
        })
    }

    /// Takes a report.
    ///
    /// # Errors
    /// What [`NewReport`] refuses, and as [`App::prepare_report`].
    pub async fn report(&self, asker: Asker, draft: Draft) -> Result<Receipt, Failure> {
        let report = self.prepare_report(asker.tenant, draft).await?;
        self.db.write(asker, report).await
    }

    /// The code by which a report is followed without an account.
    ///
    /// # Errors
    /// `key-lost`; [`Failure::Db`].
    pub async fn follow_code(&self, tenant: TenantId, report: ReportId) -> Result<FollowCode, Failure> {
        let book = self.rulebook(tenant).await?;
        Ok(book.follow_code(report)?)
    }

    /// What the tenant's reports and cases are measured by.
    ///
    /// # Errors
    /// [`Failure::Db`].
    pub async fn rulebook(&self, tenant: TenantId) -> Result<Arc<Rulebook>, Failure> {
        self.rulebooks.of(tenant, self.now()).await
    }
}

fn position(coordinates: Option<Coordinates>) -> Result<Option<Position>, Refusal> {
    let refused = |_| Refusal::invalid("lng", "position-impossible");
    coordinates.map(|coordinates| coordinates.to_position().map_err(refused)).transpose()
}
