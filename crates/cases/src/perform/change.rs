//! From a decision to the case as it will be.

use qige_db::{Failure, Tx};
use qige_kernel::{Refusal, RefusalKind};

use super::facts::facts;
use super::gather::Known;
use super::request::request;
use super::standing::Standing;
use super::write::{last_changes, taken_back};
use super::{Act, By, clocks};
use crate::actions::Doing;
use crate::store::{Dossier, next_number};
use crate::workflow::{self, Decision};
use crate::{CommandName, State, number};

impl Act {
    /// What the workflow says to it, or why not.
    pub(super) fn decide(
        &self,
        before: &Dossier,
        standing: &Standing,
        known: &Known,
    ) -> Result<Decision, Refusal> {
        let roles = standing.for_command(&self.by, before, self.action.name());
        let units = match &self.by {
            By::Person(who) => who.units(),
            By::Follower { .. } | By::System | By::Rule(_) => Vec::new(),
        };
        let facts = facts(before, &known.reporters, known.undo.as_ref());
        workflow::decide(&facts, &request(self, known, &roles, &units), &self.policy)
    }

    /// The case as it will be.
    pub(super) async fn change(
        &self,
        tx: &mut Tx<'_>,
        before: &Dossier,
        standing: &Standing,
        decided: &Decision,
    ) -> Result<Dossier, Failure> {
        if self.action.name() == CommandName::Undo {
            let gone = || Refusal::new(RefusalKind::Conflict, "nothing-to-undo");
            let changes = last_changes(tx, before).await?.ok_or_else(gone)?;
            let mut after = taken_back(before, changes)?;
            after.row.updated_at = self.at;
            return Ok(after);
        }
        let mut after = before.clone();
        let mut doing = Doing {
            at: self.at,
            person: self.by.person(),
            report: self.by.report(),
            role: decided.role,
            unit: standing.unit(decided.role),
            ids: self.ids.ids.iter(),
        };
        self.action.apply(&mut after, &mut doing)?;
        after.row.state = decided.to;
        after.row.open = decided.to.is_open();
        if self.action.name() == CommandName::File && after.row.number.is_none() {
            let day = number::day(self.at, &self.calendar);
            let count = next_number(tx, &day).await?;
            after.row.number = Some(number::case_number(&day, count));
        }
        self.settle(before, &mut after);
        clocks::apply(&mut after, decided.clock, doing.id()?, self.at, &self.calendar, &self.policy);
        after.row.updated_at = self.at;
        Ok(after)
    }

    /// Whose it is now, and when it ended.
    fn settle(&self, before: &Dossier, after: &mut Dossier) {
        let row = &mut after.row;
        let limit = i64::from(self.policy.supervisor_send_back);
        row.escalated = row.state == State::Filed && limit > 0 && row.send_backs >= limit;
        if row.open {
            row.ended_at = None;
        } else if before.row.open || before.row.state != row.state {
            row.ended_at = Some(self.at);
        }
    }
}
