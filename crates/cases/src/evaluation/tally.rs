//! Facts counted: by indicator, by stage, by what a table is broken down by.

use std::collections::BTreeMap;

use qige_kernel::{PlaceId, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::indicator::Indicator;
use crate::text_enum::text_enum;
use crate::{MatterKey, MatterKind, Stage};

text_enum! {
    /// What a table is broken down by. There is none by person, and none is to be added.
    Dimension {
        /// 处置部门.
        Unit = "unit",
        /// 社区.
        Community = "community",
        /// 网格.
        Grid = "grid",
        /// 大类.
        Class = "class",
        /// 管理事项.
        Matter = "matter",
    }
}

/// One of what a table is broken down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A unit.
    Unit(UnitId),
    /// A community or a grid.
    Place(PlaceId),
    /// A major class.
    Class(MatterKind, u8),
    /// A matter.
    Matter(MatterKey),
    /// None of them: without a unit, a place, a matter.
    None,
}

impl Key {
    /// As it stands in addresses and reports: an id, a list and major class as in `matter-06`, a matter's
    /// key; none for what has none.
    #[must_use]
    pub fn text(self) -> Option<String> {
        match self {
            Self::Unit(unit) => Some(unit.to_string()),
            Self::Place(place) => Some(place.to_string()),
            Self::Class(kind, major) => Some(format!("{kind}-{major:02}")),
            Self::Matter(matter) => Some(matter.to_string()),
            Self::None => None,
        }
    }
}

impl Dimension {
    /// Where a fact belongs.
    #[must_use]
    pub fn key(self, fact: &Fact) -> Key {
        let key = match self {
            Self::Unit => fact.unit.map(Key::Unit),
            Self::Community => fact.community.map(Key::Place),
            Self::Grid => fact.grid.map(Key::Place),
            Self::Class => fact.matter.map(|matter| Key::Class(matter.kind(), matter.major())),
            Self::Matter => fact.matter.map(Key::Matter),
        };
        key.unwrap_or(Key::None)
    }
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// How many.
    pub part: u64,
    /// Of how many.
    pub of: u64,
}

impl Share {
    /// From 0 to 1; none of nothing.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| exact(self.part) / exact(self.of))
    }
}

#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "exact up to 2^53 cases")]
const fn exact(count: u64) -> f64 {
    count as f64
}

/// How long a stage took: the middle one, and the one that nine of ten do not exceed (nearest rank).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Times {
    /// How many were brought to their end.
    pub count: u64,
    /// Minutes, without those in which the clock stood still.
    pub median_minutes: Option<i64>,
    /// Minutes.
    pub p90_minutes: Option<i64>,
}

/// What was counted of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// By indicator.
    pub shares: BTreeMap<Indicator, Share>,
    /// By stage.
    pub times: BTreeMap<Stage, Times>,
}

impl Figures {
    /// The share of an indicator; nothing of nothing where none was counted.
    #[must_use]
    pub fn share(&self, indicator: Indicator) -> Share {
        self.shares.get(&indicator).copied().unwrap_or_default()
    }
}

/// The figures of a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Of everything together.
    pub all: Figures,
    /// A table for each dimension that was asked for.
    pub by: BTreeMap<Dimension, BTreeMap<Key, Figures>>,
}

/// Facts while they are counted.
#[derive(Clone, Debug, Default)]
struct Counting {
    /// In the order of the indicators.
    shares: [Share; Indicator::ALL.len()],
    minutes: BTreeMap<Stage, Vec<i64>>,
}

impl Counting {
    fn add(&mut self, fact: &Fact) {
        for (indicator, share) in Indicator::ALL.iter().zip(&mut self.shares) {
            let definition = indicator.definition();
            if definition.of.counts(fact) {
                share.of += 1;
                share.part += u64::from(definition.part.counts(fact));
            }
        }
        if let (Some(stage), Some(minutes)) = (fact.kind.stage(), fact.took_minutes) {
            self.minutes.entry(stage).or_default().push(minutes);
        }
    }

    fn figures(self) -> Figures {
        let times = self.minutes.into_iter().map(|(stage, minutes)| (stage, times(minutes)));
        let shares = Indicator::ALL.iter().copied().zip(self.shares);
        Figures { shares: shares.filter(|(_, share)| share.of > 0).collect(), times: times.collect() }
    }
}

fn times(mut minutes: Vec<i64>) -> Times {
    minutes.sort_unstable();
    let at = |percent: usize| {
        let rank = (minutes.len() * percent).div_ceil(100);
        rank.checked_sub(1).and_then(|at| minutes.get(at)).copied()
    };
    let count = u64::try_from(minutes.len()).unwrap_or(u64::MAX);
    Times { count, median_minutes: at(50), p90_minutes: at(90) }
}

/// Counts facts by everything that was asked for, in one pass.
#[derive(Clone, Debug)]
pub struct Tally {
    all: Counting,
    by: Vec<(Dimension, BTreeMap<Key, Counting>)>,
}

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub fn by(dimensions: &[Dimension]) -> Self {
        Self {
            all: Counting::default(),
            by: dimensions.iter().map(|dimension| (*dimension, BTreeMap::new())).collect(),
        }
    }

    /// One more.
    pub fn add(&mut self, fact: &Fact) {
        self.all.add(fact);
        for (dimension, rows) in &mut self.by {
            rows.entry(dimension.key(fact)).or_default().add(fact);
        }
    }

    /// What came of it.
    #[must_use]
    pub fn done(self) -> Counted {
        let rows = |rows: BTreeMap<Key, Counting>| {
            rows.into_iter().map(|(key, counting)| (key, counting.figures())).collect()
        };
        let by = self.by.into_iter().map(|(dimension, counted)| (dimension, rows(counted)));
        Counted { by: by.collect(), all: self.all.figures() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_middle_one_has_as_many_before_it_as_after(
            minutes in prop::collection::vec(0_i64..500, 1..60),
        ) {
            let times = times(minutes.clone());
            let [median, p90] = [times.median_minutes.unwrap(), times.p90_minutes.unwrap()];
            let up_to = |most: i64| minutes.iter().filter(|minutes| **minutes <= most).count();
            let below = |least: i64| minutes.iter().filter(|minutes| **minutes < least).count();
            prop_assert!(up_to(median) * 2 >= minutes.len() && below(median) * 2 <= minutes.len());
            prop_assert!(up_to(p90) * 10 >= minutes.len() * 9 && below(p90) * 10 <= minutes.len() * 9);
        }
    }

    #[test]
    fn nothing_has_no_value() {
        assert_eq!(Share::default().value(), None);
        assert_eq!(Share { part: 1, of: 4 }.value(), Some(0.25));
        assert_eq!(times(Vec::new()), Times::default());
    }
}
