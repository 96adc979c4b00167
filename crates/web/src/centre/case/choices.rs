//! Whom to ask and what to file a case as: what suits best comes first, and says why.

use std::collections::BTreeSet;

use qige_app::Rulebook;
use qige_cases::store::{Dossier, hour_of, usual_at};
use qige_cases::suggest::{Evidence, SUGGESTED};
use qige_cases::views::CentreCase;
use qige_cases::{CommandName, DeclineReason, MatterKey, Urgency};
use qige_db::{DbError, Failure, Tx};
use qige_identity::Role;
use qige_kernel::{PersonId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::matters::{self, Offered, Which};
use super::super::names::Choice;
use super::whom::{Asked, Whom};
use crate::Locale;

/// What the panels of a case offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Choices {
    /// Matters to file it as, the best first.
    pub(super) offered: Vec<Offered>,
    /// The matter that stands in the field.
    pub(super) matter: Option<String>,
    /// How soon it usually is.
    pub(super) urgency: Option<Urgency>,
    /// All matters, as the field suggests them.
    pub(super) matters: Vec<String>,
    /// Units that can be given a case.
    pub(super) units: Vec<Choice>,
    /// Who can be asked whether it is so, the best first.
    pub(super) verifiers: Vec<Asked>,
    /// Who can be asked whether it is done, the best first.
    pub(super) checkers: Vec<Asked>,
    /// Grids to put it into.
    pub(super) grids: Vec<Choice>,
    /// Why a case is not taken on.
    pub(super) reasons: Vec<DeclineReason>,
}

/// What can be chosen; units and grids are added by whoever knows their names. `rider` is part of the name of
/// the rider who is looked for.
pub(super) async fn of(
    tx: &mut Tx<'_>,
    case: &CentreCase,
    dossier: &Dossier,
    book: &Rulebook,
    (now, locale): (Timestamp, Locale),
    rider: Option<&str>,
) -> Result<Choices, Failure> {
    let may = |command| case.may.contains(&command);
    let mut choices = Choices::default();
    if may(CommandName::File) {
        choices.offered = offered(tx, case, book, now, locale).await?;
    }
    if may(CommandName::File) || may(CommandName::Correct) {
        let matter = case.row.matter.or_else(|| choices.offered.first().map(|first| first.key));
        choices.matter = matter.map(|key| matters::typed(key, locale));
        let usual = matter.and_then(super::super::wish::Desk::usual_urgency);
        choices.urgency = case.row.urgency.or(usual);
        choices.matters = matters::all_typed(Which::All, locale);
    }
    if may(CommandName::AskVerify) {
        let reporters = case.reports.iter().filter_map(|report| report.person).collect();
        let whom = Whom { case, not: &reporters, now };
        choices.verifiers = whom.found(tx, Role::GridWorker, None).await?;
        // A second rider may look as well (微任务).
        choices.verifiers.extend(whom.found(tx, Role::Rider, rider).await?);
    }
    if may(CommandName::AskCheck) {
        let whom = Whom { case, not: &handlers(case, dossier), now };
        choices.checkers = whom.found(tx, Role::GridWorker, None).await?;
    }
    if may(CommandName::Decline) {
        choices.reasons = DeclineReason::ALL.to_vec();
    }
    Ok(choices)
}

/// What the reporter chose, then what words, place and hour speak for.
async fn offered(
    tx: &mut Tx<'_>,
    case: &CentreCase,
    book: &Rulebook,
    now: Timestamp,
    locale: Locale,
) -> Result<Vec<Offered>, DbError> {
    let here = match case.row.position {
        Some(position) => usual_at(tx, position, hour_of(now, book.calendar.zone())).await?,
        None => Vec::new(),
    };
    let said: Vec<MatterKey> =
        case.row.matter.into_iter().chain(case.reports.iter().filter_map(|report| report.matter)).collect();
    let evidence = Evidence { here: &here, words: &case.row.words, all: true, ..Evidence::default() };
    let suggested = book.suggest(&evidence, SUGGESTED);
    let chosen = said.iter().map(|key| (*key, None));
    let mut known = BTreeSet::new();
    let all = chosen.chain(suggested.iter().map(|one| (one.matter, Some(one))));
    let first = all.filter(|(key, _)| known.insert(*key)).take(SUGGESTED + 1);
    Ok(first.filter_map(|(key, suggestion)| Offered::of(key, suggestion, locale)).collect())
}

/// Who began it, handed it in, or solved it on the spot: they do not check their own work.
fn handlers(case: &CentreCase, dossier: &Dossier) -> BTreeSet<PersonId> {
    let parts = dossier.assignments.iter().flat_map(|part| [part.accepted_by, part.done_by]).flatten();
    let solvers = case.reports.iter().filter(|_| case.solved).filter_map(|report| report.person);
    parts.chain(solvers).collect()
}
