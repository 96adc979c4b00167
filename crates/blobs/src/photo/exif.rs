//! What a camera wrote beside the picture: when, where, how it was held. Offered to the reporter, never
//! trusted alone, never stored in the picture.

use std::io::Cursor;

use exif::{Exif, In, Reader, Tag, Value};
use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use qige_kernel::{Position, Timestamp};

use super::Orientation;

/// What a camera wrote beside the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PhotoFacts {
    /// How the camera was held.
    pub orientation: Orientation,
    /// Where, by the camera's own receiver (WGS-84).
    pub position: Option<Position>,
    /// When, by the camera's own clock.
    pub taken: Option<Taken>,
}

/// When a photo was taken, by the camera's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What the camera's clock showed.
    pub local: civil::DateTime,
    /// The clock's distance from UTC, where the camera wrote it.
    pub offset: Option<Offset>,
}

impl Taken {
    /// The instant, in the camera's own offset or else as if its clock showed the time of `zone`.
    #[must_use]
    pub fn instant(self, zone: &TimeZone) -> Option<Timestamp> {
        let instant = match self.offset {
            Some(offset) => offset.to_timestamp(self.local).ok()?,
            None => zone.to_timestamp(self.local).ok()?,
        };
        Some(instant.into())
    }
}

/// Reads what can be read; damaged or missing parts are left out.
#[must_use]
pub fn facts(photo: &[u8]) -> PhotoFacts {
    let read = Reader::new()
        .continue_on_error(true)
        .read_from_container(&mut Cursor::new(photo))
        .or_else(|error| error.distill_partial_result(|_| ()));
    let Ok(exif) = read else { return PhotoFacts::default() };
    PhotoFacts { orientation: orientation(&exif), position: position(&exif), taken: taken(&exif) }
}

fn orientation(exif: &Exif) -> Orientation {
    exif.get_field(Tag::Orientation, In::PRIMARY)
        .and_then(|field| field.value.get_uint(0))
        .map_or(Orientation::Upright, Orientation::from_exif)
}

fn position(exif: &Exif) -> Option<Position> {
    let lat = angle(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, [b'N', b'S'])?;
    let lng = angle(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, [b'E', b'W'])?;
    // A receiver without a fix writes zeros; nothing in this product is at 0° 0°.
    let no_fix = lat == 0.0 && lng == 0.0;
    if no_fix { None } else { Position::new(lng, lat).ok() }
}

/// Degrees, minutes and seconds with a letter for the half of the globe. Without the letter it could be
/// either half, so it is nothing.
fn angle(exif: &Exif, tag: Tag, half: Tag, [plus, minus]: [u8; 2]) -> Option<f64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let [degrees, minutes, seconds] = parts.as_slice() else { return None };
    let sum = degrees.to_f64() + minutes.to_f64() / 60.0 + seconds.to_f64() / 3600.0;
    let Value::Ascii(letters) = &exif.get_field(half, In::PRIMARY)?.value else { return None };
    let letter = letters.first()?.first()?.to_ascii_uppercase();
    let sign = match letter {
        _ if letter == plus => 1.0,
        _ if letter == minus => -1.0,
        _ => return None,
    };
    sum.is_finite().then_some(sign * sum)
}

/// The moment of exposure or of digitising; never the time of the last edit.
fn taken(exif: &Exif) -> Option<Taken> {
    moment(exif, Tag::DateTimeOriginal, Tag::OffsetTimeOriginal)
        .or_else(|| moment(exif, Tag::DateTimeDigitized, Tag::OffsetTimeDigitized))
}

fn moment(exif: &Exif, tag: Tag, offset: Tag) -> Option<Taken> {
    let mut read = exif::DateTime::from_ascii(ascii(exif, tag)?).ok()?;
    let part = |number: u8| i8::try_from(number).ok();
    let year = i16::try_from(read.year).ok()?;
    let (month, day) = (part(read.month)?, part(read.day)?);
    let (hour, minute, second) = (part(read.hour)?, part(read.minute)?, part(read.second)?);
    let local = civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let offset = ascii(exif, offset)
        .and_then(|text| read.parse_offset(text).ok())
        .and(read.offset)
        .and_then(|minutes| Offset::from_seconds(i32::from(minutes).checked_mul(60)?).ok());
    Some(Taken { local, offset })
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(texts) => texts.first().map(Vec::as_slice),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_camera_clock_is_read_in_its_own_offset_or_in_the_zone_given() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let local = civil::date(2026, 3, 1).at(8, 30, 0, 0);
        let plain = Taken { local, offset: None };
        assert_eq!(plain.instant(&zone).unwrap().to_string(), "2026-03-01T00:30:00Z");
        let told = Taken { local, offset: Some(jiff::tz::offset(-5)) };
        assert_eq!(told.instant(&zone).unwrap().to_string(), "2026-03-01T13:30:00Z");
    }

    proptest! {
        #[test]
        fn garbage_is_no_facts_and_no_panic(tail in proptest::collection::vec(any::<u8>(), 0..600)) {
            let mut jpeg = b"\xff\xd8\xff\xe1\x02\x00Exif\0\0II*\0\x08\0\0\0".to_vec();
            jpeg.extend(tail);
            let _ = facts(&jpeg);
        }
    }
}
