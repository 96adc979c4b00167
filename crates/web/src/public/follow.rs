//! A report by its code: no account, the same actions.

use qige_blobs::{Holder, HolderKind, RetentionClass, held_by};
use qige_cases::line_of_life::LifeEntry;
use qige_cases::queries::follow;
use qige_cases::views::{FollowerCase, QuestionView};
use qige_cases::{By, DeclineReason, FollowCode, State};
use qige_kernel::{CaseId, ObjectId, Position, Refusal, RefusalKind, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::limits::{By as Asking, Class};
use crate::rider::acts::{
    AnswerWish, AppealWish, CommentWish, Own, RateWish, ReopenWish, UndoWish, Wish, WithdrawWish,
};
use crate::rider::matter::Matter;
use crate::rider::my_case;
use crate::{Access, Cx, Done, Fault, Input, Locale, Page, Path, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    const ALL: Access = Access::Public;
    Routes::of("follow")
        .get("/follow", ALL, "Where a follow code is typed", enter)
        .post("/follow", ALL, "Look a report up by its follow code", look_up)
        .get("/follow/{code}", ALL, "What came of a report, by its follow code", show)
        .post("/follow/{code}/withdraw", ALL, "Take a report back", act::<WithdrawWish>)
        .post("/follow/{code}/appeal", ALL, "Appeal against a decline, once", act::<AppealWish>)
        .post("/follow/{code}/rate", ALL, "Say how satisfied one is", act::<RateWish>)
        .post("/follow/{code}/reopen", ALL, "Open a closed case again", act::<ReopenWish>)
        .post("/follow/{code}/answer", ALL, "Answer a question about it", act::<AnswerWish>)
        .post("/follow/{code}/comment", ALL, "Add something", act::<CommentWish>)
        .post("/follow/{code}/undo", ALL, "Take the last step back", act::<UndoWish>)
}

/// Where a follow code is typed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct EnterPage {}

impl View for EnterPage {
    const TEMPLATE: &'static str = "public/enter.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("follow-title")
    }

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

async fn enter() -> Page<EnterPage> {
    Page(EnterPage {})
}

/// A code as somebody types it.
#[derive(Debug, Deserialize, JsonSchema)]
struct Typed {
    /// Small letters, spaces and hyphens do not matter.
    code: String,
}

async fn look_up(cx: Cx, input: Input<Typed>) -> Result<Done<FollowPage>, Fault> {
    let found = by_code(&cx, &input.value.code).await.map_err(|fault| fault.at("code"))?;
    Ok(Done::see(format!("/follow/{}", found.code)))
}

/// What came of a report, for whoever holds its code.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FollowPage {
    #[serde(flatten)]
    case: FollowerCase,
    /// The matter by its name.
    matter_name: Option<Matter>,
    /// The code.
    code: String,
    /// The page's address for another device.
    link: String,
    /// The photos that came with this report and are here.
    photos: Vec<ObjectId>,
}

impl View for FollowPage {
    const TEMPLATE: &'static str = "public/follow.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        my_case::title(self.matter_name.as_ref())
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let bare = |state| FollowerCase {
            id: CaseId(Uuid::nil()),
            report: ReportId(Uuid::nil()),
            version: 1,
            number: None,
            state,
            matter: None,
            words: "路口东边井盖没了".to_owned(),
            words_erased_at: None,
            around: None,
            received_at: at,
            others: 0,
            main_number: None,
            decline_reason: None,
            question: None,
            rating: None,
            main: None,
            may: Vec::new(),
            undo_until: None,
            life: Vec::new(),
        };
        let full = |state| FollowerCase {
            number: Some("20260923-0007".to_owned()),
            matter: "matter-06-012".parse().ok(),
            around: Position::new(118.752, 34.542).ok(),
            others: 2,
            main_number: Some("20260923-0001".to_owned()),
            decline_reason: Some(DeclineReason::NotOurs),
            question: Some(QuestionView { words: "在路的哪一侧？".to_owned(), asked_at: at }),
            rating: Some(2),
            may: my_case::EVERY_MAY.into(),
            undo_until: Some(at),
            ..bare(state)
        };
        let page = |case: FollowerCase| Self {
            matter_name: case.matter.map(|key| Matter::of(key, Locale::default())),
            photos: if case.others > 0 { vec![ObjectId(Uuid::nil())] } else { Vec::new() },
            case,
            code: "7K3M-9QXA-2BTV".to_owned(),
            link: "https://qige.example/follow/7K3M-9QXA-2BTV".to_owned(),
        };
        let erased = FollowerCase {
            words: String::new(),
            words_erased_at: Some(at),
            life: vec![LifeEntry::words_erased(at)],
            ..bare(State::Closed)
        };
        let all = State::ALL.iter().flat_map(|state| [page(bare(*state)), page(full(*state))]);
        all.chain([page(erased)]).collect()
    }
}

/// What a code leads to.
pub(crate) struct Found {
    pub(crate) code: FollowCode,
    pub(crate) case: FollowerCase,
    pub(crate) photos: Vec<ObjectId>,
}

/// The report of a code. A code that nobody was given and a text that is none get the same answer.
pub(crate) async fn by_code(cx: &Cx, text: &str) -> Result<Found, Fault> {
    let Ok(code) = text.parse::<FollowCode>() else { return Err(wrong(cx)) };
    let (hash, now) = (code.hash(), cx.now());
    let policy = cx.app().rulebook(cx.tenant()?.id).await?.policy.clone();
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(case) = follow(tx, hash, &policy, now).await? else { return Ok(None) };
                let holder = Holder { kind: HolderKind::Report, id: case.report.0 };
                let objects = held_by(tx, holder).await?;
                let photos = objects.into_iter().filter(|object| object.class == RetentionClass::Report);
                Ok(Some((case, photos.map(|object| object.id).collect())))
            })
        })
        .await?;
    let (case, photos) = found.ok_or_else(|| wrong(cx))?;
    Ok(Found { code, case, photos })
}

/// Codes hold sixty bits, beyond guessing; whoever tries all the same is slowed down.
fn wrong(cx: &Cx) -> Fault {
    match cx.state().limits().take(Class::Guess, Asking::address(cx.peer()), cx.now()) {
        Ok(()) => Refusal::new(RefusalKind::Missing, "follow-code-wrong").into(),
        Err(seconds) => Fault::too_many(seconds),
    }
}

/// The address of a page for another device.
pub(super) fn link(cx: &Cx, code: &FollowCode) -> String {
    format!("{}/follow/{code}", cx.state().settings().public_url)
}

async fn show(cx: Cx, Path(code): Path<String>) -> Result<Page<FollowPage>, Fault> {
    let Found { code, case, photos } = by_code(&cx, &code).await?;
    Ok(Page(FollowPage {
        matter_name: case.matter.map(|key| Matter::of(key, cx.locale())),
        link: link(&cx, &code),
        code: code.to_string(),
        case,
        photos,
    }))
}

async fn act<W: Wish>(cx: Cx, Path(code): Path<String>, input: Input<W>) -> Result<Done<FollowPage>, Fault> {
    let Found { code, case, .. } = by_code(&cx, &code).await?;
    let by = By::Follower { report: case.report };
    Own { case: case.id, main: case.main, by, page: format!("/follow/{code}") }.act(&cx, input).await
}
