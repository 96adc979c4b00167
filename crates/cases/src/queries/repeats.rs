//! Open cases that are probably of the same thing, thing by thing.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use qige_db::{Failure, Tx, from_row, statements};
use qige_kernel::{CaseId, Position, Timestamp};

use super::centre::may_be_merged;
use super::filter::{Asked, QueueFilter, Sight};
use super::map::off_by;
use super::shortened;
use crate::duplicates::{Compared, Likeness, likeness};
use crate::store::{cell_of, cells_around};
use crate::views::{Repeated, RepeatedCase, Repeats};
use crate::{MatterKey, Policy, State};

/// Cases that are compared at most, the newest: what a busy subdistrict has open of two weeks.
pub const MAX_COMPARED: u32 = 2_000;

statements! {
    /// Cases with all that likeness is judged by.
    fragment SELECT_COMPARED = "SELECT c.id, c.number, c.matter, c.state, c.words, c.address, c.lng, c.lat,
        c.accuracy, c.received_at";
    /// Those that lie somewhere, what came in last first.
    fragment PLACED_BY_NEWNESS = "AND c.lng IS NOT NULL ORDER BY c.received_at DESC, c.id DESC LIMIT $23";
}

from_row! {
    struct Found {
        id: CaseId,
        number: Option<String>,
        matter: Option<MatterKey>,
        state: State,
        words: String,
        address: Option<String>,
        lng: f64,
        lat: f64,
        accuracy: Option<f64>,
        received_at: Timestamp,
    }
}

/// What is open, gathered by what is probably the same. The filter's states give way to all open ones, and
/// its days end where likeness does.
///
/// # Errors
/// As the engine has them.
pub async fn repeats(
    tx: &mut Tx<'_>,
    filter: &QueueFilter,
    sight: &Sight,
    policy: &Policy,
    now: Timestamp,
) -> Result<Repeats, Failure> {
    let since = now.plus(-i64::from(policy.duplicate_days) * Timestamp::DAY);
    let filter = QueueFilter { states: Vec::new(), from: filter.from.max(Some(since)), ..filter.clone() };
    let limit = i64::from(MAX_COMPARED) + 1;
    let asked = Asked { tenant: tx.tenant(), filter: &filter, sight, now, window: None, after: None, limit };
    let found: Vec<Found> = tx.all(asked.sql(SELECT_COMPARED, &[PLACED_BY_NEWNESS]), &asked.values()).await?;
    let most = usize::try_from(MAX_COMPARED).unwrap_or(usize::MAX);
    let all = found.len() <= most;
    let mut placed: Vec<Placed> = found.into_iter().take(most).filter_map(Found::placed).collect();
    placed.reverse();
    Ok(Repeats { things: gathered(&placed, policy), all })
}

/// Each case, the first that came in before the others, goes to the thing whose first case it is most like,
/// so that along a street one does not lead to the next for ever. What cannot be merged any more may be the
/// first of others, and none of them.
fn gathered(placed: &[Placed], policy: &Policy) -> Vec<Repeated> {
    let mut things: Vec<(&Placed, Vec<(&Placed, Likeness)>)> = Vec::new();
    let mut by_cell: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for case in placed {
        let near = cells_around(case.position).into_iter().filter_map(|cell| by_cell.get(&cell)).flatten();
        let alike = near.filter_map(|thing| {
            let (first, _) = things.get(*thing)?;
            Some((*thing, likeness(&case.compared(), &first.compared(), policy)?))
        });
        let best = alike
            .filter(|(_, likeness)| likeness.probable && may_be_merged(case.found.state))
            .max_by_key(|(thing, likeness)| (likeness.score, Reverse(likeness.distance_metres), *thing));
        match best.and_then(|(thing, likeness)| Some((things.get_mut(thing)?, likeness))) {
            Some(((_, again), likeness)) => again.push((case, likeness)),
            None => {
                by_cell.entry(cell_of(case.position)).or_default().push(things.len());
                things.push((case, Vec::new()));
            }
        }
    }
    things.retain(|(_, again)| !again.is_empty());
    things.sort_by_key(|(_, again)| Reverse(again.last().map(|(last, _)| last.found.received_at)));
    let shown = |(first, again): (&Placed, Vec<(&Placed, Likeness)>)| {
        let again = again.into_iter().map(|(case, likeness)| case.shown(Some(likeness)));
        Repeated { cases: std::iter::once(first.shown(None)).chain(again).collect() }
    };
    things.into_iter().map(shown).collect()
}

/// A case that lies somewhere.
struct Placed {
    position: Position,
    found: Found,
}

impl Found {
    fn placed(self) -> Option<Placed> {
        Some(Placed { position: Position::new(self.lng, self.lat).ok()?, found: self })
    }
}

impl Placed {
    fn compared(&self) -> Compared<'_> {
        let Self { position, found } = self;
        Compared {
            matter: found.matter,
            position: *position,
            off_by_metres: off_by(found.accuracy),
            address: found.address.as_deref().unwrap_or_default(),
            at: found.received_at,
            words: &found.words,
        }
    }

    fn shown(&self, likeness: Option<Likeness>) -> RepeatedCase {
        let Self { position, found } = self;
        RepeatedCase {
            id: found.id,
            number: found.number.clone(),
            matter: found.matter,
            state: found.state,
            words: shortened(&found.words),
            position: *position,
            received_at: found.received_at,
            likeness,
        }
    }
}
