//! The words of a case go when their term is over, wherever somebody wrote them, and nothing else does.

use std::cell::RefCell;

use qige_cases::actions::*;
use qige_cases::handover::{Signed, WriteHandover, erase_old_handovers, old_handovers};
use qige_cases::retention::{ERASE_WORDS, OfEnded, count_of_ended, erase_words, of_ended};
use qige_cases::search::{CatchUp, refresh};
use qige_cases::{
    Attachment, By, CaseRole, DeclineReason, Fault, NewReport, PhotoRef, PhotoRole, Reporter, State, queries,
    verify,
};
use qige_db::journal;
use qige_db::testing::TestDb;
use qige_db::{Asker, Command, Failure, Tx, db_test};
use qige_identity::{AnswerLook, AskLook, LookFor, Reach, Role, Stamp, Who};
use qige_kernel::{CaseId, HandoverId, Refusal, Timestamp};

use crate::world::World;

/// Texts that stand nowhere else, each with where it was written.
#[derive(Default)]
struct Planted(RefCell<Vec<(String, &'static str)>>);

impl Planted {
    /// One more; letters and digits alone, so that it is found as one word.
    fn at(&self, place: &'static str) -> String {
        let mut all = self.0.borrow_mut();
        let secret = format!("zq{:03}xv", all.len());
        all.push((secret.clone(), place));
        format!("写在这里 {secret}")
    }

    /// Where those stand that a copy of the database still has.
    async fn left(&self, world: &World) -> Vec<&'static str> {
        if !world.db.url().starts_with("postgres") {
            // What was written lies beside the file until it is moved into it.
            world.db.tamper("PRAGMA wal_checkpoint(TRUNCATE)").await;
        }
        let everything = world.db.everything().await;
        let all = self.0.borrow();
        all.iter().filter(|(secret, _)| everything.holds(secret)).map(|(_, place)| *place).collect()
    }
}

/// Erases what ended before now, in steps, as the nightly job does.
struct Night {
    before: Timestamp,
    stamp: Stamp,
}

impl Command for Night {
    type Output = u64;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Failure> {
        let cases = of_ended(tx, OfEnded::Words, self.before, 2).await?;
        let erased = erase_words(tx, &cases, &self.stamp).await?;
        Ok(erased + erase_old_handovers(tx, self.before, &self.stamp, 1).await?)
    }
}

async fn night(world: &World) -> u64 {
    world.pass(Timestamp::SECOND);
    let mut erased = 0;
    loop {
        let stamp = Stamp::new(world.now(), None, &world.entropy);
        let step = Night { before: world.now(), stamp };
        match world.db.write(Asker::system(world.tenant), step).await.unwrap() {
            0 => return erased,
            some => erased += some,
        }
    }
}

/// The chains hold, and every line that says nothing any more has its witness.
async fn chains_hold(world: &World) {
    let chain = world.read(|tx| Box::pin(async move { Ok(journal::verify(tx).await?) })).await;
    assert_eq!(chain.faults, []);
}

async fn faults(world: &World) -> Vec<Fault> {
    world.read(|tx| Box::pin(async move { Ok(verify(tx).await?) })).await
}

/// What the faults are about.
async fn wrong(world: &World) -> Vec<String> {
    faults(world).await.into_iter().map(|fault| fault.what).collect()
}

async fn indexed(world: &World) {
    world.pass(5 * Timestamp::MINUTE);
    world.db.write(Asker::system(world.tenant), CatchUp { at: world.now() }).await.unwrap();
    let all: Vec<CaseId> = world.read(|tx| Box::pin(cases(tx))).await;
    struct Again(Vec<CaseId>);
    impl Command for Again {
        type Output = ();
        async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
            Ok(refresh(tx, &self.0).await?)
        }
    }
    world.db.write(Asker::system(world.tenant), Again(all)).await.unwrap();
}

async fn cases(tx: &mut Tx<'_>) -> Result<Vec<CaseId>, Failure> {
    let all = of_ended(tx, OfEnded::Words, Timestamp::from_micros(i64::MAX), 100).await?;
    Ok(all.into_iter().map(CaseId).collect())
}

/// A case of which everything was said that can be before it is filed.
async fn much_reported(world: &World, plant: &Planted) -> CaseId {
    let photo = world.photo();
    let report = NewReport {
        words: plant.at("a report"),
        photos: vec![PhotoRef { id: photo, role: PhotoRole::Before }],
        ..world.report()
    };
    let case = report.case;
    world.send(report).await.unwrap();
    let second = Reporter::Person(world.second_rider.person, CaseRole::Rider);
    let too = NewReport { by: second, joins: Some(case), words: plant.at("me too"), ..world.report() };
    world.send(too).await.unwrap();
    let World { dispatcher, worker, rider, .. } = world;
    let facts = Correct {
        address: Some(plant.at("a place in words")),
        words: Some(plant.at("put right")),
        released_words: Some(plant.at("released")),
        reason: plant.at("why it was put right"),
        ..Correct::default()
    };
    world.done(dispatcher, case, facts).await;
    let ask = AskVerify { verifier: worker.person, words: plant.at("what to verify") };
    world.done(dispatcher, case, ask).await;
    let seen = Confirm { words: plant.at("what was verified"), photos: vec![world.photo()] };
    world.done(worker, case, seen).await;
    world.done(dispatcher, case, Question { words: plant.at("a question") }).await;
    world.done(rider, case, Answer { words: plant.at("an answer") }).await;
    let own = Comment { words: plant.at("a reporter's comment"), public: true, ..Comment::default() };
    world.done(rider, case, own).await;
    let name = format!("{}.pdf", plant.at("a file's name"));
    let file = Attachment { id: world.photo(), name, bytes: 7 };
    let inside = Comment { words: plant.at("a comment"), attachments: vec![file], ..Comment::default() };
    world.done(dispatcher, case, inside).await;
    let covered =
        CoverPhoto { photo, covered: world.photo(), bytes: 9, reason: plant.at("why it was covered") };
    world.done(dispatcher, case, covered).await;
    case
}

/// The same, sent out, worked on and closed.
async fn much_said(world: &World, plant: &Planted) -> CaseId {
    let case = much_reported(world, plant).await;
    let World { dispatcher, supervisor, worker, rider, roads_lead, water_lead, .. } = world;
    world.done(dispatcher, case, world.file()).await;
    world
        .done(dispatcher, case, Dispatch { released_words: Some(plant.at("sent out")), ..world.dispatch() })
        .await;
    world.done(roads_lead, case, SendBack { reason: plant.at("why it was sent back") }).await;
    let outside = Transfer {
        body: plant.at("a body outside"),
        reference: plant.at("its reference"),
        words: plant.at("what it was told"),
    };
    world.done(dispatcher, case, outside).await;
    world.done(dispatcher, case, TakeBack { reason: plant.at("why it was taken back") }).await;
    world.done(dispatcher, case, world.dispatch()).await;
    world.done(water_lead, case, HandInPart { note: plant.at("a part's note"), photos: Vec::new() }).await;
    world.done(roads_lead, case, Start {}).await;
    let until = world.now().plus(30 * Timestamp::DAY);
    let longer = |place| AskExtension { reason: plant.at(place), until };
    world.done(roads_lead, case, longer("why more time")).await;
    world.done(supervisor, case, RefuseExtension { reason: plant.at("why no more time") }).await;
    world.done(roads_lead, case, longer("why more time again")).await;
    world.done(supervisor, case, GrantExtension { until: None, words: plant.at("more time") }).await;
    let aside = Suspend { reason: plant.at("why it waits"), review_at: until };
    world.done(supervisor, case, aside).await;
    world.done(supervisor, case, Resume { words: plant.at("it goes on") }).await;
    world.done(supervisor, case, Supervise { words: plant.at("a demand") }).await;
    world.done(roads_lead, case, AnswerSupervision { words: plant.at("what was said to it") }).await;
    let photos = || vec![world.photo()];
    world.done(roads_lead, case, HandIn { note: plant.at("a note"), photos: photos() }).await;
    let check = |place| AskCheck { checker: worker.person, words: plant.at(place) };
    world.done(dispatcher, case, check("what to check")).await;
    world
        .done(worker, case, Fail { reason: plant.at("why it failed"), photos: photos(), due_at: None })
        .await;
    world.done(roads_lead, case, HandIn { note: plant.at("another note"), photos: photos() }).await;
    world.done(dispatcher, case, check("what to check again")).await;
    world.done(worker, case, Pass { words: plant.at("why it passed"), photos: photos() }).await;
    world.done(rider, case, Rate { stars: 2, words: plant.at("a rating") }).await;
    case
}

/// Cases that ended in other ways.
async fn otherwise_ended(world: &World, plant: &Planted, main: CaseId) -> Vec<CaseId> {
    let World { dispatcher, supervisor, worker, rider, .. } = world;
    let no = |place| Decline { reason: DeclineReason::NotOurs, words: plant.at(place) };
    let declined = world.case().await;
    world.done(dispatcher, declined, no("why it was declined")).await;
    world.done(rider, declined, Appeal { words: plant.at("an appeal") }).await;
    let ask = AskVerify { verifier: worker.person, words: String::new() };
    world.done(dispatcher, declined, ask).await;
    world.done(worker, declined, Refute { words: plant.at("why it is not so"), photos: Vec::new() }).await;
    let withdrawn = world.case().await;
    world.done(rider, withdrawn, Withdraw { words: plant.at("why it was withdrawn") }).await;
    let merged = world.case().await;
    let into = |place| Merge { main, reason: plant.at(place) };
    world.done(dispatcher, merged, into("why it was merged")).await;
    world.done(dispatcher, merged, Unmerge { reason: plant.at("why it was taken out") }).await;
    world.done(dispatcher, merged, into("why it was merged again")).await;
    let void = world.case().await;
    let look = world.entropy.id(world.now());
    let stamp = || Stamp::new(world.now(), Some(Role::Supervisor), &world.entropy);
    let wanted = LookFor::Void(void, Reach::default());
    let asked = AskLook { id: look, wanted, words: plant.at("why it should be void"), stamp: stamp() };
    world.db.write(world.as_person(supervisor.person), asked).await.unwrap();
    let words = Some(plant.at("why it should not"));
    let answer = AnswerLook { id: look, granted: false, words, stamp: stamp() };
    world.db.write(world.as_person(dispatcher.person), answer).await.unwrap();
    world.done(supervisor, void, Void { reason: plant.at("why it is void") }).await;
    let signed = Signed { at: world.now(), role: Role::Dispatcher, salt: world.entropy.bytes() };
    let id: HandoverId = world.entropy.id(world.now());
    let note = WriteHandover { id, words: plant.at("a hand-over"), signed };
    world.db.write(world.as_person(dispatcher.person), note).await.unwrap();
    vec![declined, withdrawn, merged, void]
}

/// A case as the centre sees it.
async fn seen(world: &World, who: &Who, case: CaseId) -> qige_cases::views::CentreCase {
    let (by, policy, now) = (By::Person(who.clone()), world.policy.clone(), world.now());
    let seen = world
        .read(move |tx| Box::pin(async move { queries::case_for_centre(tx, case, &by, &policy, now).await }));
    seen.await.unwrap()
}

#[db_test]
async fn whoever_comes_by_the_database_reads_no_word_of_what_is_over(db: TestDb) {
    let world = World::new(db).await;
    let plant = Planted::default();
    let case = much_said(&world, &plant).await;
    let mut all = otherwise_ended(&world, &plant, case).await;
    all.push(case);
    indexed(&world).await;
    let places: Vec<&str> = plant.0.borrow().iter().map(|(_, place)| *place).collect();
    assert_eq!(plant.left(&world).await, places, "each was written");
    assert_eq!(faults(&world).await, []);
    let before = seen(&world, &world.supervisor, case).await;
    let due = |at: Timestamp| {
        world.read(move |tx| {
            Box::pin(async move {
                Ok((count_of_ended(tx, OfEnded::Words, at).await?, old_handovers(tx, at).await?))
            })
        })
    };
    assert_eq!(due(world.now()).await, (5, 1));
    assert_eq!(night(&world).await, 6);
    assert_eq!((due(world.now()).await, night(&world).await), ((0, 0), 0), "nothing goes twice");
    assert_eq!(plant.left(&world).await, Vec::<&str>::new());
    chains_hold(&world).await;
    assert_eq!(faults(&world).await, [], "what is left still follows from the journal");
    let after = seen(&world, &world.supervisor, case).await;
    assert_eq!(after.row.words_erased_at, Some(world.row(case).await.updated_at));
    assert_eq!(
        (after.row.number, after.row.matter, after.rating),
        (before.row.number, before.row.matter, Some(2))
    );
    let steps = |life: &[qige_cases::line_of_life::LifeEntry]| -> Vec<_> {
        life.iter().map(|entry| (entry.at, entry.kind.clone(), entry.args.unit, entry.args.stars)).collect()
    };
    let (last, told) = after.life.split_last().unwrap();
    assert_eq!(last.kind, ERASE_WORDS);
    assert_eq!(steps(told), steps(&before.life), "every step stays, and who took it on");
    assert!(told.iter().all(|entry| entry.note.is_none()));
    let names: Vec<&str> =
        after.comments.iter().flat_map(|one| &one.files).map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["pdf"], "a file is still known for what it is");
    // Again, with nothing to do.
    assert_eq!(all.len(), 5);
    indexed(&world).await;
    assert_eq!(faults(&world).await, []);
}

#[db_test]
async fn the_words_of_what_follows_a_case_wait_for_its_end(db: TestDb) {
    let world = World::new(db).await;
    let (main, follower) = (world.case_in(State::Dispatched).await, world.case().await);
    let into = Merge { main, reason: String::new() };
    world.done(&world.dispatcher, follower, into).await;
    assert_eq!(night(&world).await, 0, "the main case is open");
    world.done(&world.supervisor, main, Void { reason: "重复".to_owned() }).await;
    assert_eq!(night(&world).await, 2);
    for case in [main, follower] {
        assert!(world.row(case).await.words.is_empty());
    }
}

#[db_test]
async fn nothing_is_done_any_more_to_a_case_without_words(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Closed).await;
    let other = world.case().await;
    let follower = world.case().await;
    world.done(&world.dispatcher, follower, Merge { main: case, reason: String::new() }).await;
    night(&world).await;
    let again = Reopen { reason: "还在".to_owned() };
    let code = |refused: Result<_, Refusal>| refused.map(|_: qige_cases::Done| ()).unwrap_err().code;
    let World { rider, supervisor, dispatcher, .. } = &world;
    assert_eq!(code(world.act(rider, case, again.clone()).await), "case-words-erased");
    assert_eq!(code(world.act(supervisor, case, again).await), "case-words-erased");
    let rate = Rate { stars: 5, words: "好".to_owned() };
    assert_eq!(code(world.act(rider, case, rate).await), "case-words-erased");
    let comment = Comment { words: "补充".to_owned(), ..Comment::default() };
    assert_eq!(code(world.act(dispatcher, case, comment).await), "case-words-erased");
    let apart = Unmerge { reason: "不是同一件".to_owned() };
    assert_eq!(code(world.act(dispatcher, follower, apart).await), "case-words-erased");
    let into = Merge { main: case, reason: String::new() };
    assert_eq!(code(world.act(dispatcher, other, into).await), "main-case-words-erased");
    for who in world.everybody() {
        assert_eq!(seen(&world, who, case).await.may, []);
    }
    let late = NewReport { joins: Some(case), ..world.report() };
    let receipt = world.send(late).await.unwrap();
    assert!(!receipt.joined && receipt.case != case, "whoever finds it there again has a case of their own");
    assert_eq!(wrong(&world).await, Vec::<String>::new());
}

/// What is changed behind the product's back is found, by the kind of its rows or by its column, and nothing
/// is once it is changed back.
async fn found(world: &World, change: &str, expected: &[&str], back: &str) {
    world.db.tamper(change).await;
    let found = wrong(world).await;
    for what in expected {
        assert!(found.iter().any(|one| one.split(' ').next() == Some(what)), "{change}: {found:?}");
    }
    world.db.tamper(back).await;
    assert_eq!(wrong(world).await, Vec::<String>::new(), "{back}");
}

/// Sets the texts of a table back to those of a copy of it.
fn as_before(table: &str) -> String {
    let of = |column: &str, on: &str| format!("{column} = (SELECT k.{column} FROM kept k WHERE {on})");
    let line = "k.stream = journal.stream AND k.id = journal.id AND k.seq = journal.seq";
    let own = format!("k.id = {table}.id");
    let columns = match table {
        "journal" => vec![of("body", line), of("salt", line)],
        "cases" => vec![of("words", &own), of("words_erased_at", &own)],
        "case_asks" => vec![of("answer", &own)],
        _ => vec![of("words", &own)],
    };
    format!("UPDATE {table} SET {}; DROP TABLE kept", columns.join(", "))
}

#[db_test]
async fn words_that_change_or_go_by_other_ways_are_found(db: TestDb) {
    let world = World::new(db).await;
    much_said(&world, &Planted::default()).await;
    indexed(&world).await;
    assert_eq!(wrong(&world).await, Vec::<String>::new());
    let silent = "body = NULL, salt = NULL WHERE stream =";
    for (table, change, expected) in [
        ("cases", "words = ''", &["words"][..]),
        ("cases", "words_erased_at = 1", &["words_erased_at"]),
        ("reports", "words = 'x' WHERE joined", &["reports", "search"]),
        ("reports", "words = '' WHERE NOT joined", &["reports"]),
        ("case_comments", "words = ''", &["comments"]),
        ("case_asks", "answer = ''", &["asks"]),
        ("journal", &format!("{silent} 'case'"), &["everything", "reports"]),
        ("journal", &format!("{silent} 'report'"), &["reports"]),
    ] {
        let change = format!("CREATE TABLE kept AS SELECT * FROM {table}; UPDATE {table} SET {change}");
        found(&world, &change, expected, &as_before(table)).await;
    }
}

#[db_test]
async fn words_that_are_there_in_spite_of_their_term_are_found(db: TestDb) {
    let world = World::new(db).await;
    let case = much_said(&world, &Planted::default()).await;
    indexed(&world).await;
    world.db.tamper("CREATE TABLE kept AS SELECT * FROM journal").await;
    night(&world).await;
    assert_eq!(wrong(&world).await, Vec::<String>::new());
    let set = |table: &str, column: &str, text: &str| {
        format!("UPDATE {table} SET {column} = '{text}' WHERE {column} IS NOT NULL")
    };
    for (table, column, expected) in [
        ("cases", "words", "words"),
        ("reports", "words", "reports"),
        ("case_asks", "words", "asks"),
        ("case_comments", "words", "comments"),
    ] {
        let (change, back) = (set(table, column, "x"), set(table, column, ""));
        found(&world, &change, &[expected], &back).await;
    }
    found(&world, &set("cases", "state", "void"), &["state"], &set("cases", "state", "closed")).await;
    let erased = "UPDATE journal SET body = NULL, salt = NULL WHERE seq < 20";
    let back = as_before("journal").replace("; DROP TABLE kept", " WHERE journal.seq < 20");
    found(&world, &back, &["line"], erased).await;
    world.db.tamper("UPDATE cases SET words_erased_at = NULL").await;
    assert!(wrong(&world).await.contains(&"words_erased_at".to_owned()));
    assert_eq!(world.row(case).await.state, State::Closed);
}
