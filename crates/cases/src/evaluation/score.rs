//! The score of a unit (部门得分): indicators weighed against each other. Of units, never of people.

use std::collections::BTreeMap;

use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::indicator::Indicator;
use super::tally::{Figures, Share};

/// The weight of one indicator at most: weights are shares of a hundred, as they are agreed upon.
pub const MAX_WEIGHT: u16 = 100;

/// How much each indicator weighs. What is not named weighs nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Weights(pub BTreeMap<Indicator, u16>);

impl Default for Weights {
    /// Work done in time before all else; then that it holds, and that those who asked for it are content.
    fn default() -> Self {
        Self(BTreeMap::from([
            (Indicator::Handled, 20),
            (Indicator::OnTimeHandled, 40),
            (Indicator::Rework, 15),
            (Indicator::Satisfaction, 15),
            (Indicator::Reopening, 10),
        ]))
    }
}

/// What one indicator gives to a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScorePart {
    /// Which one.
    pub indicator: Indicator,
    /// What it weighs.
    pub weight: u16,
    /// What was counted.
    pub share: Share,
    /// 0 to 100: the share, or what is left of it where less is better.
    pub points: f64,
}

/// A score, and how it comes about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// 0 to 100.
    pub points: f64,
    /// The indicators that have a value.
    pub parts: Vec<ScorePart>,
    /// What they weigh together: the points are divided by it.
    pub weight: u32,
    /// The indicators that weigh something and have no value: left out.
    pub without_value: Vec<Indicator>,
}

impl Weights {
    /// Whether they can be used.
    ///
    /// # Errors
    /// `weight-too-large`, `weight-not-of-units`, `weights-missing`.
    pub fn check(&self) -> Result<(), Refusal> {
        for (indicator, weight) in &self.0 {
            if *weight > MAX_WEIGHT {
                let refusal = Refusal::invalid("weights", "weight-too-large");
                return Err(refusal.with("max", MAX_WEIGHT));
            }
            if *weight > 0 && !indicator.definition().of_units {
                return Err(Refusal::invalid("weights", "weight-not-of-units"));
            }
        }
        if self.0.values().all(|weight| *weight == 0) {
            return Err(Refusal::invalid("weights", "weights-missing"));
        }
        Ok(())
    }

    /// What an indicator weighs.
    #[must_use]
    pub fn of(&self, indicator: Indicator) -> u16 {
        self.0.get(&indicator).copied().unwrap_or_default()
    }

    /// The score of what was counted; none where nothing that weighs has a value. What has none is left out,
    /// and the others share its weight as theirs are to each other: a unit that nobody rated is neither
    /// praised nor blamed for it.
    #[must_use]
    pub fn score(&self, figures: &Figures) -> Option<Score> {
        let weighing = Indicator::of_units().filter(|indicator| self.of(*indicator) > 0);
        let (mut parts, mut without_value) = (Vec::new(), Vec::new());
        for indicator in weighing {
            let share = figures.share(indicator);
            let Some(value) = share.value() else {
                without_value.push(indicator);
                continue;
            };
            let good = if indicator.definition().more_is_better { value } else { 1.0 - value };
            parts.push(ScorePart { indicator, weight: self.of(indicator), share, points: good * 100.0 });
        }
        let weight: u32 = parts.iter().map(|part| u32::from(part.weight)).sum();
        let sum: f64 = parts.iter().map(|part| f64::from(part.weight) * part.points).sum();
        (weight > 0).then(|| Score { points: sum / f64::from(weight), parts, weight, without_value })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn figures(shares: &[(Indicator, u64, u64)]) -> Figures {
        let shares = shares.iter().map(|(indicator, part, of)| (*indicator, Share { part: *part, of: *of }));
        Figures { shares: shares.collect(), ..Figures::default() }
    }

    #[test]
    fn what_has_no_value_is_left_out_and_the_rest_scaled() {
        let counted = figures(&[(Indicator::OnTimeHandled, 3, 4), (Indicator::Rework, 1, 10)]);
        let score = Weights::default().score(&counted).unwrap();
        assert_eq!((score.weight, score.parts.len()), (55, 2));
        assert!((score.points - (40.0 * 75.0 + 15.0 * 90.0) / 55.0).abs() < 1e-9);
        assert_eq!(score.without_value.len(), 3);
        assert_eq!(Weights::default().score(&Figures::default()), None);
    }

    #[test]
    fn weights_are_checked() {
        let weights = |indicator, weight| Weights(BTreeMap::from([(indicator, weight)])).check();
        assert_eq!(weights(Indicator::Handled, MAX_WEIGHT), Ok(()));
        assert_eq!(weights(Indicator::Handled, MAX_WEIGHT + 1).unwrap_err().code, "weight-too-large");
        assert_eq!(weights(Indicator::OnTimeFile, 1).unwrap_err().code, "weight-not-of-units");
        assert_eq!(weights(Indicator::Handled, 0).unwrap_err().code, "weights-missing");
        assert_eq!(Weights::default().check(), Ok(()));
    }

    proptest! {
        #[test]
        fn a_score_lies_between_nothing_and_a_hundred(
            parts in prop::collection::vec((0_u64..50, 0_u64..50), 17),
        ) {
            let shares: Vec<_> = Indicator::ALL.iter().zip(parts)
                .map(|(indicator, (one, other))| (*indicator, one.min(other), one.max(other))).collect();
            if let Some(score) = Weights::default().score(&figures(&shares)) {
                prop_assert!((0.0..=100.0 + 1e-9).contains(&score.points));
            }
        }
    }
}
