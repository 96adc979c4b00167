//! Letting go of what is no longer needed. What is not kept cannot leak.

use qige_blobs::sweep;
use qige_db::Asker;
use qige_identity::ForgetOld;
use qige_jobs::{JobError, Schedule};
use qige_kernel::Timestamp;
use qige_sync::expire;

use crate::App;

/// Objects that nobody holds, and uploads that never ended: nightly, at 03:10 in China.
pub(crate) const SWEEP: Schedule = Schedule {
    name: "objects.sweep",
    kind: "objects.sweep",
    every_micros: Timestamp::DAY,
    offset_micros: 19 * Timestamp::HOUR + 10 * Timestamp::MINUTE,
};
/// Ended credentials, old tries at signing in, keys of old requests.
pub(crate) const FORGET: Schedule = Schedule {
    name: "identity.forget",
    kind: "identity.forget",
    every_micros: Timestamp::HOUR,
    offset_micros: 17 * Timestamp::MINUTE,
};

/// Sweeps objects and uploads of one tenant.
pub(crate) async fn sweep_objects(app: App, asker: Asker) -> Result<(), JobError> {
    let now = app.now();
    let expired = expire(&app.db, &app.uploads.staging, asker.tenant, now).await.map_err(retry)?;
    let swept = sweep(&app.db, &app.store, asker.tenant, now).await.map_err(retry)?;
    if (expired, swept) != Default::default() {
        tracing::info!(?expired, ?swept, "let go of what nobody holds");
    }
    Ok(())
}

/// Forgets what identity no longer needs.
pub(crate) async fn forget(app: App, asker: Asker) -> Result<(), JobError> {
    app.db.write(asker, ForgetOld { at: app.now() }).await?;
    Ok(())
}

fn retry(error: impl std::fmt::Display) -> JobError {
    JobError::Retry(error.to_string())
}
