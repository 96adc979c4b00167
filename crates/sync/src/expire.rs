//! Letting go of what was never finished or never used.

use qige_blobs::{Holder, HolderKind, release};
use qige_db::{Asker, Command, Db, Failure, Tx};
use qige_kernel::{ObjectId, TenantId, Timestamp};

use crate::upload::{Upload, UploadState, expired, forget};
use crate::{Staging, StagingError};

/// Most uploads let go of at once; the rest waits for the next time.
const EXPIRE_MAX: i64 = 500;

/// What was let go of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Uploads that never ended.
    pub unfinished: u64,
    /// Objects whose report never came.
    pub unused: u64,
}

/// Why it stopped. What was let go of stays so; the next time goes on.
#[derive(Debug, thiserror::Error)]
pub enum ExpireError {
    /// The database could not.
    #[error(transparent)]
    Db(#[from] Failure),
    /// The staging area could not.
    #[error(transparent)]
    Staging(#[from] StagingError),
}

/// Lets go of one tenant's uploads whose time has come. May run twice at once.
///
/// # Errors
/// [`ExpireError`].
pub async fn expire(
    db: &Db,
    staging: &Staging,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Expired, ExpireError> {
    let asker = Asker::system(tenant);
    let read = |state| {
        db.read(asker, move |tx| Box::pin(async move { Ok(expired(tx, state, now, EXPIRE_MAX).await?) }))
    };
    let mut done = Expired::default();
    for state in [UploadState::Receiving, UploadState::Refused, UploadState::Done] {
        for upload in read(state).await? {
            staging.remove(tenant, upload.id).await?;
            let unused = db.write(asker, LetGo { upload, now }).await?;
            done.unfinished += u64::from(state == UploadState::Receiving);
            done.unused += u64::from(unused);
        }
    }
    Ok(done)
}

/// Forgets an upload; true when it had become an object that no report speaks of.
struct LetGo {
    upload: Upload,
    now: Timestamp,
}

impl Command for LetGo {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        forget(tx, self.upload.id).await?;
        let done = self.upload.state == UploadState::Done;
        let unused = done && qige_cases::case_of_report(tx, self.upload.report).await?.is_none();
        if unused {
            let holder = Holder { kind: HolderKind::Report, id: self.upload.report.0 };
            release(tx, ObjectId(self.upload.id.0), holder, self.now).await?;
        }
        Ok(unused)
    }
}
