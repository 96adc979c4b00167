//! What a file is, by its first bytes; names and declared types are not asked.

use super::PhotoRefused;

/// A kind of photo that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoKind {
    /// ITU-T T.81.
    Jpeg,
    /// ISO/IEC 15948.
    Png,
    /// RFC 9649.
    Webp,
}

/// A kind of file that is known by its first bytes and not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignKind {
    /// AV1 still picture.
    Avif,
    /// WebP with more than one picture.
    AnimatedWebp,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF, and the raw formats of cameras that are built on it.
    Tiff,
    /// JPEG XL.
    JpegXl,
    /// JPEG 2000.
    Jpeg2000,
    /// SVG.
    Svg,
    /// PDF.
    Pdf,
    /// A film: MP4, QuickTime, 3GP, WebM.
    Video,
    /// A web page, which networks with a sign-in page send in place of a file.
    Html,
    /// ZIP, and the office documents that are built on it.
    Zip,
}

impl ForeignKind {
    /// The name that the world gives it, the same in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Avif => "AVIF",
            Self::AnimatedWebp => "WebP (animated)",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF/RAW",
            Self::JpegXl => "JPEG XL",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
            Self::Video => "MP4/MOV/WebM",
            Self::Html => "HTML",
            Self::Zip => "ZIP",
        }
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// First bytes that settle it alone.
const FOREIGN: &[(&[u8], ForeignKind)] = &[
    (b"GIF8", ForeignKind::Gif),
    (b"BM", ForeignKind::Bmp),
    (b"II*\0", ForeignKind::Tiff),
    (b"MM\0*", ForeignKind::Tiff),
    (b"\xff\x0a", ForeignKind::JpegXl),
    (b"\0\0\0\x0cJXL ", ForeignKind::JpegXl),
    (b"\0\0\0\x0cjP  ", ForeignKind::Jpeg2000),
    (b"%PDF", ForeignKind::Pdf),
    (b"\x1a\x45\xdf\xa3", ForeignKind::Video),
    (b"PK\x03\x04", ForeignKind::Zip),
];

/// Says what `bytes` are.
///
/// # Errors
/// [`PhotoRefused::Empty`], [`PhotoRefused::Heic`], [`PhotoRefused::Foreign`], [`PhotoRefused::Unknown`].
pub fn kind(bytes: &[u8]) -> Result<PhotoKind, PhotoRefused> {
    if bytes.is_empty() {
        return Err(PhotoRefused::Empty);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(PhotoKind::Jpeg);
    }
    if bytes.starts_with(PNG) {
        return Ok(PhotoKind::Png);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(PhotoKind::Webp);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Err(base_media(bytes));
    }
    if let Some((_, kind)) = FOREIGN.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(PhotoRefused::Foreign(*kind));
    }
    Err(markup(bytes).map_or(PhotoRefused::Unknown, PhotoRefused::Foreign))
}

/// ISO base media files (ISO/IEC 14496-12) say what they are in a list of four-letter brands.
fn base_media(bytes: &[u8]) -> PhotoRefused {
    /// Brands looked at; real files have fewer than ten.
    const BRANDS_MAX: usize = 32;
    let size = bytes.first_chunk::<4>().map_or(0, |size| u32::from_be_bytes(*size));
    let end = usize::try_from(size).unwrap_or(usize::MAX).clamp(16, bytes.len().max(16));
    let major = bytes.get(8..12);
    let listed = bytes.get(16..end).unwrap_or_default().chunks_exact(4).take(BRANDS_MAX);
    let brands: Vec<&[u8]> = major.into_iter().chain(listed).collect();
    let has = |wanted: &[&[u8; 4]]| brands.iter().any(|brand| wanted.iter().any(|one| *brand == &one[..]));
    if has(&[b"avif", b"avis"]) {
        PhotoRefused::Foreign(ForeignKind::Avif)
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
        PhotoRefused::Heic
    } else {
        PhotoRefused::Foreign(ForeignKind::Video)
    }
}

fn markup(bytes: &[u8]) -> Option<ForeignKind> {
    /// How far into a text to look for its first element.
    const LOOK_BYTES: usize = 512;
    let start = bytes.get(..LOOK_BYTES).unwrap_or(bytes).to_ascii_lowercase();
    let holds = |tag: &[u8]| start.windows(tag.len()).any(|window| window == tag);
    if !start.trim_ascii_start().starts_with(b"<") && !start.starts_with(b"\xef\xbb\xbf<") {
        return None;
    }
    if holds(b"<svg") {
        Some(ForeignKind::Svg)
    } else {
        (holds(b"<html") || holds(b"<!doctype html")).then_some(ForeignKind::Html)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_kinds_are_named() {
        let cases: &[(&[u8], Result<PhotoKind, PhotoRefused>)] = &[
            (b"", Err(PhotoRefused::Empty)),
            (b"\xff\xd8\xff\xe0", Ok(PhotoKind::Jpeg)),
            (b"\x89PNG\r\n\x1a\n....", Ok(PhotoKind::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Ok(PhotoKind::Webp)),
            (b"RIFF\x10\0\0\0WAVE", Err(PhotoRefused::Unknown)),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Err(PhotoRefused::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Err(PhotoRefused::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Err(PhotoRefused::Foreign(ForeignKind::Avif))),
            (b"\0\0\0\x14ftypisom\0\0\0\0mp42", Err(PhotoRefused::Foreign(ForeignKind::Video))),
            (b"\xff\xff\xff\xffftypisom", Err(PhotoRefused::Foreign(ForeignKind::Video))),
            (b"\0\0\0\0ftyp", Err(PhotoRefused::Foreign(ForeignKind::Video))),
            (b"GIF89a", Err(PhotoRefused::Foreign(ForeignKind::Gif))),
            (b"%PDF-1.7", Err(PhotoRefused::Foreign(ForeignKind::Pdf))),
            (b"<?xml version='1.0'?><svg/>", Err(PhotoRefused::Foreign(ForeignKind::Svg))),
            (b"\n<!DOCTYPE HTML><title>", Err(PhotoRefused::Foreign(ForeignKind::Html))),
            (b"hello", Err(PhotoRefused::Unknown)),
            (b"\xff\xd8", Err(PhotoRefused::Unknown)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(kind(bytes), *expected, "{}", bytes.escape_ascii());
        }
    }
}
