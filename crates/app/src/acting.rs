//! A command on a case on its way in: given the rulebook and the chance that it needs. The one way for pages,
//! programs, rules and the simulated town.

use qige_cases::{Act, Action, By, Done, Ids, act};
use qige_db::{Asker, Failure};
use qige_kernel::CaseId;
use uuid::Uuid;

use crate::App;

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
        let at = self.now();
        let book = self.rulebooks.of(asker.tenant, at).await?;
        let ids = Ids::draw(&self.entropy, at);
        let Order { case, expected_version, by, action, key } = order;
        let (calendar, policy) = (book.calendar.clone(), book.policy.clone());
        act(&self.db, asker, Act { case, expected_version, by, action, key, at, ids, calendar, policy }).await
    }
}
