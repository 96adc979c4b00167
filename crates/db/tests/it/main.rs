//! The database crate against both engines.

mod journal;
mod schema;
mod wall;
mod writing;
