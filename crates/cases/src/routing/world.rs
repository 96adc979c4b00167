//! The world under the rules: which units and places there are, and what is wrong with a rule in it.

use std::collections::{BTreeMap, BTreeSet};

use qige_kernel::{PlaceId, UnitId};

use super::{About, Rule, Time, Where};
use crate::catalogue::Catalogue;
use crate::text_enum::text_enum;

text_enum! {
    /// Why a rule cannot work.
    Flaw {
        /// The unit that is to answer for it is closed or is not there.
        LeadClosed = "lead-closed",
        /// A unit that is to help is closed or is not there.
        AssistClosed = "assist-closed",
        /// The community is switched off or is not there.
        CommunityGone = "community-gone",
        /// The grid is switched off or is not there.
        GridGone = "grid-gone",
        /// The catalogue has no such matter or class.
        MatterGone = "matter-gone",
    }
}

/// The units and places that rules can speak of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// Units that can be given a case.
    pub units: BTreeSet<UnitId>,
    /// Communities and villages that are in use.
    pub communities: BTreeSet<PlaceId>,
    /// Grids in use, each with its community.
    pub grids: BTreeMap<PlaceId, Option<PlaceId>>,
}

impl World {
    /// Why a rule cannot work; nothing where it can.
    #[must_use]
    pub fn flaws(&self, rule: &Rule) -> Vec<Flaw> {
        let catalogue = Catalogue::standard();
        let known = match rule.about {
            About::Anything => true,
            About::Class(kind, major) => {
                catalogue.majors().any(|class| (class.kind, class.major) == (kind, major))
            }
            About::Matter(key) => catalogue.get(key).is_some(),
        };
        let (community, grid) = match rule.place {
            Where::Whole => (true, true),
            Where::Community(place) => (self.communities.contains(&place), true),
            Where::Grid(place) => (true, self.grids.contains_key(&place)),
        };
        let asked = [
            (self.units.contains(&rule.lead), Flaw::LeadClosed),
            (rule.assist.iter().all(|unit| self.units.contains(unit)), Flaw::AssistClosed),
            (community, Flaw::CommunityGone),
            (grid, Flaw::GridGone),
            (known, Flaw::MatterGone),
        ];
        asked.into_iter().filter(|(sound, _)| !sound).map(|(_, flaw)| flaw).collect()
    }

    /// Whether one rule fits whatever another one fits.
    pub(super) fn covers(&self, one: &Rule, other: &Rule) -> bool {
        let about = match (one.about, other.about) {
            (About::Anything, _) => true,
            (About::Class(kind, major), About::Matter(key)) => (kind, major) == (key.kind(), key.major()),
            (one, other) => one == other,
        };
        let place = match (one.place, other.place) {
            (Where::Whole, _) => true,
            (Where::Community(community), Where::Grid(grid)) => {
                self.grids.get(&grid).is_some_and(|of| *of == Some(community))
            }
            (one, other) => one == other,
        };
        let time = one.time == Time::Always || one.time == other.time;
        about && place && time
    }
}
