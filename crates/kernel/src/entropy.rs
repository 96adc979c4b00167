//! Where chance comes from.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use uuid::Uuid;

use crate::Timestamp;

/// A shared source of random bytes and ids. Passed in wherever chance matters, so that a seed gives the
/// same town again.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<Source>>);

struct Source {
    random: StdRng,
    /// The instant of the last of [`Entropy::id_in_order`], and its number within it.
    last: (u64, u64),
}

/// Bits of the number by which ids of one instant are ordered: twelve before the variant, the rest after it.
const NUMBER_BITS: u32 = 34;
const LOW_BITS: u32 = NUMBER_BITS - 12;
const LOW_MASK: u64 = (1 << LOW_BITS) - 1;
/// Bits behind the number that are chance.
const CHANCE_BITS: u32 = 62 - LOW_BITS;
const CHANCE_MASK: u64 = (1 << CHANCE_BITS) - 1;

impl Entropy {
    /// Seeded by the operating system: for everything that must not be guessed.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn from_system() -> Result<Self, std::io::Error> {
        let mut seed = [0; 32];
        SysRng.try_fill_bytes(&mut seed).map_err(std::io::Error::other)?;
        Ok(Self::of(StdRng::from_seed(seed)))
    }

    /// The same bytes every time: for tests and for the simulated town.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::of(StdRng::seed_from_u64(seed))
    }

    fn of(random: StdRng) -> Self {
        Self(Arc::new(Mutex::new(Source { random, last: (0, 0) })))
    }

    fn source(&self) -> MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.source().random.fill_bytes(&mut bytes);
        bytes
    }

    /// A new id of the wanted kind, ordered by `now` (UUID version 7, RFC 9562 §5.7).
    #[must_use]
    pub fn id<T: From<Uuid>>(&self, now: Timestamp) -> T {
        uuid::Builder::from_unix_timestamp_millis(now.millis(), &self.bytes()).into_uuid().into()
    }

    /// As [`Entropy::id`] for an instant that many ids share: they sort as they were drawn, so that an index
    /// over them grows at its end (RFC 9562 §6.2, method 1). The first of an instant has a number by chance.
    #[must_use]
    pub fn id_in_order<T: From<Uuid>>(&self, at: Timestamp) -> T {
        let instant = at.millis();
        let mut source = self.source();
        let (chance, first) = (source.random.next_u64() & CHANCE_MASK, source.random.next_u64());
        let (last, number) = source.last;
        // The first from the lower half, so that there is always room above it.
        let number = if last == instant { number + 1 } else { first >> (u64::BITS - NUMBER_BITS + 1) };
        source.last = (instant, number);
        drop(source);
        let (high, low) = (u128::from(number >> LOW_BITS), u128::from(number & LOW_MASK));
        let (instant, chance) = (u128::from(instant), u128::from(chance));
        let (version, variant) = (7 << 76, 0b10 << 62);
        Uuid::from_u128(instant << 80 | version | high << 64 | variant | low << CHANCE_BITS | chance).into()
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
    fn ids_of_one_instant_sort_as_they_were_drawn() {
        let entropy = Entropy::from_system().unwrap();
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let ids: Vec<CaseId> = (0..10_000).map(|_| entropy.id_in_order(now)).collect();
        assert!(ids.is_sorted());
        let (first, last) = (ids[0].0, ids[9_999].0);
        assert_eq!((last.get_version_num(), last.get_variant()), (7, uuid::Variant::RFC4122));
        assert_eq!(first.get_timestamp().unwrap().to_unix(), (1_790_000_000, 0));
        assert_eq!(last.get_timestamp(), first.get_timestamp());
        let next: CaseId = entropy.id_in_order(now.plus(Timestamp::SECOND));
        assert!(next > ids[9_999]);
        let again: CaseId = entropy.id_in_order(now);
        assert!(!ids.contains(&again));
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
