//! Whose case one has in hand: whether there is a reason to look at who reported it, and where that was.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{PersonId, PlaceId, ReportId, Timestamp};
use uuid::Uuid;

/// So long after its end a case is still a reason, microseconds: it is opened again, rated and asked about.
const AFTER_MICROS: i64 = 30 * Timestamp::DAY;

statements! {
    /// A case, open or ended after $4, that $3 reported and $2 dispatches, verifies, checks, handles or was
    /// asked about.
    IN_HAND = "SELECT c.id FROM reports r JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE r.tenant = $1 AND (r.person = $3 OR r.id = $3) AND (c.open OR c.ended_at > $4)
            AND (c.dispatcher = $2 OR c.verifier = $2 OR c.checker = $2
                OR EXISTS (SELECT 1 FROM case_assignments a WHERE a.tenant = c.tenant AND a.case_id = c.id
                    AND (a.accepted_by = $2 OR a.done_by = $2))
                OR EXISTS (SELECT 1 FROM case_asks k WHERE k.tenant = c.tenant AND k.case_id = c.id
                    AND k.person = $2))
        LIMIT 1";
    /// Where a report was made.
    WHERE_REPORTED = "SELECT c.community, c.grid FROM reports r
        JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
        WHERE r.tenant = $1 AND r.id = $2 AND r.person IS NULL";
}

/// Whether somebody has, or had lately, a case in hand that `owner` reported: a person, or a report of
/// somebody without an account.
///
/// # Errors
/// [`DbError`].
pub async fn has_in_hand(
    tx: &mut Tx<'_>,
    reader: PersonId,
    owner: Uuid,
    at: Timestamp,
) -> Result<bool, DbError> {
    let values = params![tx.tenant(), reader, owner, at.plus(-AFTER_MICROS)];
    Ok(tx.optional::<(Uuid,)>(IN_HAND, values).await?.is_some())
}

/// Community and grid of the case that somebody without an account reported; none where that is nobody's
/// report.
///
/// # Errors
/// [`DbError`].
pub async fn reported_where(
    tx: &mut Tx<'_>,
    report: ReportId,
) -> Result<Option<(Option<PlaceId>, Option<PlaceId>)>, DbError> {
    tx.optional(WHERE_REPORTED, params![tx.tenant(), report]).await
}
