//! Communities, villages and grids.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `list.rs` | the list, and one more by hand |
//! | `place.rs`, `place/` | one place: what lies in it; changed, switched off and on, merged |
//! | `spot.rs` | one more station or venue by hand |
//! | `import.rs`, `preview.rs` | bringing them in from files |

mod import;
mod list;
mod place;
mod preview;
mod spot;

use crate::Routes;

/// The endpoints of this area.
pub(crate) fn routes() -> Routes {
    list::routes().and(import::routes()).and(preview::routes()).and(place::routes()).and(spot::routes())
}
