//! What trust rests on: who read what of whom, and under which keys it lies.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `own.rs` | who read one's own data |
//! | `readings.rs` | who read whose data, for the auditor |
//! | `home.rs` | where one lives, as far as one says so |
//! | `keys.rs` | keys, and what reading is out of the ordinary |
//! | `own_data.rs`, `leave.rs` | a copy of one's own data, what one asks for about it, leaving |
//! | `notice.rs` | the privacy notice and the impact assessment |
//! | `requests.rs` | what people ask for, for whoever answers |
//! | `retention.rs` | how long what is kept, what will go when, what went |
//! | `sign_ins.rs` | who came in, when and how |
//! | `row.rs` | one reading, as a page shows it |
//!
//! Never here: what was read.

mod home;
mod keys;
mod leave;
mod notice;
mod own;
mod own_data;
mod readings;
mod requests;
mod retention;
pub(crate) mod row;
mod sign_ins;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    own::routes()
        .and(readings::routes())
        .and(sign_ins::routes())
        .and(home::routes())
        .and(keys::routes())
        .and(retention::routes())
        .and(own_data::routes())
        .and(leave::routes())
        .and(requests::routes())
        .and(notice::routes())
}
