//! Open cases that are probably of the same thing, thing by thing: on the map with a ring around them,
//! and as a list that leads to merging them.

use std::collections::BTreeMap;

use qige_cases::duplicates::{Kinship, Likeness};
use qige_cases::queries::{MAX_COMPARED, Sight, repeats};
use qige_cases::views::{Repeated, RepeatedCase, Repeats};
use qige_cases::{MatterKey, State};
use qige_identity::{Permission, Purpose};
use qige_kernel::{CaseId, Position, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::asked::Asked;
use super::matters;
use super::searching::ByName;
use super::selection::chosen::SELECTED_MAX;
use crate::page::Density;
use crate::sheet::{Cell, Listing, Rows, Said};
use crate::{Cx, Fault, Page, Query, Routes, Text, View, Width, taken_out};

/// Things on the page at most: each wants to be looked at before it is merged.
const SHOWN_MAX: usize = 60;
/// Metres between a thing's farthest case and its ring: what two cases at one spot are seen by from far off.
const RING_METRES: f64 = 30.0;
/// Corners by which a ring looks round.
const RING_CORNERS: u32 = 32;

pub(super) fn routes() -> Routes {
    let about = "Open cases that are probably reported more than once";
    Routes::of("centre")
        .get("/cases/repeats", Permission::ReadQueue, about, show)
        .list::<RepeatsPage>(Permission::ExportCases)
}

/// What is probably reported more than once.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RepeatsPage {
    /// Thing by thing, what was reported again last comes first.
    things: Vec<Thing>,
    /// Things that are not shown any more.
    more: usize,
    /// Where only the newest open cases were compared: how many.
    compared: Option<u32>,
    /// The names of the matters that are spoken of, by key.
    matters: BTreeMap<String, String>,
    /// A ring around each thing, and lines from its first case to the others (GeoJSON).
    drawing: Option<Value>,
    /// The query of the queue that it was opened from.
    queue: String,
    /// Whether this person may merge them.
    may_write: bool,
    /// Whether this person may take them out as a file.
    may_export: bool,
}

/// Cases of one thing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Thing {
    #[serde(flatten)]
    repeated: Repeated,
    /// Where they are merged.
    merge: String,
}

impl View for RepeatsPage {
    const TEMPLATE: &'static str = "centre/repeats.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        Text::of("repeats-title")
    }

    fn samples() -> Vec<Self> {
        let page = |repeats: Repeats, may_write| Self {
            matters: BTreeMap::from([("matter-06-012".to_owned(), "占道经营".to_owned())]),
            more: repeats.things.len(),
            compared: (!repeats.all).then_some(MAX_COMPARED),
            drawing: drawing(&repeats.things),
            things: repeats.things.into_iter().map(|one| Thing::of(one, "")).collect(),
            queue: String::new(),
            may_write,
            may_export: may_write,
        };
        let things = Vec::from_iter(sample());
        vec![
            page(Repeats { things: things.clone(), all: false }, true),
            page(Repeats { things, all: true }, false),
            page(Repeats { things: Vec::new(), all: true }, true),
        ]
    }
}

fn sample() -> Option<Repeated> {
    let position = Position::new(118.752, 34.542).ok()?;
    let at = Timestamp::from_micros(1_790_000_000_000_000);
    let case = |likeness, matter: Option<MatterKey>| RepeatedCase {
        id: CaseId(Uuid::nil()),
        number: matter.map(|_| "20260923-0007".to_owned()),
        matter,
        state: State::Reported,
        words: "摊位占了半条路".to_owned(),
        position,
        received_at: at,
        likeness,
    };
    let alike = |kinship: &Kinship| Likeness {
        score: 87,
        probable: true,
        distance_metres: 28,
        kinship: *kinship,
        days: 1,
        words_percent: 67,
        shared_words: vec!["摊位占".to_owned(), "半条路".to_owned()],
        shared_street: vec!["晶都路".to_owned()],
    };
    let again = Kinship::ALL.iter().map(|kinship| case(Some(alike(kinship)), None));
    let first = case(None, "matter-06-012".parse().ok());
    Some(Repeated { cases: std::iter::once(first).chain(again).collect() })
}

impl Thing {
    fn of(repeated: Repeated, queue: &str) -> Self {
        let chosen = repeated.cases.iter().take(SELECTED_MAX).map(|case| format!("&case={}", case.id));
        let mut merge = format!("/cases/selection?do=merge{}", chosen.collect::<String>());
        if !queue.is_empty() {
            merge.push_str(&format!("&queue={}", crate::render::encoded(queue)));
        }
        Self { repeated, merge }
    }
}

impl Listing for RepeatsPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/cases/repeats.csv", "/cases/repeats.xlsx"];
    const SUMMARY: &'static str = "Open cases that are probably reported more than once, as a file";
    const NAME: &'static str = "repeats";
    const TITLE: &'static str = "repeats-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-group", 8),
        ("export-column-number", 14),
        ("export-column-state", 14),
        ("export-column-matter", 22),
        ("export-column-words", 60),
        ("export-column-received", 20),
        ("export-column-longitude", 14),
        ("export-column-latitude", 14),
        ("list-metres", 12),
        ("list-days", 12),
        ("list-kinship", 22),
        ("list-shared", 36),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        taken_out::of_all(&cx, Purpose::ExportCases, Permission::ExportCases, "cases").await?;
        found(&cx, &asked, usize::MAX).await
    }

    fn rows(&self, said: &Said) -> Rows {
        let things = self.things.iter().zip(1_i64..);
        let cases =
            things.flat_map(|(thing, group)| thing.repeated.cases.iter().map(move |case| (group, case)));
        cases.map(|(group, case)| self.cells(group, case, said)).collect()
    }
}

impl RepeatsPage {
    fn cells(&self, group: i64, case: &RepeatedCase, said: &Said) -> Vec<Cell> {
        let matter = case.matter.and_then(|key| self.matters.get(&key.to_string()).cloned());
        let mut cells = vec![
            Cell::count(group),
            case.number.clone().into(),
            said.text(format!("state-{}", case.state)),
            matter.into(),
            case.words.clone().into(),
            said.time(case.received_at),
            Cell::Number(case.position.lng()),
            Cell::Number(case.position.lat()),
        ];
        if let Some(alike) = &case.likeness {
            let shared = alike.shared_street.iter().chain(&alike.shared_words).cloned();
            cells.extend([
                Cell::count(alike.distance_metres),
                Cell::count(alike.days),
                said.text(format!("kinship-{}", alike.kinship)),
                said.listed(shared),
            ]);
        }
        // The first is like no other that came before.
        cells.resize(Self::COLUMNS.len(), Cell::Nothing);
        cells
    }
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<RepeatsPage>, Fault> {
    Ok(Page(found(&cx, &asked, SHOWN_MAX).await?))
}

async fn found(cx: &Cx, asked: &Asked, most: usize) -> Result<RepeatsPage, Fault> {
    let who = cx.signed_in()?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let filter = asked.filter(cx, &book, ByName::Everybody).await?;
    let (sight, now, policy) = (Sight::of(who, Permission::ReadQueue), cx.now(), book.policy.clone());
    let (may_write, may_export) = (who.may(Permission::FileCase), who.may(Permission::ExportCases));
    let Repeats { mut things, all } =
        cx.read(move |tx| Box::pin(async move { repeats(tx, &filter, &sight, &policy, now).await })).await?;
    let more = things.len().saturating_sub(most);
    things.truncate(most);
    let spoken_of = things.iter().flat_map(|thing| &thing.cases).filter_map(|case| case.matter);
    let queue = asked.query();
    Ok(RepeatsPage {
        matters: spoken_of.map(|key| (key.to_string(), matters::name(key, cx.locale()))).collect(),
        drawing: drawing(&things),
        things: things.into_iter().map(|thing| Thing::of(thing, &queue)).collect(),
        more,
        compared: (!all).then_some(MAX_COMPARED),
        queue,
        may_write,
        may_export,
    })
}

/// A ring around each thing, and lines from its first case to the others; none without any.
fn drawing(things: &[Repeated]) -> Option<Value> {
    let point = |position: Position| json!([position.lng(), position.lat()]);
    let features: Vec<Value> = things
        .iter()
        .filter_map(|thing| {
            let (first, again) = thing.cases.split_first()?;
            let reach = again.iter().map(|case| first.position.distance_metres(case.position));
            let radius = reach.fold(0.0, f64::max) + RING_METRES;
            let corner = |corner: u32| {
                let turn = std::f64::consts::TAU * f64::from(corner) / f64::from(RING_CORNERS);
                point(first.position.moved_metres(radius * turn.cos(), radius * turn.sin()))
            };
            // The last corner is the first again (RFC 7946, 3.1.6).
            let ring: Vec<Value> = (0..RING_CORNERS).chain([0]).map(corner).collect();
            let rays = again.iter().map(|case| json!([point(first.position), point(case.position)]));
            let rays: Vec<Value> = rays.collect();
            let geometries = [
                json!({"type": "Polygon", "coordinates": [ring]}),
                json!({"type": "MultiLineString", "coordinates": rays}),
            ];
            let count = thing.cases.len();
            Some(geometries.map(
                |geometry| json!({"type": "Feature", "geometry": geometry, "properties": {"count": count}}),
            ))
        })
        .flatten()
        .collect();
    (!features.is_empty()).then(|| json!({"type": "FeatureCollection", "features": features}))
}
