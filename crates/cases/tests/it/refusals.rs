//! What is refused, to whom, and in which words.

use qige_cases::actions::*;
use qige_cases::{By, CommandName, DeclineReason, NewReport, Reporter, State, workflow};
use qige_db::testing::TestDb;
use qige_db::{Failure, db_test, journal};
use qige_kernel::{CaseId, RefusalKind, Timestamp};

use crate::world::{World, code, refusal};

fn words(text: &str) -> String {
    text.to_owned()
}

async fn lines(world: &World, case: CaseId) -> usize {
    let stream = journal::Stream::new("case", case);
    world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?.len()) })).await
}

#[db_test]
async fn who_has_nothing_to_do_with_a_case_does_not_learn_that_there_is_one(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Dispatched).await;
    let nowhere: CaseId = world.entropy.id(world.now());
    for who in [&world.outsider, &world.dispatcher] {
        let no = world.act(who, nowhere, Start {}).await.unwrap_err();
        assert_eq!((no.kind, no.code), (RefusalKind::Missing, "case-missing"));
    }
    let no = world.act(&world.outsider, case, Start {}).await.unwrap_err();
    assert_eq!((no.kind, no.code), (RefusalKind::Missing, "case-missing"));
    let other = NewReport { by: Reporter::Stranger, ..world.report() };
    let report = other.id;
    world.send(other).await.unwrap();
    let answer = Answer { words: words("东侧") };
    let follower = world.command(By::Follower { report }, case, answer);
    assert_eq!(code(refusal(world.run(follower).await)), "case-missing");
}

#[db_test]
async fn roles_are_found_and_not_claimed(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Dispatched).await;
    for (who, action) in [
        (&world.rider, Action::from(Start {})),
        (&world.dispatcher, Start {}.into()),
        (&world.water_lead, Start {}.into()),
        (&world.roads_handler, Accept {}.into()),
        (&world.dispatcher, Void { reason: words("重复") }.into()),
        (&world.rider, Comment { words: String::new(), public: true, ..Comment::default() }.into()),
    ] {
        let name = action.name();
        let no = world.act(who, case, action).await.unwrap_err();
        let expected = if name == CommandName::Comment { "words-missing" } else { "not-your-part" };
        assert_eq!(no.code, expected, "{name} by {}", who.name);
    }
    assert_eq!(lines(&world, case).await, 3);
}

/// In every state, a command that the table does not have there is refused, and leaves nothing.
#[db_test]
async fn no_command_works_where_the_table_does_not_have_it(db: TestDb) {
    let world = World::new(db).await;
    for state in
        [State::Reported, State::Filed, State::Dispatched, State::Handled, State::Checking, State::Closed]
    {
        let case = world.case_in(state).await;
        let before = world.row(case).await;
        for action in every_action(&world) {
            let command = action.name();
            let known = workflow::TABLE.iter().any(|row| row.command == command && row.from.contains(&state));
            if known {
                continue;
            }
            for who in world.everybody() {
                let no = world.act(who, case, action.clone()).await.unwrap_err();
                assert!(
                    matches!(no.code, "not-in-this-state" | "case-missing" | "not-your-part"),
                    "{command} in {state}: {no}"
                );
            }
        }
        assert_eq!(world.row(case).await, before);
    }
}

fn every_action(world: &World) -> Vec<Action> {
    let later = world.now().plus(30 * Timestamp::DAY);
    vec![
        AskVerify { verifier: world.worker.person, words: String::new() }.into(),
        Confirm { words: words("是"), photos: Vec::new() }.into(),
        Refute { words: words("否"), photos: Vec::new() }.into(),
        world.file().into(),
        Decline { reason: DeclineReason::Mistake, words: String::new() }.into(),
        Appeal { words: words("请再看") }.into(),
        world.dispatch().into(),
        SendBack { reason: words("不归我们") }.into(),
        Start {}.into(),
        world.hand_in().into(),
        world.ask_check().into(),
        world.pass_check().into(),
        Fail { reason: words("没好"), photos: vec![world.photo()], due_at: None }.into(),
        AskExtension { reason: words("等配件"), until: later }.into(),
        GrantExtension { until: Some(later), words: String::new() }.into(),
        RefuseExtension { reason: words("不行") }.into(),
        Suspend { reason: words("等审批"), review_at: later }.into(),
        Resume { words: String::new() }.into(),
        Reopen { reason: words("又坏了") }.into(),
        Rate { stars: 4, words: String::new() }.into(),
        Withdraw { words: String::new() }.into(),
        TakeBack { reason: words("退回") }.into(),
        Unmerge { reason: words("是两个") }.into(),
        Accept {}.into(),
        HandInPart { note: words("好了"), photos: Vec::new() }.into(),
        CoverPhoto { photo: world.photo(), covered: world.photo(), bytes: 1, reason: words("人脸") }.into(),
    ]
}

#[db_test]
async fn who_is_asked_must_be_able_to(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let ask = |verifier| AskVerify { verifier, words: String::new() };
    for (verifier, expected) in
        [(world.rider.person, "verifier-is-reporter"), (world.roads_lead.person, "cannot-verify")]
    {
        assert_eq!(code(world.act(&world.dispatcher, case, ask(verifier)).await), expected);
    }
    let case = world.case_in(State::Handled).await;
    let ask = AskCheck { checker: world.roads_handler.person, words: String::new() };
    assert_eq!(code(world.act(&world.dispatcher, case, ask).await), "cannot-check");
}

#[db_test]
async fn units_that_are_closed_or_unknown_get_nothing(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Filed).await;
    let to = |lead| Dispatch { lead, assist: Vec::new(), ..world.dispatch() };
    assert_eq!(code(world.act(&world.dispatcher, case, to(world.closed)).await), "unit-closed");
    assert_eq!(
        code(world.act(&world.dispatcher, case, to(world.entropy.id(world.now()))).await),
        "unit-missing"
    );
    let photo = world.photo();
    let release = Dispatch { released_photos: vec![photo], ..world.dispatch() };
    assert_eq!(code(world.act(&world.dispatcher, case, release).await), "photo-not-of-this-case");
}

#[db_test]
async fn one_appeal_one_rating_fourteen_days(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Closed).await;
    world.done(&world.rider, case, Rate { stars: 4, words: String::new() }).await;
    assert_eq!(
        code(world.act(&world.rider, case, Rate { stars: 5, words: String::new() }).await),
        "rated-already"
    );
    let wrong = Rate { stars: 6, words: String::new() };
    assert!(world.act(&world.rider, case, wrong).await.is_err());
    world.done(&world.supervisor, case, Reopen { reason: words("又坏了") }).await;
    for action in [Action::from(world.dispatch()), world.hand_in().into(), world.ask_check().into()] {
        let who = match action.name() {
            CommandName::HandIn => &world.roads_handler,
            _ => &world.dispatcher,
        };
        world.done(who, case, action).await;
    }
    world.done(&world.worker, case, world.pass_check()).await;
    world.done(&world.rider, case, Rate { stars: 2, words: String::new() }).await;
    world.pass(15 * Timestamp::DAY);
    assert_eq!(
        code(world.act(&world.rider, case, Reopen { reason: words("又坏了") }).await),
        "reopen-too-late"
    );
    assert!(world.act(&world.supervisor, case, Reopen { reason: words("又坏了") }).await.is_ok());
}

#[db_test]
async fn who_follows_without_an_account_rates_once(db: TestDb) {
    let world = World::new(db).await;
    let report = NewReport { by: Reporter::Stranger, ..world.report() };
    let (case, by) = (report.case, By::Follower { report: report.id });
    world.send(report).await.unwrap();
    for (who, action) in [
        (&world.dispatcher, Action::from(world.file())),
        (&world.dispatcher, world.dispatch().into()),
        (&world.roads_handler, world.hand_in().into()),
        (&world.dispatcher, world.ask_check().into()),
        (&world.worker, world.pass_check().into()),
    ] {
        world.done(who, case, action).await;
    }
    let rate = || Rate { stars: 3, words: String::new() };
    world.run(world.command(by.clone(), case, rate())).await.unwrap();
    assert_eq!(code(refusal(world.run(world.command(by, case, rate())).await)), "rated-already");
}

#[db_test]
async fn merging_has_its_rules(db: TestDb) {
    let world = World::new(db).await;
    let (main, one, two) = (world.case().await, world.case().await, world.case().await);
    let into = |main| Merge { main, reason: String::new() };
    assert_eq!(code(world.act(&world.dispatcher, one, into(one)).await), "main-case-is-itself");
    let nowhere = world.entropy.id(world.now());
    assert_eq!(code(world.act(&world.dispatcher, one, into(nowhere)).await), "main-case-missing");
    world.done(&world.dispatcher, one, into(main)).await;
    assert_eq!(code(world.act(&world.dispatcher, two, into(one)).await), "main-case-merged");
    assert_eq!(code(world.act(&world.dispatcher, main, into(two)).await), "others-follow-it");
}

#[db_test]
async fn a_key_is_used_once_and_for_one_thing(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let key = Some(world.entropy.id(world.now()));
    let by = || By::Person(world.dispatcher.clone());
    let first = world.command(by(), case, world.file());
    let first = qige_cases::Act { key, ..first };
    let done = world.run(first.clone()).await.unwrap();
    world.pass(Timestamp::SECOND);
    assert_eq!(world.run(first).await.unwrap(), done);
    assert_eq!(lines(&world, case).await, 2);
    let other = world.command(by(), case, world.dispatch());
    assert_eq!(code(refusal(world.run(qige_cases::Act { key, ..other }).await)), "key-reused");
}

#[db_test]
async fn evidence_is_of_this_case(db: TestDb) {
    let world = World::new(db).await;
    let other = world.report();
    let photo = other.photos[0].id;
    world.send(other).await.unwrap();
    let case = world.case_in(State::Handling).await;
    let hand_in = HandIn { note: words("好了"), photos: vec![photo] };
    assert_eq!(code(world.act(&world.roads_handler, case, hand_in).await), "photo-of-another-case");
    let many = HandIn { note: words("好了"), photos: (0..10).map(|_| world.photo()).collect() };
    assert_eq!(code(world.act(&world.roads_handler, case, many).await), "too-many-photos");
}

#[db_test]
async fn nobody_acts_in_anothers_name(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let command = world.command(By::Person(world.dispatcher.clone()), case, world.file());
    let result = qige_cases::act(&world.db, world.as_person(world.rider.person), command).await;
    assert_eq!(code(refusal(result)), "not-your-part");
}

/// An error of the engine in the middle of a command leaves nothing of it behind.
#[db_test]
async fn a_statement_that_fails_inside_a_command_leaves_nothing(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let before = world.row(case).await;
    // The job is the last thing that is written, so that the command fails after everything else.
    world.db.tamper("DROP TABLE jobs").await;
    let command = world.command(By::Person(world.dispatcher.clone()), case, world.file());
    assert!(matches!(world.run(command).await, Err(Failure::Db(_))));
    assert_eq!(world.row(case).await, before);
    assert_eq!(lines(&world, case).await, 1);
    let undo =
        world.read(move |tx| Box::pin(async move { Ok(qige_cases::store::undo_of(tx, case).await?) })).await;
    assert!(undo.is_none());
}
