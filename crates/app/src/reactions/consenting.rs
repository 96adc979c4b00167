//! Consents that run out are ended, with what rests on them; people are asked again in time.

use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::{EndRunOut, Stamp, in_need_of_renewal};
use qige_jobs::{JobError, Schedule};
use qige_kernel::{PersonId, Timestamp};
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
/// People told in one hour at most; the rest follow.
const TOLD_AT_ONCE: i64 = 1_000;

/// Ends what ran out, and asks again where the text was renewed or the end comes near.
pub(crate) async fn look(app: App, asker: Asker) -> Result<(), JobError> {
    let stamp = || Stamp::new(app.now(), None, &app.entropy);
    while app.db.write(asker, EndRunOut { stamp: stamp(), limit: AT_ONCE }).await? > 0 {}
    Ok(app.db.write(asker, Ask { now: app.now() }).await?)
}

struct Ask {
    now: Timestamp,
}

impl Command for Ask {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let until = self.now.plus(TOLD_BEFORE_MICROS);
        for row in in_need_of_renewal(tx, self.now, until, TOLD_AT_ONCE).await? {
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
        Ok(())
    }
}
