//! The database crate against both engines.

mod contents;
mod encrypted;
mod journal;
mod schema;
mod wall;
mod writing;
