//! From a file to pixels. Only called on what [`super::inspect()`] let through.

use std::io::Cursor;

use image_webp::WebPDecoder;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::limits::JPEG_SCANS_MAX;
use super::raster::Raster;
use super::{Inspected, Limits, PhotoKind, PhotoRefused};

pub(crate) fn decode(bytes: &[u8], headers: &Inspected, limits: &Limits) -> Result<Raster, PhotoRefused> {
    let rgb = match headers.kind {
        PhotoKind::Jpeg => jpeg(bytes, headers),
        PhotoKind::Png => png(bytes, limits),
        PhotoKind::Webp => webp(bytes),
    }
    .ok_or(PhotoRefused::Broken)?;
    let expected = headers.pixels().checked_mul(3).and_then(|bytes| usize::try_from(bytes).ok());
    if expected != Some(rgb.len()) {
        return Err(PhotoRefused::Broken);
    }
    Ok(Raster { width: headers.width, height: headers.height, rgb })
}

/// Lenient: half a photo from a broken transfer still shows half a pothole.
fn jpeg(bytes: &[u8], headers: &Inspected) -> Option<Vec<u8>> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::try_from(headers.width).ok()?)
        .set_max_height(usize::try_from(headers.height).ok()?)
        .jpeg_set_max_scans(JPEG_SCANS_MAX)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode().ok()
}

fn png(bytes: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let bound = png::Limits { bytes: usize::try_from(limits.decode_bytes).ok()? };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), bound);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(frame.buffer_size());
    Some(match frame.color_type {
        png::ColorType::Rgb => pixels,
        png::ColorType::Rgba => on_white(pixels),
        png::ColorType::Grayscale => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        png::ColorType::GrayscaleAlpha => pixels
            .as_chunks::<2>()
            .0
            .iter()
            .flat_map(|[grey, alpha]| [over_white(*grey, *alpha); 3])
            .collect(),
        png::ColorType::Indexed => return None,
    })
}

fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).ok()?;
    let mut pixels = vec![0; decoder.output_buffer_size()?];
    decoder.read_image(&mut pixels).ok()?;
    Some(if decoder.has_alpha() { on_white(pixels) } else { pixels })
}

/// Lays a transparent picture on white paper, in its own memory: three bytes are written for four read.
fn on_white(mut rgba: Vec<u8>) -> Vec<u8> {
    let pixels = rgba.len() / 4;
    for pixel in 0..pixels {
        let Some([red, green, blue, alpha]) = rgba.get(pixel * 4..).and_then(|rest| rest.first_chunk::<4>())
        else {
            break;
        };
        let seen = [red, green, blue].map(|colour| over_white(*colour, *alpha));
        if let Some(target) = rgba.get_mut(pixel * 3..).and_then(|rest| rest.first_chunk_mut::<3>()) {
            *target = seen;
        }
    }
    rgba.truncate(pixels * 3);
    rgba
}

fn over_white(colour: u8, alpha: u8) -> u8 {
    let (colour, alpha) = (u32::from(colour), u32::from(alpha));
    let sum = colour * alpha + 255 * (255 - alpha);
    u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_lies_on_white() {
        assert_eq!(
            on_white(vec![10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128]),
            [10, 20, 30, 255, 255, 255, 127, 127, 127]
        );
    }
}
