//! The marks of cases that were changed before there were marks, or before what marks say was told otherwise.
//!
//! A migration asks for it, one row for each tenant; the row goes when the last case has its marks. Until
//! then figures of those days are too small, and no month is issued.

use qige_db::{Command, DbError, Failure, Isolation, Tx, params, statements};
use qige_kernel::CaseId;
use uuid::Uuid;

use super::marks;
use crate::store::Dossier;

statements! {
    /// How far it is; nothing where there is nothing to do.
    RUN = "SELECT up_to FROM mark_runs WHERE tenant = $1";
    /// That far it has come.
    MOVE_ON = "UPDATE mark_runs SET up_to = $2 WHERE tenant = $1";
    /// All have theirs.
    END_RUN = "DELETE FROM mark_runs WHERE tenant = $1";
    /// The next cases that have marks. Nobody changes them meanwhile, so that no older mark is written over a
    /// newer one; SQLite lets one write at a time anyway.
    NEXT_CHANGED = {
        sqlite: "SELECT id FROM cases WHERE tenant = ?1 AND id > ?2 AND version > 1 ORDER BY id LIMIT ?3",
        postgres: "SELECT id FROM cases WHERE tenant = $1 AND id > $2 AND version > 1 ORDER BY id LIMIT $3
            FOR NO KEY UPDATE",
    };
}

/// Whether marks of former cases are still to be written.
///
/// # Errors
/// [`DbError`].
pub async fn marks_are_missing(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let run: Option<(Option<CaseId>,)> = tx.optional(RUN, params![tx.tenant()]).await?;
    Ok(run.is_some())
}

/// Writes the marks of the next cases. Says whether there may be more. How far it has come is kept with it,
/// so that it goes on there whenever it was stopped; done twice it does no harm.
#[derive(Clone, Copy, Debug)]
pub struct FillMarks {
    /// Cases of one transaction.
    pub cases: i64,
}

impl Command for FillMarks {
    type Output = bool;
    /// What was committed while it waited for a case is seen when the case is read.
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        let tenant = tx.tenant();
        let run: Option<(Option<CaseId>,)> = tx.optional(RUN, params![tenant]).await?;
        let Some((up_to,)) = run else { return Ok(false) };
        let after = up_to.unwrap_or(CaseId(Uuid::nil()));
        let cases: Vec<(CaseId,)> = tx.all(NEXT_CHANGED, params![tenant, after, self.cases]).await?;
        for (case,) in &cases {
            if let Some(dossier) = Dossier::load(tx, *case).await? {
                marks::begin(tx, &dossier).await?;
            }
        }
        match cases.last() {
            Some((last,)) => tx.execute(MOVE_ON, params![tenant, last]).await?,
            None => tx.execute(END_RUN, params![tenant]).await?,
        };
        Ok(!cases.is_empty())
    }
}
