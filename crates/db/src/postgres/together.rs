//! Commands that need no look at the database, several in one transaction: the group commit of PostgreSQL.

use std::sync::Arc;

use deadpool_postgres::{Client, Pool};
use futures_util::future::try_join_all;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::as_one;
use super::rows::{self, MANY};
use crate::{DbError, Param, Statement};

/// Transactions under way at once: while one waits for the disk, the next is put together.
const CARRIERS: usize = 2;
/// Commands in one transaction at most.
const COMMANDS_IN_ONE_COMMIT: usize = MANY;
/// Statements in one transaction at most: so many are sent in order, and before the COMMIT, because they are
/// polled in order. Commands that come to more are written each by itself.
const STATEMENTS_IN_ORDER: usize = 30;
/// Commands waiting at most, as on SQLite.
const QUEUED_COMMANDS: usize = 16_384;

/// What one command changes.
type Changes = Vec<(&'static Statement, Vec<Param>)>;

/// Hands commands to the carriers, which end when the last handle is dropped.
#[derive(Clone)]
pub(super) struct Together(mpsc::Sender<Waiting>);

struct Waiting {
    changes: Changes,
    caller: oneshot::Sender<Result<(), DbError>>,
}

impl Together {
    pub(super) fn start(pool: &Pool) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUED_COMMANDS);
        let queue = Arc::new(Mutex::new(receiver));
        for _ in 0..CARRIERS {
            tokio::spawn(carry(pool.clone(), queue.clone()));
        }
        Self(sender)
    }

    /// All of it or nothing, durable when this returns.
    pub(super) async fn write(&self, changes: &[(&'static Statement, &[Param])]) -> Result<(), DbError> {
        let (caller, answer) = oneshot::channel();
        let changes = changes.iter().map(|(statement, values)| (*statement, values.to_vec())).collect();
        self.0
            .try_send(Waiting { changes, caller })
            .map_err(|_| DbError::Unavailable("more writes are waiting than the queue holds".to_owned()))?;
        answer.await.map_err(|_| DbError::Unavailable("the writer has stopped".to_owned()))?
    }
}

/// A transaction is what came while the others were written, and waits for nobody.
async fn carry(pool: Pool, queue: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    let mut batch = Vec::new();
    while queue.lock().await.recv_many(&mut batch, COMMANDS_IN_ONE_COMMIT).await > 0 {
        let written = match batch.as_slice() {
            [_alone] => false,
            several => write_all(&pool, several).await.is_ok(),
        };
        for Waiting { changes, caller } in batch.drain(..) {
            // Nothing of a batch with a failure in it is kept; then each stands or falls by itself.
            let outcome = if written { Ok(()) } else { write_alone(&pool, &changes).await };
            // An error only means that the caller went away; what is committed stays committed.
            let _gone = caller.send(outcome);
        }
    }
}

/// One statement is a transaction by itself.
async fn write_alone(pool: &Pool, changes: &Changes) -> Result<(), DbError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(&as_one::text(changes)).await?;
    client.execute_raw(&statement, changes.iter().flat_map(|(_, values)| values).collect::<Vec<_>>()).await?;
    Ok(())
}

/// All commands in one transaction that is sent in one go.
async fn write_all(pool: &Pool, batch: &[Waiting]) -> Result<(), DbError> {
    let changes = rows::gather(batch.iter().flat_map(|waiting| &waiting.changes));
    if changes.len() > STATEMENTS_IN_ORDER {
        return Err(DbError::Engine("too many statements for one transaction".to_owned()));
    }
    let client = pool.get().await?;
    let mut prepared = Vec::with_capacity(changes.len());
    for (text, values) in &changes {
        prepared.push((client.prepare_cached(text).await?, values));
    }
    let work =
        try_join_all(prepared.iter().map(|(statement, values)| async {
            client.execute_raw(statement, values.iter().copied()).await
        }));
    let (begun, done, ended) = tokio::join!(biased; plain(&client, "BEGIN"), work, plain(&client, "COMMIT"));
    begun?;
    // After a failure the server makes a ROLLBACK of the COMMIT, and calls that a success.
    done?;
    ended
}

async fn plain(client: &Client, text: &str) -> Result<(), DbError> {
    Ok(client.batch_execute(text).await?)
}
