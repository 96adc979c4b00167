//! What waits for somebody on the ground, what will be late first.

use qige_cases::queries::ground_list;
use qige_cases::views::GroundTask;
use qige_identity::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::samples;
use crate::centre::names::Directory;
use crate::looked_for::LookedFor;
use crate::rider::matter::Matter;
use crate::sheet::{Cell, Listing, Rows, Said};
use crate::unit::spot;
use crate::{Cx, Fault, Page, Query, Routes, Text, View, Width};

/// Who may be asked to look at something.
pub(super) const ASKED: &[Permission] = &[Permission::VerifyWhenAsked, Permission::CheckCase];

pub(super) fn routes() -> Routes {
    Routes::of("ground")
        .get("/ground", ASKED, "What somebody is asked to look at", show)
        .list::<GroundPage>(ASKED)
}

/// What is looked at.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Wanted {
    /// Number, words, place or matter, in Chinese, pinyin or its initials.
    q: Option<String>,
}

/// What waits for this person.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct GroundPage {
    /// What is looked for, as it was typed.
    pub(super) q: Option<String>,
    /// The tasks.
    pub(super) tasks: Vec<Task>,
}

/// One task in the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Task {
    #[serde(flatten)]
    pub(super) task: GroundTask,
    /// What it is about, by name.
    pub(super) matter_name: Option<String>,
    /// Community and grid by name.
    pub(super) place: Option<String>,
    /// Minutes until the running clock is over; negative: minutes since.
    pub(super) left_minutes: Option<i64>,
}

impl Task {
    fn fits(&self, looked_for: &LookedFor) -> bool {
        let Self { task, matter_name, place, .. } = self;
        let texts = [&task.number, &task.words, &task.address, place, matter_name];
        looked_for.fits(texts.map(Option::as_deref))
    }
}

impl View for GroundPage {
    const TEMPLATE: &'static str = "ground/list.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("ground-title")
    }

    fn samples() -> Vec<Self> {
        samples::lists()
    }
}

impl Listing for GroundPage {
    type Asked = Wanted;
    const PATHS: [&'static str; 2] = ["/ground.csv", "/ground.xlsx"];
    const SUMMARY: &'static str = "What somebody is asked to look at as a file";
    const NAME: &'static str = "tasks";
    const TITLE: &'static str = "ground-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("export-column-number", 14),
        ("list-task", 14),
        ("export-column-matter", 22),
        ("export-column-urgency", 10),
        ("list-asked", 60),
        ("export-column-address", 36),
        ("list-place", 30),
        ("ground-asked", 20),
        ("export-column-due", 20),
    ];

    async fn read(cx: Cx, wanted: Wanted) -> Result<Self, Fault> {
        Ok(show(cx, Query(wanted)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |one: &Task| {
            let task = &one.task;
            vec![
                task.number.clone().into(),
                said.text(format!("ground-kind-{}", task.kind)),
                one.matter_name.clone().into(),
                task.urgency.map_or(Cell::Nothing, |urgency| said.text(format!("urgency-{urgency}"))),
                task.words.clone().into(),
                task.address.clone().into(),
                one.place.clone().into(),
                said.time(task.asked_at),
                said.time(task.due_at),
            ]
        };
        self.tasks.iter().map(row).collect()
    }
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<GroundPage>, Fault> {
    let me = cx.signed_in()?.person;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (now, grids) = (cx.now(), book.grids.clone());
    let (found, directory) = cx
        .read(move |tx| {
            Box::pin(async move {
                let found = ground_list(tx, me, now).await?;
                Ok((found, Directory::read(tx, grids).await?))
            })
        })
        .await?;
    let shown = |task: GroundTask| Task {
        matter_name: task.matter.map(|key| Matter::of(key, cx.locale()).name),
        place: task.position.and_then(|position| spot::place(position, &book.grids, &directory)),
        left_minutes: spot::left_minutes(now, task.due_at),
        task,
    };
    let looked_for = LookedFor::of(wanted.q.as_deref());
    let tasks = found.into_iter().map(shown).filter(|task| task.fits(&looked_for)).collect();
    Ok(Page(GroundPage { q: wanted.q, tasks }))
}
