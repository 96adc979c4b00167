//! A report comes in once, whatever the wire does.

use qige_cases::store::{report_by_id, reports_of_case};
use qige_cases::views::Page;
use qige_cases::{CaseRole, NewReport, Origin, PhotoRef, PhotoRole, Reporter, State, queries};
use qige_db::testing::TestDb;
use qige_db::{db_test, journal};
use qige_kernel::{CaseId, Timestamp};

use crate::world::{World, code, refusal};

async fn lines(world: &World, case: CaseId) -> Vec<journal::Line> {
    let stream = journal::Stream::new("case", case);
    world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await
}

#[db_test]
async fn a_report_opens_a_case(db: TestDb) {
    let world = World::new(db).await;
    let report = world.report();
    let (id, case, now) = (report.id, report.case, world.now());
    let receipt = world.send(report).await.unwrap();
    assert_eq!((receipt.report, receipt.case, receipt.at), (id, case, now));
    assert!(!receipt.joined && !receipt.again);
    let row = world.row(case).await;
    assert_eq!((row.state, row.version, row.open), (State::Reported, 1, true));
    assert_eq!((row.first_report, row.community), (id, Some(world.community)));
    assert!(row.due_at.unwrap() > now && row.amber_at.unwrap() < row.due_at.unwrap());
    let lines = lines(&world, case).await;
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].command.as_str(), lines[0].role.as_str()), ("report", "rider"));
    assert_eq!(lines[0].body()["report"]["words"], "井盖没了，路口东边");
}

#[db_test]
async fn the_same_report_again_is_the_same_receipt(db: TestDb) {
    let world = World::new(db).await;
    let first = world.report();
    let receipt = world.send(first.clone()).await.unwrap();
    world.pass(Timestamp::HOUR);
    let again = NewReport {
        case: world.entropy.id(world.now()),
        words: "something else".to_owned(),
        received_at: world.now(),
        ..first.clone()
    };
    let second = world.send(again).await.unwrap();
    assert!(second.again);
    assert_eq!((second.report, second.case, second.at), (receipt.report, receipt.case, receipt.at));
    let kept =
        world.read(move |tx| Box::pin(async move { Ok(report_by_id(tx, first.id).await?.unwrap()) })).await;
    assert_eq!(kept.words, "井盖没了，路口东边");
    assert_eq!(lines(&world, receipt.case).await.len(), 1);
}

#[db_test]
async fn twenty_at_once_are_one(db: TestDb) {
    let world = std::sync::Arc::new(World::new(db).await);
    let report = world.report();
    let sends: Vec<_> = (0..20)
        .map(|_| {
            let world = world.clone();
            let report = NewReport { case: world.entropy.id(world.now()), ..report.clone() };
            tokio::spawn(async move { world.send(report).await })
        })
        .collect();
    let mut receipts = Vec::new();
    for send in sends {
        receipts.push(send.await.unwrap().unwrap());
    }
    assert_eq!(receipts.iter().filter(|receipt| !receipt.again).count(), 1);
    assert!(receipts.iter().all(|receipt| receipt.case == receipts[0].case));
    let page: Page<_> = world
        .read(move |tx| {
            Box::pin(async move {
                let filter = queries::QueueFilter::default();
                let sight = queries::Sight::WHOLE;
                let now = Timestamp::from_micros(0);
                queries::queue(tx, &filter, &sight, queries::Order::Lateness, now, None, 50).await
            })
        })
        .await;
    assert_eq!(page.rows.len(), 1);
}

#[db_test]
async fn me_too_joins_an_open_case_and_leaves_its_version(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let joiner = Reporter::Person(world.second_rider.person, CaseRole::Rider);
    let too = NewReport { by: joiner, joins: Some(case), ..world.report() };
    let receipt = world.send(too.clone()).await.unwrap();
    assert!(receipt.joined);
    assert_eq!(receipt.case, case);
    assert!(world.send(too).await.unwrap().joined);
    assert_eq!(world.row(case).await.version, 1);
    let reports = world.read(move |tx| Box::pin(async move { Ok(reports_of_case(tx, case).await?) })).await;
    assert_eq!(reports.len(), 2);
    let stream = journal::Stream::new("report", receipt.report);
    let own = world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
    assert_eq!(own[0].command, "join");
}

#[db_test]
async fn whoever_reported_a_case_does_not_join_it(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case().await;
    let too = NewReport { joins: Some(case), ..world.report() };
    assert_eq!(code(refusal(world.send(too).await)), "joined-already");
}

#[db_test]
async fn joining_what_is_closed_by_now_opens_a_case_of_its_own(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Closed).await;
    let receipt = world.send(NewReport { joins: Some(case), ..world.report() }).await.unwrap();
    assert!(!receipt.joined);
    assert_ne!(receipt.case, case);
}

#[db_test]
async fn solved_on_the_spot_is_handled_at_once(db: TestDb) {
    let world = World::new(db).await;
    let photo = |role| PhotoRef { id: world.photo(), role };
    let both = vec![photo(PhotoRole::Before), photo(PhotoRole::After)];
    let solved = NewReport { solved: true, photos: both.clone(), ..world.report() };
    let case = world.send(solved.clone()).await.unwrap().case;
    let row = world.row(case).await;
    assert_eq!((row.state, row.solved), (State::Handled, true));
    assert!(row.handled_at.is_some());
    let twice_before = vec![photo(PhotoRole::Before), photo(PhotoRole::Before)];
    let wrong = NewReport { photos: twice_before, ..world.report() };
    assert_eq!(
        code(refusal(world.send(NewReport { solved: true, ..wrong }).await)),
        "before-and-after-missing"
    );
    let stranger = NewReport { by: Reporter::Stranger, solved: true, photos: both, ..world.report() };
    assert_eq!(code(refusal(world.send(stranger).await)), "not-your-part");
}

#[db_test]
async fn a_stranger_reports_and_a_place_may_be_missing(db: TestDb) {
    let world = World::new(db).await;
    let report = NewReport {
        by: Reporter::Stranger,
        position: None,
        community: None,
        origin: Origin::Web,
        photos: Vec::new(),
        ..world.report()
    };
    let case = world.send(report).await.unwrap().case;
    let row = world.row(case).await;
    assert_eq!((row.position(), row.cell), (None, None));
}

#[db_test]
async fn what_cannot_be_read_is_refused_and_nothing_is_kept(db: TestDb) {
    let world = World::new(db).await;
    for (words, expected) in [
        ("字".repeat(2_001), "words-too-long"),
        ("a\0b".to_owned(), "words-with-control-signs"),
        ("a\u{202e}b".to_owned(), "words-with-control-signs"),
    ] {
        let report = NewReport { words, ..world.report() };
        let id = report.id;
        assert_eq!(code(refusal(world.send(report).await)), expected);
        let kept = world.read(move |tx| Box::pin(async move { Ok(report_by_id(tx, id).await?) })).await;
        assert!(kept.is_none());
    }
    assert!(world.send(NewReport { words: "字".repeat(2_000), ..world.report() }).await.is_ok());
    let photos = (0..10).map(|_| PhotoRef { id: world.photo(), role: PhotoRole::Before }).collect();
    let many = NewReport { photos, ..world.report() };
    assert_eq!(code(refusal(world.send(many).await)), "too-many-photos");
}

#[db_test]
async fn a_phone_that_is_ahead_of_time_is_not_believed(db: TestDb) {
    let world = World::new(db).await;
    let report = NewReport { made_at: world.now().plus(Timestamp::DAY), ..world.report() };
    let id = report.id;
    world.send(report).await.unwrap();
    let kept = world.read(move |tx| Box::pin(async move { Ok(report_by_id(tx, id).await?.unwrap()) })).await;
    assert_eq!(kept.made_at, world.now());
}

#[db_test]
async fn a_photo_of_another_case_is_not_taken_over(db: TestDb) {
    let world = World::new(db).await;
    let first = world.report();
    let photo = first.photos[0];
    let case = world.send(first).await.unwrap().case;
    world.send(NewReport { photos: vec![photo], ..world.report() }).await.unwrap();
    let kept = world
        .read(move |tx| {
            Box::pin(async move { Ok(qige_cases::store::photo_by_id(tx, photo.id).await?.unwrap()) })
        })
        .await;
    assert_eq!(kept.case_id, case);
}
