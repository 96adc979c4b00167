//! What riders do here, and residents without an account with them: report, hand over what a phone kept, and
//! see what came of it.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `report.rs`, `send.rs`, `body.rs`, `picture.rs` | the form, a report on its way in, its photos |
//! | `around.rs`, `grids.rs` | what a point usually has and had, the grids around it |
//! | `receipt.rs` | what a reporter is given at once |
//! | `outbox.rs`, `uploads.rs`, `piece.rs` | records and files of phones that were without signal |
//! | `mine.rs`, `my_case.rs`, `acts.rs` | one's own reports, one of their cases, what one may do to it |
//! | `files.rs` | photos and voice notes, for those who may see them |
//!
//! Never here: a second position of a reporter, who else reported a case, anything that a unit may not see.

pub(crate) mod acts;
mod around;
pub(crate) mod body;
pub(crate) mod files;
mod grids;
pub(crate) mod matter;
mod mine;
pub(crate) mod my_case;
mod outbox;
mod picture;
mod piece;
pub(crate) mod receipt;
mod report;
mod send;
mod uploads;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    report::routes()
        .and(send::routes())
        .and(around::routes())
        .and(grids::routes())
        .and(outbox::routes())
        .and(uploads::routes())
        .and(mine::routes())
        .and(my_case::routes())
        .and(receipt::routes())
        .and(files::routes())
}
