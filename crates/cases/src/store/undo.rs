//! The last step on a case, for as long as it can be taken back.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{CaseId, PersonId, ReportId, Timestamp};
use uuid::Uuid;

use crate::workflow::{Doer, LastStep};
use crate::{CaseRole, CommandName, State};

statements! {
    /// The last step, in place of the one before.
    PUT_UNDO = "INSERT INTO case_undos
        (tenant, case_id, version, actor, follower, role, command, from_state, at, until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant, case_id) DO UPDATE SET
        version = excluded.version, actor = excluded.actor, follower = excluded.follower, role =
        excluded.role,
        command = excluded.command, from_state = excluded.from_state, at = excluded.at, until =
        excluded.until";
    /// Nothing can be taken back.
    DROP_UNDO = "DELETE FROM case_undos WHERE tenant = $1 AND case_id = $2";
    /// The last step; none when there is nothing to take back.
    UNDO_OF = "SELECT version, actor, follower, role, command, from_state, at, until FROM case_undos
        WHERE tenant = $1 AND case_id = $2";
}

from_row! {
    /// The last step on a case. What it changed stands in the journal's line `version - 1`.
    pub struct UndoRow {
        /// The case's version after the step; it can be taken back while that is the version.
        pub version: i64,
        /// The person, or the report of a reporter without an account.
        pub actor: Uuid,
        /// It is a report.
        pub follower: bool,
        /// In which role.
        pub role: CaseRole,
        /// What was done.
        pub command: CommandName,
        /// The state before it.
        pub from_state: State,
        /// When it was done.
        pub at: Timestamp,
        /// Until when it can be taken back.
        pub until: Timestamp,
    }
}

/// The last step on a case; none when there is nothing to take back.
///
/// # Errors
/// [`DbError`].
pub async fn undo_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<UndoRow>, DbError> {
    tx.optional(UNDO_OF, params![tx.tenant(), case]).await
}

impl UndoRow {
    /// The step as the workflow asks for it.
    #[must_use]
    pub const fn step(&self) -> LastStep {
        let by = if self.follower {
            Doer::Follower(ReportId(self.actor))
        } else {
            Doer::Person(PersonId(self.actor))
        };
        LastStep { command: self.command, by, at: self.at, version: self.version, from: self.from_state }
    }
}
