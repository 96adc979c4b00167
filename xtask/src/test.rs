//! Everything, in the order that fails soonest.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use crate::postgres::Server;
use crate::run::{has, output, root, run as start};
use crate::{debian, demo, node, tidy};

/// What shipped code must not do and a test may: a test that panics has said what it has to say.
const FINE_IN_TESTS: &[&str] = &[
    "-Aclippy::as_conversions",
    "-Aclippy::disallowed_methods",
    "-Aclippy::expect_used",
    "-Aclippy::indexing_slicing",
    "-Aclippy::panic",
    "-Aclippy::print_stderr",
    "-Aclippy::print_stdout",
    "-Aclippy::string_slice",
    "-Aclippy::unwrap_used",
];

/// Debian's browser without what it draws around a page, which costs half, and with it.
const SHELL: &str = "/usr/bin/chromium-headless-shell";
const CHROMIUM: &str = "/usr/bin/chromium";

/// Names the folder of others' published data to the tests.
const OPEN_DATA: &str = "QIGE_OPEN_DATA";
/// Names the file in which tests note that they had nothing of it to look at.
const SKIPPED: &str = "QIGE_SKIPPED_TESTS";

struct Step {
    name: &'static str,
    about: &'static str,
    work: fn() -> Result<(), String>,
}

/// The frontend comes before the lints of Rust, since the server embeds what it builds.
const STEPS: &[Step] = &[
    Step { name: "format", about: "Rust is formatted", work: format },
    Step { name: "tidy", about: "the house's own rules", work: tidy::run },
    Step { name: "frontend", about: "types, build, tests of the frontend", work: frontend },
    Step { name: "lints", about: "what ships, then what tests it", work: lints },
    Step { name: "supply", about: "dependencies against deny.toml", work: supply },
    Step { name: "engines", about: "tests on SQLite and PostgreSQL", work: engines },
    Step { name: "examples", about: "examples in the documentation", work: examples },
    Step { name: "browser", about: "the product in a browser", work: browser },
];

/// Runs every step; the first that fails ends the run.
pub(crate) fn all() -> Result<(), String> {
    STEPS.iter().try_for_each(run)
}

/// Runs one step.
pub(crate) fn one(name: &str) -> Result<(), String> {
    match STEPS.iter().find(|step| step.name == name) {
        Some(step) => run(step),
        None => {
            let known: Vec<String> =
                STEPS.iter().map(|step| format!("  {:9} {}", step.name, step.about)).collect();
            Err(format!("there is no step {name}; there are:\n{}", known.join("\n")))
        }
    }
}

fn run(step: &Step) -> Result<(), String> {
    println!("== {}: {}", step.name, step.about);
    let began = Instant::now();
    let result = (step.work)();
    let how = if result.is_ok() { "done" } else { "failed" };
    println!("== {}: {how} after {:.1} s", step.name, began.elapsed().as_secs_f64());
    result
}

fn format() -> Result<(), String> {
    start("cargo", &["fmt", "--all", "--check"], &[])
}

fn frontend() -> Result<(), String> {
    node::build_frontend()?;
    node::script("frontend", "check", &[])?;
    let data = open_data();
    let variables: Vec<_> = data.iter().map(|folder| (OPEN_DATA, folder.as_str())).collect();
    node::script("frontend", "test", &variables)
}

/// Where others' published data lies that some tests are checked against; none when it was said already, or
/// when it is not there: those tests are then named as skipped.
fn open_data() -> Option<String> {
    let folder = root().parent()?.join("shared/data");
    let said = std::env::var_os(OPEN_DATA).is_some();
    (!said && folder.is_dir()).then(|| folder.display().to_string())
}

fn lints() -> Result<(), String> {
    let shipped = ["clippy", "--locked", "--workspace", "--lib", "--bins", "--quiet", "--", "-D", "warnings"];
    start("cargo", &shipped, &[])?;
    let tests =
        ["clippy", "--locked", "--workspace", "--tests", "--benches", "--quiet", "--", "-D", "warnings"];
    let tests: Vec<&str> = tests.into_iter().chain(FINE_IN_TESTS.iter().copied()).collect();
    start("cargo", &tests, &[])
}

/// Licences, bans, sources and known weaknesses are always checked by tidy; the tool has a second look.
fn supply() -> Result<(), String> {
    if !has("cargo", &["deny", "--version"]) {
        println!("cargo-deny is not installed; licences, bans, sources and advisories were checked by tidy");
        return Ok(());
    }
    start("cargo", &["deny", "--offline", "check", "bans", "licenses", "sources"], &[])
}

fn engines() -> Result<(), String> {
    if !has("pebble", &["-version"]) {
        debian::install(&["pebble"])?;
    }
    let server = Server::start()?;
    let data = open_data();
    let skipped = std::env::temp_dir().join(format!("qige-skipped-{}.txt", std::process::id()));
    let list = skipped.display().to_string();
    // With the last, a test without the server fails where it would else be skipped.
    let mut variables =
        vec![("QIGE_TEST_POSTGRES", server.url()), (SKIPPED, list.as_str()), ("QIGE_TEST_BOTH_ENGINES", "1")];
    variables.extend(data.iter().map(|folder| (OPEN_DATA, folder.as_str())));
    let tests: &[&str] = if has("cargo", &["nextest", "--version"]) {
        &["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--locked", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]
    };
    let result = start("cargo", tests, &variables);
    if let Some(said) = std::fs::read_to_string(&skipped).ok().and_then(|list| said_of_skipped(&list)) {
        println!("{said}");
        let _gone = std::fs::remove_file(&skipped);
    }
    result
}

/// What is said of tests that passed without having looked at anything; each place once.
fn said_of_skipped(list: &str) -> Option<String> {
    let places: BTreeSet<&str> = list.lines().collect();
    let lines: Vec<&str> = places.into_iter().collect();
    (!lines.is_empty()).then(|| {
        format!("skipped for want of open data ({OPEN_DATA} names its folder):\n  {}", lines.join("\n  "))
    })
}

fn examples() -> Result<(), String> {
    start("cargo", &["test", "--locked", "--workspace", "--doc", "--quiet"], &[])
}

fn browser() -> Result<(), String> {
    let there = |browser: &str| Path::new(browser).exists();
    let missing = missing_for_browser(there(SHELL), draws_chinese());
    if !missing.is_empty() {
        // The whole browser does as well, only slower.
        let would_do = || there(CHROMIUM) && draws_chinese();
        debian::install(&missing).or_else(|problem| if would_do() { Ok(()) } else { Err(problem) })?;
    }
    let chromium = if there(SHELL) { SHELL } else { CHROMIUM };
    let program = demo::build()?;
    node::install("e2e")?;
    node::script("e2e", "check", &[])?;
    let program = program.display().to_string();
    node::script("e2e", "test", &[("QIGE_PROGRAM", &program), ("QIGE_CHROMIUM", chromium)])
}

/// Whether there are letters to draw Chinese with: a browser may have been there before without them, and
/// would draw boxes.
fn draws_chinese() -> bool {
    output("fc-list", &[":lang=zh-cn", "family"]).is_ok_and(|families| !families.trim().is_empty())
}

/// Packages of Debian that the browser run lacks.
fn missing_for_browser(shell: bool, chinese: bool) -> Vec<&'static str> {
    let wanted = [(!shell, "chromium-headless-shell"), (!chinese, "fonts-noto-cjk")];
    wanted.into_iter().filter_map(|(lacks, package)| lacks.then_some(package)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_installed_also_where_only_they_are_missing() {
        assert_eq!(missing_for_browser(true, true), [""; 0]);
        assert_eq!(missing_for_browser(true, false), ["fonts-noto-cjk"]);
        assert_eq!(missing_for_browser(false, true), ["chromium-headless-shell"]);
        assert_eq!(missing_for_browser(false, false), ["chromium-headless-shell", "fonts-noto-cjk"]);
    }

    #[test]
    fn skipped_tests_are_named_once_each() {
        assert_eq!(said_of_skipped(""), None);
        let said = said_of_skipped("b.rs:2\na.rs:1\nb.rs:2\n").unwrap();
        assert!(said.ends_with(":\n  a.rs:1\n  b.rs:2"), "{said}");
    }
}
