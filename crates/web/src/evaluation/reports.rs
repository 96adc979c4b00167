//! Reports of months: a draft that follows the figures, issued versions that never change.

use std::collections::BTreeMap;

use qige_cases::Stage;
use qige_cases::evaluation::{
    DefinedThen, Figures, Indicator, IssueMonth, Issued, Month, MonthLine, MonthReport, Reach, Share,
    Weights, issued, issued_of, issued_report,
};
use qige_cases::handover::Signed;
use qige_identity::{Permission, setting};
use qige_kernel::{PersonId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::read_class;
use super::{SCORE_SETTING, table, words};
use crate::centre::names::people;
use crate::download::{Download, Xlsx};
use crate::page::Density;
use crate::sheet::{self, Cell, Listing, Rows, Said, Sheet, at_once, turn};
use crate::{Cx, Done, Fault, Input, Once, Page, Path, Query, Routes, Text, View, Width};

/// Versions listed at most: ten years with some corrections.
const LISTED: u32 = 200;

pub(super) fn routes() -> Routes {
    let may = Permission::ReadFigures;
    Routes::of("evaluation")
        .get("/reports", may, "Reports of months", list)
        .list::<ListPage>(may)
        .get("/reports/{month}", may, "The report of a month: what was issued, or a draft", show)
        .get("/reports/{month}/report.xlsx", may, "The same as a workbook", as_xlsx)
        .post("/reports/{month}/issue", Permission::IssueReports, "Issue the report of a month", issue)
}

/// Reports of months.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ListPage {
    /// What was issued, the latest month and version first.
    issued: Vec<IssuedLine>,
    /// Months that are over and not issued, the latest first; and the one that goes on.
    drafts: Vec<Month>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct IssuedLine {
    #[serde(flatten)]
    issued: Issued,
    by: Option<String>,
    /// Whether there is no later version.
    latest: bool,
}

impl View for ListPage {
    const TEMPLATE: &'static str = "evaluation/reports.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("reports-title")
    }

    fn samples() -> Vec<Self> {
        let months: Vec<Month> = ["2026-11", "2026-10"].iter().filter_map(|text| text.parse().ok()).collect();
        let line = |month: &Month| {
            let version = |version, reason: Option<&str>| sample_line(*month, version, reason);
            [version(2, Some("补录了三件")), version(1, None)]
        };
        vec![
            Self { issued: months.iter().flat_map(line).collect(), drafts: months },
            Self { issued: Vec::new(), drafts: Vec::new() },
        ]
    }
}

impl Listing for ListPage {
    type Asked = sheet::Nothing;
    const PATHS: [&'static str; 2] = ["/reports.csv", "/reports.xlsx"];
    const SUMMARY: &'static str = "Which reports of months were issued, as a file";
    const NAME: &'static str = "reports";
    const TITLE: &'static str = "reports-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-month", 12),
        ("suggestions-version", 8),
        ("list-at", 20),
        ("list-by", 22),
        ("list-reason", 60),
    ];

    async fn read(cx: Cx, _: sheet::Nothing) -> Result<Self, Fault> {
        Ok(list(cx).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &IssuedLine| {
            let Issued { month, version, reason, issued_at, .. } = &line.issued;
            vec![
                month.to_string().into(),
                Cell::count(*version),
                said.time(*issued_at),
                line.by.clone().into(),
                reason.clone().into(),
            ]
        };
        self.issued.iter().map(row).collect()
    }
}

fn sample_line(month: Month, version: i64, reason: Option<&str>) -> IssuedLine {
    let issued = Issued {
        month,
        version,
        reason: reason.map(str::to_owned),
        issued_at: Timestamp::from_micros(1_790_000_000_000_000),
        issued_by: PersonId(uuid::Uuid::nil()),
    };
    IssuedLine { issued, by: Some("值班长 0001".to_owned()), latest: version > 1 }
}

/// The report of a month.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ReportPage {
    month: Month,
    /// First day of the month.
    from: String,
    /// Last day.
    last: String,
    /// The version that is shown; none: a draft.
    shown: Option<IssuedLine>,
    /// All versions, the latest first.
    versions: Vec<IssuedLine>,
    /// As of when it was counted.
    counted_at: Timestamp,
    /// Everything together, with what the indicators meant.
    all: Vec<Meant>,
    times: Vec<Stretch>,
    /// By unit, community and class.
    tables: Vec<Table>,
    /// What a unit's score was made of.
    weights: Weights,
    /// What indicators are called here.
    names: BTreeMap<Indicator, String>,
    /// Whether this person can issue it now.
    may_issue: bool,
    /// Whether the month is over.
    over: bool,
    /// The number that the next version gets.
    next_version: i64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Meant {
    indicator: Indicator,
    name: String,
    means: String,
    #[serde(flatten)]
    share: Share,
    value: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Stretch {
    stage: Stage,
    count: u64,
    median_minutes: Option<i64>,
    p90_minutes: Option<i64>,
}

/// A table of the report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Table {
    /// `unit`, `community` or `class`.
    kind: &'static str,
    columns: Vec<Indicator>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Row {
    name: String,
    shares: Vec<Share>,
    values: Vec<Option<f64>>,
    /// Points of a unit's score.
    score: Option<f64>,
}

/// What stands in the tables by place and class: what fits on a sheet of paper.
const OF_PLACES: [Indicator; 8] = [
    Indicator::ValidReport,
    Indicator::Filing,
    Indicator::OnTimeFile,
    Indicator::OnTimeDispatch,
    Indicator::OnTimeHandled,
    Indicator::OnTimeClosing,
    Indicator::Satisfaction,
    Indicator::Reopening,
];

impl View for ReportPage {
    const TEMPLATE: &'static str = "evaluation/report.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        Text::of("report-month-title").with("month", self.month.to_string())
    }

    fn samples() -> Vec<Self> {
        let Ok(month) = "2026-11".parse::<Month>() else { return Vec::new() };
        let figures = table::sample_figures();
        let names: BTreeMap<_, _> =
            Indicator::ALL.iter().map(|one| (*one, "按期处置率".to_owned())).collect();
        let row = |figures: &Figures, columns: &[Indicator]| Row {
            name: "市政养护队".to_owned(),
            shares: columns.iter().map(|one| figures.share(*one)).collect(),
            values: columns.iter().map(|one| figures.share(*one).value()).collect(),
            score: Some(87.25),
        };
        let columns: Vec<Indicator> = Indicator::of_units().collect();
        let rows = vec![row(&figures, &columns), row(&Figures::default(), &columns)];
        let table = |kind| Table { kind, columns: columns.clone(), rows: rows.clone() };
        let draft = Self {
            month,
            from: "2026-11-01".to_owned(),
            last: "2026-11-30".to_owned(),
            shown: None,
            versions: Vec::new(),
            counted_at: Timestamp::from_micros(1_790_000_000_000_000),
            all: meant(&figures, &names, &names),
            times: stretches(&figures),
            tables: vec![table("unit"), table("community"), table("class")],
            weights: Weights::default(),
            names,
            may_issue: true,
            over: true,
            next_version: 1,
        };
        let versions = vec![sample_line(month, 2, Some("补录了三件")), sample_line(month, 1, None)];
        let issued = Self {
            shown: versions.first().cloned(),
            versions: versions.clone(),
            next_version: 3,
            ..draft.clone()
        };
        let older = Self { shown: versions.last().cloned(), may_issue: false, ..issued.clone() };
        vec![Self { over: false, may_issue: false, ..draft.clone() }, draft, issued, older]
    }
}

fn meant(
    figures: &Figures,
    names: &BTreeMap<Indicator, String>,
    means: &BTreeMap<Indicator, String>,
) -> Vec<Meant> {
    let one = |indicator: &Indicator| {
        let share = figures.share(*indicator);
        let said = |texts: &BTreeMap<Indicator, String>| texts.get(indicator).cloned().unwrap_or_default();
        Meant { indicator: *indicator, name: said(names), means: said(means), share, value: share.value() }
    };
    Indicator::ALL.iter().map(one).collect()
}

fn stretches(figures: &Figures) -> Vec<Stretch> {
    let one = |stage: &Stage| {
        let times = figures.times.get(stage).copied().unwrap_or_default();
        let (median_minutes, p90_minutes) = (times.median_minutes, times.p90_minutes);
        Stretch { stage: *stage, count: times.count, median_minutes, p90_minutes }
    };
    Stage::ALL.iter().map(one).collect()
}

async fn list(cx: Cx) -> Result<Page<ListPage>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (found, names) = cx
        .read(move |tx| {
            Box::pin(async move {
                let found = issued(tx, LISTED).await?;
                let names = people(tx, found.iter().map(|one| one.issued_by).collect()).await?;
                Ok((found, names))
            })
        })
        .await?;
    let this = Month::of(cx.now(), book.calendar.zone());
    let known = |month: &Month| found.iter().all(|one| one.month != *month);
    let drafts = if sees_drafts(&cx)? { vec![this, this.before()] } else { Vec::new() };
    let drafts = drafts.into_iter().filter(known).collect();
    Ok(Page(ListPage { issued: lines(found, &names), drafts }))
}

/// Whoever sees the figures of the whole subdistrict sees its report before it is issued.
fn sees_drafts(cx: &Cx) -> Result<bool, Fault> {
    Ok(Reach::of(cx.signed_in()?, Permission::ReadFigures).is_whole())
}

fn lines(found: Vec<Issued>, names: &BTreeMap<String, String>) -> Vec<IssuedLine> {
    let mut month = None;
    let line = |issued: Issued| {
        let latest = month.replace(issued.month) != Some(issued.month);
        IssuedLine { by: names.get(&issued.issued_by.to_string()).cloned(), latest, issued }
    };
    found.into_iter().map(line).collect()
}

/// Which version.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wanted {
    /// Its number; the latest where it is left out.
    version: Option<i64>,
    /// What the report would be now, whatever was issued.
    draft: bool,
}

/// A report with what is known of its versions.
struct Found {
    report: MonthReport,
    shown: Option<IssuedLine>,
    versions: Vec<IssuedLine>,
}

async fn find(cx: &Cx, month: Month, wanted: &Wanted) -> Result<Found, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (now, zone, wanted) = (cx.now(), book.calendar.zone().clone(), wanted.clone());
    let definitions = words::definitions(cx.state().texts());
    let drafts = sees_drafts(cx)? && month.span(&zone).from <= now;
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let versions = issued_of(tx, month).await?;
                let names = people(tx, versions.iter().map(|one| one.issued_by).collect()).await?;
                let latest = versions.first().map(|one| one.version);
                let number = wanted.version.or(latest).filter(|_| !wanted.draft);
                let report = match number {
                    Some(number) => issued_report(tx, month, number).await?,
                    None if drafts => {
                        let weights: Option<Weights> = setting(tx, SCORE_SETTING).await?;
                        let weights = weights.unwrap_or_default();
                        Some(MonthReport::draft(tx, month, &zone, weights, definitions, now).await?)
                    }
                    None => None,
                };
                let versions = lines(versions, &names);
                let shown = versions.iter().find(|one| Some(one.issued.version) == number).cloned();
                Ok(report.map(|report| Found { report, shown, versions }))
            })
        })
        .await?;
    found.ok_or_else(Fault::missing)
}

async fn show(
    cx: Cx,
    Path(month): Path<Month>,
    Query(wanted): Query<Wanted>,
) -> Result<Page<ReportPage>, Fault> {
    let Found { report, shown, versions } = find(&cx, month, &wanted).await?;
    let zone = cx.app().rulebook(cx.tenant()?.id).await?.calendar.zone().clone();
    let over = month.span(&zone).until <= cx.now();
    let latest = versions.first().map_or(0, |one| one.issued.version);
    let may_issue = over && cx.signed_in()?.may(Permission::IssueReports) && sees_drafts(&cx)?;
    let in_words = |of: fn(&DefinedThen) -> &BTreeMap<String, String>| -> BTreeMap<Indicator, String> {
        let said = |one: &DefinedThen| of(one).get(cx.locale().tag()).cloned().unwrap_or_default();
        report.definitions.iter().map(|one| (one.indicator, said(one))).collect()
    };
    let (names, means) = (in_words(|one| &one.name), in_words(|one| &one.means));
    let last = month.after().first_day().yesterday().unwrap_or(month.first_day());
    Ok(Page(ReportPage {
        month,
        from: month.first_day().to_string(),
        last: last.to_string(),
        counted_at: report.counted_at,
        all: meant(&report.all, &names, &means),
        times: stretches(&report.all),
        tables: tables(&cx, &report),
        weights: report.weights,
        names,
        may_issue,
        over,
        next_version: latest + 1,
        shown,
        versions,
    }))
}

fn tables(cx: &Cx, report: &MonthReport) -> Vec<Table> {
    let units: Vec<Indicator> = Indicator::of_units().collect();
    let table = |kind, columns: &[Indicator], lines: &[MonthLine]| Table {
        kind,
        columns: columns.to_vec(),
        rows: lines.iter().map(|line| row(cx, kind, columns, line)).collect(),
    };
    vec![
        table("unit", &units, &report.units),
        table("community", &OF_PLACES, &report.communities),
        table("class", &OF_PLACES, &report.classes),
    ]
}

fn row(cx: &Cx, kind: &str, columns: &[Indicator], line: &MonthLine) -> Row {
    let without = || cx.say(&Text::of(format!("evaluation-without-{kind}")));
    let class = || {
        let (kind, major) = read_class(line.key.as_deref()?)?;
        words::class(kind, major, cx.locale())
    };
    let name = match (&line.key, &line.name) {
        (None, _) => without(),
        (Some(_), Some(name)) => name.clone(),
        (Some(key), None) => class().unwrap_or_else(|| key.clone()),
    };
    let shares: Vec<Share> = columns.iter().map(|one| line.figures.share(*one)).collect();
    let values = shares.iter().map(|share| share.value()).collect();
    Row { name, values, shares, score: line.score.as_ref().map(|score| score.points) }
}

async fn as_xlsx(
    cx: Cx,
    Path(month): Path<Month>,
    Query(wanted): Query<Wanted>,
) -> Result<Download<Xlsx>, Fault> {
    let turn = turn(&cx)?;
    let Page(page) = show(cx.clone(), Path(month), Query(wanted)).await?;
    let say = |key: &str| cx.say(&Text::of(key.to_owned()));
    let rows = page.all.iter().map(|one| {
        let figures = words::share_cells(one.share);
        std::iter::once(one.name.clone().into()).chain(figures).chain([one.means.clone().into()]).collect()
    });
    let heads = ["report-value", "report-part", "report-of", "report-means"];
    let sheet = Sheet {
        columns: words::columns(say("report-indicator"), heads.iter().map(|key| say(key))),
        name: cx.say(&page.title()),
        plain_name: format!("report-{month}-{}", page.shown.as_ref().map_or(0, |one| one.issued.version)),
        title: say("evaluation-all"),
    };
    let others =
        std::iter::once(times(&cx, &page)).chain(page.tables.iter().map(|one| part(&cx, &page, one)));
    Ok(sheet.xlsx_with(&cx, at_once(rows.collect()), others.collect(), turn))
}

/// How long stages took.
fn times(cx: &Cx, page: &ReportPage) -> sheet::Table {
    let say = |key: &str| cx.say(&Text::of(key.to_owned()));
    let heads = ["report-count", "evaluation-median", "evaluation-p90"];
    let row = |one: &Stretch| {
        let [median, p90] = [one.median_minutes, one.p90_minutes].map(words::minutes);
        vec![say(&format!("stage-{}", one.stage)).into(), Cell::count(one.count), median, p90]
    };
    sheet::Table {
        title: say("report-times"),
        columns: words::columns(say("report-stage"), heads.iter().map(|key| say(key))),
        rows: page.times.iter().map(row).collect(),
    }
}

/// A table of the report on its sheet.
fn part(cx: &Cx, page: &ReportPage, table: &Table) -> sheet::Table {
    let title = cx.say(&Text::of(format!("evaluation-by-{}", table.kind)));
    let name = |one: &Indicator| page.names.get(one).cloned().unwrap_or_default();
    let shares = table.columns.iter().flat_map(|one| words::of_share(cx, name(one)));
    let figures = shares.chain([cx.say(&Text::of("evaluation-score"))]);
    let row = |row: &Row| {
        let shares = row.shares.iter().flat_map(|share| words::share_cells(*share));
        std::iter::once(row.name.clone().into()).chain(shares).chain([words::points(row.score)]).collect()
    };
    sheet::Table {
        columns: words::columns(title.clone(), figures),
        rows: table.rows.iter().map(row).collect(),
        title,
    }
}

/// What is issued.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Issuing {
    /// The number that the version gets: one more than the latest that was seen.
    version: i64,
    /// Why there is another than the first; at most 2,000 characters.
    #[serde(default)]
    reason: String,
}

/// The month is read last: who may not issue at all is told so first.
async fn issue(cx: Cx, Path(month): Path<String>, input: Input<Issuing>) -> Result<Done<ReportPage>, Fault> {
    let month: Month = month.parse().map_err(|_| Fault::missing())?;
    let Issuing { version, reason } = input.value;
    let role = cx.signed_in()?.role_for(Permission::IssueReports).ok_or_else(Fault::forbidden)?;
    if !sees_drafts(&cx)? {
        return Err(Fault::forbidden());
    }
    let Found { report, .. } = find(&cx, month, &Wanted { version: None, draft: true }).await?;
    let zone = cx.app().rulebook(cx.tenant()?.id).await?.calendar.zone().clone();
    let signed = Signed { at: cx.now(), role, salt: cx.app().entropy.bytes() };
    let about = (month.to_string(), version, reason.clone());
    let command = IssueMonth { report, version, reason, zone, signed };
    cx.write(Once::new(command, input.key, &about, cx.now())).await?;
    Ok(Done::see(format!("/reports/{month}")).saying(Text::of("report-issued")))
}
