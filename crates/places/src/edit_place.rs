//! Changing one place by hand: adding, renaming, moving under another, redrawing, switching off and on.

use qige_db::{Command, DbError, Failure, Tx};
use qige_kernel::{PlaceId, Refusal, RefusalKind};
use serde_json::json;

use crate::{Edit, NewPlace, Place, PlaceKind, Shape, store};

/// Longest name, in characters: it must fit on a sign and in a list.
pub const MAX_PLACE_NAME_CHARS: usize = 60;

/// Puts a place there: a new one, or the one of the same kind and code changed, keeping its id. It is active
/// afterwards. A shape that is not given leaves the drawing as it is.
#[derive(Clone, Debug)]
pub struct PutPlace {
    /// The place; its id counts only where it is new.
    pub place: NewPlace,
    /// Who and when.
    pub edit: Edit,
}

impl Command for PutPlace {
    type Output = PlaceId;

    /// # Errors
    /// `place-code-bad`, `place-name-blank`, `place-name-long`, `place-parent-missing` (no such place, or one
    /// that cannot hold this kind).
    async fn run(&self, tx: &mut Tx<'_>) -> Result<PlaceId, Failure> {
        let NewPlace { id, kind, code, name, parent, shape } = &self.place;
        let bad = |_| Refusal::invalid("code", "place-code-bad").with("code", code);
        let place = NewPlace {
            id: *id,
            kind: *kind,
            code: kind.checked_code(code.trim()).map_err(bad)?,
            name: checked_name(name)?,
            parent: *parent,
            shape: shape.clone(),
        };
        check_parent(tx, *kind, *parent).await?;
        let id = match store::sibling_by_code(tx, *kind, &place.code).await? {
            Some(known) => self.change(tx, &known, &place).await?,
            None => {
                store::insert(tx, &place, self.edit.at).await?;
                place.id
            }
        };
        store::moved_on(tx).await?;
        let body = json!({
            "kind": kind, "code": place.code, "name": place.name, "parent": parent, "drawn": shape.is_some(),
        });
        self.edit.note(tx, "place", id.0, "put", &body).await?;
        tx.announce("places", tx.tenant().0);
        Ok(id)
    }
}

impl PutPlace {
    async fn change(&self, tx: &mut Tx<'_>, known: &Place, place: &NewPlace) -> Result<PlaceId, DbError> {
        let at = self.edit.at;
        store::set_facts(tx, known.id, &place.name, place.parent, at).await?;
        if known.kind != place.kind {
            store::set_kind(tx, known.id, place.kind, at).await?;
        }
        if let Some(shape) = &place.shape {
            store::set_shape(tx, known.id, shape, at).await?;
        }
        if !known.active {
            store::set_active(tx, known.id, true, at).await?;
        }
        Ok(known.id)
    }
}

/// Switches a place off or on again. What happened there stays.
#[derive(Clone, Copy, Debug)]
pub struct SwitchPlace {
    /// Which place.
    pub id: PlaceId,
    /// On or off.
    pub active: bool,
    /// Who and when.
    pub edit: Edit,
}

impl Command for SwitchPlace {
    type Output = ();

    /// # Errors
    /// `place-missing`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Some(place) = store::by_id(tx, self.id).await? else {
            return Err(Refusal::new(RefusalKind::Missing, "place-missing").into());
        };
        if place.active == self.active {
            return Ok(());
        }
        store::set_active(tx, self.id, self.active, self.edit.at).await?;
        store::moved_on(tx).await?;
        let command = if self.active { "switch-on" } else { "switch-off" };
        self.edit.note(tx, "place", self.id.0, command, &json!({})).await?;
        tx.announce("places", tx.tenant().0);
        Ok(())
    }
}

/// Draws a place anew, without asking anything else of it.
#[derive(Clone, Debug)]
pub struct RedrawPlace {
    /// Which place.
    pub id: PlaceId,
    /// Its outline from now on.
    pub shape: Shape,
    /// Who and when.
    pub edit: Edit,
}

impl Command for RedrawPlace {
    type Output = ();

    /// # Errors
    /// `place-missing`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if store::by_id(tx, self.id).await?.is_none() {
            return Err(Refusal::new(RefusalKind::Missing, "place-missing").into());
        }
        store::set_shape(tx, self.id, &self.shape, self.edit.at).await?;
        store::moved_on(tx).await?;
        let body = json!({ "area_m2": self.shape.area_m2() });
        self.edit.note(tx, "place", self.id.0, "redraw", &body).await?;
        tx.announce("places", tx.tenant().0);
        Ok(())
    }
}

pub(crate) fn checked_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::invalid("name", "place-name-blank"));
    }
    if name.chars().count() > MAX_PLACE_NAME_CHARS {
        return Err(Refusal::invalid("name", "place-name-long").with("limit", MAX_PLACE_NAME_CHARS));
    }
    Ok(name.to_owned())
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
