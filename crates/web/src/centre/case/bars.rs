//! The clocks of a case as bars over one stretch of time: where it ran, where it stood still and why, where
//! it was late. The same as a table.

use qige_cases::Stage;
use qige_cases::deadlines::{Clock, StopReason};
use qige_cases::store::ClockRow;
use qige_kernel::{Timestamp, UnitId};
use schemars::JsonSchema;
use serde::Serialize;

/// Parts that the stretch is divided into.
const PARTS: i64 = 1000;
/// What is shorter is drawn this wide, since it would not be seen.
const LEAST: i64 = 4;

/// All clocks of a case, drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Bars {
    /// Where the stretch begins.
    pub(super) from: Timestamp,
    /// Where it ends.
    pub(super) until: Timestamp,
    /// One row for each clock, the first stage first.
    pub(super) rows: Vec<BarRow>,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct BarRow {
    /// Which.
    pub(super) stage: Stage,
    /// The unit that is to be on time.
    pub(super) unit: Option<UnitId>,
    /// What the time was, without a gap.
    pub(super) pieces: Vec<Piece>,
    /// Where its due date lies, in thousandths of the stretch; none while it stands still, and where it would
    /// have come later than all that is drawn.
    pub(super) due: Option<i64>,
}

/// What a time was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PieceKind {
    /// The clock ran, in time.
    Running,
    /// The clock ran, and the time was over.
    Late,
    /// Put aside.
    Suspended,
    /// Waiting for the reporter's answer.
    Waiting,
    /// An external body had the case.
    Transferred,
}

/// A piece of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Piece {
    /// What it was.
    pub(super) kind: PieceKind,
    /// Since when.
    pub(super) from: Timestamp,
    /// Until when; until now where it lasts.
    pub(super) until: Timestamp,
    /// It lasts.
    pub(super) lasts: bool,
    /// How long, in minutes of the clock on the wall.
    pub(super) minutes: i64,
    /// Where it begins, in thousandths of the stretch.
    pub(super) start: i64,
    /// How wide it is, in thousandths of the stretch.
    pub(super) width: i64,
}

/// The bars of these clocks; none where there are none.
pub(super) fn of(clocks: &[ClockRow], now: Timestamp) -> Option<Bars> {
    let mut clocks: Vec<&ClockRow> = clocks.iter().collect();
    clocks.sort_by_key(|row| (row.clock.started, row.clock.ended.is_none()));
    let from = clocks.iter().map(|row| row.clock.started).min()?;
    let until = clocks.iter().map(|row| end(&row.clock, now)).max()?;
    let scale = Scale { from, length: until.micros().saturating_sub(from.micros()).max(1) };
    let rows = clocks.into_iter().map(|row| BarRow {
        stage: row.clock.stage,
        unit: row.unit,
        pieces: pieces(&row.clock, now, &scale),
        due: row.clock.due().filter(|due| *due <= until).map(|due| scale.at(due)),
    });
    Some(Bars { from, until, rows: rows.collect() })
}

/// Where a clock's row ends: with its stage, else today or where it is due.
fn end(clock: &Clock, now: Timestamp) -> Timestamp {
    clock.ended.unwrap_or_else(|| clock.due().map_or(now, |due| due.max(now)))
}

struct Scale {
    from: Timestamp,
    length: i64,
}

impl Scale {
    fn at(&self, instant: Timestamp) -> i64 {
        let into = i128::from(instant.micros()) - i128::from(self.from.micros());
        let at = into * i128::from(PARTS) / i128::from(self.length);
        i64::try_from(at).unwrap_or(PARTS).clamp(0, PARTS)
    }
}

fn pieces(clock: &Clock, now: Timestamp, scale: &Scale) -> Vec<Piece> {
    let last = clock.ended.unwrap_or(now).max(clock.started);
    let mut pieces = Vec::new();
    let mut at = clock.started;
    for stop in &clock.stops {
        let until = stop.until.unwrap_or(last).min(last);
        let kind = match stop.reason {
            StopReason::Suspended => PieceKind::Suspended,
            StopReason::Waiting => PieceKind::Waiting,
            StopReason::Transferred => PieceKind::Transferred,
        };
        run(clock, (at, stop.from.min(last)), &mut pieces);
        pieces.push((kind, stop.from, until));
        at = until;
    }
    run(clock, (at, last), &mut pieces);
    let lasts = clock.ended.is_none();
    let drawn = pieces.into_iter().filter(|(_, from, until)| until > from).map(|(kind, from, until)| {
        let start = scale.at(from).min(PARTS - LEAST);
        Piece {
            kind,
            from,
            until,
            lasts: lasts && until == last,
            minutes: until.micros().saturating_sub(from.micros()) / Timestamp::MINUTE,
            start,
            width: (scale.at(until) - start).max(LEAST),
        }
    });
    drawn.collect()
}

/// A time in which the clock ran, parted where it was due: by the due date that was in force last, since that
/// is what it is judged by.
fn run(
    clock: &Clock,
    (from, until): (Timestamp, Timestamp),
    into: &mut Vec<(PieceKind, Timestamp, Timestamp)>,
) {
    let due = clock.dues.last().map_or(until, |due| due.due).clamp(from, until.max(from));
    into.push((PieceKind::Running, from, due));
    into.push((PieceKind::Late, due, until));
}

#[cfg(test)]
mod tests {
    use qige_kernel::calendar::WorkRule;
    use qige_kernel::{CaseId, ClockId, Term, WorkCalendar};
    use uuid::Uuid;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_micros(1_790_000_000_000_000 + minutes * Timestamp::MINUTE)
    }

    fn calendar() -> WorkCalendar {
        WorkCalendar::new("Asia/Shanghai", WorkRule::office_week(), Vec::new(), [2026]).unwrap()
    }

    fn row(change: impl Fn(&mut Clock)) -> ClockRow {
        let calendar = calendar();
        let mut clock = Clock::start(Stage::Handle, at(0), Term::ClockMinutes(100), None, &calendar);
        change(&mut clock);
        ClockRow { id: ClockId(Uuid::nil()), case_id: CaseId(Uuid::nil()), unit: None, clock }
    }

    fn drawn(row: ClockRow, now: i64) -> Vec<(PieceKind, i64, i64, bool)> {
        let bars = of(&[row], at(now)).unwrap();
        let pieces = bars.rows.into_iter().flat_map(|row| row.pieces);
        pieces.map(|piece| (piece.kind, piece.start, piece.width, piece.lasts)).collect()
    }

    #[test]
    fn a_clock_that_runs_is_drawn_up_to_now_and_the_stretch_up_to_its_due_date() {
        assert_eq!(drawn(row(|_| ()), 25), [(PieceKind::Running, 0, 250, true)]);
    }

    #[test]
    fn what_is_over_its_time_is_late_from_there_on() {
        let pieces = drawn(row(|_| ()), 200);
        assert_eq!(pieces, [(PieceKind::Running, 0, 500, false), (PieceKind::Late, 500, 500, true)]);
    }

    #[test]
    fn a_time_in_which_it_stood_still_says_why() {
        let calendar = calendar();
        let stopped = row(|clock| {
            clock.stop(at(20), StopReason::Waiting);
            clock.resume(at(60), &calendar);
            clock.stop(at(80), StopReason::Suspended);
        });
        let pieces = drawn(stopped, 100);
        let expected = [
            (PieceKind::Running, 0, 200, false),
            (PieceKind::Waiting, 200, 400, false),
            (PieceKind::Running, 600, 200, false),
            (PieceKind::Suspended, 800, 200, true),
        ];
        assert_eq!(pieces, expected);
    }

    #[test]
    fn what_is_very_short_is_still_seen_and_stays_inside() {
        let ended = row(|clock| clock.end(at(0)));
        assert_eq!(drawn(ended, 10), []);
        let calendar = calendar();
        let blink = row(|clock| {
            clock.stop(at(9_999), StopReason::Waiting);
            clock.resume(at(10_000), &calendar);
            clock.end(at(10_000));
        });
        let pieces = drawn(blink, 20_000);
        assert!(
            pieces.iter().all(|(_, start, width, _)| *width >= LEAST && start + width <= PARTS),
            "{pieces:?}"
        );
    }

    #[test]
    fn without_clocks_there_is_nothing_to_draw() {
        assert_eq!(of(&[], at(0)), None);
    }
}
