//! The embedded engine: one writer that commits in groups, and a pool of readers.

pub mod holds;
mod log;
mod readers;
mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::DbError;
use log::LogKeeper;
pub(crate) use readers::Readers;
pub(crate) use writer::Writer;

/// Pages after which the log is copied back, some 64 MB: a page that many commits change is copied once for
/// all of them.
const PAGES_OF_LOG: u32 = 16_000;
/// Statements kept prepared on each connection: more than the product has.
const CACHED_STATEMENTS: usize = 512;
/// Page cache of the writer, kibibytes.
const WRITER_CACHE_KIB: i64 = 16 * 1024;
/// Page cache of each reader, kibibytes: what a queue of 25,000 open cases is counted in.
const READER_CACHE_KIB: i64 = 8 * 1024;
/// How long another process (a backup, a check) may hold the file before we give up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// An open SQLite file.
#[derive(Clone)]
pub(crate) struct Sqlite {
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
}

impl Sqlite {
    pub(crate) fn open(path: &Path) -> Result<Self, DbError> {
        let mut connection = open_writer(path)?;
        let log = LogKeeper::start(&mut connection, path, PAGES_OF_LOG)?;
        Ok(Self { writer: Writer::start(connection, log)?, readers: Readers::new(PathBuf::from(path)) })
    }
}

fn open_writer(path: &Path) -> Result<Connection, DbError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| DbError::Unavailable(format!("{}: {error}", folder.display())))?;
    }
    let connection = Connection::open(path)?;
    prepare(&connection, WRITER_CACHE_KIB)?;
    // WAL with FULL: a commit that was acknowledged survives loss of power, and readers never wait.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is erased is overwritten, as the privacy rules promise.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

fn open_reader(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection, READER_CACHE_KIB)?;
    Ok(connection)
}

fn prepare(connection: &Connection, cache_kib: i64) -> Result<(), DbError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Without this a plan may depend on the values bound to it, and then SQLite prepares the statement anew
    // for each of them: half the time of a small query here, since partial indexes make it wonder.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    holds::install(connection)
}
