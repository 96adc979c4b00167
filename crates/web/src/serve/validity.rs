//! From when until when a certificate is good, read from the certificate itself (RFC 5280, 4.1.2.5).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use qige_kernel::Timestamp;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// A term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    /// The certificate's last byte, which is a signature's and so anything.
    chance: u8,
}

impl Validity {
    /// Reads a certificate's DER; none when it is not one.
    pub(super) fn of(certificate: &[u8]) -> Option<Self> {
        let (SEQUENCE, whole, _) = element(certificate)? else { return None };
        let (SEQUENCE, mut rest, _) = element(whole)? else { return None };
        for expected in [VERSION, INTEGER, SEQUENCE, SEQUENCE] {
            let (tag, _, after) = element(rest)?;
            // The first version of certificates does not say its version.
            match tag == expected {
                true => rest = after,
                false if expected == VERSION => {}
                false => return None,
            }
        }
        let (SEQUENCE, term, _) = element(rest)? else { return None };
        let (kind, from, term) = element(term)?;
        let from = instant(kind, from)?;
        let (kind, until, _) = element(term)?;
        Some(Self { from, until: instant(kind, until)?, chance: *certificate.last()? })
    }

    /// When it should be renewed: with a third of its term left, as authorities advise, or up to a twelfth of
    /// the term later, so that servers that began together do not come together. The same each time.
    pub(super) fn due(self) -> Timestamp {
        let term = self.until.since(self.from).max(0);
        self.from.plus(term / 3 * 2).plus(term / 12 / 256 * i64::from(self.chance))
    }
}

/// The first element: its tag, what it holds, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        // Certificates are far from 2^32 bytes.
        let digits = usize::from(*first & 0x7f);
        if !(1..=4).contains(&digits) {
            return None;
        }
        let (length, rest) = rest.split_at_checked(digits)?;
        (length.iter().try_fold(0usize, |sum, byte| sum.checked_mul(256)?.checked_add((*byte).into()))?, rest)
    };
    let (held, rest) = rest.split_at_checked(length)?;
    Some((*tag, held, rest))
}

fn instant(kind: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let whole = match kind {
        // Two digits of a year stand for 1950 to 2049.
        UTC_TIME if text.get(..2)?.parse::<u8>().ok()? >= 50 => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", whole).ok()?;
    let micros = TimeZone::UTC.to_timestamp(civil).ok()?.as_microsecond();
    Some(Timestamp::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(until: i32) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(vec!["qige.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 11, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 30);
        let key = rcgen::KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn both_ways_to_write_a_time_are_read() {
        let near = Validity::of(&made(2027)).unwrap();
        assert_eq!(near.from, "2026-11-01T00:00:00Z".parse().unwrap());
        assert_eq!(near.until, "2027-01-30T00:00:00Z".parse().unwrap());
        let (sooner, later) = (Validity { chance: 0, ..near }, Validity { chance: 255, ..near });
        assert_eq!(sooner.due(), "2026-12-31T00:00:00Z".parse().unwrap(), "ninety days: after sixty");
        assert!(later.due() < "2027-01-07T12:00:00Z".parse().unwrap(), "or within a week of then");
        assert!(sooner.due() <= near.due() && near.due() <= later.due());
        let far = Validity::of(&made(2060)).unwrap();
        assert_eq!(far.until, "2060-01-30T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn whatever_a_certificate_says_of_its_term_is_read_or_none() {
        let read = |bytes: &[u8]| {
            let term = Validity::of(bytes);
            term.inspect(|term| assert!(term.due() >= term.from)).is_some()
        };
        let seeds = || vec![made(2027), made(2060)];
        let tried = qige_fuzz::for_a_while(&qige_fuzz::Target { name: "certificate", seeds, read });
        println!("certificate: {tried} texts in {} s", qige_fuzz::seconds());
    }

    #[test]
    fn what_is_cut_off_or_changed_is_none_or_another_and_never_a_panic() {
        let whole = made(2027);
        for end in 0..whole.len().min(160) {
            let _cut = Validity::of(&whole[..end]);
        }
        for at in 0..whole.len() {
            for byte in [0, 0x7f, 0x80, 0x84, 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                let _read = Validity::of(&changed);
            }
        }
        assert_eq!(Validity::of(&[]), None);
        assert_eq!(Validity::of(b"\x30\x84\xff\xff\xff\xff"), None);
    }
}
