//! Posting once, holding, taking back, and forgetting.

use std::time::Duration;

use qige_db::testing::{TestDb, unprepared};
use qige_db::{Asker, db_test};
use qige_kernel::{ManualClock, TenantId};
use qige_notify::{HOLD_MICROS, NewNotice};
use uuid::Uuid;

use crate::{NOW, Step, case, follower, notice, person, run, seen, unit, unread, us, worker};

fn held(dedupe: &str) -> NewNotice {
    NewNotice { hold_until: Some(NOW.plus(HOLD_MICROS)), ..notice(person(1), dedupe, NOW) }
}

#[db_test]
async fn every_statement_can_be_prepared(db: TestDb) {
    assert_eq!(unprepared(&db).await, Vec::<String>::new());
}

#[db_test]
async fn a_recipient_is_told_once(db: TestDb) {
    let same = || notice(person(1), "7", NOW);
    assert_eq!(run(&db, Step::Post(vec![same(), same()])).await, 1);
    assert_eq!(run(&db, Step::Post(vec![notice(person(1), "7", NOW.plus(5))])).await, 0);
    // The same number of another kind of recipient is another recipient.
    let others = vec![notice(unit(1), "7", NOW), notice(follower(1), "7", NOW), notice(person(2), "7", NOW)];
    assert_eq!(run(&db, Step::Post(others)).await, 3);
    let elsewhere = Asker::system(TenantId(Uuid::from_u128(2)));
    assert_eq!(db.write(elsewhere, Step::Post(vec![same()])).await.unwrap(), 1);
    assert_eq!(seen(&db, &[person(1)], NOW).await, ["7"]);
}

#[db_test]
async fn what_is_held_is_not_seen_and_can_be_taken_back(db: TestDb) {
    let until = NOW.plus(HOLD_MICROS);
    run(&db, Step::Post(vec![held("case-1:4:reporter"), held("case-1:5:reporter"), held("case-1:5:unit")]))
        .await;
    let me = [person(1)];
    assert!(seen(&db, &me, until.plus(-1)).await.is_empty());
    assert_eq!(unread(&db, &me, until.plus(-1)).await, 0);
    assert_eq!(run(&db, Step::ReadAll(me.to_vec(), until.plus(-1))).await, 0);
    assert_eq!(run(&db, Step::Withdraw(case(2), "", NOW)).await, 0);
    assert_eq!(run(&db, Step::Withdraw(case(1), "case-1:5:", until.plus(-1))).await, 2);
    // The undone action may be done again.
    assert_eq!(run(&db, Step::Post(vec![held("case-1:5:unit")])).await, 1);
    let mut shown = seen(&db, &me, until).await;
    shown.sort();
    assert_eq!(shown, ["case-1:4:reporter", "case-1:5:unit"]);
    // What has been seen stays.
    assert_eq!(run(&db, Step::Withdraw(case(1), "", until)).await, 0);
    assert_eq!(unread(&db, &me, until).await, 2);
}

#[db_test]
async fn a_prefix_is_taken_letter_by_letter(db: TestDb) {
    run(&db, Step::Post(vec![held("井盖:1"), held("井盖_1"), held("a%b"), held("aXb")])).await;
    assert_eq!(run(&db, Step::Withdraw(case(1), "井盖:", NOW)).await, 1);
    assert_eq!(run(&db, Step::Withdraw(case(1), "a%", NOW)).await, 1);
    assert_eq!(run(&db, Step::Withdraw(case(1), "", NOW)).await, 2);
}

#[db_test]
async fn a_hold_in_the_past_is_no_hold(db: TestDb) {
    let new = NewNotice { hold_until: Some(NOW.plus(-1)), ..notice(person(1), "7", NOW) };
    run(&db, Step::Post(vec![new])).await;
    assert_eq!(seen(&db, &[person(1)], NOW).await, ["7"]);
}

#[db_test]
async fn listeners_hear_of_held_notices_when_they_are_shown(db: TestDb) {
    let clock = ManualClock::at(NOW);
    let worker = worker(&db, &clock);
    let mut news = db.subscribe();
    // On PostgreSQL the listener connects by itself: something else is posted until it hears.
    let mut number = 0;
    loop {
        number += 1;
        run(&db, Step::Post(vec![notice(person(2), &number.to_string(), NOW)])).await;
        if tokio::time::timeout(Duration::from_millis(300), news.recv()).await.is_ok() {
            break;
        }
    }
    run(&db, Step::Post(vec![held("a"), held("b")])).await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 0);
    clock.advance(HOLD_MICROS);
    assert_eq!(worker.run_until_idle().await.unwrap(), 1, "one job for both");
    let mine = Uuid::from_u128(1);
    let heard = async {
        let mut notices = 0;
        loop {
            let announcement = news.recv().await.unwrap();
            notices += u32::from(announcement.topic == "notice");
            if announcement.topic == "inbox" && announcement.id == mine {
                break notices;
            }
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(5), heard).await.unwrap() > 0);
}

#[db_test]
async fn notices_end(db: TestDb) {
    let other = NewNotice { about: case(2), ..notice(person(1), "other", NOW) };
    run(&db, Step::Post(vec![notice(person(1), "one", NOW), other, notice(unit(1), "unit", NOW)])).await;
    assert_eq!(run(&db, Step::EraseAbout(case(2))).await, 1);
    assert_eq!(run(&db, Step::EraseOf(unit(1))).await, 1);
    assert_eq!(seen(&db, &[person(1), unit(1)], NOW).await, ["one"]);
    assert_eq!(run(&db, Step::Forget(NOW)).await, 0);
    assert_eq!(seen(&db, &[person(1)], NOW).await, ["one"]);
    assert_eq!(run(&db, Step::Forget(NOW.plus(1))).await, 1);
    assert!(seen(&db, &[person(1)], NOW).await.is_empty());
    assert_eq!(us(), Asker::system(us().tenant));
}
