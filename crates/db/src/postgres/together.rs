//! Commands that need no look at the database, several in one transaction: the group commit of PostgreSQL.

use std::collections::BTreeMap;
use std::sync::Arc;

use deadpool_postgres::{Client, Pool};
use futures_util::future::try_join_all;
use qige_kernel::TenantId;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::as_one;
use super::begun::stands_for;
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
    tenant: TenantId,
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
    pub(super) async fn write(
        &self,
        tenant: TenantId,
        changes: &[(&'static Statement, &[Param])],
    ) -> Result<(), DbError> {
        let (caller, answer) = oneshot::channel();
        let changes = changes.iter().map(|(statement, values)| (*statement, values.to_vec())).collect();
        self.0
            .try_send(Waiting { tenant, changes, caller })
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
        for Waiting { tenant, changes, caller } in batch.drain(..) {
            // Nothing of a batch with a failure in it is kept; then each stands or falls by itself.
            let outcome = if written { Ok(()) } else { write_alone(&pool, tenant, &changes).await };
            // An error only means that the caller went away; what is committed stays committed.
            let _gone = caller.send(outcome);
        }
    }
}

/// One statement, sent in one go with what makes it a transaction.
async fn write_alone(pool: &Pool, tenant: TenantId, changes: &Changes) -> Result<(), DbError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(&as_one::text(changes)).await?;
    let values: Vec<_> = changes.iter().flat_map(|(_, values)| values).collect();
    let begin = format!("BEGIN; {}", stands_for(tenant));
    let work = async { Ok::<_, DbError>(client.execute_raw(&statement, values).await?) };
    let (begun, done, ended) = tokio::join!(biased; plain(&client, &begin), work, plain(&client, "COMMIT"));
    begun?;
    done?;
    ended
}

/// What is sent to the server for a batch, in this order.
enum Step<'a> {
    /// Whose the next changes are.
    StandFor(TenantId),
    Change(tokio_postgres::Statement, Vec<&'a Param>),
}

/// All commands in one transaction that is sent in one go.
async fn write_all(pool: &Pool, batch: &[Waiting]) -> Result<(), DbError> {
    let mut by_tenant: BTreeMap<TenantId, Vec<&Changes>> = BTreeMap::new();
    for waiting in batch {
        by_tenant.entry(waiting.tenant).or_default().push(&waiting.changes);
    }
    let client = pool.get().await?;
    let mut steps = Vec::new();
    for (tenant, changes) in by_tenant {
        steps.push(Step::StandFor(tenant));
        for (text, values) in rows::gather(changes.into_iter().flatten()) {
            steps.push(Step::Change(client.prepare_cached(&text).await?, values));
        }
    }
    if steps.len() > STATEMENTS_IN_ORDER {
        return Err(DbError::Engine("too many statements for one transaction".to_owned()));
    }
    let work = try_join_all(steps.iter().map(|step| async {
        match step {
            Step::StandFor(tenant) => plain(&client, &stands_for(*tenant)).await,
            Step::Change(statement, values) => {
                client.execute_raw(statement, values.iter().copied()).await?;
                Ok(())
            }
        }
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
