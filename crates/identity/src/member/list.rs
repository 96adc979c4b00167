//! Who is how far.

use std::fmt;
use std::str::FromStr;

use qige_db::{DbError, Sql, Tx, from_row, params, statements};
use qige_kernel::{PersonId, PlaceId, Timestamp};

use super::MemberState;
use crate::consent::{OWES, floor_of};
use crate::{GridMember, PurposeKey, Unknown};

/// Members on one page at most.
pub const MEMBERS_ON_PAGE_MAX: u32 = 200;

statements! {
    /// Those who moved last first, from the one after `$4` and `$5`.
    fragment LIST = "SELECT * FROM (SELECT m.person, p.name, m.state, m.community, m.recommended_by,
            m.invite_until, m.created_at, m.changed_at, CAST(";
    /// Owing or not; `$11` for those alone who do.
    fragment LISTED = "AS BIGINT) AS owes
        FROM members m JOIN people p ON p.tenant = m.tenant AND p.id = m.person
        WHERE m.tenant = $1 AND ($5 = '' OR m.state = $5)
            AND ($9 = 0 OR m.recommended_by = $6)
            AND (m.changed_at, m.person) < ($7, $8)) listed
        WHERE $11 = 0 OR owes = 1
        ORDER BY changed_at DESC, person DESC LIMIT $10";
    /// One of them.
    fragment ONE = "SELECT m.person, p.name, m.state, m.community, m.recommended_by, m.invite_until,
            m.created_at, m.changed_at, CAST(";
    /// Owing or not; by who it is.
    fragment ONE_OF = "AS BIGINT) AS owes
        FROM members m JOIN people p ON p.tenant = m.tenant AND p.id = m.person
        WHERE m.tenant = $1 AND m.person = $5";
    /// How many there are of each.
    fragment COUNTS = "SELECT m.state, COUNT(*), CAST(SUM(";
    /// And how many of them owe a consent.
    fragment COUNTED = ") AS BIGINT) FROM members m
        WHERE m.tenant = $1 AND ($6 = 0 OR m.recommended_by = $5) GROUP BY m.state";
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
        /// 1 where they are in the scheme without a consent to it that holds.
        pub owes: i64,
    }
}

/// How many members there are in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberCount {
    /// How far they are.
    pub state: MemberState,
    /// How many.
    pub count: i64,
    /// How many of them owe a consent.
    pub owing: i64,
}

/// Which are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemberFilter {
    /// How far.
    pub state: Option<MemberState>,
    /// Recommended by this person.
    pub recommended_by: Option<PersonId>,
    /// In the scheme without a consent to it that holds.
    pub owing: bool,
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
    now: Timestamp,
) -> Result<Vec<MemberRow>, DbError> {
    let state = filter.state.map_or("", MemberState::as_str);
    let by = filter.recommended_by.unwrap_or(PersonId(uuid::Uuid::nil()));
    let (at, person) = after
        .map_or_else(|| (i64::MAX, PersonId(uuid::Uuid::max())), |place| (place.at.micros(), place.person));
    let own = i64::from(filter.recommended_by.is_some());
    let limit = limit.min(MEMBERS_ON_PAGE_MAX);
    let (floor, owing) = (floor_of::<GridMember>(tx).await?, i64::from(filter.owing));
    let (tenant, to) = (tx.tenant(), PurposeKey::of::<GridMember>());
    let values = params![tenant, to, now, floor, state, by, at, person, own, limit, owing];
    tx.all(Sql::compose(&[LIST, OWES, LISTED]), values).await
}

/// How many there are of each.
///
/// # Errors
/// [`DbError`].
pub async fn member_counts(
    tx: &mut Tx<'_>,
    recommended_by: Option<PersonId>,
    now: Timestamp,
) -> Result<Vec<MemberCount>, DbError> {
    let by = recommended_by.unwrap_or(PersonId(uuid::Uuid::nil()));
    let (floor, to) = (floor_of::<GridMember>(tx).await?, PurposeKey::of::<GridMember>());
    let values = params![tx.tenant(), to, now, floor, by, i64::from(recommended_by.is_some())];
    let rows: Vec<(MemberState, i64, i64)> = tx.all(Sql::compose(&[COUNTS, OWES, COUNTED]), values).await?;
    Ok(rows.into_iter().map(|(state, count, owing)| MemberCount { state, count, owing }).collect())
}

/// What is kept of one of them; none where they came another way.
///
/// # Errors
/// [`DbError`].
pub async fn member(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<Option<MemberRow>, DbError> {
    let (floor, to) = (floor_of::<GridMember>(tx).await?, PurposeKey::of::<GridMember>());
    let values = params![tx.tenant(), to, now, floor, person];
    tx.optional(Sql::compose(&[ONE, OWES, ONE_OF]), values).await
}
