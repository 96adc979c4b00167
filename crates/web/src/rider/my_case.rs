//! One of one's own cases: what was reported, what came of it, and what one may do now.

use qige_cases::line_of_life::LifeEntry;
use qige_cases::queries::case_for_reporter;
use qige_cases::views::{OwnReport, Photo, QuestionView, ReporterCase};
use qige_cases::{By, CommandName, DeclineReason, PhotoRole, State};
use qige_identity::Permission;
use qige_kernel::{CaseId, ObjectId, Position, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::acts::{
    AnswerWish, AppealWish, CommentWish, Own, RateWish, ReopenWish, UndoWish, Wish, WithdrawWish,
};
use super::matter::Matter;
use crate::{Cx, Done, Fault, Input, Locale, Page, Path, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    const MAY: Permission = Permission::ReadOwnReports;
    Routes::of("mine")
        .get("/mine/{case}", MAY, "One of one's own cases", show)
        .post("/mine/{case}/withdraw", MAY, "Take a report back", act::<WithdrawWish>)
        .post("/mine/{case}/appeal", MAY, "Appeal against a decline, once", act::<AppealWish>)
        .post("/mine/{case}/rate", MAY, "Say how satisfied one is", act::<RateWish>)
        .post("/mine/{case}/reopen", MAY, "Open a closed case again", act::<ReopenWish>)
        .post("/mine/{case}/answer", MAY, "Answer a question about it", act::<AnswerWish>)
        .post("/mine/{case}/comment", MAY, "Add something", act::<CommentWish>)
        .post("/mine/{case}/undo", MAY, "Take the last step back", act::<UndoWish>)
}

/// One of one's own cases.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MyCasePage {
    #[serde(flatten)]
    case: ReporterCase,
    /// The matter by its name.
    matter_name: Option<Matter>,
}

impl MyCasePage {
    fn of(case: ReporterCase, locale: Locale) -> Self {
        Self { matter_name: case.matter.map(|key| Matter::of(key, locale)), case }
    }
}

impl View for MyCasePage {
    const TEMPLATE: &'static str = "rider/my_case.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        title(self.matter_name.as_ref())
    }

    fn samples() -> Vec<Self> {
        State::ALL.iter().flat_map(|state| samples_in(*state)).collect()
    }
}

/// The title of a case's page: what it is about.
pub(crate) fn title(matter: Option<&Matter>) -> Text {
    matter.map_or_else(|| Text::of("my-case-title"), |matter| Text::plain(matter.name.clone()))
}

/// All that a reporter may ever do, for samples.
pub(crate) const EVERY_MAY: [CommandName; 6] = [
    CommandName::Withdraw,
    CommandName::Appeal,
    CommandName::Rate,
    CommandName::Reopen,
    CommandName::Answer,
    CommandName::Comment,
];

fn samples_in(state: State) -> [MyCasePage; 3] {
    let at = Timestamp::from_micros(1_790_000_000_000_000);
    let photo = |id: u128, role, ready| Photo { id: ObjectId(Uuid::from_u128(id)), role, ready };
    let report = OwnReport {
        id: ReportId(Uuid::nil()),
        words: "路口东边井盖没了\n晚上很危险".to_owned(),
        position: Position::new(118.752, 34.542).ok(),
        accuracy_metres: Some(12.0),
        made_at: at,
        received_at: at,
        joined: false,
        solved: false,
        has_voice: true,
        photos: vec![photo(1, PhotoRole::Before, true), photo(2, PhotoRole::Before, false)],
    };
    let wordless = OwnReport { words: String::new(), has_voice: false, ..report.clone() };
    let bare = ReporterCase {
        id: CaseId(Uuid::nil()),
        version: 3,
        number: None,
        state,
        matter: None,
        reports: vec![OwnReport { position: None, photos: Vec::new(), has_voice: false, ..report.clone() }],
        others: 0,
        verified: false,
        main_number: None,
        decline_reason: None,
        question: None,
        words_erased_at: None,
        results: Vec::new(),
        rating: None,
        main: None,
        may: Vec::new(),
        undo_until: None,
        life: Vec::new(),
    };
    let full = ReporterCase {
        number: Some("20260923-0007".to_owned()),
        matter: "matter-06-012".parse().ok(),
        reports: vec![report.clone(), OwnReport { joined: true, solved: true, ..report }],
        others: 2,
        verified: true,
        main_number: Some("20260923-0001".to_owned()),
        decline_reason: Some(DeclineReason::OutsideArea),
        question: Some(QuestionView { words: "在路的哪一侧？".to_owned(), asked_at: at }),
        results: vec![photo(3, PhotoRole::After, true)],
        rating: Some(4),
        may: EVERY_MAY.into(),
        undo_until: Some(at),
        ..bare.clone()
    };
    let page = |case: ReporterCase| MyCasePage::of(case, Locale::default());
    let erased = ReporterCase {
        words_erased_at: Some(at),
        reports: vec![wordless],
        life: vec![LifeEntry::words_erased(at)],
        ..bare.clone()
    };
    [page(bare), page(full), page(erased)]
}

async fn show(cx: Cx, Path(id): Path<CaseId>) -> Result<Page<MyCasePage>, Fault> {
    let case = own_case(&cx, id).await?;
    Ok(Page(MyCasePage::of(case, cx.locale())))
}

/// The case, where this person reported it.
pub(super) async fn own_case(cx: &Cx, id: CaseId) -> Result<ReporterCase, Fault> {
    let (by, now) = (By::Person(cx.signed_in()?.clone()), cx.now());
    let policy = cx.app().rulebook(cx.tenant()?.id).await?.policy.clone();
    let case = cx
        .read(move |tx| Box::pin(async move { case_for_reporter(tx, id, &by, &policy, now).await }))
        .await?;
    case.ok_or_else(Fault::missing)
}

async fn act<W: Wish>(cx: Cx, Path(case): Path<CaseId>, input: Input<W>) -> Result<Done<MyCasePage>, Fault> {
    // Staff act on cases elsewhere; here one acts as the reporter that one is.
    let ReporterCase { main, .. } = own_case(&cx, case).await?;
    let by = By::Person(cx.signed_in()?.clone());
    Own { case, main, by, page: format!("/mine/{case}") }.act(&cx, input).await
}
