//! Routing rules: the list in its order, one rule, trying them out.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `said.rs` | a rule as people read it |
//! | `file.rs` | the list as a file |
//! | `form.rs` | a rule as people type it |
//! | `trial.rs` | which rule would win, and why |
//! | `samples.rs` | pages to try the templates with |

mod file;
mod form;
mod said;
mod samples;
mod trial;

use qige_app::{ChangeRouting, RuleChange, routing_world};
use qige_identity::Permission;
use qige_kernel::RuleId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::matters::{self, Which};
use super::names::Directory;
use crate::admin::stamp;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Path, Query, Routes, Text, View};

use said::RuleLine;
pub(super) use samples::routed as sample;
use trial::Trial;
pub(super) use trial::{Routed, routed};

pub(super) fn routes() -> Routes {
    let (read, change) = (Permission::ReadRouting, Permission::ManageRouting);
    Routes::of("centre")
        .get("/routing", read, "The routing rules, and which of them would win", list)
        .list::<RoutingPage>(read)
        .post("/routing/{id}/move", change, "Move a routing rule to another place in the list", move_rule)
        .post("/routing/{id}/switch", change, "Switch a routing rule on or off", switch)
        .post("/routing/{id}/remove", change, "Take a routing rule out", remove)
        .and(form::routes())
}

/// The rules in their order.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct RoutingPage {
    /// Counts the changes; a change says which it was made from.
    revision: u32,
    rules: Vec<RuleLine>,
    /// Whether this person may change them.
    may_change: bool,
    /// What was tried, and what came of it.
    trial: Option<Trial>,
    /// Matters to type.
    matters: Vec<String>,
}

impl View for RoutingPage {
    const TEMPLATE: &'static str = "centre/routing.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("routing-title")
    }

    fn samples() -> Vec<Self> {
        samples::lists()
    }
}

async fn list(cx: Cx, Query(tried): Query<trial::Tried>) -> Result<Page<RoutingPage>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let subject = trial::subject(&cx, &book, &tried).await?;
    let grids = book.grids.clone();
    let (world, directory) = cx
        .read(move |tx| {
            Box::pin(async move { Ok((routing_world(tx, &grids).await?, Directory::read(tx, grids).await?)) })
        })
        .await?;
    let speaker = said::Speaker { directory: &directory, locale: cx.locale() };
    let asked = subject.as_ref().map(|subject| book.routing.explain(subject, &book.calendar, &world));
    let rules = book.routing.rules.iter().enumerate().map(|(at, rule)| {
        let hidden = book.routing.hidden_by(rule.id, &world);
        let hidden = hidden.and_then(|by| book.routing.rules.iter().position(|known| known.id == by.id));
        let asked = asked.as_ref().and_then(|all| all.get(at));
        speaker.line(at, rule, world.flaws(rule), hidden, asked)
    });
    Ok(Page(RoutingPage {
        revision: book.routing.revision,
        rules: rules.collect(),
        may_change: cx.signed_in()?.may(Permission::ManageRouting),
        trial: subject.map(|subject| trial::shown(&subject, &tried, &speaker, &book)),
        matters: matters::all_typed(Which::All, cx.locale()),
    }))
}

async fn change(
    cx: &Cx,
    change: RuleChange,
    revision: Option<u32>,
    said: &'static str,
) -> Result<Done<RoutingPage>, Fault> {
    let stamp = stamp(cx, Permission::ManageRouting)?;
    let grids = cx.app().rulebook(cx.tenant()?.id).await?.grids.clone();
    cx.write(ChangeRouting { change, revision, grids, stamp }).await?;
    Ok(Done::see("/routing").saying(Text::of(said)))
}

/// A rule at another place.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct NewPlace {
    /// Its place from now on, 1 being the first; beyond the end means the end.
    to: u16,
    /// The revision of the list that was looked at; without it, what others changed does not matter.
    revision: Option<u32>,
}

async fn move_rule(
    cx: Cx,
    Path(rule): Path<RuleId>,
    input: Input<NewPlace>,
) -> Result<Done<RoutingPage>, Fault> {
    let NewPlace { to, revision } = input.value;
    let moved = RuleChange::Move { rule, to: usize::from(to.saturating_sub(1)) };
    change(&cx, moved, revision, "routing-moved").await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct OnOrOff {
    /// Whether it is asked from now on.
    on: bool,
}

async fn switch(cx: Cx, Path(rule): Path<RuleId>, input: Input<OnOrOff>) -> Result<Done<RoutingPage>, Fault> {
    let on = input.value.on;
    let said = if on { "routing-on" } else { "routing-off" };
    change(&cx, RuleChange::Switch { rule, on }, None, said).await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn remove(
    cx: Cx,
    Path(rule): Path<RuleId>,
    _input: Input<Nothing>,
) -> Result<Done<RoutingPage>, Fault> {
    change(&cx, RuleChange::Drop(rule), None, "routing-removed").await
}
