//! What a command needs to know besides the case itself.

use qige_db::{Failure, Tx, params, statements};
use qige_identity::{GrantRow, Permission, Reach, grants_of};
use qige_kernel::{CaseId, PersonId, Refusal, RefusalKind, Timestamp, UnitId};
use qige_places::units;

use super::{By, reporters_of};
use crate::actions::{Action, MAX_PHOTOS_AT_ONCE};
use crate::queries::rated_before;
use crate::store::{CaseRow, Dossier, UndoRow, by_id, photo_by_id, undo_of};

statements! {
    /// The case that a body outside has under a reference.
    TRANSFERRED = "SELECT case_id FROM case_asks
        WHERE tenant = $1 AND kind = 'transfer' AND body = $2 AND reference = $3";
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Who reported it, in order; none for reports without an account.
    pub(super) reporters: Vec<Option<PersonId>>,
    /// The last step.
    pub(super) undo: Option<UndoRow>,
    /// The main case that is named.
    pub(super) main: Option<CaseRow>,
    /// The units of the person who is asked.
    pub(super) asked_units: Vec<UnitId>,
    /// The case that has this reference already.
    pub(super) transferred: Option<CaseId>,
    /// This reporter has rated it before.
    pub(super) rated_before: bool,
}

impl Known {
    pub(super) async fn gather(
        tx: &mut Tx<'_>,
        dossier: &Dossier,
        action: &Action,
        by: &By,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let case = dossier.row.id;
        let reporters = reporters_of(tx, case).await?;
        let undo = undo_of(tx, case).await?;
        let mut known = Self { reporters, undo, ..Self::default() };
        for photo in action.photos().iter().take(MAX_PHOTOS_AT_ONCE) {
            let taken = photo_by_id(tx, *photo).await?;
            if taken.is_some_and(|taken| taken.case_id != case) {
                return Err(Refusal::invalid("photos", "photo-of-another-case").into());
            }
        }
        match action {
            Action::Merge(merge) => known.main = by_id(tx, merge.main).await?,
            Action::AskVerify(ask) => {
                let able = asked(tx, ask.verifier, dossier, Permission::VerifyWhenAsked, now).await?;
                able.ok_or(Refusal::invalid("verifier", "cannot-verify"))?;
            }
            Action::AskCheck(ask) => {
                let able = asked(tx, ask.checker, dossier, Permission::CheckCase, now).await?;
                known.asked_units = able.ok_or(Refusal::invalid("checker", "cannot-check"))?;
            }
            Action::Dispatch(dispatch) => {
                unit_works(tx, dispatch.lead, "lead").await?;
                for unit in &dispatch.assist {
                    unit_works(tx, *unit, "assist").await?;
                }
            }
            Action::Transfer(transfer) => {
                let values = params![tx.tenant(), transfer.body.trim(), transfer.reference.trim()];
                let found: Option<(CaseId,)> = tx.optional(TRANSFERRED, values).await?;
                known.transferred = found.map(|(case,)| case);
            }
            Action::Rate(_) => known.rated_before = rated_before(tx, &dossier.row, by).await?,
            _ => {}
        }
        Ok(known)
    }
}

/// The units of somebody who is asked to look at this case; none if this person may not.
async fn asked(
    tx: &mut Tx<'_>,
    person: PersonId,
    dossier: &Dossier,
    permission: Permission,
    now: Timestamp,
) -> Result<Option<Vec<UnitId>>, Failure> {
    let reach = Reach { community: dossier.row.community, grid: dossier.row.grid, unit: None };
    let grants = grants_of(tx, person).await?;
    let live = || grants.iter().map(GrantRow::grant).filter(|grant| grant.is_live(now));
    // One who is asked by name may lie outside an own area; one who checks may not.
    let able = live().filter_map(|grant| grant.over(permission)).any(|scope| scope.covers(&reach));
    let units = live().filter_map(|grant| match grant.scope {
        qige_identity::Scope::Unit(unit) => Some(unit),
        _ => None,
    });
    Ok(able.then(|| units.collect()))
}

/// A unit that is closed gets no new cases.
async fn unit_works(tx: &mut Tx<'_>, unit: UnitId, field: &'static str) -> Result<(), Failure> {
    let found = units::by_id(tx, unit).await?;
    match found {
        Some(unit) if unit.active => Ok(()),
        Some(unit) => Err(Refusal::invalid(field, "unit-closed").with("unit", unit.name).into()),
        None => {
            Err(Refusal { field: Some(field), ..Refusal::new(RefusalKind::Missing, "unit-missing") }.into())
        }
    }
}
