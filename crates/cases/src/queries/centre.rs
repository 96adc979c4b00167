//! What the grid centre sees of one case: everything that is kept about it.

use qige_db::{DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{CaseId, Timestamp};

use super::map::{Around, around};
use super::queue::queue_row;
use super::seen::{self, SeenPhoto};
use super::{shortened, suggest_unit};
use crate::line_of_life::{self, Audience};
use crate::perform::By;
use crate::retention::lines_of;
use crate::store::{AskRow, CommentRow, Dossier, ReportRow, by_number, reports_of_case};
use crate::views::{AskView, CentreCase, CentrePhoto, CommentView, MergedCase, ReportView, UndoView};
use crate::{Policy, State};

statements! {
    /// The case that this one follows, and those that follow it.
    TIED = "SELECT id, number, words, words_erased_at, received_at, main_case FROM cases
        WHERE tenant = $1 AND (main_case = $2 OR id = $3) ORDER BY received_at, id";
}

from_row! {
    struct Tied {
        id: CaseId,
        number: Option<String>,
        words: String,
        words_erased_at: Option<Timestamp>,
        received_at: Timestamp,
        main_case: Option<CaseId>,
    }
}

/// The id behind a case's number.
///
/// # Errors
/// [`DbError`].
pub async fn case_by_number(tx: &mut Tx<'_>, number: &str) -> Result<Option<CaseId>, DbError> {
    Ok(by_number(tx, number).await?.map(|row| row.id))
}

/// A case with everything that is kept about it, and what `by` may do to it.
///
/// # Errors
/// As the engine has them.
pub async fn case_for_centre(
    tx: &mut Tx<'_>,
    id: CaseId,
    by: &By,
    policy: &Policy,
    now: Timestamp,
) -> Result<Option<CentreCase>, Failure> {
    let Some(dossier) = Dossier::load(tx, id).await? else { return Ok(None) };
    let Some(row) = queue_row(tx, id, now).await? else { return Ok(None) };
    let reports = reports_of_case(tx, id).await?;
    let photos = seen::photos(tx, id).await?;
    let offer = seen::offer(tx, by, &dossier, policy, now).await?;
    let near = if may_be_merged(row.state) {
        around(tx, &dossier.row, policy, now).await?
    } else {
        Around::default()
    };
    let suggested_unit = match row.matter {
        Some(matter) if row.lead_unit.is_none() => suggest_unit(tx, matter, row.community).await?,
        _ => None,
    };
    let (main, merged) = tied(tx, &dossier).await?;
    let lines = lines_of(tx, id).await?;
    let facts = &dossier.row;
    Ok(Some(CentreCase {
        released_words: facts.released_words.clone(),
        address: facts.address.clone(),
        accuracy_metres: facts.accuracy,
        solved: facts.solved,
        due: seen::due(facts, now),
        review_at: facts.review_at,
        verifier: facts.verifier,
        checker: facts.checker,
        decline_reason: facts.decline_reason,
        send_backs: facts.send_backs,
        reworks: facts.reworks,
        extensions: facts.extensions,
        reopenings: facts.reopenings,
        rating: facts.rating,
        filed_at: facts.filed_at,
        ended_at: facts.ended_at,
        reports: reports.into_iter().map(report).collect(),
        photos: photos.iter().map(photo).collect(),
        parts: seen::parts(&dossier),
        asks: dossier.asks.iter().map(ask).collect(),
        comments: dossier.comments.iter().map(comment).collect(),
        main,
        merged,
        similar: near.similar,
        others: near.others,
        suggested_unit,
        may: offer.may,
        undo: offer.undo.map(|undo| UndoView { command: undo.command, until: undo.until }),
        life: line_of_life::entries(&lines, Audience::Centre, None),
        row,
    }))
}

/// Whether it can follow another one still.
pub(super) const fn may_be_merged(state: State) -> bool {
    matches!(state, State::Reported | State::Verifying | State::Filed | State::Dispatched)
}

async fn tied(tx: &mut Tx<'_>, dossier: &Dossier) -> Result<(Option<MergedCase>, Vec<MergedCase>), DbError> {
    let row = &dossier.row;
    if row.main_case.is_none() && row.merged_count == 0 {
        return Ok((None, Vec::new()));
    }
    let tied: Vec<Tied> = tx.all(TIED, params![tx.tenant(), row.id, row.main_case]).await?;
    let shown = |case: &Tied| MergedCase {
        id: case.id,
        number: case.number.clone(),
        words: shortened(&case.words),
        words_erased_at: case.words_erased_at,
        received_at: case.received_at,
    };
    let main = tied.iter().find(|case| Some(case.id) == row.main_case).map(shown);
    let merged = tied.iter().filter(|case| case.main_case == Some(row.id)).map(shown).collect();
    Ok((main, merged))
}

fn report(report: ReportRow) -> ReportView {
    ReportView {
        position: report.position(),
        id: report.id,
        case: report.case_id,
        person: report.person,
        role: report.role,
        matter: report.matter,
        words: report.words,
        accuracy_metres: report.accuracy,
        voice: report.voice,
        made_at: report.made_at,
        received_at: report.received_at,
        origin: report.origin,
        joined: report.joined,
    }
}

fn photo(photo: &SeenPhoto) -> CentrePhoto {
    CentrePhoto {
        id: photo.id,
        role: photo.role,
        report: photo.report,
        unit: photo.unit,
        released: photo.released,
        ready: photo.ready,
    }
}

fn ask(ask: &AskRow) -> AskView {
    AskView {
        id: ask.id,
        kind: ask.kind,
        open: ask.open,
        asked_at: ask.asked_at,
        asked_by: ask.asked_by,
        person: ask.person,
        unit: ask.unit,
        words: ask.words.clone(),
        until: ask.until,
        body: ask.body.clone(),
        reference: ask.reference.clone(),
        yes: ask.yes,
        answered_at: ask.answered_at,
        answered_by: ask.answered_by,
        answer: ask.answer.clone(),
        stars: ask.stars,
    }
}

fn comment(comment: &CommentRow) -> CommentView {
    CommentView {
        id: comment.id,
        person: comment.person,
        role: comment.role,
        public: comment.public,
        units: comment.units,
        files: comment.attachments.0.clone(),
        words: comment.words.clone(),
        made_at: comment.made_at,
    }
}
