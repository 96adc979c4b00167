//! A town to try things on.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `town.rs` | communities, villages and grids on a map of our own |
//! | `picture.rs` | photos drawn by the project |
//! | `chance.rs` | dice with a seed |
//!
//! Never here: a row written behind the product's back. The town lives by the product's own commands.

pub mod chance;
pub mod picture;
pub mod town;
