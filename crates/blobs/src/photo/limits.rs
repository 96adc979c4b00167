//! How large a photo may be, and how large it is kept.

/// Largest file taken: 24 MiB. A 50-megapixel phone photo is 12 to 20 MB; more is not one photo of a street.
pub const FILE_BYTES_MAX: usize = 24 * 1024 * 1024;

/// Most memory that one photo may take while it is decoded: 160 MB. That is a 50-megapixel JPEG (3 bytes a
/// pixel), the largest that common phones take without being asked; a 108-megapixel one would need 324 MB,
/// so the phone shrinks it first, and says so where it cannot. Kinds that decode less frugally get fewer
/// pixels for the same memory (see [`super::Inspected::decode_bytes`]).
pub const DECODE_BYTES_MAX: u64 = 160_000_000;

/// Long side of what is kept, in pixels: enough to read a sign across a street, about 400 kB.
pub const FULL_SIDE_MAX: u32 = 2048;

/// Long side of the small picture in lists, in pixels: a third of a phone's width at its density.
pub const THUMB_SIDE_MAX: u32 = 320;

/// JPEG quality of what is kept: past 82 files grow faster than pictures get better.
pub(crate) const FULL_QUALITY: u8 = 82;

/// JPEG quality of the small picture.
pub(crate) const THUMB_QUALITY: u8 = 75;

/// Most scans a progressive JPEG may have. Encoders write about ten; thousands are a way to keep a decoder
/// busy for minutes with a small file.
pub(crate) const JPEG_SCANS_MAX: usize = 64;

/// What a photo is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_bytes: usize,
    /// Most memory while decoding, in bytes.
    pub decode_bytes: u64,
    /// Long side of what is kept, in pixels.
    pub full_side: u32,
    /// Long side of the small picture, in pixels.
    pub thumb_side: u32,
}

impl Limits {
    /// What the product uses.
    pub const STANDARD: Self = Self {
        file_bytes: FILE_BYTES_MAX,
        decode_bytes: DECODE_BYTES_MAX,
        full_side: FULL_SIDE_MAX,
        thumb_side: THUMB_SIDE_MAX,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::STANDARD
    }
}
