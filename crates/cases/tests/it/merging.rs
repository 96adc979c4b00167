//! A merge brings together what belongs to several cases, and taking it apart gives each back what is theirs.

use std::collections::BTreeSet;

use qige_cases::queries::{case_for_centre, case_for_reporter, follow};
use qige_cases::views::{CentreCase, FollowerCase, ReporterCase};
use qige_cases::{By, CaseRole, Merge, NewReport, Reporter, State, Unmerge};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::Who;
use qige_kernel::{CaseId, ObjectId, PersonId};

use crate::world::World;

async fn at_centre(world: &World, case: CaseId) -> CentreCase {
    let (by, policy, now) = (By::Person(world.dispatcher.clone()), world.policy.clone(), world.now());
    world
        .read(move |tx| Box::pin(async move { case_for_centre(tx, case, &by, &policy, now).await }))
        .await
        .unwrap()
}

async fn of_reporter(world: &World, who: &Who, case: CaseId) -> ReporterCase {
    let (by, policy, now) = (By::Person(who.clone()), world.policy.clone(), world.now());
    world
        .read(move |tx| Box::pin(async move { case_for_reporter(tx, case, &by, &policy, now).await }))
        .await
        .unwrap()
}

async fn by_code(world: &World, code: [u8; 32]) -> FollowerCase {
    let (policy, now) = (world.policy.clone(), world.now());
    world.read(move |tx| Box::pin(async move { follow(tx, code, &policy, now).await })).await.unwrap()
}

/// Who reported it, and which photos it has.
fn brought(case: &CentreCase) -> (Vec<Option<PersonId>>, BTreeSet<ObjectId>) {
    let mut people: Vec<_> = case.reports.iter().map(|report| report.person).collect();
    people.sort_unstable();
    (people, case.photos.iter().map(|photo| photo.id).collect())
}

#[db_test]
async fn unmerging_gives_each_back_reporters_photos_and_who_follows(db: TestDb) {
    let world = World::new(db).await;
    let second = world.second_rider.clone();
    let first = world.report();
    let by = Reporter::Person(second.person, CaseRole::Rider);
    let (own, theirs) =
        (NewReport { by, ..world.report() }, NewReport { by: Reporter::Stranger, ..world.report() });
    let photo = |report: &NewReport| report.photos[0].id;
    let photos = [photo(&first), photo(&own), photo(&theirs)];
    let code = theirs.follow_code_hash.unwrap();
    let mut cases = Vec::new();
    for report in [first, own, theirs] {
        cases.push(world.send(report).await.unwrap().case);
    }
    let [main, own, theirs] = cases[..] else { panic!("three") };
    world.done(&world.dispatcher, main, world.file()).await;
    for case in [own, theirs] {
        world.done(&world.dispatcher, case, Merge { main, reason: "同一个井盖".to_owned() }).await;
    }
    let (rider, second_id) = (Some(world.rider.person), Some(second.person));
    let all = BTreeSet::from(photos);
    let mut everybody = vec![None, rider, second_id];
    everybody.sort_unstable();
    assert_eq!(brought(&at_centre(&world, main).await), (everybody, all));
    assert_eq!(
        of_reporter(&world, &second, own).await.state,
        State::Filed,
        "it stands where the main one does"
    );
    assert_eq!(by_code(&world, code).await.state, State::Filed);

    world.done(&world.dispatcher, own, Unmerge { reason: "是两个".to_owned() }).await;
    let mut left = vec![None, rider];
    left.sort_unstable();
    assert_eq!(brought(&at_centre(&world, main).await), (left, BTreeSet::from([photos[0], photos[2]])));
    assert_eq!(brought(&at_centre(&world, own).await), (vec![second_id], BTreeSet::from([photos[1]])));
    let seen = of_reporter(&world, &second, own).await;
    assert_eq!((seen.state, seen.main_number, seen.main.is_some()), (State::Reported, None, false));
    assert_eq!(seen.reports[0].photos.iter().map(|photo| photo.id).collect::<Vec<_>>(), [photos[1]]);
    // Who was merged besides follows on.
    let seen = by_code(&world, code).await;
    assert_eq!((seen.state, seen.main_number.is_some()), (State::Filed, true));
    world.done(&world.dispatcher, theirs, Unmerge { reason: "也是两个".to_owned() }).await;
    let seen = by_code(&world, code).await;
    assert_eq!((seen.id, seen.state, seen.main_number), (theirs, State::Reported, None));
}
