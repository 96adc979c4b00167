//! Stored photos and files, and how a photo becomes fit to be stored.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `photo/` | pure functions of bytes: what a file is, what the camera wrote, the picture as it is kept |
//! | `document.rs` | [`DocumentKind`]: what a document is, and the name it is kept under |
//! | `darkroom.rs` | [`Darkroom`]: photos are prepared here, a few at a time, within a bound of memory |
//! | `store.rs` | [`ObjectStore`]: bytes under (tenant, object, variant), durable when `put` returns |
//! | `objects/` | the rows: what is stored, for whom, who holds it, what was erased |
//! | `sweep.rs` | [`sweep()`]: deletes what nobody holds, and what a crash left behind |
//!
//! Order of things: bytes first, then the row; the row says erased first, then the bytes go. So a crash at
//! any
//! moment leaves bytes without a row at worst, and the sweep finds those.
//!
//! Never here: the raw bytes of a photo handed back to anybody, a photo with metadata, who may see what (its
//! capability knows that).

mod darkroom;
mod document;
mod objects;
pub mod photo;
mod store;
mod sweep;

pub use darkroom::Darkroom;
pub use document::{DocumentKind, MAX_DOCUMENT_BYTES, kept_name};
pub use objects::{
    Holder, HolderKind, NewObject, Object, RetentionClass, add, by_id, erase, held_by, hold, holders, release,
};
pub use store::{ObjectKey, ObjectStore, StoreError, Variant};
pub use sweep::{SweepError, Swept, shred, sweep};
