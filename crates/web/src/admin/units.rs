//! Responsible units: the list, and a new one.

mod one;

use qige_db::Failure;
use qige_identity::{Permission, Reach, Role, holders};
use qige_kernel::UnitId;
use qige_places::units::{self, CreateUnit, UnitFacts, UnitKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::edit;
use crate::page::Density;
use crate::sheet::{Cell, Listing, Nothing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Routes, Text, View};

/// Whoever works for a unit.
const OF_UNIT: [Role; 2] = [Role::UnitLead, Role::UnitHandler];

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/units", Permission::ManageUnits, "The responsible units", list)
        .post("/admin/units", Permission::ManageUnits, "Add a unit", add)
        .list::<UnitsPage>(Permission::ManageUnits)
        .and(one::routes())
}

/// The responsible units.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct UnitsPage {
    /// Open ones first.
    units: Vec<UnitRow>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct UnitRow {
    id: UnitId,
    name: String,
    kind: UnitKind,
    contact: String,
    active: bool,
    /// Who works for it, leads and handlers together.
    people: usize,
}

impl View for UnitsPage {
    const TEMPLATE: &'static str = "admin/units.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("admin-units-title")
    }

    fn samples() -> Vec<Self> {
        let row = |name: &str, active, people| UnitRow {
            id: UnitId(uuid::Uuid::nil()),
            name: name.to_owned(),
            kind: UnitKind::Department,
            contact: "0518-8720 0001".to_owned(),
            active,
            people,
        };
        let units = vec![row("市政养护队", true, 3), row("供水公司", true, 0), row("旧物业", false, 0)];
        vec![Self { units }, Self { units: Vec::new() }]
    }
}

impl Listing for UnitsPage {
    type Asked = Nothing;
    const PATHS: [&'static str; 2] = ["/admin/units.csv", "/admin/units.xlsx"];
    const SUMMARY: &'static str = "The responsible units as a file";
    const NAME: &'static str = "units";
    const TITLE: &'static str = "admin-units-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("admin-unit-name", 30),
        ("admin-unit-kind", 22),
        ("admin-unit-contact", 22),
        ("admin-unit-people", 10),
        ("admin-state", 10),
    ];

    async fn read(cx: Cx, _: Nothing) -> Result<Self, Fault> {
        Ok(list(cx).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |unit: &UnitRow| {
            let state = if unit.active { "admin-unit-open" } else { "admin-unit-shut" };
            vec![
                unit.name.clone().into(),
                said.text(format!("unit-kind-{}", unit.kind)),
                unit.contact.clone().into(),
                Cell::count(unit.people),
                said.text(state),
            ]
        };
        self.units.iter().map(row).collect()
    }
}

async fn list(cx: Cx) -> Result<Page<UnitsPage>, Fault> {
    let now = cx.now();
    let units = cx
        .read(move |tx| {
            Box::pin(async move {
                let mut rows = Vec::new();
                for unit in units::list(tx).await? {
                    let reach = Reach { unit: Some(unit.id), ..Reach::default() };
                    let mut people = Vec::new();
                    for role in OF_UNIT {
                        people.extend(holders(tx, role, &reach, now).await?);
                    }
                    people.sort_unstable();
                    people.dedup();
                    rows.push(UnitRow {
                        id: unit.id,
                        name: unit.name,
                        kind: unit.kind,
                        contact: unit.contact,
                        active: unit.active,
                        people: people.len(),
                    });
                }
                Ok::<_, Failure>(rows)
            })
        })
        .await?;
    Ok(Page(UnitsPage { units }))
}

/// What is said of a unit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Facts {
    /// Unique within the subdistrict.
    name: String,
    /// What sort of organisation.
    kind: UnitKind,
    /// The office's telephone, for everybody to see.
    contact: Option<String>,
}

impl From<Facts> for UnitFacts {
    fn from(Facts { name, kind, contact }: Facts) -> Self {
        Self { name, kind, contact: contact.unwrap_or_default() }
    }
}

async fn add(cx: Cx, input: Input<Facts>) -> Result<Done<one::UnitPage>, Fault> {
    let Input { value, key } = input;
    let id = key.map_or_else(|| cx.id(), UnitId);
    let said = Text::of("admin-unit-added").with("name", value.name.trim());
    cx.write(CreateUnit { id, facts: value.into(), edit: edit(&cx, Permission::ManageUnits)? }).await?;
    Ok(Done::created(format!("/admin/units/{id}")).saying(said))
}
