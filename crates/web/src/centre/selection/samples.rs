//! Pages to try the template with.

use qige_cases::{State, Urgency};
use qige_kernel::{CaseId, Timestamp};
use uuid::Uuid;

use super::doing::Way;
use super::{Bulk, Choice, Line, SelectionPage};

pub(super) fn all() -> Vec<SelectionPage> {
    let bulk = [Bulk::File, Bulk::Dispatch, Bulk::Reroute, Bulk::Merge, Bulk::Comment];
    let pages = bulk.into_iter().flat_map(|bulk| {
        [page(bulk, false, vec![line(true), line(false)]), page(bulk, true, vec![line(true), line(false)])]
    });
    let empty = page(Bulk::File, false, Vec::new());
    let undone = page(Bulk::Undo, true, vec![line(true), line(false)]);
    pages
        .chain([SelectionPage { more: true, ..page(Bulk::File, false, vec![line(true)]) }, undone, empty])
        .collect()
}

fn page(bulk: Bulk, done: bool, lines: Vec<Line>) -> SelectionPage {
    SelectionPage {
        bulk,
        count: lines.iter().filter(|line| line.able).count(),
        lines,
        units: vec![Choice::of(&Uuid::nil(), "市政养护队")],
        main: Some(CaseId(Uuid::nil())),
        done,
        more: false,
        queue: Some("state=filed".to_owned()),
    }
}

fn line(able: bool) -> Line {
    let at = Timestamp::from_micros(1_790_000_000_000_000);
    let way = Way {
        urgency: Some(Urgency::Normal),
        from: Some("市政养护队".to_owned()),
        to: Some("供水公司".to_owned()),
        rule: Some(2),
        due_at: Some(at),
    };
    Line {
        id: CaseId(Uuid::nil()),
        token: format!("{}:3", Uuid::nil()),
        version: 3,
        number: able.then(|| "20260923-0007".to_owned()),
        state: State::Reported,
        matter_name: able.then(|| "占道经营".to_owned()),
        words: "摊位占了半条路".to_owned(),
        received_at: at,
        way: able.then_some(way),
        able,
        sentence: (!able).then(|| "…".to_owned()),
        undo_until: able.then_some(at),
    }
}
