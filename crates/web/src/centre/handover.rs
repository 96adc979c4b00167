//! The hand-over of a shift: what came in, what is late or will be, what waits for somebody; and what the
//! shift that ends says to the one that begins. As files, it is in `handover/file.rs`.

mod file;

use std::collections::BTreeMap;

use qige_cases::handover::{HandoverNote, Signed, TakeHandover, WriteHandover, handover_notes};
use qige_cases::queries::{Order, QueueFilter, Sight, how_many, queue};
use qige_cases::views::QueueRow;
use qige_cases::{State, Tone};
use qige_db::{Failure, Tx};
use qige_identity::{Permission, Role, Who};
use qige_kernel::{HandoverId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::{Asked, InHands};
use super::matters;
use super::names::{Directory, people};
use super::queue::left_minutes;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Locale, Page, Path, Query, Routes, Text, View};

/// Who writes notes and takes them over.
const ON_SHIFT: &[Permission] = &[Permission::FileCase, Permission::SuperviseCase];
/// Cases named of each sort; the rest stands behind a link.
const NAMED: u32 = 8;
/// Notes on one page.
const NOTES: u32 = 20;
/// After the latest note.
const LATEST: (Timestamp, HandoverId) = (Timestamp::from_micros(i64::MAX), HandoverId(uuid::Uuid::max()));
/// The hours of a shift, where nothing else is said.
const USUAL_HOURS: u8 = 8;

pub(super) fn routes() -> Routes {
    Routes::of("centre")
        .get("/handover", Permission::ReadQueue, "What one shift of the centre leaves to the next", show)
        .list::<file::Waits>(Permission::ExportCases)
        .list::<file::Notes>(Permission::ReadQueue)
        .post("/handover", ON_SHIFT, "Leave something to the next shift", write)
        .post("/handover/{id}/take", ON_SHIFT, "Take over what a shift left", take)
}

/// How far back and ahead one looks.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Looked {
    /// The hours of the shift that ends and of the one that begins; 1 to 24, 8 when left out.
    hours: Option<u8>,
    /// Where the notes go on: `next` of the page before.
    before: Option<String>,
}

/// What one shift leaves to the next.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct HandoverPage {
    hours: u8,
    /// When the shift that ends began.
    since: Timestamp,
    /// What came in since.
    received: i64,
    /// Everything that is open.
    open: i64,
    /// What waits, the most pressing first.
    sorts: Vec<Sort>,
    /// Whether this person sees the whole centre, whose notes these are: they may speak of any place.
    whole: bool,
    notes: Vec<NoteLine>,
    /// Where the notes go on.
    next: Option<String>,
    /// Whether this is a later page of notes.
    later: bool,
    /// Whether this person writes notes and takes them over.
    on_shift: bool,
    /// Whether this person may take out the cases as a file.
    may_export: bool,
}

/// Cases that wait for the same.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Sort {
    /// Names its heading: `handover-<kind>`.
    kind: &'static str,
    count: i64,
    /// The list of all of them.
    href: String,
    /// The most pressing.
    rows: Vec<Line>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    #[serde(flatten)]
    case: QueueRow,
    matter_name: Option<String>,
    place: Option<String>,
    unit_name: Option<String>,
    left_minutes: Option<i64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct NoteLine {
    id: HandoverId,
    words: String,
    by: Option<String>,
    at: Timestamp,
    taken_by: Option<String>,
    taken_at: Option<Timestamp>,
    /// Whether this person can take it over.
    may_take: bool,
}

impl NoteLine {
    /// A note as `taker`, who is on shift, sees it; where that is none, as whoever only reads.
    fn of(note: HandoverNote, names: &BTreeMap<String, String>, taker: Option<PersonId>) -> Self {
        let named = |person: PersonId| names.get(&person.to_string()).cloned();
        Self {
            id: note.id,
            by: named(note.person),
            at: note.written_at,
            taken_by: note.taken_by.and_then(named),
            taken_at: note.taken_at,
            may_take: note.taken_at.is_none() && taker.is_some_and(|taker| taker != note.person),
            words: note.words,
        }
    }

    /// Where the notes after this one begin.
    fn cursor(&self) -> String {
        format!("{}-{}", self.at.micros(), self.id)
    }
}

impl View for HandoverPage {
    const TEMPLATE: &'static str = "centre/handover.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("handover-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let line = |state| Line {
            case: super::case::sample_row(state),
            matter_name: Some("占道经营".to_owned()),
            place: Some("晶都社区 · 第三网格".to_owned()),
            unit_name: Some("城管中队".to_owned()),
            left_minutes: Some(-90),
        };
        let sort = |kind, count, rows| Sort { kind, count, href: "/cases?tone=red".to_owned(), rows };
        let note = |taken_by: Option<&str>| NoteLine {
            id: HandoverId(uuid::Uuid::nil()),
            words: "供水公司说今晚抢修，明早看一眼\n已约好".to_owned(),
            by: Some("坐席 0001".to_owned()),
            at,
            taken_at: taken_by.map(|_| at),
            may_take: taken_by.is_none(),
            taken_by: taken_by.map(str::to_owned),
        };
        let quiet = Self {
            hours: USUAL_HOURS,
            since: at,
            received: 0,
            open: 0,
            sorts: KINDS.iter().map(|kind| sort(kind, 0, Vec::new())).collect(),
            whole: false,
            notes: Vec::new(),
            next: None,
            later: false,
            on_shift: false,
            may_export: false,
        };
        let sorts = KINDS.iter().map(|kind| sort(kind, 12, vec![line(State::Handling)])).collect();
        let notes = vec![note(None), note(Some("坐席 0002"))];
        let next = Some("/handover?before=1".to_owned());
        let shift = Self { whole: true, on_shift: true, may_export: true, ..quiet.clone() };
        vec![Self { received: 23, open: 61, sorts, notes, next, later: true, ..shift }, quiet]
    }
}

/// The sorts of what waits, the most pressing first.
const KINDS: [&str; 6] = ["red", "amber", "supervisors", "nobodys", "mine", "suspended"];

fn asked(kind: &str) -> Asked {
    match kind {
        "red" => Asked { tone: Some(Tone::Red), ..Asked::default() },
        "amber" => Asked { tone: Some(Tone::Amber), ..Asked::default() },
        "supervisors" => Asked { supervisors: true, ..Asked::default() },
        "nobodys" => Asked { hands: Some(InHands::Nobody), ..Asked::default() },
        "mine" => Asked { hands: Some(InHands::Mine), ..Asked::default() },
        _ => Asked { suspended: Some(true), ..Asked::default() },
    }
}

/// A sort of what waits, how much there is, and the most pressing of it.
type Waiting = (&'static str, i64, Vec<QueueRow>);

/// What is read in one go.
struct Found {
    received: i64,
    open: i64,
    sorts: Vec<Waiting>,
    notes: Vec<HandoverNote>,
}

async fn show(cx: Cx, Query(looked): Query<Looked>) -> Result<Page<HandoverPage>, Fault> {
    let who = cx.signed_in()?.clone();
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (now, locale, me) = (cx.now(), cx.locale(), who.person);
    let hours = looked.hours.unwrap_or(USUAL_HOURS).clamp(1, 24);
    let since = now.plus(-i64::from(hours) * Timestamp::HOUR);
    let sight = Sight::of(&who, Permission::ReadQueue);
    let filters: Vec<(&'static str, QueueFilter)> = KINDS
        .iter()
        .map(|kind| Ok((*kind, asked(kind).conditions(me, book.calendar.zone(), locale)?)))
        .collect::<Result<_, Fault>>()?;
    let whole = who.may_everywhere(Permission::ReadQueue);
    let before = whole.then(|| looked.before.as_deref().and_then(read_cursor).unwrap_or(LATEST));
    let grids = book.grids.clone();
    let (found, directory, names) = cx
        .read(move |tx| {
            Box::pin(async move {
                let found = find(tx, &filters, &sight, (since, now), before).await?;
                let directory = Directory::read(tx, grids).await?;
                let names = people(tx, spoken_of(&found.notes)).await?;
                Ok((found, directory, names))
            })
        })
        .await?;
    let on_shift = shift_role(&who).is_some();
    let (teller, taker) = (Teller { directory: &directory, now, locale }, on_shift.then_some(me));
    let full = usize::try_from(NOTES).is_ok_and(|most| found.notes.len() == most);
    let notes: Vec<NoteLine> =
        found.notes.into_iter().map(|note| NoteLine::of(note, &names, taker)).collect();
    let last = notes.last().filter(|_| full);
    let next = last.map(|note| format!("/handover?hours={hours}&before={}", note.cursor()));
    Ok(Page(HandoverPage {
        hours,
        since,
        received: found.received,
        open: found.open,
        next,
        sorts: found.sorts.into_iter().map(|sort| teller.sort(sort)).collect(),
        whole,
        notes,
        later: looked.before.is_some(),
        on_shift,
        may_export: who.may(Permission::ExportCases),
    }))
}

/// Knows what everything is called.
struct Teller<'a> {
    directory: &'a Directory,
    now: Timestamp,
    locale: Locale,
}

impl Teller<'_> {
    fn sort(&self, (kind, count, rows): Waiting) -> Sort {
        let rows = rows.into_iter().map(|case| self.line(case)).collect();
        Sort { kind, count, href: asked(kind).address(), rows }
    }

    fn line(&self, case: QueueRow) -> Line {
        Line {
            matter_name: case.matter.map(|key| matters::name(key, self.locale)),
            place: self.directory.place(case.community, case.grid),
            unit_name: case.lead_unit.and_then(|unit| self.directory.unit(unit)),
            left_minutes: case.due_at.map(|due| left_minutes(self.now, due)),
            case,
        }
    }
}

async fn find(
    tx: &mut Tx<'_>,
    filters: &[(&'static str, QueueFilter)],
    sight: &Sight,
    (since, now): (Timestamp, Timestamp),
    notes_before: Option<(Timestamp, HandoverId)>,
) -> Result<Found, Failure> {
    let all = QueueFilter::default();
    let came = QueueFilter { from: Some(since), states: State::ALL.to_vec(), ..QueueFilter::default() };
    let mut sorts = Vec::with_capacity(filters.len());
    for (kind, filter) in filters {
        let count = how_many(tx, filter, sight, now).await?;
        let rows = queue(tx, filter, sight, Order::Lateness, now, None, NAMED).await?.rows;
        sorts.push((*kind, count, rows));
    }
    let notes = match notes_before {
        Some(before) => handover_notes(tx, before, NOTES).await?,
        None => Vec::new(),
    };
    let received = how_many(tx, &came, sight, now).await?;
    Ok(Found { received, open: how_many(tx, &all, sight, now).await?, sorts, notes })
}

/// Who wrote notes and who took them over.
fn spoken_of(notes: &[HandoverNote]) -> Vec<PersonId> {
    notes.iter().flat_map(|note| [Some(note.person), note.taken_by]).flatten().collect()
}

/// A moment in microseconds and an id, as `next` has them.
fn read_cursor(text: &str) -> Option<(Timestamp, HandoverId)> {
    let (at, id) = text.split_once('-')?;
    Some((Timestamp::from_micros(at.parse().ok()?), id.parse().ok()?))
}

/// What is to be known.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Words {
    /// At most 2,000 characters.
    #[serde(default)]
    words: String,
}

async fn write(cx: Cx, input: Input<Words>) -> Result<Done<HandoverPage>, Fault> {
    let Input { value, key } = input;
    let id = key.map_or_else(|| cx.id(), HandoverId);
    cx.write(WriteHandover { id, words: value.words, signed: signed(&cx)? }).await?;
    Ok(Done::see("/handover").saying(Text::of("handover-written")))
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn take(
    cx: Cx,
    Path(id): Path<HandoverId>,
    _input: Input<Nothing>,
) -> Result<Done<HandoverPage>, Fault> {
    cx.write(TakeHandover { id, signed: signed(&cx)? }).await?;
    Ok(Done::see("/handover").saying(Text::of("handover-taken-over")))
}

/// In which role somebody is on shift: the shift is the whole centre's.
fn shift_role(who: &Who) -> Option<Role> {
    let mut held = ON_SHIFT.iter().filter(|permission| who.may_everywhere(**permission));
    held.find_map(|permission| who.role_for(*permission))
}

fn signed(cx: &Cx) -> Result<Signed, Fault> {
    let who = cx.signed_in()?;
    let role = shift_role(who).ok_or_else(Fault::forbidden)?;
    Ok(Signed { at: cx.now(), role, salt: cx.app().entropy.bytes() })
}
