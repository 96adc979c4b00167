//! Every command on the way that it is meant for.

use qige_cases::actions::*;
use qige_cases::store::{AssignmentState, Dossier};
use qige_cases::{By, CaseRole, DeclineReason, NewReport, PhotoRef, PhotoRole, Reporter, State, Urgency};
use qige_db::testing::TestDb;
use qige_db::{db_test, journal};
use qige_kernel::{CaseId, Position, Timestamp};

use crate::world::{World, code, manhole, refusal};

pub(crate) async fn dossier(world: &World, case: CaseId) -> Dossier {
    world.read(move |tx| Box::pin(async move { Ok(Dossier::load(tx, case).await?.unwrap()) })).await
}

fn words(text: &str) -> String {
    text.to_owned()
}

#[db_test]
async fn the_whole_loop(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let filed = world.done(&world.dispatcher, case, world.file()).await;
    assert_eq!((filed.state, filed.version), (State::Filed, 2));
    assert!(filed.undo_until.is_some());
    let row = world.row(case).await;
    assert!(row.number.as_deref().unwrap().contains("20261123"), "{:?}", row.number);
    assert_eq!(row.dispatcher, Some(world.dispatcher.person));
    world.done(&world.dispatcher, case, world.dispatch()).await;
    let parts = dossier(&world, case).await.assignments;
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().all(|part| part.open && part.state == AssignmentState::Offered));
    world.done(&world.water_lead, case, Accept {}).await;
    world.done(&world.roads_handler, case, Start {}).await;
    let part = HandInPart { note: words("关了阀门"), photos: Vec::new() };
    world.done(&world.water_lead, case, part).await;
    world.done(&world.roads_handler, case, world.hand_in()).await;
    assert_eq!(world.state(case).await, State::Handled);
    world.done(&world.dispatcher, case, world.ask_check()).await;
    let closed = world.done(&world.worker, case, world.pass_check()).await;
    assert_eq!(closed.state, State::Closed);
    let row = world.row(case).await;
    assert!(!row.open && row.ended_at.is_some() && row.due_at.is_none() && row.stage.is_none());
    world.done(&world.rider, case, Rate { stars: 5, words: words("谢谢") }).await;
    assert_eq!(world.row(case).await.rating, Some(5));
    let reopened = world.done(&world.rider, case, Reopen { reason: words("又没了") }).await;
    assert_eq!(reopened.state, State::Filed);
    let row = world.row(case).await;
    assert_eq!((row.reopenings, row.lead_unit, row.open), (1, None, true));
    let stream = journal::Stream::new("case", case);
    let lines = world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
    assert_eq!(i64::try_from(lines.len()).unwrap(), row.version);
    assert_eq!(lines[1].body()["action"]["command"], "file");
    assert_eq!(lines[1].body()["changes"]["case"]["state"], serde_json::json!(["reported", "filed"]));
}

#[db_test]
async fn verified_then_declined_then_appealed(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let ask = AskVerify { verifier: world.second_rider.person, words: words("看一眼") };
    let asked = world.done(&world.dispatcher, case, ask).await;
    assert_eq!(asked.state, State::Verifying);
    let confirm = Confirm { words: words("是的"), photos: vec![world.photo()] };
    assert_eq!(world.done(&world.second_rider, case, confirm).await.state, State::Reported);
    assert!(world.row(case).await.verified);
    let decline = Decline { reason: DeclineReason::OutsideArea, words: words("在县外") };
    assert_eq!(world.done(&world.dispatcher, case, decline).await.state, State::Declined);
    assert_eq!(world.row(case).await.decline_reason, Some(DeclineReason::OutsideArea));
    let appeal = Appeal { words: words("就在路口") };
    assert_eq!(world.done(&world.rider, case, appeal).await.state, State::Reported);
    let ask = AskVerify { verifier: world.worker.person, words: String::new() };
    world.done(&world.dispatcher, case, ask).await;
    let refute = Refute { words: words("没有这个井盖"), photos: Vec::new() };
    assert_eq!(world.done(&world.worker, case, refute).await.state, State::Declined);
    assert_eq!(world.row(case).await.decline_reason, Some(DeclineReason::NotSo));
}

#[db_test]
async fn a_unit_may_send_it_back_and_the_second_time_is_the_supervisors(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Dispatched).await;
    let back = SendBack { reason: words("不归我们") };
    assert_eq!(world.done(&world.roads_lead, case, back.clone()).await.state, State::Filed);
    let row = world.row(case).await;
    assert_eq!((row.send_backs, row.lead_unit, row.escalated), (1, None, false));
    world.done(&world.dispatcher, case, world.dispatch()).await;
    world.done(&world.roads_lead, case, back).await;
    assert!(world.row(case).await.escalated);
    assert_eq!(
        world.act(&world.dispatcher, case, world.dispatch()).await.unwrap_err().code,
        "sent-back-twice"
    );
    world.done(&world.supervisor, case, world.dispatch()).await;
    assert!(!world.row(case).await.escalated);
}

#[db_test]
async fn a_failed_check_goes_back_to_the_unit_with_a_new_deadline(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Checking).await;
    let fail = Fail { reason: words("没盖平"), photos: vec![world.photo()], due_at: None };
    assert_eq!(world.done(&world.worker, case, fail).await.state, State::Handling);
    let dossier = dossier(&world, case).await;
    assert_eq!(dossier.row.reworks, 1);
    assert!(dossier.row.due_at.is_some_and(|due| due > world.now()));
    let lead = dossier.assignments.iter().find(|part| part.lead).unwrap();
    assert!(lead.open && lead.done_at.is_none());
    world.done(&world.roads_handler, case, world.hand_in()).await;
    assert_eq!(world.state(case).await, State::Handled);
}

#[db_test]
async fn what_was_solved_on_the_spot_begins_again_if_the_check_fails(db: TestDb) {
    let world = World::new(db).await;
    let photos = [PhotoRole::Before, PhotoRole::After].map(|role| PhotoRef { id: world.photo(), role });
    let solved = NewReport { solved: true, photos: photos.to_vec(), ..world.report() };
    let case = world.send(solved).await.unwrap().case;
    world.done(&world.dispatcher, case, world.ask_check()).await;
    let fail = Fail { reason: words("还在"), photos: vec![world.photo()], due_at: None };
    assert_eq!(world.done(&world.worker, case, fail).await.state, State::Reported);
}

#[db_test]
async fn time_is_asked_for_and_given(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Handling).await;
    let due = world.row(case).await.due_at.unwrap();
    let until = due.plus(2 * Timestamp::DAY);
    let ask = AskExtension { reason: words("等配件"), until };
    world.done(&world.roads_lead, case, ask.clone()).await;
    assert!(world.row(case).await.extension_asked);
    world.done(&world.supervisor, case, RefuseExtension { reason: words("再想办法") }).await;
    assert_eq!(world.row(case).await.due_at, Some(due));
    world.done(&world.roads_lead, case, ask).await;
    world.done(&world.supervisor, case, GrantExtension { until: None, words: String::new() }).await;
    let row = world.row(case).await;
    assert_eq!((row.due_at, row.extensions, row.extension_asked), (Some(until), 1, false));
}

#[db_test]
async fn a_suspended_clock_stands_still(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Handling).await;
    let due = world.row(case).await.due_at.unwrap();
    let review_at = world.now().plus(10 * Timestamp::DAY);
    world.done(&world.supervisor, case, Suspend { reason: words("等审批"), review_at }).await;
    let row = world.row(case).await;
    assert_eq!((row.suspended, row.due_at, row.review_at), (true, None, Some(review_at)));
    world.pass(7 * Timestamp::DAY);
    world.done(&world.supervisor, case, Resume { words: String::new() }).await;
    let row = world.row(case).await;
    assert!(!row.suspended && row.review_at.is_none());
    assert!(row.due_at.unwrap() >= due.plus(6 * Timestamp::DAY), "{:?}", row.due_at);
}

#[db_test]
async fn a_supervised_unit_answers(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Handling).await;
    world.done(&world.supervisor, case, Supervise { words: words("为何还没好") }).await;
    assert!(world.row(case).await.supervised);
    world.done(&world.roads_lead, case, AnswerSupervision { words: words("今天下午") }).await;
    assert!(!world.row(case).await.supervised);
}

#[db_test]
async fn a_question_stops_the_clock_until_it_is_answered(db: TestDb) {
    let world = World::new(db).await;
    let report = world.report();
    let (case, id) = (report.case, report.id);
    world.send(report).await.unwrap();
    world.done(&world.dispatcher, case, Question { words: words("哪一侧？") }).await;
    let row = world.row(case).await;
    assert!(row.waiting && row.due_at.is_none());
    world.pass(Timestamp::DAY);
    let answer = Answer { words: words("东侧") };
    let answered = world.command(By::Follower { report: id }, case, answer);
    refusal(world.run(answered).await).unwrap();
    let row = world.row(case).await;
    assert!(!row.waiting && row.due_at.is_some_and(|due| due > world.now()));
}

#[db_test]
async fn facts_are_put_right(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let place = Place {
        position: Some(Position::new(118.76, 34.55).unwrap()),
        community: Some(world.community),
        ..Place::default()
    };
    let correct = Correct {
        urgency: Some(Urgency::Urgent),
        place: Some(place),
        words: Some(words("雨水井盖缺失")),
        address: Some(words("和平路 12 号门前")),
        ..Correct::default()
    };
    world.done(&world.dispatcher, case, correct).await;
    let row = world.row(case).await;
    assert_eq!((row.lng, row.words.as_str()), (Some(118.76), "雨水井盖缺失"));
    assert_eq!(row.address.as_deref(), Some("和平路 12 号门前"));
}

#[db_test]
async fn a_transfer_is_known_by_its_reference(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Filed).await;
    let transfer = Transfer { body: words("县 12345"), reference: words("DH-0001"), words: String::new() };
    let first = world.done(&world.dispatcher, case, transfer.clone()).await;
    assert!(world.row(case).await.transferred);
    let again = world.done(&world.dispatcher, case, transfer.clone()).await;
    assert_eq!(again.version, first.version);
    let other = world.case_in(State::Filed).await;
    assert_eq!(world.act(&world.dispatcher, other, transfer).await.unwrap_err().code, "reference-taken");
    world.done(&world.dispatcher, case, TakeBack { reason: words("退回") }).await;
    assert!(!world.row(case).await.transferred);
}

#[db_test]
async fn a_merged_case_follows_and_stands_by_itself_again(db: TestDb) {
    let world = World::new(db).await;
    let (main, case) = (world.case().await, world.case_in(State::Dispatched).await);
    let before = dossier(&world, case).await;
    let merge = Merge { main, reason: words("同一个井盖") };
    assert_eq!(world.done(&world.dispatcher, case, merge).await.state, State::Merged);
    assert_eq!(world.row(main).await.merged_count, 1);
    let reports = world
        .read(move |tx| Box::pin(async move { Ok(qige_cases::store::reports_of_case(tx, main).await?) }))
        .await;
    assert_eq!(reports.len(), 2);
    assert!(dossier(&world, case).await.assignments.iter().all(|part| !part.open));
    world.done(&world.dispatcher, case, Unmerge { reason: words("是两个") }).await;
    assert_eq!(world.row(main).await.merged_count, 0);
    let after = dossier(&world, case).await;
    assert_eq!(after.row.state, State::Dispatched);
    assert_eq!(after.assignments, before.assignments);
    assert!(after.row.due_at.is_some());
}

#[db_test]
async fn reporters_of_a_merged_case_rate_and_reopen_the_main_one_and_do_nothing_else_to_it(db: TestDb) {
    let world = World::new(db).await;
    let second = &world.second_rider;
    let joined = async |main: CaseId| {
        let by = Reporter::Person(second.person, CaseRole::Rider);
        let own = world.send(NewReport { by, ..world.report() }).await.unwrap().case;
        assert_eq!(code(world.act(second, main, Rate { stars: 1, words: words("") }).await), "case-missing");
        world.done(&world.dispatcher, own, Merge { main, reason: words("同一个井盖") }).await;
        own
    };
    let open = world.case().await;
    joined(open).await;
    let nothing = || words("");
    for action in [
        Action::from(Withdraw { words: nothing() }),
        Action::from(Answer { words: words("左边") }),
        Action::from(Comment { words: words("补充"), public: true, ..Comment::default() }),
    ] {
        assert_eq!(code(world.act(second, open, action).await), "not-your-part");
    }
    let closed = world.case_in(State::Closed).await;
    let own = joined(closed).await;
    world.done(second, closed, Rate { stars: 2, words: words("又没了") }).await;
    assert_eq!(world.row(closed).await.rating, Some(2));
    let again = Rate { stars: 5, words: nothing() };
    assert_eq!(code(world.act(second, closed, again).await), "rated-already");
    let reopen = || Reopen { reason: words("又没了") };
    world.done(&world.dispatcher, own, Unmerge { reason: words("是两个") }).await;
    assert_eq!(code(world.act(second, closed, reopen()).await), "case-missing", "it follows no more");
    world.done(&world.dispatcher, own, Merge { main: closed, reason: nothing() }).await;
    assert_eq!(world.done(second, closed, reopen()).await.state, State::Filed);
}

#[db_test]
async fn taken_back_voided_and_talked_about(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    world
        .done(
            &world.dispatcher,
            case,
            Comment { words: words("已联系"), public: false, ..Comment::default() },
        )
        .await;
    world
        .done(&world.rider, case, Comment { words: words("补充一句"), public: false, ..Comment::default() })
        .await;
    let comments = dossier(&world, case).await.comments;
    assert_eq!(comments.iter().map(|comment| comment.public).collect::<Vec<_>>(), [false, true]);
    let withdrawn = world.done(&world.rider, case, Withdraw { words: String::new() }).await;
    assert_eq!(withdrawn.state, State::Withdrawn);
    let case = world.case_in(State::Handling).await;
    world.done(&world.supervisor, case, Void { reason: words("重复录入") }).await;
    assert_eq!(world.state(case).await, State::Void);
    assert!(dossier(&world, case).await.assignments.iter().all(|part| !part.open));
}

#[db_test]
async fn what_is_filed_is_counted_where_it_was_found(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Filed).await;
    let position = world.row(case).await.position().unwrap();
    let habits =
        || world.read(move |tx| Box::pin(async move { Ok(qige_cases::store::habits(tx, position).await?) }));
    let found = habits().await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].matter, found[0].hour, found[0].count), (manhole(), 9, 1));
    world.done(&world.dispatcher, case, Action::Undo).await;
    assert!(habits().await.is_empty());
}
