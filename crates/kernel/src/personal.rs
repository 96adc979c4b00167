//! Numbers of people in free text: identity cards, mobile numbers, plates and bank cards, found and masked.
//!
//! Pure and without a dictionary: what has the form and, where there is one, the check digit of such a
//! number is one. `frontend/src/page/personal.ts` finds the same while people type;
//! `crates/kernel/data/personal.json` holds examples for both.

use std::ops::Range;

/// What sort of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personal {
    /// 公民身份号码 (GB 11643-1999).
    IdentityCard,
    /// A mobile number of mainland China.
    Mobile,
    /// 机动车号牌 (GA 36-2018).
    Plate,
    /// A bank card (ISO/IEC 7812-1).
    BankCard,
}

impl Personal {
    /// In JSON and in the names of texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdentityCard => "identity-card",
            Self::Mobile => "mobile",
            Self::Plate => "plate",
            Self::BankCard => "bank-card",
        }
    }

    /// How much of it is left to tell it from others: signs at the front and at the back.
    const fn shown(self) -> (usize, usize) {
        match self {
            Self::IdentityCard => (1, 1),
            Self::Mobile => (3, 4),
            Self::Plate => (2, 2),
            Self::BankCard => (0, 4),
        }
    }
}

/// A number that was found: what it is and where, counted in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spotted {
    /// What sort.
    pub kind: Personal,
    /// From and to which character.
    pub at: Range<usize>,
}

/// Signs of provinces that plates begin with (GA 36-2018, table A.1).
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
/// Signs that plates of teaching, police, cross-border and trailing vehicles end with.
const PLATE_ENDS: &str = "学警港澳挂";
/// Signs of a plate behind its two first ones: five, six with new energy.
const PLATE_SIGNS: Range<usize> = 5..7;
/// Digits of a bank card.
const CARD_DIGITS: Range<usize> = 16..20;
/// Weights of the digits of an identity number (ISO/IEC 7064, MOD 11-2).
const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// What its last sign is, by the rest of the sum.
const ID_CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Every number in a text, from its beginning on, none over another.
#[must_use]
pub fn spotted(text: &str) -> Vec<Spotted> {
    let letters: Vec<char> = text.chars().map(narrow).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        match plate(&letters, at).or_else(|| number(&letters, at)) {
            Some(one) => {
                at = one.at.end;
                found.push(one);
            }
            None => at = past(&letters, at),
        }
    }
    found
}

/// The text with every such number masked, as many characters long as before.
#[must_use]
pub fn masked(text: &str) -> String {
    let found = spotted(text);
    if found.is_empty() {
        return text.to_owned();
    }
    let mut letters: Vec<char> = text.chars().collect();
    for Spotted { kind, at } in found {
        let (front, back) = kind.shown();
        let signs: Vec<usize> =
            at.filter(|at| letters.get(*at).is_some_and(|letter| is_sign(narrow(*letter)))).collect();
        let hidden = signs.len().saturating_sub(front + back);
        for at in signs.into_iter().skip(front).take(hidden) {
            if let Some(letter) = letters.get_mut(at) {
                *letter = '*';
            }
        }
    }
    letters.into_iter().collect()
}

fn is_sign(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || PROVINCES.contains(letter) || PLATE_ENDS.contains(letter)
}

/// The ordinary form of a full-width letter, which Chinese keyboards produce; in upper case.
fn narrow(letter: char) -> char {
    let narrow = match letter {
        '\u{FF01}'..='\u{FF5E}' => {
            u32::from(letter).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(letter)
        }
        '\u{3000}' => ' ',
        other => other,
    };
    narrow.to_ascii_uppercase()
}

/// Where to look next: behind a run of digits that was no number, else behind this character.
fn past(letters: &[char], at: usize) -> usize {
    let digits = letters.iter().skip(at).take_while(|letter| letter.is_ascii_digit()).count();
    at + digits.max(1)
}

/// A run of digits, single blanks or hyphens between them, that begins here.
fn run(letters: &[char], from: usize) -> Vec<(usize, char)> {
    let mut run: Vec<(usize, char)> = Vec::new();
    let mut at = from;
    while let Some(letter) = letters.get(at).copied() {
        let next = letters.get(at + 1).copied().unwrap_or_default();
        let joins = matches!(letter, ' ' | '-') && next.is_ascii_digit() && !run.is_empty();
        if letter.is_ascii_digit() {
            run.push((at, letter));
        } else if !joins {
            break;
        }
        at += 1;
    }
    // The last sign of an identity number may be an X.
    if run.len() == ID_WEIGHTS.len() && letters.get(at) == Some(&'X') {
        run.push((at, 'X'));
    }
    run
}

fn number(letters: &[char], at: usize) -> Option<Spotted> {
    let before = at.checked_sub(1).and_then(|before| letters.get(before)).copied().unwrap_or_default();
    if before.is_ascii_alphanumeric() {
        return None;
    }
    let plus = usize::from(letters.get(at) == Some(&'+'));
    let run = run(letters, at + plus);
    let (_, last) = (run.first()?, run.last()?);
    let digits: Vec<char> = run.iter().map(|(_, digit)| *digit).collect();
    let kind = if is_identity(&digits) {
        Personal::IdentityCard
    } else if is_mobile(&digits) {
        Personal::Mobile
    } else if is_card(&digits) {
        Personal::BankCard
    } else {
        return None;
    };
    Some(Spotted { kind, at: at + plus..last.0 + 1 })
}

fn is_identity(digits: &[char]) -> bool {
    let Some((check, number)) = digits.split_last() else { return false };
    let values: Vec<u32> = number.iter().filter_map(|digit| digit.to_digit(10)).collect();
    if values.len() != ID_WEIGHTS.len() || number.len() != values.len() {
        return false;
    }
    let part = |range: Range<usize>| {
        values.iter().skip(range.start).take(range.len()).fold(0, |sum, digit| sum * 10 + digit)
    };
    let born = (1900..2100).contains(&part(6..10))
        && (1..=12).contains(&part(10..12))
        && (1..=31).contains(&part(12..14));
    let sum: u32 = values.iter().zip(ID_WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let rest = usize::try_from(sum % 11).unwrap_or_default();
    born && ID_CHECKS.get(rest) == Some(check)
}

fn is_mobile(digits: &[char]) -> bool {
    let national = match digits {
        ['8', '6', national @ ..] if digits.len() == 13 => national,
        ['0', '0', '8', '6', national @ ..] if digits.len() == 15 => national,
        _ => digits,
    };
    matches!(national, ['1', '3'..='9', ..]) && national.len() == 11
}

fn is_card(digits: &[char]) -> bool {
    if !CARD_DIGITS.contains(&digits.len()) || !matches!(digits, ['3'..='6', ..]) {
        return false;
    }
    // The check digit of Luhn (ISO/IEC 7812-1, annex B).
    let sum: u32 = digits
        .iter()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn plate(letters: &[char], at: usize) -> Option<Spotted> {
    let province = letters.get(at).copied().filter(|letter| PROVINCES.contains(*letter))?;
    let city = letters.get(at + 1).copied().filter(|letter| is_plate_letter(*letter))?;
    debug_assert!(province != city, "one is Chinese, the other is not");
    let from = at + 2 + usize::from(matches!(letters.get(at + 2), Some('·' | '.' | ' ' | '-')));
    let signs =
        letters.iter().skip(from).take_while(|letter| letter.is_ascii_digit() || is_plate_letter(**letter));
    let signs: Vec<char> = signs.copied().collect();
    let ends = letters.get(from + signs.len()).is_some_and(|letter| PLATE_ENDS.contains(*letter));
    let count = signs.len() + usize::from(ends);
    // At least one of the signs is a digit: no word is written so.
    let fits = PLATE_SIGNS.contains(&count) && signs.iter().any(char::is_ascii_digit);
    fits.then_some(Spotted { kind: Personal::Plate, at: at..from + count })
}

/// I and O are in no plate: they look like 1 and 0.
fn is_plate_letter(letter: char) -> bool {
    letter.is_ascii_uppercase() && !matches!(letter, 'I' | 'O')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXAMPLES: &str = include_str!("../data/personal.json");

    #[test]
    fn examples_are_found_and_masked() {
        let examples: serde_json::Value = serde_json::from_str(EXAMPLES).unwrap();
        for example in examples.as_array().unwrap() {
            let text = example["text"].as_str().unwrap();
            let kinds: Vec<_> = spotted(text).iter().map(|one| one.kind.as_str()).collect();
            let wanted: Vec<_> =
                example["kinds"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
            assert_eq!(kinds, wanted, "{text}");
            assert_eq!(masked(text), example["masked"].as_str().unwrap(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn masking_never_fails_and_leaves_nothing_to_find(text in ".*") {
            let masked = masked(&text);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            prop_assert_eq!(spotted(&masked), Vec::new());
        }

        #[test]
        fn a_mobile_number_is_found_in_any_words(
            front in "[\u{4e00}-\u{9fa5}，。 ]{0,8}",
            back in "[\u{4e00}-\u{9fa5}，。 ]{0,8}",
        ) {
            let text = format!("{front}13812345678{back}");
            prop_assert_eq!(masked(&text), format!("{front}138****5678{back}"));
        }
    }
}
