//! What earns how much. A report is measured by the rules of the moment at which it was received, whatever
//! they are by the time its case is filed, merged or looked at again.

use std::ops::RangeInclusive;

use qige_db::{Command, Failure, Tx};
use qige_identity::{SetSetting, Stamp, setting};
use qige_kernel::{Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Setting: what earns how much, see [`PointRules`].
pub const POINT_RULES: &str = "points";

/// What earns how much, and how much at most (domain.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Amounts {
    /// A report that was filed.
    pub report: i64,
    /// One that was filed as critical.
    pub hazard: i64,
    /// One more report of what somebody had reported before.
    pub joined: i64,
    /// To one person for the reports of one day.
    pub day_cap: i64,
    /// To one person for the reports of one month.
    pub month_cap: i64,
    /// The same person, place and matter earn once in so many days.
    pub repeat_days: i64,
}

impl Default for Amounts {
    fn default() -> Self {
        Self { report: 5, hazard: 20, joined: 1, day_cap: 30, month_cap: 300, repeat_days: 7 }
    }
}

impl Amounts {
    /// Each field with what it may be.
    #[must_use]
    pub const fn bounds(&self) -> [(&'static str, i64, RangeInclusive<i64>); 6] {
        [
            ("report", self.report, 0..=100),
            ("hazard", self.hazard, 0..=100),
            ("joined", self.joined, 0..=100),
            ("day_cap", self.day_cap, 0..=1_000),
            ("month_cap", self.month_cap, 0..=10_000),
            ("repeat_days", self.repeat_days, 0..=60),
        ]
    }
}

/// Rules from one instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleVersion {
    /// Reports received from then on.
    pub from: Timestamp,
    /// Whether anything is earned.
    pub on: bool,
    /// How much.
    pub amounts: Amounts,
}

/// All rules that there ever were. Absent until somebody switches points on: they are a subdistrict's choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PointRules {
    /// Points that the reports of one year may earn in all.
    pub year_budget: i64,
    /// From the oldest to the one in force; their places, from 1, are their numbers.
    pub versions: Vec<RuleVersion>,
}

/// Points of a year at most that a budget can be.
const BUDGET_MAX: i64 = 10_000_000;

impl Default for PointRules {
    fn default() -> Self {
        Self { year_budget: 100_000, versions: Vec::new() }
    }
}

impl PointRules {
    /// What the tenant has decided.
    ///
    /// # Errors
    /// [`qige_db::DbError`].
    pub async fn read(tx: &mut Tx<'_>) -> Result<Self, qige_db::DbError> {
        Ok(setting(tx, POINT_RULES).await?.unwrap_or_default())
    }

    /// Whether reports earn anything now.
    #[must_use]
    pub fn on(&self) -> bool {
        self.versions.last().is_some_and(|version| version.on)
    }

    /// How much, as it is now or was last.
    #[must_use]
    pub fn amounts(&self) -> Amounts {
        self.versions.last().map(|version| version.amounts).unwrap_or_default()
    }

    /// The rules for a report that was received then, with their number; none where it earns nothing.
    #[must_use]
    pub fn at(&self, received: Timestamp) -> Option<(i64, Amounts)> {
        let (number, version) =
            (1..).zip(&self.versions).filter(|(_, known)| known.from <= received).last()?;
        version.on.then_some((number, version.amounts))
    }
}

/// Switches points on or off, or changes what they are, for what is received from now on.
#[derive(Clone, Copy, Debug)]
pub struct ChangePointRules {
    /// Whether reports earn anything.
    pub on: bool,
    /// How much.
    pub amounts: Amounts,
    /// See [`PointRules::year_budget`].
    pub year_budget: i64,
    /// When and in which role.
    pub stamp: Stamp,
}

impl ChangePointRules {
    /// # Errors
    /// Names the field that is out of its range.
    fn check(&self) -> Result<(), Refusal> {
        let budget = [("year_budget", self.year_budget, 0..=BUDGET_MAX)];
        for (field, value, range) in self.amounts.bounds().into_iter().chain(budget) {
            if !range.contains(&value) {
                let refusal = Refusal::invalid(field, "points-range");
                return Err(refusal.with("least", range.start()).with("most", range.end()));
            }
        }
        Ok(())
    }
}

impl Command for ChangePointRules {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        self.check()?;
        let mut rules = PointRules::read(tx).await?;
        rules.year_budget = self.year_budget;
        let version = RuleVersion { from: self.stamp.at, on: self.on, amounts: self.amounts };
        if rules.versions.last().is_none_or(|last| RuleVersion { from: last.from, ..version } != *last) {
            rules.versions.push(version);
        }
        let value = serde_json::to_value(rules).unwrap_or_default();
        SetSetting { key: POINT_RULES, value, stamp: self.stamp }.run(tx).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_measured_by_the_rules_of_when_it_came() {
        let at = Timestamp::from_micros;
        let version = |from, on, report| RuleVersion {
            from: at(from),
            on,
            amounts: Amounts { report, ..Amounts::default() },
        };
        let rules = PointRules {
            versions: vec![version(10, true, 5), version(20, true, 8), version(30, false, 8)],
            ..PointRules::default()
        };
        let earned = |micros| rules.at(at(micros)).map(|(number, amounts)| (number, amounts.report));
        assert_eq!(
            [9, 10, 19, 20, 29, 30].map(earned),
            [None, Some((1, 5)), Some((1, 5)), Some((2, 8)), Some((2, 8)), None]
        );
        assert!(!rules.on() && rules.amounts().report == 8);
        assert!(PointRules::default().at(at(10)).is_none());
    }
}
