//! Whom to ask whether a case is so, and whether it is done.

use std::collections::{BTreeMap, BTreeSet};

use qige_cases::queries::ground_count;
use qige_cases::views::CentreCase;
use qige_db::{DbError, Tx};
use qige_identity::{
    PEOPLE_ON_PAGE_MAX, PeopleFilter, PersonState, Reach, Role, Scope, holders_over, people, person_name,
};
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
        let held = self.held(tx, role).await?;
        let mut found = Vec::new();
        for (person, named) in self.chosen(tx, role, words, &held).await? {
            let name = match named {
                Some(name) => name,
                None => person_name(tx, person).await?.unwrap_or_default(),
            };
            let reach = held.get(&person).map_or("tenant", |scope| how_near(*scope));
            found.push(Asked { person, name, role, reach, waiting: ground_count(tx, person).await? });
        }
        found.sort_by(|one, other| {
            (rank(one.reach), one.waiting, &one.name).cmp(&(rank(other.reach), other.waiting, &other.name))
        });
        Ok(found)
    }

    /// Who has the role here, each with the smallest of their scopes that the case lies in.
    async fn held(&self, tx: &mut Tx<'_>, role: Role) -> Result<BTreeMap<PersonId, Scope>, DbError> {
        let row = &self.case.row;
        let reach = Reach { community: row.community, grid: row.grid, unit: None };
        let mut held: BTreeMap<PersonId, Scope> = BTreeMap::new();
        for (person, scope) in holders_over(tx, role, &reach, self.now).await? {
            let nearer = |known: &Scope| rank(how_near(scope)) < rank(how_near(*known));
            if !self.not.contains(&person) && held.get(&person).is_none_or(nearer) {
                held.insert(person, scope);
            }
        }
        Ok(held)
    }

    /// The best of them, or those of that name.
    async fn chosen(
        &self,
        tx: &mut Tx<'_>,
        role: Role,
        words: Option<&str>,
        held: &BTreeMap<PersonId, Scope>,
    ) -> Result<Vec<(PersonId, Option<String>)>, DbError> {
        if let Some(words) = words {
            let state = Some(PersonState::Active);
            let filter = PeopleFilter { words: words.to_owned(), state, role: Some(role) };
            let named = people(tx, &filter, None, PEOPLE_ON_PAGE_MAX, self.now).await?;
            let here = named.into_iter().filter(|person| held.contains_key(&person.id));
            return Ok(here.take(PEOPLE_MAX).map(|person| (person.id, Some(person.name))).collect());
        }
        let mut all: Vec<(PersonId, Scope)> = held.iter().map(|(person, scope)| (*person, *scope)).collect();
        all.sort_by_key(|(person, scope)| (rank(how_near(*scope)), turn(*person, self.case.row.id)));
        Ok(all.into_iter().take(PEOPLE_MAX).map(|(person, _)| (person, None)).collect())
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
