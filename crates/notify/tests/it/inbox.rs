//! Reading.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::Timestamp;
use qige_notify::UNREAD_SHOWN;

use crate::{NOW, Step, follower, notice, page, person, run, seen, unit, unread};

#[db_test]
async fn several_inboxes_are_one_in_order(db: TestDb) {
    let mut posted = Vec::new();
    for number in 0..23_i64 {
        // Pairs of the same instant, spread over three recipients.
        let recipient = [person(1), unit(1), follower(1)][usize::try_from(number % 3).unwrap()];
        posted.push(notice(recipient, &format!("{number:02}"), NOW.plus(number / 2)));
    }
    posted.push(notice(person(2), "not mine", NOW));
    run(&db, Step::Post(posted)).await;
    let mine = [person(1), unit(1), follower(1)];
    let all = seen(&db, &mine, NOW.plus(99)).await;
    assert_eq!(all.len(), 23);
    assert_eq!(&all[..1], ["22"]);
    let (mut paged, mut before) = (Vec::new(), None);
    loop {
        let page = page(&db, &mine, NOW.plus(99), before, 5).await;
        assert!(page.notices.len() <= 5);
        paged.extend(
            page.notices.into_iter().map(|notice| notice.args["number"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page.next else { break };
        before = Some(next.to_string().parse().unwrap());
    }
    assert_eq!(paged, all);
    // A recipient named twice shows nothing twice; nobody sees nothing; limits are held.
    assert_eq!(seen(&db, &[person(1), person(1)], NOW.plus(99)).await.len(), 8);
    assert!(page(&db, &[], NOW, None, 5).await.notices.is_empty());
    assert_eq!(page(&db, &mine, NOW.plus(99), None, 0).await.notices.len(), 1);
    assert_eq!(page(&db, &mine, NOW.plus(99), None, u32::MAX).await.notices.len(), 23);
}

#[db_test]
async fn only_its_recipient_reads_it(db: TestDb) {
    run(&db, Step::Post(vec![notice(person(1), "a", NOW), notice(unit(1), "b", NOW)])).await;
    let mine = vec![person(1), unit(1)];
    let (a, b) = {
        let page = page(&db, &mine, NOW, None, 9).await;
        let of =
            |recipient| page.notices.iter().find(|notice| notice.recipient == recipient).unwrap().clone();
        (of(person(1)), of(unit(1)))
    };
    assert_eq!((a.kind.as_str(), a.about_kind.as_str(), a.at, a.read_at), ("case-closed", "case", NOW, None));
    assert_eq!(run(&db, Step::Read(a.id, vec![person(2), unit(1)], NOW)).await, 0);
    assert_eq!(run(&db, Step::Read(a.id, mine.clone(), NOW.plus(3))).await, 1);
    assert_eq!(run(&db, Step::Read(a.id, mine.clone(), NOW.plus(9))).await, 1);
    let again = page(&db, &[person(1)], NOW, None, 9).await;
    assert_eq!(again.notices[0].read_at, Some(NOW.plus(3)), "read from the first time on");
    assert_eq!(unread(&db, &mine, NOW).await, 1);
    // What one of a unit's people has read, the unit has read.
    assert_eq!(run(&db, Step::Read(b.id, vec![person(7), unit(1)], NOW)).await, 1);
    assert_eq!(unread(&db, &mine, NOW).await, 0);
}

#[db_test]
async fn all_that_can_be_seen_is_read_at_once(db: TestDb) {
    let later = NOW.plus(Timestamp::MINUTE);
    let mut posted: Vec<_> = (0..130).map(|number| notice(person(1), &number.to_string(), NOW)).collect();
    posted.push(notice(person(2), "not mine", NOW));
    posted.push(qige_notify::NewNotice { hold_until: Some(later), ..notice(person(1), "held", NOW) });
    run(&db, Step::Post(posted)).await;
    assert_eq!(unread(&db, &[person(1)], NOW).await, UNREAD_SHOWN);
    assert_eq!(unread(&db, &[person(1), person(2)], NOW).await, UNREAD_SHOWN);
    assert_eq!(run(&db, Step::ReadAll(vec![person(1)], NOW)).await, 130);
    assert_eq!(run(&db, Step::ReadAll(vec![person(1)], NOW)).await, 0);
    assert_eq!(unread(&db, &[person(1)], NOW).await, 0);
    assert_eq!(unread(&db, &[person(2)], NOW).await, 1);
    assert_eq!(unread(&db, &[person(1)], later).await, 1, "the held one");
}
