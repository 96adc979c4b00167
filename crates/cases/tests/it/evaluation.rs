//! Figures, held against a slow and obvious count that knows nothing but the journal.

mod journal;

use std::collections::BTreeMap;

use qige_cases::actions::*;
use qige_cases::evaluation::{
    Counted, Dimension, Fact, Figures, FillMarks, Indicator, Key, Narrowed, Reach, Rule, Share, Span,
    facts_behind, figures, handled_in_time, marks_are_missing,
};
use qige_cases::{NewReport, State};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::Permission;
use qige_kernel::{CaseId, Entropy, PlaceId, Timestamp};

use crate::model::{any_action, pick};
use crate::world::World;

/// Cases that come in.
const CASES: usize = 40;
/// Steps that are tried.
const STEPS: usize = 600;
/// Facts on one page of a list.
const PAGE: usize = 7;

/// Four weeks in which people do whatever comes to their minds.
async fn lived(world: &World, seed: u64) -> Vec<CaseId> {
    let entropy = Entropy::seeded(seed);
    let places: [PlaceId; 2] = std::array::from_fn(|_| entropy.id(world.now()));
    let mut cases = Vec::new();
    for step in 0..STEPS {
        world.pass(i64::try_from(pick(&entropy, 60)).unwrap() * Timestamp::MINUTE);
        if step % (STEPS / CASES) == 0 {
            let solved = pick(&entropy, 6) == 0;
            let matter = ["matter-01-003", "matter-06-012"][pick(&entropy, 2)].parse().unwrap();
            let mut report = world.report();
            report.community = Some(if pick(&entropy, 4) == 0 { places[0] } else { world.community });
            report.grid = (pick(&entropy, 3) > 0).then_some(places[1]);
            report.matter = (pick(&entropy, 4) > 0).then_some(matter);
            if solved {
                let after = qige_cases::PhotoRef { id: world.photo(), role: qige_cases::PhotoRole::After };
                report.photos.push(after);
                report = NewReport { solved, matter: Some(matter), ..report };
            }
            cases.push(world.send(report).await.unwrap().case);
        }
        // Those came in and nothing else.
        let case = cases[pick(&entropy, cases.len())];
        if cases.iter().take(2).any(|quiet| *quiet == case) {
            continue;
        }
        let action = match pick(&entropy, 8) {
            0 => Correct { matter: "matter-01-001".parse().ok(), ..Correct::default() }.into(),
            1 => any_action(world, &entropy, &cases),
            _ => usual(world, &entropy, world.state(case).await),
        };
        world.done_by_anybody(case, &action).await;
    }
    cases
}

/// What is mostly done next, or now and then.
fn usual(world: &World, entropy: &Entropy, state: State) -> Action {
    let words = || "照办".to_owned();
    let rarely = pick(entropy, 4) == 0;
    let until = world.now().plus(10 * Timestamp::DAY);
    match state {
        State::Reported if rarely => {
            AskVerify { verifier: world.second_rider.person, words: String::new() }.into()
        }
        State::Verifying => Confirm { words: words(), photos: Vec::new() }.into(),
        State::Reported | State::Declined => world.file().into(),
        State::Filed if rarely => Suspend { reason: words(), review_at: until }.into(),
        State::Filed => world.dispatch().into(),
        State::Dispatched if rarely => SendBack { reason: words() }.into(),
        State::Dispatched if pick(entropy, 3) == 0 => Supervise { words: words() }.into(),
        // To another unit, or to the same with other helpers.
        State::Dispatched if pick(entropy, 4) == 0 => {
            let lead = [world.roads, world.water][pick(entropy, 2)];
            Dispatch { lead, assist: Vec::new(), ..world.dispatch() }.into()
        }
        State::Dispatched => Start {}.into(),
        State::Handling if rarely => AskExtension { reason: words(), until }.into(),
        State::Handling => world.hand_in().into(),
        State::Handled => world.ask_check().into(),
        State::Checking if rarely => {
            Fail { reason: words(), photos: vec![world.photo()], due_at: None }.into()
        }
        State::Checking => world.pass_check().into(),
        State::Closed if rarely => Reopen { reason: words() }.into(),
        State::Closed => Rate { stars: 5, words: String::new() }.into(),
        State::Merged => Unmerge { reason: words() }.into(),
        State::Withdrawn | State::Void => Action::Undo,
    }
}

async fn counted(world: &World, span: Span, narrowed: &Narrowed) -> Counted {
    let (narrowed, now) = (narrowed.clone(), world.now());
    world
        .read(move |tx| Box::pin(async move { figures(tx, span, &narrowed, Dimension::ALL, now).await }))
        .await
}

/// All pages of the list behind a figure.
async fn listed(world: &World, span: Span, narrowed: &Narrowed, rule: Rule) -> Vec<Fact> {
    let (mut facts, mut after) = (Vec::new(), None::<String>);
    loop {
        let (narrowed, now, begin) = (narrowed.clone(), world.now(), after.clone());
        let page = world
            .read(move |tx| {
                Box::pin(
                    async move { facts_behind(tx, span, &narrowed, rule, now, begin.as_deref(), PAGE).await },
                )
            })
            .await;
        assert!(page.rows.len() <= PAGE);
        facts.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => return facts,
        }
    }
}

#[db_test]
async fn figures_are_what_the_journal_says(db: TestDb) {
    let world = World::new(db).await;
    let began = world.now();
    let cases = lived(&world, 20).await;
    let facts = journal::facts(&world, &cases).await;
    let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
    facts.iter().for_each(|fact| *kinds.entry(fact.kind).or_default() += 1);
    assert!(kinds.len() == 8, "too quiet a life: {kinds:?}");
    let week = |number: i64| Span {
        from: began.plus(number * 7 * Timestamp::DAY),
        until: began.plus((number + 1) * 7 * Timestamp::DAY),
    };
    let whole = Span { from: began, until: world.now().plus(90 * Timestamp::DAY) };
    let all = Narrowed::to(Reach::WHOLE);
    let narrowed = [
        all.clone(),
        Narrowed { unit: Some(world.roads), ..all.clone() },
        Narrowed { community: facts.iter().find_map(|fact| fact.community), ..all.clone() },
        Narrowed { without: Some(Dimension::Grid), ..all.clone() },
        Narrowed { matter: "matter-01-003".parse().ok(), ..all.clone() },
    ];
    for span in [whole, week(0), week(1)] {
        for narrowed in &narrowed {
            let now = world.now();
            let within: Vec<Fact> = facts
                .iter()
                .filter(|fact| narrowed.holds(fact) && span.from <= fact.at && fact.at < span.until.min(now))
                .copied()
                .collect();
            let seen = counted(&world, span, narrowed).await;
            assert_eq!(seen.all, journal::figures(&within), "{span:?} {narrowed:?}");
            for (dimension, rows) in seen.by {
                let keys: std::collections::BTreeSet<Key> =
                    within.iter().map(|fact| dimension.key(fact)).collect();
                assert_eq!(rows.keys().copied().collect::<std::collections::BTreeSet<_>>(), keys);
                for (key, figures) in rows {
                    let of: Vec<Fact> =
                        within.iter().filter(|fact| dimension.key(fact) == key).copied().collect();
                    assert_eq!(figures, journal::figures(&of), "{dimension} {key:?}");
                }
            }
        }
    }
    by_the_short_way(&world, began).await;
    assert_eq!(faults(&world).await, []);
}

/// What the wall shows is the same figure.
async fn by_the_short_way(world: &World, began: Timestamp) {
    let places = [Reach::WHOLE, Reach::of(&world.dispatcher, Permission::ReadFigures)];
    let one = Reach::of(&world.roads_lead, Permission::ReadFigures);
    for reach in places.into_iter().chain([one]) {
        for days in [3, 14, 90] {
            let span = Span { from: began, until: began.plus(days * Timestamp::DAY) };
            let (now, seen) = (world.now(), reach.clone());
            let short = world
                .read(move |tx| Box::pin(async move { Ok(handled_in_time(tx, span, &seen, now).await?) }));
            let long = counted(world, span, &Narrowed::to(reach.clone())).await.by.remove(&Dimension::Unit);
            let share = |(key, figures): (Key, Figures)| match key {
                Key::Unit(unit) => Some((unit, figures.share(Indicator::OnTimeHandled))),
                _ => None,
            };
            let long = long.unwrap_or_default().into_iter().filter_map(share);
            let long: BTreeMap<_, Share> = long.filter(|(_, share)| share.of > 0).collect();
            assert_eq!(short.await, long, "{days} {reach:?}");
        }
    }
}

async fn faults(world: &World) -> Vec<qige_cases::Fault> {
    world.read(|tx| Box::pin(async move { Ok(qige_cases::verify(tx).await?) })).await
}

/// As the migration leaves cases that were changed before there were marks.
async fn without_marks(world: &World) {
    world.db.tamper("DELETE FROM case_marks; DELETE FROM mark_runs;").await;
    world.db.tamper("INSERT INTO mark_runs (tenant) SELECT DISTINCT tenant FROM cases").await;
}

async fn fill(world: &World, cases: i64) -> bool {
    world.db.write(qige_db::Asker::system(world.tenant), FillMarks { cases }).await.unwrap()
}

async fn missing(world: &World) -> bool {
    world.read(|tx| Box::pin(async move { Ok(marks_are_missing(tx).await?) })).await
}

#[db_test]
async fn cases_from_before_there_were_marks_get_theirs_wherever_it_was_stopped(db: TestDb) {
    let world = World::new(db).await;
    let span = Span { from: world.now(), until: world.now().plus(365 * Timestamp::DAY) };
    let cases = lived(&world, 23).await;
    let all = Narrowed::to(Reach::WHOLE);
    assert!(!missing(&world).await, "whoever begins now has nothing to make up for");
    let before = counted(&world, span, &all).await;
    without_marks(&world).await;
    assert!(missing(&world).await);
    assert_ne!(counted(&world, span, &all).await, before);
    assert!(!faults(&world).await.is_empty());
    assert!(fill(&world, 7).await && fill(&world, 7).await);
    // Somebody works on what has its marks again, and on what has none yet; then it goes on where it was.
    let life = Entropy::seeded(24);
    for case in &cases {
        let action = usual(&world, &life, world.state(*case).await);
        world.done_by_anybody(*case, &action).await;
    }
    while fill(&world, 7).await {}
    assert!(!missing(&world).await);
    assert_eq!(faults(&world).await, []);
    let facts = journal::facts(&world, &cases).await;
    let now = world.now();
    let over: Vec<Fact> = facts.into_iter().filter(|fact| fact.at < now).collect();
    assert_eq!(counted(&world, span, &all).await.all, journal::figures(&over));
    // Done is done: it reads nothing again.
    world.db.tamper("DELETE FROM case_marks").await;
    assert!(!fill(&world, 7).await);
    assert!(!faults(&world).await.is_empty());
}

#[db_test]
async fn marks_that_said_something_else_are_written_again(db: TestDb) {
    let world = World::new(db).await;
    world.case_in(State::Closed).await;
    world.db.tamper("UPDATE case_marks SET signs = 0, took_minutes = NULL").await;
    assert!(!faults(&world).await.is_empty());
    world.db.tamper("INSERT INTO mark_runs (tenant) SELECT DISTINCT tenant FROM cases").await;
    while fill(&world, 1).await {}
    assert_eq!(faults(&world).await, []);
}

#[db_test]
async fn behind_each_figure_stand_just_as_many_cases(db: TestDb) {
    let world = World::new(db).await;
    let span = Span { from: world.now(), until: world.now().plus(365 * Timestamp::DAY) };
    let cases = lived(&world, 21).await;
    let facts = journal::facts(&world, &cases).await;
    let all = Narrowed::to(Reach::WHOLE);
    let Counted { all: Figures { shares, .. }, .. } = counted(&world, span, &all).await;
    for indicator in Indicator::ALL {
        let share = shares.get(indicator).copied().unwrap_or_default();
        let definition = indicator.definition();
        for (rule, count) in [(definition.part, share.part), (definition.of, share.of)] {
            let mut seen = listed(&world, span, &all, rule).await;
            assert_eq!(u64::try_from(seen.len()).unwrap(), count, "{indicator}");
            seen.sort_unstable();
            let mut known: Vec<Fact> =
                facts.iter().filter(|fact| rule.counts(fact) && fact.at < world.now()).copied().collect();
            known.sort_unstable();
            assert_eq!(seen, known, "{indicator}");
        }
    }
}

#[db_test]
async fn what_the_centre_gave_to_another_unit_was_not_dispatched_right(db: TestDb) {
    let world = World::new(db).await;
    let span = Span { from: world.now(), until: world.now().plus(365 * Timestamp::DAY) };
    let to = |lead| Dispatch { lead, assist: Vec::new(), ..world.dispatch() };
    let [moved, helped, taken_back, sent_back] = [
        world.case_in(State::Dispatched).await,
        world.case_in(State::Dispatched).await,
        world.case_in(State::Dispatched).await,
        world.case_in(State::Dispatched).await,
    ];
    world.done(&world.dispatcher, moved, to(world.water)).await;
    // The same unit, without who helped it.
    world.done(&world.dispatcher, helped, to(world.roads)).await;
    world.done(&world.dispatcher, taken_back, to(world.water)).await;
    world.done(&world.dispatcher, taken_back, Action::Undo).await;
    world.done(&world.dispatcher, sent_back, to(world.roads)).await;
    world.done(&world.roads_lead, sent_back, SendBack { reason: "不归我们".to_owned() }).await;
    world.pass(30 * Timestamp::DAY);
    let right = Indicator::RightDispatch.definition().part;
    let all = Narrowed::to(Reach::WHOLE);
    let mut cases: Vec<CaseId> =
        listed(&world, span, &all, right).await.iter().map(|fact| fact.case).collect();
    cases.sort_unstable();
    let mut expected = [helped, taken_back];
    expected.sort_unstable();
    assert_eq!(cases, expected);
}

#[db_test]
async fn a_mark_that_nobody_made_is_noticed(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Closed).await;
    let verify = || world.read(|tx| Box::pin(async move { Ok(qige_cases::verify(tx).await?) }));
    assert_eq!(verify().await, []);
    world.db.tamper("UPDATE case_marks SET signs = signs + 1 WHERE kind = 'handle'").await;
    let faults = verify().await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!((faults[0].case, faults[0].what.as_str()), (case, "marks"));
    world.db.tamper("UPDATE case_marks SET signs = signs - 1, at = at + 1 WHERE kind = 'handle'").await;
    assert_eq!(verify().await.len(), 1);
    world.db.tamper("UPDATE case_marks SET at = at - 1 WHERE kind = 'handle'").await;
    assert_eq!(verify().await, []);
    world.db.tamper("DELETE FROM case_marks WHERE kind = 'closing'").await;
    assert_eq!(verify().await.len(), 2, "it lacks one, and there is one too few");
}
