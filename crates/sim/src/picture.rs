//! Photos drawn by the project itself: a street, something wrong on it, and the same street put right.
//!
//! Nothing here shows a real place or a person. Grain and a slight vignette make the pictures weigh and
//! compress about as a phone's do, so that what handles photos is tried on something like photos.

mod brush;
mod objects;

use brush::Brush;
use jpeg_encoder::{ColorType, Encoder, EncodingError};

use crate::chance::Chance;

/// Width of a picture, pixels.
pub const WIDTH: u32 = 640;
/// Height of a picture, pixels.
pub const HEIGHT: u32 = 480;
/// JPEG quality of a drawn picture.
const QUALITY: u8 = 82;

/// What is to be seen on a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moment {
    /// As it was found.
    Before,
    /// Put right.
    After,
}

/// Draws the scene called `name` (the column `scene` of `data/kinds.csv`) as a JPEG. An unknown name gives an
/// empty street.
///
/// # Errors
/// When the JPEG encoder fails.
pub fn draw(name: &str, moment: Moment, seed: u64) -> Result<Vec<u8>, EncodingError> {
    let mut chance = Chance::new(seed);
    let mut brush = Brush::new(WIDTH, HEIGHT);
    street(&mut brush, &mut chance);
    if moment == Moment::Before {
        objects::wrong(name, &mut brush, &mut chance);
    } else {
        objects::right(name, &mut brush, &mut chance);
    }
    let pixels = brush.finish(&mut chance);
    let mut jpeg = Vec::new();
    let (width, height) =
        (u16::try_from(WIDTH).unwrap_or(u16::MAX), u16::try_from(HEIGHT).unwrap_or(u16::MAX));
    Encoder::new(&mut jpeg, QUALITY).encode(&pixels, width, height, ColorType::Rgb)?;
    Ok(jpeg)
}

/// Sky, houses, pavement and road.
fn street(brush: &mut Brush, chance: &mut Chance) {
    let light = chance.between(0.75, 1.05);
    let shade = |[r, g, b]: [f64; 3]| [r * light, g * light, b * light];
    brush.rectangle([0.0, 0.0, 640.0, 190.0], shade([188.0, 208.0, 226.0]));
    let mut x = chance.between(-60.0, 0.0);
    while x < 640.0 {
        let (width, top) = (chance.between(80.0, 170.0), chance.between(20.0, 110.0));
        let wall =
            [[206.0, 196.0, 180.0], [186.0, 178.0, 172.0], [214.0, 202.0, 196.0], [172.0, 182.0, 190.0]];
        let wall = chance.pick(&wall).copied().unwrap_or([200.0; 3]);
        brush.rectangle([x, top, x + width, 230.0], shade(wall));
        windows(brush, chance, [x, top, x + width]);
        x += width + 3.0;
    }
    brush.rectangle([0.0, 226.0, 640.0, 290.0], shade([168.0, 164.0, 158.0]));
    for slab in 0..17 {
        let x = f64::from(slab) * 40.0 - 10.0;
        brush.line([[x, 228.0], [x - 26.0, 288.0]], 1.5, shade([146.0, 142.0, 138.0]));
    }
    brush.rectangle([0.0, 288.0, 640.0, 296.0], shade([130.0, 128.0, 126.0]));
    brush.rectangle([0.0, 296.0, 640.0, 480.0], shade([92.0, 92.0, 95.0]));
    let shift = chance.between(0.0, 120.0);
    for dash in 0..6 {
        let x = f64::from(dash) * 150.0 - shift;
        let mark = [[x, 462.0], [x + 76.0, 462.0], [x + 82.0, 473.0], [x + 4.0, 473.0]];
        brush.polygon(&mark, shade([222.0, 220.0, 210.0]));
    }
}

fn windows(brush: &mut Brush, chance: &mut Chance, [left, top, right]: [f64; 3]) {
    let mut y = top + 14.0;
    while y < 190.0 {
        let mut x = left + 10.0;
        while x + 18.0 < right {
            let lit = chance.between(0.7, 1.0);
            brush.rectangle([x, y, x + 16.0, y + 20.0], [96.0 * lit, 118.0 * lit, 138.0 * lit]);
            x += 27.0;
        }
        y += 34.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_and_after_differ_and_a_seed_draws_the_same_again() {
        for name in objects::NAMES {
            let before = draw(name, Moment::Before, 4).unwrap();
            assert_eq!(before, draw(name, Moment::Before, 4).unwrap(), "{name}");
            assert_ne!(before, draw(name, Moment::After, 4).unwrap(), "{name}");
            assert!(before.starts_with(&[0xff, 0xd8]) && before.len() > 10_000, "{name}: {}", before.len());
        }
    }
}
