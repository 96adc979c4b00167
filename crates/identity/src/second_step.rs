//! The second step at sign-in: something one has, beside the password that one knows.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `totp.rs` | [`StepSecret`]: codes by time (RFC 6238); pure |
//! | `recovery.rs` | [`RecoveryCode`]: codes on paper; pure |
//! | `set_up.rs` | begun, confirmed, recovery codes drawn anew, switched off, reset |

mod recovery;
mod set_up;
mod totp;

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{KeyClass, Sealed, SealedColumn, SecondWay};

pub use recovery::RecoveryCode;
pub use set_up::{
    BEGUN_MICROS, BeginSecondStep, EndSecondStep, RenewRecoveryCodes, begun_second_step, confirm_second_step,
};
pub(crate) use set_up::{digits, opened};
pub use totp::StepSecret;

/// The setting under which a tenant keeps its [`SecondStepRule`].
pub const SECOND_STEP: &str = "second-step";

/// Who must have a second step, as a tenant sets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SecondStepRule {
    /// Everybody with a role that is work.
    pub staff: bool,
}

statements! {
    /// What a person has.
    KEPT = "SELECT secret, begun_at, confirmed_at, last_step FROM second_steps
        WHERE tenant = $1 AND person = $2";
    /// How many codes are left.
    LEFT = "SELECT COUNT(*) FROM recovery_codes WHERE tenant = $1 AND person = $2";
    /// Notes the step of a code that came right; nothing where a later one was used meanwhile.
    USE_STEP = "UPDATE second_steps SET last_step = $3
        WHERE tenant = $1 AND person = $2 AND confirmed_at IS NOT NULL AND last_step < $3";
    /// Takes one code off.
    USE_CODE = "DELETE FROM recovery_codes WHERE tenant = $1 AND person = $2 AND code_sha256 = $3";
    /// The secret goes.
    ERASE = "DELETE FROM second_steps WHERE tenant = $1 AND person = $2";
    /// All codes go.
    ERASE_CODES = "DELETE FROM recovery_codes WHERE tenant = $1 AND person = $2";
    /// Secrets, some at a time.
    SECRETS = "SELECT person, secret, CAST(NULL AS BYTEA) FROM second_steps
        WHERE tenant = $1 AND person > $2 ORDER BY person LIMIT $3";
    /// A secret as it is kept now; nothing happens where it was changed meanwhile.
    PUT_SECRET = "UPDATE second_steps SET secret = $4 WHERE tenant = $1 AND person = $2 AND secret = $3";
}

/// The secrets of people.
pub static SECOND_STEP_SECRET: SealedColumn = SealedColumn {
    class: KeyClass::SecondStep,
    name: "second_steps.secret",
    index: None,
    read: SECRETS,
    put: PUT_SECRET,
};

from_row! {
    pub(crate) struct KeptStep {
        pub(crate) secret: Sealed,
        pub(crate) begun_at: Timestamp,
        pub(crate) confirmed_at: Option<Timestamp>,
        pub(crate) last_step: i64,
    }
}

pub(crate) async fn kept(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<KeptStep>, DbError> {
    tx.optional(KEPT, params![tx.tenant(), person]).await
}

/// A person's second step, as the person reads about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondStep {
    /// Since when it is asked for.
    pub since: Timestamp,
    /// Recovery codes that are left.
    pub codes_left: i64,
}

/// The second step that a person is asked for; none where they have none.
///
/// # Errors
/// [`DbError`].
pub async fn second_step_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<SecondStep>, DbError> {
    let Some(since) = kept(tx, person).await?.and_then(|kept| kept.confirmed_at) else { return Ok(None) };
    let (codes_left,): (i64,) = tx.one(LEFT, params![tx.tenant(), person]).await?;
    Ok(Some(SecondStep { since, codes_left }))
}

/// What was shown for the second step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Proof {
    /// A code of that step.
    Step(i64),
    /// A code from paper: its hash.
    Code([u8; 32]),
}

impl Proof {
    /// What it was.
    pub(crate) const fn way(self) -> SecondWay {
        match self {
            Self::Step(_) => SecondWay::Code,
            Self::Code(_) => SecondWay::RecoveryCode,
        }
    }

    /// Uses it up; false where it was used before or is none.
    pub(crate) async fn spend(self, tx: &mut Tx<'_>, person: PersonId) -> Result<bool, DbError> {
        let tenant = tx.tenant();
        let spent = match self {
            Self::Step(step) => tx.execute(USE_STEP, params![tenant, person, step]).await?,
            Self::Code(digest) => tx.execute(USE_CODE, params![tenant, person, digest]).await?,
        };
        Ok(spent > 0)
    }
}

/// Nothing is left of a person's second step.
pub(crate) async fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<bool, DbError> {
    tx.execute(ERASE_CODES, params![tx.tenant(), person]).await?;
    Ok(tx.execute(ERASE, params![tx.tenant(), person]).await? > 0)
}

pub(crate) fn wrong() -> Refusal {
    Refusal::invalid("code", "second-step-wrong")
}
