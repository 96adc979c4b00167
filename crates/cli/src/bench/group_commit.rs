//! The group commit that a bare handler would have by itself: one thread, one transaction for what waits, a
//! savepoint for each command so that one which fails takes no other with it, SQLite as it is delivered but
//! for `WAL` and `synchronous = FULL`. Nothing of the product's writer, so that what makes that one quicker
//! does not move what the product is held against.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use qige_db::{Param, Statement};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::said;

/// Commands waiting at most.
const QUEUED: usize = 16_384;
/// Commands in one transaction at most.
const TOGETHER: usize = 512;

/// The values of one row, with the statement that keeps it.
pub(super) type Insert = (&'static Statement, Vec<Param>);

struct Waiting {
    rows: Vec<Insert>,
    done: oneshot::Sender<Result<(), String>>,
}

/// Hands rows to the thread that writes.
#[derive(Clone)]
pub(super) struct GroupCommit(SyncSender<Waiting>);

impl GroupCommit {
    /// Starts the thread; it ends with the last handle.
    pub(super) fn open(connection: Connection) -> Result<Self, String> {
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").map_err(said)?;
        let (sender, receiver) = sync_channel(QUEUED);
        std::thread::spawn(move || write(&connection, &receiver));
        Ok(Self(sender))
    }

    /// Keeps these rows, all or none; returns when they are on the disk.
    pub(super) async fn keep(&self, rows: Vec<Insert>) -> Result<(), String> {
        let (done, kept) = oneshot::channel();
        self.0.try_send(Waiting { rows, done }).map_err(said)?;
        kept.await.map_err(said)?
    }
}

fn write(connection: &Connection, queue: &Receiver<Waiting>) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(TOGETHER - 1));
        let (results, committed) = commit(connection, &batch);
        for (waiting, result) in batch.into_iter().zip(results) {
            let _gone = waiting.done.send(result.and(committed.clone()));
        }
    }
}

/// What became of each, and of all.
fn commit(connection: &Connection, batch: &[Waiting]) -> (Vec<Result<(), String>>, Result<(), String>) {
    let step = |sql: &str| connection.prepare_cached(sql)?.execute([]).map(drop);
    if let Err(error) = step("BEGIN IMMEDIATE") {
        return (batch.iter().map(|_| Ok(())).collect(), Err(said(error)));
    }
    let one = |waiting: &Waiting| {
        step("SAVEPOINT one")?;
        let kept = insert(connection, &waiting.rows);
        if kept.is_err() {
            step("ROLLBACK TO one")?;
        }
        step("RELEASE one")?;
        kept
    };
    let results = batch.iter().map(|waiting| one(waiting).map_err(said)).collect();
    (results, step("COMMIT").map_err(said))
}

fn insert(connection: &Connection, rows: &[Insert]) -> rusqlite::Result<()> {
    for (statement, values) in rows {
        connection.prepare_cached(statement.sqlite)?.execute(rusqlite::params_from_iter(values))?;
    }
    Ok(())
}
