//! `qige serve` from its first to its last word, and `qige verify` on what it left.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::Entropy;

use crate::program::{Rider, Server, Talk, refused_to_serve, run};

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
    let whole = run(db.url(), db.folder(), &["verify"]);
    let said = String::from_utf8(whole.stdout).unwrap();
    assert!(whole.status.success(), "{said}");
    assert!(said.contains("牛山街道") && said.contains("0 faults in journals"), "{said}");

    db.tamper("UPDATE journal SET role = 'auditor' WHERE stream = 'person' AND seq = 0").await;
    let broken = run(db.url(), db.folder(), &["verify"]);
    let said = String::from_utf8(broken.stdout).unwrap();
    assert!(!broken.status.success(), "{said}");
    assert!(said.contains(&format!("journal person {} line 0: hash", rider.person)), "{said}");
}

#[db_test]
async fn a_base_map_that_no_browser_could_draw_is_refused_at_the_start(db: TestDb) {
    let file = db.folder().join("town.pmtiles");
    std::fs::write(&file, "PMTiles, but not quite").unwrap();
    let file = file.to_str().unwrap();
    let tiles = "http://tiles.example/{z}/{x}/{y}.png";
    for (words, said) in [
        (&["--tile-template", "https://tiles.example/{z}/{x}.png"][..], "without {y} in it"),
        (&["--tile-template", "https://wprd01.is.autonavi.com/?x={x}&y={y}&z={z}"], "GCJ-02"),
        (&["--pmtiles", "/nowhere/town.pmtiles"], "/nowhere/town.pmtiles: the base map cannot be read"),
        (&["--pmtiles", file], "no PMTiles archive of version 3"),
        (&["--pmtiles", file, "--tile-template", tiles], "cannot be used with"),
        (&["--tile-template", tiles, "--public-url", "https://qige.example"], "no map over plain HTTP"),
    ] {
        let heard = refused_to_serve(&db, words);
        assert!(heard.contains(said), "{words:?}: {heard}");
    }
}

#[db_test]
async fn verify_does_not_call_good_what_is_not_there(db: TestDb) {
    let empty = run(db.url(), db.folder(), &["verify"]);
    assert!(!empty.status.success());
    assert!(String::from_utf8(empty.stderr).unwrap().contains("nothing was checked"));
    let elsewhere = db.folder().join("mistyped.db");
    let gone = run(&format!("sqlite:{}", elsewhere.display()), db.folder(), &["verify"]);
    assert!(!gone.status.success());
    assert!(String::from_utf8(gone.stderr).unwrap().contains("there is no database"));
    assert!(!elsewhere.exists(), "looking makes nothing");
}

#[db_test]
async fn an_address_that_is_taken_is_named_and_not_called_listened_at(db: TestDb) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(db.url(), db.folder(), &["serve", "--listen", &address]);
    assert!(!ended.status.success() && ended.stdout.is_empty());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains(&format!("cannot listen at {address}")), "{said}");
}

#[db_test]
async fn what_is_refused_stands_in_the_log_with_who_and_from_where(db: TestDb) {
    let rider = Rider::found(db.url(), 1, &Entropy::seeded(31)).await;
    let log = db.folder().join("log");
    let mut server = Server::start_logging(db.url(), db.folder(), File::create(&log).unwrap().into()).await;
    let mut ask =
        async |request: &str| Talk::with(server.address).await.unwrap().send(request).await.unwrap().status;
    let bearer = format!("Authorization: Bearer {}", rider.tokens[0]);
    let refused = format!("GET /cases HTTP/1.1\r\nHost: localhost\r\n{bearer}\r\n\r\n");
    assert_eq!(ask(&refused).await, 403);
    let said = r#"{"account":"qishou0017","password":"13900000079"}"#;
    let wrong = format!(
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \
         {}\r\n\r\n{said}",
        said.len()
    );
    assert_eq!(ask(&wrong).await, 422);
    assert_eq!(server.terminate(), Some(0));
    let log = std::fs::read_to_string(log).unwrap();
    let line = |code: &str| log.lines().find(|line| line.contains(code)).unwrap_or_else(|| panic!("{log}"));
    let (access, secret) = (line("not-allowed"), line("sign-in-wrong"));
    for part in ["WARN", "/cases", "127.0.0.1", &rider.person.to_string()] {
        assert!(access.contains(part), "{part}: {access}");
    }
    assert!(secret.contains("/sign-in") && secret.contains("nobody"), "{secret}");
    for private in ["qishou0017", "骑手 0017", "13900000079", &rider.tokens[0]] {
        assert!(!log.contains(private), "{private}: {log}");
    }
}
