//! The product as one program.

mod acme;
mod keys;
mod killed;
mod load;
mod program;
mod rooted;
mod served;
mod statements;
