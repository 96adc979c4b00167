//! Models in the database, and the cases that they are made from.

use jiff::tz::TimeZone;
use qige_db::{Command, DbError, Failure, Json, Tx, from_row, params, statements};
use qige_kernel::{CaseId, PersonId, Refusal, RefusalKind, Timestamp};
use uuid::Uuid;

use super::{FiledCase, Learned, Quality, Source, Suggesting};
use crate::MatterKey;
use crate::store::hour_of;

/// Versions that are kept at most, and besides them the one that is kept to: a week of nights, so that a
/// model that learnt something wrong can be gone back from.
pub const MAX_VERSIONS: i64 = 7;

statements! {
    /// Cases that were filed and stand, newest first; what follows another case says nothing of its own.
    FILED = "SELECT c.id, c.received_at, c.matter, c.words, c.cell, r.person FROM cases c
        JOIN reports r ON r.tenant = c.tenant AND r.id = c.first_report
        WHERE c.tenant = $1 AND (c.received_at, c.id) < ($2, $3) AND c.filed_at IS NOT NULL
        AND c.matter IS NOT NULL AND c.main_case IS NULL AND c.words <> ''
        AND c.state <> 'void' AND c.state <> 'declined' ORDER BY c.received_at DESC, c.id DESC LIMIT $4";
    /// What is said of the models, newest first.
    VERSIONS = "SELECT version, trained_at, cases, words, quality FROM suggestion_models WHERE tenant = $1
        ORDER BY version DESC";
    /// What is said of one; none when there is none.
    VERSION = "SELECT version, trained_at, cases, words, quality FROM suggestion_models
        WHERE tenant = $1 AND version = $2";
    /// The model itself.
    MODEL = "SELECT model FROM suggestion_models WHERE tenant = $1 AND version = $2";
    /// One more.
    ADD = "INSERT INTO suggestion_models (tenant, version, trained_at, cases, words, quality, model)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Those that are not kept any more.
    DROP_OLD = "DELETE FROM suggestion_models WHERE tenant = $1 AND version <= $2 AND version <> $3";
}

from_row! {
    struct FiledRow {
        id: CaseId,
        received_at: Timestamp,
        matter: MatterKey,
        words: String,
        cell: Option<i64>,
        person: Option<PersonId>,
    }
}

from_row! {
    /// What is said of a model.
    pub struct Version {
        /// Which, from 1.
        pub version: i64,
        /// When it was made.
        pub trained_at: Timestamp,
        /// From how many cases.
        pub cases: i64,
        /// How many words it knows.
        pub words: i64,
        /// How well it guesses.
        pub quality: Json<Quality>,
    }
}

/// Where a page of filed cases ended.
pub type FiledBefore = (Timestamp, CaseId);

/// After all cases.
pub const NEWEST: FiledBefore = (Timestamp::from_micros(i64::MAX), CaseId(Uuid::max()));

/// At most `limit` filed cases, the newest before `before` first, with the hour at which each came in; and
/// where to go on, none when that was all.
///
/// # Errors
/// [`DbError`].
pub async fn filed_cases(
    tx: &mut Tx<'_>,
    before: FiledBefore,
    zone: &TimeZone,
    limit: i64,
) -> Result<(Vec<FiledCase>, Option<FiledBefore>), DbError> {
    let rows: Vec<FiledRow> = tx.all(FILED, params![tx.tenant(), before.0, before.1, limit]).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let more = rows.last().filter(|_| full).map(|row| (row.received_at, row.id));
    let case = |row: FiledRow| FiledCase {
        matter: row.matter,
        words: row.words,
        cell: row.cell,
        hour: hour_of(row.received_at, zone),
        reporter: row.person,
    };
    Ok((rows.into_iter().map(case).collect(), more))
}

/// All models that are kept, newest first.
///
/// # Errors
/// [`DbError`].
pub async fn versions(tx: &mut Tx<'_>) -> Result<Vec<Version>, DbError> {
    tx.all(VERSIONS, params![tx.tenant()]).await
}

/// The version that suggestions come from; none where nothing is learnt, or nothing worth it.
///
/// # Errors
/// [`DbError`].
pub async fn version_in_use(tx: &mut Tx<'_>, suggesting: Suggesting) -> Result<Option<i64>, DbError> {
    if suggesting.from != Source::Learned {
        return Ok(None);
    }
    let known = versions(tx).await?;
    Ok(in_use(&known, suggesting))
}

/// As [`version_in_use`], of these.
#[must_use]
pub fn in_use(known: &[Version], suggesting: Suggesting) -> Option<i64> {
    let wanted = |one: &&Version| match suggesting.version {
        Some(version) => one.version == version,
        None => one.quality.0.is_worth_it(),
    };
    known.iter().filter(|_| suggesting.from == Source::Learned).find(wanted).map(|one| one.version)
}

/// A model; none when it is not kept any more.
///
/// # Errors
/// [`DbError`].
pub async fn model(tx: &mut Tx<'_>, version: i64) -> Result<Option<Learned>, DbError> {
    let found: Option<(Vec<u8>,)> = tx.optional(MODEL, params![tx.tenant(), version]).await?;
    Ok(found.and_then(|(bytes,)| Learned::read(&bytes)))
}

/// Whether there is such a version to go back to.
///
/// # Errors
/// `model-missing`.
pub async fn needed(tx: &mut Tx<'_>, version: i64) -> Result<Version, Failure> {
    let found: Option<Version> = tx.optional(VERSION, params![tx.tenant(), version]).await?;
    Ok(found.ok_or(Refusal::new(RefusalKind::Missing, "model-missing"))?)
}

/// Keeps a model as the next version, and lets go of the oldest: an earlier model is gone for good some
/// nights after the words in it were erased. The same model again is no new version.
#[derive(Clone, Debug)]
pub struct KeepModel {
    /// The model, as [`Learned::bytes`].
    pub bytes: Vec<u8>,
    /// From how many cases.
    pub cases: i64,
    /// How many words it knows.
    pub words: i64,
    /// How well it guesses.
    pub quality: Quality,
    /// The version that is kept to, whatever comes after it.
    pub kept_to: Option<i64>,
    /// When.
    pub at: Timestamp,
}

impl Command for KeepModel {
    /// Its version.
    type Output = i64;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<i64, Failure> {
        let newest = versions(tx).await?.first().map_or(0, |newest| newest.version);
        let known: Option<(Vec<u8>,)> = tx.optional(MODEL, params![tx.tenant(), newest]).await?;
        if known.is_some_and(|(bytes,)| bytes == self.bytes) {
            return Ok(newest);
        }
        let (tenant, version) = (tx.tenant(), newest + 1);
        let quality = Json(&self.quality);
        let values = params![tenant, version, self.at, self.cases, self.words, quality, self.bytes];
        tx.execute(ADD, values).await?;
        let kept_to = self.kept_to.unwrap_or(version);
        tx.execute(DROP_OLD, params![tenant, version - MAX_VERSIONS, kept_to]).await?;
        tx.announce("settings", tenant.0);
        Ok(version)
    }
}
