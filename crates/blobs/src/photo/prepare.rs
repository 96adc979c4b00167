//! From what a phone sent to what is kept.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::decode::decode;
use super::exif::facts;
use super::limits::{FULL_QUALITY, THUMB_QUALITY};
use super::raster::Raster;
use super::{Area, Limits, PhotoFacts, PhotoRefused, inspect};

/// A photo as it is kept: upright, at most 2048 pixels on its long side, and with no metadata at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The picture, a JPEG.
    pub full_jpeg: Vec<u8>,
    /// The small picture for lists, a JPEG.
    pub thumb_jpeg: Vec<u8>,
    /// Width of the picture, in pixels.
    pub width: u32,
    /// Height of the picture, in pixels.
    pub height: u32,
    /// What the camera had written into the file that was sent.
    pub facts: PhotoFacts,
}

/// Turns a file into what is kept. Takes memory as [`super::Inspected::decode_bytes`] says, and on a phone
/// photo some tens of milliseconds: call it through [`crate::Darkroom`].
///
/// # Errors
/// Every [`PhotoRefused`]. A decoder that panics on a crafted file is a refusal too.
pub fn prepare(bytes: &[u8], limits: &Limits) -> Result<Prepared, PhotoRefused> {
    prepare_covered(bytes, limits, &[])
}

/// As [`prepare`], with parts of the upright picture painted black before anything is encoded.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_covered(bytes: &[u8], limits: &Limits, areas: &[Area]) -> Result<Prepared, PhotoRefused> {
    // The decoders are others' code and their input is hostile. Nothing of theirs outlives the call.
    catch_unwind(AssertUnwindSafe(|| develop(bytes, limits, areas))).unwrap_or(Err(PhotoRefused::Broken))
}

fn develop(bytes: &[u8], limits: &Limits, areas: &[Area]) -> Result<Prepared, PhotoRefused> {
    let headers = inspect(bytes, limits)?;
    let facts = facts(bytes);
    // Shrunk first, since turning a small picture costs less.
    let mut full = shrink(decode(bytes, &headers, limits)?, limits.full_side)?.upright(facts.orientation);
    areas.iter().for_each(|area| full.blacken(*area));
    let full_jpeg = encode(&full, FULL_QUALITY)?;
    let (width, height) = (full.width, full.height);
    let thumb_jpeg = encode(&shrink(full, limits.thumb_side)?, THUMB_QUALITY)?;
    Ok(Prepared { full_jpeg, thumb_jpeg, width, height, facts })
}

/// Sides of a picture whose long side is at most `side`, never zero, never larger than it was.
fn fit(width: u32, height: u32, side: u32) -> (u32, u32) {
    let long = width.max(height).max(1);
    if long <= side {
        return (width, height);
    }
    let scaled = |length: u32| {
        let rounded = (u64::from(length) * u64::from(side) + u64::from(long) / 2) / u64::from(long);
        u32::try_from(rounded).unwrap_or(side).clamp(1, side)
    };
    (scaled(width), scaled(height))
}

fn shrink(picture: Raster, side: u32) -> Result<Raster, PhotoRefused> {
    let (width, height) = fit(picture.width, picture.height, side);
    if (width, height) == (picture.width, picture.height) {
        return Ok(picture);
    }
    let broken = |_| PhotoRefused::Broken;
    let source =
        Image::from_vec_u8(picture.width, picture.height, picture.rgb, PixelType::U8x3).map_err(broken)?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    // Hamming: as sharp as bicubic when shrinking, at the price of bilinear.
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Hamming));
    Resizer::new().resize(&source, &mut target, &options).map_err(|_| PhotoRefused::Broken)?;
    Ok(Raster { width, height, rgb: target.into_vec() })
}

fn encode(picture: &Raster, quality: u8) -> Result<Vec<u8>, PhotoRefused> {
    let side = |length: u32| u16::try_from(length).map_err(|_| PhotoRefused::Broken);
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder
        .encode(&picture.rgb, side(picture.width)?, side(picture.height)?, ColorType::Rgb)
        .map_err(|_| PhotoRefused::Broken)?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_keep_their_proportion() {
        assert_eq!(fit(4000, 3000, 2048), (2048, 1536));
        assert_eq!(fit(3000, 4000, 2048), (1536, 2048));
        assert_eq!(fit(2048, 10, 2048), (2048, 10));
        assert_eq!(fit(2049, 10, 2048), (2048, 10));
        assert_eq!(fit(65_535, 1, 320), (320, 1));
        assert_eq!(fit(1, 1, 320), (1, 1));
    }
}
