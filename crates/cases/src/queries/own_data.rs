//! All that cases keep of one person's own: what they reported, said and answered.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{CaseId, ObjectId, PersonId, ReportId, Timestamp};
use uuid::Uuid;

use crate::{CaseRole, MatterKey, State};

/// Rows of each sort at most: thirty a day for a year. Whoever has more gets the newest and is told.
pub const OWN_ROWS_MAX: i64 = 10_000;

statements! {
    /// What a person reported, the newest first.
    REPORTED = "SELECT r.id, r.case_id, c.number, c.state, r.matter, r.words, c.words_erased_at, r.lng, r.lat,
            r.accuracy, r.made_at, r.received_at, r.origin, r.joined, r.solved
        FROM reports r JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE r.tenant = $1 AND r.person = $2 ORDER BY r.received_at DESC, r.id DESC LIMIT $3";
    /// One report.
    ONE = "SELECT r.id, r.case_id, c.number, c.state, r.matter, r.words, c.words_erased_at, r.lng, r.lat,
            r.accuracy, r.made_at, r.received_at, r.origin, r.joined, r.solved
        FROM reports r JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE r.tenant = $1 AND r.id = $2 LIMIT $3";
    /// Photos of what a person reported, or of one report, that are still there.
    PHOTOS = "SELECT p.report, p.id FROM case_photos p
        JOIN reports r ON r.tenant = p.tenant AND r.id = p.report
        JOIN objects o ON o.tenant = p.tenant AND o.id = p.id AND o.erased_at IS NULL
        WHERE p.tenant = $1 AND (r.person = $2 OR r.id = $2) ORDER BY r.received_at, p.added_at, p.id";
    /// Voice notes of what a person reported, or of one report, that are still there.
    VOICES = "SELECT r.id, o.id, o.media_type FROM reports r
        JOIN objects o ON o.tenant = r.tenant AND o.id = r.voice AND o.erased_at IS NULL
            AND o.class = 'voice' AND o.owner_kind = 'report' AND o.owner = r.id
        WHERE r.tenant = $1 AND (r.person = $2 OR r.id = $2) ORDER BY r.received_at, r.id";
    /// What a person said beside cases, the newest first.
    SAID = "SELECT m.case_id, m.role, m.words, c.words_erased_at, m.made_at FROM case_comments m
        JOIN cases c ON c.tenant = m.tenant AND c.id = m.case_id
        WHERE m.tenant = $1 AND m.person = $2 ORDER BY m.made_at DESC, m.id DESC LIMIT $3";
    /// What a person answered about cases that they reported, the newest first.
    ANSWERED = "SELECT a.case_id, a.kind, a.answer, c.words_erased_at, a.stars, a.answered_at FROM case_asks a
        JOIN cases c ON c.tenant = a.tenant AND c.id = a.case_id
        JOIN reports r ON r.tenant = a.tenant AND r.case_id = a.case_id AND r.person = a.answered_by
        WHERE a.tenant = $1 AND r.person = $2 AND a.answered_at IS NOT NULL
        ORDER BY a.answered_at DESC, a.id DESC LIMIT $3";
}

from_row! {
    /// A report, all of it.
    pub struct OwnReported {
        /// Its id.
        pub id: ReportId,
        /// About which case.
        pub case_id: CaseId,
        /// The case's number.
        pub number: Option<String>,
        /// Where the case stands.
        pub state: State,
        /// What it was taken for.
        pub matter: Option<MatterKey>,
        /// The words.
        pub words: String,
        /// When its words went because their term was over.
        pub words_erased_at: Option<Timestamp>,
        /// Degrees east, WGS-84.
        pub lng: Option<f64>,
        /// Degrees north, WGS-84.
        pub lat: Option<f64>,
        /// Radius in metres.
        pub accuracy: Option<f64>,
        /// When it was made.
        pub made_at: Timestamp,
        /// When it reached us.
        pub received_at: Timestamp,
        /// How it reached us.
        pub origin: String,
        /// It joined a case that was there.
        pub joined: bool,
        /// Put right on the spot.
        pub solved: bool,
    }
}

from_row! {
    /// Words beside a case.
    pub struct OwnSaid {
        /// Which case.
        pub case_id: CaseId,
        /// In which role.
        pub role: CaseRole,
        /// The words.
        pub words: String,
        /// When its words went because their term was over.
        pub words_erased_at: Option<Timestamp>,
        /// When.
        pub made_at: Timestamp,
    }
}

from_row! {
    /// An answer, or how satisfied one was.
    pub struct OwnAnswered {
        /// Which case.
        pub case_id: CaseId,
        /// To what.
        pub kind: String,
        /// The words.
        pub answer: Option<String>,
        /// When its words went because their term was over.
        pub words_erased_at: Option<Timestamp>,
        /// 1 to 5.
        pub stars: Option<i64>,
        /// When.
        pub answered_at: Timestamp,
    }
}

/// All that cases keep of one's own.
#[derive(Clone, Debug, Default)]
pub struct OwnData {
    /// What one reported.
    pub reported: Vec<OwnReported>,
    /// What one said.
    pub said: Vec<OwnSaid>,
    /// What one answered.
    pub answered: Vec<OwnAnswered>,
}

impl OwnData {
    /// Whether there may be more than is here.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        let longest = self.reported.len().max(self.said.len()).max(self.answered.len());
        i64::try_from(longest).is_ok_and(|longest| longest >= OWN_ROWS_MAX)
    }
}

/// What cases keep of a person's own.
///
/// # Errors
/// [`DbError`].
pub async fn own_data(tx: &mut Tx<'_>, person: PersonId) -> Result<OwnData, DbError> {
    let of = |id: Uuid, tenant| params![tenant, id, OWN_ROWS_MAX].to_vec();
    let values = of(person.0, tx.tenant());
    Ok(OwnData {
        reported: tx.all(REPORTED, &values).await?,
        said: tx.all(SAID, &values).await?,
        answered: tx.all(ANSWERED, &values).await?,
    })
}

/// What is kept of one report, for somebody without an account.
///
/// # Errors
/// [`DbError`].
pub async fn own_report(tx: &mut Tx<'_>, report: ReportId) -> Result<OwnData, DbError> {
    let reported = tx.all(ONE, params![tx.tenant(), report, 1_i64]).await?;
    Ok(OwnData { reported, ..OwnData::default() })
}

/// The photos of what a person reported, or of one report, that are still there, each with its report; the
/// oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn own_photos(tx: &mut Tx<'_>, subject: Uuid) -> Result<Vec<(ReportId, ObjectId)>, DbError> {
    tx.all(PHOTOS, params![tx.tenant(), subject]).await
}

/// Their voice notes that are still there, each with its report and what it is; the oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn own_voices(
    tx: &mut Tx<'_>,
    subject: Uuid,
) -> Result<Vec<(ReportId, ObjectId, String)>, DbError> {
    tx.all(VOICES, params![tx.tenant(), subject]).await
}
