//! Photos and objects as the rest of the product uses them.

mod made;
mod objects;
mod open_data;
