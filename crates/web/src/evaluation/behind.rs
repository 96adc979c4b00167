//! The cases behind a figure: as many lines as it says.

use std::io;
use std::sync::Arc;

use futures_util::stream::try_unfold;
use futures_util::{Stream, StreamExt, TryStreamExt};
use jiff::tz::TimeZone;
use qige_cases::State;
use qige_cases::evaluation::{Fact, FactKind, Indicator, Narrowed, Reach, Rule, Sign, facts_behind, figures};
use qige_cases::store::called;
use qige_identity::Permission;
use qige_kernel::{CaseId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::{Asked, Period};
use super::words;
use crate::centre::names::Directory;
use crate::download::{Csv, Download, Xlsx};
use crate::page::Density;
use crate::sheet::{Rows, Sheet, at_once, turn};
use crate::{Cx, Fault, Locale, Page, Query, Routes, Text, View};

/// Lines on one page.
const ROWS: usize = 50;
/// Lines read at once for a file: some megabytes, and a tenth of a second of one reader. Each batch begins
/// where the one before ended, so that a file costs what its lines cost.
const BATCH_ROWS: usize = 10_000;
/// Columns of a file: each one's text, and its width in a workbook, in characters.
const COLUMNS: [(&str, u8); 8] = [
    ("evaluation-number", 14),
    ("evaluation-state", 14),
    ("evaluation-matter", 22),
    ("evaluation-place", 30),
    ("evaluation-unit", 22),
    ("evaluation-day", 14),
    ("evaluation-in-time", 14),
    ("evaluation-took-minutes", 14),
];

pub(super) fn routes() -> Routes {
    let may = Permission::OpenFigures;
    Routes::of("evaluation")
        .get("/evaluation/cases", may, "The cases behind a figure", show)
        .get("/evaluation/cases.csv", may, "The same as comma-separated values", as_csv)
        .get("/evaluation/cases.xlsx", may, "The same as a workbook", as_xlsx)
}

/// Which figure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Of which indicator.
    indicator: Indicator,
    /// What it is counted of, instead of what is counted.
    #[serde(default)]
    of: bool,
    /// Where the page begins: `next` of the page before.
    after: Option<String>,
}

impl Wanted {
    const fn rule(&self) -> Rule {
        let definition = self.indicator.definition();
        if self.of { definition.of } else { definition.part }
    }

    fn query(&self, asked: &Asked) -> String {
        let of = if self.of { "&of=true" } else { "" };
        format!("{}&indicator={}{of}", asked.query(), self.indicator)
    }
}

/// The cases behind a figure.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct BehindPage {
    indicator: Indicator,
    /// What it is counted of, instead of what is counted.
    of: bool,
    /// What each line stands for.
    kind: FactKind,
    /// First day of the period.
    from: String,
    /// Last day.
    last: String,
    /// How many lines there are on all pages.
    count: u64,
    rows: Vec<Line>,
    /// The address of the next page.
    next: Option<String>,
    /// The address of the first page, on later ones.
    first: Option<String>,
    /// The figure, as a query.
    query: String,
    /// Where it stands among others.
    back: String,
}

/// One line: a deadline, a receipt, a closing or a rating of a case.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    case: CaseId,
    /// The page of the case for who looks.
    href: String,
    number: Option<String>,
    state: Option<State>,
    matter_name: Option<String>,
    place: Option<String>,
    unit_name: Option<String>,
    /// The day by which it is counted (`2026-11-03`): no list tells units the minute of what others did.
    day: String,
    /// Whether it was in time; none for what has no deadline or goes on.
    in_time: Option<bool>,
    /// Whether it goes on.
    waiting: bool,
    took_minutes: Option<i64>,
}

impl View for BehindPage {
    const TEMPLATE: &'static str = "evaluation/behind.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("evaluation-behind-title")
    }

    fn samples() -> Vec<Self> {
        let line = |in_time, waiting| Line {
            case: CaseId(uuid::Uuid::nil()),
            href: "/cases/1".to_owned(),
            number: Some("20261103-0007".to_owned()),
            state: Some(State::Closed),
            matter_name: Some("占道经营".to_owned()),
            place: Some("晶都社区 · 第三网格".to_owned()),
            unit_name: Some("城管中队".to_owned()),
            day: "2026-11-03".to_owned(),
            in_time,
            waiting,
            took_minutes: (!waiting).then_some(95),
        };
        let bare = Line {
            number: None,
            state: None,
            matter_name: None,
            place: None,
            unit_name: None,
            took_minutes: None,
            ..line(None, false)
        };
        let page = |kind: &FactKind| Self {
            indicator: Indicator::OnTimeHandled,
            of: *kind == FactKind::Handle,
            kind: *kind,
            from: "2026-11-01".to_owned(),
            last: "2026-11-30".to_owned(),
            count: 4,
            rows: vec![line(Some(true), false), line(Some(false), false), line(None, true), bare.clone()],
            next: Some("?after=1".to_owned()),
            first: Some("?".to_owned()),
            query: "period=2026-11&indicator=handled".to_owned(),
            back: "/evaluation?period=2026-11".to_owned(),
        };
        let empty = Self { rows: Vec::new(), count: 0, next: None, first: None, ..page(&FactKind::File) };
        FactKind::ALL.iter().map(page).chain([empty]).collect()
    }
}

/// What is looked for, and what its lines are called by.
struct Sought {
    period: Period,
    zone: TimeZone,
    narrowed: Narrowed,
    rule: Rule,
    now: Timestamp,
    directory: Directory,
    at: &'static str,
}

impl Sought {
    async fn new(cx: &Cx, asked: &Asked, wanted: &Wanted) -> Result<Self, Fault> {
        let (who, now) = (cx.signed_in()?, cx.now());
        let book = cx.app().rulebook(cx.tenant()?.id).await?;
        let (zone, grids) = (book.calendar.zone().clone(), book.grids.clone());
        let period = asked.period(now, &zone)?;
        let narrowed = asked.narrowed(Reach::of(who, Permission::OpenFigures))?;
        let at = if who.may(Permission::ReadCase) { "/cases" } else { "/unit/cases" };
        let directory =
            cx.read(move |tx| Box::pin(async move { Ok(Directory::read(tx, grids).await?) })).await?;
        Ok(Self { period, zone, narrowed, rule: wanted.rule(), now, directory, at })
    }

    /// How many lines there are on all pages.
    async fn count(&self, cx: &Cx, wanted: &Wanted) -> Result<u64, Fault> {
        let (span, narrowed, now) = (self.period.span(&self.zone), self.narrowed.clone(), self.now);
        let counted =
            cx.read(move |tx| Box::pin(async move { figures(tx, span, &narrowed, &[], now).await })).await?;
        let share = counted.all.share(wanted.indicator);
        Ok(if wanted.of { share.of } else { share.part })
    }

    /// The lines after one, in the order in which they are kept.
    async fn lines(
        &self,
        cx: &Cx,
        after: Option<String>,
        limit: usize,
    ) -> Result<(Vec<Line>, Option<String>), Fault> {
        let (span, narrowed, rule, now) =
            (self.period.span(&self.zone), self.narrowed.clone(), self.rule, self.now);
        let (page, cases) = cx
            .read(move |tx| {
                Box::pin(async move {
                    let page = facts_behind(tx, span, &narrowed, rule, now, after.as_deref(), limit).await?;
                    let cases: Vec<CaseId> = page.rows.iter().map(|fact| fact.case).collect();
                    let called = called(tx, &cases).await?;
                    Ok((page, called))
                })
            })
            .await?;
        let rows = page.rows.iter();
        Ok((rows.map(|fact| self.line(fact, cases.get(&fact.case), cx.locale())).collect(), page.next))
    }

    fn line(&self, fact: &Fact, case: Option<&(Option<String>, State)>, locale: Locale) -> Line {
        let day = fact.at.to_jiff().to_zoned_datetime(self.zone.clone()).date();
        let over = fact.kind.stage().is_some() && !fact.signs.has(Sign::Waiting);
        Line {
            case: fact.case,
            href: format!("{}/{}", self.at, fact.case),
            number: case.and_then(|(number, _)| number.clone()),
            state: case.map(|(_, state)| *state),
            matter_name: fact.matter.map(|matter| words::matter_name(matter, locale)),
            place: self.directory.place(fact.community, fact.grid),
            unit_name: fact.unit.and_then(|unit| self.directory.unit(unit)),
            day: day.to_string(),
            in_time: over.then(|| fact.signs.has(Sign::InTime)),
            waiting: fact.signs.has(Sign::Waiting),
            took_minutes: fact.took_minutes,
        }
    }
}

async fn show(
    cx: Cx,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Page<BehindPage>, Fault> {
    let sought = Sought::new(&cx, &asked, &wanted).await?;
    let count = sought.count(&cx, &wanted).await?;
    let (rows, next) = sought.lines(&cx, wanted.after.clone(), ROWS).await?;
    let query = wanted.query(&asked);
    Ok(Page(BehindPage {
        indicator: wanted.indicator,
        of: wanted.of,
        kind: sought.rule.kind,
        from: sought.period.from.to_string(),
        last: sought.period.last.to_string(),
        count,
        rows,
        next: next.map(|next| format!("/evaluation/cases?{query}&after={next}")),
        first: wanted.after.as_ref().map(|_| format!("/evaluation/cases?{query}")),
        back: format!("/evaluation?{}", asked.query()),
        query,
    }))
}

/// What the file says, and its rows; those of the first batch are read at once.
async fn sheet(
    cx: &Cx,
    asked: Asked,
    wanted: Wanted,
) -> Result<(Sheet, impl Stream<Item = io::Result<Rows>> + Send + use<>), Fault> {
    let columns = COLUMNS.map(|(key, width)| (cx.say(&Text::of(key)), width)).to_vec();
    let title = words::indicator(cx, wanted.indicator);
    let sought = Arc::new(Sought::new(cx, &asked, &wanted).await?);
    let (first, next) = sought.lines(cx, None, BATCH_ROWS).await?;
    let name = format!("{title} {}-{}", sought.period.from, sought.period.last);
    let sheet = Sheet { columns, name, plain_name: "figure".to_owned(), title };
    let begun = cx.clone();
    let further = next.map(|after| (sought, cx.clone(), after));
    let others = try_unfold(further, |further| async move {
        let Some((sought, cx, after)) = further else { return Ok::<_, Fault>(None) };
        let (lines, next) = sought.lines(&cx, Some(after), BATCH_ROWS).await?;
        let rows = cells(&cx, &lines);
        Ok(Some((rows, next.map(|after| (sought, cx, after)))))
    });
    let others = others.map_err(|fault| io::Error::other(format!("{fault:?}")));
    Ok((sheet, at_once(cells(&begun, &first)).chain(others)))
}

fn cells(cx: &Cx, lines: &[Line]) -> Rows {
    let row = |line: &Line| {
        let in_time = match (line.in_time, line.waiting) {
            (_, true) => Some("evaluation-waits"),
            (Some(true), _) => Some("evaluation-was-in-time"),
            (Some(false), _) => Some("evaluation-was-late"),
            (None, false) => None,
        };
        vec![
            line.number.clone().into(),
            line.state.map(|state| cx.say(&Text::of(format!("state-{state}")))).into(),
            line.matter_name.clone().into(),
            line.place.clone().into(),
            line.unit_name.clone().into(),
            line.day.clone().into(),
            in_time.map(|key| cx.say(&Text::of(key))).into(),
            words::minutes(line.took_minutes),
        ]
    };
    lines.iter().map(row).collect()
}

async fn as_csv(
    cx: Cx,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Download<Csv>, Fault> {
    let turn = turn(&cx)?;
    let (sheet, rows) = sheet(&cx, asked, wanted).await?;
    Ok(sheet.csv(rows, turn))
}

async fn as_xlsx(
    cx: Cx,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Download<Xlsx>, Fault> {
    let turn = turn(&cx)?;
    let (sheet, rows) = sheet(&cx, asked, wanted).await?;
    Ok(sheet.xlsx(&cx, rows, turn))
}
