//! Instants as people say them: "今天 14:05".

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use qige_kernel::Timestamp;

use super::{Arg, Locale, Texts};

/// The zone in which a tenant's clocks hang.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of that IANA name; UTC where there is no such zone.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::named("Asia/Shanghai")
    }
}

/// How `at` is said at `now`: with the day's name when it is near, with the year when it is far.
pub(crate) fn short_text(
    texts: &Texts,
    locale: Locale,
    zone: &Zone,
    now: Timestamp,
    at: Timestamp,
) -> String {
    let (there, here) =
        (at.to_jiff().to_zoned_datetime(zone.0.clone()), now.to_jiff().to_zoned_datetime(zone.0.clone()));
    let days = there.date().since(here.date()).map_or(i32::MAX, |span| span.get_days());
    let key = match days {
        0 => "date-today",
        -1 => "date-yesterday",
        1 => "date-tomorrow",
        _ if there.year() == here.year() => "date-this-year",
        _ => "date-other-year",
    };
    texts.get(locale, key, &parts(texts, locale, &there)).unwrap_or_else(|| there.to_string())
}

/// The whole of it, with weekday and zone, for a title.
pub(crate) fn full_text(texts: &Texts, locale: Locale, zone: &Zone, at: Timestamp) -> String {
    let there = at.to_jiff().to_zoned_datetime(zone.0.clone());
    texts.get(locale, "date-full", &parts(texts, locale, &there)).unwrap_or_else(|| there.to_string())
}

/// The day alone.
pub(crate) fn day_text(texts: &Texts, locale: Locale, zone: &Zone, at: Timestamp) -> String {
    let there = at.to_jiff().to_zoned_datetime(zone.0.clone());
    texts.get(locale, "date-day", &parts(texts, locale, &there)).unwrap_or_else(|| there.to_string())
}

fn parts(texts: &Texts, locale: Locale, there: &jiff::ZonedDateTime) -> BTreeMap<String, Arg> {
    let month = format!("date-month-{}", there.month());
    let weekday = format!("date-weekday-{}", there.weekday().to_monday_one_offset());
    let text = |value: String| Arg::Text(value);
    BTreeMap::from([
        ("time".to_owned(), text(there.strftime("%H:%M").to_string())),
        ("second".to_owned(), text(there.strftime("%S").to_string())),
        ("offset".to_owned(), text(there.strftime("%:z").to_string())),
        ("year".to_owned(), text(there.year().to_string())),
        ("month".to_owned(), text(texts.plain(locale, &month))),
        ("day".to_owned(), text(there.day().to_string())),
        ("weekday".to_owned(), text(texts.plain(locale, &weekday))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_named_by_the_tenant_s_own_midnight() {
        let (texts, _) = Texts::load();
        let zone = Zone::default();
        let now: Timestamp = "2026-03-01T15:30:00Z".parse().unwrap();
        let said = |at: &str| short_text(&texts, Locale::ZhHans, &zone, now, at.parse().unwrap());
        assert_eq!(said("2026-03-01T06:05:00Z"), "今天 14:05");
        assert_eq!(said("2026-03-01T16:05:00Z"), "明天 00:05");
        assert_eq!(said("2026-02-28T06:05:00Z"), "昨天 14:05");
        assert_eq!(said("2026-01-05T06:05:00Z"), "1月5日 14:05");
        assert_eq!(said("2025-12-31T06:05:00Z"), "2025年12月31日 14:05");
        let full = full_text(&texts, Locale::En, &zone, "2026-03-01T06:05:00Z".parse().unwrap());
        assert_eq!(full, "Sunday, 1 March 2026, 14:05:00 (UTC+08:00)");
    }
}
