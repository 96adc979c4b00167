//! What was closed in a stretch of time, by squares of a kilometre: what everybody may see, once small
//! numbers are hidden.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{PlaceId, Timestamp};

use crate::MatterKey;
use crate::catalogue::Catalogue;
use crate::store::middle_of_cell;
use crate::views::Closed;

statements! {
    /// What was closed, by square, community and matter.
    CLOSED_BY_SQUARE = "SELECT c.cell, c.community, c.matter, COUNT(*) AS cases FROM cases c
        WHERE c.tenant = $1 AND c.ended_at >= $2 AND c.ended_at < $3 AND c.state = 'closed'
        AND c.cell IS NOT NULL GROUP BY c.cell, c.community, c.matter ORDER BY c.cell, c.community, c.matter";
}

from_row! {
    struct Row { cell: i64, community: Option<PlaceId>, matter: Option<MatterKey>, cases: i64 }
}

/// What was closed from `from` on and before `until`. A matter of which no photo is taken is about somebody
/// who needs help, and left out.
///
/// # Errors
/// [`DbError`].
pub async fn put_in_order(
    tx: &mut Tx<'_>,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Closed>, DbError> {
    let rows: Vec<Row> = tx.all(CLOSED_BY_SQUARE, params![tx.tenant(), from, until]).await?;
    let catalogue = Catalogue::standard();
    let closed = rows.into_iter().filter_map(|row| {
        let matter = row.matter.filter(|matter| catalogue.may_be_photographed(Some(*matter)))?;
        Some(Closed {
            square: middle_of_cell(row.cell)?,
            community: row.community,
            matter,
            cases: u64::try_from(row.cases).unwrap_or_default(),
        })
    });
    Ok(closed.collect())
}
