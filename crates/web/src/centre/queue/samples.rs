//! Pages to try the template with: full, empty, narrowed to nothing.

use qige_cases::State;
use qige_cases::search::marked;
use qige_cases::views::QueueCounts;

use super::super::asked::{Asked, InHands, Sorted};
use super::super::case::{bare_row, sample_row};
use super::super::export::Offer;
use super::super::names::Choice;
use super::super::saved::Saved;
use super::{Choices, Line, QueuePage, Searched, may, tabs};

/// Every state of the queue.
pub(super) fn all() -> Vec<QueuePage> {
    let full = State::ALL.iter().flat_map(|state| {
        let bare = Line {
            matter_name: None,
            usual_urgency: None,
            place: None,
            unit_name: None,
            dispatcher_name: None,
            left_minutes: None,
            may: may(&bare_row(*state)),
            said: Vec::new(),
            case: bare_row(*state),
        };
        let case = sample_row(*state);
        let full = Line {
            matter_name: Some("占道经营".to_owned()),
            usual_urgency: case.urgency,
            place: Some("晶都社区 · 第三网格".to_owned()),
            unit_name: Some("市政养护队".to_owned()),
            dispatcher_name: Some("坐席 03".to_owned()),
            left_minutes: Some(-125),
            may: may(&case),
            said: marked(&case.words, "占道"),
            case,
        };
        let soon = Line { left_minutes: Some(45), ..full.clone() };
        [bare, full, soon]
    });
    let narrow = Asked {
        state: vec![State::Filed],
        q: Some("井盖".to_owned()),
        hands: Some(InHands::Mine),
        order: Sorted::Newness,
        from: Some("2026-09-01".to_owned()),
        suspended: Some(false),
        verified: Some(true),
        supervisors: true,
        after: Some("1.x".to_owned()),
        ..Asked::default()
    };
    let searched = Asked { q: Some("井盖".to_owned()), ..Asked::default() };
    let mut many = page(searched, full.clone().collect());
    many.counts = QueueCounts { many: true, ..QueueCounts::default() };
    vec![
        page(Asked::default(), full.collect()),
        many,
        page(narrow, Vec::new()),
        page(Asked::default(), Vec::new()),
    ]
}

fn page(asked: Asked, rows: Vec<Line>) -> QueuePage {
    let choice = || vec![Choice::of(&"019a0000-0000-7000-8000-000000000001", "晶都社区")];
    let counts =
        QueueCounts { states: [(State::Filed, 12)].into(), amber: 3, red: 2, total: 14, many: false };
    QueuePage {
        query: asked.query(),
        here: asked.query(),
        narrowed: asked.is_narrowed(),
        tabs: tabs(&asked, &counts),
        counts,
        next: (!rows.is_empty()).then(|| "/cases?after=x".to_owned()),
        first: asked.after.as_ref().map(|_| "/cases".to_owned()),
        choices: Choices { communities: choice(), grids: choice(), units: choice(), matters: choice() },
        bbox: Some("118.7,34.5,118.8,34.6".to_owned()),
        map: "/cases/map".to_owned(),
        export: (!rows.is_empty()).then(|| Offer::of(&asked)),
        searched: Searched::of(&asked),
        saved: if rows.is_empty() { Vec::new() } else { Saved::samples() },
        may_write: true,
        supervises: true,
        rows,
        asked,
    }
}
