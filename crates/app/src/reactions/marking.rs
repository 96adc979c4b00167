//! The marks that figures are counted from, of cases that were changed before there were any.

use qige_cases::evaluation::FillMarks;
use qige_db::{Asker, Db};
use qige_jobs::{JobError, Schedule};
use qige_kernel::Timestamp;

/// How often it looks whether there is anything to do. Mostly there is nothing, and it reads one row.
pub(crate) const FILL: Schedule = Schedule {
    name: "cases.marks",
    kind: "cases.marks",
    every_micros: Timestamp::MINUTE,
    offset_micros: 7 * Timestamp::SECOND,
};
/// Cases of one transaction: some tenth of a second, in which nobody else writes where there is one writer.
const CASES_AT_ONCE: i64 = 100;

/// Writes what is missing, case by case; where it is stopped, the next one goes on.
pub(crate) async fn fill(db: Db, asker: Asker) -> Result<(), JobError> {
    while db.write(asker, FillMarks { cases: CASES_AT_ONCE }).await? {}
    Ok(())
}
