//! The marks of a case: what its clocks and ratings come to, kept by every step that changes them.
//!
//! A function of the case alone, so that taking a step back takes its marks back, and so that they can be
//! computed again at any time. Where another mark comes to follow from the same case, a migration asks for
//! all to be written again (`fill.rs`).

use qige_db::{DbError, Param, Tx, params, statements, values};
use qige_kernel::{TenantId, Timestamp, UnitId};

use super::fact::{Fact, FactKind, Sign, Signs};
use crate::Stage;
use crate::deadlines::DueReason;
use crate::store::{AskKind, AskRow, AssignmentRow, AssignmentState, ClockRow, Dossier};

/// Stars from which on a reporter counts as satisfied: "good" and "very good".
const SATISFIED_STARS: i64 = 4;

statements! {
    /// A mark, or what is so of it now.
    PUT_MARK = "INSERT INTO case_marks (tenant, at, case_id, id, kind, unit, community, grid, matter, signs,
        took_minutes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant, at, case_id, id, kind) DO UPDATE SET unit = excluded.unit, community =
        excluded.community, grid = excluded.grid, matter = excluded.matter, signs = excluded.signs,
        took_minutes = excluded.took_minutes";
    /// It is no longer so.
    REMOVE_MARK = "DELETE FROM case_marks
        WHERE tenant = $1 AND at = $2 AND case_id = $3 AND id = $4 AND kind = $5";
    /// One mark.
    ONE_MARK = "SELECT at, case_id, id, kind, unit, community, grid, matter, signs, took_minutes
        FROM case_marks WHERE tenant = $1 AND at = $2 AND case_id = $3 AND id = $4 AND kind = $5";
    /// How many marks there are.
    HOW_MANY_MARKS = "SELECT COUNT(*) FROM case_marks WHERE tenant = $1";
}

/// How many of the marks that follow from a case stand in the table just so, and how many follow.
pub(crate) async fn kept(tx: &mut Tx<'_>, dossier: &Dossier) -> Result<(i64, i64), DbError> {
    let computed = if dossier.row.version == 1 { Vec::new() } else { marks(dossier) };
    let (mut kept, mut count) = (0, 0);
    for mark in computed {
        let (at, case, id, kind) = key(&mark);
        let found: Option<Fact> = tx.optional(ONE_MARK, params![tx.tenant(), at, case, id, kind]).await?;
        kept += i64::from(found == Some(mark));
        count += 1;
    }
    Ok((kept, count))
}

/// How many marks there are, where there are others than the `computed` ones.
pub(crate) async fn superfluous(tx: &mut Tx<'_>, computed: i64) -> Result<Option<(i64, i64)>, DbError> {
    let (kept,): (i64,) = tx.one(HOW_MANY_MARKS, params![tx.tenant()]).await?;
    Ok((kept != computed).then_some((kept, computed)))
}

/// Keeps the marks of a case that was changed. What was never changed has none.
pub(crate) async fn keep(tx: &mut Tx<'_>, before: &Dossier, after: &Dossier) -> Result<(), DbError> {
    let old = if before.row.version == 1 { Vec::new() } else { marks(before) };
    let new = marks(after);
    let gone = old.iter().filter(|old| new.iter().all(|new| key(new) != key(old)));
    for (at, case, id, kind) in gone.map(key) {
        tx.execute(REMOVE_MARK, params![tx.tenant(), at, case, id, kind]).await?;
    }
    put(tx, new.iter().filter(|new| !old.contains(new))).await
}

/// The marks of a case that is changed without a step of its own, or was before there were marks.
pub(crate) async fn begin(tx: &mut Tx<'_>, dossier: &Dossier) -> Result<(), DbError> {
    put(tx, marks(dossier).iter()).await
}

async fn put(tx: &mut Tx<'_>, marks: impl Iterator<Item = &Fact>) -> Result<(), DbError> {
    for mark in marks {
        let values = row(tx.tenant(), mark);
        tx.execute(PUT_MARK, &values).await?;
    }
    Ok(())
}

fn key(mark: &Fact) -> (Timestamp, qige_kernel::CaseId, uuid::Uuid, FactKind) {
    (mark.at, mark.case, mark.id, mark.kind)
}

fn row(tenant: TenantId, mark: &Fact) -> Vec<Param> {
    let Fact { at, case, id, kind, unit, community, grid, matter, signs, took_minutes } = mark;
    values![tenant, at, case, id, kind, unit, community, grid, matter, signs, took_minutes]
}

/// The marks of a case: of each clock that runs or came to what it is for, of each closing and each rating.
/// A clock that stands still has no deadline, and one that something else ended owes nothing any more.
pub(crate) fn marks(dossier: &Dossier) -> Vec<Fact> {
    let deadlines = dossier.clocks.iter().filter_map(|row| deadline(dossier, row));
    let closings = dossier.clocks.iter().filter_map(|row| closing(dossier, row));
    let ratings = dossier.asks.iter().filter_map(|ask| rating(dossier, ask));
    deadlines.chain(closings).chain(ratings).collect()
}

/// How a clock came to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// It runs.
    Open,
    /// What it is for was done.
    Done,
    /// The check failed.
    Failed,
    /// Something else: declined, merged, sent back, taken back.
    Otherwise,
}

/// Told by the stage that began at that instant, not by the order of clocks: a rule may file and dispatch in
/// one.
fn end(dossier: &Dossier, row: &ClockRow) -> End {
    let Some(ended) = row.clock.ended else { return End::Open };
    let answered = |kind: AskKind| {
        let asks = dossier.asks.iter();
        asks.filter(|ask| ask.kind == kind && ask.answered_at == Some(ended)).find_map(|ask| ask.yes)
    };
    let led_to = |stage: Stage| {
        let begun = |next: &ClockRow| next.clock.stage == stage && next.clock.started == ended;
        if dossier.clocks.iter().any(begun) { End::Done } else { End::Otherwise }
    };
    match row.clock.stage {
        Stage::Verify => answered(AskKind::Verification).map_or(End::Otherwise, |_| End::Done),
        Stage::File => led_to(Stage::Dispatch),
        Stage::Dispatch => led_to(Stage::Handle),
        Stage::Handle => led_to(Stage::Check),
        Stage::Check => match answered(AskKind::Check) {
            Some(true) => End::Done,
            Some(false) => End::Failed,
            None => End::Otherwise,
        },
    }
}

fn deadline(dossier: &Dossier, row: &ClockRow) -> Option<Fact> {
    let (clock, end) = (&row.clock, end(dossier, row));
    if end == End::Otherwise || clock.is_stopped() {
        return None;
    }
    let ended = clock.ended;
    let over = end != End::Open;
    let kind = FactKind::of(clock.stage);
    let handling = kind == FactKind::Handle;
    let signs = Signs::default()
        .with(Sign::Done, end == End::Done)
        .with(Sign::Failed, end == End::Failed)
        .with(Sign::Waiting, end == End::Open)
        .with(Sign::InTime, over && clock.was_in_time() == Some(true))
        .with(Sign::Right, kind == FactKind::Dispatch && over && went_right(dossier, row))
        .with(Sign::Extended, handling && clock.dues.iter().any(|due| due.reason == DueReason::Extended))
        .with(Sign::Supervised, handling && supervised(dossier, row));
    let stood: i64 = clock.stops.iter().filter_map(|stop| Some(stop.until?.since(stop.from))).sum();
    Some(Fact {
        signs,
        took_minutes: ended.map(|ended| (ended.since(clock.started) - stood).max(0) / Timestamp::MINUTE),
        ..fact(dossier, kind, clock.dues.last()?.due, row.id.0, unit_of(dossier, row))
    })
}

fn closing(dossier: &Dossier, row: &ClockRow) -> Option<Fact> {
    let ended = row.clock.ended.filter(|_| row.clock.stage == Stage::Check)?;
    if end(dossier, row) != End::Done {
        return None;
    }
    // Nothing but opening it again lets it be dispatched after that.
    let again = |next: &ClockRow| next.clock.stage == Stage::Dispatch && next.clock.started >= ended;
    let signs = Signs::default().with(Sign::Reopened, dossier.clocks.iter().any(again));
    Some(Fact { signs, ..fact(dossier, FactKind::Closing, ended, row.id.0, unit_of(dossier, row)) })
}

fn rating(dossier: &Dossier, ask: &AskRow) -> Option<Fact> {
    let stars = ask.stars.filter(|_| ask.kind == AskKind::Satisfaction)?;
    let handled = dossier.clocks.iter().filter(|row| row.clock.stage == Stage::Handle);
    let last = handled.filter(|row| row.clock.started <= ask.asked_at).max_by_key(|row| row.clock.started);
    let signs = Signs::default().with(Sign::Satisfied, stars >= SATISFIED_STARS);
    let unit = last.and_then(|row| row.unit);
    Some(Fact { signs, ..fact(dossier, FactKind::Rating, ask.asked_at, ask.id, unit) })
}

fn fact(dossier: &Dossier, kind: FactKind, at: Timestamp, id: uuid::Uuid, unit: Option<UnitId>) -> Fact {
    let row = &dossier.row;
    Fact {
        at,
        case: row.id,
        id,
        kind,
        unit,
        community: row.community,
        grid: row.grid,
        matter: row.matter,
        signs: Signs::default(),
        took_minutes: None,
    }
}

/// The unit whose work a clock is about: that of the handling that it times or that led to the check.
fn unit_of(dossier: &Dossier, row: &ClockRow) -> Option<UnitId> {
    let clock = &row.clock;
    match clock.stage {
        Stage::Handle => row.unit,
        Stage::Check => {
            let handled =
                |row: &&ClockRow| row.clock.stage == Stage::Handle && row.clock.ended == Some(clock.started);
            dossier.clocks.iter().find(handled).and_then(|row| row.unit)
        }
        Stage::Verify | Stage::File | Stage::Dispatch => None,
    }
}

/// Whether the unit that it was given to kept it: it did not send it back, and the centre did not have to
/// give it to another before it began.
fn went_right(dossier: &Dossier, row: &ClockRow) -> bool {
    let Some(dispatched) = row.clock.ended else { return false };
    let next = dossier.clocks.iter().filter(|next| next.id != row.id && next.clock.stage == Stage::Dispatch);
    let until = next.map(|next| next.clock.started).filter(|started| *started >= dispatched).min();
    let since = |part: &&AssignmentRow| {
        part.lead && part.assigned_at >= dispatched && until.is_none_or(|until| part.assigned_at < until)
    };
    let mut leads = dossier.assignments.iter().filter(since);
    let first = leads.clone().next().map(|part| part.unit);
    leads.all(|part| Some(part.unit) == first && part.state != AssignmentState::SentBack)
}

fn supervised(dossier: &Dossier, row: &ClockRow) -> bool {
    let until = row.clock.ended.unwrap_or(Timestamp::from_micros(i64::MAX));
    dossier
        .asks
        .iter()
        .any(|ask| ask.kind == AskKind::Supervision && (row.clock.started..until).contains(&ask.asked_at))
}
