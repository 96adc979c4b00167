//! The product as one program.

mod keys;
mod killed;
mod program;
mod served;
mod statements;
