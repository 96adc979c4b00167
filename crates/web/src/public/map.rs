//! The public map: what was closed in a month, by squares of a kilometre, small numbers hidden. No case, no
//! point, no day.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use qige_cases::MatterKind;
use qige_cases::catalogue::Catalogue;
use qige_cases::evaluation::{LEAST_PUBLISHED, published};
use qige_cases::queries::put_in_order;
use qige_cases::views::Closed;
use qige_kernel::{Position, Refusal};
use qige_places::Shape;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::centre::asked::midnight;
use crate::centre::names::Directory;
use crate::drawn::{self, Drawing};
use crate::sheet::{Cell, Listing, Rows, Said};
use crate::{Access, Cx, Fault, Locale, Page, Query, Routes, Text, View};

pub(super) fn routes() -> Routes {
    let about = "What was closed in a month, coarsely: for everybody";
    Routes::of("public").get("/map", Access::Public, about, show).list::<MapPage>(Access::Public)
}

/// Which month.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Looked {
    /// `2026-10`; the last whole month when left out.
    month: Option<String>,
}

/// What was closed in a month.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MapPage {
    /// `2026-10`.
    month: String,
    /// The month before.
    before: String,
    /// The month after, where it is over.
    next: Option<String>,
    /// The least number that is told.
    least: u64,
    /// All that was closed; none where it is too small to be told.
    total: Option<u64>,
    communities: Vec<Line>,
    /// By list and major class.
    classes: Vec<Line>,
    /// The town with a dot for each square; none where nothing was closed, and before grids are drawn.
    drawing: Option<Drawing>,
}

/// A number that may be too small to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Line {
    /// None for what lies in no community.
    name: Option<String>,
    count: Option<u64>,
}

impl View for MapPage {
    const TEMPLATE: &'static str = "public/map.html";

    fn title(&self) -> Text {
        let (year, month) = self.month.split_once('-').unwrap_or((&self.month, ""));
        Text::of("public-map-title").with("year", year).with("month", month.trim_start_matches('0'))
    }

    fn samples() -> Vec<Self> {
        let line = |name: Option<&str>, count| Line { name: name.map(str::to_owned), count };
        let quiet = Self {
            month: "2026-10".to_owned(),
            before: "2026-09".to_owned(),
            next: None,
            least: LEAST_PUBLISHED,
            total: None,
            communities: Vec::new(),
            classes: Vec::new(),
            drawing: None,
        };
        let full = Self {
            next: Some("2026-11".to_owned()),
            total: Some(120),
            communities: vec![line(Some("晶都社区"), Some(98)), line(None, None)],
            classes: vec![line(Some("市容环境"), Some(61)), line(Some("街面秩序"), None)],
            drawing: Some(drawn::sample()),
            ..quiet.clone()
        };
        vec![quiet, full]
    }
}

impl Listing for MapPage {
    type Asked = Looked;
    const PATHS: [&'static str; 2] = ["/map.csv", "/map.xlsx"];
    const SUMMARY: &'static str = "What was closed in a month, by community and class, as a file";
    const NAME: &'static str = "closed";
    const TITLE: &'static str = "public-map-go";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("list-month", 12), ("evaluation-by", 14), ("list-of", 30), ("public-map-closed", 14)];

    async fn read(cx: Cx, looked: Looked) -> Result<Self, Fault> {
        Ok(show(cx, Query(looked)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let few = || {
            said.say(&Text::of("public-map-few").number("n", u32::try_from(self.least).unwrap_or(0))).into()
        };
        let rows = |by: &'static str, lines: &[Line]| -> Rows {
            let line = |line: &Line| {
                let name = line.name.clone().unwrap_or_else(|| said.plain("public-map-elsewhere"));
                let count = line.count.map_or_else(few, Cell::count);
                vec![self.month.clone().into(), said.text(by), name.into(), count]
            };
            lines.iter().map(line).collect()
        };
        [rows("evaluation-by-community", &self.communities), rows("evaluation-by-class", &self.classes)]
            .concat()
    }
}

async fn show(cx: Cx, Query(looked): Query<Looked>) -> Result<Page<MapPage>, Fault> {
    let tenant = cx.tenant()?.id;
    let book = cx.app().rulebook(tenant).await?;
    let zone = book.calendar.zone();
    let now = zone.to_datetime(cx.now().to_jiff());
    let first = month(looked.month.as_deref(), now.date())?;
    let (from, until) = (midnight(first, zone), midnight(after(first), zone));
    let grids = book.grids.clone();
    let (closed, directory) = cx
        .read(move |tx| {
            Box::pin(async move {
                let closed = put_in_order(tx, from, until).await?;
                Ok((closed, Directory::read(tx, grids).await?))
            })
        })
        .await?;
    let (total, communities) = counted(&closed, |one| one.community);
    let (_, classes) = counted(&closed, |one| (one.matter.kind(), one.matter.major()));
    let shapes: Vec<&Shape> = book.grids.grids().iter().map(|grid| &grid.shape).collect();
    let class_name = |of: (MatterKind, u8)| {
        let major = Catalogue::standard().majors().find(|major| (major.kind, major.major) == of)?;
        Some(if cx.locale() == Locale::En { major.english.clone() } else { major.name.clone() })
    };
    let next = after(first);
    Ok(Page(MapPage {
        month: said(first),
        before: said(before(first)),
        next: (next < now.date().first_of_month()).then(|| said(next)),
        least: LEAST_PUBLISHED,
        total,
        communities: lines(communities, |id| directory.community(id?)),
        classes: lines(classes, class_name),
        drawing: drawn::dotted(&shapes, &spots(&closed)).filter(|drawing| !drawing.dots.is_empty()),
    }))
}

/// The first day of the month that was asked for, which must be over; of the last one where none was.
fn month(asked: Option<&str>, today: Date) -> Result<Date, Refusal> {
    let this = today.first_of_month();
    let Some(asked) = asked else { return Ok(before(this)) };
    let first: Date =
        format!("{}-01", asked.trim()).parse().map_err(|_| Refusal::invalid("month", "month-unreadable"))?;
    if first < this { Ok(first) } else { Err(Refusal::invalid("month", "map-month-not-over")) }
}

fn before(first: Date) -> Date {
    first.saturating_sub(1.month())
}

fn after(first: Date) -> Date {
    first.saturating_add(1.month())
}

fn said(first: Date) -> String {
    first.strftime("%Y-%m").to_string()
}

/// How many by something, small numbers hidden so that they cannot be worked out; and all of them together.
fn counted<K: Ord + Copy>(
    closed: &[Closed],
    by: impl Fn(&Closed) -> K,
) -> (Option<u64>, Vec<(K, Option<u64>)>) {
    let mut counts: BTreeMap<K, u64> = BTreeMap::new();
    for one in closed {
        *counts.entry(by(one)).or_default() += one.cases;
    }
    let cells: Vec<u64> = counts.values().copied().collect();
    let told = published(&cells);
    (told.total, counts.into_keys().zip(told.cells).collect())
}

/// The most first, what is not told last.
fn lines<K>(counted: Vec<(K, Option<u64>)>, name: impl Fn(K) -> Option<String>) -> Vec<Line> {
    let mut lines: Vec<Line> =
        counted.into_iter().map(|(key, count)| Line { name: name(key), count }).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    lines
}

fn spots(closed: &[Closed]) -> Vec<(Position, Option<u64>)> {
    // Six digits tell squares of a kilometre apart, and can be ordered.
    let square = |one: &Closed| [one.square.lng(), one.square.lat()].map(f64::to_bits);
    let (_, squares) = counted(closed, square);
    let spot = |([lng, lat], count): ([u64; 2], _)| {
        Some((Position::new(f64::from_bits(lng), f64::from_bits(lat)).ok()?, count))
    };
    squares.into_iter().filter_map(spot).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_told_when_it_is_over() {
        let today: Date = "2026-11-28".parse().unwrap();
        let asked = |text: Option<&str>| month(text, today).map(said);
        assert_eq!(asked(None), Ok("2026-10".to_owned()));
        assert_eq!(asked(Some("2026-02")), Ok("2026-02".to_owned()));
        assert_eq!(asked(Some("2026-11")).unwrap_err().code, "map-month-not-over");
        assert_eq!(asked(Some("soon")).unwrap_err().code, "month-unreadable");
        assert_eq!(
            (said(before("2027-01-01".parse().unwrap())), said(after(today))),
            ("2026-12".into(), "2026-12".into())
        );
    }

    #[test]
    fn small_numbers_are_not_told() {
        let at = Position::new(118.755, 34.545).unwrap();
        let closed = |matter: &str, cases| Closed {
            square: at,
            community: None,
            matter: matter.parse().unwrap(),
            cases,
        };
        let all = [closed("matter-06-012", 7), closed("matter-06-010", 2), closed("matter-01-001", 3)];
        assert_eq!(spots(&all), [(at, Some(12))]);
        let (total, classes) = counted(&all, |one| one.matter.major());
        assert_eq!((total, classes), (Some(12), vec![(1, None), (6, None)]));
    }
}
