//! Everything, in the order that fails soonest.

use crate::postgres::Server;
use crate::run::{has, run as start};
use crate::tidy;

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

/// Runs every step; the first that fails ends the run.
pub(crate) fn run() -> Result<(), String> {
    step("format", || start("cargo", &["fmt", "--all", "--check"], &[]))?;
    step("tidy", tidy::run)?;
    let lints = ["clippy", "--workspace", "--lib", "--bins", "--quiet", "--", "-D", "warnings"];
    step("lints", || start("cargo", &lints, &[]))?;
    let lints = ["clippy", "--workspace", "--tests", "--benches", "--quiet", "--", "-D", "warnings"];
    let lints: Vec<&str> = lints.into_iter().chain(FINE_IN_TESTS.iter().copied()).collect();
    step("lints of tests", || start("cargo", &lints, &[]))?;
    let server = Server::start()?;
    let variables = [("QIGE_TEST_POSTGRES", server.url())];
    let tests: &[&str] = if has("cargo", &["nextest", "--version"]) {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]
    };
    step("tests on both engines", || start("cargo", tests, &variables))?;
    step("examples in the documentation", || {
        start("cargo", &["test", "--workspace", "--doc", "--quiet"], &[])
    })
}

fn step(name: &str, work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    println!("== {name}");
    work()
}
