//! What others send is read, whatever it is: every parser of the product, given what it should be given with
//! some bytes wrong.
//!
//! | file | what is there |
//! | --- | --- |
//! | `target.rs` | the parsers, and what must be true of what they read |
//! | `signed.rs` | those of them that are about signatures and keys |
//! | `passkeys.rs` | passkeys, when they are added and when they sign |
//! | `seed.rs` | small files and texts that each of them takes |
//! | `harm.rs` | what is done to them |
//! | `run.rs` | for how long, and what is said of a failure |
//!
//! `cargo nextest run -p qige-fuzz` takes ten seconds for each; `QIGE_FUZZ_SECONDS=600` takes ten
//! minutes, and begins elsewhere each time.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "only tests run this, and what is wrong must fail loudly"
)]

mod harm;
mod passkeys;
mod run;
mod seed;
mod signed;
mod target;

pub use harm::{harmed, without_end};
pub use run::{for_a_while, seconds};
pub use target::{TARGETS, Target};
