//! Where things happen: divisions, grids, stations and venues as places; the units that put things right; the
//! calendar that their hours are counted by.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `code.rs` | [`DivisionCode`], [`GridCode`] |
//! | `place.rs`, `shape.rs`, `bounds.rs` | [`Place`] and its outline, always in WGS-84 |
//! | `store.rs` | the SQL of places |
//! | `edit_place/`, `edit.rs` | changing one place by hand; who does and when |
//! | `divisions.rs` | [`divisions::SeedDivisions`]: communities and villages from a list of codes |
//! | `import/` | files of grids: read as they come, previewed, applied whole or not at all |
//! | `index/` | [`GridIndex`]: which grid a point lies in |
//! | `units.rs` | responsible units |
//! | `day_file.rs` | files of holidays and make-up workdays |
//! | `calendars.rs` | the tenant's week, holidays and make-up workdays as they are kept |
//!
//! Never here: where a person is or was; a place that is deleted (it is switched off); a coordinate that is
//! not in WGS-84 past the edge of `import/`.

mod bounds;
pub mod calendars;
mod code;
pub mod day_file;
pub mod divisions;
mod edit;
mod edit_place;
pub mod import;
mod index;
mod place;
mod shape;
pub mod store;
pub mod units;

pub use bounds::{BadBounds, Bounds};
pub use calendars::CalendarCache;
pub use code::{BadCode, DivisionCode, DivisionLevel, GridCode};
pub use edit::Edit;
pub use edit_place::{
    AddPlace, AddSpot, ChangePlace, MAX_PLACE_NAME_CHARS, MAX_REASON_CHARS, MergePlace, RedrawPlace,
    SwitchPlace,
};
pub use index::{Grid, GridIndex, How, IndexCache, Located, NEAREST_METRES, Window, tolerance_degrees};
pub use place::{DrawnPlace, NewPlace, Place, PlaceKind, UnknownPlaceKind};
pub use shape::{BadShape, Shape};
