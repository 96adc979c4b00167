//! That a search of everything finds what lies there, and a comparison what changed: the tests that rest on
//! them could not fail otherwise.

use qige_db::testing::TestDb;
use qige_db::{Asker, Command, Failure, Tx, db_test, params, statements};

use crate::writing::asker;

statements! {
    /// A line with a text and with bytes.
    PUT = "INSERT INTO journal (tenant, stream, id, seq, at, role, command, commitment, prev_hash, hash)
        VALUES ($1, 'test', $1, $2, 0, $3, '', $4, $4, $4)";
    /// Marks it as later.
    LATER = "UPDATE journal SET at = 1 WHERE tenant = $1 AND stream = 'test'";
}

struct Put {
    seq: i64,
    text: String,
    bytes: &'static str,
}

impl Command for Put {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let bytes = self.bytes.as_bytes().to_vec();
        Ok(tx.execute(PUT, params![tx.tenant(), self.seq, self.text.as_str(), bytes]).await.map(drop)?)
    }
}

struct Later;

impl Command for Later {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(tx.execute(LATER, params![tx.tenant()]).await.map(drop)?)
    }
}

async fn put(db: &TestDb, by: Asker, seq: i64, text: &str) {
    db.write(by, Put { seq, text: text.to_owned(), bytes: "十一位 in bytes" }).await.unwrap();
}

#[db_test]
async fn what_lies_in_clear_is_found_as_text_and_as_bytes(db: TestDb) {
    put(&db, asker(1), 0, "十一位 in a text").await;
    // Longer than a page of SQLite, so that it lies in pieces in the file.
    let long = format!("{}十一位 after many pages{}", "a".repeat(40_000), "z".repeat(40_000));
    put(&db, asker(1), 1, &long).await;
    let everything = db.everything().await;
    for there in ["十一位 in a text", "十一位 in bytes", &long] {
        assert!(everything.holds(there), "{} bytes are not found", there.len());
    }
    assert!(!everything.holds("十一位 nowhere"));
}

#[db_test]
async fn a_tenant_s_rows_are_the_same_until_one_of_them_changes(db: TestDb) {
    let (us, they) = (asker(1), asker(2));
    for by in [us, they] {
        put(&db, by, 0, "a line").await;
    }
    let (ours, theirs) = (db.rows_of(us.tenant).await, db.rows_of(they.tenant).await);
    assert!(ours.len() > 30 && ours["journal"].len() == 1, "{} tables", ours.len());
    assert_ne!(ours, theirs);
    put(&db, they, 1, "another line").await;
    assert_eq!((db.rows_of(us.tenant).await, db.rows_of(they.tenant).await["journal"].len()), (ours, 2));
    let before = db.rows_of(they.tenant).await;
    db.write(they, Later).await.unwrap();
    assert_ne!(db.rows_of(they.tenant).await, before, "a changed field is seen");
}
