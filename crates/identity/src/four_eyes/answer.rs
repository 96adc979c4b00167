//! Somebody else answers.

use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;
use uuid::Uuid;

use super::{LOOK_STREAM, LOOK_WORDS_MAX, LookKind, SecondLook, second_look};
use crate::{Grant, Stamp, grant};

statements! {
    /// Yes or no; once.
    ANSWER = "UPDATE second_looks SET answered_by = $3, answered_at = $4, granted = $5, answer = $6
        WHERE tenant = $1 AND id = $2 AND answered_at IS NULL";
}

/// Answers what another asked for. Of a role, a yes gives it. The same answer again, by the same person, is
/// as good as once.
#[derive(Clone, Debug)]
pub struct AnswerLook {
    /// Which.
    pub id: Uuid,
    /// Yes or no.
    pub granted: bool,
    /// Why; a no says it.
    pub words: Option<String>,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for AnswerLook {
    type Output = SecondLook;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<SecondLook, Failure> {
        let nobody = || Refusal::new(RefusalKind::Forbidden, "look-nobody");
        let by = tx.actor().person().ok_or_else(nobody)?;
        let missing = || Refusal::new(RefusalKind::Missing, "look-missing");
        let look = second_look(tx, self.id).await?.ok_or_else(missing)?;
        if look.answered_by == Some(by) && look.granted == Some(self.granted) {
            return Ok(look);
        }
        self.check(&look, by)?;
        if self.granted && look.kind == LookKind::Grant {
            give(tx, &look, &self.stamp).await?;
        }
        let words = self.words.as_deref().map(str::trim).filter(|words| !words.is_empty());
        let (at, granted) = (self.stamp.at, self.granted);
        tx.execute(ANSWER, params![tx.tenant(), self.id, by, at, granted, words]).await?;
        let body = json!({ "granted": granted, "words": words });
        self.stamp.note(tx, LOOK_STREAM, self.id, "answer", &body).await?;
        let notice = NewNotice {
            recipient: Recipient::Person(look.asked_by),
            kind: if granted { "look-granted" } else { "look-refused" },
            args: json!({}),
            about: About::new("look", self.id),
            dedupe: format!("look/{}/answered", self.id),
            at,
            hold_until: None,
        };
        post(tx, &notice).await?;
        Ok(SecondLook { answered_by: Some(by), answered_at: Some(at), granted: Some(granted), ..look })
    }
}

impl AnswerLook {
    /// Whether this person may answer so.
    ///
    /// # Errors
    /// Refused as `look-answered`, `look-over`, `look-own`, and at `words` as `look-why` or `text-too-long`.
    pub fn check(&self, look: &SecondLook, by: PersonId) -> Result<(), Refusal> {
        let no = |kind, code| Err(Refusal::new(kind, code));
        if look.answered_at.is_some() {
            return no(RefusalKind::Conflict, "look-answered");
        }
        if !look.is_open(self.stamp.at) {
            return no(RefusalKind::Conflict, "look-over");
        }
        if look.asked_by == by || (look.kind == LookKind::Grant && look.subject == by.0) {
            return no(RefusalKind::Forbidden, "look-own");
        }
        let words = self.words.as_deref().map_or("", str::trim);
        if !self.granted && words.is_empty() {
            return Err(Refusal::invalid("words", "look-why"));
        }
        if words.chars().count() > LOOK_WORDS_MAX {
            return Err(Refusal::invalid("words", "text-too-long").with("limit", LOOK_WORDS_MAX));
        }
        Ok(())
    }
}

/// Gives the role that was asked for, from now on.
async fn give(tx: &mut Tx<'_>, look: &SecondLook, stamp: &Stamp) -> Result<(), Failure> {
    let (Some(role), Some(scope)) = (look.role, look.scope) else { return Ok(()) };
    let wanted = Grant { id: look.id.into(), role, scope, from: stamp.at, until: look.ends_at };
    grant::give(tx, PersonId(look.subject), &wanted, stamp).await
}
