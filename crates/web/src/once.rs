//! The same request again does nothing again.

use qige_db::{Command, Failure, Tx};
use qige_identity::request_keys::{Claim, claim, finish};
use qige_kernel::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A command with the key that its sender chose: run once, answered the same ever after (for a week). For
/// commands that have no id of their own to tell them apart by.
#[derive(Debug)]
pub struct Once<C> {
    command: C,
    key: Option<Uuid>,
    fingerprint: [u8; 32],
    at: Timestamp,
}

impl<C> Once<C> {
    /// `about` is what was asked for (say, path and form): the same key with something else is refused.
    pub fn new(command: C, key: Option<Uuid>, about: &impl Serialize, at: Timestamp) -> Self {
        let bytes = serde_json::to_vec(about).unwrap_or_default();
        Self { command, key, fingerprint: Sha256::digest(bytes).into(), at }
    }
}

impl<C> Command for Once<C>
where
    C: Command,
    C::Output: Serialize + DeserializeOwned,
{
    type Output = C::Output;
    const ISOLATION: qige_db::Isolation = C::ISOLATION;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<C::Output, Failure> {
        let Some(key) = self.key else { return self.command.run(tx).await };
        if let Claim::Replay(answer) = claim(tx, key, self.fingerprint, self.at).await?
            && let Ok(output) = serde_json::from_value(answer)
        {
            return Ok(output);
        }
        let output = self.command.run(tx).await?;
        let answer = serde_json::to_value(&output).unwrap_or_default();
        finish(tx, key, &answer).await?;
        Ok(output)
    }
}
