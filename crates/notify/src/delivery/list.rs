//! The log of deliveries, the latest first.

use std::fmt;
use std::str::FromStr;

use qige_db::{DbError, Param, Sql, ToParam, Tx, Unknown, from_row, statements, values};
use qige_kernel::{PersonId, Timestamp};
use uuid::Uuid;

use super::DeliveryState;
use crate::{Topic, WayKind};

/// Deliveries of one page at most.
pub const DELIVERIES_ON_PAGE_MAX: u32 = 200;

statements! {
    /// What each line says.
    fragment LOG = "SELECT d.id, d.way, d.way_kind, w.name AS way_name, d.person, p.name AS person_name,
            d.kind, d.topic, d.state, d.due_at, d.tried_at, d.attempts, d.problem, d.made_at
        FROM deliveries d LEFT JOIN ways w ON w.tenant = d.tenant AND w.id = d.way
        LEFT JOIN people p ON p.tenant = d.tenant AND p.id = d.person
        WHERE d.tenant = $1 AND (d.made_at, d.id) < ($2, $3) AND ($4 = '' OR d.state = $4)
            AND ($5 = '' OR d.way_kind = $5) AND (d.way = $6 OR $6 = $7)";
    /// The latest first.
    fragment LATEST = "ORDER BY d.made_at DESC, d.id DESC LIMIT $8";
    /// The latest of one person first.
    fragment LATEST_OF = "AND d.person = $9 ORDER BY d.made_at DESC, d.id DESC LIMIT $8";
}

from_row! {
    /// One delivery, as the log shows it.
    pub struct DeliveryRow {
        /// Which one.
        pub id: Uuid,
        /// On which way.
        pub way: Uuid,
        /// What sort of way.
        pub way_kind: WayKind,
        /// What the way is called, while it is there.
        pub way_name: Option<String>,
        /// To whom; none: a group or a program.
        pub person: Option<PersonId>,
        /// What they are called.
        pub person_name: Option<String>,
        /// The kind of notice.
        pub kind: String,
        /// What it is about, roughly.
        pub topic: Topic,
        /// What has become of it.
        pub state: DeliveryState,
        /// When it is or was due.
        pub due_at: Timestamp,
        /// When it was tried last.
        pub tried_at: Option<Timestamp>,
        /// How often it was tried.
        pub attempts: i64,
        /// What went wrong.
        pub problem: Option<String>,
        /// Since when it is there.
        pub made_at: Timestamp,
    }
}

impl DeliveryRow {
    /// Its place in the log.
    #[must_use]
    pub const fn place(&self) -> DeliveryPlace {
        DeliveryPlace { made_at: self.made_at, id: self.id }
    }
}

/// Which deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Of this state.
    pub state: Option<DeliveryState>,
    /// Of this sort of way.
    pub kind: Option<WayKind>,
    /// To this person.
    pub person: Option<PersonId>,
    /// On this way.
    pub way: Option<Uuid>,
}

/// A place in the log. In addresses: microseconds, a dot, an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryPlace {
    made_at: Timestamp,
    id: Uuid,
}

impl fmt::Display for DeliveryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.made_at.micros(), self.id)
    }
}

impl FromStr for DeliveryPlace {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (micros, id) = text.split_once('.').ok_or(Unknown)?;
        let made_at = Timestamp::from_micros(micros.parse().map_err(|_| Unknown)?);
        Ok(Self { made_at, id: id.parse().map_err(|_| Unknown)? })
    }
}

/// Deliveries after a place (none: from the latest on).
///
/// # Errors
/// [`DbError`].
pub async fn deliveries(
    tx: &mut Tx<'_>,
    filter: &DeliveryFilter,
    after: Option<DeliveryPlace>,
    limit: u32,
) -> Result<Vec<DeliveryRow>, DbError> {
    let first = DeliveryPlace { made_at: Timestamp::from_micros(i64::MAX), id: Uuid::max() };
    let DeliveryPlace { made_at, id } = after.unwrap_or(first);
    let DeliveryFilter { state, kind, person, way } = *filter;
    let (state, kind) = (state.map_or("", DeliveryState::as_str), kind.map_or("", WayKind::as_str));
    let limit = limit.clamp(1, DELIVERIES_ON_PAGE_MAX + 1);
    let mut values: Vec<Param> =
        values![tx.tenant(), made_at, id, state, kind, way.unwrap_or_default(), Uuid::nil(), limit];
    values.extend(person.map(|person| person.to_param()));
    let end = if person.is_some() { LATEST_OF } else { LATEST };
    tx.all(Sql::compose(&[LOG, end]), &values).await
}
