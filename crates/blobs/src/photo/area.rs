//! Parts of a picture that are painted over.

use std::ops::Range;
use std::str::FromStr;

/// Shares are counted in ten-thousandths: a fifth of a pixel of the largest picture that is kept.
const WHOLE: u32 = 10_000;

/// A part of a picture, in ten-thousandths of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// A text that names no part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no part of a picture")]
pub struct NoArea;

impl FromStr for Area {
    type Err = NoArea;

    /// From left, top, width and height in per cent, with two decimals at most: `12.5,30,20,10.25`.
    fn from_str(text: &str) -> Result<Self, NoArea> {
        let mut sides = text.split(',').map(|side| share(side.trim()));
        let mut next = || sides.next().flatten().ok_or(NoArea);
        let area = Self { x: next()?, y: next()?, width: next()?, height: next()? };
        let fits = |from: u32, length: u32| length > 0 && from.saturating_add(length) <= WHOLE;
        let whole = sides.next().is_none() && fits(area.x, area.width) && fits(area.y, area.height);
        if whole { Ok(area) } else { Err(NoArea) }
    }
}

/// Per cent as ten-thousandths.
fn share(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|sign| sign.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let part: u32 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(part)
}

impl Area {
    /// The rows and columns that it touches, each of them whole.
    pub(super) fn pixels(self, width: u32, height: u32) -> (Range<usize>, Range<usize>) {
        (within(self.y, self.height, height), within(self.x, self.width, width))
    }
}

fn within(from: u32, length: u32, side: u32) -> Range<usize> {
    let (side, whole) = (u64::from(side), u64::from(WHOLE));
    let first = u64::from(from) * side / whole;
    let last = ((u64::from(from) + u64::from(length)) * side).div_ceil(whole).min(side);
    let pixel = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    pixel(first)..pixel(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_lies_inside_the_picture() {
        let area: Area = "12.5, 30,20,10.25".parse().unwrap();
        assert_eq!(area, Area { x: 1_250, y: 3_000, width: 2_000, height: 1_025 });
        assert!("0,0,100,100".parse::<Area>().is_ok());
        for odd in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "0,0,0,5",
            "0,0,100.01,100",
            "50,0,51,10",
            "-1,0,5,5",
            "1.234,0,5,5",
            "1.,0,5,5",
            "NaN,0,5,5",
            "1e1,0,5,5",
            "99999,0,99999,5",
            "4294967295,0,1,1",
        ] {
            assert_eq!(odd.parse::<Area>(), Err(NoArea), "{odd}");
        }
    }

    #[test]
    fn every_pixel_that_is_touched_is_painted() {
        let area: Area = "15,50,10,20".parse().unwrap();
        assert_eq!(area.pixels(10, 7), (3..5, 1..3));
        let all: Area = "0,0,100,100".parse().unwrap();
        assert_eq!(all.pixels(2_048, 1), (0..1, 0..2_048));
        let last: Area = "99.99,99.99,0.01,0.01".parse().unwrap();
        assert_eq!(last.pixels(10, 7), (6..7, 9..10));
    }
}
