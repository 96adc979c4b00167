//! Whether a consent holds: the one place where that is decided.

use std::marker::PhantomData;

use qige_db::{DbError, Failure, Tx, params, statements};
use qige_kernel::{ConsentId, Refusal, RefusalKind, Timestamp};

use super::{NeedsConsent, PurposeKey, Subject, text};
use crate::{Reach, Scope};

statements! {
    /// What the subject gave and did not end, in words that still count.
    HOLDING = "SELECT id, scope FROM consents WHERE tenant = $1 AND subject = $2 AND subject_kind = $3
        AND purpose = $4 AND until > $5 AND version >= $6 AND ended_at IS NULL
        ORDER BY given_at DESC, id DESC";
    /// The same of many members `m` at once, for lists: 1 for whoever is in the scheme and gave none that
    /// holds where they are.
    fragment OWES = {
        sqlite: "CASE WHEN m.state IN ('prepared', 'active', 'paused') AND NOT EXISTS (SELECT 1
            FROM consents c WHERE c.tenant = m.tenant AND c.subject = m.person AND c.subject_kind = 'person'
            AND c.purpose = ?2 AND c.until > ?3 AND c.version >= ?4 AND c.ended_at IS NULL
            AND (c.scope = 'tenant' OR replace(c.scope, '-', '') = 'community:' || lower(hex(m.community))))
            THEN 1 ELSE 0 END",
        postgres: "CASE WHEN m.state IN ('prepared', 'active', 'paused') AND NOT EXISTS (SELECT 1
            FROM consents c WHERE c.tenant = m.tenant AND c.subject = m.person AND c.subject_kind = 'person'
            AND c.purpose = $2 AND c.until > $3 AND c.version >= $4 AND c.ended_at IS NULL
            AND (c.scope = 'tenant' OR c.scope = 'community:' || CAST(m.community AS TEXT)))
            THEN 1 ELSE 0 END",
    };
}

/// The first version of `P`'s text that still counts.
pub(crate) async fn floor_of<P: NeedsConsent>(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    text::floor(tx, &PurposeKey::of::<P>()).await
}

/// Proof that somebody consents to a purpose at this moment. [`consented`] alone makes it: what needs the
/// consent takes it, and so cannot be called without.
#[derive(Debug)]
pub struct Consented<P> {
    subject: Subject,
    consent: ConsentId,
    purpose: PhantomData<fn() -> P>,
}

impl<P: NeedsConsent> Consented<P> {
    /// Whose data it is about.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        self.subject
    }

    /// Which consent it rests on.
    #[must_use]
    pub const fn consent(&self) -> ConsentId {
        self.consent
    }
}

/// The proof that `subject` consents to `P`, for something that lies at `reach`.
///
/// # Errors
/// Refused with `consent-missing` where they never did, have withdrawn it, its term is over, its text was
/// renewed, or it holds elsewhere.
pub async fn consented<P: NeedsConsent>(
    tx: &mut Tx<'_>,
    subject: Subject,
    reach: &Reach,
    at: Timestamp,
) -> Result<Consented<P>, Failure> {
    let purpose = PurposeKey::of::<P>();
    let floor = text::floor(tx, &purpose).await?;
    let values = params![tx.tenant(), subject.id(), subject.kind(), purpose, at, floor];
    let given: Vec<(ConsentId, Scope)> = tx.all(HOLDING, values).await?;
    let holding = given.into_iter().find(|(_, scope)| scope.covers(reach));
    let (consent, _) = holding.ok_or_else(|| missing(&purpose))?;
    Ok(Consented { subject, consent, purpose: PhantomData })
}

fn missing(purpose: &PurposeKey) -> Refusal {
    Refusal::new(RefusalKind::Forbidden, "consent-missing").with("purpose", purpose)
}
