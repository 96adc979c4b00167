//! One command on one case: load, decide, change, write, tell.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `standing.rs` | [`By`], [`Standing`]: who somebody is to a case |
//! | `gather.rs` | what a command needs to know besides the case |
//! | `facts.rs` | a case as the workflow wants to know it |
//! | `request.rs` | a command as the workflow wants to know it |
//! | `change.rs` | from a decision to the case as it will be |
//! | `clocks.rs` | the clocks of a case follow what was decided |
//! | `write.rs` | journal, undo, the other case that this one is tied to, habits, jobs |
//! | `ids.rs` | [`Ids`]: chance, drawn before |
//!
//! Two people who act on one case at once are told apart by its version: the update of the row finds it or
//! does not, on both engines, and whoever comes second is told that somebody was quicker. So each statement
//! may see what was committed before it, and no retry hides who was first.

mod change;
pub(crate) mod clocks;
mod facts;
mod gather;
mod ids;
mod request;
mod standing;
mod write;

use std::sync::Arc;

use qige_db::{Asker, Command, Db, DbError, Failure, Isolation, Tx};
use qige_identity::request_keys::{self, Claim};
use qige_kernel::{CaseId, Refusal, RefusalKind, Timestamp, WorkCalendar};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::actions::Action;
use crate::evaluation::marks;
use crate::store::Dossier;
use crate::{Policy, State};
pub(crate) use facts::{facts, reporters_of};
use gather::Known;
pub use ids::Ids;
pub use standing::{By, ByRule, Standing};
pub(crate) use write::REPORT_STREAM;
pub use write::{CASE_EVENT, CASE_STREAM};

/// One command on one case.
#[derive(Clone, Debug)]
pub struct Act {
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
    /// Now.
    pub at: Timestamp,
    /// Chance.
    pub ids: Ids,
    /// Working hours.
    pub calendar: Arc<WorkCalendar>,
    /// The tenant's settings.
    pub policy: Arc<Policy>,
}

/// What became of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// Which case.
    pub case: CaseId,
    /// Its version now.
    pub version: i64,
    /// Where it stands now.
    pub state: State,
    /// Until when this step can be taken back by whoever took it.
    pub undo_until: Option<Timestamp>,
}

/// Runs a command, and says that somebody was quicker also where only the engine noticed.
///
/// # Errors
/// What the command refuses, or what the engine cannot do.
pub async fn act(db: &Db, asker: Asker, act: Act) -> Result<Done, Failure> {
    db.write(asker, act).await.map_err(told_quicker)
}

/// A failure, as somebody reads it where only the engine noticed that another was quicker.
#[must_use]
pub fn told_quicker(failure: Failure) -> Failure {
    match failure {
        Failure::Db(DbError::Retry(_)) => quicker().into(),
        other => other,
    }
}

impl Command for Act {
    type Output = Done;
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Done, Failure> {
        if let Some(key) = self.key
            && let Claim::Replay(answer) = request_keys::claim(tx, key, self.fingerprint(), self.at).await?
        {
            return serde_json::from_value(answer)
                .map_err(|error| undecodable("request_keys.answer", &error));
        }
        let done = self.perform(tx).await?;
        if let Some(key) = self.key {
            let answer = serde_json::to_value(&done).unwrap_or_default();
            request_keys::finish(tx, key, &answer).await?;
        }
        Ok(done)
    }
}

impl Act {
    async fn perform(&self, tx: &mut Tx<'_>) -> Result<Done, Failure> {
        let (before, standing, known) = self.look(tx).await?;
        if let Some(done) = self.transferred_before(&before, &known)? {
            return Ok(done);
        }
        let decided = self.decide(&before, &standing, &known)?;
        let after = self.change(tx, &before, &standing, &decided).await?;
        if !before.save(tx, &after).await? {
            return Err(quicker().into());
        }
        marks::keep(tx, &before, &after).await?;
        self.write(tx, &before, &after, decided.role).await
    }

    /// Whether it would be done if it were given now. Nothing is written: for who wants to know beforehand.
    ///
    /// # Errors
    /// What stands against it, and those of the engine.
    pub async fn rehearse(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (before, standing, known) = self.look(tx).await?;
        self.decide(&before, &standing, &known)?;
        Ok(())
    }

    /// The case as it stands, who acts, and what else must be known.
    async fn look(&self, tx: &mut Tx<'_>) -> Result<(Dossier, Standing, Known), Failure> {
        let missing = || Refusal::new(RefusalKind::Missing, "case-missing");
        if let By::Person(who) = &self.by
            && tx.actor().person() != Some(who.person)
        {
            // The journal names the transaction's actor, so nobody acts in another's name.
            return Err(Refusal::new(RefusalKind::Forbidden, "not-your-part").into());
        }
        let before = Dossier::load(tx, self.case).await?.ok_or_else(missing)?;
        let standing = Standing::of(tx, &self.by, &before).await?;
        if standing.is_nobody() {
            // Who has nothing to do with a case is not told that there is one.
            return Err(missing().into());
        }
        if self.expected_version.is_some_and(|expected| expected != before.row.version) {
            return Err(quicker().into());
        }
        let known = Known::gather(tx, &before, &self.action, &self.by, self.at).await?;
        Ok((before, standing, known))
    }

    /// A transfer under a reference that the body outside has already: for this case it is done, for another
    /// it is a mistake.
    fn transferred_before(&self, before: &Dossier, known: &Known) -> Result<Option<Done>, Refusal> {
        match known.transferred {
            Some(case) if case == before.row.id => Ok(Some(Done {
                case,
                version: before.row.version,
                state: before.row.state,
                undo_until: None,
            })),
            Some(_) => Err(Refusal::new(RefusalKind::Conflict, "reference-taken")),
            None => Ok(None),
        }
    }

    fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.case.0);
        hash.update(self.by.actor().unwrap_or_default());
        hash.update(serde_json::to_string(&self.action).unwrap_or_default());
        hash.finalize().into()
    }
}

fn quicker() -> Refusal {
    Refusal::new(RefusalKind::Conflict, "someone-was-quicker")
}

fn undecodable(column: &str, error: &serde_json::Error) -> Failure {
    DbError::Decode { column: column.to_owned(), problem: error.to_string() }.into()
}
