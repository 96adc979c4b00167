//! The first line of a case's journal, written straight to text: a report comes in more often than anything
//! else happens, and sorting fifty fields to find the nineteen that say something takes longer than storing
//! them.

use std::fmt;

use qige_kernel::{ObjectId, PlaceId, Position, ReportId, Timestamp};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::parts::{ClockRow, Part, PhotoRow};
use super::row::CaseRow;
use crate::report::PhotoRef;
use crate::{MatterKey, Origin, Stage, State};

/// Nothing before, this after.
type New<T> = Option<((), T)>;

/// What the first line says.
#[derive(Serialize)]
pub(crate) struct FirstLine<'a> {
    pub(crate) report: SaidReport<'a>,
    pub(crate) changes: FirstChanges<'a>,
}

/// What the journal keeps of a report itself.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct SaidReport<'a> {
    pub(crate) id: ReportId,
    pub(crate) words: &'a str,
    pub(crate) matter: Option<MatterKey>,
    pub(crate) position: Option<Position>,
    pub(crate) accuracy_metres: Option<f64>,
    pub(crate) made_at: Timestamp,
    pub(crate) origin: Origin,
    pub(crate) photos: &'a [PhotoRef],
    /// The voice note, which is erased when the case ends.
    pub(crate) voice: Option<ObjectId>,
    /// Hexadecimal; none for people with an account.
    pub(crate) follow_code_hash: Option<Hex>,
}

/// A hash as it stands in the journal.
#[derive(Clone, Copy)]
pub(crate) struct Hex(pub(crate) [u8; 32]);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From nothing to a case, as [`Changes`](super::Changes) reads it.
#[derive(Serialize)]
pub(crate) struct FirstChanges<'a> {
    case: BegunCase<'a>,
    #[serde(skip_serializing_if = "Added::is_empty")]
    clocks: Added<'a, ClockRow>,
    #[serde(skip_serializing_if = "Added::is_empty")]
    photos: Added<'a, PhotoRow>,
}

impl<'a> FirstChanges<'a> {
    pub(crate) fn of(row: &'a CaseRow, clocks: &'a [ClockRow], photos: &'a [PhotoRow]) -> Self {
        Self { case: BegunCase::of(row), clocks: Added(clocks), photos: Added(photos) }
    }
}

/// The fields that a report can set, where they say anything.
#[derive(Serialize)]
struct BegunCase<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: New<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amber_at: New<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beside_metres: New<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: New<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    community: New<PlaceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: New<Timestamp>,
    first_report: ((), ReportId),
    #[serde(skip_serializing_if = "Option::is_none")]
    grid: New<PlaceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handled_at: New<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: New<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lng: New<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: New<MatterKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open: New<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    over_at: New<Timestamp>,
    received_at: ((), Timestamp),
    #[serde(skip_serializing_if = "Option::is_none")]
    solved: New<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: New<Stage>,
    state: ((), State),
    words: ((), &'a str),
}

impl<'a> BegunCase<'a> {
    fn of(row: &'a CaseRow) -> Self {
        const fn new<T: Copy>(value: Option<T>) -> New<T> {
            match value {
                Some(value) => Some(((), value)),
                None => None,
            }
        }
        Self {
            accuracy: new(row.accuracy),
            amber_at: new(row.amber_at),
            beside_metres: new(row.beside_metres),
            cell: new(row.cell),
            community: new(row.community),
            due_at: new(row.due_at),
            first_report: ((), row.first_report),
            grid: new(row.grid),
            handled_at: new(row.handled_at),
            lat: new(row.lat),
            lng: new(row.lng),
            matter: new(row.matter),
            open: row.open.then_some(((), true)),
            over_at: new(row.over_at),
            received_at: ((), row.received_at),
            solved: row.solved.then_some(((), true)),
            stage: new(row.stage),
            state: ((), row.state),
            words: ((), &row.words),
        }
    }
}

/// Rows that are new, by id.
struct Added<'a, P>(&'a [P]);

impl<P> Added<'_, P> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<P: Part> Serialize for Added<'_, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for part in self.0 {
            map.serialize_entry(&part.id(), &((), part))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Changes, Dossier};
    use qige_kernel::uuid::Uuid;

    /// Whatever a report may have set is told, exactly as a difference between two cases is.
    #[test]
    fn says_what_the_difference_to_nothing_is() {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let id = |number: u128| Uuid::from_u128(number);
        let mut full = CaseRow::begun(id(1).into(), id(2).into(), State::Reported, at);
        full.place(Position::new(118.76, 34.52).ok());
        full.words = "井盖没了".to_owned();
        full.matter = "matter-09-005".parse().ok();
        (full.accuracy, full.solved, full.stage) = (Some(12.5), true, Some(Stage::File));
        (full.community, full.grid) = (Some(id(3).into()), Some(id(4).into()));
        full.beside_metres = Some(120.5);
        (full.due_at, full.amber_at) = (Some(at.plus(9)), Some(at.plus(7)));
        (full.over_at, full.handled_at) = (Some(at.plus(11)), Some(at));
        let bare = CaseRow::begun(id(1).into(), id(2).into(), State::Reported, at);
        for row in [full, bare] {
            let told = serde_json::to_value(FirstChanges::of(&row, &[], &[])).unwrap();
            let told: Changes = serde_json::from_value(told).unwrap();
            assert_eq!(told.case, crate::store::row_changes(None, &row));
            let again = Dossier::of(CaseRow::begun(row.id, row.first_report, State::Void, at.plus(-5)));
            assert_eq!(again.with(&told).unwrap().row, CaseRow { updated_at: at.plus(-5), ..row });
        }
    }
}
