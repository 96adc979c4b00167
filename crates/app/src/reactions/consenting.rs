//! Consents that run out are ended, with what rests on them; people are asked again in time.

use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::{EndRunOut, Stamp, in_need_of_renewal};
use qige_jobs::{JobError, Schedule};
use qige_kernel::{ConsentId, PersonId, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use crate::App;

/// Each hour: what ran out does not hold from that instant on, whenever this comes by.
pub(crate) const LOOK: Schedule = Schedule {
    name: "identity.consents",
    kind: "identity.consents",
    every_micros: Timestamp::HOUR,
    offset_micros: 23 * Timestamp::MINUTE,
};
/// People are told so long before the end, microseconds: two weeks, in which most look in.
const TOLD_BEFORE_MICROS: i64 = 14 * Timestamp::DAY;
/// Consents of one transaction.
const AT_ONCE: i64 = 200;

/// Ends what ran out, and asks again where the text was renewed or the end comes near.
pub(crate) async fn look(app: App, asker: Asker) -> Result<(), JobError> {
    let stamp = || Stamp::new(app.now(), None, &app.entropy);
    while app.db.write(asker, EndRunOut { stamp: stamp(), limit: AT_ONCE }).await? > 0 {}
    let (now, mut after) = (app.now(), None);
    loop {
        after = app.db.write(asker, Ask { now, after }).await?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Tells some, from the one after `after`; says where to go on.
struct Ask {
    now: Timestamp,
    after: Option<(Timestamp, ConsentId)>,
}

impl Command for Ask {
    type Output = Option<(Timestamp, ConsentId)>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Failure> {
        let until = self.now.plus(TOLD_BEFORE_MICROS);
        let rows = in_need_of_renewal(tx, self.now, until, self.after, AT_ONCE).await?;
        let last = rows.last().map(|row| (row.until, row.id));
        for row in rows {
            let kind = if row.until < until { "consent-ends" } else { "consent-again" };
            let notice = NewNotice {
                recipient: Recipient::Person(PersonId(row.subject)),
                kind,
                args: json!({}),
                about: About::new("consent", row.id),
                dedupe: format!("{kind}/{}", row.id),
                at: self.now,
                hold_until: None,
            };
            post(tx, &notice).await?;
        }
        Ok(last)
    }
}
