//! The numbers that cases are given, counted by day.

use qige_db::{DbError, Tx, params, statements};

statements! {
    /// One more on this day. The row is held until the end of the transaction, so no number is given twice;
    /// one is left out only when a step that took it is refused.
    NEXT_NUMBER = "INSERT INTO case_numbers (tenant, day, last) VALUES ($1, $2, 1)
        ON CONFLICT (tenant, day) DO UPDATE SET last = case_numbers.last + 1 RETURNING last";
}

/// The next place in the count of `day` (ISO 8601 basic, in the tenant's zone), from 1.
pub(crate) async fn next_number(tx: &mut Tx<'_>, day: &str) -> Result<i64, DbError> {
    let (number,): (i64,) = tx.one(NEXT_NUMBER, params![tx.tenant(), day]).await?;
    Ok(number)
}
