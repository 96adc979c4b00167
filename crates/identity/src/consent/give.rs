//! A consent is given: by oneself, or written down by somebody who has the paper or sees it signed.

use qige_blobs::{Holder, HolderKind, NewObject, add, hold};
use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::{ConsentId, Refusal, RefusalKind, Timestamp};
use serde_json::json;

use super::end::end;
use super::record::not_ended;
use super::text::{changed, pin};
use super::{ConsentProof, Ended, PurposeKey, Subject, consent_text};
use crate::person::{PersonState, require};
use crate::{Scope, Sealed, Stamp};

statements! {
    /// One more.
    INSERT = "INSERT INTO consents (tenant, id, subject_kind, subject, purpose, version, scope, given_at,
            until, proof, object, recorded_by, guardian)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
}

/// The journal of the consents of one subject.
pub(super) const STREAM: &str = "consent";
/// What the line is called by which one was given.
pub(super) const GIVE: &str = "give-consent";
/// And the one by which it ended.
pub(super) const END: &str = "end-consent";

/// Who gave it for somebody.
#[derive(Clone, Debug)]
pub struct Guardian {
    /// Their name, sealed for the consent.
    pub name: Sealed,
}

/// Gives a consent. One to the same purpose over the same scope that still stood ends with it.
#[derive(Clone, Debug)]
pub struct GiveConsent {
    /// Its id.
    pub id: ConsentId,
    /// Whose data it is about.
    pub subject: Subject,
    /// To what.
    pub purpose: PurposeKey,
    /// In which words, as they were read.
    pub version: i64,
    /// Over what.
    pub scope: Scope,
    /// What proves it.
    pub proof: ConsentProof,
    /// The signature or the scan, whose bytes are kept already.
    pub object: Option<NewObject>,
    /// Who gave it for the subject.
    pub guardian: Option<Guardian>,
    /// When and in which role.
    pub stamp: Stamp,
}

impl GiveConsent {
    /// Whether it is proved as it must be: nobody ticks for somebody else.
    fn check_proof(&self, by_subject: bool) -> Result<(), Refusal> {
        match (self.proof, &self.object) {
            (ConsentProof::Tick, _) if !by_subject => Err(Refusal::invalid("scan", "consent-proof-missing")),
            (ConsentProof::Paper, _) if by_subject => Err(Refusal::invalid("scan", "consent-paper-own")),
            (ConsentProof::Tick, Some(_)) => Err(Refusal::invalid("agreed", "consent-proof-odd")),
            (ConsentProof::Tick, None) | (_, Some(_)) => Ok(()),
            (ConsentProof::Signature, None) => Err(Refusal::invalid("signature", "consent-proof-missing")),
            (ConsentProof::Paper, None) => Err(Refusal::invalid("scan", "consent-proof-missing")),
        }
    }
}

impl Command for GiveConsent {
    type Output = Timestamp;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Timestamp, Failure> {
        let by_subject = match self.subject {
            Subject::Person(person) => tx.actor().person() == Some(person),
            Subject::Report(_) => self.stamp.role.is_none(),
        };
        self.given(tx, by_subject).await
    }
}

impl GiveConsent {
    /// Given by the subject, as whoever calls this has made sure, or written down by somebody else.
    pub(crate) async fn given(&self, tx: &mut Tx<'_>, by_subject: bool) -> Result<Timestamp, Failure> {
        let (actor, at) = (tx.actor().person(), self.stamp.at);
        if let Subject::Person(person) = self.subject
            && require(tx, person).await?.state == PersonState::Left
        {
            return Err(Refusal::new(RefusalKind::Conflict, "person-left").into());
        }
        self.check_proof(by_subject)?;
        let text = consent_text(tx, &self.purpose).await?;
        let text = text.ok_or_else(|| Refusal::new(RefusalKind::Missing, "consent-purpose-missing"))?;
        if text.version != self.version {
            return Err(changed().into());
        }
        if text.retired {
            return Err(Refusal::new(RefusalKind::Conflict, "consent-retired").into());
        }
        if self.guardian.is_some() && !text.guardian {
            return Err(Refusal::invalid("guardian", "consent-guardian-not").into());
        }
        pin(tx, &text, at).await?;
        for before in not_ended(tx, self.subject).await? {
            if before.purpose == self.purpose && before.scope == self.scope {
                end(tx, &before, Ended::Renewed, &self.stamp).await?;
            }
        }
        if let Some(object) = &self.object {
            add(tx, object).await?;
            hold(tx, object.id, Holder { kind: HolderKind::Consent, id: self.id.0 }, at).await?;
        }
        let until = at.plus(text.term_days.saturating_mul(Timestamp::DAY));
        self.keep(tx, until, actor.filter(|_| !by_subject)).await?;
        Ok(until)
    }

    async fn keep(
        &self,
        tx: &mut Tx<'_>,
        until: Timestamp,
        recorded_by: Option<qige_kernel::PersonId>,
    ) -> Result<(), Failure> {
        let (subject, at) = (self.subject, self.stamp.at);
        let object = self.object.as_ref().map(|object| object.id);
        let guardian = self.guardian.as_ref().map(|guardian| &guardian.name);
        let values = params![
            tx.tenant(),
            self.id,
            subject.kind(),
            subject.id(),
            self.purpose,
            self.version,
            self.scope,
            at,
            until,
            self.proof,
            object,
            recorded_by,
            guardian
        ];
        tx.execute(INSERT, values).await?;
        let sha256 = self.object.as_ref().map(|object| object.sha256);
        let body = json!({
            "consent": self.id, "subject": subject.to_string(), "purpose": self.purpose,
            "version": self.version, "scope": self.scope, "until": until, "proof": self.proof,
            "sha256": sha256, "guardian": self.guardian.is_some(), "object": object,
            "recorded_by": recorded_by,
        });
        self.stamp.note(tx, STREAM, subject.id(), GIVE, &body).await?;
        tx.announce(STREAM, subject.id());
        Ok(())
    }
}
