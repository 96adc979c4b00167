//! What of ended cases goes when its term is over: which, and how many. A case ends for good with the one
//! that it follows.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `words.rs` | [`erase_words`]: the words of a case go, and its journal says so |
//! | `wordless.rs` | what is left of what was said, once the words are taken out of it |

mod wordless;
mod words;

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::Timestamp;
use uuid::Uuid;

pub use words::{ERASE_WORDS, erase_words};
pub(crate) use words::{erased_at, lines_of, put_back, told_of_reports};

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
    /// Cases that ended before $2 and have their words, those that ended first before the others.
    ENDED_WORDS = "SELECT c.id FROM cases c WHERE c.tenant = $1 AND NOT c.open AND c.ended_at < $2
            AND c.words_erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM cases m
                WHERE m.tenant = c.tenant AND m.id = c.main_case AND (m.open OR m.ended_at >= $2))
        ORDER BY c.ended_at, c.id LIMIT $3";
    /// How many there are.
    COUNT_WORDS = "SELECT COUNT(*) FROM cases c WHERE c.tenant = $1 AND NOT c.open AND c.ended_at < $2
            AND c.words_erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM cases m
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
    /// Words: cases.
    Words,
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
        OfEnded::Words => ENDED_WORDS,
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
        OfEnded::Words => COUNT_WORDS,
    };
    Ok(tx.one::<(i64,)>(statement, params![tx.tenant(), before]).await?.0)
}
