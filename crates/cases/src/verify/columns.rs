//! Columns that follow from others, by which lists are narrowed and ordered: whoever changes one of them
//! alone moves a case out of sight.

use qige_db::journal::Line;
use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{ClockId, Timestamp};

use super::{Fault, unlike};
use crate::deadlines::Clock;
use crate::store::{CaseRow, NEVER, due_at};

statements! {
    /// By when a list has a case.
    LATE_AT = "SELECT late_at FROM cases WHERE tenant = $1 AND id = $2";
    /// What stands beside each clock that is in it too.
    CLOCKS = "SELECT id, clock, stage, started_at, due_at, stopped, ended_at FROM case_clocks
        WHERE tenant = $1 AND case_id = $2 ORDER BY id";
}

from_row! {
    struct ClockColumns {
        id: ClockId,
        clock: Clock,
        stage: String,
        started_at: Timestamp,
        due_at: Timestamp,
        stopped: bool,
        ended_at: Option<Timestamp>,
    }
}

impl ClockColumns {
    fn differing(&self) -> impl Iterator<Item = &'static str> {
        let Self { clock, stage, started_at, due_at: due, stopped, ended_at, .. } = self;
        let all = [
            ("stage", clock.stage.as_str() == stage),
            ("started_at", clock.started == *started_at),
            ("due_at", due_at(clock) == *due),
            ("stopped", clock.is_stopped() == *stopped),
            ("ended_at", clock.ended == *ended_at),
        ];
        all.into_iter().filter(|(_, same)| !same).map(|(column, _)| column)
    }
}

/// What does not follow.
pub(super) async fn compare(tx: &mut Tx<'_>, row: &CaseRow, lines: &[Line]) -> Result<Vec<Fault>, DbError> {
    let values = params![tx.tenant(), row.id];
    let (late_at,): (Timestamp,) = tx.one(LATE_AT, values).await?;
    let clocks: Vec<ClockColumns> = tx.all(CLOCKS, values).await?;
    let all = [
        ("version", i64::try_from(lines.len()) == Ok(row.version)),
        ("late_at", late_at == row.due_at.unwrap_or(NEVER)),
        ("updated_at", lines.last().is_some_and(|line| line.at == row.updated_at)),
    ];
    let of_row = all.into_iter().filter(|(_, same)| !same).map(|(column, _)| column.to_owned());
    let of_clocks = clocks
        .iter()
        .flat_map(|clock| clock.differing().map(move |column| format!("clocks {} {column}", clock.id)));
    Ok(of_row.chain(of_clocks).map(|what| unlike(row.id, what)).collect())
}
