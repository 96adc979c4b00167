//! The product as one program.

mod acme;
mod keys;
mod killed;
mod program;
mod rooted;
mod served;
mod statements;
