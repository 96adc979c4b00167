//! Two people and one case.

use std::sync::Arc;

use qige_cases::actions::*;
use qige_cases::{Act, By, DeclineReason, State};
use qige_db::testing::TestDb;
use qige_db::{Failure, db_test, journal};

use crate::world::{World, code, refusal};

#[db_test]
async fn one_success_and_one_clear_word(db: TestDb) {
    let world = Arc::new(World::new(db).await);
    for _ in 0..5 {
        let case = world.case().await;
        let decline = Decline { reason: DeclineReason::Mistake, words: String::new() };
        let actions: [(By, Action); 2] = [
            (By::Person(world.dispatcher.clone()), world.file().into()),
            (By::Person(world.supervisor.clone()), decline.into()),
        ];
        let tries = actions.map(|(by, action)| {
            let world = world.clone();
            let command = Act { expected_version: Some(1), ..world.command(by, case, action) };
            tokio::spawn(async move { world.run(command).await })
        });
        let mut outcomes = Vec::new();
        for one in tries {
            outcomes.push(one.await.unwrap());
        }
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        let lost = outcomes.into_iter().find_map(Result::err).unwrap();
        assert!(
            matches!(&lost, Failure::Refused(no) if no.code == "someone-was-quicker"),
            "the slower one was told {lost}"
        );
        let stream = journal::Stream::new("case", case);
        let lines = world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
        assert_eq!(lines.len(), 2);
    }
}

#[db_test]
async fn what_somebody_saw_a_minute_ago_is_refused(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Filed).await;
    let stale = Act {
        expected_version: Some(1),
        ..world.command(By::Person(world.dispatcher.clone()), case, world.dispatch())
    };
    assert_eq!(code(refusal(world.run(stale).await)), "someone-was-quicker");
}

#[db_test]
async fn two_cases_cannot_follow_each_other(db: TestDb) {
    let world = Arc::new(World::new(db).await);
    for _ in 0..5 {
        let (one, two) = (world.case().await, world.case().await);
        let tries = [(one, two), (two, one)].map(|(case, main)| {
            let world = world.clone();
            let merge = Merge { main, reason: String::new() };
            let command = world.command(By::Person(world.dispatcher.clone()), case, merge);
            tokio::spawn(async move { world.run(command).await })
        });
        let mut merged = 0;
        for one in tries {
            merged += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(merged, 1);
        let rows = (world.row(one).await, world.row(two).await);
        assert!(rows.0.main_case.is_none() || rows.1.main_case.is_none());
        assert_eq!(rows.0.merged_count + rows.1.merged_count, 1);
    }
}

#[db_test]
async fn numbers_are_given_once(db: TestDb) {
    let world = Arc::new(World::new(db).await);
    let mut cases = Vec::new();
    for _ in 0..12 {
        cases.push(world.case().await);
    }
    let files: Vec<_> = cases
        .iter()
        .map(|case| {
            let world = world.clone();
            let command = world.command(By::Person(world.dispatcher.clone()), *case, world.file());
            tokio::spawn(async move { world.run(command).await })
        })
        .collect();
    for file in files {
        file.await.unwrap().unwrap();
    }
    let mut numbers = Vec::new();
    for case in cases {
        numbers.push(world.row(case).await.number.unwrap());
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 12);
}
