//! Pages to try the template with: a quiet town, a busy one, one without grids.

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
        units: vec![unit(Some(88)), unit(None)],
        units_total: 14,
        matters: vec![matter(Some("占道经营")), matter(None)],
        drawing: Some(drawn::sample()),
        links: true,
        ..page(&busy, by)
    };
    vec![quiet, full(By::Communities), full(By::Grids)]
}

fn page(found: &Wall, by: By) -> WallPage {
    let days = super::Days { today: "2026-09-23".to_owned() };
    let figures: Vec<Figure> = figures(found, &days);
    WallPage {
        at: Timestamp::from_micros(1_790_000_000_000_000),
        days: LATELY_DAYS,
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
    }
}

fn community(name: Option<&str>) -> PlaceLine {
    PlaceLine { name: name.map(str::to_owned), open: 12, red: 2, lately: 31, href: "/cases".to_owned() }
}

fn unit(in_time_percent: Option<i64>) -> UnitLine {
    let handled = if in_time_percent.is_some() { 25 } else { 0 };
    let (name, href) = ("市政养护队".to_owned(), "/cases".to_owned());
    UnitLine { name, open: 7, red: 1, handled, in_time_percent, href }
}

fn matter(name: Option<&str>) -> MatterLine {
    MatterLine { name: name.map(str::to_owned), lately: 14, share: 70 }
}
