//! The ground: what somebody is asked to look at, whether it is so and whether it is done.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `list.rs` | what waits for this person |
//! | `task.rs` | one task, and the answers to it |
//! | `samples.rs` | pages to try the template with |
//!
//! Never here: who reported; a case that this person was not asked about.

mod list;
mod samples;
mod task;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    list::routes().and(task::routes())
}
