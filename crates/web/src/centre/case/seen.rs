//! What this person may read of a case: names of reporters are for those who may read people, and cases of
//! other places for those who look after them.

use std::collections::BTreeMap;

use qige_cases::CaseRole;
use qige_cases::queries::Sight;
use qige_cases::store::{self, AskKind};
use qige_cases::views::{CentreCase, NearbyCase};
use qige_db::{DbError, Tx};
use qige_identity::{Permission, Reach, Who};

/// The case as `who` may read it, and the words of the cases that may be the same.
pub(super) async fn by(
    tx: &mut Tx<'_>,
    who: &Who,
    sight: &Sight,
    mut case: CentreCase,
) -> Result<(CentreCase, BTreeMap<String, String>), DbError> {
    let reach = Reach { community: case.row.community, grid: case.row.grid, unit: None };
    if !who.may_at(Permission::ReadPeople, &reach) {
        without_reporters(&mut case);
    }
    let mut words = BTreeMap::new();
    for near in case.similar.iter().chain(&case.others) {
        let row = store::by_id(tx, near.id).await?;
        if let Some(row) = row.filter(|row| sight.covers(row.community, row.grid)) {
            words.insert(near.id.to_string(), row.words);
        }
    }
    let seen = |near: &NearbyCase| words.contains_key(&near.id.to_string());
    case.similar.retain(seen);
    case.others.retain(seen);
    if let Some(main) = &case.main {
        let row = store::by_id(tx, main.id).await?;
        if !row.is_some_and(|row| sight.covers(row.community, row.grid)) {
            case.main = None;
        }
    }
    Ok((case, words))
}

/// Takes away who reported, and who said what a reporter says. What a dispatcher wrote down stays theirs.
fn without_reporters(case: &mut CentreCase) {
    for report in case.reports.iter_mut().filter(|report| report.role != CaseRole::Dispatcher) {
        report.person = None;
    }
    for comment in case.comments.iter_mut().filter(|comment| comment.role == CaseRole::Reporter) {
        comment.person = None;
    }
    for ask in &mut case.asks {
        match ask.kind {
            AskKind::Question => ask.answered_by = None,
            AskKind::Appeal | AskKind::Satisfaction => (ask.asked_by, ask.answered_by) = (None, None),
            _ => {}
        }
    }
}
