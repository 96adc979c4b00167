//! `qige verify` against roots: those in the database, beside it, and kept outside.

use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;

use qige_app::{App, Settings, worker};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::{Clock, Entropy, ManualClock, SystemClock, Timestamp};

use crate::program::{Rider, run};

/// A subdistrict in which nights go by.
struct Town {
    db: TestDb,
    app: App,
    clock: ManualClock,
    rider: Rider,
}

impl Town {
    async fn new(db: TestDb) -> Self {
        let rider = Rider::found(db.url(), 1, &Entropy::seeded(31)).await;
        let clock = ManualClock::at(SystemClock.now());
        let settings = Settings::standard(db.folder().to_path_buf());
        let app = App::over((*db).clone(), settings, Arc::new(clock.clone()), Entropy::seeded(4)).unwrap();
        let town = Self { db, app, clock, rider };
        // From now on the schedule of the night is known.
        worker(&town.app).run_until_idle().await.unwrap();
        town
    }

    async fn night(&self) {
        self.clock.advance(Timestamp::DAY);
        worker(&self.app).run_until_idle().await.unwrap();
    }

    /// The files of the roots, the first first.
    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.db.folder().join("roots/niushan")).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    fn verify(&self, words: &[&str]) -> (bool, String) {
        let all: Vec<&str> = ["verify"].iter().chain(words).copied().collect();
        let Output { status, stdout, stderr } = run(self.db.url(), self.db.folder(), &all);
        let said = [stdout, stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        (status.success(), said)
    }

    fn holds(&self, words: &[&str]) -> String {
        let (holds, said) = self.verify(words);
        assert!(holds && said.contains("Everything holds."), "{words:?}: {said}");
        said
    }

    fn broken(&self, words: &[&str], expected: &str) {
        let (holds, said) = self.verify(words);
        assert!(!holds && said.contains(expected), "{words:?}: {said}");
    }
}

#[db_test]
async fn roots_from_outside_are_held_against_what_is_there_and_their_key(db: TestDb) {
    let town = Town::new(db).await;
    town.night().await;
    town.night().await;
    let files = town.files();
    let first = files[0].to_str().unwrap();
    let text = std::fs::read_to_string(first).unwrap();
    let key = text.lines().find_map(|line| line.strip_prefix("key ")).unwrap();
    let said = town.holds(&["--root", first, "--root-key", key]);
    assert!(said.contains("2 roots up to ") && said.contains("2 of them as files"), "{said}");
    assert!(said.contains(&format!("from root 1 on signed by {key}")), "{said}");
    assert!(said.contains(" holds; what came later is seen by later ones"), "{said}");
    let stranger = format!("{}=", "A".repeat(43));
    town.broken(&["--root-key", &stranger], "root 1 of ");
    town.broken(&["--root", first, "--root-key", &stranger], "it is signed by a key that is not known");
    town.broken(&["--root-key", "no key"], "a key is 32 bytes in base64");

    let altered = town.db.folder().join("altered.txt");
    let file = altered.to_str().unwrap();
    std::fs::write(&altered, text.replace("before-holds yes", "before-holds no")).unwrap();
    town.broken(&["--root", file], "altered.txt: the file says something else");
    town.broken(&["--root", file], "altered.txt: it is not signed as it stands");
    std::fs::write(&altered, "qige journal root 2\n").unwrap();
    town.broken(&["--root", file], "altered.txt is no root of a journal");

    // Somebody takes away all that is kept of roots here: whoever has one knows.
    let kept = town.db.folder().join("kept.txt");
    std::fs::copy(first, &kept).unwrap();
    std::fs::remove_dir_all(town.db.folder().join("roots")).unwrap();
    town.db.tamper("DELETE FROM journal_roots; DELETE FROM journal WHERE stream = 'root'").await;
    town.broken(&["--root", kept.to_str().unwrap()], "kept.txt: it is not there");
}

#[db_test]
async fn a_night_that_did_not_hold_is_named_until_whoever_checks_says_that_it_is_known(db: TestDb) {
    let town = Town::new(db).await;
    town.night().await;
    town.holds(&[]);
    let person = town.rider.person.0.simple().to_string();
    let uuid = town.rider.person.0.to_string();
    let id = if town.db.url().starts_with("sqlite") { format!("X'{person}'") } else { format!("'{uuid}'") };
    let line = format!("stream = 'person' AND id = {id}");
    let last =
        format!("DELETE FROM journal WHERE {line} AND seq = (SELECT MAX(seq) FROM journal WHERE {line})");
    town.db.tamper(&last).await;
    town.broken(&[], "the journal does not come to it");
    town.broken(&["--known", "niushan/1"], "the journal does not come to it");
    town.broken(&["--root", town.files()[0].to_str().unwrap()], "the journal does not come to it");
    for _ in 0..2 {
        town.night().await;
        town.broken(&[], "root 1 of ");
        town.broken(&["--known", "niushan/2", "--known", "elsewhere/1"], "the night after");
        let said = town.holds(&["--known", "niushan/1"]);
        assert!(said.contains("the night after, the journal did not come to it any more"), "{said}");
    }
}
