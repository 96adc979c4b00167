//! Points: one's own statement, and the rules.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `own.rs` | what one's own reports earned, and why |
//! | `rules.rs` | what earns how much, for the administrator, and for everybody to read |
//!
//! Never here: anybody else's points, a list of people.

mod own;
mod rules;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    own::routes().and(rules::routes())
}
