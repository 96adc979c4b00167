//! How long what is kept: terms and actions, what will go when, and what went.

use qige_app::{FORECAST_DAYS, forecast};
use qige_identity::{KeptAction, KeptClass, KeptRule, Permission, RetentionLine, SetKeptRule, retention_log};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admin::stamp;
use crate::page::Density;
use crate::sheet::{Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Path, Query, Routes, Text, View};

/// The administrator sets it; the auditor looks whether it is done.
const MAY_READ: &[Permission] = &[Permission::ManageSettings, Permission::ReadJournal];
/// Lines of the log on one page.
const ON_PAGE: u32 = 100;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/retention", MAY_READ, "How long what is kept, and what will go when", show)
        .post(
            "/admin/retention/{class}",
            Permission::ManageSettings,
            "Set how long something is kept, and what becomes of it then",
            set,
        )
        .get("/admin/retention/log", MAY_READ, "What went, and how many of it", log)
        .list::<LogPage>(MAY_READ)
}

/// How long what is kept.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RetentionPage {
    classes: Vec<ClassLine>,
    /// How far the forecast looks, in days.
    horizons: [i64; 3],
    /// Whether this person may set it.
    may_set: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ClassLine {
    pub(crate) class: KeptClass,
    pub(crate) days: i64,
    pub(crate) action: KeptAction,
    /// What it may be set to.
    min_days: i64,
    max_days: i64,
    actions: Vec<KeptAction>,
    usual_days: i64,
    /// Nothing can be set.
    fixed: bool,
    /// How many go with the next run.
    due: i64,
    /// How many will have gone by then, for each horizon, as far as is known today.
    within: [i64; 3],
}

impl View for RetentionPage {
    const TEMPLATE: &'static str = "trust/retention.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("retention-title")
    }

    fn samples() -> Vec<Self> {
        let line = |class: &KeptClass| ClassLine::of(*class, class.bounds().usual, 7, [8, 9, 10]);
        let classes: Vec<ClassLine> = KeptClass::ALL.iter().map(line).collect();
        let page = |may_set| Self { classes: classes.clone(), horizons: FORECAST_DAYS, may_set };
        vec![page(true), page(false)]
    }
}

impl ClassLine {
    pub(crate) fn of(class: KeptClass, rule: KeptRule, due: i64, within: [i64; 3]) -> Self {
        let bounds = class.bounds();
        Self {
            class,
            days: rule.days,
            action: rule.action,
            min_days: bounds.min_days,
            max_days: bounds.max_days,
            actions: bounds.actions.to_vec(),
            usual_days: bounds.usual.days,
            fixed: class.is_fixed(),
            due,
            within,
        }
    }
}

async fn show(cx: Cx) -> Result<Page<RetentionPage>, Fault> {
    let now = cx.now();
    let found = cx.read(move |tx| Box::pin(async move { Ok(forecast(tx, now).await?) })).await?;
    let classes = found.into_iter().map(|one| ClassLine::of(one.class, one.rule, one.due, one.within));
    let may_set = cx.signed_in()?.may(Permission::ManageSettings);
    Ok(Page(RetentionPage { classes: classes.collect(), horizons: FORECAST_DAYS, may_set }))
}

/// A term and an action.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Rule {
    /// Days after the end of what it belongs to.
    days: i64,
    /// What becomes of it then.
    action: KeptAction,
}

async fn set(cx: Cx, Path(class): Path<String>, input: Input<Rule>) -> Result<Done<RetentionPage>, Fault> {
    let class: KeptClass = class.parse().map_err(|_| Fault::missing())?;
    let Rule { days, action } = input.value;
    let rule = KeptRule { days, action };
    cx.write(SetKeptRule { class, rule, stamp: stamp(&cx, Permission::ManageSettings)? }).await?;
    Ok(Done::see("/admin/retention").saying(Text::of("admin-saved")))
}

/// What went.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LogPage {
    /// The newest first.
    lines: Vec<Gone>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
}

/// How many of one class went in one run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Gone {
    at: Timestamp,
    class: KeptClass,
    action: KeptAction,
    items: i64,
}

impl From<RetentionLine> for Gone {
    fn from(line: RetentionLine) -> Self {
        Self { at: line.run_at, class: line.class, action: line.action, items: line.items }
    }
}

impl View for LogPage {
    const TEMPLATE: &'static str = "trust/retention_log.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("retention-log-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let line = Gone { at, class: KeptClass::Photos, action: KeptAction::Erase, items: 17 };
        let address = Some("/admin/retention/log?after=1".to_owned());
        let full = Self { lines: vec![line], next: address.clone(), first: address };
        vec![full, Self { lines: Vec::new(), next: None, first: None }]
    }
}

impl Listing for LogPage {
    type Asked = After;
    const PATHS: [&'static str; 2] = ["/admin/retention/log.csv", "/admin/retention/log.xlsx"];
    const SUMMARY: &'static str = "What went and how many of it, as a file";
    const NAME: &'static str = "retention";
    const TITLE: &'static str = "retention-log-title";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("retention-at", 20), ("retention-class", 30), ("retention-action", 16), ("retention-items", 10)];

    async fn read(cx: Cx, asked: After) -> Result<Self, Fault> {
        Ok(log(cx, Query(asked)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &Gone| {
            vec![
                said.time(line.at),
                said.text(line.class.label_key()),
                said.text(line.action.label_key()),
                line.items.to_string().into(),
            ]
        };
        self.lines.iter().map(row).collect()
    }

    fn next(&self, _: &After) -> Option<After> {
        let (_, after) = self.next.as_ref()?.rsplit_once("after=")?;
        Some(After { after: Some(after.to_owned()) })
    }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct After {
    /// From the one after this: microseconds, a dot and a class.
    after: Option<String>,
}

impl After {
    fn place(&self) -> Result<Option<(Timestamp, KeptClass)>, Fault> {
        let Some(text) = &self.after else { return Ok(None) };
        let (at, class) = text.split_once('.').ok_or_else(Fault::missing)?;
        let at: i64 = at.parse().map_err(|_| Fault::missing())?;
        let class: KeptClass = class.parse().map_err(|_| Fault::missing())?;
        Ok(Some((Timestamp::from_micros(at), class)))
    }
}

async fn log(cx: Cx, Query(asked): Query<After>) -> Result<Page<LogPage>, Fault> {
    let after = asked.place()?;
    let mut rows =
        cx.read(move |tx| Box::pin(async move { Ok(retention_log(tx, after, ON_PAGE + 1).await?) })).await?;
    let on_page = usize::try_from(ON_PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > on_page;
    rows.truncate(on_page);
    let last = rows.last().filter(|_| more);
    let next = last.map(|last| format!("/admin/retention/log?after={}.{}", last.run_at.micros(), last.class));
    let first = after.map(|_| "/admin/retention/log".to_owned());
    Ok(Page(LogPage { lines: rows.into_iter().map(Gone::from).collect(), next, first }))
}
