//! Photos: from what a phone sends to what is kept. Everything here is a function of bytes.

mod area;
mod decode;
mod exif;
mod inspect;
mod kind;
mod limits;
mod prepare;
mod raster;
mod refused;

pub use area::{Area, NoArea};
pub use exif::{PhotoFacts, Taken, facts};
pub use inspect::{Inspected, inspect};
pub use kind::{ForeignKind, PhotoKind, kind};
pub use limits::{DECODE_BYTES_MAX, FILE_BYTES_MAX, FULL_SIDE_MAX, Limits, THUMB_SIDE_MAX};
pub use prepare::{Prepared, prepare, prepare_covered};
pub use raster::Orientation;
pub use refused::PhotoRefused;
