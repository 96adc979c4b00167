//! Where chance comes from.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use uuid::Uuid;

use crate::Timestamp;

/// A shared source of random bytes and ids. Passed in wherever chance matters, so that a seed gives the
/// same town again.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<StdRng>>);

impl Entropy {
    /// Seeded by the operating system: for everything that must not be guessed.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn from_system() -> Result<Self, std::io::Error> {
        let mut seed = [0; 32];
        SysRng.try_fill_bytes(&mut seed).map_err(std::io::Error::other)?;
        Ok(Self(Arc::new(Mutex::new(StdRng::from_seed(seed)))))
    }

    /// The same bytes every time: for tests and for the simulated town.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A new id of the wanted kind, ordered by `now` (UUID version 7, RFC 9562 §5.7).
    #[must_use]
    pub fn id<T: From<Uuid>>(&self, now: Timestamp) -> T {
        uuid::Builder::from_unix_timestamp_millis(now.millis(), &self.bytes()).into_uuid().into()
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CaseId;

    #[test]
    fn a_seed_gives_the_same_ids_again() {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let first: CaseId = Entropy::seeded(7).id(now);
        assert_eq!(first, Entropy::seeded(7).id(now));
        assert_ne!(first, Entropy::seeded(8).id(now));
        assert_eq!(first.0.get_version_num(), 7);
    }

    #[test]
    fn later_ids_sort_later() {
        let entropy = Entropy::from_system().unwrap();
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let early: CaseId = entropy.id(now);
        let late: CaseId = entropy.id(now.plus(Timestamp::SECOND));
        assert!(early < late);
    }
}
