//! What a reader sees: the notices of all their recipients together, the latest first.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{NoticeId, Timestamp};

use crate::notice::NoticeRow;
use crate::{Cursor, Notice, Recipient, TOPIC_INBOX};

/// Notices on one page at most.
const PAGE_NOTICES: u32 = 100;

/// Unread notices that are counted at most: beyond that a reader is shown "99+".
pub const UNREAD_SHOWN: i64 = 100;

statements! {
    /// The notices of one recipient before a place, the latest first.
    PAGE = "SELECT id, kind, args, about_kind, about, posted_at, visible_at, read_at FROM notices
        WHERE tenant = $1 AND recipient_kind = $2 AND recipient = $3 AND visible_at <= $4
            AND (visible_at, id) < ($5, $6)
        ORDER BY visible_at DESC, id DESC LIMIT $7";
    /// Counted no further than is shown.
    UNREAD = "SELECT COUNT(*) FROM (SELECT 1 FROM notices
        WHERE tenant = $1 AND recipient_kind = $2 AND recipient = $3 AND visible_at <= $4
            AND read_at IS NULL LIMIT $5) AS unread";
    /// Read is read from the first time on.
    READ_ONE = "UPDATE notices SET read_at = COALESCE(read_at, $5)
        WHERE tenant = $1 AND id = $2 AND recipient_kind = $3 AND recipient = $4 AND visible_at <= $5
        RETURNING id, kind, args, about_kind, about, posted_at, visible_at, read_at";
    /// Everything that can be seen.
    READ_ALL = "UPDATE notices SET read_at = $4
        WHERE tenant = $1 AND recipient_kind = $2 AND recipient = $3 AND visible_at <= $4
            AND read_at IS NULL";
}

/// Some notices, the latest first.
#[derive(Clone, Debug, PartialEq)]
pub struct InboxPage {
    /// At most as many as were asked for.
    pub notices: Vec<Notice>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<Cursor>,
}

/// What the recipients have been told by `now`, before a place (none: from the latest on). `limit` is 1 to
/// 100; what lies outside is taken as the nearer end.
///
/// # Errors
/// [`DbError`].
pub async fn inbox(
    tx: &mut Tx<'_>,
    recipients: &[Recipient],
    now: Timestamp,
    before: Option<Cursor>,
    limit: u32,
) -> Result<InboxPage, DbError> {
    let limit = limit.clamp(1, PAGE_NOTICES);
    let Cursor { visible_at, id } = before.unwrap_or(Cursor::FIRST);
    let mut notices: Vec<Notice> = Vec::new();
    for recipient in recipients {
        let values =
            params![tx.tenant(), recipient.kind(), recipient.id(), now, visible_at, id, i64::from(limit) + 1];
        let rows: Vec<NoticeRow> = tx.all(PAGE, values).await?;
        notices.extend(rows.into_iter().map(|row| row.to(*recipient)));
    }
    notices.sort_by_key(|notice| std::cmp::Reverse(notice.cursor()));
    // A reader may name a recipient twice.
    notices.dedup_by_key(|notice| notice.id);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = notices.len() > limit;
    notices.truncate(limit);
    let next = notices.last().filter(|_| more).map(Notice::cursor);
    Ok(InboxPage { notices, next })
}

/// How many the recipients have not read; [`UNREAD_SHOWN`] means that many or more.
///
/// # Errors
/// [`DbError`].
pub async fn unread_count(tx: &mut Tx<'_>, recipients: &[Recipient], now: Timestamp) -> Result<i64, DbError> {
    let mut count = 0;
    for recipient in recipients {
        let values = params![tx.tenant(), recipient.kind(), recipient.id(), now, UNREAD_SHOWN];
        count += tx.one::<(i64,)>(UNREAD, values).await?.0;
    }
    Ok(count.min(UNREAD_SHOWN))
}

/// Marks a notice as read and gives it back, so that its reader can be led to what it is about. None when the
/// recipients have no such notice.
///
/// # Errors
/// [`DbError`].
pub async fn mark_read(
    tx: &mut Tx<'_>,
    id: NoticeId,
    recipients: &[Recipient],
    now: Timestamp,
) -> Result<Option<Notice>, DbError> {
    for recipient in recipients {
        let values = params![tx.tenant(), id, recipient.kind(), recipient.id(), now];
        let row: Option<NoticeRow> = tx.optional(READ_ONE, values).await?;
        if let Some(row) = row {
            tx.announce(TOPIC_INBOX, recipient.id());
            return Ok(Some(row.to(*recipient)));
        }
    }
    Ok(None)
}

/// Marks everything that can be seen by `now` as read, and says how many were not.
///
/// # Errors
/// [`DbError`].
pub async fn mark_all_read(
    tx: &mut Tx<'_>,
    recipients: &[Recipient],
    now: Timestamp,
) -> Result<u64, DbError> {
    let mut count = 0;
    for recipient in recipients {
        let changed =
            tx.execute(READ_ALL, params![tx.tenant(), recipient.kind(), recipient.id(), now]).await?;
        if changed > 0 {
            tx.announce(TOPIC_INBOX, recipient.id());
        }
        count += changed;
    }
    Ok(count)
}
