//! One task on the ground: what is there to be seen, where, and the answers.

use std::sync::Arc;

use qige_app::Rulebook;
use qige_cases::catalogue::PhotoRule;
use qige_cases::queries::ground_case;
use qige_cases::views::GroundCase;
use qige_cases::{By, CommandName};
use qige_identity::Permission as P;
use qige_kernel::{CaseId, ObjectId};
use schemars::JsonSchema;
use serde::Serialize;

use super::list::{ASKED, GroundPage};
use super::samples;
use crate::centre::names::Directory;
use crate::centre::wish::Wish;
use crate::centre::wish::closing::{FailWish, PassWish};
use crate::centre::wish::intake::{ConfirmWish, RefuteWish};
use crate::centre::wish::talk::{CommentWish, UndoWish};
use crate::rider::matter::Matter;
use crate::unit::act::{Said, act};
use crate::unit::spot::{self, Spot};
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, Upload, View, Width};

/// What is done here; who has other parts in the case does those elsewhere.
const HERE: [CommandName; 5] =
    [CommandName::Confirm, CommandName::Refute, CommandName::Pass, CommandName::Fail, CommandName::Comment];

pub(super) fn routes() -> Routes {
    Routes::of("ground")
        .get("/ground/{case}", ASKED, "One task with what is needed on the spot", show)
        .post("/ground/{case}/confirm", P::VerifyWhenAsked, "It is so", answer::<ConfirmWish>)
        .post("/ground/{case}/refute", P::VerifyWhenAsked, "It is not so", answer::<RefuteWish>)
        .post("/ground/{case}/pass", P::CheckCase, "It is done: closes the case", answer::<PassWish>)
        .post("/ground/{case}/fail", P::CheckCase, "It is not done: back to the unit", answer::<FailWish>)
        .post("/ground/{case}/comment", ASKED, "Say something about it", comment)
        .post("/ground/{case}/undo", ASKED, "Take one's last step back", undo)
}

/// One task on the ground.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct TaskPage {
    #[serde(flatten)]
    pub(super) case: GroundCase,
    /// What it is about, by name.
    pub(super) matter_name: Option<String>,
    /// Where it is.
    pub(super) spot: Spot,
    /// Minutes until the running clock is over; negative: minutes since.
    pub(super) left_minutes: Option<i64>,
    /// A photo of before and one of after.
    pub(super) pair: Option<[ObjectId; 2]>,
    /// Whether photos come with the answer.
    pub(super) photo_rule: PhotoRule,
}

impl View for TaskPage {
    const TEMPLATE: &'static str = "ground/task.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        self.matter_name.clone().map_or_else(|| Text::of("case-matter-open"), Text::plain)
    }

    fn samples() -> Vec<Self> {
        samples::tasks()
    }
}

async fn show(cx: Cx, Path(id): Path<CaseId>) -> Result<Page<TaskPage>, Fault> {
    let (mut case, directory, book) = asked_of_me(&cx, id).await?;
    case.may.retain(|command| HERE.contains(command));
    let matter_name = case.task.matter.map(|key| Matter::of(key, cx.locale()).name);
    let called = matter_name.clone().unwrap_or_default();
    Ok(Page(TaskPage {
        spot: Spot::of(case.task.position, &called, &book.grids, &directory),
        left_minutes: spot::left_minutes(cx.now(), case.task.due_at),
        pair: spot::pair(&case.photos),
        photo_rule: spot::photo_rule(case.task.matter),
        matter_name,
        case,
    }))
}

/// The task, where it was given to this person.
async fn asked_of_me(cx: &Cx, id: CaseId) -> Result<(GroundCase, Directory, Arc<Rulebook>), Fault> {
    let by = By::Person(cx.signed_in()?.clone());
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (now, rules) = (cx.now(), book.clone());
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(case) = ground_case(tx, id, &by, &rules.policy, now).await? else {
                    return Ok(None);
                };
                Ok(Some((case, Directory::read(tx, rules.grids.clone()).await?)))
            })
        })
        .await?;
    let (case, directory) = found.ok_or_else(Fault::missing)?;
    Ok((case, directory, book))
}

/// An answered task is gone: on with the list.
async fn answer<W: Wish>(
    cx: Cx,
    Path(case): Path<CaseId>,
    upload: Upload<W>,
) -> Result<Done<GroundPage>, Fault> {
    let said = Said { wish: upload.value, key: upload.key, files: upload.files };
    Ok(act(&cx, case, said).await?.see("/ground", format!("/ground/{case}/undo")))
}

async fn comment(
    cx: Cx,
    Path(case): Path<CaseId>,
    input: Input<CommentWish>,
) -> Result<Done<TaskPage>, Fault> {
    asked_of_me(&cx, case).await?;
    let said = Said { wish: input.value, key: input.key, files: Vec::new() };
    Ok(act(&cx, case, said).await?.see(format!("/ground/{case}"), format!("/ground/{case}/undo")))
}

/// Also where the last step was the answer.
async fn undo(cx: Cx, Path(case): Path<CaseId>, input: Input<UndoWish>) -> Result<Done<TaskPage>, Fault> {
    let said = Said { wish: input.value, key: input.key, files: Vec::new() };
    Ok(act(&cx, case, said).await?.see(format!("/ground/{case}"), ""))
}
