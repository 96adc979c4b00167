//! Leave cover: a role of one's own in a colleague's hands until a day.

use jiff::civil::Date;
use qige_identity::{
    Colleague, EndCover, GiveCover, Role, Scope, ScopeKind, colleagues, covers_by, is_cover, may_be_covered,
};
use qige_kernel::{GrantId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::me::scope_name;
use crate::admin::people::grants::{end_of, zone};
use crate::centre::names::Choice;
use crate::{Access, Cx, Done, Fault, Input, Once, Page, Path, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    Routes::of("account")
        .get("/me/cover", Access::SignedIn, "Who covers for oneself, and who could", show)
        .post("/me/cover/{of}", Access::SignedIn, "Hand a role of one's own to a colleague until a day", give)
        .post("/me/cover/{id}/end", Access::SignedIn, "Take it back before that day", end)
}

/// Who covers for oneself.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CoverPage {
    /// What one could hand on.
    roles: Vec<OwnRole>,
    /// What one has handed on.
    covers: Vec<Cover>,
}

/// A role of one's own.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OwnRole {
    id: GrantId,
    role: Role,
    scope: ScopeKind,
    /// What the scope is called; nothing for the whole subdistrict.
    place: Option<String>,
    /// Who could cover.
    colleagues: Vec<Choice>,
}

/// A role in a colleague's hands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Cover {
    id: GrantId,
    /// Whose hands.
    name: String,
    role: Role,
    scope: ScopeKind,
    until: Timestamp,
}

impl View for CoverPage {
    const TEMPLATE: &'static str = "account/cover.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("cover-title")
    }

    fn samples() -> Vec<Self> {
        let id = GrantId(Uuid::nil());
        let own = |colleagues| OwnRole {
            id,
            role: Role::Dispatcher,
            scope: ScopeKind::Community,
            place: Some("晶都社区".to_owned()),
            colleagues,
        };
        let until = Timestamp::from_micros(1_790_000_000_000_000);
        let (role, scope) = (Role::Dispatcher, ScopeKind::Community);
        let cover = Cover { id, name: "坐席 04".to_owned(), role, scope, until };
        let full = Self { roles: vec![own(vec![Choice::of(&1, "坐席 04")])], covers: vec![cover] };
        let alone = Self { roles: vec![own(Vec::new())], covers: Vec::new() };
        vec![full, alone, Self { roles: Vec::new(), covers: Vec::new() }]
    }
}

async fn show(cx: Cx) -> Result<Page<CoverPage>, Fault> {
    let (who, now) = (cx.signed_in()?.clone(), cx.now());
    let page = cx
        .read(move |tx| {
            Box::pin(async move {
                let mut roles = Vec::new();
                for grant in who.grants.iter().filter(|grant| may_be_covered(grant.role)) {
                    if is_cover(tx, grant.id).await? {
                        continue;
                    }
                    let could = colleagues(tx, who.person, grant.scope, now).await?;
                    let choice = |one: Colleague| Choice::of(&one.person, one.name);
                    roles.push(OwnRole {
                        id: grant.id,
                        role: grant.role,
                        scope: grant.scope.kind(),
                        place: scope_name(tx, grant).await?,
                        colleagues: could.into_iter().map(choice).collect(),
                    });
                }
                let covers = covers_by(tx, who.person, now).await?.into_iter().map(|row| Cover {
                    id: row.id,
                    name: row.name,
                    role: row.role,
                    scope: Scope::kind(row.scope),
                    until: row.ends_at,
                });
                Ok(CoverPage { roles, covers: covers.collect() })
            })
        })
        .await?;
    Ok(Page(page))
}

/// Who covers, and how long.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
struct Covering {
    /// Which colleague.
    to: PersonId,
    /// The last day.
    #[schemars(with = "String")]
    until: Date,
}

async fn give(cx: Cx, Path(of): Path<GrantId>, input: Input<Covering>) -> Result<Done<CoverPage>, Fault> {
    let Input { value, key } = input;
    let until = end_of(value.until, &zone(&cx)?)?;
    let command = GiveCover { of, to: value.to, id: cx.id(), until, stamp: cx.stamp(None) };
    cx.write(Once::new(command, key, &(of, value), cx.now())).await?;
    Ok(Done::see("/me/cover").saying(Text::of("cover-given")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn end(cx: Cx, Path(id): Path<GrantId>, _nothing: Input<Nothing>) -> Result<Done<CoverPage>, Fault> {
    cx.write(EndCover { id, stamp: cx.stamp(None) }).await?;
    Ok(Done::see("/me/cover").saying(Text::of("cover-ended")))
}
