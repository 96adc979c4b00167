//! Every parser for some seconds.

use std::path::{Path, PathBuf};

use qige_fuzz::{TARGETS, for_a_while, seconds};

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let target = TARGETS.iter().find(|target| target.name == stringify!($name)).unwrap();
            println!("{}: {} texts in {} s", target.name, for_a_while(target), seconds());
        })*

        #[test]
        fn none_is_left_out() {
            let tested = [$(stringify!($name)),*];
            for target in TARGETS {
                assert!(tested.contains(&target.name), "{} has no test", target.name);
            }
        }
    };
}

targets! {
    photo document file_name places shape days divisions outbox search personal learned daily_root master_keys
    codes follow_code names times outbound area cursors secrets providers answers id_token passkey
    passkey_signed subscription
}

/// What is one of a few words and nothing else, read by comparing it with each.
const WORDS: &[&str] = &["Datum", "FileKind", "Outcome", "PlaceKind", "UnitKind", "UploadState"];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn whatever_is_read_from_text_has_a_target() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |folder: &Path| {
        let mut files = Vec::new();
        sources(folder, &mut files);
        files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect::<String>()
    };
    let targets = read(&crates.join("fuzz/src"));
    let mut parsers = 0;
    for entry in std::fs::read_dir(crates).unwrap() {
        let folder = entry.unwrap().path().join("src");
        for line in read(&folder).lines() {
            let Some((_, name)) = line.split_once("FromStr for ") else { continue };
            let name = name.trim_end_matches(" {");
            // Made by a macro of types that are read by the same few lines.
            if name.starts_with('$') {
                continue;
            }
            parsers += 1;
            let tried = targets.split(|c: char| !c.is_alphanumeric()).any(|word| word == name);
            assert!(tried || WORDS.contains(&name), "{name} is read from text and has no target");
        }
    }
    assert!(parsers > 20, "the search found {parsers}");
}
