//! Filters of the queue that people have named: links above it.

use qige_cases::saved::{ChangeFilter, DropFilter, Keeper, SaveFilter, SavedFilter, saved_filters};
use qige_identity::{Permission, Who};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::asked::{Asked, under};
use super::queue::QueuePage;
use crate::sheet::{Listing, Nothing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Path, Routes, Text};

pub(super) fn routes() -> Routes {
    Routes::of("centre")
        .list::<Named>(Permission::ReadQueue)
        .post("/cases/filters", Permission::ReadQueue, "Name the filter of the queue", save)
        .post(
            "/cases/filters/{id}",
            Permission::ReadQueue,
            "Rename a filter, share it or stop sharing",
            change,
        )
        .post("/cases/filters/{id}/drop", Permission::ReadQueue, "Throw a named filter away", drop_filter)
}

/// A named filter above the queue.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Saved {
    id: Uuid,
    name: String,
    /// The address of the queue so narrowed.
    href: String,
    /// What the queue shows now.
    current: bool,
    /// All who work in the centre find it.
    shared: bool,
    /// Whether this person may rename it and throw it away.
    may_change: bool,
}

impl Saved {
    pub(super) fn of(filter: SavedFilter, keeper: Keeper, query: &str) -> Self {
        Self {
            href: under("/cases", &filter.query),
            current: filter.query == query,
            shared: filter.shared,
            may_change: keeper.may_change(&filter),
            id: filter.id,
            name: filter.name,
        }
    }
}

impl Saved {
    /// One's own, and one that others share.
    pub(super) fn samples() -> Vec<Self> {
        let sample = |id: u128, name: &str, own: bool| Self {
            id: Uuid::from_u128(id),
            name: name.to_owned(),
            href: "/cases?tone=red".to_owned(),
            current: own,
            shared: !own,
            may_change: own,
        };
        vec![sample(1, "我的超期", true), sample(2, "等值班长", false)]
    }
}

/// The filters that somebody finds above the queue.
struct Named {
    filters: Vec<Saved>,
    /// What their addresses begin with.
    public_url: String,
}

impl Listing for Named {
    type Asked = Nothing;
    const PATHS: [&'static str; 2] = ["/cases/filters.csv", "/cases/filters.xlsx"];
    const SUMMARY: &'static str = "The named filters above the queue, as a file";
    const NAME: &'static str = "filters";
    const TITLE: &'static str = "saved-title";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("saved-name", 30), ("export-column-link", 60), ("saved-share", 16)];

    async fn read(cx: Cx, _: Nothing) -> Result<Self, Fault> {
        let who = cx.signed_in()?;
        let (me, by) = (who.person, keeper(who));
        let found = cx.read(move |tx| Box::pin(async move { Ok(saved_filters(tx, me).await?) })).await?;
        let filters = found.into_iter().map(|filter| Saved::of(filter, by, "")).collect();
        Ok(Self { filters, public_url: cx.state().settings().public_url.clone() })
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |one: &Saved| {
            let shared = one.shared.then(|| said.plain("list-yes"));
            vec![one.name.clone().into(), format!("{}{}", self.public_url, one.href).into(), shared.into()]
        };
        self.filters.iter().map(row).collect()
    }
}

/// Who names filters: those who lead the whole centre may share them, with all of it.
pub(super) fn keeper(who: &Who) -> Keeper {
    Keeper { person: who.person, shares: who.may_everywhere(Permission::SuperviseCase) }
}

/// What is named, and where one goes on.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wish {
    /// What it is called.
    name: String,
    /// The query of the queue's address.
    query: String,
    /// For all who work in the centre.
    shared: bool,
}

/// Which page of the queue one goes on with.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct There {
    /// The query of the queue's address.
    query: String,
}

/// What the query asks, written as the queue writes it: without where a page begins and what means nothing.
async fn read(cx: &Cx, query: &str) -> String {
    Asked::read(cx, query).await.map(|asked| asked.query()).unwrap_or_default()
}

async fn save(cx: Cx, input: Input<Wish>) -> Result<Done<QueuePage>, Fault> {
    let Wish { name, query, shared } = input.value;
    let (query, by) = (read(&cx, &query).await, keeper(cx.signed_in()?));
    let said = Text::of("saved-done").with("name", name.trim());
    cx.write(SaveFilter { id: cx.id(), by, name, query: query.clone(), shared, at: cx.now() }).await?;
    Ok(Done::see(under("/cases", &query)).saying(said))
}

async fn change(cx: Cx, Path(id): Path<Uuid>, input: Input<Wish>) -> Result<Done<QueuePage>, Fault> {
    let Wish { name, query, shared } = input.value;
    let by = keeper(cx.signed_in()?);
    cx.write(ChangeFilter { id, by, name, shared }).await?;
    Ok(Done::see(under("/cases", &read(&cx, &query).await)).saying(Text::of("saved-changed")))
}

async fn drop_filter(cx: Cx, Path(id): Path<Uuid>, input: Input<There>) -> Result<Done<QueuePage>, Fault> {
    let by = keeper(cx.signed_in()?);
    cx.write(DropFilter { id, by }).await?;
    let there = read(&cx, &input.value.query).await;
    Ok(Done::see(under("/cases", &there)).saying(Text::of("saved-dropped")))
}
