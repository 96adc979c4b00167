//! The rules that need no database.

mod clock;
mod guards;
mod model;
mod open_data;
mod table;
mod town;
