//! Somebody asks.

use qige_db::{Command, DbError, Failure, Tx, params, statements};
use qige_kernel::{CaseId, PersonId, Refusal, RefusalKind};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;
use uuid::Uuid;

use super::{LOOK_MICROS, LOOK_STREAM, LOOK_WORDS_MAX, LookKind};
use crate::grant::givable;
use crate::{Grant, Reach, Role, Stamp, holders, permissions};

statements! {
    /// Whether the same person asked for the same and waits.
    WAITS = "SELECT id FROM second_looks WHERE tenant = $1 AND kind = $2 AND subject = $3 AND asked_by = $4
        AND answered_at IS NULL AND until > $5 AND role IS NOT DISTINCT FROM $6 LIMIT 1";
    /// One more.
    ASK = "INSERT INTO second_looks
        (tenant, id, kind, subject, role, scope, ends_at, words, asked_by, asked_at, until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum LookFor {
    /// That somebody has a role.
    Grant(PersonId, Grant),
    /// To take people's data out.
    Export,
    /// That a case is void; it lies at the reach.
    Void(CaseId, Reach),
}

impl LookFor {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> LookKind {
        match self {
            Self::Grant(..) => LookKind::Grant,
            Self::Export => LookKind::Export,
            Self::Void(..) => LookKind::Void,
        }
    }
}

/// Asks somebody else to agree. The same again while it waits is no second asking.
#[derive(Clone, Debug)]
pub struct AskLook {
    /// Its id.
    pub id: Uuid,
    /// For what.
    pub wanted: LookFor,
    /// Why.
    pub words: String,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for AskLook {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let asker = tx.actor().person().ok_or_else(|| Refusal::new(RefusalKind::Forbidden, "look-nobody"))?;
        let words = self.words.trim();
        if words.is_empty() {
            return Err(Refusal::invalid("words", "look-why").into());
        }
        if words.chars().count() > LOOK_WORDS_MAX {
            return Err(Refusal::invalid("words", "text-too-long").with("limit", LOOK_WORDS_MAX).into());
        }
        let (kind, at) = (self.wanted.kind(), self.stamp.at);
        let (subject, grant, reach) = match self.wanted {
            LookFor::Grant(person, grant) => {
                if person == asker {
                    return Err(Refusal::new(RefusalKind::Forbidden, "grant-to-self").into());
                }
                givable(tx, person, &grant, at).await?;
                (person.0, Some(grant), Reach::default())
            }
            LookFor::Export => (asker.0, None, Reach::default()),
            LookFor::Void(case, reach) => (case.0, None, reach),
        };
        let role = grant.map(|grant| grant.role);
        let waits = params![tx.tenant(), kind, subject, asker, at, role];
        if tx.optional::<(Uuid,)>(WAITS, waits).await?.is_some() {
            return Ok(());
        }
        let (scope, ends) = (grant.map(|grant| grant.scope), grant.and_then(|grant| grant.until));
        let until = at.plus(LOOK_MICROS);
        let values = params![tx.tenant(), self.id, kind, subject, role, scope, ends, words, asker, at, until];
        if tx.execute(ASK, values).await? == 0 {
            return Ok(());
        }
        let body = json!({ "kind": kind, "subject": subject, "grant": grant, "words": words });
        self.stamp.note(tx, LOOK_STREAM, self.id, "ask", &body).await?;
        tell(tx, self, asker, &reach).await?;
        Ok(())
    }
}

/// Whoever may answer hears of it.
async fn tell(tx: &mut Tx<'_>, ask: &AskLook, asker: PersonId, reach: &Reach) -> Result<(), DbError> {
    let at = ask.stamp.at;
    let mut told: Vec<PersonId> = Vec::new();
    for role in answering(ask.wanted.kind()) {
        told.extend(holders(tx, role, reach, at).await?);
    }
    told.sort_unstable();
    told.dedup();
    for person in told.into_iter().filter(|person| *person != asker) {
        let notice = NewNotice {
            recipient: Recipient::Person(person),
            kind: "look-asked",
            args: json!({}),
            about: About::new("look", ask.id),
            dedupe: format!("look/{}/asked", ask.id),
            at,
            hold_until: None,
        };
        post(tx, &notice).await?;
    }
    Ok(())
}

/// The roles of those who may answer.
fn answering(kind: LookKind) -> impl Iterator<Item = Role> {
    let may = move |role: &Role| kind.answered_by().iter().any(|one| permissions::allows(*role, *one));
    Role::ALL.iter().copied().filter(may)
}
