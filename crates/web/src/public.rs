//! What residents do here without an account.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `follow.rs` | a report by its code: looked up, followed, acted on |
//! | `map.rs` | what was closed in a month, coarsely |
//! | `own_files.rs` | its photos and receipt, and the code to scan |
//!
//! Never here: anything that needs to know who somebody is.

pub(crate) mod follow;
mod map;
mod own_files;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    follow::routes().and(map::routes()).and(own_files::routes())
}
