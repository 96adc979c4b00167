//! House-keeping: `cargo demo` shows the product, `cargo xtask test` proves it, `cargo xtask tidy` keeps the
//! house's own rules.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `demo.rs` | from a bare checkout to a running demonstration |
//! | `test.rs` | the steps of a full run, in the order that fails soonest |
//! | `node.rs` | Node, its packages, and the frontend that the server carries inside |
//! | `advisories.rs` | known weaknesses of what we build upon |
//! | `debian.rs` | Debian packages that a run needs: installed by root, named to everybody else |
//! | `postgres.rs` | a PostgreSQL server of the run's own, on a spare port |
//! | `run.rs` | starting other programs |
//! | `tidy/` | rules as checks: imports, sizes, texts, routes, licences, links, words |

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks by printing")]

mod advisories;
mod debian;
mod demo;
mod node;
mod postgres;
mod run;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
cargo demo [options]       build what is missing and serve a demonstration
cargo xtask test [step]    run everything, or one step of it
cargo xtask tidy           check the house's own rules
cargo xtask advisories <folder>   look for known weaknesses in a checkout of the RustSec database";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["demo", rest @ ..] => demo::run(rest),
        ["test"] => test::all(),
        ["test", step] => test::one(step),
        ["tidy"] => tidy::run(),
        ["advisories", folder] => advisories::keep(folder),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
