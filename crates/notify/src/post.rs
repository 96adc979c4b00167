//! Posting, and taking back what is still held.

use qige_db::{DbError, Json, Tx, params, statements};
use qige_jobs::{NewJob, enqueue};
use qige_kernel::Timestamp;

use crate::delivery::{SPREAD, SpreadJob};
use crate::way::any_way;
use crate::work::{RELEASE, Release};
use crate::{About, NewNotice, TOPIC_INBOX, TOPIC_NOTICE};

/// How long notices of an action that may be undone are held, microseconds: as long as it may be undone.
pub const HOLD_MICROS: i64 = Timestamp::MINUTE;

statements! {
    /// Nothing is added when the recipient has one with this dedupe key.
    POST = "INSERT INTO notices (tenant, id, recipient_kind, recipient, dedupe, kind, args, about_kind, about,
            posted_at, visible_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    /// What nobody has seen yet.
    WITHDRAW = "DELETE FROM notices WHERE tenant = $1 AND about_kind = $2 AND about = $3 AND visible_at > $4
        AND substr(dedupe, 1, length($5)) = $5";
}

/// Posts a notice. False when the recipient has one with the same dedupe key.
///
/// # Errors
/// [`DbError`].
pub async fn post(tx: &mut Tx<'_>, new: &NewNotice) -> Result<bool, DbError> {
    let (id, visible_at) = (new.id(tx.tenant()), new.visible_at());
    let NewNotice { recipient, kind, args, about, dedupe, at, hold_until: _ } = new;
    let values = params![
        tx.tenant(),
        id,
        recipient.kind(),
        recipient.id(),
        dedupe,
        *kind,
        Json(args),
        about.kind,
        about.id,
        *at,
        visible_at
    ];
    if tx.execute(POST, values).await? == 0 {
        return Ok(false);
    }
    if any_way(tx).await? {
        enqueue(tx, NewJob::new(SPREAD, SpreadJob { notice: id.0 }, visible_at)).await?;
    }
    if visible_at > *at {
        // All notices held until one instant share one job: it has no key, and the same content.
        enqueue(tx, NewJob::new(RELEASE, Release { until: visible_at }, visible_at)).await?;
    } else {
        tx.announce(TOPIC_NOTICE, id.0);
        tx.announce(TOPIC_INBOX, recipient.id());
    }
    Ok(true)
}

/// Takes back the notices about a thing that are still held and whose dedupe key begins with `dedupe_prefix`
/// (empty: all of them), and says how many. Their keys are free again.
///
/// # Errors
/// [`DbError`].
pub async fn withdraw_held(
    tx: &mut Tx<'_>,
    about: About,
    dedupe_prefix: &str,
    now: Timestamp,
) -> Result<u64, DbError> {
    tx.execute(WITHDRAW, params![tx.tenant(), about.kind, about.id, now, dedupe_prefix]).await
}
