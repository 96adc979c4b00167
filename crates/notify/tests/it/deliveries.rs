//! From a notice to what came of it on each way.

use jiff::tz::TimeZone;
use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test};
use qige_kernel::{NoticeId, PersonId, Timestamp, UnitId};
use qige_notify::{
    AddWay, Batch, DeliveryFilter, DeliveryState, EndWay, Habits, Hearer, NewNotice, Outcome, Recipient,
    SendAgain, SetChoices, SetHabits, SetTopics, Settle, TRIES, TakeBatch, Taken, Topic, WayKind, choices_of,
    deliveries, forget_sent_before, sent_before, spread, way,
};
use uuid::Uuid;

use crate::{NOW, Step, notice, page, person, run, unit, us};

struct People;

impl Command for People {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let sql = qige_db::Sql::compose(&[ADD_PERSON]);
        for number in 1..=3_u128 {
            let values =
                qige_db::params![tx.tenant(), Uuid::from_u128(number), format!("骑手 {number}"), NOW];
            tx.execute(sql.clone(), values).await?;
        }
        Ok(())
    }
}

qige_db::statements! {
    /// Somebody to be told.
    fragment ADD_PERSON = "INSERT INTO people (tenant, id, name, name_key, state, created_at, updated_at)
        VALUES ($1, $2, $3, $3, 'active', $4, $4)";
}

async fn add(db: &TestDb, id: u128, kind: WayKind, whose: Option<u128>, of_unit: Option<u128>) {
    let add = AddWay {
        id: Uuid::from_u128(id),
        kind,
        person: whose.map(|number| PersonId(Uuid::from_u128(number))),
        unit: of_unit.map(|number| UnitId(Uuid::from_u128(number))),
        name: "way".to_owned(),
        sealed: None,
        topics: Topic::ALL.to_vec(),
        code: None,
        at: NOW,
        noted: None,
    };
    db.write(us(), add).await.unwrap();
}

struct Spread(NoticeId, Hearer, Timestamp);

impl Command for Spread {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(spread(tx, self.0, &self.1, &TimeZone::UTC, self.2).await?)
    }
}

async fn tell(db: &TestDb, recipient: Recipient, dedupe: &str, people: &[u128], now: Timestamp) {
    tell_of(db, notice(recipient, dedupe, now), people).await;
}

async fn tell_of(db: &TestDb, new: NewNotice, people: &[u128]) {
    let NewNotice { recipient, at: now, ref dedupe, .. } = new;
    run(db, Step::Post(vec![new.clone()])).await;
    let found = page(db, &[recipient], now, None, 100).await;
    let posted = found.notices.iter().find(|notice| notice.args["number"] == dedupe.as_str()).unwrap().id;
    let people = people.iter().map(|number| PersonId(Uuid::from_u128(*number))).collect();
    let hearer = Hearer { recipient, people };
    for _ in 0..2 {
        db.write(us(), Spread(posted, hearer.clone(), now)).await.unwrap();
    }
}

async fn take(db: &TestDb, way: u128, batch: u128, now: Timestamp) -> Option<Batch> {
    let (way, batch) = (Uuid::from_u128(way), Uuid::from_u128(batch));
    match db.write(us(), TakeBatch { way, batch, zone: TimeZone::UTC, now }).await.unwrap() {
        Taken::Nothing => None,
        Taken::Send(batch) => Some(*batch),
    }
}

async fn settle(db: &TestDb, batch: &Batch, outcome: Outcome, now: Timestamp) {
    let settle = Settle {
        batch: batch.id,
        way: batch.way.id,
        kind: batch.way.kind,
        attempt: batch.attempt,
        outcome,
        now,
    };
    db.write(us(), settle).await.unwrap();
}

async fn states(db: &TestDb) -> Vec<(DeliveryState, Option<String>)> {
    let all = DeliveryFilter::default();
    let rows = db.read(us(), move |tx| Box::pin(async move { Ok(deliveries(tx, &all, None, 100).await?) }));
    let mut rows = rows.await.unwrap();
    rows.reverse();
    rows.into_iter().map(|row| (row.state, row.problem)).collect()
}

fn later(minutes: i64) -> Timestamp {
    NOW.plus(minutes * Timestamp::MINUTE)
}

#[db_test]
async fn a_notice_goes_each_way_once_and_together_with_what_waits(db: TestDb) {
    db.write(us(), People).await.unwrap();
    add(&db, 10, WayKind::Push, Some(1), None).await;
    add(&db, 11, WayKind::Mail, Some(1), None).await;
    add(&db, 12, WayKind::WecomRobot, None, Some(1)).await;
    add(&db, 13, WayKind::Webhook, None, None).await;
    let of_person = SetTopics {
        person: PersonId(Uuid::from_u128(1)),
        topics: vec![(WayKind::Mail, vec![Topic::Safety])],
    };
    db.write(us(), of_person).await.unwrap();
    tell(&db, unit(1), "a", &[1, 2], NOW).await;
    tell(&db, unit(1), "b", &[1, 2], NOW).await;
    tell(&db, unit(2), "c", &[], NOW).await;
    // The browser of the one who has one, both together; nothing by mail; the group of the unit hears of its
    // own, the program of everything, one by one.
    let batch = take(&db, 10, 100, NOW).await.unwrap();
    assert_eq!((batch.items.len(), batch.attempt, batch.items[0].topic), (2, 1, Topic::Centre));
    assert!(take(&db, 10, 101, NOW).await.is_none(), "under way");
    assert!(take(&db, 11, 101, NOW).await.is_none());
    assert_eq!(take(&db, 12, 102, NOW).await.unwrap().items.len(), 2);
    for number in 0..3 {
        let batch = take(&db, 13, 110 + number, NOW).await.unwrap();
        assert_eq!(batch.items.len(), 1);
        settle(&db, &batch, Outcome::Sent, NOW).await;
    }
    assert!(take(&db, 13, 120, NOW).await.is_none());
}

#[db_test]
async fn what_was_under_way_when_a_process_died_is_sent_again_only_where_it_is_known_again(db: TestDb) {
    db.write(us(), People).await.unwrap();
    add(&db, 10, WayKind::Push, Some(1), None).await;
    add(&db, 11, WayKind::Sms, Some(1), None).await;
    tell(&db, person(1), "a", &[1], NOW).await;
    let (push, sms) = (take(&db, 10, 100, NOW).await.unwrap(), take(&db, 11, 101, NOW).await.unwrap());
    tell(&db, person(1), "b", &[1], NOW).await;
    // The process is gone. Meanwhile more has come, which goes by itself.
    let again = take(&db, 10, 200, later(1)).await.unwrap();
    assert_eq!((again.id, again.items.len(), again.attempt), (push.id, 1, 2), "the same message");
    let fresh = take(&db, 10, 201, later(1)).await.unwrap();
    assert_eq!((fresh.id, fresh.items.len()), (Uuid::from_u128(201), 1));
    let other = take(&db, 11, 202, later(1)).await.unwrap();
    assert!(other.id != sms.id && other.items.len() == 1);
    let found = states(&db).await;
    let unsure = found.iter().filter(|(state, _)| *state == DeliveryState::Unsure).count();
    assert_eq!(unsure, 1, "{found:?}");
}

#[db_test]
async fn a_message_is_tried_again_and_then_given_up_and_its_way_is_parked(db: TestDb) {
    db.write(us(), People).await.unwrap();
    add(&db, 10, WayKind::Webhook, None, None).await;
    tell(&db, unit(1), "a", &[], NOW).await;
    let mut now = NOW;
    for attempt in 1..=TRIES {
        let batch = take(&db, 10, 100, now).await.unwrap();
        assert_eq!((batch.attempt, batch.id), (attempt, Uuid::from_u128(100)));
        settle(&db, &batch, Outcome::Later("status 503".to_owned(), Some(60)), now).await;
        assert!(take(&db, 10, 101, now.plus(59 * Timestamp::SECOND)).await.is_none());
        now = now.plus(6 * Timestamp::HOUR);
    }
    let failed = states(&db).await;
    assert_eq!(failed, [(DeliveryState::Failed, Some("status 503".to_owned()))]);
    for dedupe in ["b", "c"] {
        tell(&db, unit(1), dedupe, &[], now).await;
        let batch = take(&db, 10, 200, now).await.unwrap();
        settle(&db, &batch, Outcome::Never("status 400".to_owned()), now).await;
    }
    let id = Uuid::from_u128(10);
    let parked = db.read(us(), move |tx| Box::pin(async move { Ok(way(tx, id).await?) })).await.unwrap();
    let parked = parked.unwrap();
    assert_eq!((parked.failures, parked.parked_why.as_deref()), (3, Some("status 400")));
    tell(&db, unit(1), "d", &[], now).await;
    assert_eq!(states(&db).await.len(), 3, "nothing goes a parked way");
    db.write(us(), qige_notify::ReopenWay { id, person: None }).await.unwrap();
    let of = DeliveryFilter { state: Some(DeliveryState::Failed), ..DeliveryFilter::default() };
    let rows = db.read(us(), move |tx| Box::pin(async move { Ok(deliveries(tx, &of, None, 9).await?) }));
    let delivery = rows.await.unwrap()[0].id;
    db.write(us(), SendAgain { delivery, now }).await.unwrap();
    assert!(db.write(us(), SendAgain { delivery, now }).await.is_err(), "once");
    let batch = take(&db, 10, 300, now).await.unwrap();
    settle(&db, &batch, Outcome::Sent, now).await;
}

#[db_test]
async fn a_browser_that_is_gone_is_parked_at_once(db: TestDb) {
    db.write(us(), People).await.unwrap();
    add(&db, 10, WayKind::Push, Some(1), None).await;
    for dedupe in ["a", "b"] {
        tell(&db, person(1), dedupe, &[1], NOW).await;
    }
    let batch = take(&db, 10, 100, NOW).await.unwrap();
    settle(&db, &batch, Outcome::Gone("status 410".to_owned()), NOW).await;
    tell(&db, person(1), "c", &[1], NOW).await;
    assert_eq!(states(&db).await.len(), 2);
    let end =
        EndWay { id: Uuid::from_u128(10), person: Some(PersonId(Uuid::from_u128(2))), at: NOW, noted: None };
    assert!(db.write(us(), end).await.is_err(), "another's");
}

#[db_test]
async fn a_group_hears_no_more_than_its_maker_takes(db: TestDb) {
    add(&db, 10, WayKind::WecomRobot, None, None).await;
    for number in 0..25_u128 {
        tell(&db, unit(1), &number.to_string(), &[], NOW).await;
        match take(&db, 10, 100 + number, NOW).await {
            Some(batch) => settle(&db, &batch, Outcome::Sent, NOW).await,
            None => assert!(number >= 19, "{number}"),
        }
    }
    let sent = states(&db).await.iter().filter(|(state, _)| *state == DeliveryState::Sent).count();
    assert_eq!(sent, 19);
    // What was too much goes together, once there is room.
    assert_eq!(take(&db, 10, 200, later(1).plus(1)).await.unwrap().items.len(), 6);
}

#[db_test]
async fn where_a_maker_has_two_limits_both_hold(db: TestDb) {
    add(&db, 10, WayKind::FeishuRobot, None, None).await;
    let mut now = NOW;
    for number in 0..99_u128 {
        // Four a second, as fast as the first limit lets it.
        now = NOW.plus(i64::try_from(number).unwrap() / 4 * (Timestamp::SECOND + 1));
        tell(&db, unit(1), &number.to_string(), &[], now).await;
        let batch = take(&db, 10, 100 + number, now).await.unwrap();
        settle(&db, &batch, Outcome::Sent, now).await;
        if number == 3 {
            tell(&db, unit(1), "fifth", &[], now).await;
            assert!(take(&db, 10, 900, now).await.is_none(), "four in this second");
        }
    }
    tell(&db, unit(1), "hundredth", &[], now).await;
    assert!(
        take(&db, 10, 901, now.plus(2 * Timestamp::SECOND)).await.is_none(),
        "ninety-nine in this minute"
    );
    assert_eq!(take(&db, 10, 902, later(1)).await.unwrap().items.len(), 1);
}

#[db_test]
async fn nobody_is_told_at_night_or_of_what_they_have_read(db: TestDb) {
    db.write(us(), People).await.unwrap();
    add(&db, 10, WayKind::Push, Some(1), None).await;
    let me = PersonId(Uuid::from_u128(1));
    let habits = Habits { paused_until: Some(later(60)), ..Habits::default() };
    db.write(us(), SetHabits { person: me, habits, at: NOW }).await.unwrap();
    for dedupe in ["a", "b", "c"] {
        tell(&db, person(1), dedupe, &[1], NOW).await;
    }
    assert!(take(&db, 10, 100, later(59)).await.is_none());
    let read = page(&db, &[person(1)], NOW, None, 9).await.notices[0].id;
    run(&db, Step::Read(read, vec![person(1)], later(30))).await;
    // The pause was made longer meanwhile.
    let habits = Habits { paused_until: Some(later(90)), ..habits };
    db.write(us(), SetHabits { person: me, habits, at: later(55) }).await.unwrap();
    assert!(take(&db, 10, 100, later(61)).await.is_none());
    assert_eq!(take(&db, 10, 100, later(90)).await.unwrap().items.len(), 2);
    let read = (DeliveryState::Dropped, Some("read".to_owned()));
    assert!(states(&db).await.contains(&read));
}

#[db_test]
async fn an_address_is_proved_by_the_code_that_was_sent_there(db: TestDb) {
    db.write(us(), People).await.unwrap();
    let me = PersonId(Uuid::from_u128(1));
    let id = Uuid::from_u128(10);
    let code = qige_notify::NewCode::draw(id, NOW, &qige_kernel::Entropy::seeded(1));
    let digits = code.digits.clone();
    let add = AddWay {
        id,
        kind: WayKind::Mail,
        person: Some(me),
        unit: None,
        name: "r…@example.net".to_owned(),
        sealed: Some("sealed".to_owned()),
        topics: Topic::ALL.to_vec(),
        code: Some(code),
        at: NOW,
        noted: None,
    };
    db.write(us(), add.clone()).await.unwrap();
    tell(&db, person(1), "a", &[1], NOW).await;
    assert!(states(&db).await.is_empty(), "nothing goes to an address that is not proved");
    let confirm = |person, code: &str, at| qige_notify::ConfirmWay {
        id,
        person: PersonId(Uuid::from_u128(person)),
        code: code.to_owned(),
        at,
    };
    assert!(db.write(us(), confirm(2, &digits, NOW)).await.is_err(), "another's");
    assert!(db.write(us(), confirm(1, &digits, later(31))).await.is_err(), "too late");
    for _ in 0..qige_notify::CODE_TRIES {
        assert!(!db.write(us(), confirm(1, "x", NOW)).await.unwrap());
    }
    assert!(db.write(us(), confirm(1, &digits, NOW)).await.is_err(), "guessed too often");
    let second = Uuid::from_u128(11);
    let code = qige_notify::NewCode::draw(second, NOW, &qige_kernel::Entropy::seeded(2));
    let digits = format!(" {} ", code.digits);
    db.write(us(), AddWay { id: second, code: Some(code), ..add }).await.unwrap();
    let confirm = qige_notify::ConfirmWay { id: second, person: me, code: digits, at: NOW };
    assert!(db.write(us(), confirm).await.unwrap());
    tell(&db, person(1), "b", &[1], NOW).await;
    assert_eq!(states(&db).await.len(), 1, "one address, the last");
}

#[db_test]
async fn somebody_chooses_kind_by_kind_and_only_what_differs_is_kept(db: TestDb) {
    db.write(us(), People).await.unwrap();
    add(&db, 10, WayKind::Push, Some(1), None).await;
    add(&db, 11, WayKind::Mail, Some(1), None).await;
    let me = PersonId(Uuid::from_u128(1));
    let choose = async |wanted: Vec<(WayKind, Vec<&str>)>| {
        let wanted =
            wanted.into_iter().map(|(way, kinds)| (way, kinds.into_iter().map(Into::into).collect()));
        db.write(us(), SetChoices { person: me, topic: Topic::Tasks, wanted: wanted.collect() }).await
    };
    let topics = async |topics: Vec<Topic>| {
        db.write(us(), SetTopics { person: me, topics: vec![(WayKind::Push, topics)] }).await.unwrap();
    };
    let kept = async || {
        let read = db.read(us(), move |tx| Box::pin(async move { Ok(choices_of(tx, me).await?) }));
        let kept = read.await.unwrap().into_iter();
        kept.map(|one| (one.kind, one.way_kind, one.wanted)).collect::<Vec<_>>()
    };
    let told = async |kind, dedupe: &str| {
        let new = NewNotice { kind, ..notice(person(1), dedupe, NOW) };
        tell_of(&db, new, &[1]).await;
        let way = |way| take(&db, way, 100 + way + dedupe.len() as u128 * 1000, NOW);
        (way(10).await.is_some(), way(11).await.is_some())
    };
    // Tasks go both ways; going to check does not by browser, and by mail neither does.
    choose(vec![(WayKind::Push, vec!["verify-asked"]), (WayKind::Mail, vec![])]).await.unwrap();
    // A sort of way that nobody has stays as it is.
    choose(vec![(WayKind::Sms, vec![])]).await.unwrap();
    assert_eq!(kept().await.len(), 3);
    assert_eq!(told("verify-asked", "a").await, (true, false));
    assert_eq!(told("check-asked", "bb").await, (false, false));
    assert_eq!(told("case-red", "ccc").await, (true, true), "another topic");
    // The topic goes that way no more: what went otherwise goes as the topic does, and needs no row.
    topics(vec![Topic::Deadlines]).await;
    let push = |kept: Vec<(String, WayKind, bool)>| {
        kept.into_iter().filter(|one| one.1 == WayKind::Push).map(|one| (one.0, one.2)).collect::<Vec<_>>()
    };
    assert_eq!(push(kept().await), []);
    choose(vec![(WayKind::Push, vec!["verify-asked"])]).await.unwrap();
    topics(vec![Topic::Deadlines, Topic::Unit]).await;
    assert_eq!(push(kept().await), [("verify-asked".to_owned(), true)], "what differs still is kept");
    assert_eq!(told("verify-asked", "dddd").await, (true, false));
    topics(vec![Topic::Tasks]).await;
    assert_eq!(push(kept().await), []);
    assert_eq!(told("check-asked", "eeeee").await, (true, false));
    let refused = choose(vec![(WayKind::Push, vec!["case-red"])]).await.unwrap_err();
    assert!(refused.to_string().contains("notice-kind"), "{refused}");
    run(&db, Step::EraseOf(person(1))).await;
    assert_eq!(kept().await, []);
}

struct ForgetSent(Timestamp);

impl Command for ForgetSent {
    type Output = (i64, u64);
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(i64, u64), Failure> {
        Ok((sent_before(tx, self.0).await?, forget_sent_before(tx, self.0, 10).await?))
    }
}

#[db_test]
async fn the_log_of_what_was_sent_outlives_the_notices(db: TestDb) {
    db.write(us(), People).await.unwrap();
    add(&db, 13, WayKind::Webhook, None, None).await;
    tell(&db, unit(1), "a", &[1], NOW).await;
    assert_eq!(states(&db).await.len(), 1);
    assert_eq!(run(&db, Step::Forget(later(1))).await, 1, "the notice is gone");
    assert_eq!(states(&db).await.len(), 1, "that it was sent is not");
    assert_eq!(db.write(us(), ForgetSent(NOW)).await.unwrap(), (0, 0));
    assert_eq!(db.write(us(), ForgetSent(later(1))).await.unwrap(), (1, 1));
    assert!(states(&db).await.is_empty());
}
