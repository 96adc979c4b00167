//! Another secret for a session that goes on.

use qige_db::{Command, Failure, Isolation, Tx, params, statements};
use qige_kernel::{CredentialId, Timestamp};

statements! {
    /// What its browser shows from now on; nothing where the session has ended meanwhile.
    REDRAW = "UPDATE credentials SET secret_sha256 = $3
        WHERE tenant = $1 AND id = $2 AND kind = 'session' AND revoked_at IS NULL RETURNING expires_at";
}

/// Puts another secret in the place of the one that the session's browser showed: whoever had come by that
/// one is out when its owner proves anew who they are. Answers when the session ends in any case.
#[derive(Clone, Copy, Debug)]
pub struct RedrawSession {
    /// Which one.
    pub credential: CredentialId,
    /// Of the new secret.
    pub digest: [u8; 32],
}

impl Command for RedrawSession {
    type Output = Option<Timestamp>;
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Failure> {
        let values = params![tx.tenant(), self.credential, self.digest];
        let kept: Option<(Timestamp,)> = tx.optional(REDRAW, values).await?;
        tx.announce("credential", self.credential.0);
        Ok(kept.map(|(until,)| until))
    }
}
