//! Why a photo is not taken.

use qige_kernel::{Refusal, RefusalKind};

use super::ForeignKind;

/// Why a photo is not taken. Each has its sentence in the locale files, with what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoRefused {
    /// No bytes at all: some phones hand over an empty file when storage is full.
    #[error("photo-empty")]
    Empty,
    /// Larger than [`super::FILE_BYTES_MAX`].
    #[error("photo-too-many-bytes")]
    TooManyBytes {
        /// Size of the file.
        bytes: u64,
        /// Size allowed.
        limit_bytes: u64,
    },
    /// HEIC, which phones can be told not to write.
    #[error("photo-heic")]
    Heic,
    /// A known kind of file that is not taken.
    #[error("photo-foreign-kind")]
    Foreign(ForeignKind),
    /// Nothing that we know.
    #[error("photo-unknown-kind")]
    Unknown,
    /// More pixels than can be decoded in the memory allowed.
    #[error("photo-too-many-pixels")]
    TooManyPixels {
        /// Pixels in the photo.
        pixels: u64,
        /// Pixels allowed for this kind of file.
        limit_pixels: u64,
    },
    /// It says that it is a photo, but cannot be decoded: cut off or damaged.
    #[error("photo-broken")]
    Broken,
}

impl PhotoRefused {
    /// Kebab-case, stable; the sentence is `refusal-<code>`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "photo-empty",
            Self::TooManyBytes { .. } => "photo-too-many-bytes",
            Self::Heic => "photo-heic",
            Self::Foreign(_) => "photo-foreign-kind",
            Self::Unknown => "photo-unknown-kind",
            Self::TooManyPixels { .. } => "photo-too-many-pixels",
            Self::Broken => "photo-broken",
        }
    }
}

impl From<PhotoRefused> for Refusal {
    fn from(refused: PhotoRefused) -> Self {
        let code = refused.code();
        match refused {
            PhotoRefused::Empty | PhotoRefused::Broken => Self::new(RefusalKind::Invalid, code),
            PhotoRefused::Heic | PhotoRefused::Unknown => Self::new(RefusalKind::Unsupported, code),
            PhotoRefused::Foreign(kind) => {
                Self::new(RefusalKind::Unsupported, code).with("kind", kind.name())
            }
            PhotoRefused::TooManyBytes { bytes, limit_bytes } => Self::new(RefusalKind::TooLarge, code)
                .with("megabytes", bytes.div_ceil(MEGABYTE))
                .with("limit_megabytes", limit_bytes / MEGABYTE),
            PhotoRefused::TooManyPixels { pixels, limit_pixels } => Self::new(RefusalKind::TooLarge, code)
                .with("megapixels", pixels.div_ceil(MEGAPIXEL))
                .with("limit_megapixels", limit_pixels / MEGAPIXEL),
        }
    }
}

/// Bytes in a megabyte as phones show it.
const MEGABYTE: u64 = 1_000_000;

/// Pixels in a megapixel.
const MEGAPIXEL: u64 = 1_000_000;
