//! What earns how much: changed by the administrator, for what is received from then on.

use qige_identity::Permission;
use qige_kernel::Timestamp;
use qige_points::{Amounts, ChangePointRules, PointRules, issued};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admin::stamp;
use crate::page::Density;
use crate::sheet::{self, Cell, Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Routes, Text, View};

const MAY: Permission = Permission::ManageSettings;
/// From this share of the budget on the page warns, percent (domain.md §5).
const WARN_PERCENT: i64 = 80;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/points", MAY, "What earns how many points, and what is left of the year's", show)
        .list::<PointRulesPage>(MAY)
        .post("/admin/points", MAY, "Change what earns how many points, from now on", change)
}

/// What earns how many points.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PointRulesPage {
    on: bool,
    amounts: Amounts,
    year_budget: i64,
    /// The year that it is.
    year: i16,
    /// What reports of this year earned so far, of all who take part.
    issued: i64,
    /// So much of the budget is used that it should be looked at.
    low: bool,
    /// All there were, the newest first.
    versions: Vec<Known>,
}

/// A version of the rules.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Known {
    version: i64,
    from: Timestamp,
    on: bool,
    amounts: Amounts,
}

impl PointRulesPage {
    fn of(rules: &PointRules, year: i16, issued: i64) -> Self {
        let known = |(version, one): (i64, &qige_points::RuleVersion)| Known {
            version,
            from: one.from,
            on: one.on,
            amounts: one.amounts,
        };
        let mut versions: Vec<Known> = (1..).zip(&rules.versions).map(known).collect();
        versions.reverse();
        Self {
            on: rules.on(),
            amounts: rules.amounts(),
            year_budget: rules.year_budget,
            year,
            issued,
            low: rules.on() && issued * 100 >= rules.year_budget * WARN_PERCENT,
            versions,
        }
    }
}

impl View for PointRulesPage {
    const TEMPLATE: &'static str = "points/rules.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("points-rules-title")
    }

    fn samples() -> Vec<Self> {
        let version = |from, on| qige_points::RuleVersion {
            from: Timestamp::from_micros(from),
            on,
            amounts: Amounts::default(),
        };
        let versions = vec![version(1_780_000_000_000_000, true), version(1_790_000_000_000_000, false)];
        let first = versions.first().copied().into_iter().collect();
        let rules = |versions| PointRules { versions, ..PointRules::default() };
        vec![
            Self::of(&PointRules::default(), 2026, 0),
            Self::of(&rules(first), 2026, 85_000),
            Self::of(&rules(versions), 2026, 300),
        ]
    }
}

impl Listing for PointRulesPage {
    type Asked = sheet::Nothing;
    const PATHS: [&'static str; 2] = ["/admin/points.csv", "/admin/points.xlsx"];
    const SUMMARY: &'static str = "All versions of what earns how many points, as a file";
    const NAME: &'static str = "point-rules";
    const TITLE: &'static str = "points-rules-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("points-version", 8),
        ("points-rules-from", 20),
        ("admin-state", 12),
        ("points-report", 12),
        ("points-hazard", 12),
        ("points-joined", 12),
        ("points-day-cap", 12),
        ("points-month-cap", 12),
        ("points-repeat-days", 12),
    ];

    async fn read(cx: Cx, _: sheet::Nothing) -> Result<Self, Fault> {
        Ok(show(cx).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |one: &Known| {
            let mut cells = vec![
                Cell::count(one.version),
                said.time(one.from),
                said.text(if one.on { "points-is-on" } else { "points-is-off" }),
            ];
            cells.extend(one.amounts.bounds().map(|(_, value, _)| Cell::count(value)));
            cells
        };
        self.versions.iter().map(row).collect()
    }
}

async fn show(cx: Cx) -> Result<Page<PointRulesPage>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let year = book.calendar.date_at(cx.now()).year();
    let (rules, issued) = cx
        .read(move |tx| Box::pin(async move { Ok((PointRules::read(tx).await?, issued(tx, year).await?)) }))
        .await?;
    Ok(Page(PointRulesPage::of(&rules, year, issued)))
}

/// What is changed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Change {
    /// Whether reports earn anything.
    #[serde(default)]
    on: bool,
    /// Points that the reports of one year may earn in all.
    year_budget: i64,
    /// For a report that was filed.
    report: i64,
    /// For one that was filed as critical.
    hazard: i64,
    /// For one more report of the same.
    joined: i64,
    /// To one person for the reports of one day at most.
    day_cap: i64,
    /// The same of one month.
    month_cap: i64,
    /// The same person, place and matter earn once in so many days.
    repeat_days: i64,
}

async fn change(cx: Cx, input: Input<Change>) -> Result<Done<PointRulesPage>, Fault> {
    let Change { on, year_budget, report, hazard, joined, day_cap, month_cap, repeat_days } = input.value;
    let amounts = Amounts { report, hazard, joined, day_cap, month_cap, repeat_days };
    cx.write(ChangePointRules { on, amounts, year_budget, stamp: stamp(&cx, MAY)? }).await?;
    Ok(Done::see("/admin/points").saying(Text::of("admin-saved")))
}
