//! To what somebody consents: given, looked at and withdrawn by themself, and in which words it is asked.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `line.rs` | a purpose and a consent, as pages show them |
//! | `proof.rs` | the signature or the scan: taken in, shown |
//! | `own.rs` | one's own consents |
//! | `follow.rs` | a number to be called back by, left with a report without an account |
//! | `call.rs` | that number, for the grid centre |
//! | `texts.rs` | purposes and their texts in versions, for the administrator |
//!
//! What staff write down for somebody stands beside the person: `admin/people/consents.rs`.
//!
//! Never here: whether a consent holds (the guard in identity knows).

pub(crate) mod call;
mod follow;
pub(crate) mod line;
mod own;
pub(crate) mod proof;
mod texts;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    own::routes().and(follow::routes()).and(call::routes()).and(texts::routes())
}
