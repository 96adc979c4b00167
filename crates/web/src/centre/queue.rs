//! The work queue: what will be late first, narrowed by what stands in the address.

use qige_cases::queries::{Sight, counts, queue};
use qige_cases::saved::saved_filters;
use qige_cases::search::{Part, marked};
use qige_cases::views::{Page as Rows, QueueCounts, QueueRow};
use qige_cases::{CaseRole, CommandName, State, workflow};
use qige_identity::Permission;
use qige_kernel::Timestamp;
use qige_places::{Bounds, GridIndex};
use schemars::JsonSchema;
use serde::Serialize;

use super::asked::{Asked, under};
use super::export::Offer;
use super::names::{Choice, Directory, people};
use super::saved::{Saved, keeper};
use super::searching::ByName;
use super::way::page_query;
use super::{matters, wish::Desk};
use crate::page::Density;
use crate::{Cx, Fault, Page, Query, Routes, Text, View, Width};

mod samples;

/// Rows on one page: what a dispatcher works through in an hour.
pub(super) const ROWS: u32 = 60;
/// What a dispatcher does from the queue, with the key that does it.
const FROM_THE_QUEUE: [CommandName; 4] =
    [CommandName::File, CommandName::Dispatch, CommandName::Merge, CommandName::AskCheck];

pub(super) fn routes() -> Routes {
    Routes::of("centre").get(
        "/cases",
        Permission::ReadQueue,
        "The queue of the grid centre, what will be late first",
        show,
    )
}

/// The queue.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct QueuePage {
    /// What it is narrowed by.
    asked: Asked,
    /// What it is narrowed by, as a query.
    query: String,
    /// The same, with where this page begins: what a case opened from here goes back to.
    here: String,
    /// Whether more than a state was asked for.
    narrowed: bool,
    /// How many open cases there are, whatever states were asked for.
    counts: QueueCounts,
    /// The states as places side by side.
    tabs: Vec<Tab>,
    /// Filters that this person, or the centre, has named.
    saved: Vec<Saved>,
    /// The cases.
    rows: Vec<Line>,
    /// The address of the next page.
    next: Option<String>,
    /// The address of the first page, on later ones.
    first: Option<String>,
    /// What the filters offer.
    choices: Choices,
    /// `west,south,east,north` of what the map begins with.
    bbox: Option<String>,
    /// Where the map's cases come from.
    map: String,
    /// What the queue can be taken out as, by those who may.
    export: Option<Offer>,
    /// What was looked for, and where else it may be.
    searched: Option<Searched>,
    /// Whether this person may write down a report that came by telephone.
    may_write: bool,
    /// Whether this person leads a shift.
    supervises: bool,
}

/// What was looked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Searched {
    text: String,
    /// The same among cases of all states; none where that was asked for.
    everywhere: Option<String>,
    /// The same without all other filters; none where there is none.
    alone: Option<String>,
}

/// A place among others.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Tab {
    /// None: all open ones.
    state: Option<State>,
    href: String,
    current: bool,
    /// None where it is not counted.
    count: Option<i64>,
}

/// One case of the queue, with names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    #[serde(flatten)]
    case: QueueRow,
    /// Its words in parts, with what was looked for marked.
    said: Vec<Part>,
    matter_name: Option<String>,
    /// How soon it usually is, for filing it at once.
    usual_urgency: Option<qige_cases::Urgency>,
    /// Community and grid.
    place: Option<String>,
    unit_name: Option<String>,
    dispatcher_name: Option<String>,
    /// Minutes until its time is over; negative: minutes since.
    left_minutes: Option<i64>,
    /// What can be done from here, as far as its state says.
    may: Vec<CommandName>,
}

/// What the filters offer.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct Choices {
    communities: Vec<Choice>,
    /// Of the chosen community.
    grids: Vec<Choice>,
    units: Vec<Choice>,
    /// Major classes, and the matter that was asked for.
    matters: Vec<Choice>,
}

impl View for QueuePage {
    const TEMPLATE: &'static str = "centre/queue.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        Text::of("queue-title")
    }

    fn samples() -> Vec<Self> {
        samples::all()
    }
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<QueuePage>, Fault> {
    let who = cx.signed_in()?.clone();
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let filter = asked.filter(&cx, &book, ByName::Everybody).await?;
    let sight = Sight::of(&who, Permission::ReadQueue);
    let (now, locale, grids, me) = (cx.now(), cx.locale(), book.grids.clone(), who.person);
    let (wanted, within, order) = (asked.clone(), sight.clone(), asked.order());
    let (found, counts, directory, names, saved) = cx
        .read(move |tx| {
            Box::pin(async move {
                let after = wanted.after.as_deref();
                let found = queue(tx, &filter, &within, order, now, after, ROWS).await?;
                let counts = counts(tx, &filter, &within, now).await?;
                let directory = Directory::read(tx, grids).await?;
                let names = people(tx, found.rows.iter().filter_map(|row| row.dispatcher).collect()).await?;
                let saved = saved_filters(tx, me).await?;
                Ok((found, counts, directory, names, saved))
            })
        })
        .await?;
    let Rows { rows, next } = found;
    let line = |case: QueueRow| Line {
        matter_name: case.matter.map(|key| matters::name(key, locale)),
        usual_urgency: case.matter.and_then(Desk::usual_urgency),
        place: directory.place(case.community, case.grid),
        unit_name: case.lead_unit.and_then(|unit| directory.unit(unit)),
        dispatcher_name: case.dispatcher.and_then(|person| names.get(&person.to_string()).cloned()),
        left_minutes: case.due_at.map(|due| left_minutes(now, due)),
        may: may(&case),
        said: marked(&case.words, asked.text().unwrap_or_default()),
        case,
    };
    let query = asked.query();
    let beyond = |after: &str| under("/cases", &joined(&query, &format!("after={after}")));
    Ok(Page(QueuePage {
        here: page_query(&asked),
        narrowed: asked.is_narrowed(),
        tabs: tabs(&asked, &counts),
        saved: saved.into_iter().map(|filter| Saved::of(filter, keeper(&who), &query)).collect(),
        rows: rows.into_iter().map(line).collect(),
        next: next.as_deref().map(beyond),
        first: asked.after.is_some().then(|| under("/cases", &query)),
        choices: choices(&asked, &directory, &sight, &book.grids, locale),
        bbox: bounds(&book.grids, &sight, &asked).map(|bounds| written(&bounds)),
        map: under("/cases/map", &query),
        export: who.may(Permission::ExportCases).then(|| Offer::of(&asked)),
        may_write: who.may(Permission::FileCase),
        supervises: who.may(Permission::SuperviseCase),
        searched: Searched::of(&asked),
        counts,
        query,
        asked,
    }))
}

impl Searched {
    fn of(asked: &Asked) -> Option<Self> {
        let text = asked.text()?.to_owned();
        let everywhere = Asked { state: State::ALL.to_vec(), after: None, ..asked.clone() };
        let alone = Asked { q: asked.q.clone(), ..Asked::default() };
        let other = |there: Asked| (there.query() != asked.query()).then(|| there.address());
        Some(Self { text, everywhere: other(everywhere), alone: other(alone) })
    }
}

/// Two queries in one.
pub(super) fn joined(query: &str, more: &str) -> String {
    if query.is_empty() { more.to_owned() } else { format!("{query}&{more}") }
}

/// Whole minutes until `due`; negative: since.
pub(super) fn left_minutes(now: Timestamp, due: Timestamp) -> i64 {
    due.since(now).div_euclid(Timestamp::MINUTE)
}

/// What state and flags allow a dispatcher; what else stands against it, the command says.
fn may(case: &QueueRow) -> Vec<CommandName> {
    let held = case.suspended || case.transferred;
    let allowed = FROM_THE_QUEUE.into_iter().filter(|command| {
        workflow::allowed(case.state, *command, CaseRole::Dispatcher).is_some()
            && (*command != CommandName::Dispatch || (case.state == State::Filed && !held))
    });
    allowed.collect()
}

fn tabs(asked: &Asked, counts: &QueueCounts) -> Vec<Tab> {
    let tab = |state: Option<State>, count| {
        let states = Vec::from_iter(state);
        let there = Asked { state: states.clone(), after: None, ..asked.clone() };
        Tab { state, href: there.address(), current: asked.state == states, count }
    };
    let all = tab(None, Some(counts.total));
    let open = State::OPEN.iter().map(|state| {
        let count = counts.states.get(state).copied().unwrap_or_default();
        tab(Some(*state), Some(count))
    });
    let over = [State::Closed, State::Declined, State::Merged].map(|state| tab(Some(state), None));
    std::iter::once(all).chain(open).chain(over).collect()
}

fn choices(
    asked: &Asked,
    directory: &Directory,
    sight: &Sight,
    grids: &GridIndex,
    locale: crate::Locale,
) -> Choices {
    let seen = directory.communities.iter().filter(|known| sight.covers(Some(known.place.id), None));
    let mut near: Vec<Choice> = grids
        .grids()
        .iter()
        .filter(|grid| asked.community.is_some() && grid.community == asked.community)
        .filter(|grid| sight.covers(grid.community, Some(grid.id)))
        .map(|grid| Choice::of(&grid.id, grid.name.clone()))
        .collect();
    near.sort_by(|one, other| one.label.cmp(&other.label));
    let mut majors = matters::majors(locale);
    if let Some(matter) = asked.matter.as_ref().filter(|text| majors.iter().all(|m| m.value != **text)) {
        let label = matter.parse().map_or_else(|_| matter.clone(), |key| matters::name(key, locale));
        majors.insert(0, Choice::of(matter, label));
    }
    Choices {
        communities: seen.map(|known| Choice::of(&known.place.id, known.place.name.clone())).collect(),
        grids: near,
        units: directory.units.iter().map(|unit| Choice::of(&unit.id, unit.name.clone())).collect(),
        matters: majors,
    }
}

/// Around the grids that were asked for, else around those in sight.
fn bounds(grids: &GridIndex, sight: &Sight, asked: &Asked) -> Option<Bounds> {
    let meant = grids.grids().iter().filter(|grid| {
        sight.covers(grid.community, Some(grid.id))
            && asked.community.is_none_or(|community| grid.community == Some(community))
            && asked.grid.is_none_or(|wanted| grid.id == wanted)
    });
    let boxes = meant.map(|grid| grid.shape.bounds());
    boxes.reduce(|one, other| Bounds {
        west: one.west.min(other.west),
        south: one.south.min(other.south),
        east: one.east.max(other.east),
        north: one.north.max(other.north),
    })
}

/// `west,south,east,north`, to a tenth of a metre.
pub(super) fn written(bounds: &Bounds) -> String {
    let Bounds { west, south, east, north } = bounds;
    format!("{west:.6},{south:.6},{east:.6},{north:.6}")
}
