//! Changing one place by hand.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `add.rs` | [`AddPlace`]: one more |
//! | `add_spot.rs` | [`AddSpot`]: one more station or venue |
//! | `change.rs` | [`ChangePlace`]: another name, kind of division or place around it; another point |
//! | `switch.rs` | [`SwitchPlace`]: switched off and on |
//! | `merge.rs` | [`MergePlace`]: two communities become one |
//! | `redraw.rs` | [`RedrawPlace`]: another outline |

mod add;
mod add_spot;
mod change;
mod merge;
mod redraw;
mod switch;

use qige_db::{Failure, Tx};
use qige_kernel::text::is_unfit_for_a_line;
use qige_kernel::{PlaceId, Refusal, RefusalKind};

use crate::{Place, PlaceKind, store};

pub use add::AddPlace;
pub use add_spot::AddSpot;
pub use change::ChangePlace;
pub use merge::MergePlace;
pub use redraw::RedrawPlace;
pub use switch::SwitchPlace;

/// Longest name, in characters: it must fit on a sign and in a list.
pub const MAX_PLACE_NAME_CHARS: usize = 60;
/// Longest reason, in characters: two sentences.
pub const MAX_REASON_CHARS: usize = 200;

/// The kinds that a place may be without anything around it changing: a village may become a community.
const DIVISIONS_MERGED: [PlaceKind; 2] = [PlaceKind::Community, PlaceKind::Village];

pub(crate) fn checked_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::invalid("name", "place-name-blank"));
    }
    if name.chars().count() > MAX_PLACE_NAME_CHARS {
        return Err(Refusal::invalid("name", "place-name-long").with("limit", MAX_PLACE_NAME_CHARS));
    }
    if name.chars().any(is_unfit_for_a_line) {
        return Err(Refusal::invalid("name", "words-with-control-signs"));
    }
    Ok(name.to_owned())
}

fn checked_reason(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::invalid("reason", "place-reason-blank"));
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(Refusal::invalid("reason", "place-reason-long").with("limit", MAX_REASON_CHARS));
    }
    Ok(reason.to_owned())
}

fn conflict(field: &'static str, code: &'static str) -> Refusal {
    Refusal { field: Some(field), ..Refusal::new(RefusalKind::Conflict, code) }
}

async fn require(tx: &mut Tx<'_>, id: PlaceId) -> Result<Place, Failure> {
    let missing = || Refusal::new(RefusalKind::Missing, "place-missing");
    Ok(store::by_id(tx, id).await?.ok_or_else(missing)?)
}

async fn check_parent(tx: &mut Tx<'_>, kind: PlaceKind, parent: Option<PlaceId>) -> Result<(), Failure> {
    let Some(id) = parent else { return Ok(()) };
    // Wider kinds come first, so that nothing can lie in itself.
    let holds = store::by_id(tx, id).await?.is_some_and(|parent| match kind {
        PlaceKind::Station | PlaceKind::Venue => parent.kind <= PlaceKind::Grid,
        kind => parent.kind < kind && !kind.siblings().contains(&parent.kind),
    });
    if holds { Ok(()) } else { Err(Refusal::invalid("parent", "place-parent-missing").into()) }
}

/// Two communities, stations or venues of one name that are both in use could not be told apart in any list.
/// Grids are named within their community, where "first grid" is in every one.
async fn check_name_is_free(
    tx: &mut Tx<'_>,
    kind: PlaceKind,
    name: &str,
    itself: Option<PlaceId>,
) -> Result<(), Failure> {
    if matches!(kind, PlaceKind::County | PlaceKind::Subdistrict | PlaceKind::Grid) {
        return Ok(());
    }
    for sibling in kind.siblings() {
        let known = store::list(tx, *sibling).await?;
        let same = known.into_iter().find(|place| place.active && place.name == name);
        if let Some(place) = same.filter(|place| Some(place.id) != itself) {
            return Err(conflict("name", "place-name-taken")
                .with("name", name)
                .with("code", place.code)
                .into());
        }
    }
    Ok(())
}
