//! Copies the log (WAL) back into the file beside the writer, which goes on meanwhile: in its own time that
//! would be a pause of many milliseconds for everybody who waits.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, DEFAULT_NAME};

use crate::DbError;

/// Passes at most: each copies what was written during the one before, until little is left.
const PASSES: usize = 4;
/// Pages that the writer copies itself without anybody noticing.
const LITTLE: i32 = 500;
/// How many times as long as wished the log becomes at most: then the writer waits for the copying to end.
const TIMES_AT_MOST: u32 = 4;

/// Sees to it that the log begins anew every so many pages.
pub(super) struct LogKeeper {
    wished: u32,
    /// Pages in the log after the last commit.
    pages: Arc<AtomicU32>,
    begin: SyncSender<()>,
    ended: Receiver<()>,
    copying: bool,
}

impl LogKeeper {
    /// Takes the place of the engine's own checkpoints on the writing connection.
    ///
    /// # Errors
    /// [`DbError`] when the file cannot be opened once more.
    pub(super) fn start(writer: &mut Connection, path: &Path, wished: u32) -> Result<Self, DbError> {
        let pages = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&pages);
        writer.wal_hook(Some(move |_: &mut Wal, count| {
            seen.store(u32::try_from(count).unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        }))?;
        let copier = Connection::open(path)?;
        copier.pragma_update(None, "synchronous", "FULL")?;
        let (begin, begun) = sync_channel(1);
        let (end, ended) = sync_channel(1);
        std::thread::Builder::new()
            .name("qige-log".to_owned())
            .spawn(move || {
                while let Ok(()) = begun.recv() {
                    copy_most(&copier);
                    if end.send(()).is_err() {
                        break;
                    }
                }
            })
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(Self { wished, pages, begin, ended, copying: false })
    }

    /// Called by the writer between two transactions. Once nearly all is copied it copies the rest itself,
    /// since only a log that nothing was added to meanwhile can begin anew.
    pub(super) fn between_commits(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if self.copying {
            let too_long = pages >= self.wished.saturating_mul(TIMES_AT_MOST);
            if !too_long && self.ended.try_recv() == Err(TryRecvError::Empty) {
                return;
            }
            if too_long {
                let _gone = self.ended.recv();
            }
            self.copying = false;
            copy(writer);
        } else if pages >= self.wished {
            self.copying = self.begin.try_send(()).is_ok();
            if !self.copying {
                copy(writer);
            }
        }
    }
}

fn copy_most(copier: &Connection) {
    let mut before = 0;
    for _ in 0..PASSES {
        let copied = copy(copier);
        if copied - before < LITTLE {
            break;
        }
        before = copied;
    }
}

/// Copies what no reader still needs as it was; says up to which page of the log.
fn copy(connection: &Connection) -> i32 {
    match connection.wal_checkpoint_v2(DEFAULT_NAME, CheckpointMode::PASSIVE) {
        Ok((_, copied)) => copied,
        Err(error) => {
            // The log only grows meanwhile; the next commit tries again.
            tracing::warn!(%error, "the log was not copied back");
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE_BYTES: u64 = 4_096;
    const WISHED: u32 = 50;

    #[test]
    fn the_log_stays_short_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.db");
        let mut writer = Connection::open(&path).unwrap();
        writer.pragma_update(None, "journal_mode", "WAL").unwrap();
        writer.execute_batch("PRAGMA synchronous = OFF; CREATE TABLE t (body BLOB)").unwrap();
        let mut keeper = LogKeeper::start(&mut writer, &path, WISHED).unwrap();
        let reader = Connection::open(&path).unwrap();
        let count = || reader.query_row("SELECT COUNT(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap();
        for wanted in 1..=2_000 {
            writer.execute("INSERT INTO t VALUES (zeroblob(3000))", []).unwrap();
            keeper.between_commits(&writer);
            assert_eq!(count(), wanted);
        }
        // Left alone they would be 2,000 times two pages or more.
        let longest = u64::from(WISHED * TIMES_AT_MOST + 20) * (PAGE_BYTES + 24);
        let log = std::fs::metadata(path.with_extension("db-wal")).unwrap().len();
        assert!(log <= longest, "{log} bytes");
    }
}
