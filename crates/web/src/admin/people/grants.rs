//! Roles are given and taken back.

use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use qige_db::{DbError, Tx};
use qige_identity::{
    AskLook, FourEyes, Grant, GrantRole, LookFor, Permission, RevokeGrant, Role, Scope, ScopeKind, grants_of,
};
use qige_kernel::{GrantId, PersonId, PlaceId, Refusal, Timestamp};
use qige_places::{GridIndex, Place, PlaceKind, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::person::PersonPage;
use crate::admin::stamp;
use crate::centre::names::{Choice, Directory};
use crate::{Cx, Done, Fault, Input, Once, Path, Routes, Text};

pub(super) fn routes() -> Routes {
    let may = Permission::ManageGrants;
    Routes::of("admin").post("/admin/people/{id}/grants", may, "Give somebody a role", give).post(
        "/admin/people/{id}/grants/{grant}/revoke",
        may,
        "Take a role back",
        revoke,
    )
}

/// A role that can be given.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(in crate::admin) struct RoleChoice {
    pub(in crate::admin) role: Role,
    /// Over what kinds of scope.
    scopes: Vec<ScopeKind>,
}

impl RoleChoice {
    /// Every role. Branches have no list yet, so roles over one of them are given by programs.
    pub(in crate::admin) fn all() -> Vec<Self> {
        let listed = |role: &&Role| role.scope_kinds().iter().any(|kind| *kind != ScopeKind::Branch);
        let choice = |role: &Role| Self { role: *role, scopes: role.scope_kinds().to_vec() };
        Role::ALL.iter().filter(listed).map(choice).collect()
    }
}

/// The grids as they are held in memory, for finding out what scopes are called.
pub(crate) struct Places(Arc<GridIndex>);

/// What scopes are called.
pub(crate) struct Known {
    directory: Directory,
    grids: Arc<GridIndex>,
    stations: Vec<Place>,
}

impl Places {
    pub(crate) async fn of(cx: &Cx) -> Result<Self, Fault> {
        Ok(Self(cx.app().rulebook(cx.tenant()?.id).await?.grids.clone()))
    }

    pub(crate) async fn read(self, tx: &mut Tx<'_>) -> Result<Known, DbError> {
        let directory = Directory::read(tx, self.0.clone()).await?;
        let stations = store::list(tx, PlaceKind::Station).await?;
        Ok(Known { directory, grids: self.0, stations })
    }
}

impl Known {
    /// What a scope is called; nothing for the whole subdistrict.
    pub(crate) fn name(&self, scope: Scope) -> Option<String> {
        match scope {
            Scope::Tenant | Scope::Branch(_) => None,
            Scope::Community(id) => self.directory.community(id),
            Scope::Grid(id) => self.grid(id),
            Scope::Unit(id) => self.directory.unit(id),
            Scope::Station(id) => {
                self.stations.iter().find(|place| place.id == id).map(|place| place.name.clone())
            }
        }
    }

    fn grid(&self, id: PlaceId) -> Option<String> {
        let community = self.grids.grid(id).and_then(|grid| grid.community);
        self.directory.place(community, Some(id))
    }

    /// Scopes to choose from, the widest first; the whole subdistrict has no name of its own.
    pub(crate) fn scopes(&self) -> Vec<Choice> {
        let communities = self.directory.communities.iter().filter(|known| known.place.active);
        let communities =
            communities.map(|known| Choice::of(&Scope::Community(known.place.id), known.place.name.clone()));
        let mut grids: Vec<Choice> = self
            .grids
            .grids()
            .iter()
            .filter_map(|grid| Some(Choice::of(&Scope::Grid(grid.id), self.grid(grid.id)?)))
            .collect();
        grids.sort_by(|one, other| one.label.cmp(&other.label));
        let units = self.directory.units.iter().filter(|unit| unit.active);
        let units = units.map(|unit| Choice::of(&Scope::Unit(unit.id), unit.name.clone()));
        let stations = self.stations.iter().filter(|place| place.active);
        let stations = stations.map(|place| Choice::of(&Scope::Station(place.id), place.name.clone()));
        let whole = std::iter::once(Choice::of(&Scope::Tenant, ""));
        whole.chain(communities).chain(grids).chain(units).chain(stations).collect()
    }
}

/// A role to be given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct NewGrant {
    /// What they shall be.
    role: Role,
    /// Over what: `tenant`, or kind and id.
    scope: Scope,
    /// The last day on which it holds; open-ended where it is left out.
    #[schemars(with = "Option<String>")]
    until: Option<Date>,
    /// Why, for whoever has to agree.
    words: Option<String>,
}

async fn give(
    cx: Cx,
    Path(person): Path<PersonId>,
    input: Input<NewGrant>,
) -> Result<Done<PersonPage>, Fault> {
    let Input { value, key } = input;
    known_scope(&cx, value.scope).await?;
    let zone = zone(&cx)?;
    let until = value.until.map(|day| end_of(day, &zone)).transpose()?;
    let grant = Grant { id: cx.id(), role: value.role, scope: value.scope, from: cx.now(), until };
    let stamp = stamp(&cx, Permission::ManageGrants)?;
    let rule = cx.read(|tx| Box::pin(async move { Ok(FourEyes::of(tx).await?) })).await?;
    if rule.grants && value.role.is_staff() {
        let words = value.words.clone().unwrap_or_default();
        let ask = AskLook { id: cx.id(), wanted: LookFor::Grant(person, grant), words, stamp };
        cx.write(Once::new(ask, key, &(person, &value), cx.now())).await.map_err(at_field)?;
        return Ok(Done::see(format!("/admin/people/{person}")).saying(Text::of("looks-asked")));
    }
    let command = GrantRole { person, grant, stamp };
    cx.write(Once::new(command, key, &(person, &value), cx.now())).await.map_err(at_field)?;
    Ok(Done::see(format!("/admin/people/{person}")).saying(Text::of("admin-granted")))
}

/// Makes sure that a scope is one of this subdistrict's: whoever sends an id may have it from elsewhere.
/// Branches have no list yet.
pub(in crate::admin) async fn known_scope(cx: &Cx, scope: Scope) -> Result<(), Fault> {
    if matches!(scope, Scope::Tenant | Scope::Branch(_)) {
        return Ok(());
    }
    let places = Places::of(cx).await?;
    let known = cx.read(move |tx| Box::pin(async move { Ok(places.read(tx).await?) })).await?;
    if known.name(scope).is_none() {
        return Err(Refusal::invalid("scope", "place-missing").into());
    }
    Ok(())
}

/// Refusals about the role stand at the role.
fn at_field(fault: Fault) -> Fault {
    match fault.refusal.code {
        "powers-kept-apart" | "grant-held" => fault.at("role"),
        _ => fault,
    }
}

/// The subdistrict's time zone.
pub(crate) fn zone(cx: &Cx) -> Result<TimeZone, Fault> {
    Ok(TimeZone::get(&cx.tenant()?.zone).unwrap_or(TimeZone::UTC))
}

/// The instant at which a day is over.
pub(crate) fn end_of(day: Date, zone: &TimeZone) -> Result<Timestamp, Refusal> {
    let impossible = |_| Refusal::invalid("until", "date-impossible");
    let next = day.tomorrow().map_err(impossible)?;
    let end = zone.to_timestamp(next.to_datetime(Time::midnight())).map_err(impossible)?;
    Ok(end.into())
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn revoke(
    cx: Cx,
    Path((person, grant)): Path<(PersonId, GrantId)>,
    _nothing: Input<Nothing>,
) -> Result<Done<PersonPage>, Fault> {
    let held = cx.read(move |tx| Box::pin(async move { Ok(grants_of(tx, person).await?) })).await?;
    if held.iter().all(|row| row.id != grant) {
        return Err(Fault::missing());
    }
    cx.write(RevokeGrant { grant, stamp: stamp(&cx, Permission::ManageGrants)? }).await?;
    Ok(Done::see(format!("/admin/people/{person}")).saying(Text::of("admin-revoked")))
}
