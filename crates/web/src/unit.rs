//! The unit: a phone on a site. What it has to do, one case with all that it may know of it, and its answers.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `list.rs` | what is in hand and what is done |
//! | `case.rs` | one case, and every command of a unit on it |
//! | `samples.rs` | pages to try the template with |
//! | `act.rs` | a command with the photos that came along; the ground gives its own by it too |
//! | `spot.rs` | where something is: in words, on the map, in other people's map applications |
//!
//! Never here: who reported, their own words, their photos before they were released, the exact time.

pub(crate) mod act;
mod case;
mod list;
pub(crate) mod samples;
pub(crate) mod spot;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    list::routes().and(case::routes())
}
