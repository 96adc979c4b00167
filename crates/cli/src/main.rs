//! `qige`: one program that serves, sets up, shows, checks and measures.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `arguments.rs` | what may be said on the command line and in the environment |
//! | `opening.rs` | from arguments to an application over a database |
//! | `one_line.rs` | the log: one event is one line |
//! | `outgoing.rs` | what the server says to other hosts |
//! | `serve.rs` | the server with its worker |
//! | `demo.rs`, `certificate.rs` | a demonstration, for phones in the local network too |
//! | `init.rs` | the first subdistrict and its administrators, without a browser |
//! | `load.rs` | reports as riders would send them, to a server of one's own |
//! | `verify.rs` | whether the journals hold and the cases agree with them |
//! | `bench/` | figures, measured in one run |
//!
//! Never here: a rule of a capability, HTML, SQL of the product's own tables (but what `bench` compares
//! with).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks by printing")]

mod arguments;
mod bench;
mod certificate;
mod demo;
mod init;
mod load;
mod one_line;
mod opening;
mod outgoing;
mod serve;
mod verify;

use std::process::ExitCode;

use arguments::{Arguments, Task};
use clap::Parser;

/// A report is a few hundred small pieces of memory, taken on one thread and given back on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    opening::log(&arguments.log, arguments.log_json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("cannot start: {error}")),
    };
    let result = runtime.block_on(async {
        match arguments.task {
            Task::Serve(serve) => serve::run(&arguments.common, &serve).await,
            Task::Demo(demo) => demo::run(&demo).await,
            Task::Init(init) => init::run(&arguments.common, &init).await,
            Task::Migrate => opening::open(&arguments.common).await.map(drop),
            Task::Verify(verify) => verify::run(&arguments.common, &verify).await,
            Task::Bench(bench) => bench::run(&bench).await,
            Task::Load(load) => load::run(&load).await,
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => failed(&reason),
    }
}

fn failed(reason: &str) -> ExitCode {
    eprintln!("{reason}");
    ExitCode::FAILURE
}
