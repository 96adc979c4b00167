//! What one person can see and do: every permission with where it holds, and every page that opens.

use qige_identity::{Permission, grants_of, person};
use qige_kernel::PersonId;
use schemars::JsonSchema;
use serde::Serialize;

use super::grants::Places;
use crate::page::Density;
use crate::routes::Access;
use crate::{Cx, Fault, Page, Path, Routes, Text, View, Width};

/// Who gives roles, and who looks after those who do.
const MAY: &[Permission] = &[Permission::ManageGrants, Permission::ReadAccessLog];

pub(super) fn routes() -> Routes {
    Routes::of("admin").get("/admin/people/{id}/sees", MAY, "What somebody can see and do, and where", show)
}

/// What one person can see and do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SeesPage {
    id: PersonId,
    name: String,
    /// In the order of the table.
    may: Vec<Allowed>,
    /// Pages that open, each with one English sentence on what it is.
    pages: Vec<OpenPage>,
}

/// A permission and where it holds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Allowed {
    permission: Permission,
    /// Nothing: everywhere in the subdistrict.
    places: Vec<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OpenPage {
    path: &'static str,
    summary: &'static str,
}

impl View for SeesPage {
    const TEMPLATE: &'static str = "admin/sees.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        Text::of("sees-title").with("name", self.name.as_str())
    }

    fn samples() -> Vec<Self> {
        let (id, name) = (PersonId(uuid::Uuid::nil()), "坐席 03".to_owned());
        let place = vec!["晶都社区".to_owned()];
        let may = vec![
            Allowed { permission: Permission::ReadCase, places: place },
            Allowed { permission: Permission::Report, places: Vec::new() },
        ];
        let pages = vec![OpenPage { path: "/cases", summary: "The queue of cases" }];
        let full = Self { id, name, may, pages };
        vec![full.clone(), Self { may: Vec::new(), pages: Vec::new(), ..full }]
    }
}

async fn show(cx: Cx, Path(id): Path<PersonId>) -> Result<Page<SeesPage>, Fault> {
    let (places, now) = (Places::of(&cx).await?, cx.now());
    let (name, grants, known) = cx
        .read(move |tx| {
            Box::pin(async move {
                let name = person(tx, id).await?.map(|person| person.name);
                let rows = grants_of(tx, id).await?;
                let live: Vec<_> = rows.iter().map(qige_identity::GrantRow::grant).collect();
                Ok((name, live, places.read(tx).await?))
            })
        })
        .await?;
    let name = name.ok_or_else(Fault::missing)?;
    let live: Vec<_> = grants.into_iter().filter(|grant| grant.is_live(now)).collect();
    let holds = |permission: Permission| live.iter().filter_map(move |grant| grant.over(permission));
    let allowed = |permission: &Permission| {
        let names: Option<Vec<String>> = holds(*permission).map(|scope| known.name(scope)).collect();
        holds(*permission).next()?;
        // One grant over the whole subdistrict is everywhere.
        let mut places = names.unwrap_or_default();
        places.sort_unstable();
        places.dedup();
        Some(Allowed { permission: *permission, places })
    };
    let opens = |access: Access| match access {
        Access::May(one) => holds(one).next().is_some(),
        Access::MayAny(many) => many.iter().any(|one| holds(*one).next().is_some()),
        _ => false,
    };
    let pages = crate::endpoints().into_iter().filter(|one| one.description.is_page && opens(one.access));
    let pages = pages.map(|one| OpenPage { path: one.path, summary: one.summary }).collect();
    Ok(Page(SeesPage { id, name, may: Permission::ALL.iter().filter_map(allowed).collect(), pages }))
}
