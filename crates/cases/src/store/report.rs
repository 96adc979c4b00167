//! Reports: who said what. Read for reporters and for the centre, never for units.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{CaseId, ObjectId, PersonId, Position, ReportId, Timestamp};

use uuid::Uuid;

use super::{PhotoRow, by_id};
use crate::catalogue::Catalogue;
use crate::{CaseRole, MatterKey};

macro_rules! insert_report {
    () => {
        "INSERT INTO reports (tenant, id, case_id, person, role, follow_code_hash, matter, words, lng, lat,
        accuracy, voice, made_at, received_at, origin, joined, solved) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
        $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    };
}

statements! {
    /// A report, if it is the first of this id.
    INSERT_REPORT = concat!(insert_report!(), " ON CONFLICT DO NOTHING RETURNING id");
    /// A report; an error if it is not the first of this id.
    INSERT_FIRST_REPORT = insert_report!();
    /// A report; none when this tenant has no such report.
    REPORT_BY_ID = "SELECT * FROM reports WHERE tenant = $1 AND id = $2";
    /// The reports of a case and of those that follow it, oldest first.
    REPORTS_OF_CASE = "SELECT r.* FROM reports r WHERE r.tenant = $1 AND r.case_id IN
        (SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.id = $2
            UNION ALL SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.main_case = $2)
        ORDER BY r.received_at, r.id";
    /// How many other reports of this case are this person's.
    REPORTED_BY = "SELECT COUNT(*) FROM reports
        WHERE tenant = $1 AND case_id = $2 AND person = $3 AND id <> $4";
    /// How many reports of the cases that follow this one are this person's.
    REPORTED_WITH = "SELECT COUNT(*) FROM reports r JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE r.tenant = $1 AND c.main_case = $2 AND r.person = $3";
    /// The voice notes of a case.
    VOICES_OF_CASE = "SELECT voice FROM reports WHERE tenant = $1 AND case_id = $2 AND voice IS NOT NULL";
    /// The photos of a case and of those that follow it.
    PHOTO_IDS_OF_CASE = "SELECT p.id FROM case_photos p WHERE p.tenant = $1 AND p.case_id IN
        (SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.id = $2
            UNION ALL SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.main_case = $2)";
    /// Which case and report a photo belongs to.
    PHOTO_BY_ID = "SELECT * FROM case_photos WHERE tenant = $1 AND id = $2";
}

from_row! {
    /// One person's word about a case.
    pub struct ReportRow {
        /// Its id.
        pub id: ReportId,
        /// About which case.
        pub case_id: CaseId,
        /// Who; none without an account.
        pub person: Option<PersonId>,
        /// In which role.
        pub role: CaseRole,
        /// What the reporter took it for.
        pub matter: Option<MatterKey>,
        /// The words.
        pub words: String,
        /// Degrees east, WGS-84.
        pub lng: Option<f64>,
        /// Degrees north, WGS-84.
        pub lat: Option<f64>,
        /// Radius in metres.
        pub accuracy: Option<f64>,
        /// The voice note.
        pub voice: Option<ObjectId>,
        /// When it was made on the phone.
        pub made_at: Timestamp,
        /// When it reached us.
        pub received_at: Timestamp,
        /// How it reached us.
        pub origin: String,
        /// It joined a case that was there.
        pub joined: bool,
        /// Solved on the spot.
        pub solved: bool,
    }
}

impl ReportRow {
    /// Where the reporter stood, if the phone said.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        Position::new(self.lng?, self.lat?).ok()
    }
}

/// A report of this tenant.
///
/// # Errors
/// [`DbError`].
pub async fn report_by_id(tx: &mut Tx<'_>, id: ReportId) -> Result<Option<ReportRow>, DbError> {
    tx.optional(REPORT_BY_ID, params![tx.tenant(), id]).await
}

/// The reports of a case and of the cases that follow it, oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn reports_of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<ReportRow>, DbError> {
    tx.all(REPORTS_OF_CASE, params![tx.tenant(), case]).await
}

/// Whether this person reported this case, by any report but `except`.
pub(crate) async fn reported_by(
    tx: &mut Tx<'_>,
    case: CaseId,
    person: PersonId,
    except: Option<ReportId>,
) -> Result<bool, DbError> {
    let except = except.unwrap_or(ReportId(Uuid::nil()));
    let (count,): (i64,) = tx.one(REPORTED_BY, params![tx.tenant(), case, person, except]).await?;
    Ok(count > 0)
}

/// Whether this person reported a case that follows this one.
pub(crate) async fn reported_with(tx: &mut Tx<'_>, main: CaseId, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = tx.one(REPORTED_WITH, params![tx.tenant(), main, person]).await?;
    Ok(count > 0)
}

/// The case of a report; none when it has not reached us.
///
/// # Errors
/// [`DbError`].
pub async fn case_of_report(tx: &mut Tx<'_>, report: ReportId) -> Result<Option<CaseId>, DbError> {
    Ok(report_by_id(tx, report).await?.map(|report| report.case_id))
}

/// The voice notes of a case: for the dispatcher alone, and to be erased when it is closed.
///
/// # Errors
/// [`DbError`].
pub async fn voices_of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<ObjectId>, DbError> {
    let rows: Vec<(ObjectId,)> = tx.all(VOICES_OF_CASE, params![tx.tenant(), case]).await?;
    Ok(rows.into_iter().map(|(voice,)| voice).collect())
}

/// The photos of a case and of those that follow it, whether or not they have arrived.
///
/// # Errors
/// [`DbError`].
pub async fn photos_of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<ObjectId>, DbError> {
    let rows: Vec<(ObjectId,)> = tx.all(PHOTO_IDS_OF_CASE, params![tx.tenant(), case]).await?;
    Ok(rows.into_iter().map(|(photo,)| photo).collect())
}

/// Whether a case may have photos: by its own matter, and by that of the case which it follows.
///
/// # Errors
/// [`DbError`].
pub async fn may_have_photos(tx: &mut Tx<'_>, case: CaseId) -> Result<bool, DbError> {
    let Some(row) = by_id(tx, case).await? else { return Ok(true) };
    let main = match row.main_case {
        Some(main) => by_id(tx, main).await?,
        None => None,
    };
    let matters = [row.matter, main.and_then(|main| main.matter)];
    Ok(matters.into_iter().all(|matter| Catalogue::standard().may_be_photographed(matter)))
}

/// What is known of a photo: which case and report it belongs to, and whether units may see it.
///
/// # Errors
/// [`DbError`].
pub async fn photo_by_id(tx: &mut Tx<'_>, id: ObjectId) -> Result<Option<PhotoRow>, DbError> {
    tx.optional(PHOTO_BY_ID, params![tx.tenant(), id]).await
}
