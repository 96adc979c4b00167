//! Stage clocks: how long each stage may take, and how its clock runs, stops and is moved.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `terms.rs` | [`term`]: how long, by stage, urgency and matter |
//! | `clock.rs` | [`Clock`]: one stage's clock, with every due date it has had |
//! | `moves.rs` | [`clock_after`]: what a command does to the clocks |
//!
//! Never here: a due date as one field, since who moved it and why is what a unit is judged by.

mod clock;
mod moves;
mod terms;

pub use clock::{Clock, DueDate, DueReason, Halt, StopReason};
pub use moves::{ClockMove, clock_after, first_clock};
pub use terms::{TermRule, default_term, term, urgency_of};
