//! Two communities became one: open cases follow, each with a line in its journal. Not in the merge's own
//! transaction, which would hold up every other for as long as a community has cases.

use qige_cases::store::open_in;
use qige_cases::{By, Correct, Place};
use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::{Scope, Stamp, hand_over};
use qige_jobs::{Job, JobError, NewJob, enqueue};
use qige_kernel::{PlaceId, Timestamp};
use qige_places::MergePlace;
use serde::{Deserialize, Serialize};

use crate::{App, Order};

/// The job that lets cases follow.
pub(crate) const KIND: &str = "places.merged";
/// Reports that were being placed meanwhile have arrived by then: held indexes are renewed within seconds.
const STRAGGLERS_MICROS: i64 = Timestamp::MINUTE;

/// Merges a community or village into another, with the roles that are held over it; its open cases follow.
#[derive(Clone, Debug)]
pub struct MergeCommunity {
    /// The places.
    pub merge: MergePlace,
    /// When and in which role grants go over.
    pub stamp: Stamp,
}

/// What went over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedCommunity {
    /// Places that lay in it.
    pub places: usize,
    /// Roles that were held over it.
    pub roles: usize,
}

#[derive(Serialize, Deserialize)]
struct Merged {
    from: PlaceId,
    into: PlaceId,
    reason: String,
}

impl Command for MergeCommunity {
    type Output = MergedCommunity;

    /// # Errors
    /// Those of [`MergePlace`].
    async fn run(&self, tx: &mut Tx<'_>) -> Result<MergedCommunity, Failure> {
        let (from, into, at) = (self.merge.id, self.merge.into, self.stamp.at);
        let places = self.merge.run(tx).await?;
        let roles = hand_over(tx, Scope::Community(from), Scope::Community(into), &self.stamp).await?;
        for due in [at, at.plus(STRAGGLERS_MICROS)] {
            let reason = self.merge.reason.trim().to_owned();
            enqueue(tx, NewJob::new(KIND, Merged { from, into, reason }, due)).await?;
        }
        Ok(MergedCommunity { places, roles })
    }
}

/// Lets the open cases of a merged community follow it.
pub(crate) async fn follow(app: App, asker: Asker, job: Job) -> Result<(), JobError> {
    let Merged { from, into, reason } = job.read()?;
    let found = app.db.read(asker, move |tx| Box::pin(async move { Ok(open_in(tx, from).await?) })).await?;
    let mut changed_meanwhile = false;
    for row in found {
        let community = Some(into);
        let (position, grid, beside_metres) = (row.position(), row.grid, row.beside_metres);
        let place = Place { position, community, grid, beside_metres };
        let correct = Correct { place: Some(place), reason: reason.clone(), ..Correct::default() };
        let order = Order {
            case: row.id,
            expected_version: Some(row.version),
            by: By::System,
            action: correct.into(),
            key: None,
        };
        match app.act(asker, order).await {
            Ok(_) => {}
            Err(Failure::Refused(_)) => changed_meanwhile = true,
            Err(failure) => return Err(failure.into()),
        }
    }
    if changed_meanwhile {
        return Err(JobError::Retry("a case changed meanwhile".to_owned()));
    }
    Ok(())
}
