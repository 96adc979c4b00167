//! What cases are found by: made after what they say was said, so that nobody waits for it who says it. A
//! step of a case does it with its other consequences; here is what has none.

use qige_cases::CommandName;
use qige_cases::search::{CatchUp, refresh};
use qige_db::{Asker, Command, Db, Failure, Tx};
use qige_jobs::{Job, JobError, Schedule, complete};
use qige_kernel::{CaseId, Timestamp};
use serde::Deserialize;

use super::{arriving, earning};
use crate::App;

/// How often it looks for cases that came in: so long a report is not found by its words, and so long what is
/// critical waits until dispatchers are told of it.
pub(crate) const LOOK: Schedule = Schedule {
    name: "cases.search",
    kind: "cases.search",
    every_micros: 10 * Timestamp::SECOND,
    offset_micros: 0,
};

/// Looks for cases that came in, and for all there are where there were none such rows.
pub(crate) async fn look(db: Db, asker: Asker, app: App) -> Result<(), JobError> {
    while db.write(asker, TakeUp { at: app.now() }).await? {}
    Ok(())
}

/// Makes them findable, and tells of those that nobody should wait for.
struct TakeUp {
    at: Timestamp,
}

impl Command for TakeUp {
    /// Whether there may be more.
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        let taken = CatchUp { at: self.at }.take_up(tx).await?;
        arriving::tell_of_critical(tx, &taken.arrived, self.at).await?;
        Ok(taken.more)
    }
}

/// Does the job of a case that somebody joined.
pub(crate) async fn look_again(db: Db, asker: Asker, job: Job, now: Timestamp) -> Result<(), JobError> {
    #[derive(Deserialize)]
    struct Joined {
        case: CaseId,
    }
    let Joined { case } = job.read()?;
    Ok(db.write(asker, Again { case, job, now }).await?)
}

struct Again {
    case: CaseId,
    job: Job,
    now: Timestamp,
}

impl Command for Again {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        refresh(tx, &[self.case]).await?;
        earning::watch(tx, self.case, CommandName::Join, self.now).await?;
        complete(tx, &self.job, self.now).await?;
        Ok(())
    }
}
