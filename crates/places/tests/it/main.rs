//! Places against both engines and against open data.

mod any_input;
mod calendars;
mod coordinates;
mod divisions;
mod given;
mod importing;
mod indexing;
mod open_grids;
mod places;
mod shapefiles;
mod spots;
mod units;
