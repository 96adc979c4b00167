//! How long a stage may take.

use qige_kernel::Term;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::{MatterKey, Policy, Stage, Urgency};

/// A term of the tenant's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TermRule {
    /// For which stage.
    pub stage: Stage,
    /// For cases of this urgency; of all, if not named.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// For this matter; for all, if not named.
    #[serde(default)]
    pub matter: Option<MatterKey>,
    /// How long.
    pub term: Term,
}

/// The term of a stage unless the tenant has set another (domain.md §3; the standard leaves them to each
/// city).
#[must_use]
pub const fn default_term(stage: Stage, urgency: Urgency) -> Term {
    use Term::{ClockMinutes, WorkDays, WorkMinutes};
    let [verify, file, dispatch, handle, check] = match urgency {
        Urgency::Critical => {
            [ClockMinutes(15), ClockMinutes(10), ClockMinutes(5), ClockMinutes(120), ClockMinutes(30)]
        }
        Urgency::Urgent => {
            [WorkMinutes(120), WorkMinutes(60), WorkMinutes(60), WorkMinutes(480), WorkMinutes(240)]
        }
        Urgency::Normal => {
            [WorkMinutes(240), WorkMinutes(120), WorkMinutes(120), WorkDays(3), WorkMinutes(480)]
        }
        Urgency::Complex => {
            [WorkMinutes(240), WorkMinutes(120), WorkMinutes(120), WorkDays(15), WorkMinutes(480)]
        }
    };
    match stage {
        Stage::Verify => verify,
        Stage::File => file,
        Stage::Dispatch => dispatch,
        Stage::Handle => handle,
        Stage::Check => check,
    }
}

/// The term of a stage for this tenant. A rule that names the matter goes before one that names the urgency,
/// and that before one that names neither; of two alike the later counts.
#[must_use]
pub fn term(stage: Stage, urgency: Urgency, matter: Option<MatterKey>, policy: &Policy) -> Term {
    let fits = |rule: &&TermRule| {
        rule.stage == stage
            && rule.urgency.is_none_or(|named| named == urgency)
            && rule.matter.is_none_or(|named| Some(named) == matter)
    };
    let rules = policy.terms.iter().filter(fits);
    let best = rules.max_by_key(|rule| (rule.matter.is_some(), rule.urgency.is_some()));
    best.map_or_else(|| default_term(stage, urgency), |rule| rule.term)
}

/// The urgency that counts: the one it was filed with, before that what the catalogue says of the matter,
/// and normal where nobody knows the matter yet.
#[must_use]
pub fn urgency_of(urgency: Option<Urgency>, matter: Option<MatterKey>) -> Urgency {
    let usual = || matter.and_then(|key| Catalogue::standard().get(key)).map(|matter| matter.urgency);
    urgency.or_else(usual).unwrap_or(Urgency::Normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_domain() {
        let table: Vec<String> = Urgency::ALL
            .iter()
            .map(|urgency| {
                let terms: Vec<_> =
                    Stage::ALL.iter().map(|stage| default_term(*stage, *urgency).to_string()).collect();
                format!("{urgency}: {}", terms.join(" "))
            })
            .collect();
        let expected = [
            "critical: clock_minutes:15 clock_minutes:10 clock_minutes:5 clock_minutes:120 clock_minutes:30",
            "urgent: work_minutes:120 work_minutes:60 work_minutes:60 work_minutes:480 work_minutes:240",
            "normal: work_minutes:240 work_minutes:120 work_minutes:120 work_days:3 work_minutes:480",
            "complex: work_minutes:240 work_minutes:120 work_minutes:120 work_days:15 work_minutes:480",
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn the_rule_that_names_the_most_counts() {
        let matter: Option<MatterKey> = Some("matter-01-037".parse().unwrap());
        let rule = |urgency, matter, days| TermRule {
            stage: Stage::Handle,
            urgency,
            matter,
            term: Term::WorkDays(days),
        };
        let normal = Some(Urgency::Normal);
        let mut policy =
            Policy { terms: vec![rule(None, None, 9), rule(normal, None, 8)], ..Policy::default() };
        let days = |policy: &Policy| term(Stage::Handle, Urgency::Normal, matter, policy);
        assert_eq!(days(&policy), Term::WorkDays(8));
        policy.terms.insert(0, rule(None, matter, 7));
        assert_eq!(days(&policy), Term::WorkDays(7));
        policy.terms.insert(0, rule(normal, matter, 6));
        assert_eq!(days(&policy), Term::WorkDays(6));
        policy.terms.push(rule(normal, matter, 5));
        assert_eq!(days(&policy), Term::WorkDays(5));
        assert_eq!(term(Stage::File, Urgency::Normal, matter, &policy), Term::WorkMinutes(120));
    }

    #[test]
    fn before_filing_the_catalogue_says_how_urgent() {
        let cover: Option<MatterKey> = Some("matter-01-003".parse().unwrap());
        assert_eq!(urgency_of(None, cover), Urgency::Critical);
        assert_eq!(urgency_of(Some(Urgency::Normal), cover), Urgency::Normal);
        assert_eq!(urgency_of(None, None), Urgency::Normal);
    }
}
