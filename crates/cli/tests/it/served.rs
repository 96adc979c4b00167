//! `qige serve` from its first to its last word, and `qige verify` on what it left.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::Entropy;

use crate::program::{Rider, Server, run};

#[db_test]
async fn it_says_the_set_up_code_answers_and_ends_when_told(db: TestDb) {
    let mut server = Server::start(db.url(), db.folder(), Stdio::piped()).await;
    let said = BufReader::new(server.process.stdout.take().unwrap());
    let lines: Vec<String> = said.lines().take(3).map(Result::unwrap).collect();
    let all = lines.join("\n");
    assert!(lines.iter().any(|line| line.starts_with("Set-up code: ")), "{all}");
    assert!(all.contains(&format!("http://{}/setup", server.address)), "{all}");
    assert_eq!(server.get("/healthz").await.unwrap().status, 200);
    assert_eq!(server.get("/readyz").await.unwrap().status, 200);
    assert_eq!(server.terminate(), Some(0));
    assert!(server.get("/healthz").await.is_none());
}

#[db_test]
async fn verify_names_the_journal_that_was_tampered_with(db: TestDb) {
    let entropy = Entropy::seeded(31);
    let rider = Rider::found(db.url(), 1, &entropy).await;
    let whole = run(db.url(), db.folder(), "verify");
    let said = String::from_utf8(whole.stdout).unwrap();
    assert!(whole.status.success(), "{said}");
    assert!(said.contains("牛山街道") && said.contains("0 faults in journals"), "{said}");

    db.tamper("UPDATE journal SET role = 'auditor' WHERE stream = 'person' AND seq = 0").await;
    let broken = run(db.url(), db.folder(), "verify");
    let said = String::from_utf8(broken.stdout).unwrap();
    assert!(!broken.status.success(), "{said}");
    assert!(said.contains(&format!("journal person {} line 0: hash", rider.person)), "{said}");
}
