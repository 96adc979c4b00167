//! The whole life of a case as one table, and the questions asked of it.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `table.rs` | [`TABLE`]: which command leads from where to where, and by whom |
//! | `facts.rs` | [`Facts`], [`Request`]: all that deciding needs to know |
//! | `guards.rs` | [`check`]: what must be so besides state and role |
//! | `decide.rs` | [`decide`]: the next state and clock, or the refusal; [`offered`]: what can be done now |
//!
//! Never here: reading or writing. Nothing else may change a case's state.

mod decide;
mod facts;
mod guards;
mod table;

pub use decide::{Decision, decide, offered};
pub use facts::{Asked, Assisting, Doer, Facts, LastStep, Main, Request};
pub use guards::{Beginning, check, check_beginning};
pub use table::{Row, TABLE, To, allowed, permit, starting_state};
