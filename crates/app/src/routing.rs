//! Routing rules change, and the world that they speak of.

use std::sync::Arc;

use qige_cases::routing::{Routing, Rule, World};
use qige_db::{Command, DbError, Failure, Tx};
use qige_identity::{SetSetting, Stamp, setting};
use qige_kernel::{Refusal, RefusalKind, RuleId};
use qige_places::{GridIndex, store, units};

use crate::rulebook::ROUTING_SETTING;

/// One change to the list of rules.
#[derive(Clone, Debug)]
pub enum RuleChange {
    /// Puts a rule in the place of the one with its id; a new one at the end.
    Put(Box<Rule>),
    /// Takes a rule out.
    Drop(RuleId),
    /// Switches a rule on or off.
    Switch {
        /// Which one.
        rule: RuleId,
        /// Whether it is asked from now on.
        on: bool,
    },
    /// Moves a rule to a place in the list, 0 being the first.
    Move {
        /// Which one.
        rule: RuleId,
        /// To where; beyond the end means the end.
        to: usize,
    },
}

/// Changes the list, if nobody did since it was looked at.
#[derive(Clone)]
pub struct ChangeRouting {
    /// What changes.
    pub change: RuleChange,
    /// The revision that was looked at; none where it does not matter what else changed.
    pub revision: Option<u32>,
    /// The grids as they are.
    pub grids: Arc<GridIndex>,
    /// When, and in which role.
    pub stamp: Stamp,
}

impl Command for ChangeRouting {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let mut routing: Routing = setting(tx, ROUTING_SETTING).await?.unwrap_or_default();
        if self.revision.is_some_and(|seen| seen != routing.revision) {
            return Err(Refusal::new(RefusalKind::Conflict, "rules-changed").into());
        }
        let before = routing.clone();
        self.change.apply(&mut routing)?;
        if routing == before {
            return Ok(());
        }
        if let Some(rule) = self.change.checked(&routing) {
            routing.check(rule, &routing_world(tx, &self.grids).await?)?;
        }
        routing.revision = routing.revision.wrapping_add(1);
        let value = serde_json::to_value(&routing).map_err(|error| DbError::Decode {
            column: ROUTING_SETTING.to_owned(),
            problem: error.to_string(),
        })?;
        SetSetting { key: ROUTING_SETTING, value, stamp: self.stamp }.run(tx).await
    }
}

impl RuleChange {
    fn apply(&self, routing: &mut Routing) -> Result<(), Refusal> {
        let at = |routing: &Routing, id: RuleId| {
            let found = routing.rules.iter().position(|rule| rule.id == id);
            found.ok_or(Refusal::new(RefusalKind::Missing, "rule-missing"))
        };
        match self {
            Self::Put(rule) => match routing.rules.iter_mut().find(|known| known.id == rule.id) {
                Some(known) => known.clone_from(rule),
                None => routing.rules.push(Rule::clone(rule)),
            },
            Self::Drop(id) => {
                let at = at(routing, *id)?;
                routing.rules.remove(at);
            }
            Self::Switch { rule, on } => {
                at(routing, *rule)?;
                for known in routing.rules.iter_mut().filter(|known| known.id == *rule) {
                    known.on = *on;
                }
            }
            Self::Move { rule, to } => {
                let at = at(routing, *rule)?;
                let moved = routing.rules.remove(at);
                routing.rules.insert((*to).min(routing.rules.len()), moved);
            }
        }
        Ok(())
    }

    /// The rule that must be able to work afterwards: moving and switching off must be possible also while
    /// the world has changed under a rule.
    fn checked<'r>(&self, routing: &'r Routing) -> Option<&'r Rule> {
        match self {
            Self::Put(rule) => routing.rule(rule.id),
            Self::Switch { rule, on: true } => routing.rule(*rule),
            Self::Drop(_) | Self::Switch { .. } | Self::Move { .. } => None,
        }
    }
}

/// The units and places that rules can speak of; of the grids, those that are drawn, since a case lies in no
/// other.
///
/// # Errors
/// [`DbError`].
pub async fn routing_world(tx: &mut Tx<'_>, grids: &GridIndex) -> Result<World, DbError> {
    let (units, communities) = (units::list(tx).await?, store::communities(tx).await?);
    let communities = communities.into_iter().map(|known| known.place);
    Ok(World {
        units: units.into_iter().filter(|unit| unit.active).map(|unit| unit.id).collect(),
        communities: communities.filter(|place| place.active).map(|place| place.id).collect(),
        grids: grids.grids().iter().map(|grid| (grid.id, grid.community)).collect(),
    })
}
