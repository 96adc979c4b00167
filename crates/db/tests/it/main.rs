//! The database crate against both engines.

mod journal;
mod schema;
mod writing;
