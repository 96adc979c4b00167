//! Photos made here: the kinds that cameras and screens write, and the files that are sent to do harm.

use jpeg_encoder::{ColorType, Encoder};
use qige_blobs::photo::{ForeignKind, Limits, PhotoRefused, Prepared, prepare, prepare_covered};
use qige_kernel::Refusal;

fn jpeg(width: u16, height: u16, colour: ColorType, pixel: &[u8], progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_progressive(progressive);
    let pixels = pixel.repeat(usize::from(width) * usize::from(height));
    encoder.encode(&pixels, width, height, colour).unwrap();
    bytes
}

fn png(colour: png::ColorType, depth: png::BitDepth, row: &[u8], rows: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let samples = u32::try_from(row.len()).unwrap() / if depth == png::BitDepth::Sixteen { 2 } else { 1 };
    let mut encoder = png::Encoder::new(&mut bytes, samples / u32::try_from(colour.samples()).unwrap(), rows);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&row.repeat(usize::try_from(rows).unwrap())).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The colour in the middle of what is kept.
fn middle(photo: &Prepared) -> [u8; 3] {
    let mut decoder = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(&photo.full_jpeg));
    let pixels = decoder.decode().unwrap();
    let at = usize::try_from((photo.height / 2) * photo.width + photo.width / 2).unwrap() * 3;
    [pixels[at], pixels[at + 1], pixels[at + 2]]
}

fn assert_near(found: [u8; 3], wanted: [u8; 3]) {
    assert!(found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 6), "{found:?} is not {wanted:?}");
}

#[test]
fn every_kind_of_jpeg() {
    let cases = [
        (ColorType::Rgb, &[200, 60, 30][..], false, [200, 60, 30]),
        (ColorType::Rgb, &[200, 60, 30][..], true, [200, 60, 30]),
        (ColorType::Luma, &[90][..], false, [90, 90, 90]),
        (ColorType::Luma, &[90][..], true, [90, 90, 90]),
        (ColorType::Cmyk, &[0, 255, 255, 0][..], false, [255, 0, 0]),
        (ColorType::CmykAsYcck, &[0, 255, 255, 0][..], false, [255, 0, 0]),
    ];
    for (colour, pixel, progressive, wanted) in cases {
        let photo = prepare(&jpeg(64, 48, colour, pixel, progressive), &Limits::STANDARD).unwrap();
        assert_eq!((photo.width, photo.height), (64, 48), "{colour:?}");
        assert_near(middle(&photo), wanted);
    }
}

#[test]
fn what_is_covered_is_black_and_the_rest_as_it_was() {
    let bytes = jpeg(640, 480, ColorType::Rgb, &[200, 60, 30], false);
    let covered = |area: &str| prepare_covered(&bytes, &Limits::STANDARD, &[area.parse().unwrap()]).unwrap();
    assert_near(middle(&covered("40,40,20,20")), [0, 0, 0]);
    assert_near(middle(&covered("0,0,45,100")), [200, 60, 30]);
    let all = covered("0,0,100,100");
    let dark = prepare(&jpeg(640, 480, ColorType::Rgb, &[0, 0, 0], false), &Limits::STANDARD).unwrap();
    assert_eq!((all.full_jpeg, all.thumb_jpeg), (dark.full_jpeg, dark.thumb_jpeg), "in both sizes");
}

#[test]
fn every_kind_of_png() {
    use png::{BitDepth, ColorType};
    let cases = [
        (ColorType::Rgb, BitDepth::Eight, [200, 60, 30].repeat(32), [200, 60, 30]),
        (ColorType::Rgba, BitDepth::Eight, [200, 60, 30, 0].repeat(32), [255, 255, 255]),
        (ColorType::Rgba, BitDepth::Eight, [0, 0, 0, 128].repeat(32), [127, 127, 127]),
        (ColorType::Grayscale, BitDepth::Eight, [77].repeat(32), [77, 77, 77]),
        (ColorType::GrayscaleAlpha, BitDepth::Eight, [0, 0].repeat(32), [255, 255, 255]),
        (ColorType::Rgb, BitDepth::Sixteen, [200, 0, 60, 0, 30, 0].repeat(32), [200, 60, 30]),
    ];
    for (colour, depth, row, wanted) in cases {
        let photo = prepare(&png(colour, depth, &row, 24), &Limits::STANDARD).unwrap();
        assert_eq!((photo.width, photo.height), (32, 24), "{colour:?}");
        assert_near(middle(&photo), wanted);
    }
}

#[test]
fn webp_with_and_without_transparency() {
    for (colour, pixel, wanted) in [
        (image_webp::ColorType::Rgb8, &[200, 60, 30][..], [200, 60, 30]),
        (image_webp::ColorType::Rgba8, &[200, 60, 30, 0][..], [255, 255, 255]),
    ] {
        let mut bytes = Vec::new();
        image_webp::WebPEncoder::new(&mut bytes).encode(&pixel.repeat(40 * 30), 40, 30, colour).unwrap();
        let photo = prepare(&bytes, &Limits::STANDARD).unwrap();
        assert_near(middle(&photo), wanted);
    }
}

#[test]
fn a_long_side_becomes_2048_and_320() {
    let photo = prepare(&jpeg(3000, 1000, ColorType::Luma, &[128], false), &Limits::STANDARD).unwrap();
    assert_eq!((photo.width, photo.height), (2048, 683));
    let thumb = prepare(&photo.thumb_jpeg, &Limits::STANDARD).unwrap();
    assert_eq!((thumb.width, thumb.height), (320, 107));
}

#[test]
fn what_is_not_a_photo_is_told_so() {
    let refused = |bytes: &[u8]| prepare(bytes, &Limits::STANDARD).unwrap_err();
    assert_eq!(refused(b""), PhotoRefused::Empty);
    assert_eq!(refused(b"GIF89a..."), PhotoRefused::Foreign(ForeignKind::Gif));
    assert_eq!(refused(b"%PDF-1.4"), PhotoRefused::Foreign(ForeignKind::Pdf));
    assert_eq!(refused(b"words"), PhotoRefused::Unknown);
    assert_eq!(refused(b"\xff\xd8\xff\xe0\0\x10JFIF"), PhotoRefused::Broken);
    let large = vec![0xff; 50_000_000];
    let told = refused(&large);
    assert_eq!(told.code(), "photo-too-many-bytes");
    assert_eq!(Refusal::from(told).args["megabytes"], "50");
}

#[test]
fn a_small_file_that_unpacks_into_gigabytes_is_refused_before_it_does() {
    // 60,000 × 60,000 pixels of one colour are about 10 MB of PNG and 10.8 GB of memory.
    let mut bomb = png(png::ColorType::Rgb, png::BitDepth::Eight, &[0; 30], 10);
    bomb[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    assert!(matches!(prepare(&bomb, &Limits::STANDARD), Err(PhotoRefused::TooManyPixels { .. })));

    let mut bomb = jpeg(8, 8, ColorType::Luma, &[0], false);
    let sof = bomb.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bomb[sof + 5..sof + 9].copy_from_slice(&[0xff; 4]);
    assert!(matches!(prepare(&bomb, &Limits::STANDARD), Err(PhotoRefused::TooManyPixels { .. })));
}
