//! Master keys: named by file, variable and command, and missed in plain words.

use std::path::Path;
use std::process::Output;

use qige_db::testing::TestDb;
use qige_db::{Db, db_test};
use qige_identity::{Algorithm, MasterKeys, Vault};
use qige_kernel::{Entropy, SystemClock};

use crate::program::{Rider, program, refused_to_serve, url_of_its_own};

/// A number of the rider's, sealed under a master key of that name.
async fn seal_something(db: &Db, rider: &Rider, masters: MasterKeys) {
    let entropy = Entropy::from_system().unwrap();
    let clock = std::sync::Arc::new(SystemClock);
    let vault = Vault::new(db.clone(), masters, Algorithm::Aes256Gcm, clock, entropy);
    vault.seal_phone(rider.tenant, rider.person.0, &"13800001234".parse().unwrap()).await.unwrap();
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn migrate(url: &str, folder: &Path, words: &[&str], keys: &str) -> Output {
    program(url, folder).arg("migrate").args(words).env("QIGE_KEYS", keys).output().unwrap()
}

#[db_test]
async fn a_server_without_a_key_that_is_needed_says_which_and_does_not_begin(db: TestDb) {
    let rider = Rider::found(db.url(), 0, &Entropy::seeded(5)).await;
    seal_something(&db, &rider, MasterKeys::draw("county-2026", &Entropy::seeded(1))).await;
    let told = refused_to_serve(&db, &[]);
    assert!(told.contains("the master key county-2026 is not here"), "{told}");
    assert!(told.contains("master.keys"), "where to put it: {told}");
}

#[db_test]
async fn keys_come_from_a_file_a_variable_or_a_command(db: TestDb) {
    let url = url_of_its_own(&db).await;
    let folder = db.folder();
    let text = MasterKeys::draw("county-2026", &Entropy::seeded(1)).to_text();
    let file = folder.join("elsewhere.keys");
    std::fs::write(&file, &text).unwrap();
    let file = file.display().to_string();
    let command = format!("cat {file}");
    for (words, keys) in [
        (vec!["--key-file", file.as_str()], ""),
        (vec!["--key-command", command.as_str()], ""),
        (vec![], text.as_str()),
    ] {
        let done = migrate(&url, folder, &words, keys);
        assert!(done.status.success(), "{}", said(&done));
        assert!(!folder.join("master.keys").exists(), "none is made where one is named");
    }
    let refused = [
        (vec!["--key-file", "/nowhere.keys"], "", "/nowhere.keys: No such file"),
        (vec!["--key-command", "exit 3"], "", "--key-command ended with exit status: 3"),
        (vec!["--key-command", "echo secret"], "", "--key-command: line 1 is not a name"),
        (vec![], "county", "QIGE_KEYS: line 1 is not a name"),
        (vec!["--seal-with", "rot13"], "", "--seal-with is aes-256-gcm or sm4-gcm, not rot13"),
    ];
    for (words, keys, because) in refused {
        let done = migrate(&url, folder, &words, keys);
        let told = said(&done);
        assert!(!done.status.success() && told.contains(because), "{words:?}: {told}");
        assert!(!told.contains("secret"), "what was printed may be a key");
    }
    let done = migrate(&url, folder, &[], "");
    assert!(done.status.success() && folder.join("master.keys").exists(), "{}", said(&done));
}
