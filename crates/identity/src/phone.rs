//! Mobile phone numbers of mainland China.

use std::fmt;
use std::str::FromStr;

use qige_kernel::Refusal;

use crate::{IndexKey, Lookup};

/// Digits of a mobile number without the country code: 1, then 3 to 9, then nine more (the national numbering
/// plan, 电信网编号计划, 2017).
const MOBILE_DIGITS: usize = 11;
/// The country code of mainland China (ITU-T E.164).
const COUNTRY: &str = "+86";

/// A mobile number in its one form (ITU-T E.164): `+8613800001234`.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// As it is kept and dialled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough to recognise one's own: `138****1234`.
    #[must_use]
    pub fn masked(&self) -> String {
        let digits: Vec<char> = self.0.chars().skip(COUNTRY.len()).collect();
        let (front, back) = (digits.iter().take(3), digits.iter().skip(MOBILE_DIGITS - 4));
        front.chain("****".chars().collect::<Vec<_>>().iter()).chain(back).collect()
    }

    /// What its blind index is made for.
    pub(crate) const INDEX: &str = "phone";

    /// What finds it among the people of a tenant.
    #[must_use]
    pub fn lookup(&self, key: &IndexKey) -> Lookup {
        key.of(Self::INDEX, &self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

impl FromStr for PhoneNumber {
    type Err = Refusal;

    /// Takes what people type: spaces, hyphens, brackets, full-width digits, `+86`, `0086`, `86`.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let mut digits = String::new();
        let mut international = false;
        for letter in text.chars().filter(|letter| !is_filler(*letter)) {
            match narrow(letter) {
                digit if digit.is_ascii_digit() => digits.push(digit),
                '+' if digits.is_empty() && !international => international = true,
                _ => return Err(Refusal::invalid("phone", "phone-not-a-number")),
            }
        }
        if let Some(rest) = digits.strip_prefix("00") {
            digits = rest.to_owned();
            international = true;
        }
        let national = match digits.strip_prefix("86") {
            Some(rest) if international || rest.len() == MOBILE_DIGITS => rest,
            _ if international => return Err(Refusal::invalid("phone", "phone-not-mainland")),
            _ => &digits,
        };
        let mut letters = national.chars();
        let mobile = letters.next() == Some('1') && matches!(letters.next(), Some('3'..='9'));
        if mobile && national.len() == MOBILE_DIGITS {
            Ok(Self(format!("{COUNTRY}{national}")))
        } else {
            Err(Refusal::invalid("phone", "phone-not-mobile").with("digits", MOBILE_DIGITS))
        }
    }
}

/// What people put between digits.
fn is_filler(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(narrow(letter), '-' | '(' | ')' | '.')
        || matches!(letter, '\u{2010}'..='\u{2015}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}')
}

/// The ordinary form of a full-width letter (U+FF01 to U+FF5E), which Chinese keyboards produce.
pub(crate) fn narrow(letter: char) -> char {
    match letter {
        '\u{FF01}'..='\u{FF5E}' => {
            u32::from(letter).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(letter)
        }
        '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_form_however_it_is_typed() {
        let typed = [
            "13800001234",
            " 138 0000 1234 ",
            "138-0000-1234",
            "+86 138 0000 1234",
            "(+86)13800001234",
            "008613800001234",
            "8613800001234",
            "１３８００００１２３４",
            "＋８６　１３８００００１２３４",
            "\u{202A}+86 138 0000 1234\u{202C}",
        ];
        for text in typed {
            assert_eq!(text.parse::<PhoneNumber>().unwrap().as_str(), "+8613800001234", "{text}");
        }
    }

    #[test]
    fn what_is_no_mobile_number_is_refused_with_its_reason() {
        let refused = [
            ("", "phone-not-mobile"),
            ("1380000123", "phone-not-mobile"),
            ("138000012345", "phone-not-mobile"),
            ("12800001234", "phone-not-mobile"),
            ("0518-87212345", "phone-not-mobile"),
            ("+86 518 87212345", "phone-not-mobile"),
            ("+852 5123 4567", "phone-not-mainland"),
            ("0044 7700 900123", "phone-not-mainland"),
            ("骑手", "phone-not-a-number"),
            ("138+00001234", "phone-not-a-number"),
            ("++8613800001234", "phone-not-a-number"),
            ("13800001234 转 5", "phone-not-a-number"),
        ];
        for (text, code) in refused {
            let refusal = text.parse::<PhoneNumber>().unwrap_err();
            assert_eq!((refusal.code, refusal.field), (code, Some("phone")), "{text}");
        }
    }

    #[test]
    fn the_middle_is_hidden() {
        let phone: PhoneNumber = "13800001234".parse().unwrap();
        assert_eq!(phone.masked(), "138****1234");
        assert_eq!(format!("{phone:?}"), "PhoneNumber(…)");
    }
}
