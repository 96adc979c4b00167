//! The wall (一张图): how things stand, large enough for the far end of the room. Counts only, of nobody.

mod samples;

use jiff::ToSpan;
use jiff::civil::Date;
use qige_cases::State;
use qige_cases::evaluation::{Indicator, Reach, Share};
use qige_cases::queries::{Sight, wall};
use qige_cases::views::{Wall, WallFunnel, WallPlace};
use qige_identity::Permission;
use qige_kernel::{Timestamp, UnitId};
use qige_places::GridIndex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::matters;
use super::names::Directory;
use crate::drawn::{self, Drawing, Place};
use crate::page::Density;
use crate::{Cx, Fault, Locale, Page, Query, Routes, Text, View, Width};

/// Days that are meant by "lately".
const LATELY_DAYS: i64 = 30;
/// Lines of a table at most: more are not read from afar.
const LINES: usize = 9;
/// Matters shown.
const MATTERS: usize = 8;

pub(super) fn routes() -> Routes {
    let about = "How things stand, for a large screen: counts, the town as a map, units on time";
    Routes::of("centre").get("/wall", Permission::ReadWall, about, show)
}

/// By what the town is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum By {
    /// Communities, by what is open there.
    #[default]
    Communities,
    /// Grids, by what came in there lately.
    Grids,
}

/// What the map shows.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Looked {
    /// Communities by what is open, or grids by what came in lately.
    #[serde(default)]
    by: By,
}

/// How things stand.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct WallPage {
    /// When it was looked up.
    at: Timestamp,
    /// Days that are meant by "lately".
    days: i64,
    /// The first of them (`2026-11-03`).
    since: String,
    /// The last.
    today: String,
    /// The large numbers.
    figures: Vec<Figure>,
    /// How far came what came in lately.
    funnel: Vec<Step>,
    communities: Vec<PlaceLine>,
    /// Communities in all; only the first stand in the table.
    communities_total: usize,
    units: Vec<UnitLine>,
    /// Units in all.
    units_total: usize,
    matters: Vec<MatterLine>,
    /// By what the map is coloured.
    by: By,
    /// The town; none before grids are drawn.
    drawing: Option<Drawing>,
    /// Whether the numbers lead to lists of cases.
    links: bool,
    /// Whether figures lead to what they count.
    opens: bool,
}

/// A large number.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Figure {
    /// Names its text: `wall-<kind>`.
    kind: &'static str,
    count: i64,
    /// `red` or `amber` where it is not nothing.
    tone: &'static str,
    /// The list behind it.
    href: String,
}

/// A step of the funnel.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Step {
    /// Names its text: `wall-step-<kind>`.
    kind: &'static str,
    count: i64,
    /// Of what came in, in percent; none where nothing came in.
    percent: Option<i64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PlaceLine {
    /// None for what lies nowhere yet.
    name: Option<String>,
    open: i64,
    red: i64,
    lately: i64,
    href: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct UnitLine {
    name: String,
    open: i64,
    red: i64,
    /// Of what it should have handled lately: handled in time, by the definition of the evaluation.
    handled: Share,
    /// The same from 0 to 1; none of nothing.
    in_time: Option<f64>,
    href: String,
    /// What it should have handled, in the evaluation.
    handled_href: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MatterLine {
    /// None where it is not known yet.
    name: Option<String>,
    lately: i64,
    /// Of the most frequent, in percent: the length of its bar.
    share: i64,
}

impl View for WallPage {
    const TEMPLATE: &'static str = "centre/wall.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        Text::of("wall-title")
    }

    fn samples() -> Vec<Self> {
        samples::all()
    }
}

async fn show(cx: Cx, Query(looked): Query<Looked>) -> Result<Page<WallPage>, Fault> {
    let who = cx.signed_in()?;
    let (sight, now) = (Sight::of(who, Permission::ReadWall), cx.now());
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let day = book.calendar.zone().to_datetime(now.to_jiff()).date();
    let today = super::asked::midnight(day, book.calendar.zone());
    let days = Days { since: day.saturating_sub(LATELY_DAYS.days()), today: day };
    let since = super::asked::midnight(days.since, book.calendar.zone());
    let reach = Reach::of(who, Permission::ReadWall);
    let (grids, seen) = (book.grids.clone(), sight.clone());
    let (found, directory) = cx
        .read(move |tx| {
            Box::pin(async move {
                let found = wall(tx, &seen, &reach, now, today, since).await?;
                Ok((found, Directory::read(tx, grids).await?))
            })
        })
        .await?;
    let links = who.may(Permission::ReadQueue);
    let seen = Seen { sight: &sight, directory: &directory, grids: &book.grids };
    let opens = who.may(Permission::OpenFigures);
    Ok(Page(WallPage { opens, ..page(&found, &seen, &days, (now, looked.by, links), cx.locale()) }))
}

/// What the page is made of besides the counts.
struct Seen<'a> {
    sight: &'a Sight,
    directory: &'a Directory,
    grids: &'a GridIndex,
}

struct Days {
    since: Date,
    today: Date,
}

impl Days {
    /// What a unit should have handled in these days, as the evaluation lists it.
    fn handled_by(&self, unit: UnitId) -> String {
        let (Self { since, today }, indicator) = (self, Indicator::OnTimeHandled);
        format!("/evaluation/cases?from={since}&until={today}&unit={unit}&indicator={indicator}&of=true")
    }
}

fn page(
    found: &Wall,
    seen: &Seen<'_>,
    days: &Days,
    (at, by, links): (Timestamp, By, bool),
    locale: Locale,
) -> WallPage {
    let figures = figures(found, days);
    let drawing = drawing(found, seen, by);
    let most = found.matters.first().map_or(1, |matter| matter.lately.max(1));
    let matters = found.matters.iter().take(MATTERS).map(|matter| MatterLine {
        name: matter.matter.map(|key| matters::name(key, locale)),
        lately: matter.lately,
        share: matter.lately * 100 / most,
    });
    let units = found.units.iter().filter_map(|unit| {
        Some(UnitLine {
            name: seen.directory.unit(unit.unit)?,
            open: unit.open,
            red: unit.red,
            handled: unit.handled,
            in_time: unit.handled.value(),
            href: listed(&Asked { unit: Some(unit.unit), ..Asked::default() }),
            handled_href: days.handled_by(unit.unit),
        })
    });
    WallPage {
        at,
        days: LATELY_DAYS,
        since: days.since.to_string(),
        today: days.today.to_string(),
        figures,
        funnel: funnel(&found.funnel),
        communities: communities(&found.communities, seen).into_iter().take(LINES).collect(),
        communities_total: found.communities.len(),
        units: units.take(LINES).collect(),
        units_total: found.units.len(),
        matters: matters.collect(),
        by,
        drawing,
        links,
        opens: false,
    }
}

fn listed(asked: &Asked) -> String {
    super::asked::under("/cases", &asked.query())
}

fn figures(found: &Wall, days: &Days) -> Vec<Figure> {
    use qige_cases::Tone;
    let today = || Some(days.today.to_string());
    let toned = |count: i64, tone| if count > 0 { tone } else { "" };
    let late = |tone| Asked { tone: Some(tone), ..Asked::default() };
    let came = Asked { state: State::ALL.to_vec(), from: today(), ..Asked::default() };
    let closed = Asked { state: vec![State::Closed], ended_from: today(), ..Asked::default() };
    let figure = |kind, count, tone, asked: Asked| Figure { kind, count, tone, href: listed(&asked) };
    vec![
        figure("today", found.today, "", came),
        figure("open", found.open, "", Asked::default()),
        figure("amber", found.amber, toned(found.amber, "amber"), late(Tone::Amber)),
        figure("red", found.red, toned(found.red, "red"), late(Tone::Red)),
        figure("closed-today", found.closed_today, "", closed),
    ]
}

fn funnel(funnel: &WallFunnel) -> Vec<Step> {
    let WallFunnel { reported, filed, dispatched, handled, closed } = *funnel;
    let steps = [
        ("reported", reported),
        ("filed", filed),
        ("dispatched", dispatched),
        ("handled", handled),
        ("closed", closed),
    ];
    steps.map(|(kind, count)| Step { kind, count, percent: percent(count, reported) }).into()
}

/// `part` of `whole` in whole percent; none of nothing.
const fn percent(part: i64, whole: i64) -> Option<i64> {
    if whole == 0 { None } else { Some(part * 100 / whole) }
}

fn communities(places: &[WallPlace], seen: &Seen<'_>) -> Vec<PlaceLine> {
    let line = |place: &WallPlace| {
        let asked = Asked { community: place.place, unlocated: place.place.is_none(), ..Asked::default() };
        PlaceLine {
            name: place.place.and_then(|id| seen.directory.community(id)),
            open: place.open,
            red: place.red,
            lately: place.lately,
            href: listed(&asked),
        }
    };
    places.iter().map(line).collect()
}

/// The part of the town that this person sees.
fn drawing(found: &Wall, seen: &Seen<'_>, by: By) -> Option<Drawing> {
    let counted = match by {
        By::Communities => &found.communities,
        By::Grids => &found.grids,
    };
    let count = |id| {
        let place = counted.iter().find(|place| place.place == Some(id));
        place.map_or(0, |place| if by == By::Communities { place.open } else { place.lately })
    };
    let visible = seen.grids.grids().iter().filter(|grid| seen.sight.covers(grid.community, Some(grid.id)));
    let mut places: Vec<Place<'_>> = Vec::new();
    for grid in visible {
        let id = match by {
            By::Communities => grid.community.unwrap_or(grid.id),
            By::Grids => grid.id,
        };
        if let Some(place) = places.iter_mut().find(|place| place.id == id) {
            place.shapes.push(&grid.shape);
            continue;
        }
        let name = match by {
            By::Communities => grid.community.and_then(|id| seen.directory.community(id)),
            By::Grids => Some(grid.name.clone()),
        };
        places.push(Place {
            id,
            name: name.unwrap_or_default(),
            count: count(id),
            shapes: vec![&grid.shape],
        });
    }
    drawn::drawing(&places)
}
