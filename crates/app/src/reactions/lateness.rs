//! A deadline comes near or has passed: the unit, the dispatcher and, at last, the supervisor are told. A
//! schedule looks for them, since nothing happens by itself when time passes.

use qige_cases::store::CaseRow;
use qige_cases::{Lateness, became_late};
use qige_db::{Asker, Command, Db, DbError, Failure, Tx};
use qige_identity::{Role, holders};
use qige_jobs::{JobError, Schedule};
use qige_kernel::Timestamp;
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use super::case_event::reach;

/// How often it looks.
pub(crate) const LOOK: Schedule = Schedule {
    name: "cases.lateness",
    kind: "cases.lateness",
    every_micros: 5 * Timestamp::MINUTE,
    offset_micros: 0,
};
/// How far it looks back: a server may have been off over night. Looking twice at the same moment tells
/// nobody twice.
const BACK_MICROS: i64 = 2 * Timestamp::DAY;
/// Cases looked at in one go; the rest comes five minutes later.
const CASES_MAX: i64 = 500;

/// Looks.
pub(crate) async fn look(db: Db, asker: Asker, now: Timestamp) -> Result<(), JobError> {
    Ok(db.write(asker, Look { now }).await?)
}

struct Look {
    now: Timestamp,
}

impl Command for Look {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let since = self.now.plus(-BACK_MICROS);
        for lateness in [Lateness::Amber, Lateness::Red, Lateness::Over] {
            for row in became_late(tx, lateness, since, self.now, CASES_MAX).await? {
                self.tell(tx, lateness, &row).await?;
            }
        }
        Ok(())
    }
}

impl Look {
    async fn tell(&self, tx: &mut Tx<'_>, lateness: Lateness, row: &CaseRow) -> Result<(), DbError> {
        let (kind, due) = match lateness {
            Lateness::Amber => ("case-amber", row.amber_at),
            Lateness::Red => ("case-red", row.due_at),
            Lateness::Over => ("case-over", row.over_at),
        };
        let at = due.unwrap_or(self.now);
        let mut recipients: Vec<Recipient> = row.lead_unit.map(Recipient::Unit).into_iter().collect();
        if lateness != Lateness::Amber {
            recipients.extend(row.dispatcher.map(Recipient::Person));
        }
        if lateness == Lateness::Over {
            let supervisors = holders(tx, Role::Supervisor, &reach(row), self.now).await?;
            recipients.extend(supervisors.into_iter().map(Recipient::Person));
        }
        for recipient in recipients {
            let args = json!({ "number": row.number, "matter": row.matter });
            let dedupe = format!("{}:late:{}:{kind}", row.id, at.micros());
            let about = About::new("case", row.id);
            post(tx, &NewNotice { recipient, kind, args, about, dedupe, at, hold_until: None }).await?;
        }
        Ok(())
    }
}
