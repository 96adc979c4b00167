//! One case for a unit that leads or assists, and what it can do about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use qige_app::Rulebook;
use qige_cases::catalogue::PhotoRule;
use qige_cases::queries::case_for_unit;
use qige_cases::views::UnitCase;
use qige_cases::{By, CommandName};
use qige_identity::Permission as P;
use qige_kernel::{CaseId, ObjectId};
use schemars::JsonSchema;
use serde::Serialize;

use super::act::{Said, act};
use super::list::UnitPage;
use super::samples;
use super::spot::{self, Spot};
use crate::centre::names::Directory;
use crate::centre::wish::Wish;
use crate::centre::wish::handling::{AcceptWish, HandInPartWish, HandInWish, SendBackWish, StartWish};
use crate::centre::wish::talk::{CommentWish, UndoWish};
use crate::centre::wish::time::{AnswerSupervisionWish, AskExtensionWish};
use crate::rider::matter::Matter;
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, Upload, View, Width};

/// What is done here; who has other parts in the case does those elsewhere.
pub(super) const HERE: [CommandName; 8] = [
    CommandName::Start,
    CommandName::HandIn,
    CommandName::SendBack,
    CommandName::AskExtension,
    CommandName::Accept,
    CommandName::HandInPart,
    CommandName::AnswerSupervision,
    CommandName::Comment,
];

pub(super) fn routes() -> Routes {
    const HANDLE: P = P::HandleCase;
    const SPEAK: P = P::SpeakForUnit;
    Routes::of("unit")
        .get("/unit/cases/{id}", HANDLE, "One case for a unit that leads or assists", show)
        .post("/unit/cases/{id}/start", HANDLE, "Begin as the leading unit", plain::<StartWish>)
        .post("/unit/cases/{id}/hand-in", HANDLE, "Hand in the whole", seen::<HandInWish>)
        .post("/unit/cases/{id}/send-back", SPEAK, "Do not take it as a unit", send_back)
        .post("/unit/cases/{id}/ask-extension", SPEAK, "Ask for more time", plain::<AskExtensionWish>)
        .post("/unit/cases/{id}/accept", HANDLE, "Begin as an assisting unit", plain::<AcceptWish>)
        .post("/unit/cases/{id}/hand-in-part", HANDLE, "Hand in an assisting part", seen::<HandInPartWish>)
        .post(
            "/unit/cases/{id}/answer-supervision",
            SPEAK,
            "Answer whoever watches over it",
            plain::<AnswerSupervisionWish>,
        )
        .post("/unit/cases/{id}/comment", HANDLE, "Say something about it", seen::<CommentWish>)
        .post("/unit/cases/{id}/undo", HANDLE, "Take one's last step back", undo)
}

/// One case for a unit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct UnitCasePage {
    #[serde(flatten)]
    pub(super) case: UnitCase,
    /// What it is about, by name.
    pub(super) matter_name: Option<String>,
    /// Names of the units that are spoken of, by id.
    pub(super) names: BTreeMap<String, String>,
    /// Where it is.
    pub(super) spot: Spot,
    /// Minutes until the running clock is over; negative: minutes since.
    pub(super) left_minutes: Option<i64>,
    /// A photo of before and one of after.
    pub(super) pair: Option<[ObjectId; 2]>,
    /// Whether photos come with the work.
    pub(super) photo_rule: PhotoRule,
}

impl View for UnitCasePage {
    const TEMPLATE: &'static str = "unit/case.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        self.matter_name.clone().map_or_else(|| Text::of("case-matter-open"), Text::plain)
    }

    fn samples() -> Vec<Self> {
        samples::cases()
    }
}

async fn show(cx: Cx, Path(id): Path<CaseId>) -> Result<Page<UnitCasePage>, Fault> {
    let (mut case, directory, book) = of_own_unit(&cx, id).await?;
    case.may.retain(|command| HERE.contains(command));
    let matter_name = case.matter.map(|key| Matter::of(key, cx.locale()).name);
    let called = matter_name.clone().unwrap_or_default();
    Ok(Page(UnitCasePage {
        names: names(&case, &directory),
        spot: Spot::of(case.position, &called, &book.grids, &directory),
        left_minutes: spot::left_minutes(cx.now(), case.due.as_ref().and_then(|due| due.at)),
        pair: spot::pair(&case.photos),
        photo_rule: spot::photo_rule(case.matter),
        matter_name,
        case,
    }))
}

/// The case, where a unit of this person has a part in it.
async fn of_own_unit(cx: &Cx, id: CaseId) -> Result<(UnitCase, Directory, Arc<Rulebook>), Fault> {
    let who = cx.signed_in()?.clone();
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (now, rules) = (cx.now(), book.clone());
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let units = who.units();
                let by = By::Person(who);
                let Some(case) = case_for_unit(tx, id, &by, &units, &rules.policy, now).await? else {
                    return Ok(None);
                };
                Ok(Some((case, Directory::read(tx, rules.grids.clone()).await?)))
            })
        })
        .await?;
    let (case, directory) = found.ok_or_else(Fault::missing)?;
    Ok((case, directory, book))
}

fn names(case: &UnitCase, directory: &Directory) -> BTreeMap<String, String> {
    let others = case.others.iter().map(|part| part.unit);
    let told = case.life.iter().filter_map(|entry| entry.args.unit);
    let spoken_of = std::iter::once(case.part.unit).chain(others).chain(told);
    spoken_of.filter_map(|unit| Some((unit.to_string(), directory.unit(unit)?))).collect()
}

async fn plain<W: Wish>(
    cx: Cx,
    Path(case): Path<CaseId>,
    input: Input<W>,
) -> Result<Done<UnitCasePage>, Fault> {
    give(&cx, case, Said { wish: input.value, key: input.key, files: Vec::new() }).await
}

/// A command that photos or files may come with.
async fn seen<W: Wish>(
    cx: Cx,
    Path(case): Path<CaseId>,
    upload: Upload<W>,
) -> Result<Done<UnitCasePage>, Fault> {
    give(&cx, case, Said { wish: upload.value, key: upload.key, files: upload.files }).await
}

async fn give<W: Wish>(cx: &Cx, case: CaseId, said: Said<W>) -> Result<Done<UnitCasePage>, Fault> {
    // Who has another part in the case acts elsewhere.
    of_own_unit(cx, case).await?;
    let acted = act(cx, case, said).await?;
    Ok(acted.see(format!("/unit/cases/{case}"), format!("/unit/cases/{case}/undo")))
}

/// What a unit gave back is no longer its business: on with the list.
async fn send_back(
    cx: Cx,
    Path(case): Path<CaseId>,
    input: Input<SendBackWish>,
) -> Result<Done<UnitPage>, Fault> {
    let said = Said { wish: input.value, key: input.key, files: Vec::new() };
    // Asked afterwards whose it is: once it is sent back it is not theirs, and the same may be sent again.
    let done = act(&cx, case, said).await;
    if done.is_err() {
        of_own_unit(&cx, case).await?;
    }
    Ok(done?.see("/unit", format!("/unit/cases/{case}/undo")))
}

/// Also where the last step gave the case away.
async fn undo(cx: Cx, Path(case): Path<CaseId>, input: Input<UndoWish>) -> Result<Done<UnitCasePage>, Fault> {
    let said = Said { wish: input.value, key: input.key, files: Vec::new() };
    Ok(act(&cx, case, said).await?.see(format!("/unit/cases/{case}"), ""))
}
