//! What trust rests on: who read what of whom, and under which keys it lies.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `own.rs` | who read one's own data |
//! | `readings.rs` | who read whose data, for the auditor |
//! | `keys.rs` | keys, and what reading is out of the ordinary |
//! | `retention.rs` | how long what is kept, what will go when, what went |
//! | `row.rs` | one reading, as a page shows it |
//!
//! Never here: what was read.

mod keys;
mod own;
mod readings;
mod retention;
pub(crate) mod row;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    own::routes().and(readings::routes()).and(keys::routes()).and(retention::routes())
}
