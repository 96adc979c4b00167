//! What the wall shows: how things stand, what came in lately, and how units keep their time. Counts only.

use std::collections::BTreeMap;

use qige_db::{DbError, Tx, from_row, statements};
use qige_kernel::{PlaceId, TenantId, Timestamp, UnitId};

use super::filter::{Asked, QueueFilter, Sight};
use crate::evaluation::{Reach, Span, handled_in_time};
use crate::views::{Wall, WallFunnel, WallMatter, WallPlace, WallUnit};
use crate::{MatterKey, State};

statements! {
    /// What is open, by place and unit: all from the index that the queue is counted by.
    fragment SELECT_STANDING = "SELECT c.community, c.grid, c.lead_unit AS unit, COUNT(*) AS cases,
        CAST(SUM(CASE WHEN c.late_at <= $2 THEN 1 ELSE 0 END) AS BIGINT) AS red,
        CAST(SUM(CASE WHEN c.late_at > $2 AND c.amber_at <= $2 THEN 1 ELSE 0 END) AS BIGINT) AS amber";
    /// Its groups.
    fragment BY_PLACE_AND_UNIT = "GROUP BY c.community, c.grid, c.lead_unit";
    /// What came in since, by place and matter, and how far it has come.
    fragment SELECT_LATELY = "SELECT c.community, c.grid, c.matter, COUNT(*) AS cases,
        COUNT(c.filed_at) AS filed, COUNT(c.dispatched_at) AS dispatched, COUNT(c.handled_at) AS handled,
        CAST(SUM(CASE WHEN c.state = 'closed' THEN 1 ELSE 0 END) AS BIGINT) AS closed";
    /// Its groups.
    fragment BY_PLACE_AND_MATTER = "GROUP BY c.community, c.grid, c.matter";
    /// How many.
    fragment SELECT_NUMBER = "SELECT COUNT(*)";
}

from_row! {
    struct Standing {
        community: Option<PlaceId>,
        grid: Option<PlaceId>,
        unit: Option<UnitId>,
        cases: i64,
        red: i64,
        amber: i64,
    }
}

from_row! {
    struct Lately {
        community: Option<PlaceId>,
        grid: Option<PlaceId>,
        matter: Option<MatterKey>,
        cases: i64,
        filed: i64,
        dispatched: i64,
        handled: i64,
        closed: i64,
    }
}

/// How things stand at `now`: today is what came in or was closed from `today` on, lately what came in or
/// should have been handled from `since` on. What is in `sight` of cases is in `reach` of figures.
///
/// # Errors
/// [`DbError`].
pub async fn wall(
    tx: &mut Tx<'_>,
    sight: &Sight,
    reach: &Reach,
    now: Timestamp,
    today: Timestamp,
    since: Timestamp,
) -> Result<Wall, DbError> {
    let open = QueueFilter::default();
    let came_in = |from| QueueFilter { states: State::ALL.to_vec(), from: Some(from), ..open.clone() };
    let closed =
        |from| QueueFilter { states: vec![State::Closed], ended_from: Some(from), ..QueueFilter::default() };
    let tenant = tx.tenant();
    let mut wall = Wall::default();

    let filter = asked(tenant, &open, sight, now);
    let rows: Vec<Standing> =
        tx.all(filter.sql(SELECT_STANDING, &[BY_PLACE_AND_UNIT]), &filter.values()).await?;
    let mut tally = Tally::default();
    rows.iter().for_each(|row| tally.stands(row, &mut wall));

    let lately = came_in(since);
    let filter = asked(tenant, &lately, sight, now);
    let rows: Vec<Lately> =
        tx.all(filter.sql(SELECT_LATELY, &[BY_PLACE_AND_MATTER]), &filter.values()).await?;
    rows.iter().for_each(|row| tally.came(row, &mut wall));

    let lately = Span { from: since, until: now };
    for (unit, handled) in handled_in_time(tx, lately, reach, now).await? {
        tally.units.entry(unit).or_insert_with(|| WallUnit::of(unit)).handled = handled;
    }
    for (filter, number) in [(came_in(today), &mut wall.today), (closed(today), &mut wall.closed_today)] {
        let filter = asked(tenant, &filter, sight, now);
        (*number,) = tx.one(filter.sql(SELECT_NUMBER, &[]), &filter.values()).await?;
    }
    tally.into(&mut wall);
    Ok(wall)
}

/// What is asked with a filter, without a window or a page.
const fn asked<'a>(tenant: TenantId, filter: &'a QueueFilter, sight: &'a Sight, now: Timestamp) -> Asked<'a> {
    Asked { tenant, filter, sight, now, window: None, after: None, limit: 0 }
}

/// What is added up, by what it is of.
#[derive(Default)]
struct Tally {
    communities: BTreeMap<Option<PlaceId>, WallPlace>,
    grids: BTreeMap<Option<PlaceId>, WallPlace>,
    units: BTreeMap<UnitId, WallUnit>,
    matters: BTreeMap<Option<MatterKey>, i64>,
}

impl Tally {
    fn stands(&mut self, row: &Standing, wall: &mut Wall) {
        wall.open += row.cases;
        wall.red += row.red;
        wall.amber += row.amber;
        for place in self.places(row.community, row.grid) {
            place.open += row.cases;
            place.red += row.red;
        }
        if let Some(unit) = row.unit {
            let of_unit = self.units.entry(unit).or_insert_with(|| WallUnit::of(unit));
            of_unit.open += row.cases;
            of_unit.red += row.red;
        }
    }

    fn came(&mut self, row: &Lately, wall: &mut Wall) {
        let WallFunnel { reported, filed, dispatched, handled, closed } = &mut wall.funnel;
        *reported += row.cases;
        *filed += row.filed;
        *dispatched += row.dispatched;
        *handled += row.handled;
        *closed += row.closed;
        for place in self.places(row.community, row.grid) {
            place.lately += row.cases;
        }
        *self.matters.entry(row.matter).or_default() += row.cases;
    }

    fn places(
        &mut self,
        community: Option<PlaceId>,
        grid: Option<PlaceId>,
    ) -> impl Iterator<Item = &mut WallPlace> {
        let community = self.communities.entry(community).or_insert_with(|| WallPlace::of(community));
        let grid = self.grids.entry(grid).or_insert_with(|| WallPlace::of(grid));
        [community, grid].into_iter()
    }

    fn into(self, wall: &mut Wall) {
        wall.communities = self.communities.into_values().collect();
        wall.grids = self.grids.into_values().collect();
        wall.units = self.units.into_values().collect();
        let matters = self.matters.into_iter();
        wall.matters = matters.map(|(matter, lately)| WallMatter { matter, lately }).collect();
        // What happened most comes first; the same number keeps the order of ids.
        wall.communities.sort_by_key(|place| std::cmp::Reverse((place.open, place.lately)));
        wall.units.sort_by_key(|unit| std::cmp::Reverse((unit.open, unit.handled.of)));
        wall.matters.sort_by_key(|matter| std::cmp::Reverse(matter.lately));
    }
}
