//! Somebody else ends what a person is here for them: not without a reason, which stands in the journal.

use qige_db::{Command, Failure, Tx};
use qige_kernel::{ConsentId, PersonId, Refusal};
use serde_json::json;

use crate::consent::withdraw_for;
use crate::{ConsentEffect, PersonState, SetPersonState, Stamp};

/// Letters of a reason at most.
pub const LET_GO_WORDS_MAX: usize = 500;

/// By what it ends.
#[derive(Clone, Copy, Debug)]
pub enum LetGoBy {
    /// The account is closed.
    Account,
    /// The consent on which it rests is withdrawn.
    Consent(ConsentId),
}

/// Lets somebody go for good.
#[derive(Clone, Debug)]
pub struct LetGo {
    /// Whom.
    pub person: PersonId,
    /// By what.
    pub by: LetGoBy,
    /// Why.
    pub reason: String,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for LetGo {
    type Output = Vec<ConsentEffect>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<ConsentEffect>, Failure> {
        let (person, stamp, reason) = (self.person, self.stamp, self.reason.trim());
        if reason.is_empty() {
            return Err(why().into());
        }
        if reason.chars().count() > LET_GO_WORDS_MAX {
            return Err(Refusal::invalid("reason", "text-too-long").with("max", LET_GO_WORDS_MAX).into());
        }
        stamp.note(tx, "person", person.0, "let-go", &json!({ "reason": reason })).await?;
        match self.by {
            LetGoBy::Consent(consent) => withdraw_for(tx, person, consent, &stamp).await,
            LetGoBy::Account => {
                SetPersonState { person, state: PersonState::Left, stamp }.run(tx).await?;
                Ok(Vec::new())
            }
        }
    }
}

/// What is asked of whoever gives no reason.
pub(crate) fn why() -> Refusal {
    Refusal::invalid("reason", "let-go-why")
}
