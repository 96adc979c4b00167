//! PostgreSQL: a small pool, each command its own transaction, retried when another was in the way.

mod as_one;
mod begun;
mod encrypted;
mod listener;
mod rows;
mod server;
mod together;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Pool, PoolConfig, Runtime, Timeouts};
use tokio::sync::RwLock;

use crate::live::Live;
use crate::tx::Wire;
use crate::{Announcement, Asker, AtOnce, BoxFuture, Command, DbError, Failure, Tx};
use begun::Begun;
pub(crate) use listener::Teller;
pub use server::PostgresServer;
use together::Together;

/// Connections for two cores; more of them only wait for each other.
const CONNECTIONS: usize = 8;
/// How often a command is run again when another transaction was in the way.
const ATTEMPTS: u32 = 10;
/// From this attempt on it waits until no other command of this process is under way, so that only those of
/// other processes can still be in its way: without that the unlucky one of many would be given up.
const ALONE_FROM: u32 = 5;
/// First pause before running a command again; it doubles each time up to the longest.
const FIRST_PAUSE_MILLIS: u64 = 2;
/// Longest pause between attempts.
const LONGEST_PAUSE_MILLIS: u64 = 200;
/// How long a request waits for a free connection before it is told to come back.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
    /// Held together by commands under way, and by one alone that others were in the way of.
    road: Arc<RwLock<()>>,
    together: Together,
    pub(crate) teller: Teller,
}

impl Postgres {
    pub(crate) async fn open(url: &str, live: Live) -> Result<Self, DbError> {
        let (server, first) = PostgresServer::named(url)?.reached().await?;
        server.say_how();
        warn_of_superuser(&first).await?;
        let mut settings = PoolConfig::new(CONNECTIONS);
        settings.timeouts = Timeouts { wait: Some(WAIT_FOR_CONNECTION), ..Timeouts::default() };
        let pool = Pool::builder(server.manager())
            .config(settings)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        let teller = Teller::start(server, pool.clone(), live)?;
        let together = Together::start(&pool);
        Ok(Self { pool, road: Arc::default(), together, teller })
    }

    pub(crate) async fn write<C: Command>(
        &self,
        asker: Asker,
        command: C,
    ) -> Result<(C::Output, Vec<Announcement>), Failure> {
        if let Some(AtOnce { changes, output, news }) = command.at_once(asker) {
            match self.together.write(asker.tenant, &changes).await {
                Ok(()) => {
                    let news = news.into_iter().map(|(topic, id)| Announcement::new(asker, topic, id));
                    return Ok((output, news.collect()));
                }
                Err(DbError::Unique(_) | DbError::Retry(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut attempt = 1;
        loop {
            let result = if attempt < ALONE_FROM {
                let _with_others = self.road.read().await;
                self.write_once(asker, &command).await
            } else {
                let _alone = self.road.write().await;
                self.write_once(asker, &command).await
            };
            match result {
                Err(Failure::Db(DbError::Retry(_))) if attempt < ATTEMPTS => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn write_once<C: Command>(
        &self,
        asker: Asker,
        command: &C,
    ) -> Result<(C::Output, Vec<Announcement>), Failure> {
        let client = self.pool.get().await.map_err(DbError::from)?;
        let begun = Begun::write(client, C::ISOLATION, asker.tenant).await?;
        let mut tx = Tx::new(Wire::Postgres(begun.client()), asker);
        let output = command.run(&mut tx).await?;
        if tx.has_failed() {
            return Err(DbError::Failed.into());
        }
        let news = std::mem::take(&mut tx.announcements);
        begun.commit().await?;
        Ok((output, news))
    }

    pub(crate) async fn read<T, Q>(&self, asker: Asker, query: Q) -> Result<T, Failure>
    where
        Q: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Failure>> + Send,
    {
        let client = self.pool.get().await.map_err(DbError::from)?;
        let begun = Begun::read(client, asker.tenant).await?;
        let mut tx = Tx::new(Wire::Postgres(begun.client()), asker);
        query(&mut tx).await
    }
}

/// A superuser sees all rows whatever policies say.
async fn warn_of_superuser(client: &tokio_postgres::Client) -> Result<(), DbError> {
    let asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
    if client.query_one(asked, &[]).await?.try_get(0)? {
        tracing::warn!(
            "this PostgreSQL role may pass row-level security by: give the program a role of its own that is \
             neither superuser nor BYPASSRLS, so that the database itself keeps tenants apart"
        );
    }
    Ok(())
}

fn pause(attempt: u32) -> Duration {
    let factor = 1_u64.checked_shl(attempt - 1).unwrap_or(u64::MAX);
    Duration::from_millis(FIRST_PAUSE_MILLIS.saturating_mul(factor).min(LONGEST_PAUSE_MILLIS))
}
