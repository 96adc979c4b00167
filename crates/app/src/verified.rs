//! Whether everything that is kept for good still holds: by itself, and against the journals.

use qige_cases::Fault;
use qige_db::journal::{self, Verdict};
use qige_db::{Asker, Failure};
use qige_identity::{ConsentFault, ReadingFault, RootKey, verify_consents, verify_readings};
use qige_points::PointFault;

use crate::{App, Rooted};

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The chains of all journals.
    pub journals: Verdict,
    /// Cases that differ from what their journals say.
    pub cases: Vec<Fault>,
    /// Where the access log differs from its journal.
    pub readings: Vec<ReadingFault>,
    /// Consents that differ from what the journal says.
    pub consents: Vec<ConsentFault>,
    /// Where the ledger of points does not hold.
    pub points: Vec<PointFault>,
    /// Whether the journals still come to the newest root, and all roots follow each other.
    pub rooted: Rooted,
}

impl Verified {
    /// How much does not hold.
    #[must_use]
    pub fn fault_count(&self) -> u64 {
        let of_people = self.readings.len() + self.consents.len() + self.points.len();
        let beside = self.cases.len() + of_people + self.rooted.faults.len();
        self.journals.fault_count.saturating_add(u64::try_from(beside).unwrap_or(u64::MAX))
    }

    /// What does not hold and where, in words for whoever runs the server; of the journals the first
    /// hundred.
    #[must_use]
    pub fn named(&self) -> Vec<String> {
        let journals = self.journals.faults.iter().map(|fault| {
            let journal::Fault { stream, id, seq, what } = fault;
            format!("journal {stream} {id} line {seq}: {what}")
        });
        let cases = self.cases.iter().map(ToString::to_string);
        let readings = self.readings.iter().map(ToString::to_string);
        let consents = self.consents.iter().map(ToString::to_string);
        let points = self.points.iter().map(ToString::to_string);
        let roots = self.rooted.faults.iter().map(ToString::to_string);
        journals.chain(cases).chain(readings).chain(consents).chain(points).chain(roots).collect()
    }
}

impl App {
    /// Checks everything of a tenant. Roots must be signed by one of `keys`; where there are none, by one
    /// that the tenant has.
    ///
    /// # Errors
    /// Those of the database and of reading files.
    pub async fn verified(&self, asker: Asker, keys: &[RootKey]) -> Result<Verified, Failure> {
        let now = self.now();
        let journals = self.db.read(asker, |tx| Box::pin(async move { Ok(journal::verify(tx).await?) }));
        let journals = journals.await?;
        let cases = self.db.read(asker, |tx| Box::pin(async move { Ok(qige_cases::verify(tx).await?) }));
        let cases = cases.await?;
        let readings =
            self.db.read(asker, move |tx| Box::pin(async move { Ok(verify_readings(tx, now).await?) }));
        let readings = readings.await?;
        let consents =
            self.db.read(asker, move |tx| Box::pin(async move { Ok(verify_consents(tx, now).await?) }));
        let consents = consents.await?;
        let points = self.db.read(asker, |tx| Box::pin(async move { Ok(qige_points::verify(tx).await?) }));
        let points = points.await?;
        let rooted = self.rooted(asker, keys).await?;
        Ok(Verified { journals, cases, readings, consents, points, rooted })
    }
}
