//! The database crate against both engines.

mod encrypted;
mod journal;
mod schema;
mod wall;
mod writing;
