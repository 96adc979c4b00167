//! A rule as people read it.

use qige_cases::routing::{About, Against, Asked, Flaw, Rule, Time, Where};
use qige_cases::{MatterKey, Urgency};
use qige_kernel::{RuleId, UnitId};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::matters;
use super::super::names::Directory;
use crate::Locale;
use crate::admin::term::Long;

/// Knows what everything is called.
pub(super) struct Speaker<'a> {
    pub(super) directory: &'a Directory,
    pub(super) locale: Locale,
}

/// A rule in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Told {
    /// Which rule.
    pub(crate) id: RuleId,
    /// Its place in the list, from 1.
    pub(crate) place: usize,
    /// What people call it; may be blank.
    pub(crate) name: String,
    /// The matter or the class by name; none: whatever it is.
    pub(crate) about: Option<String>,
    /// Community or grid by name; none: everywhere.
    pub(crate) within: Option<String>,
    /// When.
    pub(crate) time: Time,
    /// The times of day that it names, `18:00`; empty where it names none.
    pub(crate) daily: Vec<String>,
    /// The unit that answers for it.
    pub(crate) lead: UnitId,
    /// Its name; none where it is gone.
    pub(crate) lead_name: Option<String>,
    /// The units that help, by name.
    pub(crate) assist_names: Vec<String>,
    /// How soon, where it is other than usual.
    pub(crate) urgency: Option<Urgency>,
    /// How long, where it is other than usual.
    pub(crate) long: Option<Long>,
    /// Why it cannot work.
    pub(crate) flaws: Vec<Flaw>,
}

/// A rule in its line of the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct RuleLine {
    #[serde(flatten)]
    pub(super) told: Told,
    pub(super) on: bool,
    pub(super) files: bool,
    pub(super) files_when_sure: Option<u8>,
    pub(super) dispatches: bool,
    pub(super) sample_percent: u8,
    /// The place of an earlier rule that takes all of its cases.
    pub(super) hidden_by: Option<usize>,
    /// What stands against it in the case that is tried; none where nothing is tried.
    pub(super) against: Option<Vec<Against>>,
    /// It is the first that fits what is tried.
    pub(super) wins: bool,
}

impl Speaker<'_> {
    /// A rule in words.
    pub(super) fn told(&self, at: usize, rule: &Rule, flaws: Vec<Flaw>) -> Told {
        let directory = self.directory;
        let within = match rule.place {
            Where::Whole => None,
            Where::Community(place) => Some(directory.community(place).unwrap_or_default()),
            Where::Grid(place) => Some(directory.grid(place).unwrap_or_default()),
        };
        Told {
            id: rule.id,
            place: at + 1,
            name: rule.name.clone(),
            about: self.about(rule.about),
            within,
            time: rule.time,
            daily: match rule.time {
                Time::Daily { from, to } => vec![clock(from), clock(to)],
                _ => Vec::new(),
            },
            lead: rule.lead,
            lead_name: directory.unit(rule.lead),
            assist_names: rule.assist.iter().filter_map(|unit| directory.unit(*unit)).collect(),
            urgency: rule.urgency,
            long: rule.term.map(Long::from),
            flaws,
        }
    }

    pub(super) fn line(
        &self,
        at: usize,
        rule: &Rule,
        flaws: Vec<Flaw>,
        hidden: Option<usize>,
        asked: Option<&Asked<'_>>,
    ) -> RuleLine {
        RuleLine {
            told: self.told(at, rule, flaws),
            on: rule.on,
            files: rule.automatic.files,
            files_when_sure: rule.automatic.files_when_sure,
            dispatches: rule.automatic.dispatches,
            sample_percent: rule.automatic.sample_percent,
            hidden_by: hidden.map(|at| at + 1),
            against: asked.map(|asked| asked.against.clone()),
            wins: asked.is_some_and(|asked| asked.wins),
        }
    }

    fn about(&self, about: About) -> Option<String> {
        match about {
            About::Anything => None,
            About::Matter(key) => Some(self.matter(key)),
            About::Class(..) => {
                let (value, majors) = (about.to_string(), matters::majors(self.locale));
                let known = majors.into_iter().find(|major| major.value == value);
                Some(known.map_or(value, |major| major.label))
            }
        }
    }

    pub(super) fn matter(&self, key: MatterKey) -> String {
        matters::typed(key, self.locale)
    }
}

/// Minutes after midnight as a clock shows them.
pub(super) fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
