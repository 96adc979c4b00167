//! Connections that only read, each used by one query at a time on a thread that may block.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::tx::Wire;
use crate::{Asker, BoxFuture, DbError, Failure, Tx};

/// Queries that run at once. More would only wait for the same two or four cores.
const READERS: usize = 4;

#[derive(Clone)]
pub(crate) struct Readers(Arc<Pool>);

struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    places: Semaphore,
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(Arc::new(Pool { path, idle: Mutex::new(Vec::new()), places: Semaphore::new(READERS) }))
    }

    /// Runs a query on a snapshot of what is committed.
    pub(crate) async fn read<T, Q>(&self, asker: Asker, query: Q) -> Result<T, Failure>
    where
        T: Send + 'static,
        Q: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Failure>> + Send + 'static,
    {
        let closed = |error: &dyn std::fmt::Display| DbError::Unavailable(error.to_string());
        let _place = self.0.places.acquire().await.map_err(|error| closed(&error))?;
        let pool = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || pool.run(asker, query)).await.map_err(|error| closed(&error))?
    }
}

impl Pool {
    fn run<T, Q>(&self, asker: Asker, query: Q) -> Result<T, Failure>
    where
        Q: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Failure>>,
    {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => super::open_reader(&self.path)?,
        };
        connection.execute_batch("BEGIN").map_err(DbError::from)?;
        let result = {
            let mut tx = Tx::new(Wire::Sqlite(&mut connection), asker);
            query(&mut tx).now_or_never().unwrap_or_else(|| Err(waited().into()))
        };
        // A connection that cannot end its transaction is dropped rather than handed to the next query.
        if connection.execute_batch("COMMIT").is_ok() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        result
    }
}

/// A query or command awaited something other than SQL: a fault in the code that only this can show.
pub(super) fn waited() -> DbError {
    DbError::Engine("a transaction awaited something other than SQL".to_owned())
}
