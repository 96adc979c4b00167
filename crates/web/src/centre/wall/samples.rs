//! Pages to try the template with: a quiet town, a busy one, one without grids.

use jiff::civil::date;
use qige_cases::evaluation::Share;
use qige_kernel::Timestamp;

use super::{
    By, Figure, LATELY_DAYS, MatterLine, PlaceLine, UnitLine, WallFunnel, WallPage, figures, funnel,
};
use qige_cases::views::Wall;

use crate::drawn;

pub(super) fn all() -> Vec<WallPage> {
    let quiet = page(&Wall::default(), By::Communities);
    let funnel = WallFunnel { reported: 120, filed: 101, dispatched: 96, handled: 80, closed: 74 };
    let busy = Wall { today: 12, closed_today: 9, open: 46, amber: 5, red: 3, funnel, ..Wall::default() };
    let full = |by| WallPage {
        communities: vec![community(Some("晶都社区")), community(None)],
        communities_total: 22,
        units: vec![unit(22), unit(0)],
        units_total: 14,
        matters: vec![matter(Some("占道经营")), matter(None)],
        drawing: Some(drawn::sample()),
        links: true,
        opens: true,
        ..page(&busy, by)
    };
    vec![quiet, full(By::Communities), full(By::Grids)]
}

fn page(found: &Wall, by: By) -> WallPage {
    let days = super::Days { since: date(2026, 8, 24), today: date(2026, 9, 23) };
    let figures: Vec<Figure> = figures(found, &days);
    WallPage {
        at: Timestamp::from_micros(1_790_000_000_000_000),
        days: LATELY_DAYS,
        since: days.since.to_string(),
        today: days.today.to_string(),
        figures,
        funnel: funnel(&found.funnel),
        communities: Vec::new(),
        communities_total: 0,
        units: Vec::new(),
        units_total: 0,
        matters: Vec::new(),
        by,
        drawing: None,
        links: false,
        opens: false,
    }
}

fn community(name: Option<&str>) -> PlaceLine {
    PlaceLine { name: name.map(str::to_owned), open: 12, red: 2, lately: 31, href: "/cases".to_owned() }
}

fn unit(in_time: u64) -> UnitLine {
    let handled = Share { part: in_time, of: if in_time > 0 { 25 } else { 0 } };
    let (name, href) = ("市政养护队".to_owned(), "/cases".to_owned());
    let handled_href = "/evaluation/cases?indicator=on-time-handled&of=true".to_owned();
    UnitLine { name, open: 7, red: 1, handled, in_time: handled.value(), href, handled_href }
}

fn matter(name: Option<&str>) -> MatterLine {
    MatterLine { name: name.map(str::to_owned), lately: 14, share: 70 }
}
