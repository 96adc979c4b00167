//! From what somebody typed into the search box to what a list of cases is narrowed by.

use std::sync::Arc;

use qige_cases::search::{MAX_SEARCH_CHARS, Named, Sought, Wanted, sought};
use qige_db::{DbError, Tx};
use qige_identity::{PEOPLE_ON_PAGE_MAX, PeopleFilter, Permission, Role, Scope, Who, people};
use qige_kernel::Timestamp;
use qige_places::{GridIndex, store, units};

use crate::{Cx, Fault};

/// Letters of a term from which on people are looked for who are called so.
const PERSON_FROM_CHARS: usize = 2;

/// By whose names cases are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByName {
    /// Also those who reported, for those who may read people.
    Everybody,
    /// Those of the centre: what leaves it is no list of what one person reported.
    Centre,
}

/// What is meant by `text`.
pub(super) async fn meant(cx: &Cx, text: &str, grids: Arc<GridIndex>, by: ByName) -> Result<Sought, Fault> {
    let everybody = by == ByName::Everybody && knows_reporters(cx.signed_in()?);
    let (text, now) = (text.chars().take(MAX_SEARCH_CHARS).collect::<String>(), cx.now());
    cx.read(move |tx| {
        Box::pin(async move {
            let mut named = places_and_units(tx, &grids).await?;
            named.push(called(tx, &text, everybody, now).await?);
            Ok(sought(tx, &Wanted::of(&text, &named)).await?)
        })
    })
    .await
}

/// Whether somebody may read who reported, wherever they look at cases: else a name would find cases in
/// places in which it is not theirs to know.
fn knows_reporters(who: &Who) -> bool {
    let known = who.scopes(Permission::ReadPeople);
    known == [Scope::Tenant] || who.scopes(Permission::ReadQueue).iter().all(|scope| known.contains(scope))
}

async fn places_and_units(tx: &mut Tx<'_>, grids: &GridIndex) -> Result<Vec<Vec<Named>>, DbError> {
    let communities = store::communities(tx).await?;
    let communities =
        communities.into_iter().map(|known| Named { id: known.place.id.0, name: known.place.name });
    let grids = grids.grids().iter().map(|grid| Named { id: grid.id.0, name: grid.name.clone() });
    let units = units::list(tx).await?.into_iter().map(|unit| Named { id: unit.id.0, name: unit.name });
    Ok(vec![communities.collect(), grids.collect(), units.collect()])
}

/// People who are perhaps meant by a term, or by all of the text.
async fn called(tx: &mut Tx<'_>, text: &str, everybody: bool, now: Timestamp) -> Result<Vec<Named>, DbError> {
    let roles: &[Option<Role>] =
        if everybody { &[None] } else { &[Some(Role::Dispatcher), Some(Role::Supervisor)] };
    let mut found = Vec::new();
    let terms = text.split_whitespace().filter(|term| term.chars().count() >= PERSON_FROM_CHARS);
    for words in std::iter::once(text).chain(terms) {
        for role in roles {
            let filter = PeopleFilter { words: words.to_owned(), role: *role, ..PeopleFilter::default() };
            let people = people(tx, &filter, None, PEOPLE_ON_PAGE_MAX, now).await?;
            found.extend(people.into_iter().map(|person| Named { id: person.id.0, name: person.name }));
        }
    }
    Ok(found)
}
