//! A command on a case on its way in: given the rulebook and the chance that it needs. The one way for pages,
//! programs, rules and the simulated town.

use qige_cases::{Act, Action, By, Done, Ids, act};
use qige_db::{Asker, Failure, Tx};
use qige_kernel::{CaseId, Refusal};
use uuid::Uuid;

use crate::{App, Rulebook};

/// A command on a case, as somebody gives it.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which case.
    pub case: CaseId,
    /// The version that the person saw; none where it does not matter what else changed.
    pub expected_version: Option<i64>,
    /// Who acts.
    pub by: By,
    /// What.
    pub action: Action,
    /// Sent twice under one key, it is done once.
    pub key: Option<Uuid>,
}

impl App {
    /// Does it.
    ///
    /// # Errors
    /// What the command refuses; [`Failure::Db`].
    pub async fn act(&self, asker: Asker, order: Order) -> Result<Done, Failure> {
        let book = self.rulebooks.of(asker.tenant, self.now()).await?;
        act(&self.db, asker, self.command(&book, order)).await
    }

    /// What stands against each of these, were it given now; none where nothing does. Nothing is done.
    ///
    /// # Errors
    /// [`Failure::Db`].
    pub async fn rehearse(&self, asker: Asker, orders: Vec<Order>) -> Result<Vec<Option<Refusal>>, Failure> {
        let book = self.rulebooks.of(asker.tenant, self.now()).await?;
        let acts: Vec<Act> = orders.into_iter().map(|order| self.command(&book, order)).collect();
        self.db.read(asker, move |tx| Box::pin(rehearsed(tx, acts))).await
    }

    pub(crate) fn command(&self, book: &Rulebook, order: Order) -> Act {
        let at = self.now();
        let Order { case, expected_version, by, action, key } = order;
        let (calendar, policy) = (book.calendar.clone(), book.policy.clone());
        let ids = Ids::draw(&self.entropy, at);
        Act { case, expected_version, by, action, key, at, ids, calendar, policy }
    }
}

async fn rehearsed(tx: &mut Tx<'_>, acts: Vec<Act>) -> Result<Vec<Option<Refusal>>, Failure> {
    let mut against = Vec::with_capacity(acts.len());
    for act in acts {
        against.push(match act.rehearse(tx).await {
            Ok(()) => None,
            Err(Failure::Refused(refusal)) => Some(refusal),
            Err(failure) => return Err(failure),
        });
    }
    Ok(against)
}
