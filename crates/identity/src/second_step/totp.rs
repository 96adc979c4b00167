//! Codes by time (RFC 6238): SHA-1, six digits, thirty seconds, as every authenticator makes them. Pure.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_kernel::{Entropy, Timestamp};
use ring::hmac;

use crate::secret::same;

/// Bytes of a secret: what RFC 4226 recommends (section 4, R6).
const SECRET_BYTES: usize = 20;
/// How long one code is good (RFC 6238, 5.2), microseconds.
pub(crate) const STEP_MICROS: i64 = 30 * Timestamp::SECOND;
/// Steps by which a phone's clock may be early or late: what RFC 6238 (5.2) allows at most.
const TOLERANCE_STEPS: i64 = 1;
/// Six digits.
const CODES: u32 = 1_000_000;
/// Base 32 (RFC 4648, section 6), in which authenticators take secrets.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a phone and the product make the same codes from. In clear only where it is shown to its owner.
#[derive(Clone, PartialEq, Eq)]
pub struct StepSecret([u8; SECRET_BYTES]);

impl fmt::Debug for StepSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StepSecret(…)")
    }
}

impl StepSecret {
    pub(crate) fn draw(entropy: &Entropy) -> Self {
        Self(entropy.bytes())
    }

    /// As it is sealed.
    pub(crate) fn plain(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(crate) fn from_plain(plain: &str) -> Option<Self> {
        Some(Self(URL_SAFE_NO_PAD.decode(plain).ok()?.try_into().ok()?))
    }

    /// As it is typed into an authenticator.
    #[must_use]
    pub fn base32(&self) -> String {
        base32(&self.0)
    }

    /// The code of an instant, as an authenticator shows it.
    #[must_use]
    pub fn code_at(&self, now: Timestamp) -> String {
        code(&self.0, step_at(now))
    }

    /// The step whose code was typed: now or next to it, and after the last one used; none where it is wrong.
    pub(crate) fn step_of(&self, typed: &str, now: Timestamp, last: i64) -> Option<i64> {
        let at = step_at(now);
        let near = (at - TOLERANCE_STEPS..=at + TOLERANCE_STEPS).filter(|step| *step > last);
        let right = |step: &i64| same(code(&self.0, *step).as_bytes(), typed.as_bytes());
        // All of them are compared, so that the time does not tell which one was near.
        near.filter(right).fold(None, |_, step| Some(step))
    }
}

fn step_at(now: Timestamp) -> i64 {
    now.micros().div_euclid(STEP_MICROS)
}

/// HOTP (RFC 4226, 5.3) of a step.
fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = tag.last().map_or(0, |last| usize::from(last & 0xf));
    let cut = tag.get(offset..).and_then(<[u8]>::first_chunk).copied().map_or(0, u32::from_be_bytes);
    format!("{:06}", (cut & 0x7fff_ffff) % CODES)
}

/// Without padding; the length is ours.
pub(super) fn base32(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
    let letter = |at: usize| (at..at + 5).fold(0, |value, at| value << 1 | bit(at));
    let letters = (0..bytes.len() * 8).step_by(5).map(letter);
    letters.filter_map(|value| BASE32.get(value)).map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B, for SHA-1.
    const SECRET: StepSecret = StepSecret(*b"12345678901234567890");

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * Timestamp::SECOND)
    }

    #[test]
    fn the_vectors_of_the_rfc_come_out() {
        // The appendix has eight digits; six are the last of them.
        let vectors = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (second, digits) in vectors {
            assert_eq!(SECRET.code_at(at(second)), digits[2..], "{second}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_or_late_and_no_more() {
        let code = SECRET.code_at(at(3_000));
        for (second, good) in
            [(2_939, false), (2_940 + 30, true), (2_969, false), (3_029, true), (3_059, true), (3_060, false)]
        {
            assert_eq!(SECRET.step_of(&code, at(second), 0).is_some(), good, "{second}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_none_before_it_either() {
        let now = at(3_000);
        let step = SECRET.step_of(&SECRET.code_at(now), now, 0).unwrap();
        assert_eq!(step, 100);
        assert_eq!(SECRET.step_of(&SECRET.code_at(now), now, step), None);
        assert_eq!(SECRET.step_of(&SECRET.code_at(at(2_970)), now, step), None);
        assert_eq!(SECRET.step_of(&SECRET.code_at(at(3_030)), now, step), Some(101));
        for wrong in ["", "00000", "0000000", "abcdef"] {
            assert_eq!(SECRET.step_of(wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_typed_as_authenticators_take_it() {
        // RFC 4648, section 10.
        for (bytes, text) in [("", ""), ("f", "MY"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(SECRET.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(StepSecret::from_plain(&SECRET.plain()), Some(SECRET));
        assert_eq!(StepSecret::from_plain("AAAA"), None);
        assert_eq!(format!("{SECRET:?}"), "StepSecret(…)");
    }
}
