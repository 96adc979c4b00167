//! All cases of a filter, batch by batch.

use qige_cases::queries::{self, MAX_BATCH_ROWS, Order, QueueFilter, Sight};
use qige_cases::{File, State, Urgency};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::Permission;
use qige_kernel::{CaseId, Timestamp};

use crate::world::{World, code, refusal};

/// Every case of the filter, in batches of `limit`.
async fn all(world: &World, filter: &QueueFilter, order: Order, limit: u32) -> Vec<CaseId> {
    let (now, mut found, mut after) = (world.now(), Vec::new(), None);
    loop {
        let (filter, from) = (filter.clone(), after.take());
        let batch = world
            .read(move |tx| {
                Box::pin(async move {
                    let whole = Sight::WHOLE;
                    queries::listed(tx, &filter, &whole, order, now, from.as_deref(), limit).await
                })
            })
            .await;
        assert!(batch.rows.len() <= usize::try_from(limit).unwrap());
        found.extend(batch.rows.iter().map(|row| row.id));
        match batch.next {
            Some(next) => after = Some(next),
            None => return found,
        }
    }
}

#[db_test]
async fn batches_of_any_size_hold_what_the_queue_holds_in_its_order(db: TestDb) {
    let world = World::new(db).await;
    for state in State::ALL {
        if *state != State::Merged {
            world.case_in(*state).await;
            world.pass(Timestamp::MINUTE);
        }
    }
    let urgent = world.case().await;
    world.done(&world.dispatcher, urgent, File { urgency: Urgency::Critical, ..world.file() }).await;
    for _ in 0..3 {
        world.case_in(State::Declined).await;
        world.case_in(State::Closed).await;
    }
    let mixed = vec![State::Declined, State::Filed, State::Closed, State::Closed, State::Dispatched];
    let until = Some(world.now().plus(-Timestamp::MINUTE));
    for (states, until) in [
        (vec![], None),
        (vec![State::Filed, State::Handled], None),
        (vec![State::Closed], None),
        (vec![State::Closed, State::Declined], None),
        (mixed, None),
        (State::ALL.to_vec(), None),
        (State::ALL.to_vec(), until),
    ] {
        let filter = QueueFilter { states, until, ..QueueFilter::default() };
        for order in [Order::Lateness, Order::Newness] {
            let (wanted, now) = (filter.clone(), world.now());
            let queue = world
                .read(move |tx| {
                    Box::pin(async move {
                        queries::queue(tx, &wanted, &Sight::WHOLE, order, now, None, 200).await
                    })
                })
                .await;
            let queue: Vec<CaseId> = queue.rows.into_iter().map(|row| row.id).collect();
            assert!(!queue.is_empty());
            for limit in [1, 2, 5, MAX_BATCH_ROWS] {
                assert_eq!(all(&world, &filter, order, limit).await, queue, "{limit} of {filter:?}");
            }
        }
    }
}

#[db_test]
async fn a_batch_says_what_the_queue_says_within_the_sight_of_who_asks(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Dispatched).await;
    let (now, filter) = (world.now(), QueueFilter::default());
    let own = Sight::of(&world.worker, Permission::VerifyCase);
    let nowhere = Sight::of(&world.outsider, Permission::ReadQueue);
    let (here, there, shown) = world
        .read(move |tx| {
            Box::pin(async move {
                let order = Order::Lateness;
                let here = queries::listed(tx, &filter, &own, order, now, None, 10).await?;
                let there = queries::listed(tx, &filter, &nowhere, order, now, None, 10).await?;
                let shown = queries::queue(tx, &filter, &own, order, now, None, 10).await?;
                Ok((here, there, shown))
            })
        })
        .await;
    assert!(there.rows.is_empty() && there.next.is_none());
    let ([row], [shown]) = (here.rows.as_slice(), shown.rows.as_slice()) else { panic!("one case each") };
    assert_eq!(row.id, case);
    assert_eq!((row.state, row.matter, row.urgency), (shown.state, shown.matter, shown.urgency));
    assert_eq!((&row.number, row.lead_unit, row.stage), (&shown.number, shown.lead_unit, shown.stage));
    assert_eq!((row.position(), row.community, row.grid), (shown.position, shown.community, shown.grid));
    assert_eq!((row.received_at, row.due_at, row.tone(now)), (shown.received_at, shown.due_at, shown.tone));
    assert_eq!((row.reports, row.is_escalated(now)), (shown.reports, shown.escalated));
    assert!(row.filed_at.is_some() && row.dispatched_at.is_some() && row.handled_at.is_none());
    let late = now.plus(90 * Timestamp::DAY);
    assert!(row.is_escalated(late) && row.tone(late) != row.tone(now));
}

#[db_test]
async fn a_batch_begins_where_one_ended(db: TestDb) {
    let world = World::new(db).await;
    let (asker, now) = (world.as_person(world.dispatcher.person), world.now());
    let read = world.db.read(asker, move |tx| {
        Box::pin(async move {
            let filter = QueueFilter::default();
            queries::listed(tx, &filter, &Sight::WHOLE, Order::Newness, now, Some("x"), 10).await
        })
    });
    assert_eq!(code(refusal(read.await)), "no-such-page");
}
