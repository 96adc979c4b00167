//! What the wall and the public map show: counts of cases, of nobody.

use qige_kernel::{PlaceId, Position, UnitId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::MatterKey;
use crate::evaluation::Share;

/// How things stand. `lately` is what came in, or was closed, in the stretch that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Wall {
    /// Cases that came in today.
    pub today: i64,
    /// Cases that were closed today.
    pub closed_today: i64,
    /// Cases that somebody still has to do something about.
    pub open: i64,
    /// Of those, with three quarters of their time gone.
    pub amber: i64,
    /// Of those, over their time.
    pub red: i64,
    /// How far came what came in lately.
    pub funnel: WallFunnel,
    /// By community; none for what lies nowhere yet.
    pub communities: Vec<WallPlace>,
    /// By grid.
    pub grids: Vec<WallPlace>,
    /// By unit.
    pub units: Vec<WallUnit>,
    /// By matter; none for what is not yet known.
    pub matters: Vec<WallMatter>,
}

/// How many cases came how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WallFunnel {
    /// Came in.
    pub reported: i64,
    /// Were filed.
    pub filed: i64,
    /// Were given to a unit.
    pub dispatched: i64,
    /// Were handed in as done.
    pub handled: i64,
    /// Are closed.
    pub closed: i64,
}

/// A community or a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WallPlace {
    /// Which; none for cases that lie nowhere yet.
    pub place: Option<PlaceId>,
    /// Open there.
    pub open: i64,
    /// Of those, over their time.
    pub red: i64,
    /// Came in lately.
    pub lately: i64,
}

/// A unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WallUnit {
    /// Which.
    pub unit: UnitId,
    /// In its hands.
    pub open: i64,
    /// Of those, over their time.
    pub red: i64,
    /// Of what it should have handled lately: handled in time.
    pub handled: Share,
}

/// A matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WallMatter {
    /// Which; none where it is not yet known.
    pub matter: Option<MatterKey>,
    /// Came in lately.
    pub lately: i64,
}

impl WallPlace {
    /// A place in which nothing is counted yet.
    pub(crate) const fn of(place: Option<PlaceId>) -> Self {
        Self { place, open: 0, red: 0, lately: 0 }
    }
}

impl WallUnit {
    /// A unit of which nothing is counted yet.
    pub(crate) const fn of(unit: UnitId) -> Self {
        Self { unit, open: 0, red: 0, handled: Share { part: 0, of: 0 } }
    }
}

/// Closed cases of one matter in a square of a kilometre. Exact counts: small ones are hidden before anybody
/// sees them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closed {
    /// The middle of the square.
    pub square: Position,
    /// The community; a square may lie in several.
    pub community: Option<PlaceId>,
    /// The matter.
    pub matter: MatterKey,
    /// How many.
    pub cases: u64,
}
