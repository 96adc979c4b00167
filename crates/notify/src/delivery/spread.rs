//! Which ways a notice goes, and when.

use jiff::tz::TimeZone;
use qige_db::{DbError, Tx, params, statements};
use qige_jobs::{NewJob, enqueue};
use qige_kernel::{NoticeId, PersonId, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{SEND, SendJob};
use crate::choice::choices_about;
use crate::way::{tenant_ways, ways_of};
use crate::{Recipient, Topic, Way, habits_of};

statements! {
    /// A notice that waits to be spread. (Whose it is stands in the row.)
    NOTICE = "SELECT recipient_kind, recipient, dedupe, kind FROM notices WHERE tenant = $1 AND id = $2";
    /// Nothing is added where this way has this already.
    DELIVER = "INSERT INTO deliveries (tenant, id, way, way_kind, person, notice, dedupe, kind, topic, state,
            due_at, attempts, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10, 0, $11) ON CONFLICT DO NOTHING";
}

/// Who hears a notice besides the inbox.
#[derive(Clone, Debug)]
pub struct Hearer {
    /// Whom it is for.
    pub recipient: Recipient,
    /// The people behind the recipient, those who are here: the person, or a unit's people.
    pub people: Vec<PersonId>,
}

/// Whom a notice is for; none where it was withdrawn.
///
/// # Errors
/// [`DbError`].
pub async fn recipient_of(tx: &mut Tx<'_>, notice: NoticeId) -> Result<Option<Recipient>, DbError> {
    Ok(read(tx, notice).await?.map(|read| read.0))
}

async fn read(tx: &mut Tx<'_>, notice: NoticeId) -> Result<Option<(Recipient, String, String)>, DbError> {
    let row: Option<(String, Uuid, String, String)> =
        tx.optional(NOTICE, params![tx.tenant(), notice]).await?;
    Ok(row.and_then(|(kind, id, dedupe, of)| Some((Recipient::of(&kind, id)?, dedupe, of))))
}

/// Puts a notice on every way that takes it. Doing it again adds nothing.
///
/// # Errors
/// [`DbError`].
pub async fn spread(
    tx: &mut Tx<'_>,
    notice: NoticeId,
    hearer: &Hearer,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<(), DbError> {
    let Some((recipient, dedupe, kind)) = read(tx, notice).await? else { return Ok(()) };
    for person in &hearer.people {
        let ways = ways_of(tx, *person).await?;
        if !ways.iter().any(Way::is_open) {
            continue;
        }
        let choices = choices_about(tx, *person, &kind).await?;
        let due = habits_of(tx, *person).await?.due(&kind, now, zone);
        for way in ways.iter().filter(|way| way.takes(&kind, &choices)) {
            let key = format!("notice:{notice}");
            put(tx, way, (notice, &key, &kind), due, now).await?;
        }
    }
    if Topic::of(&kind).is_shared() {
        let unit = match recipient {
            Recipient::Unit(unit) => Some(unit),
            _ => None,
        };
        for way in tenant_ways(tx).await? {
            if way.takes(&kind, &[]) && (way.unit.is_none() || way.unit == unit) {
                // Several people are told the same; a group or a program hears it once.
                put(tx, &way, (notice, &dedupe, &kind), now, now).await?;
            }
        }
    }
    Ok(())
}

async fn put(
    tx: &mut Tx<'_>,
    way: &Way,
    (notice, dedupe, kind): (NoticeId, &str, &str),
    due: Timestamp,
    now: Timestamp,
) -> Result<(), DbError> {
    // The id follows from the content, so that a command that is run again puts the same delivery there.
    let hash = Sha256::new().chain_update(way.id.as_bytes()).chain_update(dedupe).finalize();
    let chance = hash.first_chunk().copied().unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(now.millis(), &chance).into_uuid();
    let values = params![
        tx.tenant(),
        id,
        way.id,
        way.kind,
        way.person,
        notice,
        dedupe,
        kind,
        Topic::of(kind),
        due,
        now
    ];
    if tx.execute(DELIVER, values).await? > 0 {
        enqueue(tx, NewJob::new(SEND, SendJob { way: way.id }, due)).await?;
    }
    Ok(())
}
