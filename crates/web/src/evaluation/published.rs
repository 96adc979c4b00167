//! What everybody may read of months that were issued: no number under five, and none by which one could be
//! worked out.

use qige_cases::evaluation::{
    Indicator, Issued, Month, MonthLine, MonthReport, issued, issued_report, published, published_percent,
};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::read_class;
use super::words;
use crate::{Access, Cx, Fault, Page, Query, Routes, Text, View};

/// Months to choose from: two years.
const MONTHS: usize = 24;
/// Versions looked through for them.
const VERSIONS: u32 = 200;

pub(super) fn routes() -> Routes {
    let about = "Figures of issued months that everybody may read";
    Routes::of("public").get("/figures", Access::Public, about, show)
}

/// Which month.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wanted {
    /// As in `2026-11`; the latest that was issued where it is left out.
    month: Option<Month>,
}

/// Figures of a month that everybody may read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FiguresPage {
    /// Months that were issued, the latest first.
    months: Vec<Month>,
    /// The one that is shown; none before anything was issued.
    shown: Option<Shown>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Shown {
    month: Month,
    version: i64,
    issued_at: Timestamp,
    /// What came in and what was closed, by community and by class.
    tables: Vec<Table>,
    /// Shares of everything together, in whole percent.
    shares: Vec<Percent>,
}

/// Counts and their total; none for what is hidden.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Table {
    /// `community` or `class`.
    kind: &'static str,
    received: Option<u64>,
    closed: Option<u64>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Row {
    name: String,
    received: Option<u64>,
    closed: Option<u64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Percent {
    indicator: Indicator,
    percent: Option<u64>,
}

/// The shares that say something to those who live here.
const SHARES: [Indicator; 6] = [
    Indicator::ValidReport,
    Indicator::OnTimeFile,
    Indicator::OnTimeHandled,
    Indicator::OnTimeClosing,
    Indicator::Satisfaction,
    Indicator::Reopening,
];

impl View for FiguresPage {
    const TEMPLATE: &'static str = "public/figures.html";

    fn title(&self) -> Text {
        Text::of("figures-title")
    }

    fn samples() -> Vec<Self> {
        let months: Vec<Month> = ["2026-11", "2026-10"].iter().filter_map(|text| text.parse().ok()).collect();
        let row = |received| Row { name: "晶都社区".to_owned(), received, closed: None };
        let table = |kind| Table {
            kind,
            received: Some(61),
            closed: None,
            rows: vec![row(Some(40)), row(None), row(None)],
        };
        let shown = months.first().map(|month| Shown {
            month: *month,
            version: 2,
            issued_at: Timestamp::from_micros(1_790_000_000_000_000),
            tables: vec![table("community"), table("class")],
            shares: vec![
                Percent { indicator: Indicator::Satisfaction, percent: Some(92) },
                Percent { indicator: Indicator::Reopening, percent: None },
            ],
        });
        vec![Self { months, shown }, Self { months: Vec::new(), shown: None }]
    }
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<FiguresPage>, Fault> {
    let asked = wanted.month;
    let (mut found, report) = cx
        .read(move |tx| {
            Box::pin(async move {
                let found = issued(tx, VERSIONS).await?;
                let chosen = found.iter().find(|one| asked.is_none_or(|month| one.month == month)).cloned();
                let report = match &chosen {
                    Some(one) => issued_report(tx, one.month, one.version).await?,
                    None => None,
                };
                Ok((found, chosen.zip(report)))
            })
        })
        .await?;
    if asked.is_some() && report.is_none() {
        return Err(Fault::missing());
    }
    found.dedup_by_key(|one| one.month);
    Ok(Page(FiguresPage {
        months: found.iter().map(|one| one.month).take(MONTHS).collect(),
        shown: report.map(|(issued, report)| shown(&cx, &issued, &report)),
    }))
}

fn shown(cx: &Cx, issued: &Issued, report: &MonthReport) -> Shown {
    let percent = |indicator: &Indicator| Percent {
        indicator: *indicator,
        percent: published_percent(report.all.share(*indicator)),
    };
    Shown {
        month: issued.month,
        version: issued.version,
        issued_at: issued.issued_at,
        tables: vec![table(cx, "community", &report.communities), table(cx, "class", &report.classes)],
        shares: SHARES.iter().map(percent).collect(),
    }
}

fn table(cx: &Cx, kind: &'static str, lines: &[MonthLine]) -> Table {
    let count = |indicator| {
        let cells: Vec<u64> = lines.iter().map(|line| line.figures.share(indicator).of).collect();
        published(&cells)
    };
    // What an indicator is counted of: all that came in, all that was closed.
    let (received, closed) = (count(Indicator::ValidReport), count(Indicator::Reopening));
    let name = |line: &MonthLine| {
        let class = || {
            let (kind, major) = read_class(line.key.as_deref()?)?;
            words::class(kind, major, cx.locale())
        };
        let without = || cx.say(&Text::of(format!("evaluation-without-{kind}")));
        line.name.clone().or_else(class).unwrap_or_else(without)
    };
    let cells = received.cells.into_iter().zip(closed.cells);
    let row = |(line, (received, closed)): (&MonthLine, (Option<u64>, Option<u64>))| Row {
        name: name(line),
        received,
        closed,
    };
    Table {
        kind,
        received: received.total,
        closed: closed.total,
        rows: lines.iter().zip(cells).map(row).collect(),
    }
}
