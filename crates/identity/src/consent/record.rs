//! What was given.

use std::fmt;

use qige_db::{DbError, Json, Tx, from_row, params, statements};
use qige_kernel::{ConsentId, ObjectId, PersonId, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::PurposeKey;
use super::end::{ConsentEffect, end};
use crate::{KeyClass, Scope, Sealed, SealedColumn, Stamp};
use qige_db::kebab;

/// Ended consents of one subject that are shown at most. Of those that were not ended, none is ever left out.
const ENDED_SHOWN_MAX: i64 = 500;

kebab! {
    /// What proves it.
    pub enum ConsentProof {
        /// A tick, by whoever was signed in or held the code.
        Tick = "tick",
        /// A signature drawn on the screen.
        Signature = "signature",
        /// A scan of the paper that was signed.
        Paper = "paper",
    }
}

impl ConsentProof {
    /// Names its text in the locale files: `consent-proof-paper`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("consent-proof-{self}")
    }
}

kebab! {
    /// Why one ended.
    pub enum Ended {
        /// It was withdrawn.
        Withdrawn = "withdrawn",
        /// It was given anew.
        Renewed = "renewed",
        /// Its term was over.
        RunOut = "run-out",
        /// Whoever gave it left the scheme.
        Left = "left",
    }
}

/// Whose data it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person with an account.
    Person(PersonId),
    /// Somebody without one, by their report.
    Report(ReportId),
}

impl Subject {
    /// Which one.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Person(PersonId(id)) | Self::Report(ReportId(id)) => id,
        }
    }

    /// In SQL and journals.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Report(_) => "report",
        }
    }

    fn named(kind: &str, id: Uuid) -> Result<Self, DbError> {
        match kind {
            "person" => Ok(Self::Person(PersonId(id))),
            "report" => Ok(Self::Report(ReportId(id))),
            other => Err(DbError::Decode { column: "subject_kind".to_owned(), problem: other.to_owned() }),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.id())
    }
}

statements! {
    /// One.
    BY_ID = "SELECT * FROM consents WHERE tenant = $1 AND id = $2";
    /// Those of one subject that were not ended: however often one gave and withdrew, all of them.
    NOT_ENDED = "SELECT * FROM consents WHERE tenant = $1 AND subject = $2 AND subject_kind = $3
        AND ended_at IS NULL ORDER BY given_at DESC, id DESC";
    /// Those that were, the newest first.
    ENDED = "SELECT * FROM consents WHERE tenant = $1 AND subject = $2 AND subject_kind = $3
        AND ended_at IS NOT NULL ORDER BY given_at DESC, id DESC LIMIT $4";
    /// How many hold, of each purpose.
    COUNTED = "SELECT c.purpose, COUNT(*) FROM consents c
        WHERE c.tenant = $1 AND c.ended_at IS NULL AND c.until > $2 AND c.version >= COALESCE((
            SELECT MAX(t.version) FROM consent_texts t
            WHERE t.tenant = c.tenant AND t.purpose = c.purpose AND t.asks_again), 1)
        GROUP BY c.purpose ORDER BY c.purpose";
    /// People who should be asked again: the text was renewed, or the term ends before $3; from the one after
    /// $4 and $5.
    TO_RENEW = "SELECT c.* FROM consents c
        WHERE c.tenant = $1 AND c.ended_at IS NULL AND c.until > $2 AND c.subject_kind = 'person'
            AND (c.until < $3 OR c.version < (SELECT MAX(t.version) FROM consent_texts t
                WHERE t.tenant = c.tenant AND t.purpose = c.purpose AND t.asks_again))
            AND (c.until, c.id) > ($4, $5)
        ORDER BY c.until, c.id LIMIT $6";
    /// Names of guardians, some at a time.
    GUARDIANS = "SELECT id, guardian, CAST(NULL AS BYTEA) FROM consents
        WHERE tenant = $1 AND id > $2 AND guardian IS NOT NULL ORDER BY id LIMIT $3";
    /// What proves consents, some at a time.
    PROOFS = "SELECT object FROM consents WHERE tenant = $1 AND object > $2 ORDER BY object LIMIT $3";
    /// A name as it is kept now; nothing happens where it was changed meanwhile.
    PUT_GUARDIAN = "UPDATE consents SET guardian = $4 WHERE tenant = $1 AND id = $2 AND guardian = $3";
}

/// Who gave consents for others.
pub static CONSENT_GUARDIAN: SealedColumn = SealedColumn {
    class: KeyClass::Minor,
    name: "consents.guardian",
    index: None,
    read: GUARDIANS,
    put: PUT_GUARDIAN,
};

from_row! {
    /// A consent that was given.
    pub struct ConsentRow {
        /// Its id.
        pub id: ConsentId,
        /// What sort of subject.
        pub subject_kind: String,
        /// Whose data it is about.
        pub subject: Uuid,
        /// To what.
        pub purpose: PurposeKey,
        /// In which words.
        pub version: i64,
        /// Over what it holds.
        pub scope: Scope,
        /// When.
        pub given_at: Timestamp,
        /// Until when, not included.
        pub until: Timestamp,
        /// What proves it.
        pub proof: ConsentProof,
        /// The signature or the scan.
        pub object: Option<ObjectId>,
        /// Who wrote it down, where the subject did not give it themself.
        pub recorded_by: Option<PersonId>,
        /// Who gave it for the subject.
        pub guardian: Option<Sealed>,
        /// When it ended before its term.
        pub ended_at: Option<Timestamp>,
        /// Why.
        pub ended_how: Option<Ended>,
        /// Who ended it.
        pub ended_by: Option<PersonId>,
        /// What ended with it.
        pub effects: Option<Json<Vec<ConsentEffect>>>,
    }
}

/// How a consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentStanding {
    /// It holds.
    Holds,
    /// The text was renewed since, so that it holds no more.
    Outdated,
    /// Its term is over.
    Over,
    /// It was ended.
    Ended,
}

impl ConsentRow {
    /// Whose data it is about.
    ///
    /// # Errors
    /// [`DbError::Decode`] where the row is not ours.
    pub fn subject(&self) -> Result<Subject, DbError> {
        Subject::named(&self.subject_kind, self.subject)
    }

    /// How it stands, where versions from `floor` on count.
    #[must_use]
    pub fn standing(&self, floor: i64, at: Timestamp) -> ConsentStanding {
        match self.ended_at {
            Some(_) => ConsentStanding::Ended,
            None if self.until <= at => ConsentStanding::Over,
            None if self.version < floor => ConsentStanding::Outdated,
            None => ConsentStanding::Holds,
        }
    }
}

/// One consent.
///
/// # Errors
/// [`DbError`].
pub async fn consent(tx: &mut Tx<'_>, id: ConsentId) -> Result<Option<ConsentRow>, DbError> {
    tx.optional(BY_ID, params![tx.tenant(), id]).await
}

/// The signatures and scans that prove consents, at most `limit` of them, from the one after `after`.
///
/// # Errors
/// [`DbError`].
pub async fn proofs(tx: &mut Tx<'_>, after: ObjectId, limit: i64) -> Result<Vec<ObjectId>, DbError> {
    let rows: Vec<(ObjectId,)> = tx.all(PROOFS, params![tx.tenant(), after, limit]).await?;
    Ok(rows.into_iter().map(|(object,)| object).collect())
}

/// What one subject gave and was not ended, the newest first.
///
/// # Errors
/// [`DbError`].
pub(super) async fn not_ended(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<ConsentRow>, DbError> {
    tx.all(NOT_ENDED, params![tx.tenant(), subject.id(), subject.kind()]).await
}

/// What one subject gave, the newest first, each with how it stands: all that was not ended, and the last of
/// what was.
///
/// # Errors
/// [`DbError`].
pub async fn consents_of(
    tx: &mut Tx<'_>,
    subject: Subject,
    at: Timestamp,
) -> Result<Vec<(ConsentRow, ConsentStanding)>, DbError> {
    let mut rows = not_ended(tx, subject).await?;
    let values = params![tx.tenant(), subject.id(), subject.kind(), ENDED_SHOWN_MAX];
    rows.extend(tx.all::<ConsentRow>(ENDED, values).await?);
    rows.sort_by_key(|row| std::cmp::Reverse((row.given_at, row.id)));
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let standing = row.standing(super::text::floor(tx, &row.purpose).await?, at);
        found.push((row, standing));
    }
    Ok(found)
}

/// How many consents hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConsentCount {
    /// To what.
    pub purpose: PurposeKey,
    /// How many.
    pub count: i64,
}

/// How many consents hold, of each purpose that anybody consented to.
///
/// # Errors
/// [`DbError`].
pub async fn consent_counts(tx: &mut Tx<'_>, at: Timestamp) -> Result<Vec<ConsentCount>, DbError> {
    let rows: Vec<(PurposeKey, i64)> = tx.all(COUNTED, params![tx.tenant(), at]).await?;
    Ok(rows.into_iter().map(|(purpose, count)| ConsentCount { purpose, count }).collect())
}

/// Consents of people that are not ended and hold no more, or end before `ends_before`: they are asked again.
/// From the one after `after`.
///
/// # Errors
/// [`DbError`].
pub async fn in_need_of_renewal(
    tx: &mut Tx<'_>,
    at: Timestamp,
    ends_before: Timestamp,
    after: Option<(Timestamp, ConsentId)>,
    limit: i64,
) -> Result<Vec<ConsentRow>, DbError> {
    let (until, id) = after.unwrap_or((Timestamp::from_micros(i64::MIN), ConsentId(Uuid::nil())));
    tx.all(TO_RENEW, params![tx.tenant(), at, ends_before, until, id, limit]).await
}

/// Ends every consent of a subject.
pub(crate) async fn end_all_of(
    tx: &mut Tx<'_>,
    subject: Subject,
    how: Ended,
    stamp: &Stamp,
) -> Result<(), qige_db::Failure> {
    for row in not_ended(tx, subject).await? {
        end(tx, &row, how, stamp).await?;
    }
    Ok(())
}
