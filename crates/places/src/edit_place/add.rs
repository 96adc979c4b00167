//! One more place.

use qige_db::{Command, Failure, Tx};
use qige_kernel::{PlaceId, Position, Refusal};
use serde_json::json;

use super::{DIVISIONS_MERGED, check_name_is_free, check_parent, checked_name, conflict};
use crate::{DivisionCode, Edit, NewPlace, PlaceKind, store};

/// Adds a place. A community or village of which nothing else is said lies in the subdistrict that its code
/// begins with.
#[derive(Clone, Debug)]
pub struct AddPlace {
    /// The place. The same one again, by its id, is no second one.
    pub place: NewPlace,
    /// Who and when.
    pub edit: Edit,
}

impl Command for AddPlace {
    type Output = PlaceId;

    /// # Errors
    /// `place-code-bad`, `place-code-taken` and `place-code-taken-off` (in use, or switched off),
    /// `place-code-elsewhere` (none of the subdistricts that are known), `place-name-blank`,
    /// `place-name-long`, `place-name-taken`, `place-parent-missing` (no such place, or one that cannot hold
    /// this kind).
    async fn run(&self, tx: &mut Tx<'_>) -> Result<PlaceId, Failure> {
        add(tx, &self.place, None, self.edit).await
    }
}

/// Adds a place, which is a point where `spot` says so.
pub(super) async fn add(
    tx: &mut Tx<'_>,
    place: &NewPlace,
    spot: Option<Position>,
    edit: Edit,
) -> Result<PlaceId, Failure> {
    let NewPlace { id, kind, code, name, parent, shape } = place;
    let bad = |_| Refusal::invalid("code", "place-code-bad").with("code", code.trim());
    let code = kind.checked_code(code.trim()).map_err(bad)?;
    if let Some(known) = store::sibling_by_code(tx, *kind, &code).await? {
        if known.id == *id {
            return Ok(known.id);
        }
        let taken = if known.active { "place-code-taken" } else { "place-code-taken-off" };
        return Err(conflict("code", taken).with("code", code).with("name", known.name).into());
    }
    let name = checked_name(name)?;
    check_name_is_free(tx, *kind, &name, None).await?;
    let parent = match parent {
        Some(parent) => Some(*parent),
        None => by_code(tx, *kind, &code).await?,
    };
    check_parent(tx, *kind, parent).await?;
    let place = NewPlace { id: *id, kind: *kind, code, name, parent, shape: shape.clone() };
    store::insert(tx, &place, edit.at).await?;
    if let Some(spot) = spot {
        store::set_spot(tx, *id, spot, edit.at).await?;
    }
    store::moved_on(tx).await?;
    let body = json!({
        "kind": kind, "code": place.code, "name": place.name, "parent": parent, "drawn": shape.is_some(),
        "spot": spot,
    });
    edit.note(tx, "place", id.0, "add", &body).await?;
    tx.announce("places", tx.tenant().0);
    Ok(*id)
}

/// The place that a division's code says it lies in. Where no subdistrict is known there is nothing to hold
/// the code against.
async fn by_code(tx: &mut Tx<'_>, kind: PlaceKind, code: &str) -> Result<Option<PlaceId>, Failure> {
    if !DIVISIONS_MERGED.contains(&kind) {
        return Ok(None);
    }
    let front = code.parse::<DivisionCode>().ok().and_then(|code| code.parent());
    let known = store::list(tx, PlaceKind::Subdistrict).await?;
    let found = known.iter().find(|place| front.as_ref().is_some_and(|front| front.as_str() == place.code));
    if found.is_none() && !known.is_empty() {
        let codes: Vec<&str> = known.iter().map(|place| place.code.as_str()).collect();
        let refusal = Refusal::invalid("code", "place-code-elsewhere").with("code", code);
        return Err(refusal.with("known", codes.join(", ")).into());
    }
    Ok(found.map(|place| place.id))
}
