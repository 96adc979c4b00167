//! A step taken back leaves everything as it was, and says so.

use qige_cases::actions::*;
use qige_cases::store::Dossier;
use qige_cases::{By, DeclineReason, State};
use qige_db::testing::TestDb;
use qige_db::{db_test, journal};
use qige_kernel::{CaseId, Timestamp};

use crate::acting::dossier;
use crate::world::{World, code};

/// All but what counts and dates the lines.
fn settled(mut dossier: Dossier) -> Dossier {
    dossier.row.version = 0;
    dossier.row.updated_at = Timestamp::from_micros(0);
    dossier
}

async fn undone(world: &World, who: &qige_identity::Who, case: CaseId, action: impl Into<Action>) {
    let action = action.into();
    let name = action.name();
    let before = dossier(world, case).await;
    world.done(who, case, action).await;
    let done = world.done(who, case, Action::Undo).await;
    assert_eq!(done.undo_until, None);
    let after = dossier(world, case).await;
    assert_eq!(after.row.version, before.row.version + 2);
    assert_eq!(settled(after), settled(before), "{name}");
    assert_eq!(code(world.act(who, case, Action::Undo).await), "nothing-to-undo");
}

fn words(text: &str) -> String {
    text.to_owned()
}

#[db_test]
async fn every_step_can_be_taken_back(db: TestDb) {
    let world = World::new(db).await;
    let later = world.now().plus(30 * Timestamp::DAY);
    let (dispatcher, supervisor) = (&world.dispatcher, &world.supervisor);
    let case = world.case().await;
    let ask = AskVerify { verifier: world.worker.person, words: words("看看") };
    undone(&world, dispatcher, case, ask).await;
    undone(&world, dispatcher, case, world.file()).await;
    undone(&world, dispatcher, case, Decline { reason: DeclineReason::Mistake, words: String::new() }).await;
    undone(&world, dispatcher, case, Question { words: words("哪里？") }).await;
    undone(&world, dispatcher, case, Comment { words: words("记一下"), public: false, ..Comment::default() })
        .await;
    undone(&world, dispatcher, case, Correct { words: Some(words("改")), ..Correct::default() }).await;
    undone(&world, &world.rider, case, Withdraw { words: String::new() }).await;
    let main = world.case().await;
    undone(&world, dispatcher, case, Merge { main, reason: String::new() }).await;
    assert_eq!(world.row(main).await.merged_count, 0);
    let case = world.case_in(State::Filed).await;
    undone(&world, dispatcher, case, world.dispatch()).await;
    let transfer = Transfer { body: words("县 12345"), reference: words("1"), words: String::new() };
    undone(&world, dispatcher, case, transfer.clone()).await;
    undone(&world, dispatcher, case, transfer).await;
    let case = world.case_in(State::Dispatched).await;
    undone(&world, &world.roads_lead, case, SendBack { reason: words("不归我们") }).await;
    undone(&world, &world.roads_handler, case, Start {}).await;
    undone(&world, &world.water_lead, case, Accept {}).await;
    undone(&world, supervisor, case, Suspend { reason: words("等"), review_at: later }).await;
    undone(&world, supervisor, case, Supervise { words: words("快") }).await;
    undone(&world, supervisor, case, Void { reason: words("错") }).await;
    undone(&world, &world.roads_lead, case, AskExtension { reason: words("等"), until: later }).await;
    undone(&world, &world.roads_handler, case, world.hand_in()).await;
    let case = world.case_in(State::Checking).await;
    undone(&world, &world.worker, case, world.pass_check()).await;
    let fail = Fail { reason: words("没好"), photos: vec![world.photo()], due_at: None };
    undone(&world, &world.worker, case, fail).await;
    let case = world.case_in(State::Closed).await;
    undone(&world, &world.rider, case, Rate { stars: 2, words: String::new() }).await;
    undone(&world, supervisor, case, Reopen { reason: words("又坏了") }).await;
    let faults = world.read(|tx| Box::pin(async move { Ok(qige_cases::verify(tx).await?) })).await;
    assert_eq!(faults, []);
}

#[db_test]
async fn only_who_did_it_only_at_once_only_the_last_step(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Filed).await;
    assert_eq!(code(world.act(&world.supervisor, case, Action::Undo).await), "undo-not-yours");
    world.pass(61 * Timestamp::SECOND);
    assert_eq!(code(world.act(&world.dispatcher, case, Action::Undo).await), "undo-too-late");
    let (main, child) = (world.case_in(State::Filed).await, world.case().await);
    world.done(&world.supervisor, child, Merge { main, reason: String::new() }).await;
    assert_eq!(code(world.act(&world.dispatcher, main, Action::Undo).await), "undo-moved-on");
}

#[db_test]
async fn the_journal_grows_by_what_is_taken_back(db: TestDb) {
    let world = World::new(db).await;
    let report = world.report();
    let case = report.case;
    let follower = By::Follower { report: report.id };
    world.send(report).await.unwrap();
    let withdraw = world.command(follower.clone(), case, Withdraw { words: String::new() });
    world.run(withdraw).await.unwrap();
    world.run(world.command(follower, case, Action::Undo)).await.unwrap();
    assert_eq!(world.state(case).await, State::Reported);
    let stream = journal::Stream::new("case", case);
    let lines = world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
    let commands: Vec<_> = lines.iter().map(|line| line.command.as_str()).collect();
    assert_eq!(commands, ["report", "withdraw", "undo"]);
}
