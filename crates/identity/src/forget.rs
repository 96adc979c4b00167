//! Letting go of what is of no use any more.

use qige_db::{Command, Failure, Isolation, Tx, params, statements};
use qige_kernel::Timestamp;

use crate::{passkey, request_keys, sign_in};

/// How long an ended credential stays, microseconds: so that a person can still ask when it ended.
pub const CREDENTIAL_KEPT_MICROS: i64 = 30 * Timestamp::DAY;

statements! {
    /// Credentials that ended long ago.
    CREDENTIALS = "DELETE FROM credentials WHERE tenant = $1
        AND (expires_at <= $2 OR revoked_at <= $2 OR last_used_at + idle_micros <= $2)";
}

/// Lets go of old wrong tries, codes and questions to devices, browsers not seen for long, answered requests
/// and ended credentials. To be run every hour or so.
#[derive(Clone, Copy, Debug)]
pub struct ForgetOld {
    /// When.
    pub at: Timestamp,
}

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Wrong tries to sign in.
    pub tries: u64,
    /// What browsers were asked to sign.
    pub passkey_asks: u64,
    /// Codes that were asked for.
    pub codes: u64,
    /// Browsers that nobody came in by for long.
    pub browsers: u64,
    /// Answered requests.
    pub request_keys: u64,
    /// Ended credentials.
    pub credentials: u64,
}

impl Command for ForgetOld {
    type Output = Forgotten;
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Forgotten, Failure> {
        let before = self.at.plus(-CREDENTIAL_KEPT_MICROS);
        Ok(Forgotten {
            tries: sign_in::forget(tx, self.at).await?,
            passkey_asks: passkey::forget(tx, self.at).await?,
            codes: sign_in::forget_codes(tx, self.at).await?,
            browsers: sign_in::forget_browsers(tx, self.at).await?,
            request_keys: request_keys::forget(tx, self.at).await?,
            credentials: tx.execute(CREDENTIALS, params![tx.tenant(), before]).await?,
        })
    }
}
