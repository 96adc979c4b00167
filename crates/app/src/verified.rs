//! Whether everything that is kept for good still holds: by itself, and against the journals.

use qige_cases::Fault;
use qige_db::journal::{self, Verdict};
use qige_db::{Asker, Failure};
use qige_identity::verify_readings;
use qige_kernel::uuid::Uuid;
use qige_points::PointFault;

use crate::{App, Rooted};

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The chains of all journals.
    pub journals: Verdict,
    /// Cases that differ from what their journals say.
    pub cases: Vec<Fault>,
    /// Whose access log differs from its journal, and at which line.
    pub readings: Vec<(Uuid, i64)>,
    /// Where the ledger of points does not hold.
    pub points: Vec<PointFault>,
    /// Whether the journals still come to the newest root.
    pub rooted: Rooted,
}

impl Verified {
    /// How much does not hold.
    #[must_use]
    pub fn fault_count(&self) -> u64 {
        let beside = self.cases.len() + self.readings.len() + self.points.len();
        let beside = u64::try_from(beside).unwrap_or(u64::MAX);
        self.journals.fault_count.saturating_add(beside) + u64::from(!self.rooted.holds())
    }
}

impl App {
    /// Checks everything of a tenant.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn verified(&self, asker: Asker) -> Result<Verified, Failure> {
        let now = self.now();
        let journals = self.db.read(asker, |tx| Box::pin(async move { Ok(journal::verify(tx).await?) }));
        let journals = journals.await?;
        let cases = self.db.read(asker, |tx| Box::pin(async move { Ok(qige_cases::verify(tx).await?) }));
        let cases = cases.await?;
        let readings =
            self.db.read(asker, move |tx| Box::pin(async move { Ok(verify_readings(tx, now).await?) }));
        let readings = readings.await?;
        let points = self.db.read(asker, |tx| Box::pin(async move { Ok(qige_points::verify(tx).await?) }));
        let points = points.await?;
        let rooted = self.rooted(asker).await?;
        Ok(Verified { journals, cases, readings, points, rooted })
    }
}
