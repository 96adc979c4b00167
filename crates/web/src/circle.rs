//! Whom whoever asks may look after: the people of the places over which they hold a permission. Every page
//! that shows or changes a person for somebody whose role may be narrower than the subdistrict asks here.

use qige_identity::{Circle, Permission, Scope};
use qige_kernel::{PersonId, Refusal, RefusalKind};
use qige_places::{GridIndex, Place, PlaceKind, store};

use crate::{Cx, Fault};

/// The people over whom a permission is held.
pub(crate) async fn of(cx: &Cx, permission: Permission) -> Result<Circle, Fault> {
    let who = cx.signed_in()?;
    if who.may_everywhere(permission) {
        return Ok(Circle::EVERYBODY);
    }
    let grids = cx.app().rulebook(cx.tenant()?.id).await?.grids.clone();
    let stations =
        cx.read(|tx| Box::pin(async move { Ok(store::list(tx, PlaceKind::Station).await?) })).await?;
    Ok(Circle::of(with_what_lies_in_them(who.scopes(permission), &grids, &stations)))
}

/// Refuses whoever is none of them as if there were no such person: who has an account is not for everybody
/// to know.
pub(crate) async fn require(cx: &Cx, permission: Permission, person: PersonId) -> Result<(), Fault> {
    let (circle, now) = (of(cx, permission).await?, cx.now());
    let held = cx.read(move |tx| Box::pin(async move { Ok(circle.holds(tx, person, now).await?) })).await?;
    if held { Ok(()) } else { Err(Refusal::new(RefusalKind::Missing, "person-missing").into()) }
}

/// These places, the grids of those that are communities, and the stations that lie in any of them.
fn with_what_lies_in_them(mut places: Vec<Scope>, grids: &GridIndex, stations: &[Place]) -> Vec<Scope> {
    let inside = grids
        .grids()
        .iter()
        .filter(|grid| grid.community.is_some_and(|community| places.contains(&Scope::Community(community))));
    let inside: Vec<Scope> = inside.map(|grid| Scope::Grid(grid.id)).collect();
    places.extend(inside);
    let held = |place: &Place| {
        place.parent.is_some_and(|parent| {
            places.contains(&Scope::Community(parent)) || places.contains(&Scope::Grid(parent))
        })
    };
    let kept: Vec<Scope> =
        stations.iter().filter(|place| held(place)).map(|place| Scope::Station(place.id)).collect();
    places.extend(kept);
    places
}
