//! What is due on a way is taken out, and noted as under way before anything is sent.

use jiff::tz::TimeZone;
use qige_db::{Command, DbError, Failure, Json, Tx, from_row, params, statements};
use qige_jobs::{NewJob, enqueue};
use qige_kernel::{Timestamp, UnitId};
use serde_json::Value;
use uuid::Uuid;

use super::{SEND, SendJob};
use crate::way::way;
use crate::{Recipient, Topic, Way, habits_of};

/// What was under way this long ago, microseconds, is so no more: a call and its lease are shorter, so the
/// process that made it is gone.
const UNDER_WAY_MICROS: i64 = 55 * Timestamp::SECOND;

statements! {
    /// What a process that is gone had under way.
    STALE = "SELECT id, batch FROM deliveries
        WHERE tenant = $1 AND way = $2 AND state = 'sending' AND tried_at <= $3 ORDER BY id LIMIT 200";
    /// It may have arrived: it is not sent again.
    UNSURE = "UPDATE deliveries SET state = 'unsure', problem = 'interrupted' WHERE tenant = $1 AND id = $2";
    /// It may have arrived, and the other side knows it again.
    AGAIN = "UPDATE deliveries SET state = 'waiting', due_at = $3 WHERE tenant = $1 AND id = $2";
    /// What is due, what was tried before first: it goes with what it went with.
    DUE = "SELECT d.id, d.batch, d.kind, d.topic, d.attempts, n.args, n.about_kind, n.about,
            n.posted_at, n.read_at, n.recipient_kind, n.recipient
        FROM deliveries d LEFT JOIN notices n ON n.tenant = d.tenant AND n.id = d.notice
        WHERE d.tenant = $1 AND d.way = $2 AND d.state = 'waiting' AND d.due_at <= $3
        ORDER BY CASE WHEN d.batch IS NULL THEN 1 ELSE 0 END, d.batch, d.due_at, d.id LIMIT $4";
    /// When the next is.
    NEXT = "SELECT MIN(due_at) FROM deliveries WHERE tenant = $1 AND way = $2 AND state = 'waiting'";
    /// It need not be sent any more.
    DROP = "UPDATE deliveries SET state = 'dropped', problem = $3 WHERE tenant = $1 AND id = $2";
    /// All that waits need not be.
    DROP_ALL = "UPDATE deliveries SET state = 'dropped', problem = $3
        WHERE tenant = $1 AND way = $2 AND state = 'waiting'";
    /// Not now.
    PUT_OFF = "UPDATE deliveries SET due_at = $3 WHERE tenant = $1 AND id = $2";
    /// Under way from now on.
    BEGIN = "UPDATE deliveries SET state = 'sending', batch = $3, tried_at = $4, attempts = attempts + 1
        WHERE tenant = $1 AND id = $2";
    /// Messages since, and the first of them.
    COUNT = "SELECT COUNT(DISTINCT batch), MIN(tried_at) FROM deliveries
        WHERE tenant = $1 AND way = $2 AND tried_at > $3";
    /// Ways on which something waits longer than it should.
    LATE = "SELECT DISTINCT way FROM deliveries WHERE tenant = $1 AND ((state = 'waiting' AND due_at <= $2)
        OR (state = 'sending' AND tried_at <= $3)) LIMIT 100";
}

from_row! {
    struct Due {
        id: Uuid,
        batch: Option<Uuid>,
        kind: String,
        topic: Topic,
        attempts: i64,
        args: Option<Json<Value>>,
        about_kind: Option<String>,
        about: Option<Uuid>,
        posted_at: Option<Timestamp>,
        read_at: Option<Timestamp>,
        recipient_kind: Option<String>,
        recipient: Option<Uuid>,
    }
}

/// One notice of a message.
#[derive(Clone, Debug)]
pub struct Item {
    /// The delivery.
    pub delivery: Uuid,
    /// Names the notice's sentence.
    pub kind: String,
    /// What it is about, roughly.
    pub topic: Topic,
    /// The values in its sentence.
    pub args: Value,
    /// Kind of the thing it is about.
    pub about_kind: String,
    /// Which thing.
    pub about: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// Of which unit, where it is told to one.
    pub unit: Option<UnitId>,
}

/// What goes out as one message.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The same for each try: what the other side may know it again by.
    pub id: Uuid,
    /// On which way.
    pub way: Way,
    /// What is told, at least one.
    pub items: Vec<Item>,
    /// Which try this is, from 1.
    pub attempt: i64,
}

/// What there is to do on a way.
#[derive(Clone, Debug)]
pub enum Taken {
    /// Nothing now; whatever comes has its job.
    Nothing,
    /// This, and then look again.
    Send(Box<Batch>),
}

/// Takes the next message of a way.
#[derive(Clone, Debug)]
pub struct TakeBatch {
    /// Which way.
    pub way: Uuid,
    /// The message's id, unless it was tried before.
    pub batch: Uuid,
    /// The tenant's zone, for habits.
    pub zone: TimeZone,
    /// Now.
    pub now: Timestamp,
}

impl Command for TakeBatch {
    type Output = Taken;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Taken, Failure> {
        let Some(way) = way(tx, self.way).await?.filter(Way::is_open) else {
            tx.execute(DROP_ALL, params![tx.tenant(), self.way, "parked"]).await?;
            return Ok(Taken::Nothing);
        };
        self.take_up(tx, &way).await?;
        let due = self.due(tx, &way).await?;
        if due.is_empty() {
            self.come_back(tx).await?;
            return Ok(Taken::Nothing);
        }
        if let Some(free) = self.full_until(tx, &way).await? {
            enqueue(tx, NewJob::new(SEND, SendJob { way: way.id }, free)).await?;
            return Ok(Taken::Nothing);
        }
        let id = due.iter().find_map(|due| due.batch).unwrap_or(self.batch);
        let attempt = due.iter().map(|due| due.attempts).max().unwrap_or_default() + 1;
        for due in &due {
            tx.execute(BEGIN, params![tx.tenant(), due.id, id, self.now]).await?;
        }
        let items = due.into_iter().filter_map(item).collect();
        Ok(Taken::Send(Box::new(Batch { id, way, items, attempt })))
    }
}

impl TakeBatch {
    /// What a process that is gone had under way.
    async fn take_up(&self, tx: &mut Tx<'_>, way: &Way) -> Result<(), DbError> {
        let before = self.now.plus(-UNDER_WAY_MICROS);
        let stale: Vec<(Uuid, Option<Uuid>)> = tx.all(STALE, params![tx.tenant(), way.id, before]).await?;
        for (id, _) in stale {
            if way.kind.knows_again() {
                tx.execute(AGAIN, params![tx.tenant(), id, self.now]).await?;
            } else {
                tx.execute(UNSURE, params![tx.tenant(), id]).await?;
            }
        }
        Ok(())
    }

    /// What is due and goes out together. What was read or withdrawn meanwhile is dropped, what somebody does
    /// not want to hear now is put off.
    async fn due(&self, tx: &mut Tx<'_>, way: &Way) -> Result<Vec<Due>, DbError> {
        let together = i64::from(way.kind.together());
        let found: Vec<Due> = tx.all(DUE, params![tx.tenant(), way.id, self.now, together]).await?;
        let habits = match way.person {
            Some(person) => Some(habits_of(tx, person).await?),
            None => None,
        };
        let mut due: Vec<Due> = Vec::new();
        for one in found {
            let not_yet = |kind: &str| habits.and_then(|habits| self.later(habits, kind));
            let gone = if one.about.is_none() {
                Some("withdrawn")
            } else {
                (way.person.is_some() && one.read_at.is_some()).then_some("read")
            };
            if let Some(why) = gone {
                tx.execute(DROP, params![tx.tenant(), one.id, why]).await?;
            } else if let Some(at) = not_yet(&one.kind) {
                tx.execute(PUT_OFF, params![tx.tenant(), one.id, at]).await?;
            } else if due.first().is_none_or(|first| first.batch == one.batch) {
                due.push(one);
            }
        }
        Ok(due)
    }

    /// A digest was made for now; a pause or a night may have begun since.
    fn later(&self, habits: crate::Habits, kind: &str) -> Option<Timestamp> {
        let at = crate::Habits { digest_at: None, ..habits }.due(kind, self.now, &self.zone);
        (at > self.now).then_some(at)
    }

    /// When the way takes more, where it is full now.
    async fn full_until(&self, tx: &mut Tx<'_>, way: &Way) -> Result<Option<Timestamp>, DbError> {
        let mut until = None;
        for (most, within) in way.kind.rates() {
            let since = self.now.plus(-within);
            let (sent, first): (i64, Option<Timestamp>) =
                tx.one(COUNT, params![tx.tenant(), way.id, since]).await?;
            if sent >= *most {
                until = until.max(Some(first.unwrap_or(self.now).plus(*within)));
            }
        }
        Ok(until)
    }

    /// A job for what is due later, where its own was lost between two looks.
    async fn come_back(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        let (next,): (Option<Timestamp>,) = tx.one(NEXT, params![tx.tenant(), self.way]).await?;
        if let Some(next) = next.filter(|next| *next > self.now) {
            enqueue(tx, NewJob::new(SEND, SendJob { way: self.way }, next)).await?;
        }
        Ok(())
    }
}

fn item(due: Due) -> Option<Item> {
    let recipient = Recipient::of(due.recipient_kind.as_deref()?, due.recipient?)?;
    Some(Item {
        delivery: due.id,
        kind: due.kind,
        topic: due.topic,
        args: due.args?.0,
        about_kind: due.about_kind?,
        about: due.about?,
        at: due.posted_at?,
        unit: match recipient {
            Recipient::Unit(unit) => Some(unit),
            _ => None,
        },
    })
}

/// Looks after ways on which something waits although it is due: its job was lost with a process.
///
/// # Errors
/// [`DbError`].
pub async fn wake(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), DbError> {
    let values = params![tx.tenant(), now.plus(-Timestamp::MINUTE), now.plus(-UNDER_WAY_MICROS)];
    let late: Vec<(Uuid,)> = tx.all(LATE, values).await?;
    for (way,) in late {
        enqueue(tx, NewJob::new(SEND, SendJob { way }, now)).await?;
    }
    Ok(())
}
