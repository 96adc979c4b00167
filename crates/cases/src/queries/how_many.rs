//! How many cases a filter finds.

use qige_db::{Failure, Tx, statements};
use qige_kernel::Timestamp;

use super::filter::{Asked, QueueFilter, Sight};

statements! {
    /// How many.
    fragment SELECT_HOW_MANY = "SELECT COUNT(*)";
}

/// How many cases in sight the filter finds, just as it stands: other than [`super::counts`], which tells
/// states and lateness apart, whatever of them was asked for.
///
/// # Errors
/// As the engine has them.
pub async fn how_many(
    tx: &mut Tx<'_>,
    filter: &QueueFilter,
    sight: &Sight,
    now: Timestamp,
) -> Result<i64, Failure> {
    let tenant = tx.tenant();
    let asked = Asked { tenant, filter, sight, now, window: None, after: None, limit: 0 };
    let (count,): (i64,) = tx.one(asked.sql(SELECT_HOW_MANY, &[]), &asked.values()).await?;
    Ok(count)
}
