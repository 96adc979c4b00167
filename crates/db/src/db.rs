//! [`Db`]: the one way to the database.

use std::path::Path;

use tokio::sync::broadcast;

use crate::live::Live;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::{Announcement, Asker, BoxFuture, Command, DbError, Failure, Tx};

/// Which engine keeps the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Inside the process.
    Sqlite,
    /// Beside it.
    Postgres,
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    connection: Connection,
    live: Live,
}

#[derive(Clone)]
enum Connection {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Db {
    /// Opens `sqlite:path/to/file.db` (made when it is not there) or `postgres://user@host/database`. Does
    /// not touch the schema: see [`Db::migrate`].
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when it cannot be reached, [`DbError::Schema`] when the URL is of neither
    /// kind.
    pub async fn open(url: &str) -> Result<Self, DbError> {
        let live = Live::new();
        let connection = if let Some(path) = url.strip_prefix("sqlite:") {
            Connection::Sqlite(Sqlite::open(Path::new(path))?)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Connection::Postgres(Postgres::open(url, live.clone()).await?)
        } else {
            let shown = url.split(':').next().unwrap_or_default();
            return Err(DbError::Schema(format!(
                "DATABASE_URL starts with sqlite: or postgres:, not {shown}:"
            )));
        };
        Ok(Self { connection, live })
    }

    /// Which engine this is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Brings the schema up to what this program knows. Safe to run at every start and by several processes.
    ///
    /// # Errors
    /// [`DbError::Schema`] when the database was made by a newer program or a migration was changed since.
    pub async fn migrate(&self) -> Result<(), DbError> {
        crate::migrate::run(self).await
    }

    /// Runs a command in a transaction of its own (SQLite: together with others, see the writer). When this
    /// returns `Ok`, the write is durable; when it returns an error, nothing of it is kept.
    ///
    /// # Errors
    /// What the command refuses, or what the engine cannot do.
    pub async fn write<C: Command>(&self, asker: Asker, mut command: C) -> Result<C::Output, Failure> {
        command.prepare(asker);
        match &self.connection {
            Connection::Sqlite(sqlite) => {
                let (output, news) = sqlite.writer.write(asker, command).await?;
                self.live.tell(news);
                Ok(output)
            }
            Connection::Postgres(postgres) => {
                let (output, news) = postgres.write(asker, command).await?;
                postgres.teller.tell(news);
                Ok(output)
            }
        }
    }

    /// Runs a query on a snapshot of what is committed. It cannot write.
    ///
    /// # Errors
    /// What the query refuses, or what the engine cannot do.
    pub async fn read<T, Q>(&self, asker: Asker, query: Q) -> Result<T, Failure>
    where
        T: Send + 'static,
        Q: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Failure>> + Send + 'static,
    {
        match &self.connection {
            Connection::Sqlite(sqlite) => sqlite.readers.read(asker, query).await,
            Connection::Postgres(postgres) => postgres.read(asker, query).await,
        }
    }

    /// Hears of every committed change that was announced, of all tenants.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Announcement> {
        self.live.subscribe()
    }
}
