//! The journal holds, and shows where it was tampered with.

use qige_db::testing::TestDb;
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

#[db_test]
async fn each_kind_of_tampering_is_seen(db: TestDb) {
    let us = asker(1);
    filled(&db, us).await;
    for (sql, what) in [
        ("UPDATE journal SET body = '{\"words\":\"no\"}' WHERE body LIKE '%again%'", "body"),
        ("UPDATE journal SET role = 'supervisor' WHERE seq = 0", "hash"),
        ("UPDATE journal SET seq = 9 WHERE seq = 1", "order"),
        ("UPDATE journal SET prev_hash = hash WHERE seq = 0", "link"),
    ] {
        // The engine's own guards would stop the renumbering; a thief turns them off first.
        let foreign = if db.engine() == qige_db::Engine::Sqlite {
            "PRAGMA foreign_keys = OFF"
        } else {
            "SET session_replication_role = replica"
        };
        db.tamper(&format!("{foreign}; {sql}")).await;
        let found = verdict(&db, us).await;
        assert!(found.faults.iter().any(|fault| fault.what == what), "{sql}: {found:?}");
    }
}

#[db_test]
async fn an_erased_body_does_not_break_the_chain(db: TestDb) {
    let us = asker(1);
    filled(&db, us).await;
    db.tamper("UPDATE journal SET salt = NULL, body = NULL WHERE body LIKE '%ok%'").await;
    let found = verdict(&db, us).await;
    assert_eq!((found.erased, found.fault_count), (1, 0));
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
