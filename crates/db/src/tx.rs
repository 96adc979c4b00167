//! Statements inside one transaction.

use futures_util::future::try_join_all;
use qige_kernel::TenantId;
use uuid::Uuid;

use crate::{Actor, Announcement, Asker, DbError, Engine, FromRow, Param, Row, Sql, Statement};

/// One transaction under way. It cannot be committed from here: the edge that opened it does that when the
/// command has succeeded.
///
/// On SQLite its futures never wait: the thread that owns the connection polls them to the end on the spot.
pub struct Tx<'a> {
    wire: Wire<'a>,
    asker: Asker,
    /// PostgreSQL refuses everything after an error; we refuse it on both, so that both behave alike.
    failed: bool,
    pub(crate) announcements: Vec<Announcement>,
}

pub(crate) enum Wire<'a> {
    Sqlite(&'a mut rusqlite::Connection),
    Postgres(&'a deadpool_postgres::Client),
}

impl<'a> Tx<'a> {
    pub(crate) fn new(wire: Wire<'a>, asker: Asker) -> Self {
        Self { wire, asker, failed: false, announcements: Vec::new() }
    }

    pub(crate) const fn has_failed(&self) -> bool {
        self.failed
    }

    /// Whose data this transaction is about.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.asker.tenant
    }

    /// Who causes it.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.asker.actor
    }

    /// Both.
    #[must_use]
    pub const fn asker(&self) -> Asker {
        self.asker
    }

    /// Which engine it runs on.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self.wire {
            Wire::Sqlite(_) => Engine::Sqlite,
            Wire::Postgres(_) => Engine::Postgres,
        }
    }

    /// Tells live listeners, once the transaction is committed, that `id` changed. A hint to look again, not
    /// a record: it may be lost when the process ends.
    pub fn announce(&mut self, topic: &'static str, id: Uuid) {
        self.announcements.push(Announcement::new(self.asker, topic, id));
    }

    /// All rows.
    ///
    /// # Errors
    /// [`DbError`]; after one, nothing more can be done in this transaction.
    pub async fn all<T: FromRow>(
        &mut self,
        sql: impl Into<Sql>,
        params: &[Param],
    ) -> Result<Vec<T>, DbError> {
        let sql = sql.into();
        let result = self.fetch(&sql, params).await;
        self.note(result)
    }

    /// The row, or none.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn optional<T: FromRow>(
        &mut self,
        sql: impl Into<Sql>,
        params: &[Param],
    ) -> Result<Option<T>, DbError> {
        Ok(self.all(sql, params).await?.into_iter().next())
    }

    /// The row that must be there.
    ///
    /// # Errors
    /// [`DbError::NotFound`] when it is not; else as [`Tx::all`].
    pub async fn one<T: FromRow>(&mut self, sql: impl Into<Sql>, params: &[Param]) -> Result<T, DbError> {
        let sql = sql.into();
        let name = sql.name;
        self.all(sql, params).await?.into_iter().next().ok_or(DbError::NotFound(name))
    }

    /// Runs a statement for its effect and says how many rows it touched.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn execute(&mut self, sql: impl Into<Sql>, params: &[Param]) -> Result<u64, DbError> {
        let sql = sql.into();
        let result = self.change(&sql, params).await;
        self.note(result)
    }

    /// Runs several statements in order that do not need each other's results; on PostgreSQL all of them
    /// travel in one go. Not for more than thirty: beyond that their order is not kept.
    ///
    /// # Errors
    /// The first error; then nothing more can be done in this transaction.
    pub async fn execute_all(&mut self, changes: &[(&'static Statement, &[Param])]) -> Result<(), DbError> {
        let result = match &self.wire {
            _ if self.failed => Err(DbError::Failed),
            Wire::Postgres(client) => {
                let mut prepared = Vec::with_capacity(changes.len());
                for (statement, _) in changes {
                    prepared.push(client.prepare_cached(statement.postgres).await?);
                }
                // Polled in order, and each is sent by its first poll: so they arrive in order, too.
                try_join_all(prepared.iter().zip(changes).map(|(prepared, (_, params))| async move {
                    client.execute_raw(prepared, params.iter()).await?;
                    Ok::<_, DbError>(())
                }))
                .await
                .map(drop)
            }
            Wire::Sqlite(connection) => changes.iter().try_for_each(|(statement, params)| {
                let mut prepared = connection.prepare_cached(statement.sqlite)?;
                prepared.execute(rusqlite::params_from_iter(params.iter()))?;
                Ok(())
            }),
        };
        self.note(result)
    }

    /// Runs statements that are not prepared: migrations.
    pub(crate) async fn script(&mut self, text: &str) -> Result<(), DbError> {
        let result = match &mut self.wire {
            Wire::Sqlite(connection) => connection.execute_batch(text).map_err(DbError::from),
            Wire::Postgres(client) => client.batch_execute(text).await.map_err(DbError::from),
        };
        self.note(result)
    }

    async fn fetch<T: FromRow>(&mut self, sql: &Sql, params: &[Param]) -> Result<Vec<T>, DbError> {
        if self.failed {
            return Err(DbError::Failed);
        }
        match &self.wire {
            Wire::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(&sql.sqlite)?;
                let mut rows = statement.query(rusqlite::params_from_iter(params.iter()))?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    found.push(T::from_row(&Row::Sqlite(row))?);
                }
                Ok(found)
            }
            Wire::Postgres(client) => {
                let statement = client.prepare_cached(&sql.postgres).await?;
                let params: Vec<_> = params.iter().map(as_dyn).collect();
                let rows = client.query(&statement, &params).await?;
                rows.iter().map(|row| T::from_row(&Row::Postgres(row))).collect()
            }
        }
    }

    async fn change(&mut self, sql: &Sql, params: &[Param]) -> Result<u64, DbError> {
        if self.failed {
            return Err(DbError::Failed);
        }
        match &self.wire {
            Wire::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(&sql.sqlite)?;
                let rows = statement.execute(rusqlite::params_from_iter(params.iter()))?;
                Ok(u64::try_from(rows).unwrap_or(u64::MAX))
            }
            Wire::Postgres(client) => {
                let statement = client.prepare_cached(&sql.postgres).await?;
                Ok(client.execute_raw(&statement, params.iter()).await?)
            }
        }
    }

    fn note<T>(&mut self, result: Result<T, DbError>) -> Result<T, DbError> {
        self.failed |= result.is_err();
        result
    }
}

fn as_dyn(param: &Param) -> &(dyn tokio_postgres::types::ToSql + Sync) {
    param
}
