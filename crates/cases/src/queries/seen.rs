//! What several audiences see of a case, each in its own measure.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{CaseId, ObjectId, ReportId, Timestamp, UnitId};

use super::rated_before;
use crate::perform::{By, Standing, facts, reporters_of};
use crate::store::{CaseRow, Dossier, PhotoRole, UndoRow, undo_of};
use crate::views::{Due, Part, Photo};
use crate::{CaseRole, CommandName, Policy, workflow};

statements! {
    /// The photos of a case and of those that follow it, as they came, how it was before how it is now; and
    /// whether they have arrived. What was erased is left out.
    PHOTOS_SEEN = "SELECT p.id, p.case_id, p.report, p.unit, p.role, p.released,
        CASE WHEN o.id IS NULL THEN FALSE ELSE TRUE END AS ready
        FROM case_photos p LEFT JOIN objects o ON o.tenant = p.tenant AND o.id = p.id
        WHERE p.tenant = $1 AND p.case_id IN
            (SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.id = $2
                UNION ALL SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.main_case = $2)
        AND o.erased_at IS NULL
        ORDER BY p.added_at, CASE p.role WHEN 'after' THEN 1 ELSE 0 END, p.id";
}

from_row! {
    /// A photo, and whether it has arrived.
    pub(super) struct SeenPhoto {
        pub(super) id: ObjectId,
        pub(super) case_id: CaseId,
        pub(super) report: Option<ReportId>,
        pub(super) unit: Option<UnitId>,
        pub(super) role: PhotoRole,
        pub(super) released: bool,
        pub(super) ready: bool,
    }
}

impl SeenPhoto {
    pub(super) const fn shown(&self) -> Photo {
        Photo { id: self.id, role: self.role, ready: self.ready }
    }
}

/// The photos of a case and of those that follow it.
pub(super) async fn photos(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<SeenPhoto>, DbError> {
    tx.all(PHOTOS_SEEN, params![tx.tenant(), case]).await
}

/// Whose turn it is, and until when.
pub(super) fn due(row: &CaseRow, now: Timestamp) -> Option<Due> {
    let stage = row.stage?;
    let stopped = row.due_at.is_none();
    Some(Due { stage, at: row.due_at, amber_at: row.amber_at, tone: row.tone(now), stopped })
}

/// The units' parts that still count: those of the last dispatch, without the ones that were given up.
pub(super) fn parts(dossier: &Dossier) -> Vec<Part> {
    dossier
        .assignments
        .iter()
        .map(|part| Part {
            unit: part.unit,
            lead: part.lead,
            state: part.state,
            assigned_at: part.assigned_at,
            done_at: part.done_at,
            note: part.note.clone(),
        })
        .collect()
}

/// What somebody may do to a case now, and what they can take back.
pub(super) struct Offer {
    pub(super) may: Vec<CommandName>,
    pub(super) undo: Option<UndoRow>,
}

/// See [`Offer`].
pub(super) async fn offer(
    tx: &mut Tx<'_>,
    by: &By,
    dossier: &Dossier,
    policy: &Policy,
    now: Timestamp,
) -> Result<Offer, DbError> {
    offer_in(tx, by, dossier, None, policy, now).await
}

/// As [`offer`], but only in one role where one is named: a page for reporters offers no more than reporters
/// do.
pub(super) async fn offer_in(
    tx: &mut Tx<'_>,
    by: &By,
    dossier: &Dossier,
    role: Option<CaseRole>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Offer, DbError> {
    let standing = Standing::of(tx, by, dossier).await?;
    let reporters = reporters_of(tx, dossier.row.id).await?;
    let undo = undo_of(tx, dossier.row.id).await?;
    let facts = facts(dossier, &reporters, undo.as_ref());
    let held: Vec<CaseRole> =
        standing.roles().into_iter().filter(|held| role.is_none_or(|role| role == *held)).collect();
    let permitted = |command: &CommandName| {
        // One more report is sent as a report.
        if *command == CommandName::Join {
            return false;
        }
        let roles = standing.for_command(by, dossier, *command);
        workflow::permit(facts.state, *command, &roles).is_ok()
    };
    let mut may: Vec<CommandName> =
        workflow::offered(&facts, &held, now, policy).into_iter().filter(permitted).collect();
    if may.contains(&CommandName::Rate) && rated_before(tx, &dossier.row, by).await? {
        may.retain(|command| *command != CommandName::Rate);
    }
    let own = undo.filter(|undo| {
        undo.version == dossier.row.version
            && Some(undo.actor) == by.actor()
            && undo.command.can_be_undone()
            && now <= undo.until
    });
    Ok(Offer { may, undo: own })
}
