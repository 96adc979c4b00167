//! Whether a rule may be kept.

use qige_kernel::text::is_unfit_for_a_line;
use qige_kernel::{Refusal, Term};

use super::{Flaw, Routing, Rule, Time, World};
use crate::{MAX_TERM_DAYS, MAX_TERM_MINUTES};

/// Rules at most: the page that lists them stays readable.
pub const MAX_RULES: usize = 200;
/// Units that help at most: more than these are a meeting.
pub const MAX_ASSIST: usize = 5;
/// How sure a suggestion must be that a rule may file by, in percent: below a half it is wrong as often as
/// right, and it is never quite sure.
pub const SURE_ENOUGH: std::ops::RangeInclusive<u8> = 50..=99;
/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 40;

impl Rule {
    /// Whether it may be kept where the world is as it is.
    ///
    /// # Errors
    /// At the field: `rule-name-long`, `words-with-control-signs`,
    /// `rule-assist-many`, `rule-assist-twice`, `rule-sample-range`,
    /// `rule-sure-range`, `rule-time-empty`, `rule-term-range`, `rule-lead-closed`, `rule-assist-closed`,
    /// `rule-community-gone`, `rule-grid-gone`, `rule-matter-gone`.
    pub fn check(&self, world: &World) -> Result<(), Refusal> {
        if self.name.chars().count() > MAX_NAME_CHARS {
            return Err(Refusal::invalid("name", "rule-name-long").with("limit", MAX_NAME_CHARS));
        }
        if self.name.chars().any(is_unfit_for_a_line) {
            return Err(Refusal::invalid("name", "words-with-control-signs"));
        }
        if self.assist.len() > MAX_ASSIST {
            return Err(Refusal::invalid("assist", "rule-assist-many").with("most", MAX_ASSIST));
        }
        if self.assist.contains(&self.lead) {
            return Err(Refusal::invalid("assist", "rule-assist-twice"));
        }
        if self.automatic.sample_percent > 100 {
            return Err(Refusal::invalid("sample_percent", "rule-sample-range"));
        }
        if self.automatic.files_when_sure.is_some_and(|percent| !SURE_ENOUGH.contains(&percent)) {
            let (least, most) = SURE_ENOUGH.into_inner();
            let refusal = Refusal::invalid("files_when_sure", "rule-sure-range");
            return Err(refusal.with("least", least).with("most", most));
        }
        if let Time::Daily { from, to } = self.time
            && (from == to || from >= 24 * 60 || to >= 24 * 60)
        {
            return Err(Refusal::invalid("from", "rule-time-empty"));
        }
        if let Some(term) = self.term {
            let (count, most) = match term {
                Term::WorkDays(days) => (days, MAX_TERM_DAYS),
                Term::WorkMinutes(minutes) | Term::ClockMinutes(minutes) => (minutes, MAX_TERM_MINUTES),
            };
            if !(1..=most).contains(&count) {
                return Err(Refusal::invalid("count", "rule-term-range").with("most", most));
            }
        }
        match world.flaws(self).first() {
            None => Ok(()),
            Some(Flaw::LeadClosed) => Err(Refusal::invalid("lead", "rule-lead-closed")),
            Some(Flaw::AssistClosed) => Err(Refusal::invalid("assist", "rule-assist-closed")),
            Some(Flaw::CommunityGone) => Err(Refusal::invalid("place", "rule-community-gone")),
            Some(Flaw::GridGone) => Err(Refusal::invalid("place", "rule-grid-gone")),
            Some(Flaw::MatterGone) => Err(Refusal::invalid("about", "rule-matter-gone")),
        }
    }
}

impl Routing {
    /// Whether a rule may be kept in its place in the list.
    ///
    /// # Errors
    /// As [`Rule::check`]; `rules-too-many`; `rule-hidden` when an earlier rule fits whatever this one fits,
    /// with that one's place and name.
    pub fn check(&self, rule: &Rule, world: &World) -> Result<(), Refusal> {
        rule.check(world)?;
        if self.rules.len() > MAX_RULES {
            return Err(Refusal::invalid("about", "rules-too-many").with("most", MAX_RULES));
        }
        match self.hidden_by(rule.id, world) {
            None => Ok(()),
            Some(by) => {
                let place = self.rules.iter().position(|known| known.id == by.id).unwrap_or_default() + 1;
                Err(Refusal::invalid("about", "rule-hidden").with("place", place).with("name", &by.name))
            }
        }
    }
}
