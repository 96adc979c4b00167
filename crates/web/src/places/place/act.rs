//! A place is changed, switched off and on again, or merged into another.

use qige_app::MergeCommunity;
use qige_identity::Permission;
use qige_kernel::{Datum, PlaceId};
use qige_places::{ChangePlace, MergePlace, Place, PlaceKind, SwitchPlace, store};
use schemars::JsonSchema;
use serde::Deserialize;

use super::PlacePage;
use crate::admin::{edit, stamp};
use crate::input::pasted_position;
use crate::{Cx, Done, Fault, Input, Path, Routes, Text};

pub(super) fn routes() -> Routes {
    Routes::of("places")
        .post("/admin/places/{id}", Permission::ManagePlaces, "Change what is said of a place", change)
        .post(
            "/admin/places/{id}/off",
            Permission::ManagePlaces,
            "Switch a place off, or merge it into another",
            off,
        )
        .post("/admin/places/{id}/on", Permission::ManagePlaces, "Switch a place on again", on)
}

/// What is said of a place.
#[derive(Debug, Deserialize, JsonSchema)]
struct Said {
    /// As people call it.
    name: String,
    /// Community or village; what it is now when left out.
    kind: Option<PlaceKind>,
    /// The place that it lies in; none when left out.
    parent: Option<PlaceId>,
    /// Where a station or venue is, `118.752,34.542`; where it is now when left out.
    coordinates: Option<String>,
    /// In which datum those are; WGS-84 when left out.
    datum: Option<Datum>,
}

async fn change(cx: Cx, Path(id): Path<PlaceId>, input: Input<Said>) -> Result<Done<PlacePage>, Fault> {
    let Said { name, kind, parent, coordinates, datum } = input.value;
    let spot = coordinates.map(|text| pasted_position(&text, datum)).transpose()?;
    let now = place(&cx, id).await?;
    let kind = kind.unwrap_or(now.kind);
    let edit = edit(&cx, Permission::ManagePlaces)?;
    cx.write(ChangePlace { id, kind, name, parent, spot, edit }).await?;
    Ok(back(id).saying(Text::of("admin-saved")))
}

/// Why a place is switched off.
#[derive(Debug, Deserialize, JsonSchema)]
struct Off {
    /// Why.
    reason: String,
    /// The community that takes over what lies in it, its open cases and the roles held over it; everything
    /// stays where it is when left out.
    into: Option<PlaceId>,
}

async fn off(cx: Cx, Path(id): Path<PlaceId>, input: Input<Off>) -> Result<Done<PlacePage>, Fault> {
    let Off { reason, into } = input.value;
    let edit = edit(&cx, Permission::ManagePlaces)?;
    let said = match into {
        Some(into) => {
            let merge = MergePlace { id, into, reason, edit };
            let moved =
                cx.write(MergeCommunity { merge, stamp: stamp(&cx, Permission::ManagePlaces)? }).await?;
            Text::of("place-merged")
                .with("n", moved.places.to_string())
                .with("roles", moved.roles.to_string())
                .with("into", place(&cx, into).await?.name)
        }
        None => {
            cx.write(SwitchPlace { id, active: false, reason, edit }).await?;
            Text::of("place-switched-off")
        }
    };
    Ok(back(id).saying(said))
}

/// Why a place is switched on again.
#[derive(Debug, Deserialize, JsonSchema)]
struct On {
    /// Why.
    reason: String,
}

async fn on(cx: Cx, Path(id): Path<PlaceId>, input: Input<On>) -> Result<Done<PlacePage>, Fault> {
    let reason = input.value.reason;
    let edit = edit(&cx, Permission::ManagePlaces)?;
    cx.write(SwitchPlace { id, active: true, reason, edit }).await?;
    Ok(back(id).saying(Text::of("place-switched-on")))
}

fn back(id: PlaceId) -> Done<PlacePage> {
    Done::see(format!("/admin/places/{id}"))
}

async fn place(cx: &Cx, id: PlaceId) -> Result<Place, Fault> {
    let found = cx.read(move |tx| Box::pin(async move { Ok(store::by_id(tx, id).await?) })).await?;
    found.ok_or_else(|| qige_kernel::Refusal::new(qige_kernel::RefusalKind::Missing, "place-missing").into())
}
