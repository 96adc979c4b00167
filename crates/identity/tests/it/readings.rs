//! Who read what of whom.

use qige_db::testing::{Tampering, TestDb};
use qige_db::{Asker, Command, Failure, Tx, db_test, journal};
use qige_identity::{
    AddPerson, Purpose, READ_AGAIN_MICROS, ReadingFault, ReadingFilter, ReadingLimits, ReadingRow, Stamp,
    Unusual, UnusualReading, erase_old_readings, readings, unusual_readings, verify_readings,
};
use qige_kernel::{PersonId, Timestamp};
use serde_json::json;

use crate::support::{NOON, Town, after};

impl Town {
    async fn reader_reads(&self, asker: Asker, purpose: Purpose, of: PersonId, at: Timestamp) {
        let wanted = vec![(of.0, self.load(of).await.phone.unwrap())];
        self.vault.read_phones(asker, purpose, self.stamp(at), wanted).await.unwrap();
    }

    async fn with_number(&self, name: &str, number: &str) -> PersonId {
        let person = self.new_person_by(name, number).await;
        self.done(AddPerson { person, stamp: self.stamp(NOON) }).await
    }

    async fn readings(&self, filter: ReadingFilter) -> Vec<ReadingRow> {
        self.read(move |tx| Box::pin(async move { Ok(readings(tx, &filter, None, 100).await?) })).await
    }

    async fn faults(&self, now: Timestamp) -> Vec<ReadingFault> {
        self.read(move |tx| Box::pin(async move { Ok(verify_readings(tx, now).await?) })).await
    }

    async fn chain(&self) -> journal::Verdict {
        self.read(|tx| Box::pin(async move { Ok(journal::verify(tx).await?) })).await
    }
}

#[db_test]
async fn a_reading_is_noted_once_an_hour_and_never_of_oneself(db: TestDb) {
    let town = Town::new(db);
    let rider = town.with_number("骑手 0017", "13800001234").await;
    let admin = town.with_number("系统管理员 01", "13800009999").await;
    let by_admin = town.by(admin);
    town.reader_reads(by_admin, Purpose::ListPeople, rider, NOON).await;
    town.reader_reads(by_admin, Purpose::ListPeople, rider, after(READ_AGAIN_MICROS - 1)).await;
    town.reader_reads(by_admin, Purpose::LookAfterAccount, rider, after(1)).await;
    town.reader_reads(by_admin, Purpose::ListPeople, rider, after(READ_AGAIN_MICROS)).await;
    town.reader_reads(by_admin, Purpose::ListPeople, admin, NOON).await;
    town.reader_reads(town.system(), Purpose::Reach, rider, after(2)).await;
    let of_rider = town.readings(ReadingFilter { owner: Some(rider.0), ..ReadingFilter::default() }).await;
    let told: Vec<_> = of_rider.iter().map(|row| (row.purpose, row.reader_name.as_deref())).collect();
    let name = Some("系统管理员 01");
    let expected = [
        (Purpose::ListPeople, name),
        (Purpose::Reach, None),
        (Purpose::LookAfterAccount, name),
        (Purpose::ListPeople, name),
    ];
    assert_eq!(told, expected);
    assert_eq!(town.readings(ReadingFilter::default()).await.len(), 4);
    let by_reader = ReadingFilter { reader: Some(admin), from: Some(after(1)), ..ReadingFilter::default() };
    assert_eq!(town.readings(by_reader).await.len(), 2);
    assert_eq!(town.journal("access", rider).await.len(), 4);
    assert_eq!(town.faults(NOON).await, []);
}

#[db_test]
async fn a_list_of_readings_is_read_page_by_page(db: TestDb) {
    let town = Town::new(db);
    let admin = town.person("系统管理员 01").await;
    for number in 0..5 {
        let rider = town.with_number(&format!("骑手 {number}"), &format!("1380000000{number}")).await;
        town.reader_reads(town.by(admin), Purpose::ListPeople, rider, NOON).await;
    }
    let (mut seen, mut from) = (Vec::new(), None);
    loop {
        let page = town
            .read(move |tx| {
                Box::pin(async move { Ok(readings(tx, &ReadingFilter::default(), from, 2).await?) })
            })
            .await;
        let Some(last) = page.last() else { break };
        from = Some(last.place().to_string().parse().unwrap());
        seen.extend(page.iter().map(|row| row.owner));
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

/// Each is done behind the product's back, to a log that fitted until then.
#[db_test]
async fn whatever_is_done_to_the_log_is_named_with_its_place(db: TestDb) {
    let town = Town::new(db);
    let rider = town.with_number("骑手 0017", "13800001234").await;
    let admin = town.person("系统管理员 01").await;
    town.reader_reads(town.by(admin), Purpose::ListPeople, rider, NOON).await;
    town.reader_reads(town.by(admin), Purpose::LookAfterAccount, rider, after(1)).await;
    town.reader_reads(town.system(), Purpose::Reach, rider, after(2)).await;
    assert_eq!(town.faults(NOON).await, []);
    let other = town.db.id(9);
    let changes = [
        ("tenant", other.as_str()),
        ("owner", other.as_str()),
        ("seq", "7"),
        ("at", "at + 1"),
        ("reader", "owner"),
        ("role", "'auditor'"),
        ("class", "'home'"),
        ("field", "'people.home'"),
        ("purpose", "'reach'"),
    ];
    let tampering = Tampering {
        table: "readings",
        key: "seq",
        among: "TRUE",
        spare: "8".to_owned(),
        changes: &changes,
        fresh: &[],
    };
    for way in town.db.ways_to_tamper(&tampering).await {
        town.db.tamper(&way.sql).await;
        let faults = town.faults(NOON).await;
        let expected = match way.what.as_str() {
            "row" if way.sql.contains("INSERT") => vec![(8, "line")],
            "tenant" | "row" => vec![(0, "row")],
            "owner" => vec![(0, "line"), (0, "row")],
            "seq" => vec![(7, "line"), (0, "row")],
            "places" => vec![(0, "at"), (2, "at")],
            column => vec![(0, column)],
        };
        let told: Vec<_> = faults.iter().map(|fault| (fault.seq, fault.what)).collect();
        assert_eq!(told, expected, "{}", way.what);
        town.db.put_back("readings").await;
        assert_eq!(town.faults(NOON).await, [], "{}", way.what);
    }
    town.db.tamper("UPDATE journal SET body = '{}' WHERE stream = 'access' AND seq = 1").await;
    assert_eq!(town.faults(NOON).await.len(), 1, "the line says something else");
}

#[db_test]
async fn reading_of_many_or_at_night_is_unusual(db: TestDb) {
    let town = Town::new(db);
    let (busy, quiet) = (town.person("系统管理员 01").await, town.person("系统管理员 02").await);
    for number in 0..3 {
        let rider = town.with_number(&format!("骑手 {number}"), &format!("1380000000{number}")).await;
        town.reader_reads(town.by(busy), Purpose::ListPeople, rider, after(number)).await;
        if number == 0 {
            town.reader_reads(town.by(quiet), Purpose::ListPeople, rider, after(number)).await;
        }
    }
    let limits = ReadingLimits { people_an_hour: 2, ..ReadingLimits::default() };
    let unusual = |from, at_work| {
        town.read(move |tx| Box::pin(async move { Ok(unusual_readings(tx, &limits, from, at_work).await?) }))
    };
    let many = UnusualReading { reader: busy, how: Unusual::Many, count: 3 };
    assert_eq!(unusual(NOON, true).await, [many]);
    let at_night = UnusualReading { reader: quiet, how: Unusual::Late, count: 1 };
    let mut both = unusual(NOON, false).await;
    both.sort_by_key(|one| one.count);
    assert_eq!(both, [at_night, many]);
    assert_eq!(unusual(after(Timestamp::HOUR), false).await, []);
}

#[db_test]
async fn a_line_that_was_silenced_before_its_term_is_noticed(db: TestDb) {
    let town = Town::new(db);
    let rider = town.with_number("骑手 0017", "13800001234").await;
    let admin = town.person("系统管理员 01").await;
    town.reader_reads(town.by(admin), Purpose::ListPeople, rider, NOON).await;
    town.db.tamper("DELETE FROM readings").await;
    town.db.tamper("UPDATE journal SET salt = NULL, body = NULL WHERE stream = 'access'").await;
    assert_eq!(town.faults(NOON).await.len(), 1, "a day old, and nobody may have let it go");
    let later = after(184 * Timestamp::DAY);
    assert_eq!(town.faults(later).await, [], "half a year old, its term may be over");
    assert_eq!(town.chain().await.fault_count, 1, "and still nobody says that it was");
}

#[db_test]
async fn what_goes_when_its_term_is_over_leaves_a_word_in_the_journal(db: TestDb) {
    let town = Town::new(db);
    let rider = town.with_number("骑手 0017", "13800001234").await;
    let admin = town.person("系统管理员 01").await;
    town.reader_reads(town.by(admin), Purpose::ListPeople, rider, NOON).await;
    town.reader_reads(town.by(admin), Purpose::LookAfterAccount, rider, after(2)).await;
    let later = after(1_096 * Timestamp::DAY);
    town.done(EraseReadings { before: after(1), stamp: town.stamp(later) }).await;
    assert_eq!(town.readings(ReadingFilter::default()).await.len(), 1);
    assert_eq!(town.faults(later).await, []);
    let chain = town.chain().await;
    assert_eq!((chain.fault_count, chain.erased.get("access-log")), (0, Some(&1)));
    let said = town.journal("erased", rider).await;
    let body = json!({"stream": "access", "lines": [[0, 0]], "why": "access-log"});
    assert_eq!((said.len(), said[0].1.as_str()), (1, body.to_string().as_str()));
}

struct EraseReadings {
    before: Timestamp,
    stamp: Stamp,
}

impl Command for EraseReadings {
    type Output = u64;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Failure> {
        Ok(erase_old_readings(tx, self.before, 10, &self.stamp).await?)
    }
}
