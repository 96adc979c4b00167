//! All cases of a filter, batch by batch: what leaves the centre as a file.

use std::collections::BTreeSet;

use qige_db::{Failure, Tx, statements};
use qige_kernel::Timestamp;

use super::filter::{Asked, QueueFilter, Sight, cursor, read_cursor};
use super::queue::Order;
use crate::State;
use crate::views::{ListedCase, Page};

/// Rows of one batch at most: some two megabytes where every case has two thousand characters of words.
pub const MAX_BATCH_ROWS: u32 = 1_000;

statements! {
    /// Cases as a file says them. The count of reports is the one look at another table, and reads nothing
    /// but an index.
    fragment SELECT_LISTED = "SELECT c.id, c.number, c.state, c.matter, c.urgency, c.words,
        c.words_erased_at, c.address, c.community, c.grid, c.lng, c.lat, c.lead_unit, c.received_at,
        c.filed_at, c.dispatched_at,
        c.handled_at, c.ended_at, c.stage, c.due_at, c.amber_at, c.over_at, c.late_at, c.suspended,
        c.question_open, c.supervised, c.escalated, c.extension_asked, c.transferred, c.verified, c.solved,
        c.decline_reason, c.send_backs, c.reworks, c.reopenings, c.merged_count + (SELECT COUNT(*) FROM
        reports r WHERE r.tenant = c.tenant AND r.case_id = c.id) AS reports";
}

/// The next batch of everything that a filter holds, in the order of the queue: at most `limit` cases, and
/// never more than [`MAX_BATCH_ROWS`].
///
/// Between two batches no transaction is open, however long whoever reads takes. So a batch is what it was
/// when it was read, and the whole is no snapshot: in [`Order::Newness`], which does not change, a case
/// stands in it once at most, and is left out if it no longer fits when its batch is read. In
/// [`Order::Lateness`] a case whose deadline moves meanwhile may be passed over, or stand there twice, each
/// time as it was. Whether something is late is reckoned at `now` throughout.
///
/// # Errors
/// `no-such-page` when `after` is no cursor of ours.
pub async fn listed(
    tx: &mut Tx<'_>,
    filter: &QueueFilter,
    sight: &Sight,
    order: Order,
    now: Timestamp,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<ListedCase>, Failure> {
    let after = read_cursor(after)?;
    let limit = limit.clamp(1, MAX_BATCH_ROWS);
    let mut rows: Vec<ListedCase> = Vec::new();
    for filter in lanes(filter, order, after.is_some()) {
        let asked = Asked {
            tenant: tx.tenant(),

            filter: &filter,
            sight,
            now,
            window: None,
            after,
            limit: i64::from(limit) + 1,
        };
        let sql = asked.sql(SELECT_LISTED, order.tail(after.is_some()));
        rows.extend(tx.all::<ListedCase>(sql, &asked.values()).await?);
    }
    if order == Order::Lateness {
        rows.sort_by_key(|row| (row.late_at, row.id));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| {
        let at = match order {
            Order::Lateness => row.late_at,
            Order::Newness => row.received_at.micros(),
        };
        cursor(at, row.id.0)
    });
    Ok(Page { rows, next })
}

/// Filters that together hold what `filter` holds, each so that an index gives it in the order asked for:
/// else the engine would sort a million cases again for every batch.
fn lanes(filter: &QueueFilter, order: Order, goes_on: bool) -> Vec<QueueFilter> {
    if order == Order::Newness {
        // Where a page begins says more than `until`, and SQLite would look the index up by the latter.
        let until = filter.until.filter(|_| !goes_on);
        return vec![QueueFilter { until, ..filter.clone() }];
    }
    let states: BTreeSet<State> = filter.states.iter().copied().collect();
    let (open, over): (Vec<State>, Vec<State>) = states.into_iter().partition(|state| state.is_open());
    let open = (!open.is_empty() || over.is_empty()).then_some(open);
    let over = over.into_iter().map(|state| vec![state]);
    open.into_iter().chain(over).map(|states| QueueFilter { states, ..filter.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_comes_in_one_lane_and_what_is_over_by_state() {
        let states = |asked: &[State]| {
            let filter = QueueFilter { states: asked.to_vec(), ..QueueFilter::default() };
            let lanes = lanes(&filter, Order::Lateness, false);
            lanes.into_iter().map(|lane| lane.states).collect::<Vec<_>>()
        };
        assert_eq!(states(&[]), [vec![]], "no state is all open ones");
        assert_eq!(states(&[State::Handled, State::Filed]), [[State::Filed, State::Handled]]);
        assert_eq!(
            states(&[State::Closed, State::Filed, State::Void, State::Closed]),
            [[State::Filed], [State::Closed], [State::Void]]
        );
    }

    #[test]
    fn by_newness_the_cursor_takes_the_place_of_the_last_day() {
        let until = Some(Timestamp::from_micros(9));
        let filter = QueueFilter { states: State::ALL.to_vec(), until, ..QueueFilter::default() };
        let by = |order, goes_on| lanes(&filter, order, goes_on).remove(0).until;
        assert_eq!(by(Order::Newness, false), until);
        assert_eq!(by(Order::Newness, true), None);
        assert_eq!(by(Order::Lateness, true), until);
    }
}
