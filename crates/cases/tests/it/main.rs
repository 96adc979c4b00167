//! Reports and cases on both engines.

mod acting;
mod leaks;
mod lists;
mod model;
mod refusals;
mod reporting;
mod together;
mod undoing;
mod world;
