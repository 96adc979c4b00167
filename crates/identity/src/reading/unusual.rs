//! Reading that is out of the ordinary: of many people in an hour, when nobody is at work, and of one's own
//! neighbours or of the same person again and again without a case in hand that would ask for it.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use qige_db::kebab;

/// The setting under which a tenant keeps its [`ReadingLimits`].
pub const READING_LIMITS: &str = "reading-limits";
/// People in an hour that a tenant may allow at most: more than there are in most lists.
const PEOPLE_MAX: i64 = 10_000;
/// Looks at one person in a week that a tenant may allow at most: one an hour of a working week.
const LOOKS_MAX: i64 = 40;

statements! {
    /// How many people each reader read of, in a time.
    COUNTED = "SELECT reader, COUNT(DISTINCT owner) FROM readings
        WHERE tenant = $1 AND at >= $2 AND at < $3 AND reader IS NOT NULL GROUP BY reader ORDER BY reader";
    /// Who looked at whom, in a time. A list and a file show neighbours too, and
    /// neither is a look at one of them.
    LOOKS = "SELECT DISTINCT reader, owner FROM readings
        WHERE tenant = $1 AND at >= $2 AND at < $3 AND reader IS NOT NULL
            AND purpose <> 'list-people' AND purpose NOT LIKE 'export-%' ORDER BY reader, owner";
    /// How often one looked at another, in a time.
    LOOKED = "SELECT COUNT(*) FROM readings
        WHERE tenant = $1 AND reader = $2 AND at >= $3 AND at < $4 AND owner = $5
            AND purpose <> 'list-people' AND purpose NOT LIKE 'export-%'";
}

/// What is ordinary, as a tenant sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct ReadingLimits {
    /// Of how many people one may read in an hour.
    pub people_an_hour: i64,
    /// How often one may look at the same person in a week without a case of theirs in hand.
    pub looks_a_week: i64,
    /// The hour from which people are at work, 0 to 23, in the tenant's zone.
    pub from_hour: i8,
    /// The hour until which they are, 1 to 24.
    pub until_hour: i8,
}

impl Default for ReadingLimits {
    fn default() -> Self {
        Self { people_an_hour: 100, looks_a_week: 5, from_hour: 6, until_hour: 22 }
    }
}

impl ReadingLimits {
    /// # Errors
    /// Names the field that cannot be.
    pub fn check(&self) -> Result<(), Refusal> {
        if !(1..=PEOPLE_MAX).contains(&self.people_an_hour) {
            return Err(Refusal::invalid("people_an_hour", "reading-limit").with("max", PEOPLE_MAX));
        }
        if !(1..=LOOKS_MAX).contains(&self.looks_a_week) {
            return Err(Refusal::invalid("looks_a_week", "reading-looks").with("max", LOOKS_MAX));
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

kebab! {
    /// What is out of the ordinary about it. In notices: `reading-many`.
    pub enum Unusual {
        /// More people than is ordinary.
        Many = "many",
        /// At an hour at which nobody is at work.
        Late = "late",
        /// Of people who live where the reader does, without a case of theirs in hand.
        Neighbour = "neighbour",
        /// Of one person again and again, without a case of theirs in hand.
        Again = "again",
    }
}

/// Somebody read out of the ordinary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnusualReading {
    /// Who.
    pub reader: PersonId,
    /// What is unusual about it.
    pub how: Unusual,
    /// Of how many people; how often, where it was one again and again.
    pub count: i64,
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
    let unusual = |(reader, count)| {
        let how = match (count > limits.people_an_hour, at_work) {
            (true, _) => Unusual::Many,
            (false, false) => Unusual::Late,
            (false, true) => return None,
        };
        Some(UnusualReading { reader, how, count })
    };
    Ok(counted.into_iter().filter_map(unusual).collect())
}

from_row! {
    /// Somebody looked at what is kept of one person or report.
    #[derive(Copy, PartialEq, Eq)]
    pub struct Look {
        /// Who.
        pub reader: PersonId,
        /// At whom.
        pub owner: Uuid,
    }
}

/// Who looked at whom in the hour from `from`.
///
/// # Errors
/// [`DbError`].
pub async fn looks_at(tx: &mut Tx<'_>, from: Timestamp) -> Result<Vec<Look>, DbError> {
    tx.all(LOOKS, params![tx.tenant(), from, from.plus(Timestamp::HOUR)]).await
}

/// How often one looked at the other in the week before `until`.
///
/// # Errors
/// [`DbError`].
pub async fn looks_in_a_week(tx: &mut Tx<'_>, look: Look, until: Timestamp) -> Result<i64, DbError> {
    let values = params![tx.tenant(), look.reader, until.plus(-7 * Timestamp::DAY), until, look.owner];
    Ok(tx.one::<(i64,)>(LOOKED, values).await?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_cannot_be_are_refused() {
        let limits = |people_an_hour, from_hour, until_hour| {
            let limits = ReadingLimits { people_an_hour, from_hour, until_hour, ..ReadingLimits::default() };
            limits.check().map_err(|refusal| refusal.field.unwrap_or_default())
        };
        assert_eq!(ReadingLimits::default().check(), Ok(()));
        assert_eq!(limits(1, 0, 24), Ok(()));
        assert_eq!(limits(0, 6, 22), Err("people_an_hour"));
        assert_eq!(limits(10_001, 6, 22), Err("people_an_hour"));
        for (from, until) in [(-1, 22), (6, 25), (22, 6), (8, 8)] {
            assert_eq!(limits(100, from, until), Err("until_hour"), "{from} {until}");
        }
        for (looks_a_week, fits) in [(0, false), (1, true), (40, true), (41, false)] {
            let limits = ReadingLimits { looks_a_week, ..ReadingLimits::default() };
            assert_eq!(limits.check().is_ok(), fits, "{looks_a_week}");
        }
    }

    #[test]
    fn limits_from_before_one_was_added_are_read() {
        let kept: ReadingLimits =
            serde_json::from_str(r#"{"people-an-hour":7,"from-hour":8,"until-hour":9}"#).unwrap();
        assert_eq!(kept, ReadingLimits { people_an_hour: 7, from_hour: 8, until_hour: 9, looks_a_week: 5 });
    }

    #[test]
    fn the_last_hour_is_the_one_before_the_end() {
        let limits = ReadingLimits::default();
        assert!(!limits.at_work(5) && limits.at_work(6) && limits.at_work(21) && !limits.at_work(22));
    }
}
