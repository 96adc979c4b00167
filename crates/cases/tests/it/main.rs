//! Reports and cases on both engines.

mod acting;
mod evaluation;
mod help;
mod leaks;
mod learning;
mod listed;
mod lists;
mod merging;
mod model;
mod refusals;
mod reporting;
mod rules;
mod saved;
mod search;
mod tampering;
mod together;
mod undoing;
mod words_erased;
mod world;
