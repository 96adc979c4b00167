//! Who is how far.

use std::fmt;
use std::str::FromStr;

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{PersonId, PlaceId, Timestamp};

use super::MemberState;
use crate::Unknown;

/// Members on one page at most.
pub const MEMBERS_ON_PAGE_MAX: u32 = 200;

statements! {
    /// Those who moved last first, from the one after `$4` and `$5`.
    LIST = "SELECT m.person, p.name, m.state, m.community, m.recommended_by, m.invite_until, m.created_at,
            m.changed_at
        FROM members m JOIN people p ON p.tenant = m.tenant AND p.id = m.person
        WHERE m.tenant = $1 AND ($2 = '' OR m.state = $2)
            AND ($6 = 0 OR m.recommended_by = $3)
            AND (m.changed_at, m.person) < ($4, $5)
        ORDER BY m.changed_at DESC, m.person DESC LIMIT $7";
    /// One of them.
    ONE = "SELECT m.person, p.name, m.state, m.community, m.recommended_by, m.invite_until, m.created_at,
            m.changed_at
        FROM members m JOIN people p ON p.tenant = m.tenant AND p.id = m.person
        WHERE m.tenant = $1 AND m.person = $2";
    /// How many there are of each.
    COUNTS = "SELECT state, COUNT(*) FROM members
        WHERE tenant = $1 AND ($3 = 0 OR recommended_by = $2) GROUP BY state";
}

from_row! {
    /// One of them.
    pub struct MemberRow {
        /// Who.
        pub person: PersonId,
        /// The name that others read.
        pub name: String,
        /// How far.
        pub state: MemberState,
        /// For which community.
        pub community: Option<PlaceId>,
        /// Who recommended them.
        pub recommended_by: Option<PersonId>,
        /// Until when their invitation is good.
        pub invite_until: Option<Timestamp>,
        /// When they were recommended.
        pub created_at: Timestamp,
        /// When they moved last.
        pub changed_at: Timestamp,
    }
}

/// Which are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemberFilter {
    /// How far.
    pub state: Option<MemberState>,
    /// Recommended by this person.
    pub recommended_by: Option<PersonId>,
}

/// Where one stands in the list: `<microseconds>.<person>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberPlace {
    /// When they moved last.
    pub at: Timestamp,
    /// Who.
    pub person: PersonId,
}

impl fmt::Display for MemberPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.micros(), self.person)
    }
}

impl FromStr for MemberPlace {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (at, person) = text.split_once('.').ok_or(Unknown)?;
        let at = at.parse().map_err(|_| Unknown)?;
        Ok(Self { at: Timestamp::from_micros(at), person: person.parse().map_err(|_| Unknown)? })
    }
}

/// Those who moved last first, at most `limit` and [`MEMBERS_ON_PAGE_MAX`] of them, from the one after
/// `after`.
///
/// # Errors
/// [`DbError`].
pub async fn members(
    tx: &mut Tx<'_>,
    filter: MemberFilter,
    after: Option<MemberPlace>,
    limit: u32,
) -> Result<Vec<MemberRow>, DbError> {
    let state = filter.state.map_or("", MemberState::as_str);
    let by = filter.recommended_by.unwrap_or(PersonId(uuid::Uuid::nil()));
    let (at, person) = after
        .map_or_else(|| (i64::MAX, PersonId(uuid::Uuid::max())), |place| (place.at.micros(), place.person));
    let own = i64::from(filter.recommended_by.is_some());
    let limit = limit.min(MEMBERS_ON_PAGE_MAX);
    tx.all(LIST, params![tx.tenant(), state, by, at, person, own, limit]).await
}

/// How many there are of each.
///
/// # Errors
/// [`DbError`].
pub async fn member_counts(
    tx: &mut Tx<'_>,
    recommended_by: Option<PersonId>,
) -> Result<Vec<(MemberState, i64)>, DbError> {
    let by = recommended_by.unwrap_or(PersonId(uuid::Uuid::nil()));
    tx.all(COUNTS, params![tx.tenant(), by, i64::from(recommended_by.is_some())]).await
}

/// What is kept of one of them; none where they came another way.
///
/// # Errors
/// [`DbError`].
pub async fn member(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<MemberRow>, DbError> {
    tx.optional(ONE, params![tx.tenant(), person]).await
}
