//! Deleting what nobody holds, and what a crash left behind.

use qige_db::{Asker, Db, Failure};
use qige_kernel::{ObjectId, TenantId, Timestamp};

use crate::objects::{EraseUnheld, FilesGone, erased_with_files, unknown};
use crate::{ObjectStore, StoreError};

/// How long an object may be held by nobody: seven days. A photo may travel before its report, and a phone
/// may be without signal for that long.
const UNHELD_MICROS: i64 = 7 * Timestamp::DAY;

/// How old a file without a row must be before it counts as left behind: a day. Rows follow their files
/// within
/// seconds; a day is far beyond any pause of a process that may still write the row.
const ORPHAN_MICROS: i64 = Timestamp::DAY;

/// Most objects in one sweep, so that it never holds up other writers; the rest waits for the next.
const SWEEP_MAX: i64 = 500;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects erased because nobody had held them for seven days.
    pub unheld: u64,
    /// Erased objects whose files were deleted.
    pub deleted: u64,
    /// Files without a row, deleted.
    pub orphans: u64,
}

/// Why a sweep stopped. What it had done stays done; the next goes on.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The database could not.
    #[error(transparent)]
    Db(#[from] Failure),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sweeps one tenant's objects. May run at any time, twice at once, and be killed at any moment.
///
/// # Errors
/// [`SweepError`].
pub async fn sweep(
    db: &Db,
    store: &ObjectStore,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Swept, SweepError> {
    let asker = Asker::system(tenant);
    let unheld_before = now.plus(-UNHELD_MICROS);
    let unheld = db.write(asker, EraseUnheld { unheld_before, now, limit: SWEEP_MAX }).await?;

    let erased =
        db.read(asker, |tx| Box::pin(async move { Ok(erased_with_files(tx, SWEEP_MAX).await?) })).await?;
    let deleted = shred(db, store, tenant, erased, now).await?;

    let mut old = store.written_before(tenant, now.plus(-ORPHAN_MICROS)).await?;
    old.sort_unstable();
    old.dedup();
    let left = db.read(asker, |tx| Box::pin(async move { Ok(unknown(tx, old).await?) })).await?;
    let orphans = delete(store, tenant, &left).await?;
    Ok(Swept { unheld, deleted, orphans })
}

/// Deletes the files of objects that have been erased. What must not wait for the next sweep calls it itself.
///
/// # Errors
/// [`SweepError`]; the next sweep goes on.
pub async fn shred(
    db: &Db,
    store: &ObjectStore,
    tenant: TenantId,
    erased: Vec<ObjectId>,
    now: Timestamp,
) -> Result<u64, SweepError> {
    let deleted = delete(store, tenant, &erased).await?;
    db.write(Asker::system(tenant), FilesGone { objects: erased, now }).await?;
    Ok(deleted)
}

async fn delete(store: &ObjectStore, tenant: TenantId, objects: &[ObjectId]) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for object in objects {
        store.delete(tenant, *object).await?;
        deleted += 1;
    }
    Ok(deleted)
}
