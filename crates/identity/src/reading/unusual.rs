//! Reading that is out of the ordinary: of many people in an hour, or when nobody is at work.

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{PersonId, Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The setting under which a tenant keeps its [`ReadingLimits`].
pub const READING_LIMITS: &str = "reading-limits";
/// People in an hour that a tenant may allow at most: more than there are in most lists.
const PEOPLE_MAX: i64 = 10_000;

statements! {
    /// How many people each reader read of, in a time.
    COUNTED = "SELECT reader, COUNT(DISTINCT owner) FROM readings
        WHERE tenant = $1 AND at >= $2 AND at < $3 AND reader IS NOT NULL GROUP BY reader ORDER BY reader";
}

/// What is ordinary, as a tenant sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReadingLimits {
    /// Of how many people one may read in an hour.
    pub people_an_hour: i64,
    /// The hour from which people are at work, 0 to 23, in the tenant's zone.
    pub from_hour: i8,
    /// The hour until which they are, 1 to 24.
    pub until_hour: i8,
}

impl Default for ReadingLimits {
    fn default() -> Self {
        Self { people_an_hour: 100, from_hour: 6, until_hour: 22 }
    }
}

impl ReadingLimits {
    /// # Errors
    /// Names the field that cannot be.
    pub fn check(&self) -> Result<(), Refusal> {
        if !(1..=PEOPLE_MAX).contains(&self.people_an_hour) {
            return Err(Refusal::invalid("people_an_hour", "reading-limit").with("max", PEOPLE_MAX));
        }
        if (0..24).contains(&self.from_hour)
            && (1..=24).contains(&self.until_hour)
            && self.from_hour < self.until_hour
        {
            return Ok(());
        }
        Err(Refusal::invalid("until_hour", "reading-hours"))
    }

    /// Whether people are at work in that hour of a workday.
    #[must_use]
    pub const fn at_work(&self, hour: i8) -> bool {
        self.from_hour <= hour && hour < self.until_hour
    }
}

/// Somebody read out of the ordinary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnusualReading {
    /// Who.
    pub reader: PersonId,
    /// Of how many people.
    pub people: i64,
    /// Whether that was more than is ordinary; else it was at an unusual hour.
    pub too_many: bool,
}

/// What was out of the ordinary in the hour from `from`, in which people were at work or not.
///
/// # Errors
/// [`DbError`].
pub async fn unusual_readings(
    tx: &mut Tx<'_>,
    limits: &ReadingLimits,
    from: Timestamp,
    at_work: bool,
) -> Result<Vec<UnusualReading>, DbError> {
    let until = from.plus(Timestamp::HOUR);
    let counted: Vec<(PersonId, i64)> = tx.all(COUNTED, params![tx.tenant(), from, until]).await?;
    let unusual = |(reader, people)| {
        let too_many = people > limits.people_an_hour;
        (too_many || !at_work).then_some(UnusualReading { reader, people, too_many })
    };
    Ok(counted.into_iter().filter_map(unusual).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_cannot_be_are_refused() {
        let limits = |people_an_hour, from_hour, until_hour| {
            let limits = ReadingLimits { people_an_hour, from_hour, until_hour };
            limits.check().map_err(|refusal| refusal.field.unwrap_or_default())
        };
        assert_eq!(ReadingLimits::default().check(), Ok(()));
        assert_eq!(limits(1, 0, 24), Ok(()));
        assert_eq!(limits(0, 6, 22), Err("people_an_hour"));
        assert_eq!(limits(10_001, 6, 22), Err("people_an_hour"));
        for (from, until) in [(-1, 22), (6, 25), (22, 6), (8, 8)] {
            assert_eq!(limits(100, from, until), Err("until_hour"), "{from} {until}");
        }
    }

    #[test]
    fn the_last_hour_is_the_one_before_the_end() {
        let limits = ReadingLimits::default();
        assert!(!limits.at_work(5) && limits.at_work(6) && limits.at_work(21) && !limits.at_work(22));
    }
}
