//! A case turned out to be about somebody who needs help: no photo of it is kept (domain.md §2.1), also where
//! that was only seen when it was filed.

use qige_blobs::erase;
use qige_cases::{CommandName, store};
use qige_db::{Asker, Command, Db, Failure, Tx};
use qige_jobs::{Job, JobError, NewJob, complete, enqueue};
use qige_kernel::{CaseId, Timestamp};

/// The job's name. Its payload is the case.
pub(crate) const ERASE_PHOTOS: &str = "case-photos-erase";

/// Has the photos of a case erased, should its matter ask for that once its naming can no longer be undone.
pub(super) async fn watch(
    tx: &mut Tx<'_>,
    case: CaseId,
    command: CommandName,
    settled_at: Timestamp,
) -> Result<(), Failure> {
    let names_it = matches!(command, CommandName::File | CommandName::Correct | CommandName::Merge);
    if names_it && !store::may_have_photos(tx, case).await? {
        enqueue(tx, NewJob::new(ERASE_PHOTOS, case, settled_at)).await?;
    }
    Ok(())
}

/// Does the job.
pub(crate) async fn react(db: Db, asker: Asker, job: Job, now: Timestamp) -> Result<(), JobError> {
    let case = job.read()?;
    Ok(db.write(asker, ErasePhotos { case, job, now }).await?)
}

struct ErasePhotos {
    case: CaseId,
    job: Job,
    now: Timestamp,
}

impl Command for ErasePhotos {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        // Undone or corrected in the meantime, it keeps them.
        if !store::may_have_photos(tx, self.case).await? {
            for photo in store::photos_of_case(tx, self.case).await? {
                erase(tx, photo, self.now).await?;
            }
            tx.announce("case", self.case.0);
        }
        complete(tx, &self.job, self.now).await?;
        Ok(())
    }
}
