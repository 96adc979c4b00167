//! Consents that run out are ended, with what rests on them; people are asked again in time.

use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::member::{MEMBERS_ON_PAGE_MAX, MemberFilter, MemberPlace, MemberState, members};
use qige_identity::{
    ConsentStanding, EndRunOut, GridMember, NeedsConsent, Stamp, Subject, consents_of, in_need_of_renewal,
};
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

/// Ends what ran out, asks again where the text was renewed or the end comes near, and asks members who were
/// never asked.
pub(crate) async fn look(app: App, asker: Asker) -> Result<(), JobError> {
    let stamp = || Stamp::new(app.now(), None, &app.entropy);
    while app.db.write(asker, EndRunOut { stamp: stamp(), limit: AT_ONCE }).await? > 0 {}
    let (now, mut after) = (app.now(), None);
    loop {
        after = app.db.write(asker, Ask { now, after }).await?;
        if after.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        after = app.db.write(asker, AskMembers { now, after }).await?;
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
            let (person, dedupe) = (PersonId(row.subject), format!("{kind}/{}", row.id));
            post(tx, &told(person, kind, About::new("consent", row.id), dedupe, self.now)).await?;
        }
        Ok(last)
    }
}

/// Tells members who report without having consented to it, once: they were active before it was asked for.
struct AskMembers {
    now: Timestamp,
    after: Option<MemberPlace>,
}

impl Command for AskMembers {
    type Output = Option<MemberPlace>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Failure> {
        let filter = MemberFilter { state: Some(MemberState::Active), owing: true, recommended_by: None };
        let rows = members(tx, filter, self.after, MEMBERS_ON_PAGE_MAX, self.now).await?;
        let last = rows.last().map(|row| MemberPlace { at: row.changed_at, person: row.person });
        for row in rows {
            let given = consents_of(tx, Subject::Person(row.person), self.now).await?;
            // Whoever gave it in other words is asked again.
            let outdated = given.iter().any(|(consent, standing)| {
                consent.purpose.as_str() == GridMember::KEY && *standing == ConsentStanding::Outdated
            });
            if !outdated {
                let (kind, id) = ("consent-owed", row.person);
                post(tx, &told(id, kind, About::new("consent", id), format!("{kind}/{id}"), self.now))
                    .await?;
            }
        }
        Ok(last)
    }
}

fn told(person: PersonId, kind: &'static str, about: About, dedupe: String, at: Timestamp) -> NewNotice {
    let recipient = Recipient::Person(person);
    NewNotice { recipient, kind, args: json!({}), about, dedupe, at, hold_until: None }
}
