//! Who changes places, and when: what every command of this crate is given.

use qige_db::{DbError, Tx, journal};
use qige_kernel::{Entropy, Timestamp};
use serde_json::Value;
use uuid::Uuid;

/// An administrator's change: its instant, the role it is made in, and chance for its line in the journal.
#[derive(Clone, Copy, Debug)]
pub struct Edit {
    /// When.
    pub at: Timestamp,
    /// In which role, kebab-case.
    pub role: &'static str,
    /// Chance for the journal.
    pub salt: [u8; journal::SALT_BYTES],
}

impl Edit {
    /// A change at `at` by somebody acting as `role`.
    #[must_use]
    pub fn new(at: Timestamp, role: &'static str, entropy: &Entropy) -> Self {
        Self { at, role, salt: entropy.bytes() }
    }

    /// Writes the line of this change into the journal of `id`.
    pub(crate) async fn note(
        self,
        tx: &mut Tx<'_>,
        kind: &'static str,
        id: Uuid,
        command: &'static str,
        body: &Value,
    ) -> Result<(), DbError> {
        let (stream, body) = (journal::Stream::new(kind, id), &body.to_string());
        let entry = journal::Entry { stream, at: self.at, role: self.role, command, body, salt: self.salt };
        journal::append(tx, entry).await.map(drop)
    }
}
