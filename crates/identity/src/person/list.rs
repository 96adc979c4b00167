//! Who has an account.

use qige_db::{DbError, Sql, Tx, params, statements};
use qige_kernel::{PersonId, Timestamp};

use super::circle::{Circle, IN_CIRCLE};
use super::{Person, PersonState};
use crate::name::search_key;
use crate::{Lookup, Role};

/// People on one page at most.
pub const PEOPLE_ON_PAGE_MAX: u32 = 200;

statements! {
    /// People, to be followed by [`IN_CIRCLE`] and [`NARROWED`].
    fragment LIST = "SELECT p.id, p.name, p.sign_in_name, p.phone, p.state, p.locale, p.created_at,
        p.updated_at FROM people p WHERE p.tenant = $1 AND";
    /// By name, from the one after `$10`. A tenant has some thousand people, so conditions that are not
    /// wanted may be skipped inside the statement.
    fragment NARROWED = "AND ($5 = '' OR p.name_key LIKE $5 ESCAPE '!' OR p.sign_in_name LIKE $5 ESCAPE '!'
                OR p.phone_index IN ($6, $7))
            AND ($8 = '' OR p.state = $8)
            AND ($9 = '' OR EXISTS (SELECT 1 FROM grants g WHERE g.tenant = p.tenant AND g.person = p.id
                AND g.role = $9 AND g.starts_at <= $2 AND (g.ends_at IS NULL OR g.ends_at > $2)))
            AND (p.name_key, p.id) > (COALESCE((SELECT q.name_key FROM people q
                WHERE q.tenant = $1 AND q.id = $10), ''), $10)
        ORDER BY p.name_key, p.id LIMIT $11";
    /// How many there are.
    COUNTS = "SELECT state, COUNT(*) FROM people WHERE tenant = $1 GROUP BY state";
}

/// Which people are wanted.
#[derive(Clone, Debug)]
pub struct PeopleFilter {
    /// Of whom.
    pub circle: Circle,
    /// Part of a name or of a sign-in name.
    pub words: String,
    /// Or a number, where the words are one.
    pub phone: Option<Lookup>,
    /// Whether they are here.
    pub state: Option<PersonState>,
    /// A role they hold now.
    pub role: Option<Role>,
}

impl Default for PeopleFilter {
    fn default() -> Self {
        Self { circle: Circle::EVERYBODY, words: String::new(), phone: None, state: None, role: None }
    }
}

/// People by name, at most `limit` and [`PEOPLE_ON_PAGE_MAX`] of them, from the one after `after`.
///
/// # Errors
/// [`DbError`].
pub async fn people(
    tx: &mut Tx<'_>,
    filter: &PeopleFilter,
    after: Option<PersonId>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Person>, DbError> {
    let tenant = tx.tenant();
    let key = search_key(&filter.words);
    let pattern = if key.is_empty() { String::new() } else { format!("%{}%", escaped(&key)) };
    let index = filter.phone.map(|phone| phone.now);
    let before = filter.phone.map(|phone| phone.before);
    let state = filter.state.map_or("", PersonState::as_str);
    let role = filter.role.map_or("", Role::as_str);
    let after = after.map_or(uuid::Uuid::nil(), |person| person.0);
    let limit = limit.min(PEOPLE_ON_PAGE_MAX);
    let (places, communities) = (filter.circle.places(), filter.circle.communities());
    let values = params![tenant, now, places, communities, pattern, index, before, state, role, after, limit];
    tx.all(Sql::compose(&[LIST, IN_CIRCLE, NARROWED]), values).await
}

/// How many people there are, by state; states without people are left out.
///
/// # Errors
/// [`DbError`].
pub async fn people_counts(tx: &mut Tx<'_>) -> Result<Vec<(PersonState, i64)>, DbError> {
    tx.all(COUNTS, params![tx.tenant()]).await
}

/// Words in which `%` and `_` mean themselves.
fn escaped(words: &str) -> String {
    let mut pattern = String::with_capacity(words.len());
    for letter in words.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern
}
