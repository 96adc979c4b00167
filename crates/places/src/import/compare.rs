//! What candidates would change of what is there.

use std::collections::BTreeSet;

use qige_kernel::PlaceId;

use super::candidate::Candidate;
use super::options::{Layer, MissingRule};
use super::preview::{Added, Changed, Existing, Link, Removed, Unchanged};
use crate::DrawnPlace;

/// The changes, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) added: Vec<Added>,
    pub(crate) changed: Vec<Changed>,
    pub(crate) unchanged: Vec<Unchanged>,
    pub(crate) removed: Vec<Removed>,
}

/// A candidate with its parent.
pub(crate) type Placed<'a> = (Candidate, Option<&'a DrawnPlace>);

pub(crate) fn compare(
    placed: Vec<Placed<'_>>,
    existing: &Existing,
    layer: Layer,
    missing: MissingRule,
) -> Changes {
    let mut changes = Changes::default();
    // What is drawn faultily is still there: it is not removed.
    let codes: BTreeSet<String> = placed.iter().map(|(candidate, _)| candidate.code.clone()).collect();
    for place in existing.of(layer.kinds()).map(|drawn| &drawn.place) {
        if place.active && !codes.contains(&place.code) {
            let (id, code, name) = (place.id, place.code.clone(), place.name.clone());
            let switched_off = missing == MissingRule::SwitchOff;
            changes.removed.push(Removed { id, code, name, switched_off });
        }
    }
    for (candidate, parent) in placed.into_iter().filter(|(candidate, _)| !candidate.is_faulty()) {
        let parent = parent.map(link);
        match existing.by_code(candidate.kind.siblings(), &candidate.code) {
            Some(known) => against(known, candidate, parent, existing, &mut changes),
            None => {
                let Candidate { number, kind, code, name, shape, .. } = candidate;
                let name = if name.is_empty() { code.clone() } else { name };
                let Some(shape) = shape else { continue };
                changes.added.push(Added { feature: number, kind, code, name, parent, shape });
            }
        }
    }
    changes
}

fn link(place: &DrawnPlace) -> Link {
    Link { id: place.place.id, name: place.place.name.clone() }
}

fn against(
    known: &DrawnPlace,
    candidate: Candidate,
    parent: Option<Link>,
    existing: &Existing,
    changes: &mut Changes,
) {
    let place = &known.place;
    let Candidate { number, name, shape, .. } = candidate;
    // What the file does not say stays as it is.
    let name = Some(name).filter(|name| !name.is_empty() && *name != place.name);
    let parent = parent.filter(|parent| place.parent != Some(parent.id));
    let redrawn = shape.filter(|shape| !known.shape.as_ref().is_some_and(|drawn| drawn.is_same(shape)));
    let (id, code) = (place.id, place.code.clone());
    if name.is_none() && parent.is_none() && redrawn.is_none() && place.active {
        changes.unchanged.push(Unchanged { id, code, name: place.name.clone() });
        return;
    }
    let parent_was = place.parent.and_then(|id: PlaceId| existing.by_id(id)).map(link);
    changes.changed.push(Changed {
        id,
        feature: number,
        code,
        name_was: place.name.clone(),
        name,
        parent_was,
        parent,
        redrawn,
        back: !place.active,
    });
}
