//! Grids and divisions from files, as people really send them.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `read.rs` | [`read`]: a file's bytes become raw features; knows what kind of file it is |
//! | `geojson.rs`, `shapefile.rs`, `dbf.rs`, `archive.rs`, `text.rs` | the formats |
//! | `columns.rs` | which property is the code, the name, the parent |
//! | `metres.rs` | coordinates that are no degrees, and what they probably are |
//! | `detect.rs` | which datum degrees are in |
//! | `rings.rs`, `crossings.rs`, `drawing.rs` | raw points become a [`Shape`](crate::Shape) |
//! | `candidate.rs`, `codes.rs`, `parents.rs` | a feature becomes a place that might be |
//! | `preview.rs`, `compare.rs`, `overlaps.rs` | [`preview`]: what would change, and every problem |
//! | `apply.rs` | [`ApplyImport`]: does it, all or nothing |
//!
//! Reading and previewing are functions of values: the same file, options and places give the same preview
//! and fingerprint, so that a preview need not be kept between being shown and being applied.

mod apply;
mod archive;
mod candidate;
mod codes;
mod columns;
mod compare;
mod crossings;
mod dbf;
mod detect;
mod drawing;
mod geojson;
mod metres;
mod options;
mod overlaps;
mod parents;
mod preview;
mod problem;
mod read;
mod rings;
mod shapefile;
mod text;

pub use apply::{Applied, ApplyImport};
pub use columns::{Columns, ColumnsFound};
pub use detect::{Confidence, DatumBasis, DatumEvidence, DatumFinding};
pub use options::{CodeRule, FaultyRule, ImportOptions, Layer, MissingRule};
pub use preview::{Added, Changed, Existing, Link, Preview, Removed, Unchanged, preview};
pub use problem::{Problem, ProblemCode, Severity};
pub use read::{MAX_FEATURES, MAX_FILE_BYTES, MAX_VERTICES, Reading, read};
