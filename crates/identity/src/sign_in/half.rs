//! Half-way in: the password was right, and a code is owed.
//!
//! Wrong codes count like wrong passwords of the same account from the same address, and a right password
//! does not take them off the record.

use qige_db::{Actor, Asker, Command, Failure, Isolation, Tx, params, statements};
use qige_kernel::{CredentialId, Entropy, PersonId, Refusal, RefusalKind, TenantId, Timestamp};
use serde_json::json;

use super::browser::{TriedFrom, see};
use super::enter::{NewSession, pardon};
use super::{Account, Came, Knock, SignInWay, SignedIn, Tried};
use crate::second_step::{Proof, RecoveryCode, digits, kept, opened, wrong};
use crate::{CredentialKind, Secret, Stamp, Vault};

/// How long somebody has for the second step, microseconds: to find the phone, not to leave the desk.
pub const HALF_MICROS: i64 = 5 * Timestamp::MINUTE;

statements! {
    /// Who is half-way in by this secret, by what browser, and by what way.
    HALF = "SELECT person, label, way FROM credentials WHERE tenant = $1 AND secret_sha256 = $2
        AND kind = 'half' AND revoked_at IS NULL AND expires_at > $3";
    /// The person may still come in. A change that changes nothing, so that whoever pauses the person or
    /// changes the password at this moment sees the new session and ends it.
    STILL_HERE = "UPDATE people SET state = state WHERE tenant = $1 AND id = $2 AND state = 'active'
        RETURNING id";
    /// The way is gone once.
    GONE = "UPDATE credentials SET revoked_at = $3 WHERE tenant = $1 AND secret_sha256 = $2
        AND kind = 'half' AND revoked_at IS NULL AND expires_at > $3 RETURNING id";
}

/// Somebody whose password was right.
#[derive(Clone, Debug)]
pub struct HalfIn {
    /// What the browser shows with the code.
    pub secret: Secret,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Somebody half-way in, with a code.
#[derive(Clone, Debug)]
pub struct SecondAttempt {
    /// Of which tenant.
    pub tenant: TenantId,
    /// What the browser shows.
    pub half: Secret,
    /// What was typed: six digits, or a recovery code.
    pub code: String,
    /// Where it comes from.
    pub from: TriedFrom,
    /// When.
    pub at: Timestamp,
}

/// Lets somebody in whose password was right, by a code of their authenticator or from paper.
///
/// # Errors
/// Refused as `second-step-over` when it took too long or was done, as `second-step-wrong` when the code is
/// wrong or was used, and as [`sign_in`](super::sign_in) when it was wrong too often.
pub async fn sign_in_second(
    vault: &Vault,
    attempt: SecondAttempt,
    entropy: &Entropy,
) -> Result<SignedIn, Failure> {
    let SecondAttempt { tenant, half, code, from, at } = attempt;
    let db = vault.db();
    let (asker, half) = (Asker { tenant, actor: Actor::Anonymous }, half.digest());
    let found = db.read(asker, move |tx| {
        Box::pin(async move {
            let row: Option<HalfRow> = tx.optional(HALF, params![tx.tenant(), half, at]).await?;
            let Some((person, label, way)) = row else { return Ok(None) };
            // What stood half-way in before ways were noted began by the way that most have.
            Ok(Some((person, label, way.unwrap_or(SignInWay::Password), kept(tx, person).await?)))
        })
    });
    let (person, label, way, kept) = found.await?.ok_or_else(over)?;
    let asker = Asker { tenant, actor: Actor::Person(person) };
    let index_key = vault.index_key(tenant).await?;
    let account = Account::Person(person);
    let knock = Knock { id: entropy.id(at), account, from, index_key, at };
    let (id, browser) = (knock.id, knock.from.browser.digest());
    let knocked = db.write(asker, knock).await?;
    let tried = Tried { id, account: knocked.account, lane: knocked.lane, browser };
    let proof = match RecoveryCode::typed(&code) {
        Some(paper) => Proof::Code(paper.digest(person)),
        None => {
            let kept = kept.filter(|kept| kept.confirmed_at.is_some()).ok_or_else(wrong)?;
            let secret = opened(vault, asker, person, &kept).await?;
            Proof::Step(secret.step_of(&digits(&code), at, kept.last_step).ok_or_else(wrong)?)
        }
    };
    let secret = Secret::draw(CredentialKind::Session, entropy);
    let (credential, stamp) = (entropy.id(at), Stamp::new(at, None, entropy));
    let (digest, came) = (secret.digest(), Came { way, second: Some(proof.way()) });
    let finish = Finish { half, person, proof, credential, digest, label, came, tried, stamp };
    let expires_at = db.write(asker, finish).await?;
    Ok(SignedIn { person, credential, secret, expires_at })
}

fn over() -> Refusal {
    Refusal::new(RefusalKind::SignIn, "second-step-over")
}

/// Uses up the code and the way, and begins the session. Answers when it ends in any case.
struct Finish {
    half: [u8; 32],
    person: PersonId,
    proof: Proof,
    credential: CredentialId,
    digest: [u8; 32],
    label: String,
    came: Came,
    tried: Tried,
    stamp: Stamp,
}

type HalfRow = (PersonId, String, Option<SignInWay>);

impl Command for Finish {
    type Output = Timestamp;
    /// As with the first step; code and way are each used up by a change of one row.
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Timestamp, Failure> {
        let (tenant, person, at) = (tx.tenant(), self.person, self.stamp.at);
        let here: Option<(PersonId,)> = tx.optional(STILL_HERE, params![tenant, person]).await?;
        let way: Option<(CredentialId,)> = tx.optional(GONE, params![tenant, self.half, at]).await?;
        if here.is_none() || way.is_none() {
            return Err(over().into());
        }
        if !self.proof.spend(tx, person).await? {
            return Err(wrong().into());
        }
        if matches!(self.proof, Proof::Code(_)) {
            self.stamp.note(tx, "person", person.0, "use-recovery-code", &json!({})).await?;
        }
        let (credential, digest, label) = (self.credential, self.digest, self.label.as_str());
        let new = NewSession { person, credential, digest, label, came: self.came, at };
        let expires_at = new.begin(tx).await?;
        see(tx, person, self.tried.browser, at).await?;
        pardon(tx, &self.tried).await?;
        Ok(expires_at)
    }
}
