//! What those who run the subdistrict's account look after.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `start.rs` | what needs attention, and how much of everything there is |
//! | `units.rs`, `units/` | responsible units: list, one unit and its people |
//! | `people.rs`, `people/` | accounts: list, one person, roles, consents on paper, passwords drawn |
//! | `tokens.rs` | programs and the tokens by which they come in |
//! | `permissions.rs` | which role may do what |
//! | `calendar.rs`, `calendar/` | the week, the days that differ from it, trying it out |
//! | `settings.rs`, `settings/` | what the tenant set about cases |
//! | `suggestions.rs` | what matters are suggested from: models, how well they guess, trying them |
//! | `term.rs` | a term as people type and read it |
//! | `jobs.rs` | work in the background: how it stands, what failed |
//! | `looks.rs`, `looks/` | what another has to agree to: the list, the answers, the rule |
//! | `journal.rs` | the journal: whether its chain holds, the lines of one case |
//!
//! Never here: a case's words for those who administer; a password that is shown twice.

mod calendar;
mod jobs;
mod journal;
pub(crate) mod looks;
pub(crate) mod people;
mod permissions;
mod settings;
mod start;
mod suggestions;
pub(crate) mod term;
mod tokens;
mod units;

use qige_identity::{Permission, Role, Stamp};
use qige_places::Edit;

use crate::{Cx, Fault, Routes};

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    start::routes()
        .and(units::routes())
        .and(people::routes())
        .and(tokens::routes())
        .and(permissions::routes())
        .and(calendar::routes())
        .and(settings::routes())
        .and(suggestions::routes())
        .and(jobs::routes())
        .and(journal::routes())
        .and(looks::routes())
}

/// In which of their roles whoever asks does this.
fn role_for(cx: &Cx, permission: Permission) -> Result<Role, Fault> {
    cx.signed_in()?.role_for(permission).ok_or_else(Fault::forbidden)
}

/// What a command of places carries.
pub(crate) fn edit(cx: &Cx, permission: Permission) -> Result<Edit, Fault> {
    Ok(Edit::new(cx.now(), role_for(cx, permission)?.as_str(), &cx.app().entropy))
}

/// What a command of identity carries.
pub(crate) fn stamp(cx: &Cx, permission: Permission) -> Result<Stamp, Fault> {
    Ok(cx.stamp(Some(role_for(cx, permission)?)))
}
