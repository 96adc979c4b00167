//! Dice with a seed: the same seed throws the same town.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A stream of seeded chance.
#[derive(Debug)]
pub struct Chance(StdRng);

impl Chance {
    /// The stream that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A fraction from 0 up to, not including, 1.
    pub fn fraction(&mut self) -> f64 {
        // 32 bits are as fine as a town needs, and every one of them is exact in an f64.
        f64::from(self.0.next_u32()) / (f64::from(u32::MAX) + 1.0)
    }

    /// A number from `low` up to, not including, `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.fraction()
    }

    /// True with probability `part`.
    pub fn happens(&mut self, part: f64) -> bool {
        self.fraction() < part
    }

    /// A whole number below `limit`; 0 when the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.0.next_u64() % limit).unwrap_or(0)
    }

    /// One of them; none when there is none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// One of them, the heavier the likelier; none when all weigh nothing.
    pub fn weighted<'a, T>(&mut self, items: &'a [T], weight: impl Fn(&T) -> f64) -> Option<&'a T> {
        let total: f64 = items.iter().map(&weight).sum();
        let mut left = self.fraction() * total;
        items.iter().find(|item| {
            left -= weight(item);
            left < 0.0
        })
    }

    /// A waiting time with the given mean, as events that do not know each other leave between them.
    pub fn waiting(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.fraction()).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_throws_the_same_again() {
        let throw = |seed| {
            let mut chance = Chance::new(seed);
            (chance.below(1000), chance.below(1000), chance.below(1000))
        };
        assert_eq!(throw(3), throw(3));
        assert_ne!(throw(3), throw(4));
    }

    #[test]
    fn weights_are_kept() {
        let mut chance = Chance::new(1);
        let items = [("a", 1.0), ("b", 3.0), ("never", 0.0)];
        let thrown: Vec<_> = (0..4_000).filter_map(|_| chance.weighted(&items, |item| item.1)).collect();
        let bs = thrown.iter().filter(|item| item.0 == "b").count();
        assert_eq!(thrown.len(), 4_000);
        assert!((2_850..3_150).contains(&bs), "{bs}");
        assert!(thrown.iter().all(|item| item.0 != "never"));
    }
}
