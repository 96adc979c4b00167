//! The product as one program.

mod killed;
mod program;
mod served;
mod statements;
