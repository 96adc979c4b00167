//! What is sealed under an old key goes under the newest: each night, and when a new key was made.

use qige_db::Asker;
use qige_jobs::{JobError, Schedule};
use qige_kernel::Timestamp;

use crate::App;
use crate::keys::SEALED;

/// Nightly, at 03:50 in China; also lets go of keys under which nothing is any more.
pub(crate) const RESEAL: Schedule = Schedule {
    name: "identity.reseal",
    kind: "identity.reseal",
    every_micros: Timestamp::DAY,
    offset_micros: 19 * Timestamp::HOUR + 50 * Timestamp::MINUTE,
};

/// Goes through everything that is sealed. Stopped half-way it goes on next time.
pub(crate) async fn reseal(app: App, asker: Asker) -> Result<(), JobError> {
    let resealed = app.vault.reseal(asker.tenant, &SEALED).await? + app.reseal_proofs(asker.tenant).await?;
    if resealed > 0 {
        tracing::info!(resealed, "sealed under a newer key");
    }
    Ok(())
}
