//! How often somebody may ask: token buckets in this process.
//!
//! A bucket is refilled evenly and holds a burst; what is not there is refused with the time until it will
//! be. Addresses are shared by whole offices and mobile networks, so their buckets are wide; narrow are those
//! for what costs much or can be guessed at.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use qige_kernel::{CredentialId, Timestamp};

/// What sort of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// Anything with a session, a device or a token.
    Known,
    /// Anything without.
    Stranger,
    /// Sending a report or another form without an account.
    StrangerWrites,
    /// Trying to sign in.
    SignIn,
    /// A phone without an account asking for a credential.
    NewDevice,
    /// A code that was nobody's, or trying to use a set-up code.
    Guess,
}

/// A bucket's size.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// Requests at once.
    burst: f64,
    /// Requests in a minute, in the long run.
    per_minute: f64,
}

impl Class {
    const fn size(self) -> Size {
        match self {
            // A dispatcher at sixty cases an hour with live lists stays far below; a run-away script does
            // not. Of strangers, a community centre's one address for fifty residents who open a bulletin.
            Self::Known | Self::Stranger => Size { burst: 300.0, per_minute: 600.0 },
            // Ten residents of one mobile network's address, each with a report and its photos.
            Self::StrangerWrites => Size { burst: 30.0, per_minute: 30.0 },
            // A hundred riders at a training, in one hall and so from one address. This is against the work
            // alone: guessing is held up by the wrong tries on record, per account and per address.
            Self::SignIn => Size { burst: 120.0, per_minute: 60.0 },
            Self::Guess => Size { burst: 20.0, per_minute: 10.0 },
            Self::NewDevice => Size { burst: 10.0, per_minute: 5.0 },
        }
    }
}

/// By whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum By {
    /// From where. Of an IPv6 address only the network counts: every subscriber has 2⁶⁴ of them.
    Address(IpAddr),
    /// With which credential.
    Credential(CredentialId),
}

impl By {
    /// The address as far as it tells subscribers apart.
    #[must_use]
    pub(crate) fn address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = v6.to_bits() & (u128::MAX << 64);
                Self::Address(IpAddr::V6(network.into()))
            }
            v4 => Self::Address(v4),
        }
    }
}

/// Parts of the table, each with its own lock.
const SHARDS: usize = 16;
/// Buckets in one part at most, some 100 bytes each: full ones are forgotten first.
const BUCKETS_MAX: usize = 8_192;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

/// The buckets of everybody who asked lately.
#[derive(Debug)]
pub(crate) struct Limits {
    shards: [Mutex<HashMap<(Class, By), Bucket>>; SHARDS],
}

impl Default for Limits {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl Limits {
    /// Takes one from the bucket.
    ///
    /// # Errors
    /// Seconds until there will be one again, rounded up.
    pub(crate) fn take(&self, class: Class, by: By, now: Timestamp) -> Result<(), u32> {
        let size = class.size();
        let key = (class, by);
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let at = usize::try_from(hasher.finish()).unwrap_or_default() % SHARDS;
        let Some(shard) = self.shards.get(at) else { return Ok(()) };
        let mut buckets = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX && !buckets.contains_key(&key) {
            buckets.retain(|(class, _), bucket| filled(*bucket, class.size(), now) < class.size().burst);
            if buckets.len() >= BUCKETS_MAX {
                // A flood from very many addresses: starting over lets everybody in once more, which is what
                // an empty table does too.
                buckets.clear();
            }
        }
        let bucket = buckets.entry(key).or_insert(Bucket { left: size.burst, at: now });
        let left = filled(*bucket, size, now);
        bucket.at = bucket.at.max(now);
        if left >= 1.0 {
            bucket.left = left - 1.0;
            return Ok(());
        }
        bucket.left = left;
        Err(whole_seconds((1.0 - left) * 60.0 / size.per_minute))
    }
}

fn filled(bucket: Bucket, size: Size, now: Timestamp) -> f64 {
    // A clock that was set back fills nothing.
    let micros = u32::try_from(now.since(bucket.at).max(0) / 1_000).map_or(f64::MAX, f64::from) * 1_000.0;
    (bucket.left + micros / 60_000_000.0 * size.per_minute).min(size.burst)
}

fn whole_seconds(seconds: f64) -> u32 {
    (1..=3_600).find(|whole| f64::from(*whole) >= seconds).unwrap_or(3_600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_its_burst_and_fills_evenly() {
        let limits = Limits::default();
        let by = By::address("192.0.2.7".parse().unwrap());
        let start = Timestamp::from_micros(1_790_000_000_000_000);
        for _ in 0..20 {
            assert_eq!(limits.take(Class::Guess, by, start), Ok(()));
        }
        assert_eq!(limits.take(Class::Guess, by, start), Err(6));
        assert_eq!(limits.take(Class::Stranger, by, start), Ok(()), "another class has its own");
        let other = By::address("192.0.2.8".parse().unwrap());
        assert_eq!(limits.take(Class::Guess, other, start), Ok(()));
        let later = start.plus(6 * Timestamp::SECOND);
        assert_eq!(limits.take(Class::Guess, by, later), Ok(()));
        assert_eq!(limits.take(Class::Guess, by, start), Err(6), "a clock set back gives nothing");
    }

    #[test]
    fn neighbours_in_one_ipv6_network_share() {
        let one = By::address("2001:db8:1:2::1".parse().unwrap());
        assert_eq!(one, By::address("2001:db8:1:2:ffff::9".parse().unwrap()));
        assert_ne!(one, By::address("2001:db8:1:3::1".parse().unwrap()));
        let mapped = By::address("::ffff:192.0.2.7".parse().unwrap());
        assert_eq!(mapped, By::address("192.0.2.7".parse().unwrap()));
    }

    #[test]
    fn the_table_does_not_grow_without_end() {
        let limits = Limits::default();
        let start = Timestamp::from_micros(1_790_000_000_000_000);
        for number in 0..200_000_u32 {
            let by = By::address(IpAddr::from(number.to_be_bytes()));
            assert_eq!(limits.take(Class::Stranger, by, start), Ok(()));
        }
        let held: usize = limits.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * BUCKETS_MAX, "{held}");
    }
}
