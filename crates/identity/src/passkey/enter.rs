//! Signing in by a passkey.

use qige_db::{Actor, Asker, Command, Db, Failure, Isolation, Tx, from_row, params, statements};
use qige_kernel::{Entropy, PersonId, Refusal, RefusalKind, TenantId, Timestamp};
use uuid::Uuid;

use super::keep::answered;
use super::{PasskeyPurpose, Signed, Site};
use crate::sign_in::{Arrival, Begun};
use crate::{Entered, SignInWay, SignedIn, TriedFrom};

statements! {
    /// Whose it is.
    BY_HANDLE = "SELECT id, person, public_key, uses FROM passkeys
        WHERE tenant = $1 AND handle = $2 AND site = $3";
    /// It was used once more: by the device that was used before, or it would have counted less.
    USE = "UPDATE passkeys SET uses = $3, last_used_at = $4
        WHERE tenant = $1 AND id = $2 AND (uses < $3 OR (uses = 0 AND $3 = 0)) RETURNING id";
}

/// Somebody at the door with a passkey.
#[derive(Clone, Debug)]
pub struct PasskeyAttempt {
    /// Of which tenant.
    pub tenant: TenantId,
    /// What the browser answered.
    pub answer: Signed,
    /// Where it stands.
    pub site: Site,
    /// Where it comes from; the same browser was asked.
    pub from: TriedFrom,
    /// What the session is called in the person's list.
    pub label: String,
    /// When.
    pub at: Timestamp,
}

from_row! {
    struct Kept {
        id: Uuid,
        person: PersonId,
        public_key: Vec<u8>,
        uses: u32,
    }
}

/// Lets somebody in by their passkey, which stands for both steps: they have the device, and it made sure of
/// them.
///
/// # Errors
/// Refused as `passkey-unknown` where it is nobody's here, was made for another site, was signed wrongly or
/// copied, or its owner may not come in; as `passkey-over` where the browser was not asked or too long ago.
pub async fn sign_in_by_passkey(
    db: &Db,
    attempt: PasskeyAttempt,
    entropy: &Entropy,
) -> Result<SignedIn, Failure> {
    let PasskeyAttempt { tenant, answer, site, from, label, at } = attempt;
    let asker = Asker { tenant, actor: Actor::Anonymous };
    let (handle, host) = (answer.handle.clone(), site.host.clone());
    let kept = db.read(asker, move |tx| {
        Box::pin(async move { Ok(tx.optional::<Kept>(BY_HANDLE, params![tx.tenant(), handle, host]).await?) })
    });
    let kept = kept.await?.ok_or_else(unknown)?;
    let (challenge, uses) = answer.judged(&kept.public_key, &site).map_err(|_| unknown())?;
    let (person, arrival) = (kept.person, Arrival::new(SignInWay::Passkey, &from, label, at, entropy));
    let browser = from.browser.digest();
    let enter = Enter { id: kept.id, person, challenge, uses, browser, arrival: arrival.clone() };
    let begun = db.write(Asker { tenant, actor: Actor::Person(person) }, enter).await?;
    match arrival.entered(person, begun) {
        Entered::Whole(signed_in) => Ok(signed_in),
        Entered::Half(_) => Err(unknown().into()),
    }
}

fn unknown() -> Refusal {
    Refusal::new(RefusalKind::Invalid, "passkey-unknown")
}

struct Enter {
    id: Uuid,
    person: PersonId,
    challenge: Vec<u8>,
    uses: u32,
    browser: [u8; 32],
    arrival: Arrival,
}

impl Command for Enter {
    type Output = Begun;
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Begun, Failure> {
        let at = self.arrival.at;
        answered(tx, self.browser, PasskeyPurpose::In, &self.challenge, at).await?;
        let used: Option<(Uuid,)> = tx.optional(USE, params![tx.tenant(), self.id, self.uses, at]).await?;
        if used.is_none() {
            return Err(unknown().into());
        }
        Ok(self.arrival.admit(tx, self.person, true).await?.ok_or_else(unknown)?)
    }
}
