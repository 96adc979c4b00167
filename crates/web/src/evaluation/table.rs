//! Indicators of a period: everything together, and broken down by one thing.

use qige_cases::Stage;
use qige_cases::evaluation::{
    Counted, Dimension, Figures, Indicator, Key, Reach, Score, Share, Times, Weights, figures,
    marks_are_missing,
};
use qige_identity::{Permission, setting};
use schemars::JsonSchema;
use serde::Serialize;

use super::asked::{Asked, Period, periods_of};
use super::{SCORE_SETTING, words};
use crate::centre::names::{Choice, Directory};
use crate::download::{Csv, Download, Xlsx};
use crate::page::Density;
use crate::sheet::{Cell, Rows, Sheet, at_once, turn};
use crate::{Cx, Fault, Page, Query, Routes, Text, View, Width};

/// Rows on one page: a town has three thousand grids.
const ROWS: usize = 100;

pub(super) fn routes() -> Routes {
    let may = Permission::ReadFigures;
    Routes::of("evaluation")
        .get("/evaluation", may, "Indicators of a period by unit, place or matter", show)
        .get("/evaluation/table.csv", may, "The same as comma-separated values, all rows", as_csv)
        .get("/evaluation/table.xlsx", may, "The same as a workbook, all rows", as_xlsx)
}

/// Indicators of a period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct TablePage {
    asked: Asked,
    /// What is asked for, as a query.
    query: String,
    /// By what the table is broken down.
    by: Dimension,
    /// First day of the period (`2026-11-01`).
    from: String,
    /// Last day.
    last: String,
    /// Whether it goes on: then it is counted up to now.
    goes_on: bool,
    /// Whether figures of earlier cases are still being completed.
    incomplete: bool,
    /// Addresses of this and other periods.
    periods: Vec<Link>,
    /// Addresses of the same by other things.
    dimensions: Vec<Link>,
    before: Option<String>,
    after: Option<String>,
    /// Everything together.
    all: Line,
    /// The indicators of the table's columns.
    columns: Vec<Indicator>,
    /// The rows of this page.
    rows: Vec<Line>,
    /// How many rows there are on all pages.
    row_count: usize,
    next_page: Option<u32>,
    first_page: bool,
    choices: Choices,
    /// Whether this person may open the cases behind a figure.
    may_open: bool,
    /// Whether this person sees the whole subdistrict.
    whole: bool,
}

/// A way to another look.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Link {
    /// Names its text.
    kind: String,
    href: String,
    current: bool,
}

/// What the filters offer.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct Choices {
    units: Vec<Choice>,
    communities: Vec<Choice>,
    classes: Vec<Choice>,
}

/// One row with its figures.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Line {
    /// A unit, a community, a grid, a class, a matter; none for everything together and for what has none.
    key: Option<String>,
    name: String,
    /// What narrows to this row, as a query.
    query: String,
    shares: Vec<Figure>,
    times: Vec<Stretch>,
    /// Of a unit.
    score: Option<Score>,
}

/// One figure.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Figure {
    indicator: Indicator,
    #[serde(flatten)]
    share: Share,
    /// From 0 to 1; none of nothing.
    value: Option<f64>,
}

/// How long a stage took.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Stretch {
    stage: Stage,
    #[serde(flatten)]
    times: Times,
}

impl View for TablePage {
    const TEMPLATE: &'static str = "evaluation/table.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        Text::of("evaluation-title")
    }

    fn samples() -> Vec<Self> {
        let figures = sample_figures();
        let line = |key: Option<&str>, figures: &Figures| Line {
            key: key.map(str::to_owned),
            name: "市政养护队".to_owned(),
            query: "period=2026-11".to_owned(),
            score: Weights::default().score(figures),
            ..Line::of(figures, Indicator::ALL.iter().copied())
        };
        let full = Self {
            asked: Asked { period: Some("2026-11".to_owned()), ..Asked::default() },
            query: "period=2026-11".to_owned(),
            by: Dimension::Unit,
            from: "2026-11-01".to_owned(),
            last: "2026-11-30".to_owned(),
            goes_on: true,
            incomplete: true,
            periods: ["week", "month", "quarter", "year"]
                .map(|kind| Link { kind: kind.to_owned(), href: "?".to_owned(), current: kind == "month" })
                .into(),
            dimensions: links(&Asked::default()),
            before: Some("?period=2026-10".to_owned()),
            after: Some("?period=2026-12".to_owned()),
            all: line(None, &figures),
            columns: Indicator::of_units().collect(),
            rows: vec![line(Some("1"), &figures), line(None, &Figures::default())],
            row_count: 120,
            next_page: Some(2),
            first_page: false,
            choices: Choices::default(),
            may_open: true,
            whole: true,
        };
        let empty = Self {
            rows: Vec::new(),
            row_count: 0,
            all: line(None, &Figures::default()),
            next_page: None,
            first_page: true,
            may_open: false,
            whole: false,
            goes_on: false,
            incomplete: false,
            ..full.clone()
        };
        let rest = Dimension::ALL.iter().map(|by| Self { by: *by, ..full.clone() });
        rest.chain([empty]).collect()
    }
}

/// Figures in which something has a value and something has none.
pub(super) fn sample_figures() -> Figures {
    let shares = Indicator::ALL.iter().zip(0_u64..).filter(|(_, at)| at % 5 != 4);
    let times = Times { count: 12, median_minutes: Some(95), p90_minutes: Some(4_000) };
    Figures {
        shares: shares.map(|(one, at)| (*one, Share { part: 7 + at, of: 40 })).collect(),
        times: Stage::ALL.iter().map(|stage| (*stage, times)).collect(),
    }
}

impl Line {
    fn of(figures: &Figures, indicators: impl Iterator<Item = Indicator>) -> Self {
        let figure = |indicator| {
            let share = figures.share(indicator);
            Figure { indicator, share, value: share.value() }
        };
        let times = figures.times.iter().map(|(stage, times)| Stretch { stage: *stage, times: *times });
        Self {
            key: None,
            name: String::new(),
            query: String::new(),
            shares: indicators.map(figure).collect(),
            times: times.collect(),
            score: None,
        }
    }
}

/// What was read.
struct Found {
    period: Period,
    reach: Reach,
    counted: Counted,
    directory: Directory,
    weights: Weights,
    goes_on: bool,
    incomplete: bool,
}

async fn find(cx: &Cx, asked: &Asked) -> Result<Found, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (now, zone, grids) = (cx.now(), book.calendar.zone().clone(), book.grids.clone());
    let period = asked.period(now, &zone)?;
    let reach = Reach::of(cx.signed_in()?, Permission::ReadFigures);
    let (narrowed, span, by) = (asked.narrowed(reach.clone())?, period.span(&zone), asked.by());
    let (counted, directory, weights, incomplete) = cx
        .read(move |tx| {
            Box::pin(async move {
                let counted = figures(tx, span, &narrowed, &[by], now).await?;
                let weights: Option<Weights> = setting(tx, SCORE_SETTING).await?;
                let (weights, incomplete) = (weights.unwrap_or_default(), marks_are_missing(tx).await?);
                Ok((counted, Directory::read(tx, grids).await?, weights, incomplete))
            })
        })
        .await?;
    let goes_on = span.until > now;
    Ok(Found { period, reach, counted, directory, weights, goes_on, incomplete })
}

impl Found {
    /// The indicators that say something by unit, or all.
    fn columns(by: Dimension) -> Vec<Indicator> {
        if by == Dimension::Unit { Indicator::of_units().collect() } else { Indicator::ALL.to_vec() }
    }

    /// Everything together.
    fn all(&self, asked: &Asked) -> Line {
        let whole = self.reach.is_whole() || self.reach.units().is_empty();
        let columns = if whole { Indicator::ALL.to_vec() } else { Indicator::of_units().collect() };
        Line { query: asked.query(), ..Line::of(&self.counted.all, columns.into_iter()) }
    }

    /// The rows, by name.
    fn rows(&self, cx: &Cx, asked: &Asked) -> Vec<Line> {
        let by = asked.by();
        let line = |(key, figures): (&Key, &Figures)| {
            let text = key.text();
            let score =
                if by == Dimension::Unit && text.is_some() { self.weights.score(figures) } else { None };
            Line {
                name: words::row(cx, &self.directory, by, *key),
                query: asked.of_row(text.as_deref()).query(),
                key: text,
                score,
                ..Line::of(figures, Self::columns(by).into_iter())
            }
        };
        let mut rows: Vec<Line> = self.counted.by.get(&by).into_iter().flatten().map(line).collect();
        // What the centre alone did has no unit, and nothing to say here.
        rows.retain(|row| by != Dimension::Unit || row.key.is_some());
        rows.sort_by(|one, other| (one.key.is_none(), &one.name).cmp(&(other.key.is_none(), &other.name)));
        rows
    }
}

fn links(asked: &Asked) -> Vec<Link> {
    let link = |by: &Dimension| Link {
        kind: by.to_string(),
        href: format!("?{}", Asked { by: Some(*by), ..asked.clone() }.query()),
        current: *by == asked.by(),
    };
    Dimension::ALL.iter().map(link).collect()
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<TablePage>, Fault> {
    let found = find(&cx, &asked).await?;
    let may_open = cx.signed_in()?.may(Permission::OpenFigures);
    let rows = found.rows(&cx, &asked);
    let page = asked.page.unwrap_or(1).max(1);
    let skipped = usize::try_from(page - 1).unwrap_or_default().saturating_mul(ROWS);
    let row_count = rows.len();
    let today = today(&cx).await?;
    let to = |name: String| format!("?{}", asked.in_period(name).query());
    let periods = periods_of(today).map(|(kind, name)| Link {
        kind: kind.to_owned(),
        current: found.period.name.as_ref() == Some(&name),
        href: to(name),
    });
    let Found { period, directory, .. } = &found;
    let communities = directory.communities.iter();
    let choices = Choices {
        units: directory.units.iter().map(|unit| Choice::of(&unit.id, unit.name.clone())).collect(),
        communities: communities.map(|one| Choice::of(&one.place.id, one.place.name.clone())).collect(),
        classes: words::classes(cx.locale()),
    };
    Ok(Page(TablePage {
        query: asked.query(),
        by: asked.by(),
        from: period.from.to_string(),
        last: period.last.to_string(),
        goes_on: found.goes_on,
        incomplete: found.incomplete,
        periods: periods.into(),
        dimensions: links(&Asked { page: None, ..asked.clone() }),
        before: period.before().map(to),
        after: period.after().filter(|_| !found.goes_on).map(to),
        all: found.all(&asked),
        columns: Found::columns(asked.by()),
        rows: rows.into_iter().skip(skipped).take(ROWS).collect(),
        row_count,
        next_page: (skipped.saturating_add(ROWS) < row_count).then_some(page.saturating_add(1)),
        first_page: page == 1,
        choices,
        may_open,
        whole: found.reach.is_whole(),
        asked,
    }))
}

async fn today(cx: &Cx) -> Result<jiff::civil::Date, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    Ok(cx.now().to_jiff().to_zoned_datetime(book.calendar.zone().clone()).date())
}

async fn sheet(cx: &Cx, asked: &Asked) -> Result<(Sheet, Rows), Fault> {
    let found = find(cx, asked).await?;
    let say = |key: String| cx.say(&Text::of(key));
    let (by, Period { from, last, .. }) = (asked.by(), &found.period);
    let title = say(format!("evaluation-by-{by}"));
    let indicators = Found::columns(by);
    let shares = indicators.iter().flat_map(|one| words::of_share(cx, words::indicator(cx, *one)));
    let times = Stage::ALL.iter().flat_map(|stage| {
        let name = say(format!("stage-{stage}"));
        ["evaluation-median-of", "evaluation-p90-of"]
            .map(|key| cx.say(&Text::of(key).with("name", name.clone())))
    });
    let figures = shares.chain(times).chain([say("evaluation-score".to_owned())]);
    let columns = words::columns(title.clone(), figures);
    let all = Line {
        name: say("evaluation-all".to_owned()),
        ..Line::of(&found.counted.all, indicators.iter().copied())
    };
    let rows = std::iter::once(all).chain(found.rows(cx, asked)).map(|line| line.cells()).collect();
    let name = cx.say(&Text::of("evaluation-file").with("days", format!("{from}-{last}")));
    Ok((Sheet { columns, name, plain_name: format!("evaluation-{from}-{last}"), title }, rows))
}

impl Line {
    fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![self.name.clone().into()];
        cells.extend(self.shares.iter().flat_map(|figure| words::share_cells(figure.share)));
        for stage in Stage::ALL {
            let times = self.times.iter().find(|one| one.stage == *stage).map(|one| one.times);
            let times = times.unwrap_or_default();
            cells.extend([times.median_minutes, times.p90_minutes].map(words::minutes));
        }
        cells.push(words::points(self.score.as_ref().map(|score| score.points)));
        cells
    }
}

async fn as_csv(cx: Cx, Query(asked): Query<Asked>) -> Result<Download<Csv>, Fault> {
    let turn = turn(&cx)?;
    let (sheet, rows) = sheet(&cx, &asked).await?;
    Ok(sheet.csv(at_once(rows), turn))
}

async fn as_xlsx(cx: Cx, Query(asked): Query<Asked>) -> Result<Download<Xlsx>, Fault> {
    let turn = turn(&cx)?;
    let (sheet, rows) = sheet(&cx, &asked).await?;
    Ok(sheet.xlsx(&cx, at_once(rows), turn))
}
