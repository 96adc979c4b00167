//! What can go wrong between us and the engine.

use rusqlite::ffi;
use tokio_postgres::error::SqlState;

/// An error of the database. None of its texts is meant for a person who uses the product.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique key exists already.
    #[error("unique key exists: {0}")]
    Unique(String),
    /// A row is referred to that does not exist, or one is deleted that is referred to.
    #[error("foreign key: {0}")]
    ForeignKey(String),
    /// A CHECK or NOT NULL rule of the schema was broken.
    #[error("check: {0}")]
    Check(String),
    /// [`crate::Tx::one`] found no row.
    #[error("no row where one was expected: {0}")]
    NotFound(&'static str),
    /// Another transaction was in the way; the same command may be run again.
    #[error("serialisation failure: {0}")]
    Retry(String),
    /// The engine cannot take work now (full queue, full disk, lost connection); trying later is safe.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A statement failed earlier in this transaction, so nothing more may be done in it.
    #[error("the transaction has failed already")]
    Failed,
    /// A stored value is not what the code expects.
    #[error("column {column}: {problem}")]
    Decode {
        /// Name or position of the column.
        column: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The schema is not the one this program knows.
    #[error("schema: {0}")]
    Schema(String),
    /// Anything else the engine says.
    #[error("engine: {0}")]
    Engine(String),
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        let rusqlite::Error::SqliteFailure(code, _) = &error else { return Self::Engine(text) };
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Self::Unique(text),
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey(text),
            ffi::SQLITE_CONSTRAINT_CHECK
            | ffi::SQLITE_CONSTRAINT_NOTNULL
            | ffi::SQLITE_CONSTRAINT_DATATYPE => Self::Check(text),
            extended => match extended & 0xff {
                ffi::SQLITE_FULL | ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN => Self::Unavailable(text),
                ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Retry(text),
                _ => Self::Engine(text),
            },
        }
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            let text = chain(&error);
            return if error.is_closed() { Self::Unavailable(text) } else { Self::Engine(text) };
        };
        let text = said.to_string();
        match said.code() {
            &SqlState::UNIQUE_VIOLATION => Self::Unique(text),
            &SqlState::FOREIGN_KEY_VIOLATION => Self::ForeignKey(text),
            &SqlState::CHECK_VIOLATION | &SqlState::NOT_NULL_VIOLATION => Self::Check(text),
            &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => Self::Retry(text),
            &SqlState::IN_FAILED_SQL_TRANSACTION => Self::Failed,
            code if code.code().starts_with("08")
                || code.code().starts_with("53")
                || code.code().starts_with("57P") =>
            {
                Self::Unavailable(text)
            }
            _ => Self::Engine(text),
        }
    }
}

impl From<deadpool_postgres::PoolError> for DbError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Self::Unavailable(chain(&error))
    }
}

/// The error and all that caused it: the drivers keep what matters in the cause.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
