//! Codes on paper, for when the phone is lost: drawn ten at a time, shown once, each good once. Pure.

use std::fmt;

use qige_kernel::{Entropy, PersonId};
use sha2::{Digest, Sha256};

use super::totp::base32;
use crate::name::search_key;

/// How many a person gets.
pub(crate) const RECOVERY_CODES: usize = 10;
/// Bytes of chance in each: 120 bits. From 112 on a plain hash is enough to keep (OWASP ASVS 5.0, 6.5.2).
const CHANCE_BYTES: usize = 15;
/// Letters of one.
const LETTERS: usize = letters(CHANCE_BYTES);
/// Letters of those that were drawn when ten bytes were thought enough: they open until they are used up.
const LETTERS_BEFORE: usize = letters(10);
/// Letters between hyphens: what people copy at a glance.
const GROUP: usize = 4;

/// Letters for so many bytes of chance.
pub(crate) const fn letters(bytes: usize) -> usize {
    bytes * 8 / 5
}

/// One code, as it was drawn or typed: small letters, without hyphens.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at.is_multiple_of(GROUP) {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl RecoveryCode {
    /// New ones.
    pub(crate) fn draw(entropy: &Entropy) -> Vec<Self> {
        (0..RECOVERY_CODES).map(|_| Self::draw_one::<CHANCE_BYTES>(entropy)).collect()
    }

    /// A new one of so many bytes.
    pub(crate) fn draw_one<const BYTES: usize>(entropy: &Entropy) -> Self {
        Self(base32(&entropy.bytes::<BYTES>()).to_lowercase())
    }

    /// What was typed, if it has the length of one; with or without hyphens, and with the digits that are
    /// taken for letters.
    pub(crate) fn typed(text: &str) -> Option<Self> {
        let letter = |letter| match letter {
            '0' => 'o',
            '1' => 'i',
            '8' => 'b',
            letter => letter,
        };
        let text = search_key(text);
        let text: String = text.chars().filter(char::is_ascii_alphanumeric).map(letter).collect();
        [LETTERS, LETTERS_BEFORE].contains(&text.len()).then_some(Self(text))
    }

    /// What is kept of it: SHA-256 (FIPS 180-4), for one person.
    pub(crate) fn digest(&self, person: PersonId) -> [u8; 32] {
        Sha256::new().chain_update(person.0.as_bytes()).chain_update(self.0.as_bytes()).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let codes = RecoveryCode::draw(&Entropy::seeded(5));
        assert_eq!(codes.len(), RECOVERY_CODES);
        let shown = codes[0].to_string();
        assert_eq!((shown.len(), shown.matches('-').count()), (24 + 5, 5));
        for typed in [shown.clone(), shown.to_uppercase(), shown.replace('-', " "), shown.replace('o', "0")] {
            assert_eq!(RecoveryCode::typed(&typed).as_ref(), Some(&codes[0]), "{typed}");
        }
        for wrong in ["", "123456", &shown[1..]] {
            assert_eq!(RecoveryCode::typed(wrong), None, "{wrong}");
        }
        assert!(RecoveryCode::typed("k7m2-xvq5-x43c-abcd").is_some(), "one of those drawn before");
        assert_eq!(format!("{:?}", codes[0]), "RecoveryCode(…)");
    }

    #[test]
    fn the_same_code_is_kept_differently_for_another_person() {
        let code = RecoveryCode::draw(&Entropy::seeded(5)).remove(0);
        let person = |number| PersonId(uuid::Uuid::from_u128(number));
        assert_ne!(code.digest(person(1)), code.digest(person(2)));
    }
}
