//! What of ended cases goes when its term is over: which, and how many. A case ends for good with the one
//! that it follows.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::Timestamp;
use uuid::Uuid;

statements! {
    /// Photos and files of cases that ended before $2, the oldest first.
    ENDED_PHOTOS = "SELECT o.id FROM objects o
        LEFT JOIN reports r ON r.tenant = o.tenant AND r.id = o.owner AND o.owner_kind = 'report'
        JOIN cases c ON c.tenant = o.tenant AND c.id = COALESCE(r.case_id, o.owner)
        WHERE o.tenant = $1 AND o.class IN ('report', 'evidence') AND o.erased_at IS NULL
            AND o.created_at < $2 AND NOT c.open AND c.ended_at < $2 AND NOT EXISTS (SELECT 1 FROM cases m
                WHERE m.tenant = c.tenant AND m.id = c.main_case AND (m.open OR m.ended_at >= $2))
        ORDER BY o.created_at, o.id LIMIT $3";
    /// How many there are.
    COUNT_PHOTOS = "SELECT COUNT(*) FROM objects o
        LEFT JOIN reports r ON r.tenant = o.tenant AND r.id = o.owner AND o.owner_kind = 'report'
        JOIN cases c ON c.tenant = o.tenant AND c.id = COALESCE(r.case_id, o.owner)
        WHERE o.tenant = $1 AND o.class IN ('report', 'evidence') AND o.erased_at IS NULL
            AND o.created_at < $2 AND NOT c.open AND c.ended_at < $2 AND NOT EXISTS (SELECT 1 FROM cases m
                WHERE m.tenant = c.tenant AND m.id = c.main_case AND (m.open OR m.ended_at >= $2))";
    /// Voice notes of cases that ended before $2, the oldest first.
    ENDED_VOICES = "SELECT o.id FROM objects o
        JOIN reports r ON r.tenant = o.tenant AND r.id = o.owner AND o.owner_kind = 'report'
        JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE o.tenant = $1 AND o.class = 'voice' AND o.erased_at IS NULL AND o.created_at < $2
            AND NOT c.open AND c.ended_at < $2 AND NOT EXISTS (SELECT 1 FROM cases m
                WHERE m.tenant = c.tenant AND m.id = c.main_case AND (m.open OR m.ended_at >= $2))
        ORDER BY o.created_at, o.id LIMIT $3";
    /// How many there are.
    COUNT_VOICES = "SELECT COUNT(*) FROM objects o
        JOIN reports r ON r.tenant = o.tenant AND r.id = o.owner AND o.owner_kind = 'report'
        JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE o.tenant = $1 AND o.class = 'voice' AND o.erased_at IS NULL AND o.created_at < $2
            AND NOT c.open AND c.ended_at < $2 AND NOT EXISTS (SELECT 1 FROM cases m
                WHERE m.tenant = c.tenant AND m.id = c.main_case AND (m.open OR m.ended_at >= $2))";
    /// Reports with a number to call back by, of cases that ended before $2.
    ENDED_CONTACTS = "SELECT k.report FROM contacts k
        JOIN reports r ON r.tenant = k.tenant AND r.id = k.report
        JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE k.tenant = $1 AND NOT c.open AND c.ended_at < $2 AND NOT EXISTS (SELECT 1 FROM cases m
                WHERE m.tenant = c.tenant AND m.id = c.main_case AND (m.open OR m.ended_at >= $2))
        ORDER BY k.report LIMIT $3";
    /// How many there are.
    COUNT_CONTACTS = "SELECT COUNT(*) FROM contacts k
        JOIN reports r ON r.tenant = k.tenant AND r.id = k.report
        JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE k.tenant = $1 AND NOT c.open AND c.ended_at < $2 AND NOT EXISTS (SELECT 1 FROM cases m
                WHERE m.tenant = c.tenant AND m.id = c.main_case AND (m.open OR m.ended_at >= $2))";
}

/// What ends with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfEnded {
    /// Photos and files: objects.
    Photos,
    /// Voice notes: objects.
    Voices,
    /// Numbers to call back by: reports.
    Contacts,
}

/// What there is of cases that ended before an instant, the oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn of_ended(
    tx: &mut Tx<'_>,
    what: OfEnded,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Uuid>, DbError> {
    let statement = match what {
        OfEnded::Photos => ENDED_PHOTOS,
        OfEnded::Voices => ENDED_VOICES,
        OfEnded::Contacts => ENDED_CONTACTS,
    };
    let rows: Vec<(Uuid,)> = tx.all(statement, params![tx.tenant(), before, limit]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How much there is of cases that ended before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn count_of_ended(tx: &mut Tx<'_>, what: OfEnded, before: Timestamp) -> Result<i64, DbError> {
    let statement = match what {
        OfEnded::Photos => COUNT_PHOTOS,
        OfEnded::Voices => COUNT_VOICES,
        OfEnded::Contacts => COUNT_CONTACTS,
    };
    Ok(tx.one::<(i64,)>(statement, params![tx.tenant(), before]).await?.0)
}
