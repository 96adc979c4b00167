//! Pages to try the template with: bare, and with everything that can be there.

use std::collections::BTreeMap;

use qige_cases::catalogue::PhotoRule;
use qige_cases::line_of_life::{LifeArgs, LifeEntry};
use qige_cases::views::{Due, Part, Photo, UnitCase, UnitDemand, UnitRow};
use qige_cases::{AskKind, AssignmentState, Attachment, PhotoRole, Stage, State, Tone, Urgency};
use qige_kernel::{CaseId, ObjectId, Position, Timestamp, UnitId};
use uuid::Uuid;

use super::case::{HERE, UnitCasePage};
use super::list::{OwnUnit, Row, UnitPage, Which};
use super::spot::{Spot, Way};

const AT: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

const fn unit(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

/// Where it is, with every way there.
pub(crate) fn spot() -> Spot {
    let way = |map| Way { map, href: format!("https://{map}.example/") };
    Spot {
        place: Some("晶都社区 · 第一网格".to_owned()),
        bbox: Some("118.750000,34.540000,118.760000,34.550000".to_owned()),
        marker: Some("118.752000,34.542000".to_owned()),
        ways: ["phone", "amap", "baidu", "tencent"].map(way).into(),
    }
}

/// Photos of before and after, one of them still on its way.
pub(crate) fn photos() -> Vec<Photo> {
    let photo = |id, role, ready| Photo { id: ObjectId(Uuid::from_u128(id)), role, ready };
    vec![
        photo(1, PhotoRole::Before, true),
        photo(2, PhotoRole::Before, false),
        photo(3, PhotoRole::After, true),
    ]
}

/// Lists: empty, in hand, done, and of somebody who works for no unit.
pub(super) fn lists() -> Vec<UnitPage> {
    let own = |id, name: &str| OwnUnit { id: unit(id), name: name.to_owned() };
    let page = |list, rows| UnitPage {
        list,
        unit: Some(unit(1)),
        q: None,
        units: vec![own(1, "市政养护队")],
        rows,
        next: None,
        later: false,
    };
    let rows = || vec![row(Tone::Red, Some(-130), true), row(Tone::Amber, Some(40), false), bare_row()];
    vec![
        page(Which::InHand, Vec::new()),
        page(Which::Done, Vec::new()),
        UnitPage {
            units: vec![own(1, "市政养护队"), own(2, "供水公司")],
            next: Some("1:2".to_owned()),
            later: true,
            ..page(Which::InHand, rows())
        },
        page(Which::Done, rows()),
        page(Which::Done, vec![erased_row()]),
        UnitPage { q: Some("井盖".to_owned()), ..page(Which::InHand, rows()) },
        UnitPage { q: Some("井盖".to_owned()), ..page(Which::Done, Vec::new()) },
        UnitPage { q: Some("jg".to_owned()), next: Some("1:2".to_owned()), ..page(Which::Done, Vec::new()) },
        UnitPage { unit: None, units: Vec::new(), ..page(Which::InHand, Vec::new()) },
    ]
}

fn row(tone: Tone, left_minutes: Option<i64>, lead: bool) -> Row {
    let row = UnitRow {
        id: CaseId(Uuid::from_u128(9)),
        version: 4,
        number: Some("20260923-0007".to_owned()),
        state: State::Dispatched,
        matter: "matter-06-012".parse().ok(),
        urgency: Some(Urgency::Urgent),
        words: Some("摊位占了半条路".to_owned()),
        words_erased_at: None,
        address: Some("晶都路口".to_owned()),
        position: Position::new(118.752, 34.542).ok(),
        unit: unit(1),
        lead,
        part: AssignmentState::Offered,
        due_at: Some(AT),
        tone,
        suspended: !lead,
        supervised: lead,
        photo: Some(ObjectId(Uuid::from_u128(1))),
    };
    Row {
        row,
        matter_name: Some("占道经营".to_owned()),
        place: Some("晶都社区 · 第一网格".to_owned()),
        left_minutes,
    }
}

fn bare_row() -> Row {
    let full = row(Tone::Calm, None, true);
    let row = UnitRow {
        number: None,
        matter: None,
        urgency: None,
        words: None,
        address: None,
        position: None,
        due_at: None,
        supervised: false,
        photo: None,
        ..full.row
    };
    Row { row, matter_name: None, place: None, left_minutes: None }
}

fn erased_row() -> Row {
    let bare = bare_row();
    let row = UnitRow { words_erased_at: Some(AT), ..bare.row.clone() };
    Row { row, ..bare }
}

/// Cases: with everything, and with nothing, in every state.
pub(super) fn cases() -> Vec<UnitCasePage> {
    let all = State::ALL.iter().flat_map(|state| [full(*state), bare(*state)]);
    all.chain([erased()]).collect()
}

fn part(id: u128, lead: bool, state: AssignmentState, note: Option<&str>) -> Part {
    let note = note.map(str::to_owned);
    Part { unit: unit(id), lead, state, assigned_at: AT, done_at: note.as_ref().map(|_| AT), note }
}

fn bare(state: State) -> UnitCasePage {
    let case = UnitCase {
        id: CaseId(Uuid::from_u128(9)),
        version: 4,
        number: None,
        state,
        matter: None,
        urgency: None,
        words: None,
        words_erased_at: None,
        address: None,
        position: None,
        accuracy_metres: None,
        reported_around: AT,
        due: None,
        suspended: false,
        supervised: false,
        reworks: 0,
        part: part(1, true, AssignmentState::HandedIn, None),
        others: Vec::new(),
        demands: Vec::new(),
        photos: Vec::new(),
        may: Vec::new(),
        undo_until: None,
        life: Vec::new(),
    };
    UnitCasePage {
        case,
        matter_name: None,
        names: BTreeMap::new(),
        spot: Spot::default(),
        left_minutes: None,
        pair: None,
        photo_rule: PhotoRule::Never,
    }
}

/// A case of which nothing is left but what was done.
fn erased() -> UnitCasePage {
    let bare = bare(State::Closed);
    let life = vec![LifeEntry::words_erased(AT)];
    UnitCasePage { case: UnitCase { words_erased_at: Some(AT), life, ..bare.case.clone() }, ..bare }
}

fn file() -> Attachment {
    Attachment { id: ObjectId(Uuid::from_u128(9)), name: "管线图.pdf".to_owned(), bytes: 812_345 }
}

fn full(state: State) -> UnitCasePage {
    let life = |kind: &str, note: Option<&str>| LifeEntry {
        at: AT,
        kind: kind.to_owned(),
        args: LifeArgs { unit: Some(unit(1)), until: Some(AT), ..LifeArgs::default() },
        note: note.map(str::to_owned),
        files: note.map(|_| file()).into_iter().collect(),
    };
    let demand = |kind| UnitDemand {
        kind,
        words: Some("今天办完".to_owned()),
        until: (kind == AskKind::Extension).then_some(AT),
        asked_at: AT,
    };
    let case = UnitCase {
        number: Some("20260923-0007".to_owned()),
        matter: "matter-06-012".parse().ok(),
        urgency: Some(Urgency::Critical),
        words: Some("路口东边摊位占了半条路\n电动车只能走机动车道".to_owned()),
        address: Some("晶都路口".to_owned()),
        position: Position::new(118.752, 34.542).ok(),
        accuracy_metres: Some(12.0),
        due: Some(Due {
            stage: Stage::Handle,
            at: Some(AT),
            amber_at: Some(AT),
            tone: Tone::Amber,
            stopped: false,
        }),
        suspended: true,
        supervised: true,
        reworks: 1,
        part: part(1, true, AssignmentState::Accepted, None),
        others: vec![
            part(2, false, AssignmentState::HandedIn, Some("水已关")),
            part(3, false, AssignmentState::SentBack, Some("不归我们")),
        ],
        demands: vec![demand(AskKind::Extension), demand(AskKind::Supervision)],
        photos: photos(),
        may: HERE.into(),
        undo_until: Some(AT),
        life: vec![life("dispatch", None), life("fail", Some("还有一半")), life("start", None)],
        ..bare(state).case
    };
    UnitCasePage {
        matter_name: Some("占道经营".to_owned()),
        names: BTreeMap::from([(unit(1).to_string(), "市政养护队".to_owned())]),
        spot: spot(),
        left_minutes: Some(95),
        pair: super::spot::pair(&case.photos),
        photo_rule: PhotoRule::Needed,
        case,
    }
}
