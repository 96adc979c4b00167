//! Files of holidays and make-up workdays: as JSON the way lists of China's holidays are passed on
//! (`{"days": [{"name", "date", "isOffDay"}]}`), or as a calendar (RFC 5545) of whole days.
//!
//! A calendar says in words what a day is: `班` and "workday" are worked, `休`, `假`, "holiday" and "day off"
//! are not. An event with neither is taken for a holiday where no event of the file has either; where others
//! have, it is the festival itself, which says nothing about work, and is left out.
//!
//! We read the few properties that such calendars consist of ourselves: the libraries that know all of RFC
//! 5545 bring a second library of time with them.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use qige_kernel::{DayException, Refusal};
use serde::Deserialize;

use crate::calendars::MAX_DAY_NAME_CHARS;

/// Largest file, in bytes: a year of days is some ten thousand.
pub const MAX_DAY_FILE_BYTES: usize = 1 << 20;
/// Days of one event at most: the longest holiday has nine.
const MAX_EVENT_DAYS: i32 = 31;

/// What a file says of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearOfDays {
    /// The year that most of its days are of.
    pub year: i16,
    /// Its days in order.
    pub days: Vec<DayException>,
    /// Days of other years, which were left out: a file of one year often begins in the one before, and a few
    /// days must not pass for all that is known of a year.
    pub left_out: usize,
}

/// Reads a file.
///
/// # Errors
/// At `file`: `day-file-large`, `day-file-unreadable`, `day-file-line` with the number of the line and what
/// stands there, `day-file-repeats`, `day-file-long`, `day-file-twice` with the day, `day-file-empty`.
pub fn read(bytes: &[u8]) -> Result<YearOfDays, Refusal> {
    if bytes.len() > MAX_DAY_FILE_BYTES {
        return Err(refused("day-file-large").with("limit", MAX_DAY_FILE_BYTES / 1_024));
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    let days = if text.starts_with("BEGIN:VCALENDAR") { calendar(text)? } else { json(text)? };
    of_one_year(days)
}

fn refused(code: &'static str) -> Refusal {
    Refusal::invalid("file", code)
}

fn of_one_year(days: Vec<DayException>) -> Result<YearOfDays, Refusal> {
    let mut by_date: BTreeMap<Date, DayException> = BTreeMap::new();
    let mut counts: BTreeMap<i16, usize> = BTreeMap::new();
    for day in days {
        match by_date.get(&day.date) {
            Some(known) if known.off != day.off => {
                return Err(refused("day-file-twice").with("date", day.date));
            }
            Some(_) => {}
            None => {
                *counts.entry(day.date.year()).or_default() += 1;
                by_date.insert(day.date, day);
            }
        }
    }
    // Of two years with as many days the later one is meant.
    let year = counts.iter().max_by_key(|(year, count)| (**count, **year)).map(|(year, _)| *year);
    let year = year.ok_or_else(|| refused("day-file-empty"))?;
    let whole = by_date.len();
    let days: Vec<DayException> = by_date.into_values().filter(|day| day.date.year() == year).collect();
    Ok(YearOfDays { year, left_out: whole - days.len(), days })
}

/// A list of days, bare or as `days`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    Whole { days: Vec<Listing> },
    Bare(Vec<Listing>),
}

#[derive(Deserialize)]
struct Listing {
    name: String,
    date: Date,
    #[serde(alias = "isOffDay")]
    off: bool,
}

fn json(text: &str) -> Result<Vec<DayException>, Refusal> {
    let listed: Listed = serde_json::from_str(text).map_err(|_| refused("day-file-unreadable"))?;
    let (Listed::Whole { days } | Listed::Bare(days)) = listed;
    Ok(days.into_iter().map(|day| exception(day.date, day.off, &day.name)).collect())
}

fn exception(date: Date, off: bool, name: &str) -> DayException {
    let name: String = name.trim().chars().take(MAX_DAY_NAME_CHARS).collect();
    let usual = if off { "放假" } else { "上班" };
    DayException { date, off, name: if name.is_empty() { usual.to_owned() } else { name } }
}

/// An event as far as it was read.
#[derive(Default)]
struct Event {
    from: Option<Date>,
    /// The day after the last one.
    until: Option<Date>,
    summary: String,
}

fn calendar(text: &str) -> Result<Vec<DayException>, Refusal> {
    let mut events = Vec::new();
    let mut open: Option<Event> = None;
    for (number, line) in unfolded(text) {
        let unreadable = || refused("day-file-line").with("line", number).with("text", shortened(&line));
        let Some((property, value)) = line.split_once(':') else { continue };
        let name = property.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match (name.as_str(), value.trim(), &mut open) {
            ("BEGIN", "VEVENT", _) => open = Some(Event::default()),
            ("END", "VEVENT", event) => events.extend(event.take()),
            ("DTSTART", value, Some(event)) => event.from = Some(date(value).ok_or_else(unreadable)?),
            ("DTEND", value, Some(event)) => event.until = Some(date(value).ok_or_else(unreadable)?),
            ("SUMMARY", value, Some(event)) => event.summary = value.replace('\\', ""),
            ("RRULE" | "RDATE", _, Some(_)) => return Err(refused("day-file-repeats").with("line", number)),
            _ => {}
        }
    }
    let some_say = events.iter().any(|event| is_off(&event.summary).is_some());
    let mut days = Vec::new();
    for Event { from, until, summary } in events {
        let Some(from) = from else { continue };
        let Some(off) = is_off(&summary).or((!some_say).then_some(true)) else { continue };
        let until = until.filter(|until| *until > from);
        let count = until.map_or(1, |until| (until - from).get_days());
        if count > MAX_EVENT_DAYS {
            return Err(refused("day-file-long").with("date", from).with("most", MAX_EVENT_DAYS));
        }
        let dates = (0..count).filter_map(|step| from.checked_add(step.days()).ok());
        days.extend(dates.map(|date| exception(date, off, plain(&summary))));
    }
    Ok(days)
}

/// Lines with their numbers; one that begins with a blank goes on where the one before ended (RFC 5545 3.1).
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end_matches('\r');
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, before))) => before.push_str(rest),
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

/// The day of `20270101`, also where a time follows.
fn date(value: &str) -> Option<Date> {
    let digits = value.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let part = |from, to| digits.get(from..to).and_then(|part: &str| part.parse::<i16>().ok());
    let small = |from, to| part(from, to).and_then(|part| i8::try_from(part).ok());
    Date::new(part(0, 4)?, small(4, 6)?, small(6, 8)?).ok()
}

/// Whether the words say that nobody works, or that people do; none where they say neither.
fn is_off(summary: &str) -> Option<bool> {
    let summary = summary.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| summary.contains(word));
    // A make-up workday is named after its holiday, so that work is looked for first.
    if says(&["班", "workday", "make-up", "makeup"]) {
        return Some(false);
    }
    says(&["休", "假", "holiday", "day off"]).then_some(true)
}

/// The name of the holiday, without what else a calendar says about the day.
fn plain(summary: &str) -> &str {
    let end = summary.find(['（', '(', ' ', '\u{3000}', '·']).filter(|end| *end > 0);
    end.and_then(|end| summary.get(..end)).unwrap_or(summary)
}

fn shortened(line: &str) -> String {
    line.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn days(file: &YearOfDays) -> Vec<String> {
        let said =
            |day: &DayException| format!("{} {} {}", day.date, if day.off { "off" } else { "on" }, day.name);
        file.days.iter().map(said).collect()
    }

    fn code(text: &str) -> &'static str {
        read(text.as_bytes()).unwrap_err().code
    }

    #[test]
    fn a_list_of_days_is_read() {
        let text = "\u{feff}{\"year\": 2027, \"papers\": [], \"days\": [
            {\"name\": \"元旦\", \"date\": \"2026-12-31\", \"isOffDay\": true},
            {\"name\": \"元旦\", \"date\": \"2027-01-01\", \"isOffDay\": true},
            {\"name\": \"元旦\", \"date\": \"2027-01-03\", \"isOffDay\": false}]}";
        let read = read(text.as_bytes()).unwrap();
        assert_eq!((read.year, read.left_out), (2027, 1));
        assert_eq!(days(&read), ["2027-01-01 off 元旦", "2027-01-03 on 元旦"]);
        let bare = super::read(br#"[{"name": "", "date": "2027-05-01", "off": true}]"#).unwrap();
        assert_eq!(days(&bare), ["2027-05-01 off 放假"]);
    }

    const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270206\r\n\
        DTEND;VALUE=DATE:20270208\r\nSUMMARY:春节（休）\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
        DTSTART;VALUE=DATE:20270220\r\nSUMMARY:春节 补\r\n 班 第1天/共1天\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
        DTSTART;VALUE=DATE:20270221\r\nSUMMARY:元宵节\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn a_calendar_is_read() {
        let read = read(CALENDAR.as_bytes()).unwrap();
        assert_eq!(days(&read), ["2027-02-06 off 春节", "2027-02-07 off 春节", "2027-02-20 on 春节"]);
        // Where nothing says what is worked, every event is a holiday.
        let plain = CALENDAR.replace("（休）", "").replace("补\r\n 班", "节");
        assert_eq!(days(&super::read(plain.as_bytes()).unwrap()).len(), 4);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert_eq!(code("Sehr geehrte Damen"), "day-file-unreadable");
        assert_eq!(code("{\"days\": [{\"date\": \"2027-02-30\"}]}"), "day-file-unreadable");
        assert_eq!(code("[]"), "day-file-empty");
        assert_eq!(code("BEGIN:VCALENDAR\nEND:VCALENDAR"), "day-file-empty");
        assert_eq!(code(&CALENDAR.replace("20270220", "2027-02-20")), "day-file-line");
        assert_eq!(
            code(&CALENDAR.replace("VERSION", "BEGIN:VEVENT\r\nRRULE:X\r\nVERSION")),
            "day-file-repeats"
        );
        assert_eq!(code(&CALENDAR.replace("20270208", "20280208")), "day-file-long");
        assert_eq!(code(&CALENDAR.replace("20270220", "20270207")), "day-file-twice");
        assert_eq!(code(&" ".repeat(MAX_DAY_FILE_BYTES + 1)), "day-file-large");
        let refusal = read(CALENDAR.replace("20270220", "gestern").as_bytes()).unwrap_err();
        assert_eq!((refusal.args["line"].as_str(), refusal.field), ("9", Some("file")));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(
            lines in prop::collection::vec(
                "(BEGIN:VEVENT|END:VEVENT|DTSTART:|DTEND;X=Y:|SUMMARY:| )?\\PC{0,12}", 0..20,
            ),
            bytes in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let text = format!("BEGIN:VCALENDAR\n{}", lines.join("\n"));
            for file in [text.as_bytes(), &bytes] {
                if let Ok(read) = read(file) {
                    prop_assert!(read.days.iter().all(|day| day.date.year() == read.year));
                    prop_assert!(!read.days.is_empty());
                }
            }
        }
    }
}
