//! The report of a month (月报): a draft until it is issued, then a version that is never changed.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use qige_db::journal::{self, Entry, Stream};
use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use qige_places::{store, units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::fill::marks_are_missing;
use super::indicator::Indicator;
use super::read::{Narrowed, Reach, Span, figures};
use super::score::{Score, Weights};
use super::tally::{Dimension, Figures, Key};
use crate::UnknownWord;
use crate::handover::Signed;
use crate::words::{self, MAX_WORDS_CHARS};

/// Streams of monthly reports in the journal, one for each month.
const STREAM: &str = "month-report";

statements! {
    /// The versions of all months, without what they say; the latest first.
    ISSUED = "SELECT month, version, reason, issued_at, issued_by FROM month_reports WHERE tenant = $1
        ORDER BY month DESC, version DESC LIMIT $2";
    /// The versions of one month, the latest first.
    ISSUED_OF = "SELECT month, version, reason, issued_at, issued_by FROM month_reports
        WHERE tenant = $1 AND month = $2 ORDER BY version DESC";
    /// What a version says.
    BODY = "SELECT body FROM month_reports WHERE tenant = $1 AND month = $2 AND version = $3";
    /// One more version; nothing where there is one of that number.
    ISSUE = "INSERT INTO month_reports (tenant, month, version, body, reason, issued_at, issued_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, month, version) DO NOTHING";
    /// The months of which the journal knows.
    STREAMS = "SELECT DISTINCT id FROM journal WHERE tenant = $1 AND stream = 'month-report'";
    /// How many versions there are.
    HOW_MANY = "SELECT COUNT(*) FROM month_reports WHERE tenant = $1";
}

/// A month, written `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(Date);

impl Month {
    /// The month in which an instant lies.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        Self(at.to_jiff().to_zoned_datetime(zone.clone()).date().first_of_month())
    }

    /// The one before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.yesterday().map_or(self.0, Date::first_of_month))
    }

    /// The one after.
    #[must_use]
    pub fn after(self) -> Self {
        Self(self.0.last_of_month().tomorrow().unwrap_or(self.0))
    }

    /// Its first day.
    #[must_use]
    pub const fn first_day(self) -> Date {
        self.0
    }

    /// From its first instant until that of the next.
    #[must_use]
    pub fn span(self, zone: &TimeZone) -> Span {
        Span { from: midnight(self.0, zone), until: midnight(self.after().0, zone) }
    }

    /// Names its stream in the journal: the months since the year 0.
    fn id(self) -> Uuid {
        let months = i64::from(self.0.year()) * 12 + i64::from(self.0.month());
        Uuid::from_u64_pair(0, months.unsigned_abs())
    }
}

/// The first instant of a day.
#[must_use]
pub fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    let start = zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
    start.map_or(Timestamp::from_micros(0), Timestamp::from)
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let short = text.len() == "2026-11".len() && !text.starts_with(['-', '+']);
        let day = format!("{text}-01").parse().map_err(|_| UnknownWord)?;
        if short { Ok(Self(day)) } else { Err(UnknownWord) }
    }
}

impl TryFrom<String> for Month {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl JsonSchema for Month {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Month".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$" })
    }
}

qige_db::column_text!(Month);

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MonthLine {
    /// A unit's or a community's id, a major class as in `matter-06`; none for what has none.
    pub key: Option<String>,
    /// What it was called then; none for what has no name of its own.
    pub name: Option<String>,
    /// What was counted.
    pub figures: Figures,
    /// Of a unit: its score.
    pub score: Option<Score>,
}

/// An indicator as it was defined then, in the words that people read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DefinedThen {
    /// Which one.
    pub indicator: Indicator,
    /// What it is called, by language (BCP 47).
    pub name: BTreeMap<String, String>,
    /// What it means, by language.
    pub means: BTreeMap<String, String>,
}

/// What the report of a month says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MonthReport {
    /// Which month.
    pub month: Month,
    /// As of when it was counted.
    pub counted_at: Timestamp,
    /// Everything together.
    pub all: Figures,
    /// By unit.
    pub units: Vec<MonthLine>,
    /// By community.
    pub communities: Vec<MonthLine>,
    /// By major class.
    pub classes: Vec<MonthLine>,
    /// What a unit's score was made of.
    pub weights: Weights,
    /// What the indicators meant.
    pub definitions: Vec<DefinedThen>,
}

impl MonthReport {
    /// The report as it would be now. `definitions` are its own until it is issued.
    ///
    /// # Errors
    /// As the engine has them.
    pub async fn draft(
        tx: &mut Tx<'_>,
        month: Month,
        zone: &TimeZone,
        weights: Weights,
        definitions: Vec<DefinedThen>,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let by = [Dimension::Unit, Dimension::Community, Dimension::Class];
        let all = Narrowed::to(Reach::WHOLE);
        let mut counted = figures(tx, month.span(zone), &all, &by, now).await?;
        let units = units::list(tx).await?;
        let units: BTreeMap<Key, String> =
            units.into_iter().map(|unit| (Key::Unit(unit.id), unit.name)).collect();
        let communities = store::communities(tx).await?;
        let communities: BTreeMap<Key, String> =
            communities.into_iter().map(|one| (Key::Place(one.place.id), one.place.name)).collect();
        let mut lines = |dimension, names: &BTreeMap<Key, String>| {
            let rows = counted.by.remove(&dimension).unwrap_or_default();
            let line = |(key, figures): (Key, Figures)| {
                let score = if dimension == Dimension::Unit { weights.score(&figures) } else { None };
                MonthLine { key: key.text(), name: names.get(&key).cloned(), figures, score }
            };
            rows.into_iter().map(line).collect::<Vec<_>>()
        };
        let units = lines(Dimension::Unit, &units).into_iter().filter(|line| line.key.is_some()).collect();
        let communities = lines(Dimension::Community, &communities);
        let classes = lines(Dimension::Class, &BTreeMap::new());
        let all = counted.all;
        Ok(Self { month, counted_at: now, all, units, communities, classes, weights, definitions })
    }
}

from_row! {
    /// A version that was issued.
    #[derive(PartialEq, Eq, Serialize, JsonSchema)]
    pub struct Issued {
        /// Of which month.
        pub month: Month,
        /// 1 for the first.
        pub version: i64,
        /// Why there is another than the first.
        pub reason: Option<String>,
        /// When.
        pub issued_at: Timestamp,
        /// By whom.
        pub issued_by: PersonId,
    }
}

/// What was issued, the latest month and its latest version first; at most `limit`.
///
/// # Errors
/// [`DbError`].
pub async fn issued(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Issued>, DbError> {
    tx.all(ISSUED, params![tx.tenant(), limit]).await
}

/// The versions of a month, the latest first.
///
/// # Errors
/// [`DbError`].
pub async fn issued_of(tx: &mut Tx<'_>, month: Month) -> Result<Vec<Issued>, DbError> {
    tx.all(ISSUED_OF, params![tx.tenant(), month]).await
}

/// What a version says; none where there is no such version.
///
/// # Errors
/// [`DbError::Decode`] where what is kept was changed into something else.
pub async fn issued_report(
    tx: &mut Tx<'_>,
    month: Month,
    version: i64,
) -> Result<Option<MonthReport>, DbError> {
    let found: Option<(String,)> = tx.optional(BODY, params![tx.tenant(), month, version]).await?;
    let read = |(body,): (String,)| {
        serde_json::from_str(&body).map_err(|error| DbError::Decode {
            column: "month_reports.body".to_owned(),
            problem: error.to_string(),
        })
    };
    found.map(read).transpose()
}

/// Issues the report of a month that is over, or a correction of it with its reason.
#[derive(Clone, Debug)]
pub struct IssueMonth {
    /// What it says.
    pub report: MonthReport,
    /// The number that this version gets: one more than whoever issues has seen.
    pub version: i64,
    /// Why there is another than the first.
    pub reason: String,
    /// The zone in which the month is over.
    pub zone: TimeZone,
    /// When, and in which role.
    pub signed: Signed,
}

impl Command for IssueMonth {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let refuse = |kind, code| Failure::from(Refusal::new(kind, code));
        let person = tx.actor().person().ok_or_else(|| refuse(RefusalKind::Forbidden, "not-your-part"))?;
        let Self { report, version, signed, .. } = self;
        if report.month.span(&self.zone).until > report.counted_at {
            return Err(refuse(RefusalKind::Conflict, "month-not-over"));
        }
        if marks_are_missing(tx).await? {
            return Err(refuse(RefusalKind::Conflict, "marks-are-missing"));
        }
        let reason = if *version > 1 {
            Some(words::needed("reason", &self.reason, MAX_WORDS_CHARS)?)
        } else {
            words::optional("reason", &self.reason, MAX_WORDS_CHARS)?
        };
        let latest = issued_of(tx, report.month).await?.first().map_or(0, |issued| issued.version);
        let body = serde_json::to_string(report).unwrap_or_default();
        let hash = hash(&body);
        let values = params![tx.tenant(), report.month, version, body, reason, signed.at, person];
        if latest + 1 != *version || tx.execute(ISSUE, values).await? == 0 {
            return Err(refuse(RefusalKind::Conflict, "month-issued-meanwhile"));
        }
        let said = json!({ "month": report.month, "version": version, "sha256": hash, "reason": reason });
        let entry = Entry {
            stream: Stream::new(STREAM, report.month.id()),
            at: signed.at,
            role: signed.role.as_str(),
            command: "issue-month",
            body: &said.to_string(),
            salt: signed.salt,
        };
        journal::append(tx, entry).await?;
        tx.announce(STREAM, report.month.id());
        Ok(())
    }
}

fn hash(body: &str) -> [u8; 32] {
    Sha256::digest(body).into()
}

#[derive(Deserialize)]
struct Said {
    month: Month,
    version: i64,
    sha256: [u8; 32],
}

/// The versions that do not stand as the journal says: changed, taken away, or never issued.
pub(crate) async fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, DbError> {
    let mut faults = Vec::new();
    let mut known = 0_i64;
    let streams: Vec<(Uuid,)> = tx.all(STREAMS, params![tx.tenant()]).await?;
    for (id,) in streams {
        for line in journal::read(tx, Stream::new(STREAM, id)).await? {
            let Some(said) = line.body.as_deref().and_then(|body| serde_json::from_str::<Said>(body).ok())
            else {
                continue;
            };
            let values = params![tx.tenant(), said.month, said.version];
            let body: Option<(String,)> = tx.optional(BODY, values).await?;
            known += i64::from(body.is_some());
            if body.is_none_or(|(body,)| hash(&body) != said.sha256) {
                faults.push(format!("month report {} version {}", said.month, said.version));
            }
        }
    }
    let (kept,): (i64,) = tx.one(HOW_MANY, params![tx.tenant()]).await?;
    if kept != known {
        faults.push("month report that was never issued".to_owned());
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_and_counted() {
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!((month.to_string(), month.after().to_string()), ("2026-12".into(), "2027-01".into()));
        assert_eq!(month.after().before(), month);
        for wrong in ["2026-13", "2026-1", "2026-01-01", "", "-026-01", "+026-01", "month"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let span = month.span(&zone);
        assert_eq!(span.from, "2026-11-30T16:00:00Z".parse().unwrap());
        assert_eq!(Month::of(span.from, &zone), month);
        assert_eq!(Month::of(span.until, &zone), month.after());
    }
}
