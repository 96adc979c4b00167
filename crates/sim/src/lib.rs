//! A town to try things on.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `town.rs` | communities, villages and grids on a map of our own |
//! | `picture.rs` | photos drawn by the project |
//! | `plan.rs` | what will be noticed, by whom, and how it will go |
//! | `founding.rs` | the town on the morning of its first day: places, units, people |
//! | `life.rs` | the days of the town |
//! | `months.rs` | reports of the months that are over |
//! | `chance.rs` | dice with a seed |
//! | `load.rs` | many connections at once, against a server of one's own |
//!
//! Never here: a row written behind the product's back. The town lives by the product's own commands.

pub mod chance;
pub mod founding;
pub mod life;
pub mod load;
pub mod months;
pub mod picture;
pub mod plan;
pub mod town;
