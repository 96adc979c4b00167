//! The number by which people speak of a case: the day it was filed and its place in that day,
//! `20261124-0007`.

use qige_kernel::{Timestamp, WorkCalendar};

/// Digits of the place in a day; a busier day just takes more.
const PLACE_DIGITS: usize = 4;

/// The day of an instant in the tenant's zone, `20261124`.
#[must_use]
pub fn day(at: Timestamp, calendar: &WorkCalendar) -> String {
    calendar.date_at(at).to_string().chars().filter(char::is_ascii_digit).collect()
}

/// The number of the `count`th case of a day, from 1.
#[must_use]
pub fn case_number(day: &str, count: i64) -> String {
    format!("{day}-{count:0PLACE_DIGITS$}")
}

/// A number as people type it (with or without the hyphen, in full-width digits, with spaces) as it is
/// kept; none when it cannot be one.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let digit = |sign: char| match sign {
        '0'..='9' => Some(sign),
        '０'..='９' => char::from_u32(u32::from(sign) - u32::from('０') + u32::from('0')),
        _ => None,
    };
    let noise = |sign: &char| !sign.is_whitespace() && !matches!(sign, '-' | '－' | '—' | '#' | '号');
    let digits: String = text.chars().filter(noise).map(digit).collect::<Option<String>>()?;
    let (day, place) = digits.split_at_checked(8)?;
    (!place.is_empty()).then(|| place.parse().ok().map(|count| case_number(day, count))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_however_they_are_typed() {
        assert_eq!(case_number("20261124", 7), "20261124-0007");
        assert_eq!(case_number("20261124", 12_345), "20261124-12345");
        for text in
            ["20261124-0007", "202611240007", " 20261124 0007", "２０２６１１２４－０００７", "20261124-7"]
        {
            assert_eq!(typed(text).as_deref(), Some("20261124-0007"), "{text}");
        }
        for text in ["", "井盖", "20261124", "2026-11", "20261124-x", "20261124-99999999999999999999"] {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
