//! The SQL of cases, and what is read of a case to decide about it.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `row.rs` | [`CaseRow`]: the row of a case |
//! | `parts.rs` | the rows beside it: photos, units' parts, what was asked, clocks, merges, comments |
//! | `kinds.rs` | the words that those are sorted by |
//! | `dossier.rs` | [`Dossier`]: all of them together; what changed between two, saved and undone |
//! | `first_line.rs` | what the journal says of a case that begins |
//! | `report.rs` | [`ReportRow`]: reports |
//! | `undo.rs`, `number.rs`, `habit.rs` | the last step, the day's numbers, what a place usually has |

mod dossier;
mod first_line;
mod habit;
mod kinds;
mod number;
mod parts;
mod report;
mod row;
mod undo;

use qige_kernel::{Position, Timestamp};

pub use dossier::{Changes, Dossier};
pub(crate) use dossier::{row_changes, says_nothing};
pub(crate) use first_line::{FirstChanges, FirstLine, Hex, SaidReport};
pub(crate) use habit::ADD_HABIT;
pub use habit::{Habit, habits, hour_of, usual_at};
pub use kinds::{AskKind, AssignmentState, PhotoRole};
pub(crate) use number::next_number;
pub(crate) use parts::{ADD_PHOTO, PUT_CLOCK, Part, due_at};
pub use parts::{AskRow, AssignmentRow, ClockRow, CommentRow, MergeRow, PhotoRow, assignments_of, mains_of};
pub(crate) use report::{INSERT_FIRST_REPORT, INSERT_REPORT, reported_by, reported_with};
pub use report::{
    ReportRow, case_of_report, may_have_photos, photo_by_id, photos_of_case, report_by_id, reports_of_case,
    voices_of_case,
};
pub use row::{CaseRow, by_id, by_number, called, lead_unit, open_in};
pub(crate) use row::{INSERT_CASE, LET_GO, TAKE_IN, position};
pub(crate) use undo::{DROP_UNDO, PUT_UNDO};
pub use undo::{UndoRow, undo_of};

/// Stands in an ordered list for "no clock runs": after every instant that a clock could have.
pub const NEVER: Timestamp = Timestamp::from_micros(i64::MAX);

/// Squares along one degree: about a kilometre each.
const CELLS_IN_DEGREE: f64 = 100.0;
/// Squares around the earth along a parallel.
const CELLS_AROUND: i64 = 36_000;

/// The square of 0.01° (about a kilometre) that a point lies in, as one number: rows of squares from the
/// south pole, each from the date line eastwards.
#[must_use]
pub fn cell_of(position: Position) -> i64 {
    square(position.lat(), 90.0) * CELLS_AROUND + square(position.lng(), 180.0)
}

/// The middle of a square; none for a number that stands for none.
pub(crate) fn middle_of_cell(cell: i64) -> Option<Position> {
    let degrees = |squares: i64| {
        let squares = f64::from(i32::try_from(squares).ok()?);
        Some((squares + 0.5) / CELLS_IN_DEGREE)
    };
    let (row, column) = (cell.checked_div_euclid(CELLS_AROUND)?, cell.checked_rem_euclid(CELLS_AROUND)?);
    Position::new(degrees(column)? - 180.0, degrees(row)? - 90.0).ok()
}

/// The square a point lies in and the eight around it.
#[must_use]
pub fn cells_around(position: Position) -> [i64; 9] {
    around_cell(cell_of(position))
}

/// A square and the eight around it.
pub(crate) const fn around_cell(cell: i64) -> [i64; 9] {
    let (south, north) = (cell - CELLS_AROUND, cell + CELLS_AROUND);
    [south - 1, south, south + 1, cell - 1, cell, cell + 1, north - 1, north, north + 1]
}

/// The squares of a window, unless there are more than `most`.
pub(crate) fn cells_between(south_west: Position, north_east: Position, most: usize) -> Option<Vec<i64>> {
    let (from, to) = (cell_of(south_west), cell_of(north_east));
    let columns = from % CELLS_AROUND..=to % CELLS_AROUND;
    let rows = from / CELLS_AROUND..=to / CELLS_AROUND;
    let mut cells = rows.flat_map(|row| columns.clone().map(move |column| row * CELLS_AROUND + column));
    let found: Vec<i64> = cells.by_ref().take(most).collect();
    cells.next().is_none().then_some(found)
}

#[expect(clippy::as_conversions, reason = "degrees are within ±180, so that the product fits by far")]
fn square(degrees: f64, offset: f64) -> i64 {
    ((degrees + offset) * CELLS_IN_DEGREE).floor() as i64
}
