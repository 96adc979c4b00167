//! Every command on a case, at `POST /cases/{id}/{command}`: the same address for a form and for a program.
//! Who may come in stands here; who may do it to this very case, the command finds out inside its own
//! transaction.

use qige_app::Order;
use qige_cases::queries::case_for_centre;
use qige_cases::views::QueueRow;
use qige_cases::{By, CommandName};
use qige_identity::{AskLook, FourEyes, LookFor, Permission as P, Reach};
use qige_kernel::CaseId;

use super::bring::{Brought, bring};
use super::case::CasePage;
use super::way;
use super::wish::closing::{AskCheckWish, FailWish, PassWish, RateWish, ReopenWish, VoidWish};
use super::wish::handling::{AcceptWish, DispatchWish, HandInPartWish, HandInWish, SendBackWish, StartWish};
use super::wish::intake::{
    AppealWish, AskVerifyWish, ConfirmWish, DeclineWish, FileWish, RefuteWish, WithdrawWish,
};
use super::wish::linking::{MergeWish, TakeBackWish, TransferWish, UnmergeWish};
use super::wish::talk::{AnswerWish, CommentWish, CorrectWish, QuestionWish, UndoWish};
use super::wish::time::{
    AnswerSupervisionWish, AskExtensionWish, GrantExtensionWish, RefuseExtensionWish, ResumeWish,
    SuperviseWish, SuspendWish,
};
use super::wish::{Desk, Wish};
use crate::{Access, Cx, Done, Fault, Input, Once, Path, Routes, Text, Upload};

/// Who may answer a supervision: the unit, or the dispatcher where no unit has the case.
const ANSWERING: &[P] = &[P::SpeakForUnit, P::FileCase];
/// Who may have something to say about a case.
const SPEAKING: &[P] = &[P::FileCase, P::HandleCase, P::VerifyWhenAsked, P::CheckCase, P::ReadOwnReports];
/// Who may open a closed case again.
const REOPENING: &[P] = &[P::ReopenCase, P::ReadOwnReports];

pub(super) fn routes() -> Routes {
    beginning().and(with_units()).and(ending()).and(about_time()).and(beside())
}

fn beginning() -> Routes {
    const MINE: P = P::ReadOwnReports;
    Routes::of("commands")
        .post("/cases/{id}/ask-verify", P::FileCase, "Ask somebody whether it is so", act::<AskVerifyWish>)
        .post("/cases/{id}/confirm", P::VerifyWhenAsked, "It is so", seen::<ConfirmWish>)
        .post("/cases/{id}/refute", P::VerifyWhenAsked, "It is not so", seen::<RefuteWish>)
        .post("/cases/{id}/file", P::FileCase, "Make it a case with a number", act::<FileWish>)
        .post("/cases/{id}/decline", P::FileCase, "Do not take it on", act::<DeclineWish>)
        .post("/cases/{id}/appeal", MINE, "Appeal against a decline, once", act::<AppealWish>)
        .post("/cases/{id}/withdraw", MINE, "Take a report back", act::<WithdrawWish>)
        .post("/cases/{id}/merge", P::FileCase, "Let it follow another case", act::<MergeWish>)
        .post("/cases/{id}/unmerge", P::FileCase, "Let it stand by itself again", act::<UnmergeWish>)
}

fn with_units() -> Routes {
    const HANDLE: P = P::HandleCase;
    Routes::of("commands")
        .post("/cases/{id}/dispatch", P::DispatchCase, "Give it to a unit", act::<DispatchWish>)
        .post("/cases/{id}/send-back", P::SpeakForUnit, "Do not take it as a unit", act::<SendBackWish>)
        .post("/cases/{id}/start", HANDLE, "Begin as the leading unit", act::<StartWish>)
        .post("/cases/{id}/hand-in", HANDLE, "Hand in the whole", seen::<HandInWish>)
        .post("/cases/{id}/accept", HANDLE, "Begin as an assisting unit", act::<AcceptWish>)
        .post("/cases/{id}/hand-in-part", HANDLE, "Hand in an assisting part", seen::<HandInPartWish>)
        .post("/cases/{id}/transfer", P::DispatchCase, "Give it to a body outside", act::<TransferWish>)
        .post("/cases/{id}/take-back", P::DispatchCase, "Take it back from outside", act::<TakeBackWish>)
}

fn ending() -> Routes {
    Routes::of("commands")
        .post("/cases/{id}/ask-check", P::DispatchCase, "Ask whether it is done", act::<AskCheckWish>)
        .post("/cases/{id}/pass", P::CheckCase, "It is done: closes the case", seen::<PassWish>)
        .post("/cases/{id}/fail", P::CheckCase, "It is not done: back to the unit", seen::<FailWish>)
        .post("/cases/{id}/reopen", REOPENING, "Open a closed case again", act::<ReopenWish>)
        .post("/cases/{id}/rate", P::ReadOwnReports, "Say how satisfied one is", act::<RateWish>)
        .post(
            "/cases/{id}/void",
            P::VoidCase,
            "It was entered by mistake; where two are needed, ask another",
            void,
        )
}

fn about_time() -> Routes {
    const WATCH: P = P::SuperviseCase;
    Routes::of("commands")
        .post("/cases/{id}/ask-extension", P::SpeakForUnit, "Ask for more time", act::<AskExtensionWish>)
        .post("/cases/{id}/grant-extension", WATCH, "Give more time", act::<GrantExtensionWish>)
        .post("/cases/{id}/refuse-extension", WATCH, "Give no more time", act::<RefuseExtensionWish>)
        .post("/cases/{id}/suspend", P::SuspendCase, "Put it aside, its clock stopped", act::<SuspendWish>)
        .post("/cases/{id}/resume", P::SuspendCase, "Take it up again", act::<ResumeWish>)
        .post("/cases/{id}/supervise", WATCH, "Watch over it", act::<SuperviseWish>)
        .post(
            "/cases/{id}/answer-supervision",
            ANSWERING,
            "Answer whoever watches over it",
            act::<AnswerSupervisionWish>,
        )
}

fn beside() -> Routes {
    Routes::of("commands")
        .post("/cases/{id}/question", P::FileCase, "Ask the reporter something", act::<QuestionWish>)
        .post("/cases/{id}/answer", P::ReadOwnReports, "Answer a question about it", act::<AnswerWish>)
        .post("/cases/{id}/comment", SPEAKING, "Say something about it", seen::<CommentWish>)
        .post("/cases/{id}/correct", P::FileCase, "Put facts right", act::<CorrectWish>)
        .post("/cases/{id}/undo", Access::SignedIn, "Take one's last step back", act::<UndoWish>)
}

async fn act<W: Wish>(cx: Cx, Path(case): Path<CaseId>, input: Input<W>) -> Result<Done<CasePage>, Fault> {
    let Input { value, key } = input;
    let desk = desk(&cx, case, Brought::default()).await?;
    give(&desk, value, key).await
}

/// Where two people are needed for it, another is asked first; what nobody could do is refused at once.
async fn void(cx: Cx, Path(case): Path<CaseId>, input: Input<VoidWish>) -> Result<Done<CasePage>, Fault> {
    let Input { value, key } = input;
    let desk = desk(&cx, case, Brought::default()).await?;
    let (who, policy, now) = (cx.signed_in()?.clone(), desk.book.policy.clone(), cx.now());
    let reach = cx
        .read(move |tx| {
            Box::pin(async move {
                if !FourEyes::of(tx).await?.voids {
                    return Ok(None);
                }
                let seen = case_for_centre(tx, case, &By::Person(who), &policy, now).await?;
                let may = seen.filter(|case| case.may.contains(&CommandName::Void));
                let at = |row: &QueueRow| Reach { community: row.community, grid: row.grid, unit: None };
                Ok(may.map(|case| at(&case.row)))
            })
        })
        .await?;
    let Some(reach) = reach else { return give(&desk, value, key).await };
    let stamp = cx.stamp(cx.signed_in()?.role_for(P::VoidCase));
    let (wanted, words) = (LookFor::Void(case, reach), value.reason.clone());
    let ask = AskLook { id: cx.id(), wanted, words, stamp };
    cx.write(Once::new(ask, key, &(case, &value.reason), cx.now()))
        .await
        .map_err(|fault| fault.at("reason"))?;
    Ok(Done::see(format!("/cases/{case}")).saying(Text::of("looks-asked")))
}

/// A command that photos or files may come with.
async fn seen<W: Wish>(cx: Cx, Path(case): Path<CaseId>, upload: Upload<W>) -> Result<Done<CasePage>, Fault> {
    let Upload { value, files, key } = upload;
    let brought = bring(&cx, case, files, W::BRINGS).await?;
    let desk = desk(&cx, case, brought).await?;
    let done = give(&desk, value, key).await;
    if done.is_err() {
        desk.brought.let_go(&cx, case).await;
    }
    done
}

pub(crate) async fn desk(cx: &Cx, case: CaseId, brought: Brought) -> Result<Desk, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    Ok(Desk { cx: cx.clone(), book, case, brought })
}

async fn give<W: Wish>(desk: &Desk, wish: W, key: Option<uuid::Uuid>) -> Result<Done<CasePage>, Fault> {
    let (cx, case) = (&desk.cx, desk.case);
    let (expected_version, then) = wish.envelope();
    let action = wish.action(desk).await?;
    let command = action.name();
    // Where the queue goes on is looked up while the case still stands in it.
    let way = way::after(cx, case, then).await;
    let by = By::Person(cx.signed_in()?.clone());
    let order = Order { case, expected_version, by, action, key };
    let acted = cx.app().act(cx.asker()?, order).await?;
    let done = Done::see(way).saying(Text::of(format!("centre-done-{command}")));
    Ok(match acted.undo_until {
        Some(until) => done.undo(format!("/cases/{case}/undo"), until),
        None => done,
    })
}
