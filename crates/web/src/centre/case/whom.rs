//! Whom to ask whether a case is so, and whether it is done.

use std::collections::{BTreeMap, BTreeSet};

use qige_cases::queries::ground_counts;
use qige_cases::views::CentreCase;
use qige_db::{DbError, Tx};
use qige_identity::{Holder, Reach, Role, Scope, holders_over};
use qige_kernel::{CaseId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// People of one role to choose from at most: a community has a handful of grid workers, and of some hundred
/// riders anybody else is found by name.
const PEOPLE_MAX: usize = 30;

/// Somebody who can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Asked {
    /// Who.
    pub(super) person: PersonId,
    /// By name.
    pub(super) name: String,
    /// As what: grid worker or rider.
    pub(super) role: Role,
    /// How near: `grid`, `community` or `tenant`.
    pub(super) reach: &'static str,
    /// What waits for this person already.
    pub(super) waiting: u32,
}

/// For which case people are looked for, and who is none of them.
pub(super) struct Whom<'a> {
    pub(super) case: &'a CentreCase,
    /// Who reported it, or handled it.
    pub(super) not: &'a BTreeSet<PersonId>,
    pub(super) now: Timestamp,
}

impl Whom<'_> {
    /// People of the place with that role: those of the grid before those of the community, and those with
    /// little to do before those with much; with `words` those whose name has them.
    pub(super) async fn found(
        &self,
        tx: &mut Tx<'_>,
        role: Role,
        words: Option<&str>,
    ) -> Result<Vec<Asked>, DbError> {
        let waiting = ground_counts(tx).await?;
        let named = words.map(str::to_lowercase);
        let wanted = |holder: &Holder| {
            named.as_ref().is_none_or(|words| holder.name.to_lowercase().contains(words.as_str()))
        };
        let mut held: Vec<Holder> = self.held(tx, role).await?.into_values().filter(wanted).collect();
        let case = self.case.row.id;
        held.sort_by_key(|holder| (rank(how_near(holder.scope)), turn(holder.person, case)));
        let mut found: Vec<Asked> = held
            .into_iter()
            .take(PEOPLE_MAX)
            .map(|Holder { person, name, scope }| {
                let waiting = waiting.get(&person).copied().unwrap_or_default();
                Asked { person, name, role, reach: how_near(scope), waiting }
            })
            .collect();
        found.sort_by(|one, other| {
            (rank(one.reach), one.waiting, &one.name).cmp(&(rank(other.reach), other.waiting, &other.name))
        });
        Ok(found)
    }

    /// Who has the role here, each with the smallest of their scopes that the case lies in.
    async fn held(&self, tx: &mut Tx<'_>, role: Role) -> Result<BTreeMap<PersonId, Holder>, DbError> {
        let row = &self.case.row;
        let reach = Reach { community: row.community, grid: row.grid, unit: None };
        let mut held: BTreeMap<PersonId, Holder> = BTreeMap::new();
        for holder in holders_over(tx, role, &reach, self.now).await? {
            let nearer = |known: &Holder| rank(how_near(holder.scope)) < rank(how_near(known.scope));
            if !self.not.contains(&holder.person) && held.get(&holder.person).is_none_or(nearer) {
                held.insert(holder.person, holder);
            }
        }
        Ok(held)
    }
}

/// Where somebody stands among those who are as near: another place for every case, so that it is not always
/// the same who are asked. Both ids end in chance.
fn turn(person: PersonId, case: CaseId) -> u64 {
    let (_, person) = person.0.as_u64_pair();
    let (_, case) = case.0.as_u64_pair();
    person ^ case
}

/// How near a scope is to the case that lies in it.
const fn how_near(scope: Scope) -> &'static str {
    match scope {
        Scope::Grid(_) => "grid",
        Scope::Community(_) => "community",
        Scope::Tenant | Scope::Unit(_) | Scope::Station(_) | Scope::Branch(_) => "tenant",
    }
}

fn rank(reach: &str) -> Option<usize> {
    ["grid", "community", "tenant"].iter().position(|known| *known == reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_has_its_own_order() {
        let id = uuid::Uuid::from_u128;
        let first = |case| (1..=9).min_by_key(|person| turn(PersonId(id(*person)), CaseId(id(case))));
        assert_eq!((first(1), first(2), first(8)), (Some(1), Some(2), Some(8)));
    }
}
