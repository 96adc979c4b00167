//! House-keeping: `cargo xtask test` runs everything, `cargo xtask tidy` checks the house's own rules.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `test.rs` | the steps of a full run, in the order that fails soonest |
//! | `postgres.rs` | a PostgreSQL server of the run's own, on a spare port |
//! | `run.rs` | starting other programs |
//! | `tidy/` | rules as checks: what may import what, sizes, bans |

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks by printing")]

mod postgres;
mod run;
mod test;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1);
    let result = match wanted.as_deref() {
        Some("test") => test::run(),
        Some("tidy") => tidy::run(),
        _ => Err("cargo xtask test | tidy".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
