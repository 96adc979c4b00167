//! A second step is begun, confirmed by its first code, given other recovery codes, switched off or reset.

use qige_db::{Asker, Command, DbError, Failure, Tx, params, statements};
use qige_kernel::{Entropy, PersonId, Refusal, RefusalKind, Timestamp};
use serde_json::json;

use super::{KeptStep, RecoveryCode, SECOND_STEP_SECRET, StepSecret, erase, kept, wrong};
use crate::name::search_key;
use crate::person::require_active;
use crate::{Sealed, Stamp, Vault};

/// How long a secret that was shown waits for its first code, microseconds: nobody confirms later one that
/// somebody else may have looked at.
pub const BEGUN_MICROS: i64 = 15 * Timestamp::MINUTE;

statements! {
    /// A secret that waits for its first code, in the place of one that waited before.
    BEGIN = "INSERT INTO second_steps (tenant, person, secret, begun_at, last_step)
        VALUES ($1, $2, $3, $4, -1)
        ON CONFLICT (tenant, person) DO UPDATE SET secret = excluded.secret, begun_at = excluded.begun_at
        WHERE second_steps.confirmed_at IS NULL";
    /// The first code of this secret came right.
    CONFIRM = "UPDATE second_steps SET confirmed_at = $4, last_step = $5
        WHERE tenant = $1 AND person = $2 AND secret = $3 AND confirmed_at IS NULL";
    /// All codes go.
    ERASE_CODES = "DELETE FROM recovery_codes WHERE tenant = $1 AND person = $2";
    /// One more code.
    KEEP_CODE = "INSERT INTO recovery_codes (tenant, person, code_sha256) VALUES ($1, $2, $3)";
}

fn missing() -> Refusal {
    Refusal::new(RefusalKind::Conflict, "second-step-missing")
}

/// Draws a secret for a person and keeps it, sealed, until its first code comes. Refused as
/// `second-step-there` where they have a second step.
#[derive(Clone, Debug)]
pub struct BeginSecondStep {
    person: PersonId,
    secret: Sealed,
    at: Timestamp,
}

impl BeginSecondStep {
    /// A new secret for that person.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub async fn draw(
        vault: &Vault,
        asker: Asker,
        person: PersonId,
        at: Timestamp,
        entropy: &Entropy,
    ) -> Result<Self, Failure> {
        let plain = StepSecret::draw(entropy).plain();
        let secret = vault.seal(SECOND_STEP_SECRET.field(asker.tenant, person.0), &plain).await?;
        Ok(Self { person, secret, at })
    }
}

impl Command for BeginSecondStep {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        require_active(tx, self.person).await?;
        let values = params![tx.tenant(), self.person, self.secret, self.at];
        if tx.execute(BEGIN, values).await? == 0 {
            return Err(Refusal::new(RefusalKind::Conflict, "second-step-there").into());
        }
        Ok(())
    }
}

async fn begun(
    vault: &Vault,
    asker: Asker,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<(KeptStep, StepSecret)>, Failure> {
    let read = vault.db().read(asker, move |tx| Box::pin(async move { Ok(kept(tx, person).await?) }));
    let waiting = |kept: &KeptStep| kept.confirmed_at.is_none() && now.since(kept.begun_at) < BEGUN_MICROS;
    let Some(kept) = read.await?.filter(waiting) else { return Ok(None) };
    let secret = opened(vault, asker, person, &kept).await?;
    Ok(Some((kept, secret)))
}

/// The secret of a kept second step.
pub(crate) async fn opened(
    vault: &Vault,
    asker: Asker,
    person: PersonId,
    kept: &KeptStep,
) -> Result<StepSecret, Failure> {
    let field = SECOND_STEP_SECRET.field(asker.tenant, person.0);
    let plain = vault.open(field, &kept.secret).await?;
    let broken = || Refusal::new(RefusalKind::Unavailable, "sealed-broken").with("field", field.name);
    Ok(StepSecret::from_plain(&plain).ok_or_else(broken)?)
}

/// The secret that waits for its first code, to be shown to its owner; none where none does, or for longer
/// than [`BEGUN_MICROS`].
///
/// # Errors
/// `key-lost` and `sealed-broken`; those of the database.
pub async fn begun_second_step(
    vault: &Vault,
    asker: Asker,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<StepSecret>, Failure> {
    Ok(begun(vault, asker, person, now).await?.map(|(_, secret)| secret))
}

/// From now on the second step is asked for, if this is a code of the secret that waits. Answers with the
/// recovery codes, which nothing shows again.
///
/// # Errors
/// Refused as `second-step-missing` where nothing waits, as `second-step-wrong` where the code is another;
/// those of [`begun_second_step`].
pub async fn confirm_second_step(
    vault: &Vault,
    asker: Asker,
    person: PersonId,
    code: &str,
    stamp: Stamp,
    entropy: &Entropy,
) -> Result<Vec<RecoveryCode>, Failure> {
    let (kept, secret) = begun(vault, asker, person, stamp.at).await?.ok_or_else(missing)?;
    let step = secret.step_of(&digits(code), stamp.at, kept.last_step).ok_or_else(wrong)?;
    let codes = RecoveryCode::draw(entropy);
    let confirm = Confirm { person, secret: kept.secret, step, codes: codes.clone(), stamp };
    vault.db().write(asker, confirm).await?;
    Ok(codes)
}

/// What people type, without the space that authenticators show in the middle.
pub(crate) fn digits(code: &str) -> String {
    search_key(code).chars().filter(|letter| !letter.is_whitespace()).collect()
}

struct Confirm {
    person: PersonId,
    secret: Sealed,
    step: i64,
    codes: Vec<RecoveryCode>,
    stamp: Stamp,
}

impl Command for Confirm {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let values = params![tx.tenant(), self.person, self.secret, self.stamp.at, self.step];
        if tx.execute(CONFIRM, values).await? == 0 {
            return Err(missing().into());
        }
        keep_codes(tx, self.person, &self.codes).await?;
        self.stamp.end_others(tx, self.person).await?;
        let body = json!({ "codes": self.codes.len() });
        Ok(self.stamp.note(tx, "person", self.person.0, "set-second-step", &body).await?)
    }
}

async fn keep_codes(tx: &mut Tx<'_>, person: PersonId, codes: &[RecoveryCode]) -> Result<(), DbError> {
    tx.execute(ERASE_CODES, params![tx.tenant(), person]).await?;
    for code in codes {
        tx.execute(KEEP_CODE, params![tx.tenant(), person, code.digest(person)]).await?;
    }
    Ok(())
}

/// Puts other recovery codes in the place of those there were.
#[derive(Clone, Debug)]
pub struct RenewRecoveryCodes {
    person: PersonId,
    codes: Vec<RecoveryCode>,
    stamp: Stamp,
}

impl RenewRecoveryCodes {
    /// New ones for that person.
    #[must_use]
    pub fn draw(person: PersonId, stamp: Stamp, entropy: &Entropy) -> Self {
        Self { person, codes: RecoveryCode::draw(entropy), stamp }
    }
}

impl Command for RenewRecoveryCodes {
    /// What was drawn; nothing shows it again.
    type Output = Vec<RecoveryCode>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<RecoveryCode>, Failure> {
        if kept(tx, self.person).await?.and_then(|kept| kept.confirmed_at).is_none() {
            return Err(missing().into());
        }
        keep_codes(tx, self.person, &self.codes).await?;
        self.stamp.end_others(tx, self.person).await?;
        let body = json!({ "codes": self.codes.len() });
        self.stamp.note(tx, "person", self.person.0, "renew-recovery-codes", &body).await?;
        Ok(self.codes.clone())
    }
}

/// The password alone is enough again.
#[derive(Clone, Copy, Debug)]
pub struct EndSecondStep {
    /// Whose.
    pub person: PersonId,
    /// Whether somebody else does it, for a person who lost phone and paper.
    pub reset: bool,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for EndSecondStep {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if !erase(tx, self.person).await? {
            return Err(missing().into());
        }
        let command = if self.reset { "reset-second-step" } else { "end-second-step" };
        // Of the person: whoever resets it does so in a session of their own, which is not among them.
        self.stamp.end_others(tx, self.person).await?;
        Ok(self.stamp.note(tx, "person", self.person.0, command, &json!({})).await?)
    }
}
