//! What came of a message.

use qige_db::{Command, DbError, Failure, Tx, params, statements};
use qige_jobs::{NewJob, enqueue};
use qige_kernel::{Refusal, RefusalKind, Timestamp};
use uuid::Uuid;

use super::{SEND, SendJob};
use crate::WayKind;
use crate::way::FAILURES_MAX;

/// Tries of one message at most; with the pauses between them that is most of a working day.
pub const TRIES: i64 = 6;
/// Pauses between them, microseconds.
const PAUSES: [i64; 5] = [
    Timestamp::MINUTE,
    5 * Timestamp::MINUTE,
    30 * Timestamp::MINUTE,
    2 * Timestamp::HOUR,
    5 * Timestamp::HOUR,
];
/// A pause that the other side asks for is kept up to this long, microseconds.
const ASKED_MAX: i64 = 6 * Timestamp::HOUR;
/// Letters of a problem that are kept.
const PROBLEM_CHARS: usize = 200;

statements! {
    /// What became of the deliveries of a message.
    SETTLED = "UPDATE deliveries SET state = $3, problem = $4
        WHERE tenant = $1 AND batch = $2 AND state = 'sending'";
    /// They are tried again.
    TRY_AGAIN = "UPDATE deliveries SET state = 'waiting', due_at = $3, problem = $4
        WHERE tenant = $1 AND batch = $2 AND state = 'sending'";
    /// All is well with the way.
    WELL = "UPDATE ways SET failures = 0 WHERE tenant = $1 AND id = $2 AND failures > 0";
    /// One more failure; parked where it is one too many, or where $3 says so.
    FAILED = "UPDATE ways SET failures = failures + 1,
            parked_at = CASE WHEN $3 OR failures + 1 >= $4 THEN $5 ELSE parked_at END,
            parked_why = CASE WHEN $3 OR failures + 1 >= $4 THEN $6 ELSE parked_why END
        WHERE tenant = $1 AND id = $2";
    /// One delivery that was not taken or may not have arrived, to be sent once more as another message.
    ONCE_MORE = "UPDATE deliveries SET state = 'waiting', due_at = $3, batch = NULL, attempts = 0,
            problem = NULL
        WHERE tenant = $1 AND id = $2 AND state IN ('failed', 'unsure', 'dropped')
        RETURNING way";
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it.
    Sent,
    /// It may be taken later; where the other side said so, after so many seconds.
    Later(String, Option<u32>),
    /// It may have arrived.
    Unsure(String),
    /// It is not taken.
    Never(String),
    /// There is nobody there any more.
    Gone(String),
}

/// Writes down what came of a message.
#[derive(Clone, Debug)]
pub struct Settle {
    /// The message.
    pub batch: Uuid,
    /// Its way.
    pub way: Uuid,
    /// What sort of way.
    pub kind: WayKind,
    /// Which try it was.
    pub attempt: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// Now.
    pub now: Timestamp,
}

impl Command for Settle {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        match &self.outcome {
            Outcome::Sent => {
                self.settled(tx, "sent", None).await?;
                tx.execute(WELL, params![tx.tenant(), self.way]).await?;
            }
            Outcome::Unsure(why) if !self.kind.knows_again() => self.settled(tx, "unsure", Some(why)).await?,
            Outcome::Unsure(why) => self.again(tx, why, None).await?,
            Outcome::Later(why, asked) => self.again(tx, why, *asked).await?,
            Outcome::Never(why) => self.failed(tx, why, false).await?,
            Outcome::Gone(why) => self.failed(tx, why, true).await?,
        }
        Ok(())
    }
}

impl Settle {
    async fn settled(&self, tx: &mut Tx<'_>, state: &str, why: Option<&str>) -> Result<(), DbError> {
        let why = why.map(short);
        tx.execute(SETTLED, params![tx.tenant(), self.batch, state, why]).await.map(drop)
    }

    async fn again(&self, tx: &mut Tx<'_>, why: &str, asked: Option<u32>) -> Result<(), DbError> {
        let pause = usize::try_from(self.attempt - 1).ok().and_then(|at| PAUSES.get(at));
        let Some(pause) = pause.filter(|_| self.attempt < TRIES) else {
            return self.failed(tx, why, false).await;
        };
        let asked = asked.map_or(0, |seconds| (i64::from(seconds) * Timestamp::SECOND).min(ASKED_MAX));
        let due = self.now.plus((*pause).max(asked));
        tx.execute(TRY_AGAIN, params![tx.tenant(), self.batch, due, short(why)]).await?;
        enqueue(tx, NewJob::new(SEND, SendJob { way: self.way }, due)).await.map(drop)
    }

    async fn failed(&self, tx: &mut Tx<'_>, why: &str, gone: bool) -> Result<(), DbError> {
        self.settled(tx, "failed", Some(why)).await?;
        let values = params![tx.tenant(), self.way, gone, FAILURES_MAX, self.now, short(why)];
        tx.execute(FAILED, values).await.map(drop)
    }
}

fn short(why: &str) -> String {
    why.chars().take(PROBLEM_CHARS).collect()
}

/// Has somebody decide that a delivery is sent once more: also one that may have arrived.
#[derive(Clone, Copy, Debug)]
pub struct SendAgain {
    /// Which one.
    pub delivery: Uuid,
    /// Now.
    pub now: Timestamp,
}

impl Command for SendAgain {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let way: Option<(Uuid,)> =
            tx.optional(ONCE_MORE, params![tx.tenant(), self.delivery, self.now]).await?;
        let Some((way,)) = way else {
            return Err(Refusal::new(RefusalKind::Conflict, "delivery-not-failed").into());
        };
        enqueue(tx, NewJob::new(SEND, SendJob { way }, self.now)).await?;
        Ok(())
    }
}
