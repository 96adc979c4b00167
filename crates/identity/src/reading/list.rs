//! Who read what: for the person it was read of, and for the auditor.

use std::fmt;
use std::str::FromStr;

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Timestamp};
use uuid::Uuid;

use super::Purpose;
use crate::{KeyClass, Unknown};

/// Readings on one page at most.
pub const READINGS_ON_PAGE_MAX: u32 = 2_000;

statements! {
    /// The newest first, from the one after `$6`, `$7`, `$8`.
    LIST = "SELECT r.owner, o.name AS owner_name, r.seq, r.at, r.reader, p.name AS reader_name, r.role,
            r.class, r.field, r.purpose
        FROM readings r
        LEFT JOIN people o ON o.tenant = r.tenant AND o.id = r.owner
        LEFT JOIN people p ON p.tenant = r.tenant AND p.id = r.reader
        WHERE r.tenant = $1 AND r.at >= $2 AND r.at < $3
            AND (r.owner = $4 OR $4 = $9) AND (r.reader = $5 OR $5 = $9)
            AND (r.at, r.owner, r.seq) < ($6, $7, $8)
        ORDER BY r.at DESC, r.owner DESC, r.seq DESC LIMIT $10";
}

from_row! {
    /// Somebody read something of somebody.
    #[derive(PartialEq, Eq)]
    pub struct ReadingRow {
    /// Of whom.
        pub owner: Uuid,
        /// What they are called, where they have an account.
        pub owner_name: Option<String>,
        /// Its place in their access journal.
        pub seq: i64,
        /// When.
        pub at: Timestamp,
        /// Who read it; none for the product itself.
        pub reader: Option<PersonId>,
        /// What they are called.
        pub reader_name: Option<String>,
        /// In which role.
        pub role: String,
        /// What sort of thing.
        pub class: KeyClass,
        /// Table and column.
        pub field: String,
        /// For what.
        pub purpose: Purpose,
    }
}

impl ReadingRow {
    /// Its place in the list.
    #[must_use]
    pub const fn place(&self) -> ReadingPlace {
        ReadingPlace { at: self.at, owner: self.owner, seq: self.seq }
    }
}

/// A place in the list. In URLs: microseconds, an id and a number, with dots between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadingPlace {
    at: Timestamp,
    owner: Uuid,
    seq: i64,
}

impl ReadingPlace {
    /// Before everything.
    const FIRST: Self = Self { at: Timestamp::from_micros(i64::MAX), owner: Uuid::max(), seq: i64::MAX };
}

impl fmt::Display for ReadingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.at.micros(), self.owner, self.seq)
    }
}

impl FromStr for ReadingPlace {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(Unknown);
        let at = next()?.parse().map_err(|_| Unknown)?;
        let owner = next()?.parse().map_err(|_| Unknown)?;
        let seq = next()?.parse().map_err(|_| Unknown)?;
        Ok(Self { at: Timestamp::from_micros(at), owner, seq })
    }
}

/// Which readings are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadingFilter {
    /// Of whom.
    pub owner: Option<Uuid>,
    /// By whom.
    pub reader: Option<PersonId>,
    /// Not before this instant.
    pub from: Option<Timestamp>,
    /// Before this one.
    pub until: Option<Timestamp>,
}

/// Readings, the newest first, from the one after `after`; at most `limit` and [`READINGS_ON_PAGE_MAX`].
///
/// # Errors
/// [`DbError`].
pub async fn readings(
    tx: &mut Tx<'_>,
    filter: &ReadingFilter,
    after: Option<ReadingPlace>,
    limit: u32,
) -> Result<Vec<ReadingRow>, DbError> {
    let from = filter.from.unwrap_or(Timestamp::from_micros(i64::MIN));
    let until = filter.until.unwrap_or(Timestamp::from_micros(i64::MAX));
    let (owner, reader) = (filter.owner.unwrap_or_default(), filter.reader.map_or(Uuid::nil(), |id| id.0));
    let ReadingPlace { at, owner: before, seq } = after.unwrap_or(ReadingPlace::FIRST);
    let limit = limit.min(READINGS_ON_PAGE_MAX);
    let values = params![tx.tenant(), from, until, owner, reader, at, before, seq, Uuid::nil(), limit];
    tx.all(LIST, values).await
}
