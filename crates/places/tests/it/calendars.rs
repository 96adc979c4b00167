//! Work calendars as they are kept.

use std::sync::Arc;

use qige_db::testing::TestDb;
use qige_db::{Command, Db, Failure, Tx, db_test};
use qige_kernel::calendar::china;
use qige_kernel::{Date, DayException, Entropy, Timestamp, WorkRule};
use qige_places::CalendarCache;
use qige_places::calendars::{self, CalendarRecord, SaveCalendar, SetDays, years_to_warn_of};

use crate::given::{NOW, edit, others, us};

async fn record(db: &Db) -> CalendarRecord {
    db.read(us(), |tx| Box::pin(async move { Ok(calendars::record(tx).await?) })).await.unwrap()
}

fn code<T: std::fmt::Debug>(answer: Result<T, Failure>) -> &'static str {
    match answer {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

fn day(text: &str, off: bool) -> DayException {
    DayException { date: text.parse().unwrap(), off, name: "试".to_owned() }
}

struct Start;

impl Command for Start {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(calendars::start(tx, NOW).await?)
    }
}

#[db_test]
async fn a_tenant_works_by_the_office_week_and_chinas_holidays(db: TestDb) {
    let ordinary = record(&db).await;
    assert_eq!((ordinary.revision, ordinary.covered_years.as_slice()), (0, &[2024, 2025, 2026][..]));
    db.write(us(), Start).await.unwrap();
    db.write(us(), Start).await.unwrap();
    let started = record(&db).await;
    assert_eq!(CalendarRecord { revision: 0, ..started.clone() }, ordinary);
    assert_eq!(started.revision, 1);
    let calendar = CalendarCache::default().get(&db, us()).await.unwrap();
    let works = |text: &str| calendar.is_workday(text.parse::<Date>().unwrap());
    for makeup in ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"] {
        assert!(works(makeup), "{makeup}");
    }
    assert!(!works("2026-10-01") && !works("2026-11-28") && works("2026-11-24"));
}

#[db_test]
async fn years_without_data_are_warned_of_until_they_have_some(db: TestDb) {
    let entropy = Entropy::seeded(1);
    let cache = CalendarCache::default();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let calendar = cache.get(&db, us()).await.unwrap();
    assert_eq!(years_to_warn_of(&calendar, at("2026-06-01T00:00:00Z")), Vec::<i16>::new());
    assert_eq!(years_to_warn_of(&calendar, at("2026-11-24T00:00:00Z")), [2027]);
    assert_eq!(years_to_warn_of(&calendar, at("2027-12-24T00:00:00Z")), [2027, 2028]);
    // One day is no arrangement.
    let few = SetDays { year: 2027, days: vec![day("2027-01-01", true)], edit: edit(&entropy) };
    assert!(!db.write(us(), few).await.unwrap());
    assert_eq!(years_to_warn_of(&cache.get(&db, us()).await.unwrap(), at("2026-11-24T00:00:00Z")), [2027]);
    let mut days: Vec<DayException> = (1..=7).map(|n| day(&format!("2027-10-0{n}"), true)).collect();
    days.extend((1..=5).map(|n| day(&format!("2027-05-0{n}"), true)));
    days.push(day("2027-10-09", false));
    assert!(db.write(us(), SetDays { year: 2027, days, edit: edit(&entropy) }).await.unwrap());
    let calendar = cache.get(&db, us()).await.unwrap();
    assert_eq!(years_to_warn_of(&calendar, at("2026-11-24T00:00:00Z")), Vec::<i16>::new());
    assert!(calendar.is_workday("2027-10-09".parse().unwrap()));
    // What was set before for that year is gone, other years stay.
    assert!(calendar.exception_on("2027-01-01".parse().unwrap()).is_none());
    assert_eq!(calendar.exceptions().len(), 13 + china::years().filter_map(china::days).flatten().count());
    assert_eq!(cache.get(&db, others()).await.unwrap().exceptions().len() + 13, calendar.exceptions().len());
    assert!(Arc::ptr_eq(&calendar, &cache.get(&db, us()).await.unwrap()));
}

#[db_test]
async fn the_week_is_saved_and_what_makes_no_sense_is_refused(db: TestDb) {
    let entropy = Entropy::seeded(1);
    let save =
        |zone: &str, rule: WorkRule| SaveCalendar { zone: zone.to_owned(), rule, edit: edit(&entropy) };
    let hours = ["09:00-17:00".parse().unwrap()];
    db.write(us(), save("Asia/Urumqi", WorkRule::five_days(&hours))).await.unwrap();
    let saved = record(&db).await;
    assert_eq!((saved.zone.as_str(), saved.revision), ("Asia/Urumqi", 2));
    assert_eq!(saved.rule, WorkRule::five_days(&hours));
    db.write(us(), save("Asia/Urumqi", WorkRule::five_days(&hours))).await.unwrap();
    assert_eq!(record(&db).await.revision, 2);
    let answer = db.write(us(), save("Asia/Nowhere", WorkRule::five_days(&hours))).await;
    assert_eq!(code(answer), "calendar-zone-unknown");
    let answer = db.write(us(), save("Asia/Shanghai", WorkRule::five_days(&[]))).await;
    assert_eq!(code(answer), "calendar-no-working-time");
    let set = |year, days| SetDays { year, days, edit: edit(&entropy) };
    assert_eq!(code(db.write(us(), set(1999, Vec::new())).await), "calendar-year-bad");
    assert_eq!(code(db.write(us(), set(2101, Vec::new())).await), "calendar-year-bad");
    assert!(!db.write(us(), set(2100, Vec::new())).await.unwrap());
    let elsewhere = set(2027, vec![day("2026-12-31", true)]);
    assert_eq!(code(db.write(us(), elsewhere).await), "calendar-day-elsewhere");
    let nameless = DayException { name: " ".to_owned(), ..day("2027-01-01", true) };
    assert_eq!(code(db.write(us(), set(2027, vec![nameless])).await), "calendar-day-name-bad");
    let twice = set(2027, vec![day("2027-01-01", true), day("2027-01-01", false)]);
    assert!(matches!(db.write(us(), twice).await, Err(Failure::Refused(_))));
    assert_eq!(record(&db).await.zone, "Asia/Urumqi");
}

/// The published arrangements, as others have typed them.
#[test]
fn china_agrees_with_open_data() {
    for (year, off, worked) in [(2024, 28, 8), (2025, 28, 5), (2026, 33, 6)] {
        let Some(bytes) = qige_open_data::bytes(&format!("holidays/{year}.json")) else { return };
        let file: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let mut theirs: Vec<(String, bool)> = file["days"]
            .as_array()
            .unwrap()
            .iter()
            .map(|day| (day["date"].as_str().unwrap().to_owned(), day["isOffDay"].as_bool().unwrap()))
            .collect();
        theirs.sort();
        let ours: Vec<(String, bool)> =
            china::days(year).unwrap().iter().map(|day| (day.date.to_string(), day.off)).collect();
        assert_eq!(ours, theirs);
        assert_eq!(ours.iter().filter(|(_, off)| *off).count(), off);
        assert_eq!(ours.iter().filter(|(_, off)| !off).count(), worked);
    }
}
