//! Who reads much, or when nobody is at work, is told of to the auditors. Nobody is stopped by it: there
//! may be a reason, and the auditor can ask for it.

use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::{
    READING_LIMITS, Reach, ReadingLimits, Role, UnusualReading, holders, person_name, setting,
    unusual_readings,
};
use qige_jobs::{JobError, Schedule};
use qige_kernel::Timestamp;
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use crate::App;

/// Each hour, when the one before is over.
pub(crate) const WATCH: Schedule = Schedule {
    name: "identity.watch",
    kind: "identity.watch",
    every_micros: Timestamp::HOUR,
    offset_micros: 2 * Timestamp::MINUTE,
};
/// Hours looked at each time: a server may have been off. Looking twice at the same hour tells nobody twice.
const HOURS_BACK: i64 = 24;

/// Looks at the hours that are over.
pub(crate) async fn watch(app: App, asker: Asker) -> Result<(), JobError> {
    let now = app.now();
    let calendar = app.rulebooks.of(asker.tenant, now).await?.calendar.clone();
    let limits: Option<ReadingLimits> =
        app.db.read(asker, |tx| Box::pin(async move { Ok(setting(tx, READING_LIMITS).await?) })).await?;
    let limits = limits.unwrap_or_default();
    let whole = Timestamp::from_micros(now.micros() - now.micros().rem_euclid(Timestamp::HOUR));
    for back in 1..=HOURS_BACK {
        let from = whole.plus(-back * Timestamp::HOUR);
        let hour = i8::try_from(calendar.minute_at(from) / 60).unwrap_or_default();
        let at_work = calendar.is_workday(calendar.date_at(from)) && limits.at_work(hour);
        let found = app
            .db
            .read(asker, move |tx| {
                Box::pin(async move { Ok(unusual_readings(tx, &limits, from, at_work).await?) })
            })
            .await?;
        if !found.is_empty() {
            app.db.write(asker, Tell { found, from, now }).await?;
        }
    }
    Ok(())
}

struct Tell {
    found: Vec<UnusualReading>,
    from: Timestamp,
    now: Timestamp,
}

impl Command for Tell {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let auditors = holders(tx, Role::Auditor, &Reach::default(), self.now).await?;
        for unusual in &self.found {
            let name = person_name(tx, unusual.reader).await?.unwrap_or_default();
            let kind = if unusual.too_many { "reading-many" } else { "reading-late" };
            for auditor in &auditors {
                let notice = NewNotice {
                    recipient: Recipient::Person(*auditor),
                    kind,
                    args: json!({ "name": name, "n": unusual.people }),
                    about: About::new("reader", unusual.reader),
                    dedupe: format!("reading/{}/{}", self.from.micros(), unusual.reader),
                    at: self.now,
                    hold_until: None,
                };
                post(tx, &notice).await?;
            }
        }
        Ok(())
    }
}
