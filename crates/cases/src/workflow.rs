//! The whole life of a case as one table, and the questions asked of it.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `table.rs` | [`TABLE`]: which command leads from where to where, and by whom |
//! | `facts.rs` | [`Facts`], [`Request`]: all that deciding needs to know |
//! | `guards.rs` | [`check`]: what must be so besides state and role |
//! | `decide.rs` | [`decide`]: the next state, facts and clock, or the refusal |
//!
//! Never here: reading or writing. Nothing else may change a case's state.

mod table;

pub use table::{Row, TABLE, To, allowed, permit, starting_state};
