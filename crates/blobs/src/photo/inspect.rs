//! How large a photo will be, from its headers: asked before a single pixel is decoded.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::{ForeignKind, Limits, PhotoKind, PhotoRefused, kind};

/// What the headers of a photo say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// What it is.
    pub kind: PhotoKind,
    /// Width as stored, in pixels, before it is turned upright.
    pub width: u32,
    /// Height as stored, in pixels.
    pub height: u32,
    /// Memory that decoding takes for each pixel, in bytes.
    bytes_per_pixel: u64,
}

impl Inspected {
    /// Pixels in the photo.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        u64::from(self.width).saturating_mul(u64::from(self.height))
    }

    /// Memory that decoding takes at its height, in bytes.
    #[must_use]
    pub fn decode_bytes(&self) -> u64 {
        self.pixels().saturating_mul(self.bytes_per_pixel)
    }

    fn within(self, limits: &Limits) -> Result<Self, PhotoRefused> {
        if self.width == 0 || self.height == 0 {
            return Err(PhotoRefused::Broken);
        }
        if self.decode_bytes() > limits.decode_bytes {
            return Err(PhotoRefused::TooManyPixels {
                pixels: self.pixels(),
                limit_pixels: limits.decode_bytes / self.bytes_per_pixel.max(1),
            });
        }
        Ok(self)
    }
}

/// Bytes a pixel of the decoded photo: red, green, blue.
const RGB: u64 = 3;

/// A PNG is decoded as it is (up to 4 bytes a pixel, grey with alpha 2) and turned into RGB from there.
const PNG_BYTES_PER_PIXEL: u64 = 5;

/// A lossless WebP takes 4 bytes a pixel, again 4 for its transforms and 4 for what comes out.
const WEBP_BYTES_PER_PIXEL: u64 = 12;

/// Reads the headers.
///
/// # Errors
/// Every [`PhotoRefused`]; [`PhotoRefused::Broken`] when the headers already make no sense.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspected, PhotoRefused> {
    if bytes.len() > limits.file_bytes {
        return Err(PhotoRefused::TooManyBytes {
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            limit_bytes: u64::try_from(limits.file_bytes).unwrap_or(u64::MAX),
        });
    }
    let inspected = match kind(bytes)? {
        PhotoKind::Jpeg => jpeg(bytes).ok_or(PhotoRefused::Broken),
        PhotoKind::Png => png(bytes).ok_or(PhotoRefused::Broken),
        PhotoKind::Webp => webp(bytes),
    }?;
    inspected.within(limits)
}

/// Walks the markers (ITU-T T.81 annex B) up to the first scan. A frame whose first scan does not carry all
/// components, like a progressive one, is decoded by keeping its coefficients: 2 bytes each.
fn jpeg(bytes: &[u8]) -> Option<Inspected> {
    let mut rest = bytes.get(2..)?;
    let mut frame: Option<(u32, u32, u8, bool)> = None;
    loop {
        let start = rest.iter().position(|byte| *byte == 0xff)?;
        rest = rest.get(start..)?;
        let code_at = rest.iter().position(|byte| *byte != 0xff)?;
        let code = *rest.get(code_at)?;
        rest = rest.get(code_at.checked_add(1)?..)?;
        match code {
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            0xd9 => return None,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(*rest.first_chunk::<2>()?));
        let body = rest.get(2..length)?;
        rest = rest.get(length..)?;
        match code {
            0xc0..=0xc2 => {
                let [_precision, h1, h2, w1, w2, components] = *body.first_chunk::<6>()?;
                let height = u32::from(u16::from_be_bytes([h1, h2]));
                let width = u32::from(u16::from_be_bytes([w1, w2]));
                frame = Some((width, height, components, code == 0xc2));
            }
            // Lossless, hierarchical and arithmetic coding: nothing that takes photos writes them.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return None,
            0xda => {
                let (width, height, components, progressive) = frame?;
                let staged = progressive || *body.first()? < components;
                let kept = if staged { u64::from(components).checked_mul(2)? } else { 0 };
                let bytes_per_pixel = RGB.checked_add(kept)?;
                return Some(Inspected { kind: PhotoKind::Jpeg, width, height, bytes_per_pixel });
            }
            _ => {}
        }
    }
}

fn png(bytes: &[u8]) -> Option<Inspected> {
    let header = bytes.get(8..)?;
    if header.get(..8)? != b"\0\0\0\x0dIHDR" {
        return None;
    }
    let width = u32::from_be_bytes(*header.get(8..)?.first_chunk()?);
    let height = u32::from_be_bytes(*header.get(12..)?.first_chunk()?);
    Some(Inspected { kind: PhotoKind::Png, width, height, bytes_per_pixel: PNG_BYTES_PER_PIXEL })
}

fn webp(bytes: &[u8]) -> Result<Inspected, PhotoRefused> {
    let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|_| PhotoRefused::Broken)?;
    if decoder.is_animated() {
        return Err(PhotoRefused::Foreign(ForeignKind::AnimatedWebp));
    }
    let (width, height) = decoder.dimensions();
    Ok(Inspected { kind: PhotoKind::Webp, width, height, bytes_per_pixel: WEBP_BYTES_PER_PIXEL })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A JPEG as far as its first scan.
    fn headers(width: u16, height: u16, sof: u8, scanned: u8) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff".to_vec();
        bytes.extend([sof, 0, 17, 8]);
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
        bytes.extend([0xff, 0xda, 0, 3, scanned]);
        bytes
    }

    #[test]
    fn an_honest_50_megapixel_jpeg_passes_and_108_do_not() {
        let fits = inspect(&headers(8192, 6144, 0xc0, 3), &Limits::STANDARD).unwrap();
        assert_eq!((fits.width, fits.height), (8192, 6144));
        let refused = inspect(&headers(12_000, 9_000, 0xc0, 3), &Limits::STANDARD);
        let limit_pixels = 53_333_333;
        assert_eq!(refused, Err(PhotoRefused::TooManyPixels { pixels: 108_000_000, limit_pixels }));
    }

    #[test]
    fn what_decodes_in_stages_gets_fewer_pixels() {
        for (sof, scanned) in [(0xc2, 3), (0xc0, 1)] {
            let refused = inspect(&headers(8192, 6144, sof, scanned), &Limits::STANDARD);
            assert!(matches!(refused, Err(PhotoRefused::TooManyPixels { limit_pixels: 17_777_777, .. })));
            inspect(&headers(4000, 3000, sof, scanned), &Limits::STANDARD).unwrap();
        }
    }

    #[test]
    fn a_limit_holds_at_it_and_past_it() {
        let bytes = headers(10, 10, 0xc0, 3);
        let exact = Limits { file_bytes: bytes.len(), decode_bytes: 300, ..Limits::STANDARD };
        inspect(&bytes, &exact).unwrap();
        let small = Limits { file_bytes: bytes.len() - 1, ..exact };
        assert!(matches!(inspect(&bytes, &small), Err(PhotoRefused::TooManyBytes { .. })));
        let small = Limits { decode_bytes: 299, ..exact };
        assert!(matches!(inspect(&bytes, &small), Err(PhotoRefused::TooManyPixels { .. })));
    }

    #[test]
    fn a_size_of_zero_is_broken() {
        assert_eq!(inspect(&headers(0, 10, 0xc0, 3), &Limits::STANDARD), Err(PhotoRefused::Broken));
        assert_eq!(inspect(&headers(10, 0, 0xc0, 3), &Limits::STANDARD), Err(PhotoRefused::Broken));
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(
            start in 0usize..5, tail in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let starts: [&[u8]; 5] =
                [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
                 b"RIFF\xff\0\0\0WEBPVP8X", b"\0\0\0\x18ftyp", b""];
            let _ = inspect(&[starts[start], &tail].concat(), &Limits::STANDARD);
        }
    }
}
