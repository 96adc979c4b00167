//! The journal holds, and shows where it was tampered with.

use qige_db::testing::{Tampering, TestDb};
use qige_db::{Asker, Command, Failure, Tx, db_test, journal};
use qige_kernel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::writing::asker;

struct Say {
    id: u128,
    words: &'static str,
}

impl Command for Say {
    type Output = i64;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<i64, Failure> {
        let entry = journal::Entry {
            stream: journal::Stream::new("case", Uuid::from_u128(self.id)),
            at: Timestamp::from_micros(5),
            role: "dispatcher",
            command: "file",
            body: &json!({ "words": self.words }).to_string(),
            salt: [9; 16],
        };
        Ok(journal::append(tx, entry).await?.seq)
    }
}

async fn filled(db: &TestDb, us: Asker) {
    for (id, words) in [(1, "井盖"), (1, "ok"), (2, "third"), (1, "again"), (3, "x")] {
        db.write(us, Say { id, words }).await.unwrap();
    }
}

async fn verdict(db: &TestDb, us: Asker) -> journal::Verdict {
    db.read(us, |tx| Box::pin(async move { Ok(journal::verify(tx).await?) })).await.unwrap()
}

#[db_test]
async fn an_honest_journal_holds(db: TestDb) {
    let us = asker(1);
    filled(&db, us).await;
    let found = verdict(&db, us).await;
    assert_eq!((found.streams, found.lines, found.fault_count), (3, 5, 0));
    let stream = journal::Stream::new("case", Uuid::from_u128(1));
    let lines =
        db.read(us, move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await.unwrap();
    let words: Vec<_> = lines.iter().map(|line| line.body()["words"].as_str().unwrap().to_owned()).collect();
    assert_eq!(words, ["井盖", "ok", "again"]);
    assert_eq!(verdict(&db, asker(2)).await.lines, 0);
}

/// Each is done behind the product's back, to a journal that held until then.
#[db_test]
async fn each_kind_of_tampering_is_named_with_its_line(db: TestDb) {
    let us = asker(1);
    filled(&db, us).await;
    let first = format!("id = {}", db.id(1));
    let (id, other) = (db.id(9), db.id(8));
    let changes = [
        ("tenant", id.as_str()),
        ("stream", "'cases'"),
        ("id", id.as_str()),
        ("seq", "9"),
        ("at", "at + 1"),
        ("actor", other.as_str()),
        ("role", "'supervisor'"),
        ("command", "'close'"),
        ("commitment", "hash"),
        ("prev_hash", "hash"),
        ("hash", "commitment"),
        ("salt", "commitment"),
        ("body", "'{}'"),
    ];
    let tampering = Tampering {
        table: "journal",
        key: "seq",
        among: &first,
        spare: "7".to_owned(),
        changes: &changes,
        fresh: &[],
    };
    for way in db.ways_to_tamper(&tampering).await {
        db.tamper(&way.sql).await;
        let found = verdict(&db, us).await;
        let (seq, what) = match way.what.as_str() {
            // What was the first line is another's now, or gone: the second begins.
            "tenant" | "id" => (1, "order"),
            "stream" => (0, "hash"),
            "seq" => (1, "order"),
            "row" if way.sql.contains("INSERT") => (7, "order"),
            "row" => (1, "order"),
            "places" => (0, "link"),
            "prev_hash" => (0, "link"),
            "salt" | "body" => (0, "body"),
            _ => (0, "hash"),
        };
        let named = |fault: &journal::Fault| (fault.seq, fault.what) == (seq, what);
        assert!(found.faults.iter().any(named), "{}: {found:?}", way.what);
        assert!(found.faults.iter().all(|fault| fault.id != Uuid::from_u128(2)), "{}: {found:?}", way.what);
        db.put_back("journal").await;
        assert_eq!(verdict(&db, us).await.fault_count, 0, "{}", way.what);
    }
    // In the middle, and put in behind the end as if it were next.
    for (sql, seq, what) in [
        (format!("DELETE FROM journal WHERE {first} AND seq = 1"), 2, "order"),
        (
            format!(
                "INSERT INTO journal SELECT tenant, stream, id, 3, at, actor, role, command, commitment,
                    prev_hash, hash, salt, body FROM journal WHERE {first} AND seq = 2"
            ),
            3,
            "link",
        ),
    ] {
        db.tamper(&sql).await;
        let found = verdict(&db, us).await;
        let faults: Vec<_> = found.faults.iter().map(|fault| (fault.seq, fault.what)).collect();
        assert_eq!(faults, [(seq, what)], "{sql}");
        db.put_back("journal").await;
    }
}

struct Forget {
    id: u128,
    lines: Option<Vec<i64>>,
    at: i64,
}

impl Command for Forget {
    type Output = u64;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Failure> {
        let erasure = journal::Erasure {
            stream: journal::Stream::new("case", Uuid::from_u128(self.id)),
            lines: self.lines.as_deref(),
            why: "words",
            at: Timestamp::from_micros(self.at),
            role: "system",
            salt: [8; 16],
        };
        Ok(journal::erase(tx, erasure).await?)
    }
}

#[db_test]
async fn what_was_erased_is_told_by_another_line_and_does_not_break_the_chain(db: TestDb) {
    let us = asker(1);
    filled(&db, us).await;
    assert_eq!(db.write(us, Forget { id: 1, lines: Some(vec![2, 0]), at: 6 }).await.unwrap(), 2);
    assert_eq!(db.write(us, Forget { id: 2, lines: None, at: 6 }).await.unwrap(), 1);
    assert_eq!(db.write(us, Forget { id: 2, lines: None, at: 7 }).await.unwrap(), 0, "nothing is left of it");
    let found = verdict(&db, us).await;
    assert_eq!((found.lines, found.fault_count), (7, 0), "two lines more say so");
    assert_eq!(found.erased.into_iter().collect::<Vec<_>>(), [("words".to_owned(), 3)]);
    // Only what it speaks of, and only if it came later.
    db.write(us, Forget { id: 1, lines: Some(vec![1]), at: 4 }).await.unwrap();
    assert_eq!(silenced(&db, us).await, [(1, 1)], "what was erased before it was said");
}

/// A line that says nothing is one thing, that somebody let it go is another.
#[db_test]
async fn a_line_that_was_silenced_without_a_word_is_a_fault(db: TestDb) {
    let us = asker(1);
    filled(&db, us).await;
    let silence = |of: &str| format!("UPDATE journal SET salt = NULL, body = NULL WHERE {of}");
    db.tamper(&silence("body LIKE '%ok%'")).await;
    assert_eq!(silenced(&db, us).await, [(1, 1)]);
    db.write(us, Forget { id: 1, lines: Some(vec![0]), at: 6 }).await.unwrap();
    assert_eq!(silenced(&db, us).await, [(1, 1)], "another was let go");
    db.tamper(&silence("stream = 'erased'")).await;
    assert_eq!(silenced(&db, us).await, [(1, 0), (1, 1), (1, 0)], "and what says so says nothing any more");
    db.tamper("DELETE FROM journal WHERE stream = 'erased'").await;
    assert_eq!(silenced(&db, us).await, [(1, 0), (1, 1)]);
}

async fn silenced(db: &TestDb, us: Asker) -> Vec<(u128, i64)> {
    let found = verdict(db, us).await;
    assert!(found.faults.iter().all(|fault| fault.what == "silenced"), "{found:?}");
    found.faults.iter().map(|fault| (fault.id.as_u128(), fault.seq)).collect()
}

async fn root(db: &TestDb, us: Asker, until: i64) -> journal::Root {
    let until = [Timestamp::from_micros(until)];
    let read = db.read(us, move |tx| Box::pin(async move { Ok(journal::roots(tx, &until).await?) }));
    read.await.unwrap().remove(0)
}

/// Each of these is made behind the product's back.
#[db_test]
async fn a_root_changes_with_whatever_was_before_it_and_with_nothing_else(db: TestDb) {
    let us = asker(1);
    filled(&db, us).await;
    let before = root(&db, us, 5).await;
    assert_eq!((before.streams, before.lines), (3, 5));
    assert_eq!(root(&db, us, 4).await.lines, 0, "what came later is not in it");
    // What is erased as the rules want it, and what others write, changes nothing.
    db.tamper("UPDATE journal SET salt = NULL, body = NULL WHERE body LIKE '%ok%'").await;
    filled(&db, asker(2)).await;
    assert_eq!(root(&db, us, 5).await, before);
    let mine = "tenant = (SELECT tenant FROM journal ORDER BY tenant LIMIT 1)";
    let [first, last] = ["", " DESC"].map(|way| format!("(SELECT id FROM journal ORDER BY id{way} LIMIT 1)"));
    for sql in [
        // Cut off at the end, which a chain alone does not show.
        format!("DELETE FROM journal WHERE {mine} AND stream = 'case' AND seq = 2"),
        // A whole stream.
        format!("DELETE FROM journal WHERE {mine} AND seq = 0 AND id = {last}"),
        // A line more.
        format!(
            "INSERT INTO journal SELECT tenant, stream, id, 7, at, actor, role, command, commitment,
                prev_hash, hash, salt, body FROM journal WHERE {mine} AND seq = 0 AND id = {first}"
        ),
        // Two in another order.
        format!("UPDATE journal SET seq = 8 WHERE {mine} AND seq = 0 AND id = {first}"),
        // One that says something else; of those before an end the chain tells.
        format!("UPDATE journal SET hash = prev_hash WHERE {mine} AND seq = 8"),
    ] {
        let then = root(&db, us, 5).await;
        db.tamper(&sql).await;
        assert_ne!(root(&db, us, 5).await, then, "{sql}");
    }
}
