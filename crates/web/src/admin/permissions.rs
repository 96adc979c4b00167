//! Which role may do what: the one table, for everybody who looks after accounts.

use qige_identity::{Breadth, Permission, Role, permissions};
use schemars::JsonSchema;
use serde::Serialize;

use crate::page::Density;
use crate::sheet::{Listing, Nothing, Rows, Said};
use crate::{Cx, Fault, Page, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/permissions", Permission::ReadPeople, "Which role may do what", show)
        .list::<PermissionsPage>(Permission::ReadPeople)
}

/// Which role may do what.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PermissionsPage {
    roles: Vec<RoleLine>,
    permissions: Vec<PermissionLine>,
}

/// A role with all that it may do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RoleLine {
    role: Role,
    /// Whether it is one of the three powers that no person holds two of.
    power: bool,
    may: Vec<Permission>,
}

/// A permission with all who have it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PermissionLine {
    permission: Permission,
    /// What becomes of it where the role was given over a part of the subdistrict only.
    breadth: Breadth,
    roles: Vec<Role>,
}

impl View for PermissionsPage {
    const TEMPLATE: &'static str = "admin/permissions.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        Text::of("admin-permissions-title")
    }

    fn samples() -> Vec<Self> {
        vec![page()]
    }
}

impl Listing for PermissionsPage {
    type Asked = Nothing;
    const PATHS: [&'static str; 2] = ["/admin/permissions.csv", "/admin/permissions.xlsx"];
    const SUMMARY: &'static str = "Which role may do what, as a file";
    const NAME: &'static str = "permissions";
    const TITLE: &'static str = "admin-permissions-title";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("admin-permission", 60), ("admin-permission-breadth", 30), ("admin-role", 60)];

    async fn read(_: Cx, _: Nothing) -> Result<Self, Fault> {
        Ok(page())
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &PermissionLine| {
            let roles = line.roles.iter().map(|role| said.plain(format!("role-{role}")));
            let permission = said.text(line.permission.label_key());
            vec![permission, said.text(line.breadth.label_key()), said.listed(roles)]
        };
        self.permissions.iter().map(row).collect()
    }
}

async fn show() -> Page<PermissionsPage> {
    Page(page())
}

fn page() -> PermissionsPage {
    let roles = Role::ALL.iter().map(|role| RoleLine {
        role: *role,
        power: role.is_power(),
        may: permissions::of(*role).to_vec(),
    });
    let lines = permissions::table().map(|(permission, roles)| PermissionLine {
        permission,
        breadth: permission.breadth(),
        roles,
    });
    PermissionsPage { roles: roles.collect(), permissions: lines.collect() }
}
