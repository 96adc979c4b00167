//! Routing rules (派遣规则): which unit a case goes to, in order; the first that fits counts.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `rule.rs` | [`Rule`]: when it fits and where it leads |
//! | `fit.rs` | whether a rule fits a case, and what stands against it |
//! | `world.rs` | [`World`]: the units and places there are; what is wrong with a rule in it |
//! | `check.rs` | whether a rule may be kept |
//! | `step.rs` | what a rule does by itself with a case that waits |
//!
//! Never here: reading or writing.

mod check;
mod fit;
mod rule;
mod step;
mod world;

use qige_kernel::{PlaceId, RuleId, Timestamp, WorkCalendar};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::MatterKey;
pub use check::{MAX_ASSIST, MAX_NAME_CHARS, MAX_RULES, SURE_ENOUGH};
pub use fit::Against;
pub use rule::{About, Automatic, Rule, Time, Where};
pub use step::Waiting;
pub use world::{Flaw, World};

/// The tenant's rules (setting `routing`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Routing {
    /// Counts the changes, so that two people who change the list at once are told apart.
    pub revision: u32,
    /// In the order in which they are asked.
    pub rules: Vec<Rule>,
}

/// What a rule is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What the case is about; a rule for certain matters does not fit where nobody knows.
    pub matter: Option<MatterKey>,
    /// Its community or village.
    pub community: Option<PlaceId>,
    /// Its grid.
    pub grid: Option<PlaceId>,
    /// When it is to be sent.
    pub at: Timestamp,
}

/// Where the rules lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// To this rule's unit.
    To(&'a Rule),
    /// This rule is the first that fits, but it cannot work: the case is the dispatcher's to place. Later
    /// rules are not asked, since they were not meant.
    Broken(&'a Rule),
    /// No rule fits: the dispatcher's to place.
    Nowhere,
}

/// What came of asking one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Which rule.
    pub rule: &'a Rule,
    /// What stands against its fitting; nothing: it fits.
    pub against: Vec<Against>,
    /// Why it cannot work.
    pub flaws: Vec<Flaw>,
    /// It is the first that fits.
    pub wins: bool,
}

impl Routing {
    /// The rule of that id.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Where the rules lead.
    #[must_use]
    pub fn route(&self, subject: &Subject, calendar: &WorkCalendar, world: &World) -> Route<'_> {
        let first = self.rules.iter().find(|rule| rule.against(subject, calendar).is_empty());
        match first {
            Some(rule) if world.flaws(rule).is_empty() => Route::To(rule),
            Some(rule) => Route::Broken(rule),
            None => Route::Nowhere,
        }
    }

    /// Every rule in order, with what came of asking it: why the one that wins does.
    #[must_use]
    pub fn explain(&self, subject: &Subject, calendar: &WorkCalendar, world: &World) -> Vec<Asked<'_>> {
        let mut won = false;
        let ask = |rule| {
            let (against, flaws) = (Rule::against(rule, subject, calendar), world.flaws(rule));
            let wins = !won && against.is_empty();
            won |= wins;
            Asked { rule, against, flaws, wins }
        };
        self.rules.iter().map(ask).collect()
    }

    /// The first rule that is asked before this one and fits whatever this one fits, so that this one is
    /// never reached.
    #[must_use]
    pub fn hidden_by(&self, id: RuleId, world: &World) -> Option<&Rule> {
        let at = self.rules.iter().position(|rule| rule.id == id)?;
        let (before, rest) = self.rules.split_at(at);
        let rule = rest.first().filter(|rule| rule.on)?;
        before.iter().find(|earlier| earlier.on && world.covers(earlier, rule))
    }

    /// Whether any rule files what nobody has named, by what is suggested.
    #[must_use]
    pub fn guesses(&self) -> bool {
        self.rules.iter().any(|rule| rule.on && rule.automatic.files_when_sure.is_some())
    }

    /// Whether any rule does something by itself.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.rules.iter().any(|rule| rule.on && rule.automatic.acts())
    }
}

#[cfg(test)]
mod tests;
