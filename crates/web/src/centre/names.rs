//! What people, units and places are called that a page speaks of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use qige_db::{DbError, Tx};
use qige_identity::person_name;
use qige_kernel::{PersonId, PlaceId, UnitId};
use qige_places::units::{self, Unit};
use qige_places::{GridIndex, store};
use schemars::JsonSchema;
use serde::Serialize;

/// One of several, in a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Choice {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) label: String,
}

impl Choice {
    pub(crate) fn of(value: &impl ToString, label: impl Into<String>) -> Self {
        Self { value: value.to_string(), label: label.into() }
    }
}

/// The tenant's units, communities and grids by name.
pub(crate) struct Directory {
    /// Open ones first.
    pub(crate) units: Vec<Unit>,
    /// Communities and villages, by code.
    pub(crate) communities: Vec<store::Community>,
    /// Grids as they are drawn.
    pub(crate) grids: Arc<GridIndex>,
}

impl Directory {
    /// Reads it.
    ///
    /// # Errors
    /// [`DbError`].
    pub(crate) async fn read(tx: &mut Tx<'_>, grids: Arc<GridIndex>) -> Result<Self, DbError> {
        let (units, communities) = (units::list(tx).await?, store::communities(tx).await?);
        Ok(Self { units, communities, grids })
    }

    /// The unit's name.
    pub(crate) fn unit(&self, id: UnitId) -> Option<String> {
        self.units.iter().find(|unit| unit.id == id).map(|unit| unit.name.clone())
    }

    /// The community's name.
    pub(crate) fn community(&self, id: PlaceId) -> Option<String> {
        self.communities.iter().find(|known| known.place.id == id).map(|known| known.place.name.clone())
    }

    /// The grid's name, where it is still drawn.
    pub(crate) fn grid(&self, id: PlaceId) -> Option<String> {
        self.grids.grid(id).map(|grid| grid.name.clone())
    }

    /// Community and grid in one line.
    pub(crate) fn place(&self, community: Option<PlaceId>, grid: Option<PlaceId>) -> Option<String> {
        let names = [community.and_then(|id| self.community(id)), grid.and_then(|id| self.grid(id))];
        let names: Vec<String> = names.into_iter().flatten().collect();
        (!names.is_empty()).then(|| names.join(" · "))
    }

    /// Units that can be given a case.
    pub(crate) fn open_units(&self) -> Vec<Choice> {
        let open = self.units.iter().filter(|unit| unit.active);
        open.map(|unit| Choice::of(&unit.id, unit.name.clone())).collect()
    }
}

/// The names of people, each read once.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn people(tx: &mut Tx<'_>, ids: Vec<PersonId>) -> Result<BTreeMap<String, String>, DbError> {
    let ids: BTreeSet<PersonId> = ids.into_iter().collect();
    let mut names = BTreeMap::new();
    for id in ids {
        if let Some(name) = person_name(tx, id).await? {
            names.insert(id.to_string(), name);
        }
    }
    Ok(names)
}
