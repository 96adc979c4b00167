//! The `qige` command.
fn main() {}
