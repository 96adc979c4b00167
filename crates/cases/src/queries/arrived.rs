//! What came in lately and waits for somebody to look at it.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{PlaceId, Timestamp};

statements! {
    /// Cases of a stretch of time that nobody has taken up, by place.
    ARRIVED_WAITING = "SELECT c.community, c.grid, COUNT(*) AS cases FROM cases c WHERE c.tenant = $1
        AND c.received_at >= $2 AND c.received_at < $3 AND c.state = 'reported' GROUP BY c.community, c.grid";
}

from_row! {
    /// How many wait in one place.
    pub struct ArrivedWaiting {
        /// The community they lie in.
        pub community: Option<PlaceId>,
        /// The grid they lie in.
        pub grid: Option<PlaceId>,
        /// How many.
        pub cases: i64,
    }
}

/// Cases whose first report came in from `since` on and before `until`, and that nobody has taken up.
///
/// # Errors
/// [`DbError`].
pub async fn arrived_waiting(
    tx: &mut Tx<'_>,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<ArrivedWaiting>, DbError> {
    tx.all(ARRIVED_WAITING, params![tx.tenant(), since, until]).await
}
