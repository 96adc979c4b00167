//! What a tenant may set about cases.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use qige_kernel::{Refusal, Term};

use crate::catalogue::Catalogue;
use crate::deadlines::TermRule;

/// Days within which a reporter may open a case again at most: a year, after which records begin to be
/// erased.
pub const MAX_REOPEN_DAYS: u16 = 365;
/// Extensions per dispatch at most: with more, a deadline is none.
pub const MAX_EXTENSIONS: u32 = 5;
/// Send-backs before a case is the supervisor's at most: units must not play it on for ever.
pub const MAX_SEND_BACKS: u32 = 10;
/// Seconds within which a step can be taken back at most: notices wait that long.
pub const MAX_UNDO_SECONDS: u16 = 600;
/// Days that an open case counts as perhaps the same at most.
pub const MAX_DUPLICATE_DAYS: u16 = 90;
/// Metres within which a case counts as perhaps the same: from less than a phone's error to a block.
pub const DUPLICATE_METRES: std::ops::RangeInclusive<u16> = 5..=500;
/// Terms of a tenant's own at most: the page that lists them stays readable.
pub const MAX_TERM_RULES: usize = 200;
/// Working days of a term at most: the working days of a year.
pub const MAX_TERM_DAYS: u32 = 250;
/// Minutes of a term at most: a year by the clock.
pub const MAX_TERM_MINUTES: u32 = 366 * 24 * 60;

/// The tenant's settings about cases (setting `cases`). What is left out has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Policy {
    /// Days after closing within which the reporter may open a case again; 0 to 365.
    pub reopen_days: u16,
    /// Extensions that may be granted per dispatch.
    pub extensions: u32,
    /// The send-back with which a case becomes the supervisor's to place.
    pub supervisor_send_back: u32,
    /// Seconds within which the last step can be taken back; notices are held that long. 0 to 600.
    pub undo_seconds: u16,
    /// Whether the clock stands still while an external body has a case.
    pub transfer_stops_clock: bool,
    /// Days back that an open case counts as perhaps the same.
    pub duplicate_days: u16,
    /// Metres within which a case counts as perhaps the same, by major class, where the catalogue's
    /// radius does not suit.
    pub duplicate_radius_metres: BTreeMap<u8, u16>,
    /// Terms other than the default ones. Of those that fit, the one that names the most counts.
    pub terms: Vec<TermRule>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            reopen_days: 14,
            extensions: 1,
            supervisor_send_back: 2,
            undo_seconds: 60,
            transfer_stops_clock: true,
            duplicate_days: 14,
            duplicate_radius_metres: BTreeMap::new(),
            terms: Vec::new(),
        }
    }
}

impl Policy {
    /// Whether a tenant may decide so.
    ///
    /// # Errors
    /// `policy-out-of-range` at the field, `policy-terms-too-many`, `policy-matter-unknown`,
    /// `policy-class-unknown`.
    pub fn check(&self) -> Result<(), Refusal> {
        let within = |field, value: u32, least: u32, most: u32| {
            let refusal = || Refusal::invalid(field, "policy-out-of-range");
            let holds = (least..=most).contains(&value);
            if holds { Ok(()) } else { Err(refusal().with("least", least).with("most", most)) }
        };
        within("reopen_days", self.reopen_days.into(), 0, MAX_REOPEN_DAYS.into())?;
        within("extensions", self.extensions, 0, MAX_EXTENSIONS)?;
        within("supervisor_send_back", self.supervisor_send_back, 1, MAX_SEND_BACKS)?;
        within("undo_seconds", self.undo_seconds.into(), 0, MAX_UNDO_SECONDS.into())?;
        within("duplicate_days", self.duplicate_days.into(), 0, MAX_DUPLICATE_DAYS.into())?;
        let (nearest, farthest) = DUPLICATE_METRES.into_inner();
        for (major, metres) in &self.duplicate_radius_metres {
            if !Catalogue::standard().majors().any(|class| class.major == *major) {
                return Err(Refusal::invalid("major", "policy-class-unknown").with("major", major));
            }
            within("metres", (*metres).into(), nearest.into(), farthest.into())?;
        }
        if self.terms.len() > MAX_TERM_RULES {
            return Err(Refusal::invalid("terms", "policy-terms-too-many").with("most", MAX_TERM_RULES));
        }
        for rule in &self.terms {
            if let Some(matter) = rule.matter.filter(|matter| Catalogue::standard().get(*matter).is_none()) {
                return Err(Refusal::invalid("matter", "policy-matter-unknown").with("matter", matter));
            }
            match rule.term {
                Term::WorkDays(days) => within("count", days, 1, MAX_TERM_DAYS)?,
                Term::WorkMinutes(minutes) | Term::ClockMinutes(minutes) => {
                    within("count", minutes, 1, MAX_TERM_MINUTES)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use qige_kernel::Term;

    use super::*;
    use crate::Stage;

    #[test]
    fn what_a_tenant_may_decide_ends_where_it_is_said() {
        let refused = |policy: Policy| policy.check().err().map(|refusal| refusal.field.unwrap());
        let usual = Policy::default;
        assert_eq!(refused(usual()), None);
        let at = [
            Policy { reopen_days: MAX_REOPEN_DAYS, ..usual() },
            Policy { extensions: MAX_EXTENSIONS, ..usual() },
            Policy { supervisor_send_back: 1, ..usual() },
            Policy { supervisor_send_back: MAX_SEND_BACKS, ..usual() },
            Policy { undo_seconds: MAX_UNDO_SECONDS, ..usual() },
            Policy { duplicate_days: MAX_DUPLICATE_DAYS, ..usual() },
            Policy { duplicate_radius_metres: BTreeMap::from([(6, 5)]), ..usual() },
            Policy { duplicate_radius_metres: BTreeMap::from([(6, 500)]), ..usual() },
            with_term(Term::WorkDays(MAX_TERM_DAYS)),
            with_term(Term::ClockMinutes(MAX_TERM_MINUTES)),
        ];
        assert!(at.into_iter().all(|policy| refused(policy).is_none()));
        let past = [
            ("reopen_days", Policy { reopen_days: MAX_REOPEN_DAYS + 1, ..usual() }),
            ("extensions", Policy { extensions: MAX_EXTENSIONS + 1, ..usual() }),
            ("supervisor_send_back", Policy { supervisor_send_back: 0, ..usual() }),
            ("supervisor_send_back", Policy { supervisor_send_back: MAX_SEND_BACKS + 1, ..usual() }),
            ("undo_seconds", Policy { undo_seconds: MAX_UNDO_SECONDS + 1, ..usual() }),
            ("duplicate_days", Policy { duplicate_days: MAX_DUPLICATE_DAYS + 1, ..usual() }),
            ("metres", Policy { duplicate_radius_metres: BTreeMap::from([(6, 4)]), ..usual() }),
            ("metres", Policy { duplicate_radius_metres: BTreeMap::from([(6, 501)]), ..usual() }),
            ("major", Policy { duplicate_radius_metres: BTreeMap::from([(77, 50)]), ..usual() }),
            ("count", with_term(Term::WorkDays(0))),
            ("count", with_term(Term::WorkDays(MAX_TERM_DAYS + 1))),
            ("count", with_term(Term::WorkMinutes(MAX_TERM_MINUTES + 1))),
        ];
        for (field, policy) in past {
            assert_eq!(refused(policy), Some(field));
        }
        let mut rule = with_term(Term::WorkDays(3)).terms.pop().unwrap();
        let full = Policy { terms: vec![rule.clone(); MAX_TERM_RULES], ..usual() };
        assert_eq!(refused(full.clone()), None);
        let over = Policy { terms: [full.terms, vec![rule.clone()]].concat(), ..usual() };
        assert_eq!(refused(over), Some("terms"));
        rule.matter = "matter-77-777".parse().ok();
        assert_eq!(refused(Policy { terms: vec![rule], ..usual() }), Some("matter"));
    }

    fn with_term(term: Term) -> Policy {
        let rule = TermRule { stage: Stage::Handle, urgency: None, matter: None, term };
        Policy { terms: vec![rule], ..Policy::default() }
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let policy: Policy = serde_json::from_str(r#"{"reopen_days": 7}"#).unwrap();
        assert_eq!(policy, Policy { reopen_days: 7, ..Policy::default() });
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    }
}
