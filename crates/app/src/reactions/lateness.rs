//! A deadline comes near or has passed: the unit, the dispatcher and, at last, the supervisor are told. A
//! schedule looks for them, since nothing happens by itself when time passes.

use qige_cases::store::CaseRow;
use qige_cases::{Lateness, became_late};
use qige_db::{Asker, Command, Db, DbError, Failure, Tx};
use qige_identity::{Role, holders};
use qige_jobs::{JobError, Schedule};
use qige_kernel::{CaseId, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;
use uuid::Uuid;

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
/// Cases looked at in one command, so that it holds nobody up; as many commands follow as it takes.
const CASES_AT_ONCE: i64 = 100;

/// Looks.
pub(crate) async fn look(db: Db, asker: Asker, now: Timestamp) -> Result<(), JobError> {
    for lateness in [Lateness::Amber, Lateness::Red, Lateness::Over] {
        let since = (now.plus(-BACK_MICROS), CaseId(Uuid::max()));
        let mut after = Some(since);
        while let Some(from) = after {
            after = db.write(asker, Look { lateness, after: from, now }).await?;
        }
    }
    Ok(())
}

/// Tells of some cases that took one step, from `after` on.
struct Look {
    lateness: Lateness,
    after: (Timestamp, CaseId),
    now: Timestamp,
}

impl Command for Look {
    /// Where to go on; none when that was all.
    type Output = Option<(Timestamp, CaseId)>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Failure> {
        let found = became_late(tx, self.lateness, self.after, self.now, CASES_AT_ONCE).await?;
        for row in &found {
            self.tell(tx, row).await?;
        }
        let more = i64::try_from(found.len()).is_ok_and(|count| count == CASES_AT_ONCE);
        let last = found.last().filter(|_| more);
        Ok(last.and_then(|row| Some((self.lateness.of(row)?, row.id))))
    }
}

impl Look {
    async fn tell(&self, tx: &mut Tx<'_>, row: &CaseRow) -> Result<(), DbError> {
        let lateness = self.lateness;
        let kind = match lateness {
            Lateness::Amber => "case-amber",
            Lateness::Red => "case-red",
            Lateness::Over => "case-over",
        };
        let at = lateness.of(row).unwrap_or(self.now);
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
