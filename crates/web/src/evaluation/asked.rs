//! Which period, and what of it, as it stands in the address.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use qige_cases::evaluation::{Dimension, Month, Narrowed, Reach, Span, midnight};
use qige_cases::{MatterKey, MatterKind};
use qige_kernel::{PlaceId, Refusal, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::render::encoded;

/// Days of a period at most: a year.
const DAYS_MAX: i32 = 366;

/// What is counted. Nothing: this month, by unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Asked {
    /// By what the table is broken down; by unit where it is left out.
    pub(super) by: Option<Dimension>,
    /// A month (`2026-11`), a week (`2026-W47`), a quarter (`2026-Q4`) or a year (`2026`).
    pub(super) period: Option<String>,
    /// From this day on (`2026-11-01`), where no period is named.
    pub(super) from: Option<String>,
    /// Up to this day.
    pub(super) until: Option<String>,
    /// The work of this unit.
    pub(super) unit: Option<UnitId>,
    /// In this community.
    pub(super) community: Option<PlaceId>,
    /// In this grid.
    pub(super) grid: Option<PlaceId>,
    /// Of this list and major class, as in `matter-06`.
    pub(super) class: Option<String>,
    /// Of this matter.
    pub(super) matter: Option<MatterKey>,
    /// What has no unit, community, grid or matter.
    pub(super) without: Option<Dimension>,
    /// Which page of the table's rows, from 1.
    pub(super) page: Option<u32>,
}

/// A period of whole days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// Its first day.
    pub(super) from: Date,
    /// Its last day.
    pub(super) last: Date,
    /// As it is named in an address; none for days chosen freely.
    pub(super) name: Option<String>,
}

impl Period {
    fn named(text: &str) -> Option<Self> {
        let of = |from: Date, next: Date| {
            Some(Self { from, last: next.yesterday().ok()?, name: Some(text.to_owned()) })
        };
        if let Ok(month) = text.parse::<Month>() {
            return of(month.first_day(), month.after().first_day());
        }
        let (year, rest) = text.split_once('-').map_or((text, None), |(year, rest)| (year, Some(rest)));
        let year: i16 = year.parse().ok().filter(|year| (1..9_999).contains(year))?;
        if let Some(week) = rest.and_then(|rest| rest.strip_prefix('W')) {
            let monday = ISOWeekDate::new(year, week.parse().ok()?, Weekday::Monday).ok()?.date();
            return of(monday, monday.checked_add(7.days()).ok()?);
        }
        let (month, months) = match rest.map(|rest| rest.strip_prefix('Q').map(str::parse::<i8>)) {
            None => (1, 12),
            Some(Some(Ok(quarter @ 1..=4))) => (quarter * 3 - 2, 3),
            Some(_) => return None,
        };
        let first = Date::new(year, month, 1).ok()?;
        of(first, first.checked_add(months.months()).ok()?)
    }

    /// The one of the same length before or after, where it has a name.
    fn beside(&self, later: bool) -> Option<String> {
        let name = self.name.as_deref()?;
        let day = if later { self.last.tomorrow().ok()? } else { self.from.yesterday().ok()? };
        Some(match name.split_once('-') {
            None => format!("{:04}", day.year()),
            Some((_, rest)) if rest.starts_with('W') => week(day),
            Some((_, rest)) if rest.starts_with('Q') => quarter(day),
            Some(_) => month(day),
        })
    }

    pub(super) fn before(&self) -> Option<String> {
        self.beside(false)
    }

    pub(super) fn after(&self) -> Option<String> {
        self.beside(true)
    }

    pub(super) fn span(&self, zone: &TimeZone) -> Span {
        let next = self.last.tomorrow().unwrap_or(self.last);
        Span { from: midnight(self.from, zone), until: midnight(next, zone) }
    }
}

fn month(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

fn quarter(day: Date) -> String {
    format!("{:04}-Q{}", day.year(), (day.month() + 2) / 3)
}

fn week(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

/// The names of the month, week, quarter and year in which a day lies.
pub(super) fn periods_of(day: Date) -> [(&'static str, String); 4] {
    [
        ("week", week(day)),
        ("month", month(day)),
        ("quarter", quarter(day)),
        ("year", format!("{:04}", day.year())),
    ]
}

impl Asked {
    pub(super) fn by(&self) -> Dimension {
        self.by.unwrap_or(Dimension::Unit)
    }

    /// The period that is meant.
    pub(super) fn period(&self, now: Timestamp, zone: &TimeZone) -> Result<Period, Refusal> {
        let odd = |field| Refusal::invalid(field, "period-unreadable");
        if let Some(name) = &self.period {
            return Period::named(name.trim()).ok_or_else(|| odd("period"));
        }
        let today = now.to_jiff().to_zoned_datetime(zone.clone()).date();
        let day = |field, text: &Option<String>| {
            text.as_deref().map(|text| text.trim().parse::<Date>().map_err(|_| odd(field))).transpose()
        };
        let (from, until) = (day("from", &self.from)?, day("until", &self.until)?);
        if from.is_none() && until.is_none() {
            return Period::named(&month(today)).ok_or_else(|| odd("period"));
        }
        let last = until.unwrap_or(today);
        let from = from.unwrap_or_else(|| last.first_of_month());
        let days = last.since(from).map_err(|_| odd("until"))?.get_days();
        if !(0..DAYS_MAX).contains(&days) {
            return Err(Refusal::invalid("until", "period-too-long").with("max", DAYS_MAX));
        }
        Ok(Period { from, last, name: None })
    }

    /// What is counted of what one may see.
    pub(super) fn narrowed(&self, reach: Reach) -> Result<Narrowed, Refusal> {
        let class = self.class.as_deref().map(|text| {
            read_class(text).ok_or(Refusal::invalid("class", "matter-not-found").with("text", text))
        });
        Ok(Narrowed {
            unit: self.unit,
            community: self.community,
            grid: self.grid,
            class: class.transpose()?,
            matter: self.matter,
            without: self.without,
            ..Narrowed::to(reach)
        })
    }

    /// The same as a query, without the page.
    pub(super) fn query(&self) -> String {
        let text = |value: Option<String>| value.filter(|value| !value.is_empty());
        let pairs = [
            ("by", self.by.map(|by| by.to_string())),
            ("period", text(self.period.clone())),
            ("from", text(self.from.clone())),
            ("until", text(self.until.clone())),
            ("unit", self.unit.map(|id| id.to_string())),
            ("community", self.community.map(|id| id.to_string())),
            ("grid", self.grid.map(|id| id.to_string())),
            ("class", text(self.class.clone())),
            ("matter", self.matter.map(|key| key.to_string())),
            ("without", self.without.map(|one| one.to_string())),
        ];
        let said = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(&value?))));
        said.collect::<Vec<_>>().join("&")
    }

    /// The same of one row of the table.
    pub(super) fn of_row(&self, key: Option<&str>) -> Self {
        let mut asked = Self { page: None, ..self.clone() };
        let Some(key) = key else {
            asked.without = Some(self.by());
            return asked;
        };
        match self.by() {
            Dimension::Unit => asked.unit = key.parse().ok(),
            Dimension::Community => asked.community = key.parse().ok(),
            Dimension::Grid => asked.grid = key.parse().ok(),
            Dimension::Class => asked.class = Some(key.to_owned()),
            Dimension::Matter => asked.matter = key.parse().ok(),
        }
        asked
    }

    /// The same in another period.
    pub(super) fn in_period(&self, name: String) -> Self {
        Self { period: Some(name), from: None, until: None, page: None, ..self.clone() }
    }
}

/// A list and its major class, as in `matter-06`.
pub(super) fn read_class(text: &str) -> Option<(MatterKind, u8)> {
    let (kind, major) = text.split_once('-')?;
    let digits = major.len() == 2 && major.bytes().all(|byte| byte.is_ascii_digit());
    Some((kind.parse().ok()?, major.parse().ok().filter(|_| digits)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_and_end_as_their_names_say() {
        for (name, from, last, before, after) in [
            ("2026-11", "2026-11-01", "2026-11-30", "2026-10", "2026-12"),
            ("2026-W01", "2025-12-29", "2026-01-04", "2025-W52", "2026-W02"),
            ("2026-Q4", "2026-10-01", "2026-12-31", "2026-Q3", "2027-Q1"),
            ("2026", "2026-01-01", "2026-12-31", "2025", "2027"),
        ] {
            let period = Period::named(name).unwrap();
            assert_eq!((period.from.to_string(), period.last.to_string()), (from.into(), last.into()));
            assert_eq!((period.before().unwrap(), period.after().unwrap()), (before.into(), after.into()));
        }
        for wrong in ["2026-13", "2026-Q5", "2026-W60", "11", "2026-", "x", ""] {
            assert!(Period::named(wrong).is_none() || wrong == "11", "{wrong}");
        }
    }

    #[test]
    fn a_free_period_has_its_limit() {
        let (now, zone) = ("2026-11-28T02:00:00Z".parse().unwrap(), TimeZone::UTC);
        let asked = |from: &str, until: &str| Asked {
            from: Some(from.to_owned()),
            until: Some(until.to_owned()),
            ..Asked::default()
        };
        assert!(asked("2026-01-01", "2027-01-01").period(now, &zone).is_ok());
        assert_eq!(asked("2026-01-01", "2027-01-02").period(now, &zone).unwrap_err().code, "period-too-long");
        assert_eq!(asked("2026-01-02", "2026-01-01").period(now, &zone).unwrap_err().code, "period-too-long");
        assert_eq!(asked("x", "2026-01-01").period(now, &zone).unwrap_err().code, "period-unreadable");
        assert_eq!(Asked::default().period(now, &zone).unwrap().name.as_deref(), Some("2026-11"));
    }
}
