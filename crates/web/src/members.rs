//! How people come to report for the scheme (流动网格员): recommended, invited, prepared, active, paused, left.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `list.rs` | who is how far; somebody is recommended |
//! | `activate.rs` | those who are ready are made active; of whoever is not, why |
//! | `sheet.rs` | invitations as cards to print, shown once |
//! | `roster.rs`, `roster/` | a list from a spreadsheet: looked at, then taken whole |
//! | `invited.rs` | the invited reads the rules, consents, and chooses a password |
//!
//! Never here: which step follows which (`qige_identity::member`), a phone number in clear.

mod activate;
mod invited;
mod list;
mod roster;
mod sheet;

use qige_identity::Permission;

use crate::Routes;

/// Who has to do with it.
const ANY: &[Permission] = &[Permission::RecommendMember, Permission::ManageGrants];

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    list::routes().and(activate::routes()).and(sheet::routes()).and(roster::routes()).and(invited::routes())
}
