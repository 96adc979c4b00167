//! What a unit sees of the cases that it has or had.

use qige_db::{Failure, Tx, from_row, params, statements};
use qige_kernel::personal::masked;
use qige_kernel::{CaseId, ObjectId, Timestamp, UnitId};
use uuid::Uuid;

use super::filter::{cursor, read_cursor};
use super::{MAX_PAGE_ROWS, seen, shortened};
use crate::line_of_life::{self, Audience};
use crate::perform::By;
use crate::retention::lines_of;
use crate::store::{AskKind, AssignmentRow, AssignmentState, Dossier, position};
use crate::views::{Page, Part, UnitCase, UnitDemand, UnitRow};
use crate::{CaseRole, CommandName, MatterKey, Policy, State, Tone, Urgency, redaction};

statements! {
    /// What a unit has to do, what will be late first; a unit that has several parts in a case is shown once.
    UNIT_TODO = "SELECT c.id, c.version, c.number, c.state, c.matter, c.urgency, c.released_words,
        c.words_erased_at, c.address, c.lng, c.lat, c.due_at, c.amber_at, c.suspended, c.supervised,
        c.late_at AS place,
        a.unit, a.lead, a.state AS part, (SELECT p.id FROM case_photos p JOIN objects o ON o.tenant =
        p.tenant AND o.id = p.id WHERE p.tenant = c.tenant AND p.case_id = c.id AND p.released = TRUE AND
        o.erased_at IS NULL ORDER BY p.added_at, p.id LIMIT 1) AS photo FROM case_assignments a JOIN cases c
        ON c.tenant = a.tenant AND c.id = a.case_id WHERE a.tenant = $1 AND a.unit = $2 AND a.open = TRUE
        AND (c.late_at, c.id) > ($3, $4) ORDER BY c.late_at, c.id LIMIT $5";
    /// What a unit has done, newest first.
    UNIT_DONE = "SELECT c.id, c.version, c.number, c.state, c.matter, c.urgency, c.released_words,
        c.words_erased_at, c.address, c.lng, c.lat, c.due_at, c.amber_at, c.suspended, c.supervised,
        a.assigned_at AS place,
        a.unit, a.lead, a.state AS part, (SELECT p.id FROM case_photos p JOIN objects o ON o.tenant =
        p.tenant AND o.id = p.id WHERE p.tenant = c.tenant AND p.case_id = c.id AND p.released = TRUE AND
        o.erased_at IS NULL ORDER BY p.added_at, p.id LIMIT 1) AS photo FROM case_assignments a JOIN cases c
        ON c.tenant = a.tenant AND c.id = a.case_id WHERE a.tenant = $1 AND a.unit = $2 AND a.open = FALSE
        AND a.state = 'handed-in' AND (a.assigned_at, c.id) < ($3, $4) ORDER BY a.assigned_at DESC, c.id
        DESC LIMIT $5";
}

from_row! {
    struct Found {
        id: CaseId,
        version: i64,
        number: Option<String>,
        state: State,
        matter: Option<MatterKey>,
        urgency: Option<Urgency>,
        released_words: Option<String>,
        words_erased_at: Option<Timestamp>,
        address: Option<String>,
        lng: Option<f64>,
        lat: Option<f64>,
        due_at: Option<Timestamp>,
        amber_at: Option<Timestamp>,
        suspended: bool,
        supervised: bool,
        place: i64,
        unit: UnitId,
        lead: bool,
        part: AssignmentState,
        photo: Option<ObjectId>,
    }
}

/// Which of a unit's cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitListKind {
    /// Those that it has to do something about, what will be late first.
    Todo,
    /// Those that it handed in, newest first.
    Done,
}

/// Times that one page is read for at most: what a search leaves out makes a page shorter, not slower. After
/// a thousand cases it says where it goes on.
const READS_MAX: usize = 6;

/// One page of a unit's cases that fit: at most `limit` rows, and never more than [`MAX_PAGE_ROWS`]. What is
/// asked whether it fits is what the unit is shown, and all of the words that were released to it: what a
/// reporter said and nobody released finds nothing.
///
/// # Errors
/// `no-such-page` when `after` is no cursor of ours.
pub async fn unit_list(
    tx: &mut Tx<'_>,
    unit: UnitId,
    kind: UnitListKind,
    now: Timestamp,
    after: Option<&str>,
    limit: u32,
    fits: impl Fn(&UnitRow, &str) -> bool,
) -> Result<Page<UnitRow>, Failure> {
    let limit = limit.clamp(1, MAX_PAGE_ROWS);
    let (sql, from) = match kind {
        UnitListKind::Todo => (UNIT_TODO, (i64::MIN, Uuid::nil())),
        UnitListKind::Done => (UNIT_DONE, (i64::MAX, Uuid::max())),
    };
    let (mut at, mut id) = read_cursor(after)?.unwrap_or(from);
    let mut rows = Vec::new();
    for batch in std::iter::once(limit + 1).chain(std::iter::repeat(MAX_PAGE_ROWS)).take(READS_MAX) {
        let values = params![tx.tenant(), unit, at, id, i64::from(batch)];
        let found: Vec<Found> = tx.all(sql, values).await?;
        let more = u32::try_from(found.len()).is_ok_and(|count| count == batch);
        for one in found {
            if u32::try_from(rows.len()).is_ok_and(|count| count == limit) {
                return Ok(Page { rows, next: Some(cursor(at, id)) });
            }
            (at, id) = (one.place, one.id.0);
            let words = one.released_words.clone().unwrap_or_default();
            rows.extend(Some(one.shown(now)).filter(|row| fits(row, &words)));
        }
        if !more {
            return Ok(Page { rows, next: None });
        }
    }
    Ok(Page { rows, next: Some(cursor(at, id)) })
}

impl Found {
    fn shown(self, now: Timestamp) -> UnitRow {
        UnitRow {
            id: self.id,
            version: self.version,
            number: self.number,
            state: self.state,
            matter: self.matter,
            urgency: self.urgency,
            words: self.released_words.as_deref().map(shortened),
            address: self.address.as_deref().map(masked),
            words_erased_at: self.words_erased_at,
            position: position(self.lng, self.lat),
            unit: self.unit,
            lead: self.lead,
            part: self.part,
            due_at: self.due_at,
            tone: Tone::at(now, self.amber_at, self.due_at),
            suspended: self.suspended,
            supervised: self.supervised,
            photo: self.photo,
        }
    }
}

/// A case for somebody of these units; none if none of them has or had a part in it. Holds nothing by which
/// the reporter could be known (domain.md §2.7).
///
/// # Errors
/// As the engine has them.
pub async fn case_for_unit(
    tx: &mut Tx<'_>,
    id: CaseId,
    by: &By,
    units: &[UnitId],
    policy: &Policy,
    now: Timestamp,
) -> Result<Option<UnitCase>, Failure> {
    let Some(dossier) = Dossier::load(tx, id).await? else { return Ok(None) };
    let all = seen::parts(&dossier);
    let own = |open: bool| {
        // What a unit gave up or was taken off is no longer its business.
        let had = |part: &AssignmentRow| part.state == AssignmentState::HandedIn && !open;
        dossier.assignments.iter().rposition(|part| units.contains(&part.unit) && (part.open || had(part)))
    };
    let Some((at, part)) = own(true).or_else(|| own(false)).and_then(|at| Some((at, all.get(at)?.clone())))
    else {
        return Ok(None);
    };
    let others = all.into_iter().enumerate().filter(|(other, _)| *other != at);
    let others = others.map(|(_, part)| Part { note: part.note.as_deref().map(masked), ..part });
    let offer = seen::offer(tx, by, &dossier, policy, now).await?;
    let photos = seen::photos(tx, id).await?;
    let mut lines = lines_of(tx, id).await?;
    // What reporters and those who were asked say, they say to the centre, though others may read it there.
    let from_outside = [CaseRole::Reporter, CaseRole::Rider, CaseRole::GridWorker, CaseRole::Verifier];
    lines.retain(|line| {
        line.command != CommandName::Comment.as_str()
            || from_outside.iter().all(|role| role.as_str() != line.role)
    });
    let row = &dossier.row;
    Ok(Some(UnitCase {
        id,
        version: row.version,
        number: row.number.clone(),
        state: row.state,
        matter: row.matter,
        urgency: row.urgency,
        words: row.released_words.clone(),
        address: row.address.as_deref().map(masked),
        words_erased_at: row.words_erased_at,
        position: row.position(),
        accuracy_metres: row.accuracy,
        reported_around: redaction::to_half_hour(row.received_at),
        due: seen::due(row, now),
        suspended: row.suspended,
        supervised: row.supervised,
        reworks: row.reworks,
        demands: demands(&dossier, part.unit),
        part,
        others: others.collect(),
        photos: photos.iter().filter(|photo| photo.released).map(seen::SeenPhoto::shown).collect(),
        may: offer.may,
        undo_until: offer.undo.map(|undo| undo.until),
        life: line_of_life::entries(&lines, Audience::Unit, by.person()),
    }))
}

/// What is not settled between a unit and the supervisor.
fn demands(dossier: &Dossier, unit: UnitId) -> Vec<UnitDemand> {
    let asks = dossier.asks.iter().filter(|ask| {
        ask.open && ask.unit == Some(unit) && matches!(ask.kind, AskKind::Extension | AskKind::Supervision)
    });
    asks.map(|ask| UnitDemand {
        kind: ask.kind,
        words: ask.words.clone(),
        until: ask.until,
        asked_at: ask.asked_at,
    })
    .collect()
}
