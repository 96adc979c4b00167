//! `qige load` against a served product.

use std::process::{Output, Stdio};

use qige_db::testing::TestDb;
use qige_db::{Asker, Db, db_test, params, statements};
use qige_kernel::Entropy;

use crate::program::{PASSWORD, Rider, Server, run, url_of_its_own};

statements! {
    /// Reports by one person.
    REPORTED = "SELECT COUNT(*) FROM reports WHERE tenant = $1 AND person = $2";
}

fn load(db: &TestDb, words: &[&str]) -> Output {
    run(db.url(), db.folder(), &[&["load", "--connections", "2", "--seconds", "1"], words].concat())
}

fn heard(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned()).concat()
}

/// Receipts that a load says it got.
fn receipts(said: &str) -> i64 {
    let (_, rest) = said.split_once("; ").unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

#[db_test]
async fn reports_are_sent_by_tokens_and_by_riders_who_sign_in_and_each_receipt_is_a_report(db: TestDb) {
    let url = url_of_its_own(&db).await;
    let rider = Rider::found(&url, 1, &Entropy::seeded(33)).await;
    let mut server = Server::start(&url, db.folder(), Stdio::null()).await;
    let address = format!("http://{}", server.address);
    let by_token = load(&db, &["--url", &address, "--token", &rider.tokens[0]]);
    let said = heard(&by_token);
    assert!(by_token.status.success(), "{said}");
    assert!(said.contains(" reports/s, p50 ") && said.contains(", 0 failed"), "{said}");
    let sign_in = ["--url", &address, "--rider", "qishou0017", "--password"];
    let signed_in = load(&db, &[&sign_in[..], &[PASSWORD]].concat());
    let again = heard(&signed_in);
    assert!(signed_in.status.success(), "{again}");
    let wrong = load(&db, &[&sign_in[..], &["another"]].concat());
    assert!(
        !wrong.status.success() && heard(&wrong).contains("qishou0017 cannot sign in"),
        "{}",
        heard(&wrong)
    );
    assert_eq!(server.terminate(), Some(0));
    let kept = Db::open(&url).await.unwrap();
    let asked = (rider.tenant, rider.person);
    let counted = kept.read(Asker::system(rider.tenant), move |tx| {
        Box::pin(async move { Ok(tx.one(REPORTED, params![asked.0, asked.1]).await?) })
    });
    let (reports,): (i64,) = counted.await.unwrap();
    let sent = [receipts(&said), receipts(&again)];
    assert!(sent.iter().all(|receipts| *receipts > 0), "{sent:?}");
    assert_eq!(reports, sent.iter().sum::<i64>());
}

#[db_test]
async fn other_machines_are_left_alone_unless_somebody_says_that_they_run_them(db: TestDb) {
    // Documentation's own network (RFC 5737): nobody answers there.
    let other = ["--url", "http://192.0.2.1:8080", "--token", "x"];
    let refused = load(&db, &other);
    let said = heard(&refused);
    assert!(!refused.status.success() && said.contains("192.0.2.1:8080 is not this machine"), "{said}");
    assert!(said.contains("--i-run-this-server"), "{said}");
    let nobody = load(&db, &["--url", "http://127.0.0.1:9"]);
    assert!(!nobody.status.success() && heard(&nobody).contains("nobody reports"), "{}", heard(&nobody));
    let elsewhere = load(&db, &["--url", "https://127.0.0.1", "--token", "x"]);
    assert!(!elsewhere.status.success() && heard(&elsewhere).contains("write http://host:port"));
}
