//! What reporters see of what they reported.

use qige_db::{DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{CaseId, ObjectId, PersonId, ReportId, Timestamp};
use uuid::Uuid;

use super::filter::{cursor, read_cursor};
use super::seen::SeenPhoto;
use super::{MAX_PAGE_ROWS, seen, shortened};
use crate::line_of_life::{self, Audience};
use crate::perform::By;
use crate::retention::lines_of;
use crate::store::{AskKind, CaseRow, Dossier, PhotoRole, ReportRow, reports_of_case};
use crate::views::{
    FollowerCase, MainCase, OwnReport, OwnReportRow, Page, Photo, QuestionView, ReporterCase,
};
use crate::{CaseRole, CommandName, MatterKey, Policy, State, redaction};

statements! {
    /// A person's own reports, newest first; a case that follows another stands where that one stands.
    OWN_REPORTS = "SELECT r.id AS report, r.case_id, c.number, COALESCE(m.state, c.state) AS state,
        COALESCE(c.matter, r.matter) AS matter, r.words, c.words_erased_at, r.received_at, r.joined,
        c.question_open AS waiting,
        COALESCE(m.rating, c.rating) AS rating, c.updated_at,
        (SELECT p.id FROM case_photos p JOIN objects o ON o.tenant = p.tenant AND o.id = p.id
            WHERE p.tenant = r.tenant AND p.case_id = r.case_id AND p.report = r.id AND o.erased_at IS NULL
            ORDER BY p.added_at, p.id LIMIT 1) AS photo
        FROM reports r JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        LEFT JOIN cases m ON m.tenant = c.tenant AND m.id = c.main_case
        WHERE r.tenant = $1 AND r.person = $2 AND (r.received_at, r.id) < ($3, $4)
        ORDER BY r.received_at DESC, r.id DESC LIMIT $5";
    /// The report that a follow code belongs to.
    BY_FOLLOW_CODE = "SELECT * FROM reports WHERE tenant = $1 AND follow_code_hash = $2";
    /// Whether this reporter rated the case already.
    RATED_BY = "SELECT COUNT(*) FROM case_asks WHERE tenant = $1 AND case_id = $2 AND kind = 'satisfaction'
        AND (answered_by = $3 OR reference = $4) AND asked_at >= $5";
}

from_row! {
    struct Found {
        report: ReportId,
        case_id: CaseId,
        number: Option<String>,
        state: State,
        matter: Option<MatterKey>,
        words: String,
        words_erased_at: Option<Timestamp>,
        received_at: Timestamp,
        joined: bool,
        waiting: bool,
        rating: Option<i64>,
        updated_at: Timestamp,
        photo: Option<ObjectId>,
    }
}

/// One page of a person's own reports, newest first: at most `limit` rows, and never more than
/// [`MAX_PAGE_ROWS`].
///
/// # Errors
/// `no-such-page` when `after` is no cursor of ours.
pub async fn reports_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<OwnReportRow>, Failure> {
    let limit = i64::from(limit.clamp(1, MAX_PAGE_ROWS));
    let (at, id) = read_cursor(after)?.unwrap_or((i64::MAX, Uuid::max()));
    let mut found: Vec<Found> = tx.all(OWN_REPORTS, params![tx.tenant(), person, at, id, limit + 1]).await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|row| cursor(row.received_at.micros(), row.report.0));
    let rows = found.into_iter().map(|row| OwnReportRow {
        report: row.report,
        case: row.case_id,
        number: row.number,
        state: row.state,
        matter: row.matter,
        words: shortened(&row.words),
        words_erased_at: row.words_erased_at,
        received_at: row.received_at,
        joined: row.joined,
        waiting: row.waiting,
        rating: row.rating,
        photo: row.photo,
        updated_at: row.updated_at,
    });
    Ok(Page { rows: rows.collect(), next })
}

/// A case for somebody with an account who reported it; none for anybody else.
///
/// # Errors
/// As the engine has them.
pub async fn case_for_reporter(
    tx: &mut Tx<'_>,
    id: CaseId,
    by: &By,
    policy: &Policy,
    now: Timestamp,
) -> Result<Option<ReporterCase>, Failure> {
    let Some(person) = by.person() else { return Ok(None) };
    let Some(dossier) = Dossier::load(tx, id).await? else { return Ok(None) };
    let reports = reports_of_case(tx, id).await?;
    let own: Vec<&ReportRow> =
        reports.iter().filter(|report| report.case_id == id && report.person == Some(person)).collect();
    if own.is_empty() {
        return Ok(None);
    }
    let photos = seen::photos(tx, id).await?;
    let offer = seen::offer_in(tx, by, &dossier, Some(CaseRole::Reporter), policy, now).await?;
    let main = Main::of(tx, by, &dossier.row, policy, now).await?;
    let lines = lines_of(tx, id).await?;
    let row = &dossier.row;
    Ok(Some(ReporterCase {
        id,
        version: row.version,
        number: row.number.clone(),
        state: main.as_ref().map_or(row.state, |main| main.row.state),
        matter: row.matter,
        reports: own.iter().map(|report| own_report(report, &photos)).collect(),
        words_erased_at: row.words_erased_at,
        others: others(&reports, own.len()),
        verified: row.verified,
        main_number: main.as_ref().and_then(|main| main.row.number.clone()),
        decline_reason: row.decline_reason,
        question: question(&dossier),
        results: results(row, &photos),
        rating: main.as_ref().map_or(row.rating, |main| main.row.rating),
        may: Main::with(main.as_ref(), offer.may),
        undo_until: main.as_ref().and_then(|main| main.undo_until).or(offer.undo.map(|undo| undo.until)),
        main: main.map(|main| MainCase { case: main.row.id, may: main.may }),
        life: line_of_life::entries(&lines, Audience::Reporter, by.person()),
    }))
}

/// The case behind a follow code; none where no report has this code.
///
/// # Errors
/// As the engine has them.
pub async fn follow(
    tx: &mut Tx<'_>,
    follow_code_hash: [u8; 32],
    policy: &Policy,
    now: Timestamp,
) -> Result<Option<FollowerCase>, Failure> {
    let report: Option<ReportRow> =
        tx.optional(BY_FOLLOW_CODE, params![tx.tenant(), follow_code_hash]).await?;
    let Some(report) = report else { return Ok(None) };
    let id = report.case_id;
    let Some(dossier) = Dossier::load(tx, id).await? else { return Ok(None) };
    let reports = reports_of_case(tx, id).await?;
    let by = By::Follower { report: report.id };
    let offer = seen::offer_in(tx, &by, &dossier, Some(CaseRole::Reporter), policy, now).await?;
    let main = Main::of(tx, &by, &dossier.row, policy, now).await?;
    let lines = lines_of(tx, id).await?;
    let row = &dossier.row;
    Ok(Some(FollowerCase {
        id,
        report: report.id,
        version: row.version,
        number: row.number.clone(),
        state: main.as_ref().map_or(row.state, |main| main.row.state),
        matter: row.matter,
        around: report.position().map(redaction::for_strangers),
        words: report.words,
        words_erased_at: row.words_erased_at,
        received_at: report.received_at,
        others: others(&reports, 1),
        main_number: main.as_ref().and_then(|main| main.row.number.clone()),
        decline_reason: row.decline_reason,
        question: question(&dossier),
        rating: main.as_ref().map_or(row.rating, |main| main.row.rating),
        may: Main::with(main.as_ref(), offer.may),
        undo_until: main.as_ref().and_then(|main| main.undo_until).or(offer.undo.map(|undo| undo.until)),
        main: main.map(|main| MainCase { case: main.row.id, may: main.may }),
        life: line_of_life::entries(&lines, Audience::Follower, None),
    }))
}

/// Whether this reporter has rated a case since it was closed last.
pub(crate) async fn rated_before(tx: &mut Tx<'_>, row: &CaseRow, by: &By) -> Result<bool, DbError> {
    let report = match by {
        By::Follower { report } => Some(report.to_string()),
        By::Person(_) | By::System | By::Rule(_) => None,
    };
    let (count,): (i64,) =
        tx.one(RATED_BY, params![tx.tenant(), row.id, by.person(), report, row.ended_at]).await?;
    Ok(count > 0)
}

/// The case that one follows, and what its reporters may do to that one.
struct Main {
    row: CaseRow,
    may: Vec<CommandName>,
    undo_until: Option<Timestamp>,
}

impl Main {
    async fn of(
        tx: &mut Tx<'_>,
        by: &By,
        follower: &CaseRow,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Option<Self>, DbError> {
        let Some(main) = follower.main_case else { return Ok(None) };
        let Some(dossier) = Dossier::load(tx, main).await? else { return Ok(None) };
        let offer = seen::offer_in(tx, by, &dossier, Some(CaseRole::Reporter), policy, now).await?;
        let mut may = offer.may;
        may.extend(offer.undo.as_ref().map(|_| CommandName::Undo));
        Ok(Some(Self { row: dossier.row, may, undo_until: offer.undo.map(|undo| undo.until) }))
    }

    /// What one may do to one's own case and to the one that it follows.
    fn with(main: Option<&Self>, mut own: Vec<CommandName>) -> Vec<CommandName> {
        let more = main.into_iter().flat_map(|main| &main.may).copied();
        let more = more.filter(|command| *command != CommandName::Undo && !own.contains(command));
        own.extend(more.collect::<Vec<_>>());
        own
    }
}

fn own_report(report: &ReportRow, photos: &[SeenPhoto]) -> OwnReport {
    let own = photos.iter().filter(|photo| photo.report == Some(report.id));
    OwnReport {
        id: report.id,
        words: report.words.clone(),
        position: report.position(),
        accuracy_metres: report.accuracy,
        made_at: report.made_at,
        received_at: report.received_at,
        joined: report.joined,
        solved: report.solved,
        has_voice: report.voice.is_some(),
        photos: own.map(SeenPhoto::shown).collect(),
    }
}

fn others(reports: &[ReportRow], own: usize) -> i64 {
    i64::try_from(reports.len().saturating_sub(own)).unwrap_or(i64::MAX)
}

fn question(dossier: &Dossier) -> Option<QuestionView> {
    let ask = dossier.asks.iter().rev().find(|ask| ask.open && ask.kind == AskKind::Question)?;
    Some(QuestionView { words: ask.words.clone().unwrap_or_default(), asked_at: ask.asked_at })
}

/// How the place looks after the work: shown once somebody else has looked and the case is closed.
fn results(row: &CaseRow, photos: &[SeenPhoto]) -> Vec<Photo> {
    let shows = |photo: &&SeenPhoto| {
        matches!(photo.role, PhotoRole::After | PhotoRole::Check) && photo.report.is_none()
    };
    let closed = row.state == State::Closed;
    photos.iter().filter(|_| closed).filter(shows).map(SeenPhoto::shown).collect()
}
