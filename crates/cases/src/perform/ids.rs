//! Chance, drawn before a command runs, so that running it again does the same.

use qige_db::journal::SALT_BYTES;
use qige_kernel::{Entropy, Timestamp};
use uuid::Uuid;

/// Ids that one command needs at most: a dispatch to thirteen units with its clock, and some to spare.
const IDS: usize = 20;
/// Lines that one command writes at most: its own, and one each on the case that it frees this one from and
/// on the one that it ties it to.
const LINES: usize = 3;

/// Ids and salts for one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    pub(crate) ids: [Uuid; IDS],
    pub(crate) salts: [[u8; SALT_BYTES]; LINES],
}

impl Ids {
    /// Draws them.
    #[must_use]
    pub fn draw(entropy: &Entropy, now: Timestamp) -> Self {
        Self {
            ids: std::array::from_fn(|_| entropy.id(now)),
            salts: std::array::from_fn(|_| entropy.bytes()),
        }
    }
}
