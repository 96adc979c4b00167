//! The single writer: takes what is queued into one transaction, commits once, then answers all.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use futures_util::FutureExt;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::log::LogKeeper;
use super::readers::waited;
use crate::tx::Wire;
use crate::{Announcement, Asker, Command, DbError, Failure, Tx};

/// Commands waiting at most; beyond that a caller is told to come back, instead of memory filling up.
const QUEUED_COMMANDS: usize = 16_384;
/// Commands in one transaction at most, so that the first of a burst does not wait for all of it.
const COMMANDS_IN_ONE_COMMIT: usize = 512;
/// Pause before a transaction that found the file locked by another process is tried once more.
const PAUSE_WHEN_LOCKED: Duration = Duration::from_millis(20);

/// Hands commands to the writer thread. The thread ends when the last handle is dropped.
#[derive(Clone)]
pub(crate) struct Writer(SyncSender<Box<dyn Queued>>);

/// A command on its way, with the place where its caller waits.
trait Queued: Send {
    /// Runs it inside the open transaction; true when it left something to keep.
    fn run(&mut self, connection: &mut Connection) -> bool;
    /// Answers the caller: after the commit, or with the reason why there was none.
    fn answer(self: Box<Self>, commit: Result<(), String>);
}

/// What the writer hands back: the command's result, and what to tell live listeners.
type Outcome<C> = Result<(<C as Command>::Output, Vec<Announcement>), Failure>;

struct Waiting<C: Command> {
    command: C,
    asker: Asker,
    outcome: Option<Outcome<C>>,
    caller: oneshot::Sender<Outcome<C>>,
}

impl<C: Command> Queued for Waiting<C> {
    fn run(&mut self, connection: &mut Connection) -> bool {
        let mut tx = Tx::new(Wire::Sqlite(connection), self.asker);
        let command = &self.command;
        let result = catch_unwind(AssertUnwindSafe(|| command.run(&mut tx).now_or_never()))
            .unwrap_or_else(|_| Some(Err(DbError::Engine("a command panicked".to_owned()).into())))
            .unwrap_or_else(|| Err(waited().into()));
        // A command that swallowed an error must not be half kept.
        let result = match result {
            Ok(_) if tx.has_failed() => Err(DbError::Failed.into()),
            other => other.map(|output| (output, std::mem::take(&mut tx.announcements))),
        };
        let keep = result.is_ok();
        self.outcome = Some(result);
        keep
    }

    fn answer(self: Box<Self>, commit: Result<(), String>) {
        let outcome = match (self.outcome, commit) {
            // A refusal stands whether or not the others in the batch could be committed.
            (Some(Err(failure)), _) => Err(failure),
            (Some(Ok(output)), Ok(())) => Ok(output),
            (_, Err(reason)) => Err(DbError::Unavailable(reason).into()),
            (None, Ok(())) => Err(DbError::Engine("a command was not run".to_owned()).into()),
        };
        // An error only means that the caller went away; what is committed stays committed.
        let _gone = self.caller.send(outcome);
    }
}

impl Writer {
    pub(super) fn start(connection: Connection, log: LogKeeper) -> Result<Self, DbError> {
        let (sender, receiver) = sync_channel(QUEUED_COMMANDS);
        std::thread::Builder::new()
            .name("qige-writer".to_owned())
            .spawn(move || write_until_closed(connection, &receiver, log))
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(Self(sender))
    }

    pub(crate) async fn write<C: Command>(
        &self,
        asker: Asker,
        command: C,
    ) -> Result<(C::Output, Vec<Announcement>), Failure> {
        let (caller, answer) = oneshot::channel();
        let waiting = Box::new(Waiting { command, asker, outcome: None, caller });
        self.0
            .try_send(waiting)
            .map_err(|_| DbError::Unavailable("more writes are waiting than the queue holds".to_owned()))?;
        answer.await.map_err(|_| DbError::Unavailable("the writer has stopped".to_owned()))?
    }
}

/// A batch is what came while the one before was written, and waits for nobody: so half of those who send all
/// the time are at the writer while the other half is answered and asks anew.
fn write_until_closed(mut connection: Connection, queue: &Receiver<Box<dyn Queued>>, mut log: LogKeeper) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(COMMANDS_IN_ONE_COMMIT - 1));
        let commit = run_batch(&mut connection, &mut batch);
        if let Err(reason) = &commit {
            tracing::error!(reason, commands = batch.len(), "a batch of writes was not committed");
        }
        for waiting in batch {
            waiting.answer(commit.clone());
        }
        log.between_commits(&connection);
    }
}

/// Runs the commands, then commits. On any error nothing of the batch is kept.
///
/// Nearly always nothing has to be taken back: commands refuse before they write. So the batch is first run
/// without savepoints, which cost half as much again as the writes themselves; when a command wrote and then
/// failed, all of it is undone and run anew with them.
fn run_batch(connection: &mut Connection, batch: &mut [Box<dyn Queued>]) -> Result<(), String> {
    let attempt = begin(connection).and_then(|()| {
        if !run_openly(connection, batch)? {
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK")?;
            }
            begin(connection)?;
            for waiting in batch {
                run_guarded(connection, waiting.as_mut())?;
            }
        }
        connection.prepare_cached("COMMIT")?.execute([])
    });
    attempt.map(drop).map_err(|error| {
        // SQLite ends the transaction by itself after some errors; then there is nothing to roll back.
        if !connection.is_autocommit() {
            let _rolled_back = connection.execute_batch("ROLLBACK");
        }
        error.to_string()
    })
}

/// Runs the commands one after another; false as soon as one of them has left something behind that must not
/// stay.
fn run_openly(connection: &mut Connection, batch: &mut [Box<dyn Queued>]) -> rusqlite::Result<bool> {
    for waiting in batch {
        let before = connection.total_changes();
        let keep = waiting.run(connection);
        if !keep && (connection.is_autocommit() || connection.total_changes() != before) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn begin(connection: &Connection) -> rusqlite::Result<()> {
    let mut begin = connection.prepare_cached("BEGIN IMMEDIATE")?;
    begin.execute([]).map(drop).or_else(|_locked| {
        std::thread::sleep(PAUSE_WHEN_LOCKED);
        begin.execute([]).map(drop)
    })
}

/// One command in a savepoint of its own: what it refuses or fails leaves the others as they are.
fn run_guarded(connection: &mut Connection, waiting: &mut dyn Queued) -> rusqlite::Result<()> {
    connection.prepare_cached("SAVEPOINT command")?.execute([])?;
    if !waiting.run(connection) {
        connection.prepare_cached("ROLLBACK TO command")?.execute([])?;
    }
    connection.prepare_cached("RELEASE command")?.execute([])?;
    Ok(())
}
