//! For tests alone: data that others published, too large for the repository.
//!
//! `QIGE_OPEN_DATA` names their folder, and then all of it must be there. Without it they are looked for
//! beside the checkout, in `../shared/data`; where there is no such folder either, a test has nothing to look
//! at. It passes then, and since nobody reads what a passing test prints, it is noted in the file that
//! `QIGE_SKIPPED_TESTS` names: `cargo xtask test` says at its end which tests those were.

#![expect(clippy::panic, clippy::print_stderr, clippy::disallowed_methods, reason = "tests alone use it")]

use std::io::Write as _;
use std::panic::Location;
use std::path::{Path, PathBuf};

/// Names the folder of the data.
pub const FOLDER: &str = "QIGE_OPEN_DATA";
/// Names the file in which skipped tests are noted, a line each.
pub const SKIPPED: &str = "QIGE_SKIPPED_TESTS";

/// A folder of the data, or a file in it; none, and noted, where there are no data and nobody named a folder.
///
/// # Panics
/// Where a folder was named, or is there, and this is not in it.
#[must_use]
#[track_caller]
pub fn path(inside: &str) -> Option<PathBuf> {
    let named = std::env::var(FOLDER).ok().map(PathBuf::from);
    let asked_for = named.is_some();
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = named.unwrap_or_else(beside);
    if !asked_for && !folder.is_dir() {
        note(&folder, Location::caller());
        return None;
    }
    let path = folder.join(inside);
    assert!(path.exists(), "{} is not there; {FOLDER} names the folder of open data", path.display());
    Some(path)
}

/// As [`path`], what is in the file.
///
/// # Panics
/// As [`path`], and where the file cannot be read.
#[must_use]
#[track_caller]
pub fn bytes(file: &str) -> Option<Vec<u8>> {
    let path = path(file)?;
    let read = std::fs::read(&path);
    Some(read.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// As [`bytes`], as text.
///
/// # Panics
/// As [`bytes`], and where it is no UTF-8.
#[must_use]
#[track_caller]
pub fn text(file: &str) -> Option<String> {
    let text = String::from_utf8(bytes(file)?);
    Some(text.unwrap_or_else(|error| panic!("{file}: {error}")))
}

fn note(folder: &Path, test: &Location<'_>) {
    eprintln!("skipped: no open data at {}; {FOLDER} names another folder", folder.display());
    let Ok(file) = std::env::var(SKIPPED) else { return };
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(&file);
    let noted = opened.and_then(|mut file| writeln!(file, "{}:{}", test.file(), test.line()));
    noted.unwrap_or_else(|error| panic!("{file}: {error}"));
}
