//! Communities, villages and grids: the list of them, and bringing them in from files.

mod import;
mod list;
mod preview;

use crate::Routes;

/// The endpoints of this area.
pub(crate) fn routes() -> Routes {
    list::routes().and(import::routes()).and(preview::routes())
}
