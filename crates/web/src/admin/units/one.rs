//! One unit: what is said of it, whether it is open, who works for it.

use qige_db::Failure;
use qige_identity::{Permission, Reach, Role, holders, person_name};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp, UnitId};
use qige_places::units::{self, Unit, UnitFacts, UnitKind, UpdateUnit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Facts, OF_UNIT};
use crate::admin::edit;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Once, Page, Path, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/units/{id}", Permission::ManageUnits, "One unit and its people", show)
        .post("/admin/units/{id}", Permission::ManageUnits, "Change what is said of a unit", change)
        .post("/admin/units/{id}/close", Permission::ManageUnits, "Close a unit", close)
        .post("/admin/units/{id}/reopen", Permission::ManageUnits, "Open a closed unit again", reopen)
}

/// One unit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct UnitPage {
    unit: Unit,
    people: Vec<UnitPerson>,
}

/// Somebody who works for a unit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct UnitPerson {
    id: PersonId,
    name: String,
    role: Role,
}

impl View for UnitPage {
    const TEMPLATE: &'static str = "admin/unit.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::plain(self.unit.name.clone())
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let unit = Unit {
            id: UnitId(Uuid::nil()),
            name: "市政养护队".to_owned(),
            kind: UnitKind::Department,
            contact: "0518-8720 0001".to_owned(),
            active: true,
            created_at: at,
            updated_at: at,
        };
        let closed = Unit { active: false, contact: String::new(), ..unit.clone() };
        let person =
            UnitPerson {
                id: PersonId(Uuid::nil()), name: "处置员 11".to_owned(), role: Role::UnitHandler
            };
        vec![Self { unit, people: vec![person] }, Self { unit: closed, people: Vec::new() }]
    }
}

async fn show(cx: Cx, Path(id): Path<UnitId>) -> Result<Page<UnitPage>, Fault> {
    let now = cx.now();
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(unit) = units::by_id(tx, id).await? else { return Ok::<_, Failure>(None) };
                let reach = Reach { unit: Some(id), ..Reach::default() };
                let mut people = Vec::new();
                for role in OF_UNIT {
                    for person in holders(tx, role, &reach, now).await? {
                        let name = person_name(tx, person).await?.unwrap_or_default();
                        people.push(UnitPerson { id: person, name, role });
                    }
                }
                Ok(Some(UnitPage { unit, people }))
            })
        })
        .await?;
    found.map(Page).ok_or_else(|| missing().into())
}

fn missing() -> Refusal {
    Refusal::new(RefusalKind::Missing, "unit-missing")
}

async fn unit(cx: &Cx, id: UnitId) -> Result<Unit, Fault> {
    let found = cx.read(move |tx| Box::pin(async move { Ok(units::by_id(tx, id).await?) })).await?;
    found.ok_or_else(|| missing().into())
}

async fn change(cx: Cx, Path(id): Path<UnitId>, input: Input<Facts>) -> Result<Done<UnitPage>, Fault> {
    let active = unit(&cx, id).await?.active;
    let edit = edit(&cx, Permission::ManageUnits)?;
    cx.write(UpdateUnit { id, facts: input.value.into(), active, edit }).await?;
    Ok(Done::see(format!("/admin/units/{id}")).saying(Text::of("admin-saved")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn close(cx: Cx, Path(id): Path<UnitId>, input: Input<Nothing>) -> Result<Done<UnitPage>, Fault> {
    set_active(&cx, id, false, input.key, "admin-unit-closed").await
}

async fn reopen(cx: Cx, Path(id): Path<UnitId>, input: Input<Nothing>) -> Result<Done<UnitPage>, Fault> {
    set_active(&cx, id, true, input.key, "admin-unit-reopened").await
}

async fn set_active(
    cx: &Cx,
    id: UnitId,
    active: bool,
    key: Option<Uuid>,
    said: &'static str,
) -> Result<Done<UnitPage>, Fault> {
    let Unit { name, kind, contact, .. } = unit(cx, id).await?;
    let facts = UnitFacts { name, kind, contact };
    let update = UpdateUnit { id, facts, active, edit: edit(cx, Permission::ManageUnits)? };
    cx.write(Once::new(update, key, &(id, active), cx.now())).await?;
    Ok(Done::see(format!("/admin/units/{id}")).saying(Text::of(said)))
}
