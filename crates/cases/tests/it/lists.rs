//! Lists, counts, the map, what is nearby.

use qige_cases::actions::*;
use qige_cases::duplicates::Kinship;
use qige_cases::queries::{self, Hands, Order, QueueFilter, Sight, Window};
use qige_cases::search::Sought;
use qige_cases::views::{MapMark, NearbyCase};
use qige_cases::{By, Lateness, NewReport, PhotoRole, Reporter, State, Tone, Urgency, became_late};
use qige_db::db_test;
use qige_db::testing::{TestDb, unprepared};
use qige_kernel::{CaseId, PersonId, PlaceId, Position, Timestamp, UnitId};
use uuid::Uuid;

use crate::world::{World, manhole};

#[db_test]
async fn every_statement_prepares(db: TestDb) {
    assert_eq!(unprepared(&db).await, Vec::<String>::new());
}

/// Every choice of conditions, alone and with all others, in both orders, on both kinds of list.
#[db_test]
async fn every_combination_of_conditions_can_be_asked(db: TestDb) {
    let world = World::new(db).await;
    world.case_in(State::Dispatched).await;
    let id = Uuid::from_u128(5);
    let conditions: [fn(&mut QueueFilter, Uuid); 14] = [
        |filter, _| filter.states = vec![State::Reported, State::Closed],
        |filter, _| filter.tone = Some(Tone::Amber),
        |filter, _| filter.urgency = Some(Urgency::Normal),
        |filter, _| filter.matter = Some("component-01".to_owned()),
        |filter, id| filter.community = Some(PlaceId(id)),
        |filter, id| filter.grid = Some(PlaceId(id)),
        |filter, id| filter.unit = Some(UnitId(id)),
        |filter, _| filter.sought = Some(Sought::Having { tokens: "'x'".to_owned(), numbers: None }),
        |filter, id| filter.hands = Some(Hands::Of(PersonId(id))),
        |filter, _| filter.suspended = Some(true),
        |filter, _| filter.verified = Some(false),
        |filter, _| filter.supervisors = true,
        |filter, _| filter.unlocated = true,
        |filter, _| {
            (filter.from, filter.until) = (Some(Timestamp::from_micros(0)), Some(Timestamp::from_micros(9)))
        },
    ];
    let others: [fn(&mut QueueFilter, Uuid); 7] = [
        |filter, id| filter.sought = Some(Sought::These(vec![CaseId(id)])),
        |filter, _| filter.tone = Some(Tone::Red),
        |filter, _| filter.tone = Some(Tone::Calm),
        |filter, _| filter.hands = Some(Hands::Nobody),
        |filter, _| filter.suspended = Some(false),
        |filter, _| filter.verified = Some(true),
        |filter, _| filter.from = Some(Timestamp::from_micros(0)),
    ];
    let mut filters: Vec<QueueFilter> = (0..1_u32 << conditions.len())
        // One subset in seven, and all of one, two, or all but one condition: the pieces do not know each
        // other.
        .filter(|set| set % 7 == 0 || set.count_ones() <= 2 || set.count_ones() >= 13)
        .map(|set| {
            let mut filter = QueueFilter::default();
            let chosen = conditions.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
            chosen.for_each(|(_, condition)| condition(&mut filter, id));
            filter
        })
        .collect();
    filters.extend(others.map(|condition| {
        let mut filter = QueueFilter::default();
        condition(&mut filter, id);
        filter
    }));
    let tenant_sight = Sight::WHOLE;
    let own_sight = Sight::of(&world.worker, qige_identity::Permission::VerifyCase);
    world
        .read(move |tx| {
            Box::pin(async move {
                let now = Timestamp::from_micros(0);
                let window = Window { west: 118.0, south: 34.0, east: 119.0, north: 35.0 };
                for (at, filter) in filters.iter().enumerate() {
                    let sight = if at % 2 == 0 { &tenant_sight } else { &own_sight };
                    let order = if at % 3 == 0 { Order::Newness } else { Order::Lateness };
                    let after = (at % 5 == 0).then_some("7.00000000000000000000000000000005");
                    queries::queue(tx, filter, sight, order, now, after, 10).await?;
                    if at % 3 == 0 {
                        queries::listed(tx, filter, sight, order, now, after, 10).await?;
                    }
                    if at % 4 == 0 {
                        queries::counts(tx, filter, sight, now).await?;
                    }
                    if at % 16 == 0 {
                        queries::map_window(tx, filter, sight, window, now, 1).await?;
                    }
                }
                Ok(())
            })
        })
        .await;
}

async fn queue(world: &World, filter: QueueFilter) -> Vec<CaseId> {
    let now = world.now();
    let page = world
        .read(move |tx| {
            Box::pin(async move {
                queries::queue(tx, &filter, &Sight::WHOLE, Order::Lateness, now, None, 100).await
            })
        })
        .await;
    page.rows.into_iter().map(|row| row.id).collect()
}

#[db_test]
async fn the_queue_begins_with_what_will_be_late_first(db: TestDb) {
    let world = World::new(db).await;
    let calm = world.case().await;
    world.done(&world.dispatcher, calm, File { urgency: Urgency::Complex, ..world.file() }).await;
    let waiting = world.case().await;
    world.done(&world.dispatcher, waiting, Question { words: "哪里？".to_owned() }).await;
    let urgent = world.case().await;
    world.done(&world.dispatcher, urgent, File { urgency: Urgency::Critical, ..world.file() }).await;
    assert_eq!(queue(&world, QueueFilter::default()).await, [urgent, calm, waiting]);
    world.pass(20 * Timestamp::MINUTE);
    let red = QueueFilter { tone: Some(Tone::Red), ..QueueFilter::default() };
    assert_eq!(queue(&world, red).await, [urgent]);
    let (now, dispatcher) = (world.now(), world.dispatcher.person);
    let counts = world
        .read(move |tx| {
            Box::pin(async move { queries::counts(tx, &QueueFilter::default(), &Sight::WHOLE, now).await })
        })
        .await;
    assert_eq!((counts.total, counts.red), (3, 1));
    assert_eq!((counts.states[&State::Filed], counts.states[&State::Reported]), (2, 1));
    let mine = QueueFilter { hands: Some(Hands::Of(dispatcher)), ..QueueFilter::default() };
    assert_eq!(queue(&world, mine).await.len(), 2);
    let matter = QueueFilter::default().of_matter(manhole());
    assert_eq!(queue(&world, matter).await.len(), 3);
}

#[db_test]
async fn what_lies_nowhere_is_seen_by_those_who_see_the_whole(db: TestDb) {
    let world = World::new(db).await;
    let here = world.case().await;
    let elsewhere = Some(PlaceId(Uuid::from_u128(5)));
    for community in [None, elsewhere] {
        world.send(NewReport { community, ..world.report() }).await.unwrap();
    }
    let part = Sight::of(&world.worker, qige_identity::Permission::VerifyCase);
    let nowhere = Sight::of(&world.outsider, qige_identity::Permission::ReadQueue);
    let now = world.now();
    world
        .read(move |tx| {
            Box::pin(async move {
                let all = QueueFilter::default();
                for (sight, seen) in [(Sight::WHOLE, 3), (part, 1), (nowhere, 0)] {
                    let page = queries::queue(tx, &all, &sight, Order::Lateness, now, None, 10).await?;
                    assert_eq!(page.rows.len(), seen, "{sight:?}");
                    assert!(seen != 1 || page.rows[0].id == here);
                    let counts = queries::counts(tx, &all, &sight, now).await?;
                    assert_eq!(usize::try_from(counts.total), Ok(seen), "{sight:?}");
                }
                Ok(())
            })
        })
        .await;
}

#[db_test]
async fn a_schedule_finds_what_became_late(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let row = world.row(case).await;
    let steps = [
        (Lateness::Amber, row.amber_at.unwrap()),
        (Lateness::Red, row.due_at.unwrap()),
        (Lateness::Over, row.over_at.unwrap()),
    ];
    assert!(steps[0].1 < steps[1].1 && steps[1].1 < steps[2].1);
    for (step, at) in steps {
        let found = |since: i64, until: i64| {
            world.read(move |tx| {
                Box::pin(async move {
                    let after = (at.plus(since), CaseId(Uuid::max()));
                    Ok(became_late(tx, step, after, at.plus(until), 10).await?)
                })
            })
        };
        assert_eq!(found(-1, 0).await.len(), 1, "{step}");
        assert!(found(-2, -1).await.is_empty() && found(0, 1).await.is_empty(), "{step}");
    }
    let now = row.over_at.unwrap();
    let supervisors = QueueFilter { supervisors: true, ..QueueFilter::default() };
    world.clock.set(now);
    assert_eq!(queue(&world, supervisors).await, [case]);
}

#[db_test]
async fn what_became_late_at_one_moment_is_looked_through_bit_by_bit(db: TestDb) {
    let world = World::new(db).await;
    let mut late = [world.case().await, world.case().await, world.case().await];
    late.sort();
    let until = world.now().plus(365 * Timestamp::DAY);
    for &step in Lateness::ALL {
        let mut after = (Timestamp::from_micros(0), CaseId(Uuid::max()));
        for case in late {
            let found = world
                .read(move |tx| Box::pin(async move { Ok(became_late(tx, step, after, until, 1).await?) }))
                .await;
            assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [case], "{step}");
            after = (step.of(&found[0]).unwrap(), case);
        }
    }
}

#[db_test]
async fn pages_follow_each_other_without_gap_or_repeat(db: TestDb) {
    let world = World::new(db).await;
    let mut sent = Vec::new();
    for at in 0..23_i64 {
        sent.push(world.case().await);
        world.pass(at % 3 * Timestamp::MINUTE);
    }
    let now = world.now();
    for order in [Order::Lateness, Order::Newness] {
        let mut seen = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let cursor = after.clone();
            let page = world
                .read(move |tx| {
                    Box::pin(async move {
                        let filter = QueueFilter::default();
                        queries::queue(tx, &filter, &Sight::WHOLE, order, now, cursor.as_deref(), 5).await
                    })
                })
                .await;
            seen.extend(page.rows.iter().map(|row| row.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!((once.len(), seen.len()), (sent.len(), sent.len()), "{order:?}");
    }
}

#[db_test]
async fn the_map_shows_points_or_clusters(db: TestDb) {
    let world = World::new(db).await;
    for at in 0..12 {
        let lng = 118.70 + f64::from(at) * 0.001;
        let report = NewReport { position: Some(Position::new(lng, 34.54).unwrap()), ..world.report() };
        world.send(report).await.unwrap();
    }
    // Longer than any of them may wait.
    world.pass(30 * Timestamp::DAY);
    let now = world.now();
    let town = Window { west: 118.6, south: 34.5, east: 118.8, north: 34.6 };
    let streets = Window { west: 118.695, south: 34.53, east: 118.725, north: 34.55 };
    let all = QueueFilter::default();
    let reported = QueueFilter { states: vec![State::Reported], ..QueueFilter::default() };
    for (window, filter) in [(town, &all), (town, &reported), (streets, &all), (streets, &reported)] {
        let look = |limit| {
            let filter = filter.clone();
            world.read(move |tx| {
                Box::pin(
                    async move { queries::map_window(tx, &filter, &Sight::WHOLE, window, now, limit).await },
                )
            })
        };
        let points = look(100).await;
        assert_eq!((points.total, points.marks.len(), points.clustered), (12, 12, false));
        let clusters = look(5).await;
        assert!(clusters.clustered && clusters.marks.len() < 12);
        let counts = clusters.marks.iter().map(|mark| match mark {
            MapMark::Cluster { count, red, position } => {
                assert!((118.70..=118.712).contains(&position.lng()), "in the middle of its cases");
                (*count, *red)
            }
            MapMark::Case(_) => (0, 0),
        });
        let sums = counts.fold((0, 0), |(cases, late), (count, red)| (cases + count, late + red));
        assert_eq!(sums, (12, 12), "all of them, and all of them late");
    }
}

#[db_test]
async fn what_is_nearby_may_be_the_same(db: TestDb) {
    let world = World::new(db).await;
    let here = world.report().position.unwrap();
    let case = world.case().await;
    let far = NewReport { position: Some(here.moved_metres(3_000.0, 0.0)), ..world.report() };
    world.send(far).await.unwrap();
    let (policy, now) = (world.policy.clone(), world.now());
    let found = world
        .read(move |tx| {
            Box::pin(async move {
                let near = here.moved_metres(20.0, 0.0);
                queries::nearby(tx, near, Some(manhole()), &policy, now).await
            })
        })
        .await;
    assert_eq!(found.iter().map(|near| near.id).collect::<Vec<_>>(), [case]);
    assert!((15..=25).contains(&found[0].likeness.distance_metres));
    assert_eq!((found[0].words.as_deref(), found[0].photo), (None, None));
}

#[db_test]
async fn who_merges_is_shown_what_is_near_of_another_matter_too(db: TestDb) {
    let world = World::new(db).await;
    let here = world.report().position.unwrap();
    let case = world.case().await;
    let send = async |east: f64, matter: &str| {
        let position = Some(here.moved_metres(east, 0.0));
        world.send(NewReport { position, matter: matter.parse().ok(), ..world.report() }).await.unwrap().case
    };
    let (same, other) = (send(5.0, "matter-01-003").await, send(5.0, "matter-06-010").await);
    send(300.0, "matter-06-010").await;
    let (by, policy, now) = (By::Person(world.dispatcher.clone()), world.policy.clone(), world.now());
    let seen = world
        .read(move |tx| Box::pin(async move { queries::case_for_centre(tx, case, &by, &policy, now).await }))
        .await
        .unwrap();
    let ids = |near: &[NearbyCase]| near.iter().map(|near| near.id).collect::<Vec<_>>();
    assert_eq!((ids(&seen.similar), ids(&seen.others)), (vec![same], vec![other]));
    let why = &seen.others[0].likeness;
    assert_eq!((why.kinship, why.probable, why.distance_metres), (Kinship::Other, false, 5));
    // Reporters are asked about the same thing alone, and rules do not wait for it.
    let (policy, matter) = (world.policy.clone(), "matter-06-010".parse().ok());
    let read =
        world.read(move |tx| Box::pin(async move { queries::nearby(tx, here, matter, &policy, now).await }));
    assert_eq!(ids(&read.await), [other]);
}

#[db_test]
async fn everybody_has_their_own_list(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Checking).await;
    let (now, worker, rider) = (world.now(), world.worker.person, world.rider.person);
    let (tasks, own) = world
        .read(move |tx| {
            Box::pin(async move {
                let tasks = queries::ground_list(tx, worker, now).await?;
                Ok((tasks, queries::reports_of(tx, rider, None, 10).await?))
            })
        })
        .await;
    assert_eq!(tasks.iter().map(|task| task.case).collect::<Vec<_>>(), [case]);
    assert_eq!((own.rows.len(), own.rows[0].state), (1, State::Checking));
    let (by, policy) = (By::Person(world.worker.clone()), world.policy.clone());
    let task = world
        .read(move |tx| Box::pin(async move { queries::ground_case(tx, case, &by, &policy, now).await }))
        .await
        .unwrap();
    assert!(task.may.contains(&qige_cases::CommandName::Pass));
    let none = By::Person(world.second_rider.clone());
    let policy = world.policy.clone();
    let task = world
        .read(move |tx| Box::pin(async move { queries::ground_case(tx, case, &none, &policy, now).await }))
        .await;
    assert!(task.is_none());
}

#[db_test]
async fn the_centre_sees_all_and_the_reporter_sees_their_own(db: TestDb) {
    let world = World::new(db).await;
    let done = world.case_in(State::Closed).await;
    let case = world.case_in(State::Filed).await;
    let other = NewReport { by: Reporter::Stranger, ..world.report() };
    let child = world.send(other).await.unwrap().case;
    world.done(&world.dispatcher, child, Merge { main: case, reason: String::new() }).await;
    let see = |who: &qige_identity::Who, id| {
        let (by, policy, now) = (By::Person(who.clone()), world.policy.clone(), world.now());
        world.read(move |tx| {
            Box::pin(async move { queries::case_for_centre(tx, id, &by, &policy, now).await })
        })
    };
    let view = see(&world.dispatcher, case).await.unwrap();
    assert_eq!((view.reports.len(), view.photos.len(), view.merged.len()), (2, 2, 1));
    assert_eq!(view.suggested_unit.as_ref().map(|unit| (unit.unit, unit.cases)), Some((world.roads, 1)));
    assert!(view.may.contains(&qige_cases::CommandName::Dispatch));
    assert!(!view.life.is_empty());
    assert_eq!(see(&world.dispatcher, child).await.unwrap().main.unwrap().id, case);
    let own = |who: &qige_identity::Who, id| {
        let (by, policy, now) = (By::Person(who.clone()), world.policy.clone(), world.now());
        world.read(move |tx| {
            Box::pin(async move { queries::case_for_reporter(tx, id, &by, &policy, now).await })
        })
    };
    let view = own(&world.rider, done).await.unwrap();
    assert_eq!((view.state, view.reports.len()), (State::Closed, 1));
    assert!(view.results.iter().any(|photo| photo.role == PhotoRole::After));
    assert!(view.may.contains(&qige_cases::CommandName::Rate));
    assert!(own(&world.second_rider, done).await.is_none());
}
