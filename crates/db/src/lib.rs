//! One database, two engines: SQLite inside the process, or PostgreSQL beside it.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `db.rs` | [`Db`]: open, migrate, write, read, listen |
//! | `command.rs` | [`Command`], [`Failure`], [`Asker`]: what a write is, and who asks |
//! | `tx.rs` | [`Tx`]: statements inside one transaction |
//! | `statement.rs` | [`statements!`]: every SQL text, known by name |
//! | `kebab.rs` | [`kebab!`]: enumerations whose text is the same in SQL, JSON, addresses and forms |
//! | `param.rs`, `row.rs` | values in, rows out, the same on both engines |
//! | `sqlite/` | the single writer with group commit, and the pool of readers |
//! | `postgres/` | connections, retried transactions, commands written together, the listener of live pages |
//! | `migrate.rs` | `migrations/*.sql`, one portable text each; what only one engine has is marked in it |
//! | `journal.rs` | the hash-chained record that every capability appends to |
//! | `testing.rs` | a fresh database for each test, on each engine |
//!
//! Never here: a table's meaning (its capability knows it), a transaction that a caller can commit, SQL that
//! was not registered by [`statements!`].

mod command;
mod db;
mod error;
pub mod journal;
mod kebab;
mod live;
mod migrate;
mod param;
mod postgres;
mod row;
mod sqlite;
mod statement;
pub mod testing;
mod tx;

pub use command::{Actor, Asker, AtOnce, Command, Failure, Isolation};
pub use db::{Db, Engine};
pub use error::DbError;
pub use kebab::Unknown;
pub use live::Announcement;
pub use param::{Json, Param, ToParam};
pub use postgres::PostgresServer;
pub use qige_db_test_macro::db_test;
pub use row::{Cell, FromColumn, FromRow, Row};
pub use sqlite::holds;
pub use statement::{Sql, Statement, registered};
pub use tx::Tx;

/// A boxed future, as queries return it.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[doc(hidden)]
pub mod macros {
    pub use crate::statement::{Registered, rewrite, text};
    pub use inventory::submit;
}
