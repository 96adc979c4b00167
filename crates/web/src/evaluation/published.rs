//! What everybody may read of months that were issued: no number under five, and none by which one could be
//! worked out, from this version or together with those before it.

use qige_cases::evaluation::{
    Columns, Indicator, Issued, Month, MonthLine, MonthReport, Published, Share, issued, issued_of,
    issued_report, published_of, published_percent_of,
};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::read_class;
use super::words;
use crate::sheet::{Cell, Listing, Rows, Said};
use crate::{Access, Cx, Fault, Page, Query, Routes, Text, View};

/// Months to choose from: two years.
const MONTHS: usize = 24;
/// Versions looked through for them.
const VERSIONS: u32 = 200;

pub(super) fn routes() -> Routes {
    let about = "Figures of issued months that everybody may read";
    Routes::of("public").get("/figures", Access::Public, about, show).list::<FiguresPage>(Access::Public)
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
    /// The version whose numbers these are: not the latest, where its own would give something away.
    version: i64,
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
        let table = |kind, version| Table {
            kind,
            version,
            received: Some(61),
            closed: None,
            rows: vec![row(Some(40)), row(None), row(None)],
        };
        let shown = months.first().map(|month| Shown {
            month: *month,
            version: 2,
            issued_at: Timestamp::from_micros(1_790_000_000_000_000),
            tables: vec![table("community", 1), table("class", 2)],
            shares: vec![
                Percent { indicator: Indicator::Satisfaction, percent: Some(92) },
                Percent { indicator: Indicator::Reopening, percent: None },
            ],
        });
        vec![Self { months, shown }, Self { months: Vec::new(), shown: None }]
    }
}

impl Listing for FiguresPage {
    type Asked = Wanted;
    const PATHS: [&'static str; 2] = ["/figures.csv", "/figures.xlsx"];
    const SUMMARY: &'static str = "What everybody may read of a month that was issued, as a file";
    const NAME: &'static str = "figures";
    const TITLE: &'static str = "figures-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-month", 12),
        ("evaluation-by", 14),
        ("list-of", 30),
        ("figures-received", 10),
        ("figures-closed", 10),
    ];

    async fn read(cx: Cx, wanted: Wanted) -> Result<Self, Fault> {
        Ok(show(cx, Query(wanted)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let tables =
            self.shown.iter().flat_map(|shown| shown.tables.iter().map(|table| (shown.month, table)));
        let rows = |(month, table): (Month, &Table)| {
            let count = |count: Option<u64>| count.map_or_else(|| said.text("figures-few"), Cell::count);
            let line = |name: String, received, closed| {
                let by = said.text(format!("evaluation-by-{}", table.kind));
                vec![month.to_string().into(), by, name.into(), count(received), count(closed)]
            };
            let rows = table.rows.iter().map(|row| line(row.name.clone(), row.received, row.closed));
            let total = line(said.plain("figures-total"), table.received, table.closed);
            rows.chain([total]).collect::<Rows>()
        };
        tables.flat_map(rows).collect()
    }
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<FiguresPage>, Fault> {
    let asked = wanted.month;
    let (mut found, reports) = cx
        .read(move |tx| {
            Box::pin(async move {
                let found = issued(tx, VERSIONS).await?;
                let month = asked.or(found.first().map(|one| one.month));
                let mut reports = Vec::new();
                let versions = match month {
                    Some(month) => issued_of(tx, month).await?,
                    None => Vec::new(),
                };
                for one in versions.into_iter().rev() {
                    let report = issued_report(tx, one.month, one.version).await?;
                    reports.extend(report.map(|report| (one, report)));
                }
                Ok((found, reports))
            })
        })
        .await?;
    let shown = shown(&cx, &reports);
    if asked.is_some() && shown.is_none() {
        return Err(Fault::missing());
    }
    found.dedup_by_key(|one| one.month);
    Ok(Page(FiguresPage { months: found.iter().map(|one| one.month).take(MONTHS).collect(), shown }))
}

/// The versions of a month that were issued, the latest last, as everybody may read them.
fn shown(cx: &Cx, reports: &[(Issued, MonthReport)]) -> Option<Shown> {
    let (latest, _) = reports.last()?;
    let percent = |indicator: &Indicator| {
        let shares: Vec<Share> = reports.iter().map(|(_, report)| report.all.share(*indicator)).collect();
        Percent { indicator: *indicator, percent: published_percent_of(&shares) }
    };
    let tables = [
        table(cx, "community", reports, |report| &report.communities),
        table(cx, "class", reports, |report| &report.classes),
    ];
    Some(Shown {
        month: latest.month,
        version: latest.version,
        issued_at: latest.issued_at,
        tables: tables.into_iter().flatten().collect(),
        shares: SHARES.iter().map(percent).collect(),
    })
}

fn table(
    cx: &Cx,
    kind: &'static str,
    reports: &[(Issued, MonthReport)],
    lines: fn(&MonthReport) -> &Vec<MonthLine>,
) -> Option<Table> {
    let versions: Vec<_> = reports.iter().map(|(_, report)| columns(lines(report))).collect();
    let (version, columns) = published_of(&versions)?;
    let (issued, report) = reports.get(version)?;
    let mut columns = columns.into_iter();
    let (received, closed): (Published, Published) = (columns.next()?, columns.next()?);
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
    Some(Table {
        kind,
        version: issued.version,
        received: received.total,
        closed: closed.total,
        rows: lines(report).iter().zip(cells).map(row).collect(),
    })
}

/// All that came in, and all that was closed: what two of the indicators are counted of.
fn columns(lines: &[MonthLine]) -> Columns<Option<&str>> {
    let of = |indicator: Indicator| {
        lines.iter().map(|line| (line.key.as_deref(), line.figures.share(indicator).of)).collect()
    };
    [Indicator::ValidReport, Indicator::Reopening].map(of).into()
}
